"""Pages that say the same under several addresses: one of them is kept.

Addresses alone do not tell. Many sites name their front page as the canonical address of all their
pages, or lead visitors of a lost page there: a page is dropped only if its text stands in the
other.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchapp.website.page_links import visible_lines
from searchapp.website.page_store import PageStore, StoredPage

_SHARE = 0.9
"""Of the sentences of a page that the other has as well; dates and numbers of hits may differ."""

_MAX_STEPS = 10


def drop_same_pages(store: PageStore, hosts: Sequence[str]) -> int:
    """Drop what is stored twice; returns the number of files that were deleted."""
    dropped = 0
    twice = (
        "digest IN (SELECT digest FROM page WHERE file IS NOT NULL GROUP BY digest"
        " HAVING count(*) > 1)"
    )
    kept: dict[str, StoredPage] = {}
    for page in store.stored(hosts, twice):
        if page.gone is None and page.digest is not None:
            first = kept.setdefault(page.digest, page)
            if first is not page:
                store.drop(page, same_as=first.url)
                dropped += 1
    for page in store.stored(hosts, "leads_to IS NOT NULL"):
        other = _kept_page(store, page)
        if other is not None and _is_part(page, other):
            store.drop(page, same_as=other.url)
            dropped += 1
    return dropped


def _kept_page(store: PageStore, page: StoredPage) -> StoredPage | None:
    """The stored page that a page leads to in the end, if that is another."""
    url = page.leads_to
    for _ in range(_MAX_STEPS):
        other = store.page(url) if url else None
        if other is None or other.url == page.url or other.gone:
            return None
        if other.file is not None:
            return other
        url = other.same_as or other.leads_to
    return None


def _is_part(page: StoredPage, other: StoredPage) -> bool:
    assert page.file is not None  # both are stored
    assert other.file is not None
    if page.file.suffix != ".html" or other.file.suffix != ".html":
        return page.digest == other.digest
    lines = set(visible_lines(page.file.read_bytes()))
    known = set(visible_lines(other.file.read_bytes()))
    return bool(lines) and len(lines & known) >= _SHARE * len(lines)
