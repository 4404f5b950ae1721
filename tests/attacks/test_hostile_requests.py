"""Requests that know the grammar and break it, straight at a real server."""

from __future__ import annotations

import random
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path

from searchapp.settings import Settings
from tests.attacks.asker import Asker
from tests.attacks.hostile_requests import hostile_request
from tests.attacks.tally import Tally, extent
from tests.web.serving_process import serving

SEED = 13


def test_every_request_is_answered_and_none_is_an_error_of_the_server(
    settings: Settings, tmp_path: Path, tally: Tally
) -> None:
    """With a status that blames the request, or an answer; and nobody waits for long."""
    given = {
        "index": settings.index,
        "workers": 1,
        "owner_token": "geheim" * 4,
        "metrics_token": "geheim" * 4,
        "query_store": tmp_path / "queries.sqlite",
    }
    draw = random.Random(SEED)
    statuses = Counter[str]()
    slowest, longest_s = "", 0.0
    with serving(tmp_path, given) as server:
        asker = Asker(server.url, patience_s=30)
        for number in range(extent(300, 10_000)):
            request = hostile_request(draw)
            began = time.perf_counter()
            with tally.attempt(f"request {number}: {request}"):
                try:
                    status = asker.raw(request.data, request.method).status
                except (HTTPException, ConnectionError) as error:
                    raise AssertionError(f"no answer: {error!r}") from error
                statuses[f"{status // 100}xx" if status < 500 else str(status)] += 1
                assert 200 <= status < 500 or status == 503, status
            if (took_s := time.perf_counter() - began) > longest_s:
                slowest, longest_s = str(request), took_s
        assert server.get("/readyz")[0] == 200
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    tally.notes.append(f"seed {SEED}; {counts}; slowest {longest_s:.3f} s: {slowest[:200]}")
