"""Line breaks become paragraphs."""

from __future__ import annotations

import pytest
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


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Der Bundes-\nrat tagt.", "Der Bundesrat tagt."),
        ("Die Lan-\ndesregie-\nrung sagt nein.", "Die Landesregierung sagt nein."),
        ("Die Luft-\nund Wasserwerte", "Die Luft- und Wasserwerte"),
        ("Wasser- bzw.\nLuft-\nbzw. Lärmwerte", "Wasser- bzw. Luft- bzw. Lärmwerte"),
        ("Im EU-\nParlament", "Im EU-Parlament"),
        ("Nach G20-\nGipfeln und EU-\nweit", "Nach G20-Gipfeln und EU-weit"),
        ("Corona-\nRegeln, Covid-\n19", "Corona-Regeln, Covid-19"),
        ("EU-Kommis-\nsare", "EU-Kommissare"),
        ("- Erz\n- Koks -\n- Kalk", "- Erz\n\n- Koks -\n\n- Kalk"),
        ("Wort -\nund mehr", "Wort -\n\nund mehr"),
        ("Haus-\n\nbau", "Haus-\n\nbau"),
        ("x" * 118 + " ab-\nund", "x" * 118 + " ab-\n\nund"),
        ("-\n--\nab", "-\n\n--\n\nab"),
    ],
)
def test_words_broken_at_the_end_of_a_line_are_whole(broken: str, whole: str) -> None:
    """What follows the hyphen tells whether it goes, stays, or stays before a blank."""
    assert split_paragraphs(broken) == whole


def test_a_broken_word_shows_that_the_lines_are_wrapped() -> None:
    """Also those of a narrow column: all between two empty lines are one paragraph."""
    column = "Der Kanz-\nler sprach in der\nHalle. Danach kam\nRegen.\n\nEnde\nAus"
    assert split_paragraphs(column) == (
        "Der Kanzler sprach in der Halle. Danach kam Regen.\n\nEnde\n\nAus"
    )


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
