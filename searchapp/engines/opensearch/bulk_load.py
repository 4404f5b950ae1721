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

from searchapp.engines.opensearch.cluster import BUSY, Cluster
from searchapp.errors import RebuildFailed
from searchapp.translation import N_

REQUEST_BYTES = 10_000_000
"""Of a request; one document that is larger goes alone."""

TRIES = 8
"""Of the documents for which a shard had no room or no copy, with waits of about 0.5, 1, 2 … 32
seconds: a minute in all, in which a lost node's shards are taken over."""


class RejectedDocument(NamedTuple):
    """A document that the cluster would not take, and why."""

    id: str
    reason: str


class BulkLoad:
    """Fills one index. `finish` sends what is left."""

    def __init__(self, cluster: Cluster, index: str, *, request_bytes: int = REQUEST_BYTES) -> None:
        self._cluster = cluster
        self._index = index
        self._request_bytes = request_bytes
        self._waiting: dict[str, bytes] = {}
        self._waiting_bytes = 0
        self.acknowledged = 0
        self.rejected: list[RejectedDocument] = []

    def add(self, document_id: str, source: Mapping[str, Any]) -> None:
        """Send a document soon; its id was not added before. Raises RebuildFailed."""
        action = json.dumps({"index": {"_id": document_id}})
        lines = f"{action}\n{json.dumps(source, ensure_ascii=False)}\n".encode()
        if self._waiting and self._waiting_bytes + len(lines) > self._request_bytes:
            self.finish()
        self._waiting[document_id] = lines
        self._waiting_bytes += len(lines)

    def finish(self) -> None:
        """Send all that waits. Raises RebuildFailed if the cluster does not take it in time, and
        what `Cluster.request` does."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        reason = ""
        for attempt in range(TRIES):
            if not waiting:
                return
            if attempt:
                time.sleep(2 ** (attempt - 2) * random.uniform(0.8, 1.2))
            lines = b"".join(waiting.values())
            answer = self._cluster.request("POST", f"/{self._index}/_bulk", lines)
            reason = self._take_answer(answer, waiting)
        if waiting:
            raise RebuildFailed(
                N_("the cluster did not take the articles: %(reason)s", reason=reason),
                where=self._index,
                remedy=N_("look at the health of the cluster, then start again"),
            )

    def _take_answer(self, answer: Mapping[str, Any], waiting: dict[str, bytes]) -> str:
        """Remove from `waiting` what is settled; returns why anything else is not."""
        reason = ""
        for item in answer["items"]:
            result = item["index"]
            if result["status"] in BUSY:
                reason = result["error"]["reason"]
                continue
            del waiting[result["_id"]]
            if "error" in result:
                self.rejected.append(RejectedDocument(result["_id"], result["error"]["reason"]))
            else:
                self.acknowledged += 1
        return reason
