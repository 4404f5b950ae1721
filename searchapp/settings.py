"""All settings, read once from the environment and from options.

Every field has an environment variable of the same name in capitals with the prefix
`SEARCHAPP_`; an option of the command line wins over it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from searchapp.errors import BadSetting

ENV_PREFIX = "SEARCHAPP_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured, with its default."""

    seeds: tuple[Path, ...] = (Path("seeds"),)
    """Folders and files with articles; in the environment joined by the path separator."""
    index: Path = Path("index")
    """The folder that holds the generations."""
    engine: str = "columnar"
    workers: int = 0
    """Processes: of `rebuild` and `serve`; 0 means one for each core."""
    memory_mb: int = 1024
    """What the processes of `rebuild` and `update` may take together, about."""
    threads: int = 4
    """Threads of each serving process."""
    host: str = "127.0.0.1"
    port: int = 8000
    site_name: str = ""
    """The heading of the page; empty means "Artikelsuche" in the reader's language."""
    time_budget_s: float = 2.0
    """Search, facets and snippets of one request together."""
    max_query_chars: int = 500
    max_query_words: int = 32
    max_wildcards: int = 4
    max_expansions: int = 500
    """Indexed words that one wildcard, prefix or fuzzy word may stand for."""
    exceptions: Path | None = None
    """A text file with the owner's splits, whole words, lemmas and synonyms."""
    title_weight: float = 1.0
    """How much a word counts once more in the title, beside 1 anywhere."""
    exact_weight: float = 0.5
    """How much it counts once more in the form in which it was typed."""
    variant_penalty: float = 0.2
    """How much less it counts in another spelling, as Strasse for Straße."""
    part_weight: float = 0.4
    """How much it counts as a part of a compound."""
    spread_weight: float = 0.8
    """How much the parts of a compound count where they stand by themselves."""
    synonym_weight: float = 0.7
    """How much a synonym counts."""
    max_results_depth: int = 10_000
    """The deepest hit that can be paged to."""
    max_per_page: int = 100
    max_facet_values: int = 100
    """Values that a facet shows, the chosen ones not counted."""
    rate_limit: str = ""
    """Requests of one address, as "120 per minute"; empty means none."""
    trusted_proxies: int = 0
    """Reverse proxies whose X-Forwarded-* headers are believed."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, **options: object) -> Settings:
        """Defaults, overridden by the environment, overridden by options that are not None.

        Raises BadSetting for a value that does not fit its field.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for each in fields(cls):
            name = ENV_PREFIX + each.name.upper()
            if options.get(each.name) is not None:
                values[each.name] = options[each.name]
            elif environ.get(name):
                values[each.name] = _parse(name, environ[name], each.default)
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        for name in ("workers", "trusted_proxies"):
            _require(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        _require("port", self.port, 0 <= self.port <= 65535, "0 to 65535")
        _require("time_budget_s", self.time_budget_s, self.time_budget_s > 0, "above 0")
        for name in (
            "title_weight",
            "exact_weight",
            "variant_penalty",
            "part_weight",
            "spread_weight",
            "synonym_weight",
        ):
            _require(name, getattr(self, name), 0 <= getattr(self, name) <= 10, "0 to 10")
        for name in (
            "threads",
            "memory_mb",
            "max_query_chars",
            "max_query_words",
            "max_wildcards",
            "max_expansions",
            "max_results_depth",
            "max_per_page",
            "max_facet_values",
        ):
            _require(name, getattr(self, name), getattr(self, name) >= 1, "1 or more")

    @property
    def worker_count(self) -> int:
        """The number of processes, with 0 resolved to the number of usable cores."""
        return self.workers or len(os.sched_getaffinity(0))


def _parse(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, tuple):
            return tuple(Path(part) for part in text.split(os.pathsep) if part)
        if isinstance(default, Path) or name == f"{ENV_PREFIX}EXCEPTIONS":
            return Path(text)
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError:
        raise BadSetting(
            f"{text!r} is not a number", where=name, remedy=f"the default is {default}"
        ) from None
    return text


def _require(name: str, value: object, holds: bool, allowed: str) -> None:
    if not holds:
        raise BadSetting(
            f"{value!r} is out of range", where=ENV_PREFIX + name.upper(), remedy=f"use {allowed}"
        )
