"""The engine on Whoosh's stock codec."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from searchapp.engines.whoosh_engine.reading import WhooshSnapshot
from searchapp.engines.whoosh_engine.schema import SCHEMA_VERSION
from searchapp.engines.whoosh_engine.writing import WhooshWriter
from searchapp.german import Analyzer


class WhooshEngine:
    """See `searchapp.engines.base.Engine`."""

    name = "whoosh"

    def __init__(self, *, max_expansions: int) -> None:
        self._max_expansions = max_expansions

    @cached_property
    def _analyzer(self) -> Analyzer:
        return Analyzer()

    def fingerprint(self) -> str:
        """Names the schema, the analysis and Whoosh's minor release, which fixes its format."""
        whoosh = ".".join(version("whoosh3").split(".")[:2])
        return f"schema {SCHEMA_VERSION}; whoosh {whoosh}; {self._analyzer.fingerprint}"

    def writer(self, folder: Path, *, base: Path | None, workers: int) -> WhooshWriter:
        """Start to fill an empty folder."""
        return WhooshWriter(folder, base=base, workers=workers)

    def open(self, folder: Path) -> WhooshSnapshot:
        """Open a committed generation. Raises IndexDamaged."""
        return WhooshSnapshot(folder, self._analyzer, max_expansions=self._max_expansions)
