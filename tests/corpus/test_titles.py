"""Titles that are made of the first sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.titles import MAX_DERIVED_CHARS, cut_at_word, derive_title


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Stahl ist hart. Holz ist weich.", "Stahl ist hart"),
        ("Am 16. Januar war es kalt. Sehr.", "Am 16. Januar war es kalt"),
        ("Es gibt z. B. Eisen. Und Holz.", "Es gibt z. B. Eisen"),
        ("Es gibt z.B. Eisen. Und Holz.", "Es gibt z.B. Eisen"),
        ("Dr. Meier und Prof. J. Burg kamen. Sie gingen.", "Dr. Meier und Prof. J. Burg kamen"),
        ("Rund 3 Mio. Tonnen bzw. 4 Mrd. Euro. Viel.", "Rund 3 Mio. Tonnen bzw. 4 Mrd. Euro"),
        ("So war es 2024. Danach nicht.", "So war es 2024"),
        ("Warum? Darum.", "Warum?"),
        ("„Das ist gut.“ Sagt er.", "„Das ist gut.“"),
        ("Ohne Punkt\n\nZweiter Absatz.", "Ohne Punkt"),
        ("Die Version 1.2.3 läuft. Gut.", "Die Version 1.2.3 läuft"),
        ("Ende.", "Ende"),
        ("", ""),
    ],
)  # fmt: skip
def test_title_is_the_first_sentence(body: str, title: str) -> None:
    """Points of abbreviations, initials, ordinals and numbers end no sentence."""
    assert derive_title(body) == title


def test_long_sentence_is_cut_at_a_word() -> None:
    """A title that had to be cut says so."""
    title = derive_title("Am 16. Januar " + "besuchte eine Delegation das Werk und " * 10)
    assert len(title) <= MAX_DERIVED_CHARS
    assert title.endswith(" besuchte…")


@given(st.text(), st.integers(2, 50))
def test_cut_text_fits_and_is_a_prefix(text: str, max_chars: int) -> None:
    """Cutting only takes away, and only from texts that are too long."""
    cut = cut_at_word(text, max_chars)
    assert len(cut) <= max_chars
    assert cut == text if len(text) <= max_chars else text.startswith(cut.removesuffix("…"))


@given(st.text(min_size=1).filter(str.strip))
def test_text_always_gives_a_title(body: str) -> None:
    """An article with text never lacks a title; it is what the text begins with."""
    title = derive_title(body)
    assert title
    assert body.lstrip().startswith(title.removesuffix("…"))
