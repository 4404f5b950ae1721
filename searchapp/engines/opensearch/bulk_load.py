"""Articles into an index by bulk requests of bounded size.

One request is under way at a time, so that a slow cluster slows the caller and no more than one
request lies in memory. Each document has its id: to send one again changes nothing.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from searchapp.engines.opensearch.cluster import (
    BLOCKED,
    BUSY,
    MISSING,
    Cluster,
    RequestRefused,
    blocked,
)
from searchapp.errors import RebuildFailed
from searchapp.translation import N_

REQUEST_BYTES = 10_000_000
"""Of a request; one document that is larger goes alone."""

TRIES = 8
"""Of the documents for which a shard had no room or no copy, with waits of about 0.5, 1, 2 … 32
seconds: a minute in all, in which a lost node's shards are taken over."""

_TOO_LARGE = 413


class _Waiting(NamedTuple):
    """lines: what is asked for a document."""

    article_id: str
    lines: bytes


class BulkLoad:
    """Fills one index, which is named by the alias for that. `finish` sends what is left."""

    def __init__(self, cluster: Cluster, alias: str, *, request_bytes: int = REQUEST_BYTES) -> None:
        self._cluster = cluster
        self._alias = alias
        self._request_bytes = request_bytes
        self._waiting: dict[str, _Waiting] = {}
        self._waiting_bytes = 0

    def add(self, document_id: str, source: Mapping[str, Any]) -> None:
        """Send a document soon. Raises what `finish` does."""
        self._take(document_id, source["id"], {"index": {"_id": document_id}}, source)

    def remove(self, document_id: str, article_id: str) -> None:
        """Remove an article's document soon, if it is there. Raises what `finish` does."""
        self._take(document_id, article_id, {"delete": {"_id": document_id}})

    def _take(self, document_id: str, article_id: str, *rows: Mapping[str, Any]) -> None:
        """Take what is asked for a document, which has not been named before."""
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
        if self._waiting and self._waiting_bytes + len(lines) > self._request_bytes:
            self.finish()
        self._waiting[document_id] = _Waiting(article_id, lines)
        self._waiting_bytes += len(lines)

    def finish(self) -> None:
        """Send all that waits.

        Raises RebuildFailed if the cluster rejects an article, or does not take some in time, and
        what `Cluster.request` does.
        """
        waiting, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        reason = ""
        for attempt in range(TRIES):
            if not waiting:
                return
            if attempt:
                time.sleep(2 ** (attempt - 2) * random.uniform(0.8, 1.2))
            lines = b"".join(each.lines for each in waiting.values())
            try:
                answer = self._cluster.request(
                    "POST", f"/{self._alias}/_bulk", lines, {"require_alias": "true"}
                )
            except RequestRefused as error:
                if error.status == _TOO_LARGE:
                    largest = max(waiting.values(), key=lambda each: len(each.lines))
                    raise self._rejected(largest, "it is too large") from error
                raise
            reason = self._take_answer(answer, waiting)
        if waiting:
            raise RebuildFailed(
                N_("the cluster did not take the articles: %(reason)s", reason=reason),
                where=self._alias,
                remedy=N_("look at the health of the cluster, then start again"),
            )

    def _take_answer(self, answer: Mapping[str, Any], waiting: dict[str, _Waiting]) -> str:
        """Remove from `waiting` what is done; returns why anything else is not."""
        reason = ""
        for item in answer["items"] if answer["errors"] else ():
            (result,) = item.values()
            error = result.get("error")
            if error is None:
                del waiting[result["_id"]]
            elif error["type"] == BLOCKED:
                raise blocked(result["status"], error["reason"], self._alias)
            elif error["type"] == MISSING:
                raise RebuildFailed(
                    N_("the index was deleted while it was loaded"),
                    where=self._alias,
                    remedy=N_("see who deletes indexes of the cluster, then start again"),
                )
            elif result["status"] not in BUSY:
                cause = error.get("caused_by", error)
                raise self._rejected(waiting[result["_id"]], cause["reason"])
            else:
                reason = error["reason"]
        if not answer["errors"]:
            waiting.clear()
        return reason

    def _rejected(self, document: _Waiting, reason: str) -> RebuildFailed:
        return RebuildFailed(
            N_(
                "the cluster rejects the article %(article_id)r (%(reason)s)",
                article_id=document.article_id,
                reason=reason,
            ),
            where=self._alias,
            remedy=N_("shorten or remove it in its source, or see to the settings of the cluster"),
        )
