"""Tables with a header."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import Read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "names",
    [
        ("id", "title", "date", "tags", "author", "source", "url", "body"),
        ("ID", "Titel", "Datum", "Schlagwörter", "Autor", "Quelle", "Link", "Inhalt"),
    ],
)
def test_columns_in_two_languages_and_three_delimiters(
    read: Read, delimiter: str, names: tuple[str, ...]
) -> None:
    """What spreadsheets write, with a mark at the beginning and cells over several lines."""
    cells = ("7", '"Stahl, ""grün""; neu"', "5.3.2024", '"Stahl, EU;Klima|CO2"', "Anna", "dpa",
             "https://example.org/", '"Absatz eins.\nAbsatz zwei."')  # fmt: skip
    content = delimiter.join(names) + "\r\n" + delimiter.join(cells) + "\r\n"
    outcome = read("a.csv", content.encode("utf-8-sig"))
    article = outcome.article
    assert not outcome.problems
    assert (article.id, article.title) == ("7", 'Stahl, "grün"; neu')
    assert article.date == dt.date(2024, 3, 5)
    assert article.tags == ("Stahl", "EU", "Klima", "CO2")
    assert (article.author, article.source) == ("Anna", "dpa")
    assert article.body == "Absatz eins.\n\nAbsatz zwei."


def test_bad_rows_cost_only_themselves(read: Read) -> None:
    """Each with its line, counted over cells that hold line ends."""
    outcome = read(
        "a.csv",
        'Titel;Text\nA;"eins\nzwei"\nB;2;3\n"C"x;3\n;\n\nD\nE;;;\n "F";"offen\nbis zum Ende\n',
    )
    assert [(each.id, each.title) for each in outcome.articles] == [
        ("a-2", "A"), ("a-8", "D"), ("a-9", "E"),
    ]  # fmt: skip
    places = [str(each).rpartition("a.csv:")[2].split(": ")[0] for each in outcome.problems]
    assert places == ["4", "5", "10"]


@pytest.mark.parametrize("content", ["Name,Alter\nAnna,5\n", "nur Text\n", ",,,\n", "x" * 200_000])
def test_table_without_known_columns_is_refused(read: Read, content: str) -> None:
    """A table of something else is one report."""
    assert "names no title or text column" in read("a.csv", content).error


def test_long_cell(read: Read) -> None:
    """A cell of two million characters, far above the default of Python's csv module."""
    assert len(read("a.csv", f"title,body\nT,{'x' * 2_000_000}\n").article.body) == 2_000_000


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n\n", ""])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_of_excel(read: Read, first: str, end: str, encoding: str) -> None:
    """A line that names the delimiter, any line ends, in cells too, any of its encodings."""
    rows = (
        "Titel;Text;Datum",
        'Fähre;"Sie liegt,\nim Hafen;";5.3.2024',
        "Öl;Es läuft;6.3.2024",
        "",
    )
    outcome = read("a.csv", (first + end.join(rows)).encode(encoding))
    assert [(each.title, each.body) for each in outcome.articles] == [
        ("Fähre", "Sie liegt,\n\nim Hafen;"), ("Öl", "Es läuft"),
    ]  # fmt: skip
    assert [str(each.date) for each in outcome.articles] == ["2024-03-05", "2024-03-06"]


def test_columns_with_one_name(read: Read) -> None:
    """Are one list."""
    assert read("a.csv", "Titel;Tag;Tag;Tag\nA;x;;y\n").article.tags == ("x", "y")


def test_html_in_cells(read: Read) -> None:
    """Becomes text; signs that only look like it stay."""
    content = (
        'Titel;Text\n<b>A</b>;"<p>Der <em>Bescheid</em></p><p>&lt;kam&gt;</p>"\n<Enter>;a < b\n'
    )
    first, second = read("a.csv", content).articles
    assert (first.title, first.body) == ("A", "Der Bescheid\n\n<kam>")
    assert (second.title, second.body) == ("<Enter>", "a < b")
