"""Readers without pause, and rebuilds under them; what was answered, and how.

    python -m tests.attacks.load --index FOLDER --seeds FOLDER [--seconds 300] [--connections 32]

rebuilds the index that is named, so name one that may be. It ends with status 1 if anything was
answered wrongly or not at all, or a rebuild failed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

import numpy as np

from searchapp.measuring.bench.measured_process import memory_of
from tests.child_processes import children_of
from tests.web.serving_process import server_process

PATIENCE_S = 30.0
WAIT_AFTER_503_S = 0.05


@dataclass
class Load:
    """What became of all requests. wrong: answers that are none, with their path; 503 is busy."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    rebuilds: int = 0
    failed_rebuilds: list[str] = field(default_factory=list)
    peak_mb: float = 0.0

    def __str__(self) -> str:
        answered = self.statuses[200]
        p50, p95, p99 = (1000 * np.quantile(self.times_s or [0.0], (0.5, 0.95, 0.99))).tolist()
        return (
            f"{sum(self.statuses.values())} requests in {self.seconds:.0f} s, {answered} answered"
            f" ({answered / self.seconds:.0f}/s), {self.statuses[503]} busy,"
            f" {len(self.wrong)} wrong; {p50:.1f} ms at the median, {p95:.1f} at 95 %,"
            f" {p99:.1f} at 99 %, {1000 * max(self.times_s, default=0):.0f} the longest;"
            f" {self.rebuilds} rebuilds, {len(self.failed_rebuilds)} failed;"
            f" a worker had {self.peak_mb:.0f} MB at most"
        )


def put_under_load(
    settings: dict[str, object],
    queries: Sequence[str],
    *,
    seconds: float,
    connections: int,
    rebuild_every_s: float,
) -> Load:
    """Serve an index, ask it over so many connections at once, and rebuild it meanwhile.

    settings: by name, with `index` and `seeds`. queries: what the readers type. An answer is wrong
    if it has another status than 200 and 503, cannot be read, or does not come.
    """
    load = Load()
    with TemporaryDirectory() as folder, server_process(settings, Path(folder, "log")) as served:
        process, url = served
        address = urlsplit(url).netloc
        began = time.monotonic()
        is_over = threading.Event()
        readers = [
            threading.Thread(target=_read, args=(address, queries, number, load, is_over))
            for number in range(connections)
        ]
        for reader in readers:
            reader.start()
        next_rebuild = began
        while (now := time.monotonic()) < began + seconds:
            for worker in children_of(process.pid):
                memory = memory_of(worker)
                load.peak_mb = max(load.peak_mb, memory.private / 2**20 if memory else 0.0)
            if now >= next_rebuild:
                next_rebuild = now + rebuild_every_s
                _rebuild(settings, load)
            time.sleep(0.1)
        is_over.set()
        for reader in readers:
            reader.join()
        load.seconds = time.monotonic() - began
    return load


def _read(
    address: str, queries: Sequence[str], number: int, load: Load, is_over: threading.Event
) -> None:
    draw = random.Random(number)
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_S)) as connection:
        while not is_over.is_set():
            # Some of what they ask was asked before, and some was not.
            asked = f"q={quote(draw.choice(queries))}&per_page={draw.randint(1, 50)}"
            path = draw.choice((f"/search?{asked}", f"/api/v1/search?{asked}"))
            began = time.perf_counter()
            try:
                connection.request("GET", path, headers={"Accept-Language": "de"})
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                load.wrong.append(f"{path}: {error!r}")
                connection.close()
                continue
            load.statuses[answer.status] += 1
            if answer.status == 503:  # As it asks one to.
                time.sleep(WAIT_AFTER_503_S)
                continue
            load.times_s.append(time.perf_counter() - began)
            if answer.status != 200 or not _is_whole(path, body):
                load.wrong.append(f"{path}: {answer.status} {body[:100]!r}")


def _is_whole(path: str, body: bytes) -> bool:
    if path.startswith("/search"):
        return body.rstrip().endswith(b"</html>")
    with suppress(ValueError):
        return isinstance(json.loads(body)["total"], int)
    return False


def _rebuild(settings: dict[str, object], load: Load) -> None:
    """In a process of its own, as those who run it do."""
    given = ["--seeds", settings["seeds"], "--index", settings["index"], "--workers", 1]
    command = [sys.executable, "-m", "searchapp", "rebuild", "--force", *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    load.rebuilds += 1
    if done.returncode:
        load.failed_rebuilds.append(done.stderr)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", required=True, help="is rebuilt, again and again")
    parser.add_argument("--seeds", required=True)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rebuild-every", type=float, default=20, help="seconds")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--query", action="append", help="may be given several times")
    given = parser.parse_args()
    settings = {"index": given.index, "seeds": given.seeds, "workers": given.workers}
    load = put_under_load(
        settings,
        given.query or ("Stahl", "Haus", "Energie Zukunft", "Wasser*"),
        seconds=given.seconds,
        connections=given.connections,
        rebuild_every_s=given.rebuild_every,
    )
    print(load)
    for each in [*load.failed_rebuilds, *load.wrong][:10]:
        print(each)
    sys.exit(bool(load.wrong or load.failed_rebuilds))


if __name__ == "__main__":
    main()
