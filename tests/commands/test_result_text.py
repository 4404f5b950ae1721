"""What is printed for people: line breaks, marks, tables and numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import click
from hypothesis import given
from hypothesis import strategies as st

from searchapp.commands.counts import article_count, size
from searchapp.commands.result_text import aligned, result_text
from searchapp.model import (
    Article,
    Hit,
    MarkedText,
    Note,
    Reason,
    ResultPage,
    SearchRequest,
    Snippet,
)

WORDS = st.lists(st.text("abcäß…", min_size=1, max_size=60), max_size=40)


def page_of(snippet: MarkedText, start: int = 0) -> ResultPage:
    """A result page with one hit."""
    hit = Hit(
        article=Article("a", "Titel", snippet.text),
        title=MarkedText("Titel"),
        score=1.0,
        snippets=(Snippet(snippet, start, start + len(snippet.text)),),
    )
    return ResultPage(SearchRequest(), total=1, took_ms=1.0, generation="g", hits=(hit,))


def snippet_lines(page: ResultPage, width: int | None) -> list[str]:
    """The lines between the title and the empty line behind the hit."""
    return result_text(page, width=width).split("\n\n")[0].splitlines()[1:]


@given(WORDS, st.integers(1, 120), st.data())
def test_breaking_lines_keeps_words_and_marks(
    words: list[str], width: int, data: st.DataObject
) -> None:
    """All words come out in order, marks as they were, and lines are no longer than they may."""
    text = " ".join(words)
    marks = []
    position = 0
    for word in words:
        if data.draw(st.booleans()):
            marks.append((position, position + len(word)))
        position += len(word) + 1
    lines = snippet_lines(page_of(MarkedText(text, tuple(marks))), width)
    plain = [click.unstyle(line) for line in lines]
    assert " ".join(plain).split() == words
    styled = re.findall(r"\x1b\[33m\x1b\[1m(.*?)\x1b\[0m", "\n".join(lines))
    assert styled == [text[start:end] for start, end in marks]
    for line in plain:
        assert len(line) <= max(width, 44) or len(line.split()) == 1


def test_a_snippet_is_one_line_where_no_width_is_known() -> None:
    """Paragraph ends become blanks, and an ellipsis says that text stands before."""
    page = page_of(MarkedText("Ende.\n\nDer Stahl", ((11, 16),)), start=40)
    lines = snippet_lines(page, None)
    assert [click.unstyle(line) for line in lines] == ["    … Ende. Der Stahl"]
    assert "\x1b[1mStahl\x1b[0m" in lines[0]


def test_a_snippet_of_a_printed_document_names_its_page() -> None:
    """That of its first mark."""
    page = page_of(MarkedText("Stahl und Eisen", ((10, 15),)), start=20)
    (hit,) = page.hits
    paged = replace(hit, article=replace(hit.article, page_starts=(0, 25)))
    (line,) = snippet_lines(replace(page, hits=(paged,)), None)
    assert click.unstyle(line) == "    [page 2] … Stahl und Eisen"


def test_a_hit_says_how_often_and_through_which_words_it_was_found() -> None:
    """The count stands with the facts, the words under the snippet, their parts marked."""
    page = page_of(MarkedText("Die Stahlindustrie ging.", ((4, 9), (9, 18), (19, 23))))
    reasons = (
        Reason("part", 0, MarkedText("Stahl·industrie", ((0, 5),))),
        Reason("lemma", 1, MarkedText("ging")),
        Reason("part", 2, MarkedText("Stahl·industrie", ((6, 15),))),
    )
    hit = replace(page.hits[0], match_count=3, reasons=reasons)
    facts, _, found = snippet_lines(replace(page, hits=(hit,)), None)
    assert click.unstyle(facts) == "    3 matches"
    assert click.unstyle(found) == "    found through Stahl·industrie, ging"
    assert re.findall(r"\x1b\[1m(.*?)\x1b\[0m", found) == ["Stahl", "industrie"]


def test_a_correction_is_either_offered_or_told_to_have_been_made() -> None:
    """A query that was answered in place of the typed one is not suggested again."""
    page = replace(page_of(MarkedText("Text")), did_you_mean="stahl")
    assert "Did you mean: stahl" in result_text(page)
    note = Note("corrected", "stahl")
    made = result_text(replace(page, request=SearchRequest("stahll"), notes=(note,)))
    assert "Did you mean" not in made
    assert "Note: Nothing was found for “stahll”" in made


def test_articles_with_some_of_the_words_come_last() -> None:
    """Behind the total, without a number, with what they lack."""
    page = page_of(MarkedText("Stahl und Eisen"))
    partial = (replace(page.hits[0], article=Article("b", "B", ""), missing=("Eisen", "Erz")),)
    text = click.unstyle(result_text(replace(page, partial=partial, optional_words=("und",))))
    head, total, apart, hit = text.split("\n\n")
    assert head.startswith(" 1. Titel")
    assert total.splitlines() == ["1 article in 1 ms", "Articles without “und” are found, too."]
    assert apart == "Articles with some of the words:"
    assert hit.splitlines()[0] == "  - Titel"
    assert hit.splitlines()[-1] == "    without Eisen, Erz"


def test_tables_are_aligned() -> None:
    """Each column is as wide as its widest cell; no line ends with blanks."""
    assert aligned([("a", "bb", "c"), ("ccc", "d", "")]) == "a    bb  c\nccc  d"


def test_numbers_are_read_easily() -> None:
    """Thousands are separated, and sizes come in a fitting unit."""
    assert article_count(1) == "1 article"
    assert article_count(2898) == "2,898 articles"
    assert [size(n) for n in (1, 999, 1900, 20_498_100, 2_500_000_000)] == [
        *("1 byte", "999 bytes", "1.9 kB", "20.5 MB", "2.5 GB")
    ]
