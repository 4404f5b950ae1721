"""Reading order and paragraphs of made-up pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.documents.page_layout import (
    Fragment,
    Paragraph,
    join_pages,
    page_paragraphs,
)


def line(text: str, left: float, bottom: float, order: int, *, size: float = 10) -> Fragment:
    """A line whose letters are half as wide as the font is large."""
    return Fragment(text, left, left + len(text) * size / 2, bottom, bottom + size, order)


def texts(fragments: list[Fragment]) -> list[str]:
    return [each.text for each in page_paragraphs(fragments)]


def column(name: str, left: float, top: float, count: int, order: int) -> list[Fragment]:
    """Lines of one paragraph, one below the other."""
    return [
        line(f"{name} Zeile {number} mit etwas Text", left, top - 12 * number, order + number)
        for number in range(count)
    ]


def test_three_columns_below_a_heading_and_above_a_full_line() -> None:
    """Each is read as a whole; what spans all of them stays above and below."""
    page = [
        line("Eine Überschrift über alle drei Spalten der Seite", 0, 200, 0, size=16),
        *column("a", 0, 180, 6, 1),
        *column("b", 150, 180, 6, 7),
        *column("c", 300, 180, 6, 13),
        line("Darunter steht ein Satz, der über die ganze Breite der Seite geht, also weit.", 0, 90,
             19, size=11.5),
    ]  # fmt: skip
    assert [each.split()[0] for each in texts(page)] == ["Eine", "a", "Darunter"]
    joined = texts(page)[1]
    assert joined.index("a Zeile 5") < joined.index("b Zeile 0") < joined.index("c Zeile 0")


def test_a_table_is_read_row_by_row() -> None:
    """Its cells do not fill their columns."""
    rows = [
        ("Obst", "Menge", "Preis"),
        ("Äpfel vom Baum", "zwei", "3 Euro"),
        ("Quitten", "hundertzwanzig", "4"),
    ]
    page = [
        line(cell, 150 * x, 100 - 15 * y, 3 * y + x)
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    ]
    assert texts(page) == [
        "Obst; Menge; Preis.",
        "Äpfel vom Baum; zwei; 3 Euro.",
        "Quitten; hundertzwanzig; 4.",
    ]


def test_cells_with_marks_of_their_own() -> None:
    """They get no second ones; a stretched line of text has no cells."""
    wide = line("so lang ist eine volle Zeile auf dieser Seite.", 0, 80, 2)
    label = [line("Datum:", 0, 100, 0), line("5. März 2023", 90, 100, 1), wide]
    assert texts(label) == ["Datum: 5. März 2023.", wide.text]
    stretched = [
        line("so lang ist eine volle Zeile auf dieser Seite", 0, 88, 0),
        line("mit Wörtern", 0, 76, 1),
        line("weit auseinander", 145, 76, 2),
        line("und dann geht es gleich hier auch so weiter.", 0, 64, 3),
    ]
    (text,) = texts(stretched)
    assert "mit Wörtern weit auseinander und dann" in text


def test_a_ragged_line_ends_no_paragraph() -> None:
    """Where the first word of the next line had no room on it."""
    page = [
        line("Im Ausschuss war die Rede von", 0, 200, 0),
        line("Unterrichtscontainern auf dem Platz.", 0, 188, 1),
        line("Es bleibt dabei.", 0, 176, 2),
        line("Der Rat stimmt ab, sobald es geht.", 0, 164, 3),
    ]
    assert texts(page) == [
        "Im Ausschuss war die Rede von Unterrichtscontainern auf dem Platz. Es bleibt dabei.",
        "Der Rat stimmt ab, sobald es geht.",
    ]


def test_a_line_in_another_font_is_a_heading() -> None:
    """A paragraph that begins in bold letters has two fonts in its first line."""
    page = [
        line("Kurz gemeldet", 0, 200, 0)._replace(font=b"Bold"),
        line("Unterrichtscontainer stehen auf dem Platz.", 0, 188, 1)._replace(font=b""),
        line("Sie sind blau.", 0, 176, 2)._replace(font=b"Regular"),
    ]
    assert texts(page) == [
        "Kurz gemeldet",
        "Unterrichtscontainer stehen auf dem Platz. Sie sind blau.",
    ]


def test_an_initial_begins_its_first_line() -> None:
    """Programs draw it before or after the lines beside it."""
    page = [
        line("er das alte Zollhaus betritt, riecht den Teer,", 18, 188, 0),
        line("wie ihn schon alle gerochen haben, die hier", 18, 176, 1),
        line("arbeiteten, und auch die Fahrgäste im Winter.", 0, 164, 2),
        line("W", 0, 176, 3, size=30),
    ]
    (text,) = texts(page)
    assert text.startswith("Wer das alte Zollhaus betritt, riecht den Teer, wie ihn")
    assert text.endswith("im Winter.")


def test_what_ends_a_paragraph() -> None:
    """More room, an indent, a short line, a bullet, another size of letters."""
    full = "so lang ist eine volle Zeile auf dieser Seite"
    page = [
        line(full, 0, 200, 0),
        line("und hier ist der Absatz zu Ende.", 0, 188, 1),
        line(full, 0, 176, 2),
        line(full, 0, 164, 3),
        line(full[:-2], 10, 152, 4),
        line(full, 0, 128, 5),
        line("- erstens ein Punkt der Liste, der lang wird", 0, 116, 6),
        line("und weitergeht", 8, 104, 7),
        line("- zweitens", 0, 92, 8),
        line("klein gedruckt", 0, 80, 9, size=7),
    ]
    assert texts(page) == [
        f"{full} und hier ist der Absatz zu Ende.",
        f"{full} {full}",
        full[:-2],
        full,
        "- erstens ein Punkt der Liste, der lang wird und weitergeht",
        "- zweitens",
        "klein gedruckt",
    ]


def test_a_paragraph_goes_on_behind_a_footnote() -> None:
    """And a word that the page break cuts is whole; pages begin where their text does."""
    first = [Paragraph("Der Gemein-", 10, is_open=True), Paragraph("1 Quelle", 8, is_open=False)]
    second = [Paragraph("derat tagt.", 10, is_open=False), Paragraph("Ende", 10, is_open=False)]
    paragraphs, starts = join_pages([first, [], second])
    assert paragraphs == ["1 Quelle", "Der Gemeinderat tagt.", "Ende"]
    assert starts == [(0, 0), (2, 0), (1, len("Der Gemein"))]


@given(
    st.lists(
        st.tuples(
            st.text("ab-. ", min_size=1, max_size=20),
            st.floats(-50, 600),
            st.floats(-50, 900),
            st.floats(0.1, 40),
        ),
        max_size=40,
    )
)
def test_no_text_is_lost(places: list[tuple[str, float, float, float]]) -> None:
    """Wherever fragments stand, every letter is in a paragraph."""
    page = [
        line(text, left, bottom, order, size=size)
        for order, (text, left, bottom, size) in enumerate(places)
    ]
    added = str.maketrans("", "", " -.;")  # What joins and breaks lines, and ends cells.
    letters = sorted("".join(texts(page)).translate(added))
    assert letters == sorted("".join(each.text for each in page).translate(added))
