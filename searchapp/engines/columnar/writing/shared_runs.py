"""The runs that the processes of a build have tokenized: each for all, and for the next build.

Each process writes what it found out in a batch to a file beside the segment, and before its next
batch maps what the others have written. In the end all of it is joined to one table, which the next
rebuild or update begins with. What the index holds does not depend on any of them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from searchapp.german.run_table import MAX_RUNS, RunTable
from searchapp.german.token_arrays import BatchAnalyzer

SUFFIX = ".runs"

MIN_CHARS = 50_000
"""In a batch of fewer characters it takes longer to map a table, and to find that it is sound, than
to tokenize its runs."""

MAX_MAPPED = 32
"""Files of batches that a process looks runs up in. What comes later is new and hardly recurs."""

MIN_KEPT_RUNS = 30_000
"""Fewer are tokenized in half a second: a small index is not to be made larger by them."""

MIN_SHARE = 16
"""A kept table is written anew if there is more new than one in so many of its runs."""


class SharedRuns(NamedTuple):
    """Where the files are. folder: of the batches. kept: the table from the build before, which the
    next one gets too; None for none. fingerprint: of lexicon and rules."""

    folder: Path
    kept: Path | None
    fingerprint: str

    def reader(self, analyzer: BatchAnalyzer) -> SharedRunsReader:
        """For a process: has the analyzer look up what is in the files."""
        return SharedRunsReader(self, analyzer)

    def keep(self) -> None:
        """Join the files of all batches, and the kept table, to a new one, if it pays.

        Where disk or memory has no room for it, all stays as it is: the next build takes longer.
        """
        if self.kept is not None:
            with suppress(OSError, MemoryError):
                self._keep(self.kept)

    def _keep(self, kept: Path) -> None:
        found = []
        new_runs = 0
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            table = RunTable.open(path, self.fingerprint)
            if table is not None and new_runs < MAX_RUNS:
                found.append(table)
                new_runs += table.run_count
        if new_runs * MIN_SHARE < MIN_KEPT_RUNS:
            return  # Whatever was kept: a table of fewer never is.
        before = RunTable.open(kept, self.fingerprint)
        known_runs = before.run_count if before is not None else 0
        if known_runs + new_runs < MIN_KEPT_RUNS or new_runs * MIN_SHARE <= known_runs:
            return
        if before is not None:
            found.append(before)
        RunTable.joined(found).save(kept, self.fingerprint)


class SharedRunsReader:
    """Of one process."""

    def __init__(self, runs: SharedRuns, analyzer: BatchAnalyzer) -> None:
        self._runs = runs
        self._analyzer = analyzer
        self._seen: set[Path] = set()
        self._is_first = True

    def take(self) -> None:
        """Map what was kept, and what was written since the last call."""
        if self._is_first and self._runs.kept is not None:
            self._map(self._runs.kept)
        self._is_first = False
        for path in sorted(set(self._runs.folder.glob(f"*{SUFFIX}")) - self._seen):
            if len(self._seen) < MAX_MAPPED:
                self._seen.add(path)
                self._map(path)

    def give(self, segment: Path) -> None:
        """Write what was found out in the batch of this segment. Raises OSError."""
        table = self._analyzer.new_runs()
        if table is not None:
            table.save(segment.with_suffix(SUFFIX), self._runs.fingerprint)

    def _map(self, path: Path) -> None:
        table = RunTable.open(path, self._runs.fingerprint)
        if table is not None:
            self._analyzer.add_table(table)
