"""One index of a cluster, read: searches, counts of terms, and single documents."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

from searchapp.deadline import Deadline
from searchapp.engines.fields import TEXT
from searchapp.engines.opensearch.cluster import Cluster, RequestRefused
from searchapp.engines.opensearch.document import document_id
from searchapp.engines.opensearch.generation_record import GenerationRecord
from searchapp.engines.opensearch.query_json import Json, Statistics, Term
from searchapp.engines.opensearch.token_text import coded
from searchapp.errors import IndexUnreadable, SearchTimeout
from searchapp.model import Article, ArticleLink
from searchapp.translation import N_

WINDOW = 10_000
"""Hits that one request may reach (`index.max_result_window`); deeper ones are walked to."""
_TERMS_AT_ONCE = 5_000
_MAX_KNOWN = 200_000
"""Terms whose frequency is remembered: about 30 MB."""

_TEXT_FIELD, _ = coded(TEXT, "")

Hit = Mapping[str, Any]

BY_ID: Json = {"id": "asc"}
NEWEST: Sequence[Json] = ({"day": {"order": "desc", "missing": "_last"}}, BY_ID)
LINK_FIELDS = ("original.id", "original.title", "original.date")
"""What `link_of` needs of a hit."""


def link_of(hit: Hit) -> ArticleLink:
    """What names and opens the article of a hit."""
    article = Article.from_record({"body": "", **hit["_source"]["original"]})
    return ArticleLink(article.id, article.title, article.date)


def counted(filters: Sequence[Json]) -> Json:
    """A search that counts the articles which pass some filters; `total` reads its answer."""
    return {"query": {"bool": {"filter": list(filters)}}, "size": 0, "track_total_hits": True}


def total(answer: Mapping[str, Any]) -> int:
    """How many articles a search has found, if it was to count them."""
    return int(answer["hits"]["total"]["value"])


class ClusterIndex:
    """An index that does not change. Safe for use by several threads."""

    def __init__(self, cluster: Cluster, record: GenerationRecord) -> None:
        """Nothing is asked yet."""
        self.name = record.index
        self._cluster = cluster
        self._record = record
        self._is_ours = False
        self._articles = record.articles
        self._known: dict[Term, int] = {}
        self._doc_counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self.shards = 1
        """How many have answered the last search."""

    def search(
        self, body: Mapping[str, Any], deadline: Deadline, *, unread: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """The whole answer to a search, of all shards.

        unread: paths of the answer that the cluster need not send. Raises SearchTimeout, and
        IndexUnreadable where a part of the index does not answer, after a second try.
        """
        params = {"allow_partial_search_results": "false"}
        if unread:
            params["filter_path"] = ",".join(f"-{path}" for path in unread)
        for _ in range(2):
            deadline.check()
            asked = dict(body)
            if deadline.remaining_s < inf:
                asked["timeout"] = f"{max(1, int(deadline.remaining_s * 1000))}ms"
            answer: Mapping[str, Any] = self._request("POST", "_search", asked, params, deadline)
            if answer["timed_out"]:
                raise SearchTimeout(
                    N_("the cluster was not done in time"),
                    remedy=N_("use more or rarer words, or fewer wildcards"),
                )
            if not answer["_shards"]["failed"]:
                self.shards = answer["_shards"]["total"]
                return answer
        raise self._in_part()

    def searches(
        self, bodies: Sequence[Mapping[str, Any]], deadline: Deadline
    ) -> list[Mapping[str, Any]]:
        """The whole answers to several searches, asked for with one request; raises as `search`."""
        whole = {"allow_partial_search_results": False}
        lines = "".join(f"{json.dumps(each)}\n" for body in bodies for each in (whole, body))
        for _ in range(2):
            deadline.check()
            answer = self._request("POST", "_msearch", lines.encode(), {}, deadline)
            answers: list[Mapping[str, Any]] = answer["responses"]
            if not any("error" in each or each["_shards"]["failed"] for each in answers):
                return answers
        raise self._in_part()

    def _in_part(self) -> IndexUnreadable:
        return IndexUnreadable(
            N_("a part of the index does not answer"),
            where=self.name,
            remedy=N_("look at the health of the cluster"),
        )

    def hits(
        self,
        body: Mapping[str, Any],
        offset: int,
        limit: int,
        deadline: Deadline,
        *,
        after: Sequence[Any] | None = None,
    ) -> Iterator[Hit]:
        """The hits of a search from `offset` on, at most `limit`; its sort must tell them apart.

        after: where to begin, given as the `sort` of the hit before; otherwise at the first.
        """
        place = 0
        while place < offset + limit:
            is_skipped = place < offset
            size = min(WINDOW, (offset if is_skipped else offset + limit) - place)
            asked = {**body, "size": size}
            if after is not None:
                asked["search_after"] = after
            if is_skipped:
                asked["_source"] = False
            found = self.search(asked, deadline)["hits"]["hits"]
            if not is_skipped:
                yield from found
            if len(found) < size:
                return
            place += size
            after = found[-1]["sort"]

    def count(self, query: Json, deadline: Deadline) -> int:
        """The number of articles that a query finds."""
        return total(self.search(counted([query]), deadline))

    def original(self, article_id: str, deadline: Deadline) -> Mapping[str, Any] | None:
        """The stored record of the article with an id, or None."""
        found = self._document(article_id, "original", deadline)
        return found["_source"]["original"] if found["found"] else None

    def has(self, article_id: str, deadline: Deadline) -> bool:
        """Whether there is an article with an id."""
        return bool(self._document(article_id, "id", deadline)["found"])

    def _document(self, article_id: str, field: str, deadline: Deadline) -> Mapping[str, Any]:
        params = {"_source_includes": field, "realtime": "false"}
        # Of a single document by its path, a missing one would be an error.
        asked = {"ids": [document_id(article_id)]}
        answer = self._request("POST", "_mget", asked, params, deadline)
        found: Mapping[str, Any] = answer["docs"][0]
        if "error" in found:
            raise self._in_part()
        return found

    def statistics(self, terms: Iterable[Term], deadline: Deadline) -> Statistics:
        """In how many articles each of some terms is; asked once for each term.

        Of an index with several shards one is asked, and taken for all.
        """
        # Looked up once: what is remembered may be forgotten while new terms are learned.
        found = {term: self._known.get(term) for term in terms}
        new = [term for term, count in found.items() if count is None]
        for first in range(0, len(new), _TERMS_AT_ONCE):
            found |= self._learned(new[first : first + _TERMS_AT_ONCE], deadline)
        return Statistics({term: count or 0 for term, count in found.items()}, self._doc_counts)

    def _learned(self, terms: Sequence[Term], deadline: Deadline) -> dict[Term, int]:
        texts: dict[str, list[str]] = {_TEXT_FIELD: []}
        for field, text in terms:
            texts.setdefault(field, []).append(text)
        document: dict[str, Any] = {}
        for field, each in texts.items():
            # Terms stand at places of their own; a field of which none is asked still counts.
            document[field] = " ".join(each) or "x"
        asked = {
            "doc": document,
            "fields": list(texts),
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }
        params = {"routing": "0", "realtime": "false"}
        answer = self._request("POST", "_termvectors", asked, params, deadline)
        found = answer["term_vectors"]
        here = max(1, _doc_count(found, _TEXT_FIELD))
        scale = max(1.0, self._articles / here)
        with self._lock:
            if len(self._known) > _MAX_KNOWN:
                self._known.clear()
            for field in texts:
                self._doc_counts[field] = round(_doc_count(found, field) * scale)
            learned = {}
            for term in terms:
                counted = found.get(term.field, {}).get("terms", {}).get(term.text, {})
                learned[term] = round(counted.get("doc_freq", 0) * scale)
            self._known |= learned
        return learned

    def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes,
        params: Mapping[str, str],
        deadline: Deadline,
    ) -> Any:
        if not self._is_ours:
            self._record.check(self._cluster, deadline=deadline)
            self._is_ours = True
        try:
            return self._cluster.request(
                method, f"/{self.name}/{path}", body, params=params, deadline=deadline
            )
        except RequestRefused:
            # Another index may have come in its place, which has other fields.
            self._record.check(self._cluster, deadline=deadline)
            raise


def _doc_count(found: Mapping[str, Any], field: str) -> int:
    """Articles with a field, as the answer has it; -1 and nothing stand for none."""
    return max(0, int(found.get(field, {}).get("field_statistics", {}).get("doc_count", 0)))
