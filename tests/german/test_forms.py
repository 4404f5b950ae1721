"""Readings of a word are told apart in an index by marks that no word has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchapp.german import Analyzer
from searchapp.german.forms import (
    CAPITAL_MARK,
    SEPARATED_MARK,
    is_separated,
    plain_form,
    readings,
    separated_form,
    separated_words,
)


def test_a_word_has_a_small_and_a_capitalized_reading() -> None:
    """Both are the same word; a verb that is torn apart is none."""
    assert readings("karten") == ("karten", "karten^")
    assert {plain_form(form) for form in readings("karten")} == {"karten"}
    assert is_separated("trat…bei")
    assert separated_form("trat", "bei") == "trat…bei"
    assert separated_words("trat…bei") == ("trat", "bei")
    assert not any(map(is_separated, readings("karten")))


@given(st.text("aß^…＾⋯˄ .-", max_size=8) | st.text(max_size=8))
def test_no_word_has_a_mark(text: str) -> None:
    """Whatever signs stand in a text, its forms cannot be taken for marked ones."""
    for token in Analyzer().analyze(text):
        assert not {CAPITAL_MARK, SEPARATED_MARK} & set(token.form)
