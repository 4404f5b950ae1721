"""Line breaks become paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.paragraphs import split_paragraphs
from searchapp.german.text_cleaner import clean_text


def test_each_line_is_a_paragraph() -> None:
    """The form of the seed article: no empty lines between paragraphs."""
    assert split_paragraphs("Eins.\nZwei.\n\nDrei.") == "Eins.\n\nZwei.\n\nDrei."


def test_lines_broken_by_a_program_are_joined() -> None:
    """A text wrapped at 72 columns is one paragraph, not many."""
    wrapped = (
        "Stahl wird aus Eisenerz und Koks im Hochofen erzeugt, oder aus\n"
        "Schrott im Lichtbogenofen, der mit elektrischem Strom betrieben\n"
        "wird."
    )
    assert split_paragraphs(wrapped) == wrapped.replace("\n", " ")


def test_short_lines_stay_apart() -> None:
    """Lists, poems and headings are not run together."""
    assert split_paragraphs("Erz\nKoks\nKalk") == "Erz\n\nKoks\n\nKalk"


@given(st.lists(st.text("ab. \n", max_size=80)).map("\n".join))
def test_words_stay_and_nothing_is_left_to_split(text: str) -> None:
    """Only white space changes, and a second pass changes nothing."""
    text = clean_text(text)
    split = split_paragraphs(text)
    assert split.split() == text.split()
    assert split_paragraphs(split) == split
    assert all(split.split("\n\n")) or not split
