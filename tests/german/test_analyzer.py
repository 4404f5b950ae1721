"""The analyzer as the index and the query see it."""

from __future__ import annotations

import hashlib
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german import Analyzer, analyzer, clean_text
from searchapp.german.exceptions import NO_EXCEPTIONS, load_exceptions
from searchapp.german.lexicon import DICTIONARY, fingerprint_of
from searchapp.german.stems import MAX_FORM_CHARS
from searchapp.model import Token
from tests.lexicon import dictionary_analyzer
from tests.shared_data import shared_path

ANALYZER = Analyzer()

SAMPLE = """Am 16. Januar 2024 (16.01.2024, 2024-01-16) besuchten Mitarbeiter*innen und
Lehrer/-innen der EU‑Kommission das Stahlwerk; 31.02.2024 ist kein Tag. CO₂-Emissionen: 1.000,50 t,
3,5 %, 12:30.
d’Alembert, geht's, H&M, C++, C#, .NET, U.S.A., z. B. jede*r 19-Jährige. Ein- und Ausfuhr, AC/DC.
STRASSE Straße A\u0308rger Häuser Haeuser İstanbul привет 日本語 max@beispiel.de Bericht_2024.pdf"""
SAMPLE_DIGEST = "713d7e1a0f530008"


def keys(text: str) -> list[tuple[int, str]]:
    """(position, stem) of each token."""
    return [(token.position, token.key) for token in ANALYZER.analyze(text)]


def finds(query: str, text: str) -> bool:
    """Whether a text holds the stems of the query's words at the same distances."""
    in_text = set(keys(text))
    wanted = keys(query)
    return any(
        all((position + shift, stem) in in_text for position, stem in wanted)
        for shift, _ in in_text
    )


def test_a_token_holds_all_that_is_known_of_a_word() -> None:
    """Lemma and parts stay empty until there is a lexicon."""
    assert ANALYZER.analyze("Grüne EU-Häuser") == [
        Token("Grüne", 0, 5, 0, "grüne", "grün", None, ()),
        Token("EU-Häuser", 6, 15, 1, "euhäuser", "euhäus", None, ()),
        Token("EU", 6, 8, 1, "eu", "eu", None, ()),
        Token("Häuser", 9, 15, 2, "häuser", "häus", None, ()),
    ]
    assert all(type(token) is Token for token in ANALYZER.analyze("Grüne EU-Häuser"))


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        (
            "Die EU-Kommission tagt.",
            ["EU", "kommission", "Kommissionen", "EUKommission", "EU‑Kommission", "EU Kommission"],
        ),
        ("Die EU Kommission tagt.", ["EU", "EU Kommission"]),
        (
            "am 16.01.2024 in Bonn",
            ["16. Januar 2024", "16.1.2024", "2024-01-16", "Januar 2024", "januar", "2024", "16"],
        ),
        ("am 2024-01-16", ["16.01.2024", "16. Jan. 2024", "Januar 2024"]),
        ("am 16. Januar 2024", ["16.01.2024", "2024-01-16", "Januar 2024", "16. Januar"]),
        ("CO₂-Emissionen", ["CO2", "CO₂", "Emission", "CO2-Emissionen", "co2emissionen"]),
        ("Mitarbeiter*innen", ["Mitarbeiterinnen", "Mitarbeiter", "MitarbeiterInnen"]),
        ("Mitarbeiterinnen", ["Mitarbeiter:innen", "mitarbeiter/-innen", "Mitarbeiter(in)"]),
        ("in den U.S.A. leben", ["USA", "den USA leben"]),
        ("10.000 Euro", ["10000 Euro"]),
        ("Strasse", ["STRASSE", "Straße", "straßen"]),
        ("von d’Alembert", ["d'Alembert", "Alembert"]),
        ("bei H & M", ["H", "M"]),
        ("C++ und C#", ["c++", "C#"]),
        ("ASP.NET", [".NET", "net"]),
    ],
)
def test_what_a_reader_would_type_finds_it(text: str, queries: list[str]) -> None:
    """Each rule seen from the query's side; several words are a phrase."""
    assert [query for query in queries if not finds(query, text)] == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("C", "C++"),
        ("16.01.2024", "17.01.2024"),
        ("Januar 2024", "16. Januar 2024"),
        ("3,5", "35"),
        ("Kommission der EU", "EU Kommission"),
    ],
)
def test_what_is_something_else_is_not_found(text: str, query: str) -> None:
    """Joining goes only so far."""
    assert not finds(query, text)


@pytest.mark.shared
@pytest.mark.parametrize(
    "query",
    [
        "CO2",
        "Emissionen",
        "CO2-Emissionen",
        "CO2‑Emissionen",
        "CO2 Emissionen",
        "Dual-Carbon",
        "dualcarbon",
        "Stahl",
        "Absichtserklärungen",
        "16. Januar",
        "SMS group",
        "ansteel",
    ],
)
def test_the_seed_article_is_found(query: str) -> None:
    """The article that this project exists for, with its U+2011 hyphens."""
    [path] = shared_path("seeds").glob("000_*.txt")
    text = path.read_text(encoding="utf-8")
    assert finds(query, text)
    assert finds(query, clean_text(text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=20))
def test_case_does_not_matter(word: str) -> None:
    """A query in capitals or without any finds the same; ß is SS in capitals."""
    lower, upper, title = (keys(each) for each in (word, word.upper(), word.title()))
    assert lower == upper == title


@given(st.text())
def test_any_text_is_analyzed(text: str) -> None:
    """Never raises; every token has a bounded key and lies where it says."""
    for token in ANALYZER.analyze(text):
        assert text[token.start : token.end] == token.surface
        assert 0 < len(token.form) <= MAX_FORM_CHARS
        assert token.key


def test_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus of any size is indexed in the same memory, with the same tokens."""
    monkeypatch.setattr(analyzer, "MAX_REMEMBERED_WORDS", 3)
    forgetful = Analyzer()
    text = " ".join(f"Wörter{number} Häuser" for number in range(20)) + " " + "x" * 1000
    assert forgetful.analyze(text) == ANALYZER.analyze(text)
    assert len(forgetful._remembered) <= 3


def test_counts_of_hostile_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words without number leave room for the frequent ones, whose counts stay right."""
    monkeypatch.setattr(analyzer, "MAX_COUNTED_WORDS", 10)
    counts = analyzer.surface_counts(f"Haus, {'x' * number} EU-haus" for number in range(1, 101))
    assert len(counts) <= 10
    assert (counts["Haus"], counts["haus"]) == (100, 100)


def test_threads_share_an_analyzer() -> None:
    """The server has one for all its threads; the stemmer underneath is not made for that."""
    shared = Analyzer()
    texts = [" ".join(f"Häuser{number}en" for number in range(n, n + 2000)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(shared.analyze, texts))
    assert results == [Analyzer().analyze(text) for text in texts]


def test_an_analyzer_travels_to_worker_processes() -> None:
    """Pickled without its memory."""
    copy = pickle.loads(pickle.dumps(ANALYZER))
    assert copy.analyze(SAMPLE) == ANALYZER.analyze(SAMPLE)


def test_changed_analysis_is_a_new_fingerprint() -> None:
    """An index of other tokens must be refused.

    If this fails because the analysis was changed on purpose: raise RULES_VERSION and put the
    new digest here. If it fails with a new Python or PyStemmer, only the digest changes: the
    fingerprint names their versions.
    """
    digest = hashlib.sha256(repr([tuple(t) for t in ANALYZER.analyze(SAMPLE)]).encode())
    assert (analyzer.RULES_VERSION, digest.hexdigest()[:16]) == (9, SAMPLE_DIGEST)
    fingerprint = analyzer.rules_fingerprint(NO_EXCEPTIONS)
    for part in (
        f"rules {analyzer.RULES_VERSION}",
        "PyStemmer 3",
        "Unicode",
        f"of {fingerprint_of(DICTIONARY)}",
    ):
        assert part in fingerprint


@pytest.mark.parametrize("line", ["[whole]\nhaus", "[lemmas]\nging = gehen", "[splits]\nab = a|b"])
def test_exceptions_that_change_tokens_are_a_new_fingerprint(tmp_path: Path, line: str) -> None:
    """Synonyms are not among them: they change queries only."""
    path = tmp_path / "exceptions.txt"
    path.write_text(line)
    plain = analyzer.rules_fingerprint(NO_EXCEPTIONS)
    assert analyzer.rules_fingerprint(load_exceptions(path)) != plain
    path.write_text("[synonyms]\nlkw = lastwagen")
    assert analyzer.rules_fingerprint(load_exceptions(path)) == plain


def test_a_function_word_in_capitals_is_a_name() -> None:
    """The text may mean either; who types it so means the name, unless the whole query is loud."""
    analyzer = dictionary_analyzer()

    def found(query: str, text: str) -> bool:
        (sought,) = analyzer.sought(query)
        return any(token.form in sought.forms for token in analyzer.analyze(text))

    assert found("MAN", "Der Konzern MAN baut Busse")
    assert not found("MAN", "Dort sieht man Busse")
    assert found("man", "Dort sieht man Busse")
    assert found("man", "DORT SIEHT MAN BUSSE")
    assert analyzer.sought("ALS OB")[1].forms == ("ob",)
    assert analyzer.sought("OB")[0].forms == ("ob^",)


def read(text: str) -> list[tuple[int, str, str]]:
    """(position, form, stem) of each token, with the dictionary's lemmas."""
    return [(each.position, each.form, each.key) for each in dictionary_analyzer().analyze(text)]


def test_a_form_of_two_words_is_read_by_its_case() -> None:
    """Lemmas are written as in the dictionary."""
    assert read("wo sie die Waage wagen, mit dem Wagen") == [
        (0, "wo", "wo"),
        (1, "sie", "sie"),
        (2, "die", "der"),
        (3, "waage", "Waage"),
        (4, "wagen", "wagen"),
        (5, "mit", "mit"),
        (6, "dem", "der"),
        (7, "wagen^", "Wagen"),
    ]


@pytest.mark.parametrize("text", ["{}", "Es war still. {}", "Es war still\n\n„{}", "DIE {}"])
def test_where_the_case_tells_nothing_a_form_is_both_words(text: str) -> None:
    """At the start of a sentence and in capitals: two tokens at one place, first the noun."""
    word = "WAGEN" if text.isupper() else "Wagen"
    noun, verb = dictionary_analyzer().analyze(text.format(word))[-2:]
    assert (noun.form, noun.key, verb.form, verb.key) == ("wagen^", "Wagen", "wagen", "wagen")
    assert noun[:4] == verb[:4]
    assert noun.surface == word


def test_words_of_one_reading_are_one_token_anywhere() -> None:
    """Also those that the dictionary does not know."""
    assert read("Häuser. Gegangen. Xyzzys. HÄUSER") == [
        (0, "häuser", "Haus"),
        (1, "gegangen", "gehen"),
        (2, "xyzzys", "xyzzys"),
        (3, "häuser", "Haus"),
    ]


def test_the_parts_of_a_hyphen_compound_are_read_by_their_own_case() -> None:
    """Of the whole, only the beginning of the sentence matters."""
    assert read("der Reise-Wagen") == [
        (0, "der", "der"),
        (1, "reisewagen", "Reisewagen"),
        (1, "reise^", "Reise"),
        (2, "wagen^", "Wagen"),
    ]


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("bei der Deutschen Bahn", ["deutsch", "Bahn"]),
        ("an der Technischen Hochschule", ["technisch", "Hochschule"]),
        ("das ganze Alter", ["ganz", "Alter"]),
        ("für die Alten", ["der", "alt"]),
        ("in großer Tiefe", ["groß", "Tiefe"]),
        ("ein tiefer See", ["tief", "See"]),
    ],
)
def test_adjectives_of_names_are_adjectives(text: str, stems: list[str]) -> None:
    """Nouns of a quality and of an age are not."""
    assert [stem for _, _, stem in read(text)[-2:]] == stems


@pytest.mark.parametrize(
    ("word", "forms", "keys"),
    [
        ("reisen", ("reisen", "reisen^"), ("reisen", "Reise")),
        ("Reisen", ("reisen^",), ("Reise",)),
        ("REISEN", ("reisen", "reisen^"), ("reisen", "Reise")),
        ("häuser", ("häuser",), ("Haus",)),
        ("HÄUSER", ("häuser",), ("Haus",)),
        ("Haeuser", ("haeuser",), ("Haus",)),
        ("gegangen", ("gegangen",), ("gehen",)),
        ("Gegangen", ("gegangen",), ("gehen",)),
        ("xyzzys", ("xyzzys",), ("xyzzys",)),
    ],
)
def test_a_word_of_a_query_asks_for_all_that_it_may_mean(
    word: str, forms: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    """Only a capital followed by small letters means the noun alone."""
    (sought,) = dictionary_analyzer().sought(word)
    assert (sought.surface, sought.forms, sought.keys) == (word, forms, keys)
    assert sought.form == forms[0].removesuffix("^")


def test_the_words_of_a_query_are_those_of_a_text() -> None:
    """In order, at the same positions, with the keys of their parts and of their relatives."""
    words = dictionary_analyzer().sought("Die EU-Reisewelle impfen")
    assert [(each.position, each.form) for each in words] == [
        (0, "die"),
        (1, "eureisewelle"),
        (1, "eu"),
        (2, "reisewelle"),
        (3, "impfen"),
    ]
    assert words[3].parts == (("Reise", "-Reise"), ("Welle", "-Welle"))
    assert words[4].relatives == ("Impfung",)
    assert words[4].keys == ("impfen", "Impfen")
    assert ANALYZER.sought("Reisen impfen")[0].keys == ("reis",)


@pytest.mark.parametrize(
    "word", ["Wagen", "wagen", "WAGEN", "Reise", "Häuser", "ging", "xyzzy", "Schön", "MAN", "DAS"]
)
def test_who_copies_a_word_of_a_text_finds_it(word: str) -> None:
    """By its exact form and by its key, at the start of a sentence and within."""
    analyzer = dictionary_analyzer()
    (sought,) = analyzer.sought(word)
    for text in (word, f"viel {word}"):
        tokens = analyzer.analyze(text)
        assert any(token.form in sought.forms for token in tokens)
        assert any(token.key in sought.keys for token in tokens)


@pytest.mark.parametrize(
    ("name", "other"), [("Schmöckel", "Schmoeckel"), ("Quägbüß", "Quaegbuess"), ("Jörß", "Joerss")]
)
def test_names_that_no_dictionary_has_meet_in_both_spellings(name: str, other: str) -> None:
    """By their stems, which keep the umlauts: without the dots, it is another name."""
    analyzer = dictionary_analyzer()
    assert {analyzer.keys_of(name).lemma, analyzer.keys_of(other).lemma} == {None}
    plain = name.translate(str.maketrans("öäü", "oau"))
    assert analyzer.keys_of(other).key in analyzer.sought(name)[0].keys
    assert analyzer.keys_of(name).key in analyzer.sought(other)[0].keys
    assert analyzer.keys_of(plain).key not in analyzer.sought(name)[0].keys
