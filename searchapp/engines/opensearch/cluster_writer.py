"""Filling a generation: an index in the cluster, and a folder with what is asked of no cluster.

Each process analyzes articles, sends them to the cluster itself, and counts words and values. The
index has no replicas while it is loaded. In the end it is counted and may not be written any more,
its replicas are made, and the counts of all processes become the vocabulary and the values.

An update begins with a clone of its base's index, which shares the files of that.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from searchapp.deadline import Deadline
from searchapp.engines.article_batches import ArticleBatches, Batch
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable, save_vocabulary
from searchapp.engines.generation_lexicon import LEXICON, open_analyzer
from searchapp.engines.opensearch.bulk_load import BulkLoad
from searchapp.engines.opensearch.cluster import EXISTS, Cluster, RequestRefused
from searchapp.engines.opensearch.document import document_id
from searchapp.engines.opensearch.document_maker import DocumentMaker
from searchapp.engines.opensearch.form_counts import FormCounts, merged_counts
from searchapp.engines.opensearch.generation_record import (
    VOCABULARY,
    GenerationRecord,
    ValueCounts,
    count_values,
    load_values,
    no_values,
    save_values,
)
from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.index_names import loading_alias, new_index_name
from searchapp.engines.opensearch.lease import Lease
from searchapp.errors import IndexDamaged, RebuildFailed, SearchappError
from searchapp.german.exceptions import Exceptions
from searchapp.index_files import FileDigest, link_folder
from searchapp.model import Article
from searchapp.processes import Work, WorkerPool
from searchapp.steps import step
from searchapp.translation import N_, Number

FETCHED_AT_ONCE = 50
"""Articles that an update removes, read from its base at a time."""
ABORT_S = 10.0
"""For the cluster to delete an index that was given up; what is left is deleted another time."""
STUCK_S = 120.0
"""Without a copy of a shard in the making, after which an index is not waited for any longer. The
cluster waits a minute for a node that was lost before it makes copies elsewhere."""

_PARTS = "parts"
"""The folder for what the processes have counted; it is gone when the generation is whole."""
_VALUES = ".values.json"


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """What the owner decides about indexes. replicas: -1 for one where there are several nodes."""

    prefix: str
    shards: int = 1
    replicas: int = -1


class PartLoader:
    """Analyzes articles and loads them into the index, in this process."""

    def __init__(
        self, cluster: Cluster, index: str, folder: Path, name: str, exceptions: Exceptions
    ) -> None:
        """folder: of the generation. name: of this process."""
        self._load = BulkLoad(cluster, loading_alias(index))
        self._maker = DocumentMaker(open_analyzer(folder, exceptions))
        self._parts = folder / _PARTS
        self._name = name
        self._forms = FormCounts(self._parts, name)
        self._values = no_values()

    def add(self, articles: Sequence[Article]) -> None:
        """Analyze and send the articles, and count them."""
        for article, document in zip(articles, self._maker.make(articles), strict=True):
            self._load.add(document_id(article.id), document.source)
            self._forms.add(document.forms)
            count_values(article, self._values)

    def remove(self, articles: Sequence[Article], replaced: Container[str]) -> None:
        """Count articles of the base no longer, and remove documents in whose place none has come.

        replaced: the ids of those in whose place another one has come.
        """
        for article, document in zip(articles, self._maker.make(articles), strict=True):
            self._forms.remove(document.forms)
            count_values(article, self._values, by=-1)
            if article.id not in replaced:
                self._load.remove(document_id(article.id), article.id)

    def finish(self) -> None:
        """Send what is left, and write what was counted."""
        self._load.finish()
        self._forms.write()
        (self._parts / f"{self._name}{_VALUES}").write_text(json.dumps(self._values), "utf-8")


@dataclass(frozen=True)
class PartLoading:
    """Prepares the loading in a process; see WorkerPool."""

    cluster: Cluster
    index: str
    folder: Path
    exceptions: Exceptions

    def __call__(self, number: int) -> Work[Batch]:
        """Begin in the process of this number."""
        loader = PartLoader(self.cluster, self.index, self.folder, str(number), self.exceptions)

        def work(batch: Batch | None) -> None:
            if batch is None:
                loader.finish()
            else:
                loader.add(batch)

        return work


class ClusterWriter:
    """The GenerationWriter of a cluster."""

    def __init__(
        self,
        cluster: Cluster,
        folder: Path,
        *,
        base: Path | None,
        workers: int,
        choice: IndexChoice,
        home: str,
        exceptions: Exceptions,
    ) -> None:
        """Nothing is made in the cluster before there are articles.

        home: see `index_body`. Raises IndexUnreadable, IndexDamaged, IndexOutdated,
        IndexLocked.
        """
        self._cluster = cluster
        self._folder = folder
        self._workers = workers
        self._choice = choice
        self._home = home
        self._exceptions = exceptions
        self._added: set[str] = set()
        self._removed: set[str] = set()
        self._count = 0
        self._index = ""
        self._pool: WorkerPool[Batch] | None = None
        self._local: PartLoader | None = None
        self._base = base
        self._batches = ArticleBatches(self._send, learning=None if base else folder)
        cluster.check_server()
        if base is not None:
            self._base_record = GenerationRecord.load(base)
            self._base_record.check(cluster)
            link_folder(base / LEXICON, folder / LEXICON)
            step("lexicon linked")
        (folder / _PARTS).mkdir()
        self._lease = Lease(cluster, choice.prefix)

    def add(self, article: Article) -> None:
        """Index an article soon, here or in a worker.

        Raises RebuildFailed if a worker died or the article is rejected, IndexUnreadable.
        """
        self._count += 1
        if self._base is not None:
            self._added.add(article.id)
        self._batches.add(article)

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remember articles of the base generation to be removed at `commit`."""
        self._removed.update(article_ids)

    def _send(self, articles: Batch) -> None:
        self._lease.check()
        # An update is small: its articles are loaded by this process.
        if self._base is not None or self._workers == 1:
            self._local_loader().add(articles)
            return
        if self._pool is None:
            # Only now: the few articles of a small corpus never pay for starting processes.
            self._make_index()
            loading = PartLoading(self._cluster, self._index, self._folder, self._exceptions)
            self._pool = WorkerPool(self._workers, loading)
        self._pool.send(articles)
        step("batch sent")

    def _local_loader(self) -> PartLoader:
        if self._local is None:
            self._make_index()
            self._local = PartLoader(
                self._cluster, self._index, self._folder, "here", self._exceptions
            )
        return self._local

    def _make_index(self) -> None:
        index = new_index_name(self._choice.prefix, self._folder)
        if self._base is None:
            path, body = f"/{index}", index_body(shards=self._choice.shards, home=self._home)
        else:
            path = f"/{self._base_record.index}/_clone/{index}"
            settings = {"index.blocks.write": None, "index.number_of_replicas": 0}
            body = {"settings": settings}
        body["aliases"] = {loading_alias(index): {}}
        # Before it is there: so it is deleted as well if the answer does not come.
        self._index = index
        try:
            self._cluster.request("PUT", path, body, params={"wait_for_active_shards": "1"})
        except RequestRefused as error:
            # The name is new: the first attempt was done, though its answer was lost.
            if error.reason_kind != EXISTS:
                raise
        step("cluster index made")

    def commit(self) -> dict[str, FileDigest]:
        """Finish the index, then write vocabulary, values and record. Returns no digests.

        Raises RebuildFailed, also if the cluster does not hold what was sent; IndexUnreadable.
        """
        rest = self._batches.rest()
        expected = self._count
        if self._pool is not None:
            self._send(rest)
            self._pool.finish()
        else:
            loader = self._local_loader()
            loader.add(rest)
            if self._base is not None:
                # Only what the base has: an article that changed has the same id on both sides.
                expected += self._base_record.articles
                for articles in self._stored(sorted(self._removed)):
                    loader.remove(articles, self._added)
                    expected -= len(articles)
            loader.finish()
        step("workers finished")
        count, dated = self._finish_index(expected)
        values = load_values(self._base) if self._base is not None else no_values()
        self._write_counts(values)
        GenerationRecord(self._index, count, dated).save(self._folder)
        shutil.rmtree(self._folder / _PARTS)
        self._lease.check()
        self._lease.release()
        return {}

    def _stored(self, article_ids: Sequence[str]) -> Iterator[Batch]:
        """Those of some articles that the base has, some at a time."""
        waiting = iter(article_ids)
        while ids := list(islice(waiting, FETCHED_AT_ONCE)):
            found = self._cluster.request(
                "POST",
                f"/{self._base_record.index}/_mget",
                {"ids": [document_id(each) for each in ids]},
                params={"_source_includes": "original"},
            )
            articles: Batch = []
            for document in found["docs"]:
                if "error" in document:
                    raise IndexDamaged(
                        N_("an article cannot be read (%(reason)s)", reason=document["error"]),
                        where=self._base_record.index,
                        remedy=N_("run: searchapp rebuild"),
                    )
                if document["found"]:
                    articles.append(Article.from_record(document["_source"]["original"]))
            yield articles

    def _finish_index(self, expected: int) -> tuple[int, int]:
        """Count the index, end the writing of it, and wait for its replicas.

        Returns the number of articles, and of those with a date.
        """
        self._ask("POST", "_refresh")
        articles = self._ask("POST", "_count", {})["count"]
        if articles != expected:
            raise RebuildFailed(
                N_(
                    "the cluster holds %(articles)s articles where %(expected)s were sent",
                    articles=Number(articles),
                    expected=Number(expected),
                ),
                where=self._index,
                remedy=N_("look at the health of the cluster, then run: searchapp rebuild"),
            )
        dated = self._ask("POST", "_count", {"query": {"exists": {"field": "day"}}})["count"]
        step("articles counted")
        self._ask("PUT", "_block/write")
        try:
            self._ask("DELETE", f"_alias/{loading_alias(self._index)}")
        except RequestRefused as error:
            if error.status != 404:  # The first attempt was done, though its answer was lost.
                raise
        replicas = self._choice.replicas
        if replicas < 0:
            health = self._cluster.request("GET", "/_cluster/health")
            replicas = int(health["number_of_data_nodes"] > 1)
        self._ask("PUT", "_settings", {"index.number_of_replicas": replicas})
        self._await_green()
        step("cluster index whole")
        return articles, dated

    def _ask(self, method: str, what: str, body: dict[str, Any] | None = None) -> Any:
        return self._cluster.request(method, f"/{self._index}/{what}", body)

    def _await_green(self) -> None:
        """Wait until each shard has all its copies. Raises RebuildFailed if none is being made."""
        stuck_since = time.monotonic()
        while True:
            health = self._cluster.request("GET", f"/_cluster/health/{self._index}")
            if health["status"] == "green":
                return
            if health["initializing_shards"] or health["relocating_shards"]:
                stuck_since = time.monotonic()
            elif time.monotonic() - stuck_since > STUCK_S:
                raise RebuildFailed(
                    N_(
                        "the cluster has no place for %(copies)s copies of shards",
                        copies=health["unassigned_shards"],
                    ),
                    where=self._index,
                    remedy=N_("add nodes or disk space, or use fewer replicas"),
                )
            self._lease.check()
            time.sleep(0.2)

    def _write_counts(self, values: ValueCounts) -> None:
        parts = self._folder / _PARTS
        for path in parts.glob(f"*{_VALUES}"):
            for name, counts in json.loads(path.read_bytes()).items():
                # Its `update` adds, below nothing as well.
                values[name].update(counts)
        save_values(self._folder, values)
        vocabulary = self._folder / VOCABULARY
        vocabulary.mkdir()
        analyzer = open_analyzer(self._folder, self._exceptions)
        if self._base is None:
            save_vocabulary(vocabulary, merged_counts(parts), analyzer)
        else:
            with closing(VocabularyTable(self._base / VOCABULARY)) as table:
                save_vocabulary(vocabulary, merged_counts(parts, table.rows()), analyzer)
        step("vocabulary written")

    def abort(self) -> None:
        """End the workers and delete the index; what is in the folder is deleted by the caller."""
        if self._pool is not None:
            self._pool.kill()
        if self._index:
            with suppress(SearchappError):
                self._cluster.request("DELETE", f"/{self._index}", deadline=Deadline(ABORT_S))
        self._lease.release()
