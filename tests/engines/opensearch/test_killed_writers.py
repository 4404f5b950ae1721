"""A writer that is killed at any moment leaves the served index served, and no rubbish for long."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from searchapp.engines.opensearch.cluster import Cluster
from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild
from searchapp.inspection import verify
from searchapp.model import Article
from searchapp.settings import Settings
from searchapp.steps import ClusterStep, Step
from tests.engines.opensearch import cluster as test_cluster
from tests.served_answers import served_answers
from tests.sources import article, write_lines

pytestmark = pytest.mark.slow

PREFIX = "kill-test"
PATIENCE_S = 120
RANDOM_KILLS = 6


class Kill(NamedTuple):
    """A writer is killed when it has taken a step for the nth time.

    is_old: whether the old index is served afterwards, and not the new one.
    """

    command: str
    step: Step | ClusterStep
    nth: int = 1
    is_old: bool = True

    def __str__(self) -> str:
        return f"{self.command}, {self.step} {self.nth}"


KILLS = [
    Kill("rebuild", "lease taken"),
    Kill("rebuild", "cluster index made"),
    Kill("rebuild", "batch sent", 3),
    Kill("rebuild", "workers finished"),
    Kill("rebuild", "articles counted"),
    Kill("rebuild", "cluster index whole"),
    Kill("rebuild", "vocabulary written"),
    Kill("rebuild", "snapshot checked"),
    Kill("rebuild", "manifest written"),
    Kill("update", "cluster index made"),
    Kill("update", "articles counted"),
    Kill("update", "cluster index whole"),
    Kill("rebuild", "generation served", is_old=False),
    Kill("rebuild", "old generation deleted", is_old=False),
    Kill("rebuild", "alias moved", is_old=False),
    Kill("rebuild", "cluster index deleted", is_old=False),
    Kill("update", "generation served", is_old=False),
]


@dataclass
class Served:
    """An index folder that is being searched, and what it answered before anything went wrong."""

    settings: Settings
    cluster: Cluster
    new_seeds: Path

    def __post_init__(self) -> None:
        self.store = GenerationStore(self.settings.index)
        self.look()

    def look(self) -> None:
        """Remember what is served now."""
        self.generation = self.store.current_id()
        self.before = self.answers()

    def answers(self) -> list[object]:
        return served_answers(self.settings)

    def start(self, command: str, step: str = "", nth: int = 1) -> subprocess.Popen[bytes]:
        settings = self.settings
        values = {
            "seeds": str(self.new_seeds),
            "index": str(settings.index),
            "engine": settings.engine,
            "opensearch_prefix": settings.opensearch_prefix,
            "workers": 2,
        }
        module = "tests.engines.opensearch.killed_cluster_writer"
        arguments = [sys.executable, "-m", module, command, json.dumps(values), step, str(nth)]
        return subprocess.Popen(arguments)

    def check_old(self) -> None:
        """The old index is served, whole, and gives the same answers as before."""
        assert self.store.current_id() == self.generation
        verify(self.settings)
        assert self.answers() == self.before

    def check_next_rebuild(self) -> None:
        """It works at once, and nothing is left of what went wrong, here and in the cluster."""
        begun = time.monotonic()
        report = rebuild(self.settings, accept_loss=True)
        assert time.monotonic() - begun < PATIENCE_S
        assert report.articles == 40
        kept = {each.id for each in self.store.complete()}
        assert len(kept) == 2
        records = [self.settings.index / each / "cluster.json" for each in kept]
        expected = {json.loads(path.read_bytes())["index"] for path in records}
        held = self.cluster.request("GET", f"/{PREFIX}-*")
        assert set(held) - {f"{PREFIX}-lease"} == expected
        served = self.settings.index / report.generation / "cluster.json"
        served_index = json.loads(served.read_bytes())["index"]
        assert [name for name, about in held.items() if about["aliases"]] == [served_index]
        verify(self.settings)


def small_articles() -> list[Article]:
    return [article(f"a{n}", f"Stahl und Haus{n % 7}", tags=("alt",)) for n in range(40)]


@pytest.fixture
def served(node: test_cluster.Cluster, tmp_path: Path) -> Iterator[Served]:
    settings = Settings(
        seeds=(tmp_path / "seeds",),
        index=tmp_path / "index",
        engine=",".join(node.addresses),
        opensearch_prefix=PREFIX,
        workers=1,
        time_budget_s=PATIENCE_S,
    )
    words = random.Random(0)
    write_lines(tmp_path / "seeds" / "a.jsonl", small_articles())
    new = [
        article(
            f"b{n}",
            "Etwas neues " + " ".join(f"{words.getrandbits(20):x}" for _ in range(300)),
            tags=("neu",),
        )
        for n in range(100)
    ]
    write_lines(tmp_path / "new" / "a.jsonl", [*small_articles()[:20], *new])
    rebuild(settings)
    rebuild(settings)
    cluster = Cluster(node.addresses)
    yield Served(settings, cluster, tmp_path / "new")
    for name in cluster.request("GET", f"/{PREFIX}-*"):
        cluster.request("DELETE", f"/{name}")
    cluster.close()


def test_every_step_has_a_kill() -> None:
    """A step that is not tried here proves nothing."""
    assert {kill.step for kill in KILLS} >= set(get_args(ClusterStep))


def test_kills_at_steps(served: Served) -> None:
    """One after another: each writer finds what those before have left."""
    for kill in KILLS:
        if not kill.is_old:
            # What it deletes is then what it makes needless itself.
            served.check_next_rebuild()
            served.look()
        process = served.start(kill.command, kill.step, kill.nth)
        assert process.wait(PATIENCE_S) == -signal.SIGKILL, str(kill)
        if kill.is_old:
            served.check_old()
        else:
            assert served.store.current_id() != served.generation, str(kill)
            verify(served.settings)
            served.look()
    served.check_next_rebuild()


def test_kills_at_random_moments(served: Served) -> None:
    """Also of several one after another."""
    begun = time.monotonic()
    assert served.start("rebuild").wait(PATIENCE_S) == 0
    usual_s = time.monotonic() - begun
    served.check_next_rebuild()
    served.look()
    chance = random.Random(7)
    for number in range(RANDOM_KILLS):
        process = served.start(("rebuild", "update")[number % 2])
        try:
            process.wait(chance.uniform(0.3, 0.9) * usual_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if served.store.current_id() == served.generation:
            served.check_old()
        else:
            verify(served.settings)
            served.look()
    served.check_next_rebuild()
