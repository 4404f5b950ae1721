"""Where a capital is written whatever the word."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.german.sentences import is_capital_by_place


def is_by_place(text: str, word: str = "Wachen") -> bool:
    """Of the last time that the word stands in a text."""
    start = text.rindex(word)
    return is_capital_by_place(text, start, start + len(word))


@pytest.mark.parametrize(
    "text",
    [
        "Wachen",
        "  Wachen",
        "„Wachen",
        "Es war still. Wachen",
        "Wer da? Wachen",
        "Halt! Wachen",
        "Und dann … Wachen",
        "Das war alles.“ – »Wachen",
        "Es war still. (Wachen",
        "Die Nacht\nWachen",
        "Die Nacht\r\n\t• Wachen",
        "Die Nacht\n- Wachen",
        "3. Wachen",
        "Siehe oben (S. 3). Wachen",
        "Das war alles.) Wachen",
        "a) Wachen",
        "Zu tun: (2) Wachen",
        "Er fragte: „Wachen",
    ],
)
def test_the_first_word_of_a_sentence_or_line_has_a_capital(text: str) -> None:
    """After quotation marks, brackets, dashes and the signs of a list, too."""
    assert is_by_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "Die Wachen",
        "Die „Wachen“",
        "Die (Wachen)",
        "Dort, Wachen",
        "Dort: Wachen",
        "Dort; Wachen",
        "Der Tag – Wachen",
        "Der 3 Wachen",
        "xWachen",
        "Die Garde bzw. Wachen",
        "Der Plan des Dr. Wachen",
        "Die Leute, u. a. Wachen",
        "Der General J. Wachen",
        "Der Tag (2021) Wachen",
    ],
)
def test_within_a_sentence_a_capital_makes_a_noun(text: str) -> None:
    """Also behind a colon, where a noun is likelier than a sentence."""
    assert not is_by_place(text)


@pytest.mark.parametrize("before", ["Die ", "Die" + " " * 99])
def test_a_word_in_capitals_does_not_show_its_own(before: str) -> None:
    """A single letter does."""
    assert is_by_place(f"{before}WACHEN", "WACHEN")
    assert is_by_place(f"{before}ÄRA", "ÄRA")
    assert not is_by_place(f"{before}WaCHEN", "WaCHEN")
    assert not is_by_place(f"{before}W", "W")


@given(st.integers(0, 12), st.sampled_from(("", "\n", "Nacht.", "Nacht")))
def test_only_a_few_signs_are_looked_through(signs: int, before: str) -> None:
    """The time that a text takes is in proportion to its length, whatever stands in it."""
    text = before + " " * signs + "Wachen"
    is_near = signs <= 8
    assert is_by_place(text) == (is_near and before != "Nacht")


@given(st.text(), st.text("\n.W „", max_size=20))
@example("Nacht", " " * 8)
def test_what_stands_before_the_line_does_not_matter(earlier: str, text: str) -> None:
    """So that texts that are joined by line breaks are read as each by itself."""
    text += "Wachen"
    assert is_by_place(f"{earlier}\n{text}") == is_by_place(text)
