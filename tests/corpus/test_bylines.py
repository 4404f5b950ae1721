"""Which authors a byline names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.bylines import split_byline


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Lena Vogt; dpa", ["Lena Vogt", "dpa"]),
        ("Vogt, Lena; Thoma, Kai;", ["Vogt, Lena", "Thoma, Kai"]),
        ("Kai Thoma (SPD); Lena Vogt (CDU/CSU)", ["Kai Thoma (SPD)", "Lena Vogt (CDU/CSU)"]),
        ("Lena Vogt und Kai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("LENA VOGT UND KAI THOMA", ["LENA VOGT", "KAI THOMA"]),
        ("Lena Vogt, Kai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("Lena Vogt, Kai Thoma und Ida Rau", ["Lena Vogt", "Kai Thoma", "Ida Rau"]),
        ("Lena Vogt, Kai Thoma, und Ida Rau", ["Lena Vogt", "Kai Thoma", "Ida Rau"]),
        ("Lena Vogt & Kai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("Lena Vogt/Kai Thoma/dpa", ["Lena Vogt", "Kai Thoma", "dpa"]),
        ("Lena Vogt | Kai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("Lena Vogt\nKai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("Von Lena Vogt und Kai Thoma", ["Lena Vogt", "Kai Thoma"]),
        ("von Lena Vogt", ["Lena Vogt"]),
        ("Autor: Lena Vogt", ["Lena Vogt"]),
        ("Eine Analyse von Lena Vogt", ["Lena Vogt"]),
        ("L. Vogt und K.-H. Thoma", ["L. Vogt", "K.-H. Thoma"]),
        (
            "Dr. Lena Vogt (SPD) und Prof. Dr. Karl-Heinz von der Thoma (CSU)",
            ["Dr. Lena Vogt (SPD)", "Prof. Dr. Karl-Heinz von der Thoma (CSU)"],
        ),
        ("Lena d’Arc und Xqwil Thoma", ["Lena d’Arc", "Xqwil Thoma"]),
    ],
)
def test_several_authors(text: str, authors: list[str]) -> None:
    """After a semicolon always; after others where there are persons on either side."""
    assert split_byline(text) == authors


@pytest.mark.parametrize(
    "text",
    [
        "Vogt, Lena",
        "Vogt, Lena und Thoma, Kai",
        "Lena und Kai Vogt",
        "Kommunen und Kreise",
        "Redaktion Forschung und Lehre",
        "Industrie & Handel",
        "Ministerium für Verkehr und Bauen",
        "Ausschuss für Bildung, Forschung und Technik",
        "Freie Wähler und Junge Liberale",
        "Neuer Verlag und Alter Verlag",
        "Paul Klee Gesellschaft und Otto Dix Gesellschaft",
        "Lena Vogt, Madrid",
        "Lena Vogt, San Sebastian",
        "Lena Vogt, Bad Tölz",
        "Lena Vogt, Xqwil Thoma",
        "Dr. Lena Vogt (SPD), Ministerium für Inneres",
        "Lena Vogt (Grüne; zugeschaltet)",
        'Kommission "Arbeit; Leben"',
        "Von der Heide",
        "Von Redaktion Sport",
        "dpa/AFP",
        "SPD/FDP",
        "Lena Vogt (Grüne/Bündnis 90)",
    ],
)
def test_one_author(text: str) -> None:
    """A name turned round, an office, a place or a party beside a separator: nothing is cut."""
    assert split_byline(text) == [text]


_PIECES = ("Lena", "Vogt", "von", "und", ";", ",", "(", ")", '"', "„", "/", "A.", "Dr.", "dpa", "1")


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=12).map(" ".join))
def test_no_name_is_lost(text: str) -> None:
    """Whatever a byline looks like, authors are parts of it, in order; and cutting ends."""
    place = 0
    for author in split_byline(text):
        assert author == author.strip() != ""
        place = text.index(author, place) + len(author)


@pytest.mark.parametrize("piece", ["(", '"', "„", "»", ";", ", ", "und ", "A", " ", "Lena Vogt, "])
def test_a_byline_without_end_is_read_in_linear_time(piece: str) -> None:
    """A million characters of any kind."""
    split_byline(piece * (1_000_000 // len(piece)))
