"""A small index that is attacked, and what must hold of it whatever was done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from searchapp.corpus import SpareProcess
from searchapp.errors import NoIndex
from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild, roll_back, update
from searchapp.inspection import verify
from searchapp.model import SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.attacks.crashed_disk import Tree, tree_of, write_tree
from tests.sources import article, write_lines

BESIDE_GENERATIONS = {"CURRENT", ".lock", ".last-run.json", ".told", ".runs"}
"""Files that an index folder may hold when nothing is under way."""

Answers: TypeAlias = list[tuple[str, int, object]]


class ServedIndex:
    """An index folder in a folder of its own, with sources, and others for the next generation."""

    def __init__(self, folder: Path, spare: SpareProcess) -> None:
        """spare: keeps the process that reads, which takes longer to start than all the rest."""
        self.spare = spare
        self.place = folder / "place"
        self.place.mkdir()
        old, new = folder / "old", folder / "new"
        same = [article(f"a{n}", f"Stahl und Haus{n}", tags=("alt",)) for n in range(4)]
        write_lines(old / "a.jsonl", same)
        write_lines(old / "b.jsonl", [article("b", "Der alte Hafen")])
        write_lines(new / "a.jsonl", same)
        write_lines(new / "b.jsonl", [article("b", "Der neue Hafen"), article("c", "Neues Haus")])
        self.settings = Settings(
            seeds=(old,), index=self.place / "index", workers=1, time_budget_s=60
        )
        self.changed = replace(self.settings, seeds=(new,))
        self.store = GenerationStore(self.settings.index)
        rebuild(self.settings, spare=spare)
        rebuild(self.settings, spare=spare)
        self._tree = tree_of(self.place)

    def restore(self) -> None:
        """Make the folder what it was in the beginning: two generations of the old sources."""
        write_tree(self._tree, self.place)

    def commands(self) -> dict[str, Callable[[], object]]:
        """All that write an index."""
        changed, spare = self.changed, self.spare
        return {
            "rebuild": lambda: rebuild(changed, spare=spare, accept_loss=True),
            "update": lambda: update(changed, spare=spare, accept_loss=True),
            "update without changes": lambda: update(self.settings, spare=spare),
            "rollback": lambda: roll_back(self.settings),
        }

    def answers(self) -> Answers:
        """What is served: no results at all where there is no index."""
        service = SearchService(self.settings)
        try:
            pages = [
                service.search(SearchRequest(query=query, per_page=50))
                for query in ("", "Stahl", "Hafen", "neu")
            ]
        except NoIndex:
            return []
        finally:
            service.close()
        return [(page.generation, page.total, (page.hits, page.facets)) for page in pages]

    def check(self, *allowed: Answers) -> None:
        """The answers are some of those that are allowed, and what they come from is whole."""
        answers = self.answers()
        assert answers in allowed, f"{answers!r:.300}"
        if answers:
            verify(self.settings)

    def check_next_rebuild(self) -> None:
        """It works, and nothing is left of what went wrong before."""
        try:
            before = {self.store.current_id()}
        except NoIndex:
            before = set()
        report = rebuild(self.changed, spare=self.spare, accept_loss=True)
        assert report.articles == 6
        assert verify(self.settings).id == report.generation
        assert [(total) for _, total, _ in self.answers()] == [6, 4, 1, 2]
        entries = set(self.settings.index.iterdir())
        folders = {each.name for each in entries if each.is_dir()}
        if before:
            assert folders == before | {report.generation}
        elif folders != {report.generation}:
            # One that was whole but not yet served is kept, as the one to go back to.
            roll_back(self.settings)
            assert folders == {report.generation, verify(self.settings).id}
        assert {each.name for each in entries if each.is_file()} <= BESIDE_GENERATIONS

    def become(self, tree: Tree) -> None:
        """Make the folder what a tree says."""
        write_tree(tree, self.place)
