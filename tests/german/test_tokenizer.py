"""What is a word, and where it stands."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german import clean_text
from searchapp.german.tokenizer import MAX_JOINED_PARTS, tokenize

Words = list[tuple[int, str]]

# Pieces that meet each other's rules, which random text hardly ever does.
SIGNS = st.sampled_from("-\u2011–−/*:_().,'’&+#@ \n\u00ad\u0308aBü2½₂Жİǆẞ日\ufdfa😀\ud800\x00")
WORDS = st.sampled_from(
    [
        "in",
        "innen",
        "er",
        "e",
        "Mitarbeiter",
        "CO",
        "16",
        "01.",
        "2024",
        "1.000",
        "Januar",
        "MÄRZ",
        "Maı",
        "Auguſt",
        "U.S.",
        "C++",
    ]
)
MARKS = st.just("\u0301" * 6)
HOSTILE_TEXT = st.lists(st.one_of(SIGNS, WORDS, MARKS, st.characters()), max_size=30).map("".join)


def words(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return [token[4].lower() for token in tokenize(text)]


def placed(text: str) -> Words:
    """(position, word) of each token."""
    return [(token[3], token[4]) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Stahl-Industrie- und Haus", "Stahl-Industrie"),
        ("im 'Orient-Express'", "Orient-Express"),
        ("1.000. Haus", "1.000"),
        ("12:30: Haus", "12:30"),
        ("H&M& Haus", "H&M"),
    ],
)
def test_a_sign_at_the_end_is_no_part_of_a_chain(text: str, surface: str) -> None:
    """Some versions of Python keep what a failed repeat of a possessive group has taken."""
    assert surface in [token[0] for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.000,50 Euro", ["1.000,50", "euro"]),
        ("3,5 % oder 3,5% oder 3,5kg", ["3,5", "oder", "3,5", "oder", "3,5", "kg"]),
        ("−5 °C, +7, §12", ["5", "c", "7", "12"]),
        ("um 12:30 Uhr, 3:1", ["um", "12:30", "uhr", "3:1"]),
        ("Python 3.11.7, 192.168.0.1", ["python", "3.11.7", "192.168.0.1"]),
        ("1'000.50", ["1'000.50"]),
        ("CO2 CO₂ H₂ m²", ["co2", "co₂", "h₂", "m²"]),
        ("5G 90er 3D 2.Liga", ["5g", "90er", "3d", "2", "liga"]),
        ("2020–2024, 2020/21, 030-123", ["2020", "2024", "2020", "21", "030", "123"]),
        ("Am 5. und 6. Mai", ["am", "5", "und", "6", "mai"]),
    ],
)
def test_numbers_stay_whole_and_units_stay_outside(text: str, expected: list[str]) -> None:
    """Inner points, commas and colons belong to the number; numbers in a row are not joined."""
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "16.01.2024",
        "16.1.2024",
        "16. Januar 2024",
        "16. Jan. 2024",
        "16.Januar 2024",
        "16. JANUAR 2024",
        "16. jan 2024",
        "16. 01. 2024",
        "16.\xa0Januar\n2024",
        "2024-01-16",
    ],
)
def test_dates_of_all_spellings_are_the_same_words(text: str) -> None:
    """The ISO date as a whole, and day, month and year in the order of a phrase."""
    day = [(0, "2024-01-16"), (0, "16"), (1, "Januar"), (2, "2024")]
    assert placed(text) == day
    assert placed(f"{text}.") == day
    assert placed(f"Am {text}, spät") == [
        (0, "Am"),
        *[(position + 1, word) for position, word in day],
        (4, "spät"),
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("5. Jänner 2020", "2020-01-05"),
        ("05. Feber 2020", "2020-02-05"),
        ("1. März 1999", "1999-03-01"),
        ("1. Ma\u0308rz 1999", "1999-03-01"),
        ("1. Mrz. 1999", "1999-03-01"),
        ("30. Juni 2021", "2021-06-30"),
        ("1. Sept. 2021", "2021-09-01"),
        ("29.02.2024", "2024-02-29"),
        ("31. Dez. 1999", "1999-12-31"),
        ("16.–18. Oktober 2024", "2024-10-18"),
        ("2024-01-16T12:30", "2024-01-16"),
    ],
)
def test_month_names_are_understood(text: str, iso: str) -> None:
    """Austrian, short and decomposed names too."""
    assert iso in words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31.02.2024", ["31.02.2024"]),
        ("29.02.2023", ["29.02.2023"]),
        ("31. Februar 2024", ["31", "februar", "2024"]),
        ("2024-02-31", ["2024", "02", "31"]),
        ("00.00.0000", ["00.00.0000"]),
        ("1. Maı 2024", ["1", "maı", "2024"]),
        ("1. Maibaum 2024", ["1", "maibaum", "2024"]),
        ("16.01.20245", ["16.01.20245"]),
        ("16.01.24", ["16.01.24"]),
    ],
)
def test_days_that_do_not_exist_are_numbers_and_words(text: str, expected: list[str]) -> None:
    """A date is never guessed."""
    assert words(text) == expected


@pytest.mark.parametrize(
    "hyphen", ["-", "\u2010", "\u2011", "\u2012", "–", "—", "\u2015", "\u2212"]
)
def test_hyphen_compounds_are_found_whole_and_in_parts(hyphen: str) -> None:
    """The whole shares the position of its first part, whatever the hyphen."""
    assert placed(f"die EU{hyphen}Kommission will") == [
        (0, "die"),
        (1, "EUKommission"),
        (1, "EU"),
        (2, "Kommission"),
        (3, "will"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CO2‑Emissionen", ["co2emissionen", "co2", "emissionen"]),
        ("“Dual‑Carbon“-Initiativen", ["dualcarbon", "dual", "carbon", "initiativen"]),
        ("19-Jährige", ["19jährige", "19", "jährige"]),
        ("1,5-Grad-Ziel", ["1,5gradziel", "1,5", "grad", "ziel"]),
        ("Ein- und Ausfuhr", ["ein", "und", "ausfuhr"]),
        ("Ausfuhr und -einfuhr", ["ausfuhr", "und", "einfuhr"]),
        ("Wort -- Wort, Wort--Wort", ["wort", "wort", "wort", "wort"]),
        ("Covid-19-Pandemie", ["covid19pandemie", "covid", "19", "pandemie"]),
        ("C++-Entwickler", ["c++entwickler", "c++", "entwickler"]),
        ("Bürger*innen-Rat", ["bürgerinnenrat", "bürgerinnen", "rat"]),
    ],
)
def test_compounds_of_every_kind_of_part(text: str, expected: list[str]) -> None:
    """Numbers, gender forms and names with signs can be parts; a single hyphen joins nothing."""
    assert words(text) == expected


def test_a_long_chain_is_not_one_word() -> None:
    """An index term of a thousand parts would help nobody."""
    chain = "-".join(["ab"] * MAX_JOINED_PARTS)
    assert len(words(chain)) == MAX_JOINED_PARTS + 1
    assert len(words(chain + "-ab")) == MAX_JOINED_PARTS + 1


@pytest.mark.parametrize("sign", ["*", ":", "_", "·", "/", "/-", "/\u2011"])
@pytest.mark.parametrize("base", ["Mitarbeiter", "Kolleg", "Ärzt", "A\u0308rzt", "MITARBEITER"])
def test_gender_forms_are_one_word_without_the_sign(base: str, sign: str) -> None:
    """Singular and plural, and the whole is marked."""
    for ending in ("innen", "in", "INNEN"):
        assert list(tokenize(f"({base}{sign}{ending})")) == [
            (base + sign + ending, 1, 1 + len(base + sign + ending), 0, base + ending)
        ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lehrer(innen)", ["lehrerinnen"]),
        ("Lehrer(-in) und", ["lehrerin", "und"]),
        ("MitarbeiterInnen", ["mitarbeiterinnen"]),
        ("Kunde/-in Kunden/-innen KUNDEN*INNEN", ["kundin", "kundinnen", "kundinnen"]),
        ("Bürgern/-innen Enkeln:innen", ["bürgerinnen", "enkelinnen"]),
        ("Kollege:in Kollegen(innen)", ["kollegin", "kolleginnen"]),
        ("Leiter/in Doktorand_in", ["leiterin", "doktorandin"]),
        ("jede*r Beamt*e", ["jeder", "beamte"]),
        ("Bürger:innenmeister", ["bürgerinnenmeister"]),
        ("12:30 und/oder LinkedIn iPhone", ["12:30", "und", "oder", "linkedin", "iphone"]),
        ("im/in der", ["im", "in", "der"]),
        ("und/in Bonn/in Haus/in", ["und", "in", "bonn", "in", "haus", "in"]),
        ("Wort(e) Innen:Hof", ["wort", "e", "innen", "hof"]),
        ("Baden/Württemberg AC/DC", ["baden", "württemberg", "ac", "dc"]),
        ("Lehrer/innere", ["lehrer", "innere"]),
        ("*innen :innen", ["innen", "innen"]),
    ],
)
def test_other_signs_between_letters_do_no_harm(text: str, expected: list[str]) -> None:
    """Only gender endings are taken in."""
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hans' Hut", ["hans", "hut"]),
        ("‚Wort‘ und 'Wort'", ["wort", "und", "wort"]),
        ("d’Alembert", ["dalembert", "d", "alembert"]),
        ("O'Neill", ["oneill", "o", "neill"]),
        ("rock'n'roll", ["rocknroll", "rock", "n", "roll"]),
        ("H&M, R&D", ["h&m", "h", "m", "r&d", "r", "d"]),
        ("R&D-Abteilung", ["r&dabteilung", "r", "d", "abteilung"]),
        ("F.C. U.S.A. U.S.A ok.", ["fc", "usa", "usa", "ok"]),
        ("J.S.Bach", ["j", "s", "bach"]),
        ("z. B. Dr. Ex", ["z", "b", "dr", "ex"]),
        ("C++, C#; C", ["c++", "c#", "c"]),
        (".NET ASP.NET", ["net", "asp", "net"]),
        ("Ende.Anfang", ["ende", "anfang"]),
        ("#Hashtag @name", ["hashtag", "name"]),
        ("max.muster@beispiel.de", ["max", "muster", "beispiel", "de"]),
        ("https://www.a-b.de/c_d?x=1", ["https", "www", "ab", "a", "b", "de", "c", "d", "x", "1"]),
        ("Bericht_2024.pdf", ["bericht", "2024", "pdf"]),
        ("привет 日本語 Ελλάδα", ["привет", "日本語", "ελλάδα"]),
        ("a😀b 👍🏽 → ©", ["a", "b"]),
        ("", []),
        (" .-*/ \n", []),
    ],
)
def test_names_signs_and_addresses(text: str, expected: list[str]) -> None:
    """Apostrophes, initials, ampersands, file names, other scripts, and nothing at all."""
    assert words(text) == expected


@pytest.mark.parametrize("apostrophe", list("'’‘`´"))
def test_a_short_ending_after_an_apostrophe_belongs_to_the_word(apostrophe: str) -> None:
    """One word and one position, so that phrases over it hold."""
    text = f"wie geht{apostrophe}s dir"
    assert placed(text) == [(0, "wie"), (1, "gehts"), (2, "dir")]


@given(HOSTILE_TEXT)
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    """Offsets are exact, starts and positions never go back, wholes precede their parts."""
    tokens = list(tokenize(text))
    for surface, start, end, position, word in tokens:
        assert text[start:end] == surface != ""
        assert word
        assert position >= 0
    for before, after in pairwise(tokens):
        assert (before[1], -before[2]) <= (after[1], -after[2])
        assert before[3] <= after[3] <= before[3] + 1


@given(st.text("aZäÖß -.1'*:é", max_size=30))
def test_plain_text_has_the_same_tokens_as_any_other(text: str) -> None:
    """Plain words are found without the large patterns, which a sign at the end calls for."""
    assert list(tokenize(text)) == list(tokenize(text + " ?"))


def test_plain_words_need_no_large_patterns() -> None:
    """Compiling them would be a third of the time of a search on the command line."""
    code = (
        "from searchapp.german import Analyzer, tokenizer;"
        "print(len(Analyzer().analyze('Streik im Stahlwerk')));"
        "print(tokenizer._compiled.cache_info().currsize)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["3", "0"]


@given(HOSTILE_TEXT)
def test_every_letter_and_digit_is_in_a_word(text: str) -> None:
    """Nothing that a reader could search for is lost."""
    covered = bytearray(len(text))
    for _, start, end, _, _ in tokenize(text):
        covered[start:end] = b"\1" * (end - start)
    assert [
        char for char, seen in zip(text, covered, strict=True) if not seen and char.isalnum()
    ] == []


@given(HOSTILE_TEXT)
def test_decomposed_text_has_the_same_words(text: str) -> None:
    """Umlauts typed as two characters, as macOS file names have them, change nothing."""
    cleaned = "".join(char for char in clean_text(text) if ord(char) < 0x10000)
    composed = unicodedata.normalize("NFC", cleaned)
    decomposed = unicodedata.normalize("NFD", cleaned)
    assert [
        (position, unicodedata.normalize("NFC", word)) for position, word in placed(decomposed)
    ] == [(position, unicodedata.normalize("NFC", word)) for position, word in placed(composed)]


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "a-",
        "a.",
        "1.",
        "a'",
        "abc*",
        "abc/",
        "abc(",
        "a&",
        "́",
        "ä",
        "-",
        " ",
        "16. ",
        "16.01.",
        "1,",
        "C+",
        "a_",
        "日",
    ],
)
def test_many_characters_of_anything_are_read(unit: str) -> None:
    """Returns at all only because no repeat of the pattern can be tried in many ways."""
    text = unit * (400_000 // len(unit)) + "!aa"
    assert sum(1 for _ in tokenize(text)) >= 1
