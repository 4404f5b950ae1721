"""A ResultPage as the JSON object that `search --json` and `GET /api/v1/search` both answer."""

from __future__ import annotations

from collections.abc import Sequence

from searchapp.facets import FACET_NAMES
from searchapp.marked_html import marked_html
from searchapp.messages import note_sentences
from searchapp.model import Hit, ResultPage, Snippet


def answer(page: ResultPage, notes: Sequence[str] | None = None) -> dict[str, object]:
    """The object that is serialized to JSON, made of dicts, lists, strings and numbers only.

    notes: translated sentences of the page's notes; None for the English ones.
    Dates are ISO strings or None; facet values are strings, years too. `html` and `title_html`
    hold escaped text and `<mark>` only. `start` and `end` are code points of the stored body.
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
        "facets": {
            name: [
                {"value": each.value, "count": each.count, "selected": each.selected}
                for each in page.facets.get(name, ())
            ]
            for name in FACET_NAMES
        },
        "did_you_mean": page.did_you_mean,
        "notes": note_sentences(page.notes, request.query) if notes is None else list(notes),
    }


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "id": hit.id,
        "title": hit.title.text,
        "title_html": str(marked_html(hit.title)),
        "date": hit.date.isoformat() if hit.date else None,
        "author": hit.author,
        "source": hit.source,
        "url": hit.url,
        "tags": list(hit.tags),
        "score": round(hit.score, 6),
        "snippets": [_snippet(snippet) for snippet in hit.snippets],
        "match_count": hit.match_count,
        "reasons": [
            {"kind": reason.kind, "html": str(marked_html(reason.found))} for reason in hit.reasons
        ],
    }


def _snippet(snippet: Snippet) -> dict[str, object]:
    return {
        "html": str(marked_html(snippet.marked)),
        "start": snippet.start,
        "end": snippet.end,
    }
