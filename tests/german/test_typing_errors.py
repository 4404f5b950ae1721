"""Slips cost less than other errors, and words that only begin otherwise are no slips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.digraphs import folded
from searchapp.german.typing_errors import (
    FIRST_LETTER,
    LIGHT,
    OTHER_LENGTH,
    PLAIN,
    are_siblings,
    error_cost,
)

words = st.text("abeghäöüßnst", max_size=8)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Gardiene", "Gardine"),
        ("Gelegnehit", "Gelegnheit"),
        ("Widerstannd", "Widerstand"),
        ("Kofer", "Koffer"),
        ("Lehramz", "Lehramt"),
        ("Walt", "Wald"),
        ("Rythmus", "Rhythmus"),
        ("Gesprech", "Gespräch"),
        ("Gluck", "Glück"),
    ],
)
def test_common_slips_are_light(typed: str, meant: str) -> None:
    """Doubled and dropped letters, swapped ones, keys side by side, sounds and dots."""
    assert error_cost(typed.lower(), meant.lower()) == LIGHT


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        ("Müller", "Mueller", 0),
        ("Masse", "Maße", 0),
        ("Garteb", "Garten", LIGHT),
        ("Gartel", "Garten", PLAIN),
        ("Gaten", "Garten", PLAIN),
        ("Karten", "Garten", LIGHT + FIRST_LETTER),
        ("Garxzten", "Garten", 2 * PLAIN + OTHER_LENGTH),
    ],
)
def test_other_errors_cost_more(typed: str, meant: str, cost: float) -> None:
    """Above all a wrong first letter, and another length."""
    assert error_cost(typed.lower(), meant.lower()) == cost


@given(words, words)
def test_only_spellings_of_one_word_cost_nothing(one: str, other: str) -> None:
    """And what is wrong costs the more, the more of it there is."""
    cost = error_cost(one, other)
    assert (cost == 0) == (folded(one) == folded(other))
    assert cost <= len(folded(one)) + len(folded(other)) + FIRST_LETTER + OTHER_LENGTH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zufahrt", "Abfahrt"),
        ("Einfuhr", "Ausfuhr"),
        ("Vorlauf", "Nachlauf"),
        ("Urgeschichte", "Vorgeschichte"),
        ("verlangen", "erlangen"),
        ("Geduld", "Ungeduld"),
        ("kompetent", "inkompetent"),
        ("logisch", "alogisch"),
        ("moralisch", "amoralisch"),
        ("Überzahl", "Unterzahl"),
        ("Dreirad", "Zweirad"),
        ("fünfzigste", "sechzigste"),
        ("ostdeutsch", "westdeutsch"),
        ("Mikroklima", "Makroklima"),
    ],
)
def test_words_that_begin_otherwise_are_siblings(one: str, other: str) -> None:
    """Particles, negation, numbers, and what turns a word round; in both directions."""
    assert are_siblings(one.lower(), other.lower())
    assert are_siblings(other.lower(), one.lower())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Verwaltugn", "Verwaltung"), ("Asflug", "Ausflug"), ("Uasflug", "Ausflug"), ("Ab", "An"),
     ("Bitrag", "Beitrag"), ("Müller", "Mueller"), ("Sechszig", "Sechzig")],
)  # fmt: skip
def test_slips_are_no_siblings(typed: str, meant: str) -> None:
    """Though they may stand in a beginning."""
    assert not are_siblings(typed.lower(), meant.lower())
