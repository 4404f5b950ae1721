"""What the command line prints for people: result pages, words, reports and sizes.

Texts carry ANSI styles; `click.echo` takes them out where standard output is no terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from searchapp.commands.counts import article_count, number_text, size
from searchapp.commands.language import say
from searchapp.facets import FACETS, TAGS
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
from searchapp.translation import N_, NN_, Message, Number

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport
    from searchapp.inspection import AnalyzedWord, IndexState
    from searchapp.installation.diagnosis import Finding

FACET_VALUES_SHOWN = 6
_INDENT = "    "
_SEVERITY_COLOURS = {"ok": "green", "look": "yellow", "fault": "red"}
_SEVERITY_NAMES = {"ok": N_("ok"), "look": N_("look"), "fault": N_("fault")}
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
        f"{say(facet.label)}: {_facet_line(page.facets[facet.name])}"
        for facet in FACETS
        if page.facets.get(facet.name)
    ]
    if page.optional_words:
        lines.append(optional_words_sentence(page.optional_words, say))
    lines += [
        say(N_("Note: %(sentence)s", sentence=sentence))
        for sentence in note_sentences(page.notes, request.query, say)
    ]
    if page.did_you_mean and not page.corrected_query:
        lines.append(say(N_("Did you mean: %(words)s", words=page.did_you_mean)))
    if request.page_number < page.last_page_number:
        lines.append(say(N_("More: --page %(number)s", number=request.page_number + 1)))
    if page.partial:
        lines += ["", say(N_("Articles with some of the words:"))]
    for hit in page.partial:
        lines += ["", *_hit_lines("  - ", hit, width)]
    return "\n".join(lines)


def _hit_lines(mark: str, hit: Hit, width: int | None) -> Iterator[str]:
    """mark: before the title, as wide as the indent of the other lines."""
    yield mark + _styled(hit.title, 0, len(hit.title.text), bold=True)
    article = hit.article
    date = article.date.isoformat() if article.date else None
    matches = (
        say(NN_("%(count)s match", "%(count)s matches", hit.match_count))
        if hit.match_count
        else None
    )
    facts = [each for each in (date, *article.bylines, article.url, matches) if each]
    if facts:
        yield _INDENT + click.style(" · ".join(facts), fg="green")
    for snippet in hit.snippets:
        marked = _excerpt(snippet, hit.page_number(snippet))
        for start, end in _line_breaks(marked.text, width and width - len(_INDENT)):
            yield _INDENT + _styled(marked, start, end)
    if hit.reasons:
        words = ", ".join(_styled(each, 0, len(each.text)) for each in hit.found_through)
        yield _INDENT + say(N_("found through %(words)s", words=words))
    if hit.missing:
        yield _INDENT + say(N_("without %(words)s", words=", ".join(hit.missing)))
    if article.tags:
        yield _INDENT + click.style(f"{say(TAGS.label)}: {', '.join(article.tags)}", dim=True)


def _excerpt(snippet: Snippet, page_number: int | None) -> MarkedText:
    """The snippet as one paragraph, with its page, and an ellipsis where it is no beginning."""
    text = say(N_("[page %(number)s]", number=page_number)) + " " if page_number else ""
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
    found = N_(
        "%(articles)s in %(ms)s ms",
        articles=article_count(page.total),
        ms=Number(page.took_ms, ".0f"),
    )
    if pages > 1:
        found = N_(
            "%(found)s, page %(number)s of %(pages)s",
            found=found,
            number=request.page_number,
            pages=pages,
        )
    return say(found)


def _facet_line(counts: Sequence[FacetCount]) -> str:
    shown = ", ".join(
        f"{'✓ ' if each.selected else ''}{each.value} "
        f"({each.count if each.added is None else f'+{each.added}'})"
        for each in counts[:FACET_VALUES_SHOWN]
    )
    more = len(counts) - FACET_VALUES_SHOWN
    return say(N_("%(shown)s, … %(more)s more", shown=shown, more=more)) if more > 0 else shown


def word_table(words: Sequence[AnalyzedWord]) -> str:
    """The words of a text, one a line, in aligned columns."""
    heads = (
        N_("surface"),
        N_("start"),
        N_("end"),
        N_("lemma"),
        N_("key"),
        N_("parts"),
        N_("finds keys"),
        N_("and relatives"),
    )
    rows = [tuple(map(say, heads))]
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
        lines = [
            N_(
                "Nothing has changed: %(articles)s in generation %(generation)s, checked in "
                "%(seconds)s s.",
                articles=article_count(report.articles),
                generation=report.generation,
                seconds=Number(report.seconds, ".1f"),
            )
        ]
    elif report.added + report.kept == report.articles and not report.changed:
        lines = [_indexed_text(report)]
    else:
        lines = [
            N_(
                "Updated in %(seconds)s s: %(added)s added, %(changed)s changed, %(removed)s "
                "removed.",
                seconds=Number(report.seconds, ".1f"),
                added=Number(report.added),
                changed=Number(report.changed),
                removed=Number(report.removed),
            )
        ]
    if report.published:
        lines.append(
            N_(
                "Generation %(generation)s holds %(articles)s, %(text)s of text in %(index)s of "
                "index.",
                generation=report.generation,
                articles=article_count(report.articles),
                text=size(report.text_bytes),
                index=size(report.size_bytes),
            )
        )
    if report.reason:
        lines.append(N_("It was built anew: %(reason)s.", reason=report.reason))
    if report.kept:
        lines.append(
            N_(
                "%(articles)s kept from before: what they stand in cannot be read now. "
                "--accept-loss drops them.",
                articles=article_count(report.kept),
            )
        )
    if report.left_out or report.warnings:
        lines.append(
            N_(
                "%(problems)s left articles out; %(warnings)s.",
                problems=NN_("%(count)s problem", "%(count)s problems", report.left_out),
                warnings=NN_("%(count)s warning", "%(count)s warnings", report.warnings),
            )
        )
    return "\n".join(map(say, lines))


def _indexed_text(report: BuildReport) -> Message:
    indexed = N_(
        "Indexed %(articles)s in %(seconds)s s (%(rate)s articles/s, %(speed)s MB/s).",
        articles=article_count(report.articles),
        seconds=Number(report.seconds, ".1f"),
        rate=Number(report.articles / report.seconds, ",.0f"),
        speed=Number(report.text_bytes / report.seconds / 1e6, ".2f"),
    )
    if not report.removed:
        return indexed
    return N_(
        "%(indexed)s %(articles)s of before are gone.",
        indexed=indexed,
        articles=article_count(report.removed),
    )


def state_text(state: IndexState) -> str:
    """What an index folder holds, one fact a line."""
    manifest = state.generation.manifest
    rows = (
        (N_("generation"), state.generation.id),
        (
            N_("built"),
            N_(
                "%(moment)s in %(seconds)s s",
                moment=manifest.built_at,
                seconds=Number(manifest.build_seconds, ".1f"),
            ),
        ),
        (N_("articles"), number_text(manifest.articles)),
        (N_("text"), size(manifest.text_bytes)),
        (N_("index"), size(manifest.size_bytes)),
        (N_("word memory"), size(state.kept_bytes)),
        (N_("engine"), manifest.engine),
        (N_("fingerprint"), manifest.fingerprint),
        (N_("usable"), N_("no: %(reason)s", reason=state.refusal) if state.refusal else N_("yes")),
        (N_("rollback to"), ", ".join(state.earlier) or N_("nothing")),
        (N_("written by"), state.writer or N_("nobody now")),
    )
    return aligned(
        [(say(name), say(fact) if isinstance(fact, Message) else fact) for name, fact in rows]
    )


def findings_text(findings: Sequence[Finding]) -> str:
    """What `searchapp doctor` has found, a line each, and below it what to do."""
    marks = {severity: say(name) for severity, name in _SEVERITY_NAMES.items()}
    mark_width = max(map(len, marks.values()))
    subjects = [say(each.subject) for each in findings]
    width = max(map(len, subjects))
    lines = []
    for each, subject in zip(findings, subjects, strict=True):
        colour = _SEVERITY_COLOURS[each.severity]
        mark = click.style(f"{marks[each.severity]:<{mark_width}}", fg=colour, bold=True)
        lines.append(f"{mark}  {subject:<{width}}  {say(each.what())}")
        if each.step():
            lines.append(" " * (mark_width + width + 4) + "→ " + say(each.step()))
    return "\n".join(lines)


def families_text(families: Sequence[WordFamily]) -> str:
    """Words and what is joined with them, a word a line; see `searchapp info --help`."""
    signs = {"relative": "~", "spelling": "="}
    width = len(number_text(families[0].doc_freq))
    return "\n".join(
        f"{number_text(family.doc_freq):>{width}}  {family.word}: "
        + ", ".join(
            f"{signs[each.kind]} {each.word} {number_text(each.doc_freq)}" for each in family.joined
        )
        for family in families
    )
