"""Readers without pause on a cluster of three nodes, of which one after the other is killed.

    python -m tests.engines.opensearch.node_loss [--seconds 300] [--kill-every 60] [--release 3.8]

A server answers from the cluster; each answer is compared with that of the columnar engine on the
same articles. A node is killed as `kill -9` does, and started again; the next one only when all
shards have their copies. It ends with status 1 if any answer was wrong, or a part of the whole.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np

from searchapp.errors import SearchappError
from searchapp.indexing import rebuild
from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.engines.conftest import random_articles
from tests.engines.opensearch.cluster import Cluster, Node, running_cluster
from tests.engines.opensearch.java import RELEASES, Release
from tests.subjects import subject_articles
from tests.web.serving_process import eventually, server_process

PATIENCE_S = 60.0
WAIT_AFTER_503_S = 0.05
AWAY_S = 10.0
"""Between the death of a node and its start."""
GREEN_S = 180.0
SHARDS = 3

QUERIES = (
    *("Stahl", "stahl ODER schule", "Wald", "neues stadt", "Haus -Stahl", '"Neues vom Wald"'),
    *("Stra*", "Hochofn~", "Kommission", "schlagwort:Stahl", "datum:2023", "Lehrer UND Kreide", ""),
)


@dataclass
class Loss:
    """What became of all requests. wrong: answers that the columnar engine does not give."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    kills: int = 0
    green_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        requests = sum(self.statuses.values())
        p50, p95, p99 = (1000 * np.quantile(self.times_s or [0.0], (0.5, 0.95, 0.99))).tolist()
        green = ", ".join(f"{each:.0f}" for each in self.green_s)
        return (
            f"{requests} requests in {self.seconds:.0f} s, {self.kills} nodes killed,"
            f" whole again after {green or '-'} s: {self.statuses[200]} answered,"
            f" {len(self.wrong)} wrong or in part,"
            f" {self.statuses[503]} busy ({100 * self.statuses[503] / max(1, requests):.3f} %);"
            f" {p50:.1f} ms at the median, {p95:.1f} at 95 %, {p99:.1f} at 99 %,"
            f" {1000 * max(self.times_s, default=0):.0f} the longest"
        )


def lose_nodes(
    release: Release, folder: Path, *, seconds: float, kill_every_s: float, readers: int
) -> Loss:
    """Ask for some time, while nodes are killed and come back; the folder is empty."""
    articles = [*subject_articles(), *random_articles(400, seed=7)]
    seeds = folder / "articles.jsonl"
    lines = [json.dumps(each.to_record(), ensure_ascii=False) for each in articles]
    seeds.write_text("\n".join(lines) + "\n", "utf-8")
    plain = Settings(seeds=(seeds,), index=folder / "plain", workers=1, time_budget_s=30.0)
    rebuild(plain)
    loss = Loss()
    nodes = folder / "nodes"
    nodes.mkdir()
    with running_cluster(release, nodes, nodes=3) as cluster:
        given: dict[str, Any] = {
            "engine": ",".join(cluster.addresses),
            "index": folder / "index",
            "opensearch_shards": SHARDS,
        }
        rebuild(replace(plain, **given))
        expected = _expected(plain)
        del given["opensearch_shards"]
        with server_process({**given, "workers": 1}, folder / "server.log") as (_, url):
            address = urlsplit(url).netloc
            _warm_up(address, list(expected))
            with _asked_meanwhile(address, expected, readers, loss):
                began = time.monotonic()
                _kill_in_turn(cluster, address, began, seconds, kill_every_s, loss)
                loss.seconds = time.monotonic() - began
    return loss


def _kill_in_turn(
    cluster: Cluster, address: str, began: float, seconds: float, every_s: float, loss: Loss
) -> None:
    """Kill one node after the other, the first one soon."""
    client = closing(http.client.HTTPConnection(address, timeout=PATIENCE_S))
    with client:
        next_kill = began + min(5.0, every_s / 2)
        while time.monotonic() < began + seconds:
            if time.monotonic() < next_kill or time.monotonic() > began + seconds - AWAY_S:
                time.sleep(0.1)
                continue
            next_kill += every_s
            node = cluster.nodes[loss.kills % len(cluster.nodes)]
            node.kill()
            loss.kills += 1
            killed = time.monotonic()
            time.sleep(AWAY_S)
            node.start()
            if eventually(lambda: _is_whole(cluster), seconds=GREEN_S):
                loss.green_s.append(time.monotonic() - killed)
            else:
                loss.wrong.append(f"the cluster is not whole again after {node.name} came back")
                return


def _is_whole(cluster: Cluster) -> bool:
    """Whether all nodes are there, and all copies of all shards."""
    for node in cluster.nodes:
        try:
            health = _health(node)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if health["number_of_nodes"] != len(cluster.nodes) or health["status"] != "green":
            return False
    return True


def _health(node: Node) -> Mapping[str, Any]:
    with closing(http.client.HTTPConnection(urlsplit(node.address).netloc, timeout=5)) as client:
        client.request("GET", "/_cluster/health")
        found: Mapping[str, Any] = json.loads(client.getresponse().read())
        return found


def _path(query: str) -> str:
    return f"/api/v1/search?q={quote(query)}&sort=newest&per_page=20"


def _expected(settings: Settings) -> dict[str, Any]:
    """What the columnar engine answers to each path."""
    with closing(SearchService(settings)) as service:
        return {
            _path(query): _compared(
                answer(service.search(SearchRequest(query, sort="newest", per_page=20)))
            )
            for query in QUERIES
        }


def _warm_up(address: str, paths: Sequence[str]) -> None:
    """Ask for each path until it is answered: that a JVM is slow at first is not tested."""
    for path in [*paths] * 3:
        assert eventually(partial(_is_answered, address, path), seconds=GREEN_S), path


def _is_answered(address: str, path: str) -> bool:
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_S)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status == 200


def _compared(found: Mapping[str, Any]) -> dict[str, Any]:
    """What both engines must tell alike of an answer."""
    hits = [(hit["id"], hit["title"]) for hit in found["hits"]]
    return {"total": found["total"], "hits": hits, "facets": found["facets"]}


@contextmanager
def _asked_meanwhile(
    address: str, expected: Mapping[str, Any], readers: int, loss: Loss
) -> Iterator[None]:
    is_over = threading.Event()
    threads = [
        threading.Thread(target=_read, args=(address, expected, number, loss, is_over))
        for number in range(readers)
    ]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        is_over.set()
        for each in threads:
            each.join()


def _read(
    address: str, expected: Mapping[str, Any], number: int, loss: Loss, is_over: threading.Event
) -> None:
    draw = random.Random(number)
    paths = list(expected)
    began = time.monotonic()
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_S)) as connection:
        while not is_over.is_set():
            path = draw.choice(paths)
            started = time.perf_counter()
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read()
            except (OSError, http.client.HTTPException) as error:
                loss.wrong.append(f"{path}: {error!r}")
                connection.close()
                continue
            loss.statuses[response.status] += 1
            if response.status == 503:  # As it asks one to.
                took_s = time.perf_counter() - started
                loss.busy.append(
                    f"at {time.monotonic() - began:.0f} s after {took_s:.2f} s: {body[-300:]!r}"
                )
                time.sleep(WAIT_AFTER_503_S)
                continue
            loss.times_s.append(time.perf_counter() - started)
            found = response.status == 200 and _compared(json.loads(body))
            if found != expected[path]:
                loss.wrong.append(f"{path}: {response.status} {body[:300]!r}")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--kill-every", type=float, default=60, help="seconds")
    parser.add_argument("--readers", type=int, default=4)
    names = [each.name for each in RELEASES]
    parser.add_argument("--release", choices=names, default=names[-1])
    given = parser.parse_args()
    release = next(each for each in RELEASES if each.name == given.release)
    with TemporaryDirectory() as folder:
        try:
            loss = lose_nodes(
                release,
                Path(folder),
                seconds=given.seconds,
                kill_every_s=given.kill_every,
                readers=given.readers,
            )
        except SearchappError as error:
            sys.exit(str(error))
    print(loss)
    for each in [*loss.wrong[:10], *loss.busy[:20]]:
        print(each)
    sys.exit(bool(loss.wrong))


if __name__ == "__main__":
    main()
