"""What the command line prints for people: result pages, words, reports and sizes.

Texts carry ANSI styles; `click.echo` takes them out where standard output is no terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from searchapp.facets import FACETS
from searchapp.messages import note_sentences, optional_words_sentence
from searchapp.model import (
    FacetCount,
    Hit,
    MarkedText,
    ResultPage,
    Snippet,
    WordFamily,
    smallest,
)

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport
    from searchapp.inspection import AnalyzedWord, IndexState
    from searchapp.installation.diagnosis import Finding

FACET_VALUES_SHOWN = 6
_INDENT = "    "
_SEVERITY_COLOURS = {"ok": "green", "look": "yellow", "fault": "red"}
_MIN_WIDTH = 40


def result_text(page: ResultPage, *, width: int | None = None) -> str:
    """A result page: the hits with their matches marked, then facets, notes and paging.

    Articles that have only some of the words come last.

    width: columns at which snippets are broken into lines; None leaves each on one line.
    """
    request = page.request
    first = (request.page_number - 1) * request.per_page + 1
    lines = []
    for number, hit in enumerate(page.hits, first):
        lines += [*_hit_lines(f"{number:>2}. ", hit, width), ""]
    lines.append(_total_line(page))
    lines += [
        f"{facet.label}: {_facet_line(page.facets[facet.name])}"
        for facet in FACETS
        if page.facets.get(facet.name)
    ]
    if page.optional_words:
        lines.append(optional_words_sentence(page.optional_words))
    lines += [f"Note: {sentence}" for sentence in note_sentences(page.notes, request.query)]
    if page.did_you_mean and not page.corrected_query:
        lines.append(f"Did you mean: {page.did_you_mean}")
    if request.page_number < page.last_page_number:
        lines.append(f"More: --page {request.page_number + 1}")
    if page.partial:
        lines += ["", "Articles with some of the words:"]
    for hit in page.partial:
        lines += ["", *_hit_lines("  - ", hit, width)]
    return "\n".join(lines)


def _hit_lines(mark: str, hit: Hit, width: int | None) -> Iterator[str]:
    """mark: before the title, as wide as the indent of the other lines."""
    yield mark + _styled(hit.title, 0, len(hit.title.text), bold=True)
    article = hit.article
    date = article.date.isoformat() if article.date else None
    matches = counted(hit.match_count, "match", "matches") if hit.match_count else None
    facts = [each for each in (date, *article.bylines, article.url, matches) if each]
    if facts:
        yield _INDENT + click.style(" · ".join(facts), fg="green")
    for snippet in hit.snippets:
        marked = _excerpt(snippet, hit.page_number(snippet))
        for start, end in _line_breaks(marked.text, width and width - len(_INDENT)):
            yield _INDENT + _styled(marked, start, end)
    if hit.reasons:
        words = ", ".join(_styled(each, 0, len(each.text)) for each in hit.found_through)
        yield f"{_INDENT}found through {words}"
    if hit.missing:
        yield f"{_INDENT}without {', '.join(hit.missing)}"
    if article.tags:
        yield _INDENT + click.style("Tags: " + ", ".join(article.tags), dim=True)


def _excerpt(snippet: Snippet, page_number: int | None) -> MarkedText:
    """The snippet as one paragraph, with its page, and an ellipsis where it is no beginning."""
    text = f"[page {page_number}] " if page_number else ""
    text += "… " if snippet.start else ""
    marks = []
    done = 0
    for start, end in snippet.marked.marks:
        text += _one_line(snippet.marked.text[done:start])
        mark_start = len(text)
        text += _one_line(snippet.marked.text[start:end])
        marks.append((mark_start, len(text)))
        done = end
    return MarkedText(text + _one_line(snippet.marked.text[done:]), tuple(marks))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _line_breaks(text: str, width: int | None) -> Iterator[tuple[int, int]]:
    """Offsets of the lines of a text, broken at blanks; a longer word gets a line of its own."""
    if width is None:
        yield 0, len(text)
        return
    start = end = 0
    for word in re.finditer(r"\S+", text):
        if word.end() - start > max(width, _MIN_WIDTH) and end > start:
            yield start, end
            start = word.start()
        end = word.end()
    yield start, end


def _styled(marked: MarkedText, start: int, end: int, *, bold: bool = False) -> str:
    """The stretch [start, end) with its marks highlighted."""
    pieces = []
    for mark_start, mark_end in marked.marks:
        if mark_start < end and mark_end > start:
            stop = max(mark_start, start)
            pieces.append(_plain(marked.text[start:stop], bold))
            start = min(mark_end, end)
            pieces.append(click.style(marked.text[stop:start], fg="yellow", bold=True))
    pieces.append(_plain(marked.text[start:end], bold))
    return "".join(pieces)


def _plain(text: str, bold: bool) -> str:
    return click.style(text, bold=True) if bold and text else text


def _total_line(page: ResultPage) -> str:
    request = page.request
    pages = page.last_page_number
    place = f", page {request.page_number} of {pages}" if pages > 1 else ""
    return f"{counted(page.total, 'article')} in {page.took_ms:.0f} ms{place}"


def _facet_line(counts: Sequence[FacetCount]) -> str:
    shown = ", ".join(
        f"{'✓ ' if each.selected else ''}{each.value} "
        f"({each.count if each.added is None else f'+{each.added}'})"
        for each in counts[:FACET_VALUES_SHOWN]
    )
    more = len(counts) - FACET_VALUES_SHOWN
    return f"{shown}, … {more} more" if more > 0 else shown


def word_table(words: Sequence[AnalyzedWord]) -> str:
    """The words of a text, one a line, in aligned columns."""
    rows = [("surface", "start", "end", "lemma", "key", "parts", "finds keys", "and relatives")]
    rows += [
        (
            token.surface,
            str(token.start),
            str(token.end),
            token.lemma or "-",
            token.key,
            " + ".join(part.key for part in smallest(token.parts)) or "-",
            ", ".join(keys),
            ", ".join(relatives) or "-",
        )
        for token, keys, relatives in words
    ]
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as columns that are as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def build_text(report: BuildReport) -> str:
    """What a rebuild or an update did, in a few sentences."""
    if not report.published:
        text = (
            f"Nothing has changed: {counted(report.articles, 'article')}"
            f" in generation {report.generation}, checked in {report.seconds:.1f} s."
        )
    elif report.added + report.kept == report.articles and not report.changed:
        text = (
            f"Indexed {counted(report.articles, 'article')} in {report.seconds:.1f} s"
            f" ({report.articles / report.seconds:,.0f} articles/s,"
            f" {report.text_bytes / report.seconds / 1e6:.2f} MB/s)."
        )
        if report.removed:
            text += f" {counted(report.removed, 'article')} of before are gone."
    else:
        text = (
            f"Updated in {report.seconds:.1f} s: {report.added:,} added,"
            f" {report.changed:,} changed, {report.removed:,} removed."
        )
    if report.published:
        text += (
            f"\nGeneration {report.generation} holds {counted(report.articles, 'article')},"
            f" {size(report.text_bytes)} of text in {size(report.size_bytes)} of index."
        )
    if report.reason:
        text += f"\nIt was built anew: {report.reason}."
    if report.kept:
        text += (
            f"\n{counted(report.kept, 'article')} kept from before: what they stand in cannot be"
            " read now. --accept-loss drops them."
        )
    if report.left_out or report.warnings:
        text += (
            f"\n{counted(report.left_out, 'problem')} left articles out;"
            f" {counted(report.warnings, 'warning')}."
        )
    return text


def state_text(state: IndexState) -> str:
    """What an index folder holds, one fact a line."""
    manifest = state.generation.manifest
    return aligned(
        [
            ("generation", state.generation.id),
            ("built", f"{manifest.built_at} in {manifest.build_seconds:.1f} s"),
            ("articles", f"{manifest.articles:,}"),
            ("text", size(manifest.text_bytes)),
            ("index", size(manifest.size_bytes)),
            ("engine", manifest.engine),
            ("fingerprint", manifest.fingerprint),
            ("usable", f"no: {state.refusal}" if state.refusal else "yes"),
            ("rollback to", ", ".join(state.earlier) or "nothing"),
            ("written by", state.writer or "nobody now"),
        ]
    )


def findings_text(findings: Sequence[Finding]) -> str:
    """What `searchapp doctor` has found, a line each, and below it what to do."""
    width = max(len(each.subject) for each in findings)
    lines = []
    for each in findings:
        mark = click.style(f"{each.severity:<5}", fg=_SEVERITY_COLOURS[each.severity], bold=True)
        lines.append(f"{mark}  {each.subject:<{width}}  {each.what()}")
        if each.step():
            lines.append(" " * (len("fault") + width + 4) + "→ " + each.step())
    return "\n".join(lines)


def families_text(families: Sequence[WordFamily]) -> str:
    """Words and what is joined with them, a word a line; see `searchapp info --help`."""
    signs = {"relative": "~", "spelling": "="}
    width = len(f"{families[0].doc_freq:,}")
    return "\n".join(
        f"{family.doc_freq:>{width},}  {family.word}: "
        + ", ".join(f"{signs[each.kind]} {each.word} {each.doc_freq:,}" for each in family.joined)
        for family in families
    )


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 article", "2,898 articles"; the plural is named where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(size_bytes: int) -> str:
    """A size in the unit in which it is read best: "512 bytes", "1.9 MB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return counted(size_bytes, "byte")
