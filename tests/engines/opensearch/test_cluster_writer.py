"""Generations in a cluster: rebuilt, updated, rolled back, given up and cleaned up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from searchapp.engines import article_batches
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable
from searchapp.engines.opensearch import cluster_writer
from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.selection import select_engine
from searchapp.errors import IndexDamaged, IndexUnreadable, RebuildFailed, StrictProblems
from searchapp.indexing import rebuild, roll_back, update
from searchapp.inspection import verify
from searchapp.model import Article, SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.engines.building import build, revise
from tests.engines.conftest import random_articles
from tests.engines.opensearch import cluster as test_cluster
from tests.sources import article, write_lines

pytestmark = pytest.mark.slow

PREFIX = "writer-test"


@dataclass
class Installation:
    """An index folder whose articles are in a cluster."""

    settings: Settings
    cluster: Cluster

    @property
    def seeds(self) -> Path:
        return self.settings.seeds[0] / "a.jsonl"

    def indexes(self) -> set[str]:
        found = self.cluster.request("GET", f"/{PREFIX}-*")
        return {name for name in found if not name.endswith("-lease")}

    def index_of(self, generation: str) -> str:
        record = json.loads((self.settings.index / generation / "cluster.json").read_text("utf-8"))
        return str(record["index"])

    def alias(self) -> set[str]:
        return set(self.cluster.request("GET", f"/_alias/{PREFIX}"))

    def found(self, query: str) -> list[str]:
        service = SearchService(self.settings)
        try:
            page = service.search(SearchRequest(query=query, per_page=100))
            return sorted(hit.id for hit in page.hits)
        finally:
            service.close()


@pytest.fixture
def installation(node: test_cluster.Cluster, tmp_path: Path) -> Iterator[Installation]:
    settings = Settings(
        seeds=(tmp_path / "seeds",),
        index=tmp_path / "index",
        engine=",".join(node.addresses),
        opensearch_prefix=PREFIX,
        workers=1,
        time_budget_s=60,
    )
    cluster = Cluster(node.addresses)
    yield Installation(settings, cluster)
    for name in cluster.request("GET", f"/{PREFIX}-*"):
        cluster.request("DELETE", f"/{name}")
    cluster.close()


def test_generations_come_and_go(installation: Installation) -> None:
    """The alias leads to the served one, and two are kept with their indexes."""
    settings = installation.settings
    articles = [article(f"a{n}", f"Stahl Haus{n}") for n in range(20)]
    write_lines(installation.seeds, articles)
    first = rebuild(settings).generation
    assert installation.found("Stahl") == sorted(each.id for each in articles)
    changed = [article("a3", "Kupfer"), *articles[5:], article("neu", "Kupfer")]
    write_lines(installation.seeds, changed)
    report = update(settings, accept_loss=True)
    second = report.generation
    assert (report.added, report.changed, report.removed) == (1, 1, 4)
    assert installation.found("Kupfer") == ["a3", "neu"]
    assert installation.found("") == sorted(each.id for each in changed)
    assert installation.alias() == {installation.index_of(second)}
    assert not update(settings).published
    verify(settings)
    assert roll_back(settings).id == first
    assert installation.alias() == {installation.index_of(first)}
    assert installation.found("Kupfer") == []
    third = rebuild(settings).generation
    assert installation.indexes() == {installation.index_of(each) for each in (first, third)}
    assert installation.alias() == {installation.index_of(third)}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_update_counts_as_a_rebuild_does(
    installation: Installation,
    tmp_path: Path,
    workers: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Words and values are the same, however many processes wrote, and what stays is the same."""
    monkeypatch.setattr(article_batches, "BATCH_CHARS", 5_000)
    engine = select_engine(replace(installation.settings, workers=workers))
    articles = random_articles(200, seed=1)
    new = random_articles(60, seed=2)
    changed = [replace(new, id=old.id) for new, old in zip(new[:30], articles, strict=False)]
    added = [replace(each, id=f"neu-{each.id}") for each in new[30:]]
    removed = [each.id for each in (*articles[:30], *articles[100:120])]
    base = tmp_path / "base"
    base.mkdir()
    writer = engine.writer(base, base=None, workers=workers)
    for each in articles:
        writer.add(each)
    writer.commit()
    updated = revise(engine, tmp_path / "updated", base, [*removed, "?"], [*changed, *added])
    kept = [each for each in articles if each.id not in removed]
    rebuilt = build(engine, tmp_path / "rebuilt", [*kept, *changed, *added])
    values = [json.loads((each / "values.json").read_bytes()) for each in (updated, rebuilt)]
    assert values[0] == values[1]
    tables = [VocabularyTable(each / "vocabulary") for each in (updated, rebuilt)]
    assert list(tables[0].rows()) == list(tables[1].rows())
    assert {path.name for path in updated.iterdir()} == {path.name for path in rebuilt.iterdir()}
    for table in tables:
        table.close()


def test_what_is_given_up_leaves_nothing(installation: Installation) -> None:
    settings = installation.settings
    write_lines(installation.seeds, [article("1", "Stahl")])
    generation = rebuild(settings).generation
    (settings.seeds[0] / "bad.jsonl").write_text("{\n", "utf-8")
    with pytest.raises(StrictProblems):
        rebuild(settings, strict=True)
    assert installation.indexes() == {installation.index_of(generation)}
    assert installation.found("Stahl") == ["1"]


def test_what_belongs_to_others_is_left(installation: Installation, tmp_path: Path) -> None:
    """Indexes of another folder that has the same prefix, and those with other names."""
    write_lines(installation.seeds, [article("1", "Stahl")])
    first = installation.index_of(rebuild(installation.settings).generation)
    other = replace(installation.settings, index=tmp_path / "other")
    rebuild(other)
    installation.cluster.request("PUT", f"/{PREFIX}-mine")
    for _ in range(3):
        rebuild(installation.settings)
    verify(other)
    assert f"{PREFIX}-mine" in installation.indexes()
    assert first not in installation.indexes()
    assert len(installation.indexes()) == 4


def test_an_index_that_is_gone_is_damage(installation: Installation) -> None:
    """An update does not build on it, roll-back passes over it, a rebuild makes a new one."""
    settings = installation.settings
    write_lines(installation.seeds, [article("1", "Stahl")])
    generations = [rebuild(settings).generation for _ in range(2)]
    indexes = [installation.index_of(each) for each in generations]
    installation.cluster.request("DELETE", f"/{indexes[0]}")
    with pytest.raises(IndexDamaged, match="no such index"):
        roll_back(settings)
    installation.cluster.request("DELETE", f"/{indexes[1]}")
    with pytest.raises(IndexDamaged, match=r"no such index.*searchapp rebuild"):
        verify(settings)
    write_lines(installation.seeds, [article("1", "Stahl"), article("2", "Stahl")])
    with pytest.raises(IndexDamaged, match=indexes[1]):
        update(settings)
    rebuild(settings)
    assert installation.found("Stahl") == ["1", "2"]


def test_an_index_that_somebody_else_made_is_refused(installation: Installation) -> None:
    """Though it has the name of ours."""
    settings = installation.settings
    write_lines(installation.seeds, [article("1", "Stahl")])
    index = installation.index_of(rebuild(settings).generation)
    installation.cluster.request("DELETE", f"/{index}")
    installation.cluster.request("PUT", f"/{index}")
    write_lines(installation.seeds, [article("1", "Stahl"), article("2", "Stahl")])
    with pytest.raises(IndexDamaged, match="somebody else"):
        update(settings)
    with pytest.raises(IndexDamaged):
        verify(settings)


@pytest.mark.parametrize("command", [rebuild, update])
def test_a_cluster_that_may_not_be_written_says_so(
    installation: Installation, command: Callable[..., object]
) -> None:
    """And what was served is served; when the block is lifted, it goes on."""
    settings = installation.settings
    write_lines(installation.seeds, [article("1", "Stahl")])
    rebuild(settings)
    write_lines(installation.seeds, [article("1", "Stahl"), article("2", "Stahl")])

    def block(value: bool | None) -> None:
        name = "cluster.blocks.read_only_allow_delete"
        installation.cluster.request("PUT", "/_cluster/settings", {"persistent": {name: value}})

    block(True)
    try:
        with pytest.raises(IndexUnreadable, match=r"not let the index be written.*disk space"):
            command(settings)
        assert installation.found("Stahl") == ["1"]
        verify(settings)
    finally:
        block(None)
    command(settings)
    assert installation.found("Stahl") == ["1", "2"]
    assert len(installation.indexes()) == 2


def test_what_the_cluster_has_lost_is_not_published(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted before."""
    write_lines(installation.seeds, [article("1", "Stahl"), article("2", "Stahl")])
    counted = Cluster.request

    def request(self: Cluster, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        answer = counted(self, method, path, *args, **kwargs)
        if path.endswith("/_bulk"):
            index = path.split("/")[1]
            counted(self, "POST", f"/{index}/_refresh")
            body = {"query": {"term": {"id": "2"}}}
            counted(self, "POST", f"/{index}/_delete_by_query", body)
        return answer

    monkeypatch.setattr(Cluster, "request", request)
    with pytest.raises(RebuildFailed, match="holds 1 articles where 2 were sent"):
        rebuild(installation.settings)
    monkeypatch.undo()
    assert installation.indexes() == set()


def test_kept_articles_come_from_the_cluster(installation: Installation) -> None:
    """A rebuild keeps what cannot be read now, though the engine is named by addresses."""
    settings = installation.settings
    write_lines(installation.seeds, [article(f"{n}", "Stahl") for n in range(3)])
    kept: Article = article("k", "Stahl")
    other = settings.seeds[0] / "b.jsonl"
    write_lines(other, [kept])
    rebuild(settings)
    other.write_text("{\n", "utf-8")
    assert rebuild(settings).kept == 1
    assert installation.found("Stahl") == ["0", "1", "2", "k"]


def test_several_nodes_get_copies(three_nodes: test_cluster.Cluster, tmp_path: Path) -> None:
    """All of them, before the index is served; also of a clone, which begins on one node."""
    settings = Settings(
        seeds=(tmp_path / "seeds",),
        index=tmp_path / "index",
        engine=",".join(three_nodes.addresses),
        opensearch_prefix=PREFIX,
        opensearch_shards=2,
        workers=1,
        time_budget_s=60,
    )
    cluster = Cluster(three_nodes.addresses)
    installation = Installation(settings, cluster)
    write_lines(installation.seeds, [article("1", "Stahl"), article("2", "Stahl")])
    for run, expected in ((rebuild, 2), (update, 3)):
        write_lines(installation.seeds, [article(f"{n}", "Stahl") for n in range(expected)])
        index = installation.index_of(run(settings).generation)
        health = cluster.request("GET", f"/_cluster/health/{index}")
        assert (health["status"], health["active_shards"]) == ("green", 4)
        assert len(installation.found("Stahl")) == expected
    three_nodes.nodes[0].kill()
    assert len(installation.found("Stahl")) == 3
    cluster.close()


def test_copies_without_a_place_are_told(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One node has no place for a second copy."""
    monkeypatch.setattr(cluster_writer, "STUCK_S", 1)
    write_lines(installation.seeds, [article("1", "Stahl")])
    with pytest.raises(RebuildFailed, match=r"no place for 1 copies.*fewer replicas"):
        rebuild(replace(installation.settings, opensearch_replicas=1))
    assert installation.indexes() == set()
