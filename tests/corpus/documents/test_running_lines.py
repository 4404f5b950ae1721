"""Headers, footers and page numbers."""

from __future__ import annotations

from searchapp.corpus.documents.page_layout import Fragment
from searchapp.corpus.documents.running_lines import without_running_lines


def page(*rows: tuple[str, float]) -> list[Fragment]:
    """Lines with their heights on the page."""
    return [
        Fragment(text, 50, 300, bottom, bottom + 10, order)
        for order, (text, bottom) in enumerate(rows)
    ]


def left(pages: list[list[Fragment]]) -> list[list[str]]:
    return [[each.text for each in kept] for kept in without_running_lines(pages)]


def test_what_repeats_at_the_edges_goes() -> None:
    """Only numbers may differ, and the height by little; the first page may have none."""
    pages = [
        page(("Titel", 780), ("Text eins", 700), ("Seite 1 von 3", 30)),
        page(("Jahresbericht 2023", 800), ("Text zwei", 700), ("Seite 2 von 3", 30)),
        page(("Jahresbericht 2023", 801), ("Text drei", 700), ("Seite 3 von 3", 31)),
    ]
    assert left(pages) == [["Titel", "Text eins"], ["Text zwei"], ["Text drei"]]


def test_what_repeats_within_the_text_stays() -> None:
    """A line below another that does not repeat is no header."""
    pages = [
        page(("Anfang", 800), ("Abstimmung:", 700), ("dafür", 650), ("Ende", 30)),
        page(("Beginn", 800), ("Abstimmung:", 700), ("dagegen", 650), ("Schluss", 30)),
    ]
    assert left(pages) == [[each.text for each in one] for one in pages]


def test_left_and_right_pages_have_headers_of_their_own() -> None:
    """Each stands on every second page."""
    pages = [
        page((("Gerda Moor", "Torf und Birken")[n % 2], 800), (f"Kapitel {'abcdefgh'[n]}", 700))
        for n in range(8)
    ]
    assert left(pages) == [[f"Kapitel {each}"] for each in "abcdefgh"]


def test_the_number_of_a_single_page_goes() -> None:
    """But not another number."""
    assert left([page(("Text", 700), ("– 1 –", 30))]) == [["Text"]]
    assert left([page(("Text", 700), ("1848", 30))]) == [["Text", "1848"]]
