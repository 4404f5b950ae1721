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
        "1 000",
        " 345",
        "A 9",
        "z. B.",
        "1/4",
        "Art. ",
        "16.01.24",
        "§",
        "%",
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
        ("3,5 % oder 3,5% oder 3,5kg", "3,5 prozent oder 3,5 prozent oder 3,5 kg".split()),
        ("−5 °C, +7, §12", ["5", "c", "7", "paragraf", "12"]),
        ("§§ 3 ff., 40 €, 7 ‰, %20", ["paragraf", "3", "ff", "40", "euro", "7", "promille", "20"]),
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


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u2009"])
def test_groups_of_three_digits_with_blanks_are_one_number(blank: str) -> None:
    """Also with a decimal comma, in a range and before a hyphen; the form has no blanks."""

    def grouped(text: str) -> list[str]:
        return words(text.replace("_", blank))

    assert grouped("4_200 Euro") == ["4200", "euro"]
    assert grouped("12_345_678,50.") == ["12345678,50"]
    assert grouped("10_000–20_000") == ["10000", "20000"]
    assert grouped("ein 5_000-Meter-Lauf") == ["ein", "5000meterlauf", "5000", "meter", "lauf"]


@pytest.mark.parametrize(
    "text",
    [
        "2023 500 Menschen",
        "7 10 000",
        "0664 123 456",
        "+43 664 123 456",
        "030/123 456",
        "AT61 1904 3002 3457 3201",
        "3 14 159",
        "1 0000",
        "12 345 6",
        "12 345a",
        "12\n345",
        "12  345",
        "012 345",
    ],
)
def test_other_rows_of_numbers_are_several(text: str) -> None:
    """What is no number in groups for certain stays as it stands: telephone numbers, tables."""
    found = words(text)
    assert found == [each.lower() for each in text.replace("+", "").replace("/", " ").split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("die B 27 dort", [(0, "die"), (1, "B27"), (1, "B"), (2, "27"), (3, "dort")]),
        ("N 2, 5 ml", [(0, "N2"), (0, "N"), (1, "2"), (2, "5"), (3, "ml")]),
        ("S 3. Dann", [(0, "S3"), (0, "S"), (1, "3"), (2, "Dann")]),
        ("Typ B 1 000", [(0, "Typ"), (1, "B"), (2, "1000")]),
        ("A 3:1 a 7 SPD 9", [*enumerate(["A", "3:1", "a", "7", "SPD", "9"])]),
        ("3/4 voll", [(0, "3⁄4"), (0, "3"), (1, "4"), (2, "voll")]),
        ("¾ voll", [(0, "¾"), (1, "voll")]),
        ("2/7 1/4/5 2019/1/2", [*enumerate("2 7 1 4 5 2019 1 2".split())]),
    ],
)
def test_codes_and_fractions_are_found_whole_and_in_parts(text: str, expected: Words) -> None:
    """`B 27` also as B27, and `3/4` as the character has it; no date or score is torn."""
    assert placed(text) == expected


def test_a_code_does_not_take_the_day_of_a_date() -> None:
    """The date is the rarer reading, and the more useful one."""
    assert "2021-04-09" in words("Gruppe A 9. April 2021")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Art. 7 GG", ["artikel", "7", "gg"]),
        ("nach Abs. 2 und Kap.\u00a03", ["nach", "absatz", "2", "und", "kapitel", "3"]),
        ("art 9", ["artikel", "9"]),
        ("von dieser Art. Nun", ["von", "dieser", "art", "nun"]),
        ("7. Art-Déco 7", ["7", "artdéco", "art", "déco", "7"]),
    ],
)
def test_some_abbreviations_are_words_before_a_number(text: str, expected: list[str]) -> None:
    """Elsewhere they are other words."""
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "16.01.2024",
        "16.1.2024",
        "16.01.24",
        "16.1.24",
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
        ("9.11.89", "1989-11-09"),
        ("03.4.34", "2034-04-03"),
        ("03.4.35", "1935-04-03"),
        ("Nacht 3.10.90–04.10.90", "1990-10-04"),
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
        ("31.02.24", ["31.02.24"]),
        ("4.2.12, 4.2.12.1, 3.11.7", ["4.2.12", "4.2.12.1", "3.11.7"]),
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
        ("z. B. Dr. Ex", ["zb", "dr", "ex"]),
        ("d. h. so, d.h. so, i. d. R.", ["dh", "so", "dh", "so", "idr"]),
        ("J. R. R. Tolkien, E. Meier", ["jrr", "tolkien", "e", "meier"]),
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
        "1 234 ",
        "A 9 ",
        "z. ",
        "1/4/",
        "Art. ",
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
