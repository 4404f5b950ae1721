"""Which spellings and inflections of a word meet, and which stay apart."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized
from tests.shared_data import shared_path

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
        ("Häuser", "Haeuser", "Hauses", "HÄUSER"),
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
    "pair", [("schon", "schön"), ("Masse", "Maße"), ("fordern", "fördern"), ("wurde", "Würde")]
)
def test_exact_forms_tell_apart_what_stems_join(pair: tuple[str, str]) -> None:
    """Snowball folds umlauts and ß; ranking and a later lemma need the difference."""
    assert stem(pair[0]) == stem(pair[1])
    assert normalized(pair[0]) != normalized(pair[1])


@pytest.mark.shared
def test_inflected_nouns_mostly_meet() -> None:
    """Under-stemming of nouns stays below 10 % of the gold pairs (run with -s for all figures)."""
    pairs: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    for line in shared_path("german/inflections.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        category, forms = line.split("\t")
        for one, other in combinations(forms.split(), 2):
            pairs[category] += 1
            apart[category] += stem(one) != stem(other)
    for category, count in pairs.items():
        print(f"\n{category}: {apart[category]} of {count} pairs apart", end="")
    assert pairs["noun"] > 0
    assert apart["noun"] < 0.10 * pairs["noun"]
