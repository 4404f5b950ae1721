"""What an index answers to a few queries, to be compared with what it answers later."""

from __future__ import annotations

from contextlib import closing

from searchapp.model import SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings


def served_answers(settings: Settings) -> list[object]:
    """Generation, total, hits and facets of each answer, by a service of its own."""
    with closing(SearchService(settings)) as service:
        pages = [
            service.search(SearchRequest(query=query, per_page=100))
            for query in ("", "Stahl", "Haus3", "neu")
        ]
    return [(page.generation, page.total, page.hits, page.facets) for page in pages]
