"""Umlauts and ß, and the two letters that stand for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.digraphs import (
    MAX_RESPELT,
    beginnings,
    folded,
    initials,
    pieces,
    unfolded,
)

texts = st.text("aeosuäöüßq東", max_size=12)


@pytest.mark.parametrize(
    ("word", "one", "two"),
    [("fußgänger", "fußgänger", "fussgaenger"), ("übersee", "übersee", "uebersee"),
     ("neue", "neue", "neue"), ("quelle", "quelle", "quelle"), ("haeuser", "häuser", "haeuser")],
)  # fmt: skip
def test_each_word_has_a_spelling_with_and_without_umlauts(word: str, one: str, two: str) -> None:
    """Except that "ue" after a vowel or q is two letters."""
    assert (unfolded(word), folded(word)) == (one, two)


@given(texts)
def test_all_beginnings_are_spellings_of_the_text(text: str) -> None:
    """And few of them, none of which begins another; the text begins with one."""
    found = beginnings(text)
    assert {folded(each) for each in found} == {folded(found[0])}
    assert folded(text).startswith(folded(found[0]))
    assert len(found) <= 2**MAX_RESPELT
    assert any(text.startswith(each) for each in found)
    assert not [(a, b) for a in found for b in found if a != b and b.startswith(a)]
    assert "".join(piece[0] for piece in pieces(text)) == text


@given(texts.filter(bool))
def test_words_that_fold_alike_begin_with_one_of_the_initials(word: str) -> None:
    """So that no near word is missed by its first letter."""
    assert word[0] in initials(folded(word)[0])
