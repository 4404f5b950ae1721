"""What commands print with --json, and the API answers: dicts, lists, strings and numbers only.

A page of results, for `search --json` and `GET /api/v1/search`? `answer`. A word of
`analyze --json`? `word_object`. An index, for `info --json`? `state_object`; its words, for
`info --joined --json`? `family_object`. What a rebuild or update did? `build_object`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searchapp.facets import FACET_NAMES
from searchapp.marked_html import marked_html
from searchapp.messages import note_sentences
from searchapp.model import Hit, ResultPage, Snippet, WordFamily

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport
    from searchapp.inspection import AnalyzedWord, IndexState


def answer(page: ResultPage, notes: Sequence[str] | None = None) -> dict[str, object]:
    """A page of results.

    notes: translated sentences of the page's notes; None for the English ones.
    Dates are ISO strings or None; facet values are strings, years too. `authors` is a list, and
    `author` the same on one line, or None. `html` and `title_html`
    hold escaped text and `<mark>` only. `start` and `end` are code points of the stored body.
    `distinct` has how many different values each facet has, of which `facets` lists the most
    frequent. `page_number`, from 1, and `page_url` are None where an article has no pages, or no
    address.
    """
    request = page.request
    return {
        "query": request.query,
        "total": page.total,
        "page": request.page_number,
        "per_page": request.per_page,
        "took_ms": round(page.took_ms, 3),
        "generation": page.generation,
        "hits": [_hit(hit) for hit in page.hits],
        "partial": [_hit(hit) | {"missing": list(hit.missing)} for hit in page.partial],
        "facets": {
            name: [
                {"value": each.value, "count": each.count, "selected": each.selected}
                for each in page.facets.get(name, ())
            ]
            for name in FACET_NAMES
        },
        "distinct": {name: page.distinct.get(name, 0) for name in FACET_NAMES},
        "did_you_mean": page.did_you_mean,
        "optional_words": list(page.optional_words),
        "notes": note_sentences(page.notes, request.query) if notes is None else list(notes),
    }


def _hit(hit: Hit) -> dict[str, object]:
    record = hit.article.to_record()
    del record["body"]
    # How a title came about is no part of the API; pages are told at the snippets.
    record.pop("title_is_derived", None)
    record.pop("page_starts", None)
    return record | {
        "author": hit.article.author,
        "title_html": str(marked_html(hit.title)),
        "score": round(hit.score, 6),
        "snippets": [_snippet(hit, snippet) for snippet in hit.snippets],
        "match_count": hit.match_count,
        "reasons": [
            {"kind": reason.kind, "html": str(marked_html(reason.found))} for reason in hit.reasons
        ],
    }


def _snippet(hit: Hit, snippet: Snippet) -> dict[str, object]:
    page_number = hit.page_number(snippet)
    return {
        "html": str(marked_html(snippet.marked)),
        "start": snippet.start,
        "end": snippet.end,
        "page_number": page_number,
        "page_url": hit.article.page_url(page_number),
    }


def word_object(word: AnalyzedWord) -> dict[str, object]:
    """A word; offsets are code points of the text that was analyzed."""
    token = word.token
    return {
        "surface": token.surface,
        "start": token.start,
        "end": token.end,
        "lemma": token.lemma,
        "key": token.key,
        "parts": [part.key for part in token.parts],
        "sought_keys": list(word.keys),
        "sought_relatives": list(word.relatives),
    }


def state_object(state: IndexState) -> dict[str, object]:
    """What an index folder holds; null where there is no refusal or no writer."""
    manifest = state.generation.manifest
    return {
        "generation": state.generation.id,
        "built_at": manifest.built_at,
        "build_seconds": manifest.build_seconds,
        "articles": manifest.articles,
        "text_bytes": manifest.text_bytes,
        "index_bytes": manifest.size_bytes,
        "engine": manifest.engine,
        "fingerprint": manifest.fingerprint,
        "usable": not state.refusal,
        "refusal": state.refusal or None,
        "rollback_to": list(state.earlier),
        "writer": state.writer or None,
    }


def family_object(family: WordFamily) -> dict[str, object]:
    """A word and what is joined with it; `how` is "relative" or "spelling"."""
    return {
        "word": family.word,
        "articles": family.doc_freq,
        "joined": [
            {"word": each.word, "articles": each.doc_freq, "how": each.kind}
            for each in family.joined
        ],
    }


def build_object(report: BuildReport) -> dict[str, object]:
    """What a rebuild or an update did."""
    values = dataclasses.asdict(report)
    values["index_bytes"] = values.pop("size_bytes")
    return values
