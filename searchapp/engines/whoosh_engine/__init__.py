"""The engine on Whoosh's stock codec, the reference that the default engine is compared with.

- What is indexed of an article, field by field? `schema`, `searchapp.engines.indexed_terms`
- How are the parts of a generation written and opened? `whoosh_writer`, `mapped_storage`
- How does a snapshot get its postings? `whoosh_snapshot`
- Where are wildcards and similar words looked up? `evaluation.vocabulary_table`
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.generation_lexicon import LEXICON, open_analyzer
from searchapp.engines.whoosh_engine.schema import SCHEMA_VERSION
from searchapp.engines.whoosh_engine.whoosh_snapshot import WhooshSnapshot
from searchapp.engines.whoosh_engine.whoosh_writer import WhooshWriter
from searchapp.facets import FACET_NAMES
from searchapp.german import rules_fingerprint
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import Lexicon


class WhooshEngine:
    """See `searchapp.engines.base.Engine`."""

    name = "whoosh"
    has_checksums = False

    def __init__(self, *, rules: QueryRules, exceptions: Exceptions, searches: int) -> None:
        """searches: maximum number of concurrent searches per snapshot."""
        self._rules = rules
        self._exceptions = exceptions
        self._searches = searches

    def fingerprint(self) -> str:
        """Names schema, facets, analysis, and Whoosh's minor release, which fixes its format."""
        facets = ",".join(FACET_NAMES)
        whoosh = ".".join(version("whoosh3").split(".")[:2])
        rules = rules_fingerprint(self._exceptions)
        return f"schema {SCHEMA_VERSION}; facets {facets}; whoosh {whoosh}; {rules}"

    def writer(
        self, folder: Path, *, base: Path | None, workers: int, kept: Path | None = None
    ) -> WhooshWriter:
        """Start to fill an empty folder. It keeps nothing for the next writer."""
        del kept
        return WhooshWriter(folder, base=base, workers=workers, exceptions=self._exceptions)

    def open(self, folder: Path) -> WhooshSnapshot:
        """Open a committed generation. Raises IndexDamaged."""
        return WhooshSnapshot(
            folder,
            open_analyzer(folder, self._exceptions),
            rules=self._rules,
            searches=self._searches,
        )

    def lexicon(self, folder: Path) -> Lexicon:
        """The lexicon that was learned for a generation. Raises IndexDamaged."""
        return Lexicon.open(folder / LEXICON)

    def check_reachable(self, *, deadline: Deadline) -> None:
        """See `Engine.check_reachable`: all is on this machine."""

    def settle(self, index: Path, served: str) -> None:
        """All that there is lies in the folder."""
