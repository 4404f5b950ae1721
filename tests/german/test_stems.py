"""Which spellings and inflections of a word meet, and which stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized

stemmer = GermanStemmer()


def stem(word: str) -> str:
    return stemmer.stem(normalized(word))


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("Straße", "straße"),
        ("STRASSE", "strasse"),
        ("GROẞ", "groß"),
        ("CO₂", "co2"),
        ("ﬁnden", "finden"),
        ("A\u0308rger", "ärger"),
        ("geht’s", "gehts"),
        ("Stahl\u00adwerk", "stahlwerk"),
        ("İstanbul", "istanbul"),
        ("Ελλάς", "ελλάς"),
        ("１２", "12"),
        ("\ufdfa", "صلىاللهعليهوسلم"),
    ],
)
def test_a_form_is_the_word_as_typed_but_for_case_and_compatibility(word: str, form: str) -> None:
    """Case and typography do not matter; ß and ss differ, their stems do not."""
    assert normalized(word) == form


@given(st.text(min_size=1))
def test_normalizing_keeps_a_word_bounded_and_is_stable(word: str) -> None:
    """Also where Unicode makes one character long, or case mapping decomposes."""
    form = normalized(word)
    assert 0 < len(form) <= MAX_FORM_CHARS
    assert stemmer.stem(form)


def test_a_very_long_word_is_cut() -> None:
    """A term of 100,000 characters in an index would help nobody."""
    assert normalized("Ä" * 100_000) == "ä" * MAX_FORM_CHARS
    assert normalized("A\u0308" * 100_000) == "ä" * MAX_FORM_CHARS


@pytest.mark.parametrize(
    "words",
    [
        ("Straße", "Strasse", "STRASSE", "Straßen"),
        ("Häuser", "Haeuser", "Häusern", "HÄUSER"),
        ("Mitarbeiterinnen", "Mitarbeiter", "MitarbeiterIn"),
        ("1.000", "1000"),
        ("1.000.000,50", "1000000,50"),
        ("geht’s", "gehts", "geht"),
    ],
)
def test_spellings_meet_at_their_stem(words: tuple[str, ...]) -> None:
    """What a reader takes for one word is one word."""
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(
    "pair", [("3,5", "35"), ("1.00", "100"), ("3.11.7", "3117"), ("1.2345", "12345"), ("C", "C++")]
)
def test_different_words_stay_apart(pair: tuple[str, str]) -> None:
    """Points that do not group thousands are part of the number."""
    assert stem(pair[0]) != stem(pair[1])


@pytest.mark.parametrize(
    "pair", [("schon", "schön"), ("fordern", "fördern"), ("Quorgel", "Quörgel"), ("Bar", "Bär")]
)
def test_umlauts_tell_words_apart(pair: tuple[str, str]) -> None:
    """However they are written: ae, oe and ue are umlauts."""
    assert stem(pair[0]) != stem(pair[1])
    assert stem(pair[1]) == stem(pair[1].replace("ö", "oe").replace("ä", "ae"))


@given(st.text("abelnrstuäöüß", min_size=3, max_size=9), st.sampled_from("äöü"))
def test_a_stem_is_a_beginning_of_its_word(word: str, umlaut: str) -> None:
    """Once ae and ss are written as ä and ß would be; and an umlaut is never lost."""
    spelled = "kn" + umlaut + "ppl" + word
    kept = stem(spelled)
    assert kept.startswith("kn" + umlaut)
    assert kept != stem(spelled.replace(umlaut, {"ä": "a", "ö": "o", "ü": "u"}[umlaut], 1))
    assert stem(kept) == kept or len(stem(kept)) < len(kept)
