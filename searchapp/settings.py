"""What an installation configures: a file, overridden by the environment, and that by options.

Each field of `Settings` and of its `Limits` has an environment variable: its name in capitals
after `SEARCHAPP_`; in the file it has its name. The `Ranking` has neither: only `searchapp evaluate
--compare` changes it. What is written below a field is also what `searchapp init` says of it.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from searchapp.errors import BadSetting
from searchapp.settings_file import FILE_NAME, SettingsFile, read_settings_file
from searchapp.translation import N_, Message

ENV_PREFIX = "SEARCHAPP_"
FILE_VARIABLE = ENV_PREFIX + "SETTINGS"
"""Names the file with settings; else it is FILE_NAME in the working directory, if it is there."""
CLUSTER_CREDENTIALS = tuple(
    f"{ENV_PREFIX}OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "AUTHORIZATION")
)
"""Credentials stand in the environment alone, in no file and in no Settings."""
LOG_FORMATS = ("text", "json")
MIN_TOKEN_CHARS = 16
"""A shorter secret can be guessed by asking."""
_BOOLS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for. A request beyond a limit is refused, not cut."""

    max_query_chars: int = 500
    """Characters of a query."""
    max_query_words: int = 32
    """Words of a query."""
    max_wildcards: int = 4
    """Wildcards, prefixes and fuzzy words of a query, together."""
    max_expansions: int = 500
    """Indexed words that one wildcard, prefix or fuzzy word stands for: the most frequent ones
    are used, and a note says so."""
    max_results_depth: int = 10_000
    """The deepest hit that can be paged to."""
    max_per_page: int = 100
    """Hits of a page."""
    max_facet_values: int = 100
    """Values that a facet shows, the chosen ones not counted."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How much each way of matching counts, beside 1 for a word in any inflected form.

    nDCG@10 changes by less than half a point when any of them is halved or doubled.
    title: added for a word in the title.
    exact: added for the form as typed.
    variant: subtracted for another spelling (Straße, Strasse).
    separated: for a verb whose particle stands apart (fing … an). It is indexed at both places, so
        that one such verb counts 0.96 of a word. No set of queries tells 0 from 1.5.
    relative: for a word of the same family (Streik, streiken).
    part: for a compound that holds the word as a part.
    spread: for the parts of a compound query word, each by itself.
    synonym: for a synonym of the owner's list, instead of 1.
    lead: added for a word in the first words of the body. Until 0.7 long articles gain up to a
        point with titles and four without, while records of a few sentences lose after 0.4.
    fragment: for each part of a compound and each piece of "EU-Kommission", where some of several
        words are enough; only articles that are found anyway gain by it.
    optional: for all ways of matching of a function word that need not occur.
    coordination: where some of several words are enough, the score in the text is multiplied by
        the share of what all words tell that an article's words do, to this power. Untitled
        records gain up to 1, questions little after 0.4, long articles with titles lose after 0.5.
    """

    title: float = 1.0
    exact: float = 0.5
    variant: float = 0.2
    separated: float = 0.7
    relative: float = 0.7
    part: float = 0.4
    spread: float = 0.8
    synonym: float = 0.7
    lead: float = 0.4
    fragment: float = 0.5
    optional: float = 0.3
    coordination: float = 0.5


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured, with its default."""

    seeds: tuple[Path, ...] = (Path("seeds"),)
    """Folders and files with articles; in the environment joined by the path separator."""
    types: str = "post,page"
    """The types of items in WordPress exports that are articles, joined by commas."""
    index: Path = Path("index")
    """The folder that holds the generations."""
    engine: str = "columnar"
    """What keeps the index: "columnar", "whoosh" with its stock codec, or the nodes of an
    OpenSearch cluster, as "https://host1:9200,https://host2:9200"."""
    opensearch_ca: Path | None = None
    """A PEM file with the certificates that a cluster's are checked by, besides the system's."""
    opensearch_prefix: str = "searchapp"
    """What the names of our indexes in the cluster begin with, and the alias of the served one."""
    opensearch_shards: int = 1
    """Shards of an index in the cluster: one for each 20 GB or so."""
    opensearch_replicas: int = -1
    """Copies of each shard, beside the first; -1 means one if the cluster has several nodes."""
    workers: int = 0
    """Processes of `rebuild` and `serve`; 0 means one for each core."""
    memory_mb: int = 1024
    """Memory that the processes of `rebuild` and `update` may take together, roughly."""
    threads: int = 4
    """Threads of each serving process. The engine "whoosh" answers as many searches at a time."""
    host: str = "127.0.0.1"
    """The address on which the page is served; "0.0.0.0" is all of this machine."""
    port: int = 8000
    """The port on which the page is served; 0 takes any free one."""
    site_name: str = ""
    """The heading of the page; empty means "Artikelsuche" in the reader's language."""
    site: Path | None = None
    """A TOML file with the owner's sentence, logo, footer links, colours and templates."""
    time_budget_s: float = 2.0
    """Of one request together: waiting for a thread, search, facets and snippets."""
    exceptions: Path | None = None
    """A text file with the owner's splits, whole words, lemmas and synonyms."""
    tag_descriptions: Path | None = None
    """A TOML file with the owner's descriptions of tags, shown on their pages."""
    answer_cache_mb: int = 16
    """Memory in which each serving process keeps finished answers, for whoever asks the same while
    the index stays as it is; 0 means none."""
    rate_limit: str = ""
    """Requests of one address, as "120 per minute"; empty means none."""
    cors_origins: str = ""
    """Origins whose pages may read the API, as "https://a.example https://b.example", or "*"."""
    trusted_proxies: int = 0
    """Reverse proxies, each of which tells the address that asked it, and the last the scheme."""
    path_prefix: str = ""
    """A path before that of all pages, as "/suche", where a proxy serves them below it."""
    watch_period_s: float = 300.0
    """While the sources are watched, they are looked through so often even if the system tells of
    no change, as it does for network folders."""
    contact: str = ""
    """A mail or web address that `fetch` tells the sites which it asks."""
    fetch_delay_s: float = 1.0
    """Between two requests of `fetch`; robots.txt may ask for more."""
    max_index_age_h: float = 0.0
    """Hours after which `/readyz` calls the index too old, counted from the last rebuild or update
    that was done, also of one that had nothing to do; 0 means never."""
    log_format: str = "text"
    """How the server logs: "text", or "json" with one object a line."""
    log_queries: bool = False
    """Whether logs name what readers searched for; where not, no line tells it."""
    log_addresses: bool = False
    """Whether logs name the addresses of readers; where not, no line tells them."""
    slow_search_s: float = 1.0
    """A search that takes longer is logged with its parts; 0 means none."""
    metrics_listen: str = ""
    """A host and port of their own for `/metrics`, as "127.0.0.1:9100"; empty means none."""
    metrics_token: str = field(default="", repr=False)
    """Whoever sends it as a Bearer token may read `/metrics` of the page; empty means nobody."""
    owner_token: str = field(default="", repr=False)
    """The password of the owner's pages, for any name; empty means that there are none."""
    query_store: Path | None = None
    """An SQLite file in which the server counts queries, without addresses, cookies or times of
    day; none by default."""
    keep_queries_days: int = 30
    """Days for which counted queries are kept."""
    limits: Limits = Limits()
    ranking: Ranking = Ranking()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, **options: object) -> Settings:
        """Defaults, overridden by the file, the environment, and options that are not None.

        Raises BadSetting for a value that does not fit its field.
        """
        environ = os.environ if environ is None else environ
        file = settings_file(environ)
        base = cls() if file is None else cls._of_file(file)
        limits = dataclasses.replace(base.limits, **_read(Limits, environ))
        settings = dataclasses.replace(base, **_read(cls, environ), limits=limits)
        return settings.changed(**options)

    @classmethod
    def _of_file(cls, file: SettingsFile) -> Settings:
        limits = {name: file.values[name] for name in _variables(Limits) if name in file.values}
        own = {name: file.values[name] for name in _variables(cls) if name in file.values}
        try:
            limited = dataclasses.replace(Limits(), **limits)  # type: ignore[arg-type]
            return cls().changed(**own, limits=limited)
        except BadSetting as error:
            name = error.where.removeprefix(ENV_PREFIX).lower()
            raise BadSetting(error.what, where=file.place(name), remedy=error.remedy) from None

    def changed(self, **options: object) -> Settings:
        """These settings with the options that are not None. Raises BadSetting."""
        given = {name: value for name, value in options.items() if value is not None}
        settings = dataclasses.replace(self, **given)  # type: ignore[arg-type]
        settings._check()
        return settings

    def assigned(self, assignments: Mapping[str, str]) -> Settings:
        """These settings with some changed that make a difference to answers, given as texts.

        assignments: by name: "engine", "exceptions", a limit as "max_expansions", or a weight as
        "ranking.title". Raises BadSetting for another name, and for a value that does not fit.
        """
        own: dict[str, Any] = {}
        limits: dict[str, Any] = {}
        ranking: dict[str, Any] = {}
        targets = {
            "engine": (own, "engine", self.engine),
            "exceptions": (own, "exceptions", None),
            **{name: (limits, name, at) for name, at in _variables(Limits).items()},
            **{f"ranking.{name}": (ranking, name, at) for name, at in _variables(Ranking).items()},
        }
        for name, text in assignments.items():
            if name not in targets:
                raise BadSetting(
                    N_("there is no setting %(name)r that could be compared", name=name),
                    remedy=N_("use one of: %(names)s", names=", ".join(targets)),
                )
            changes, field_name, default = targets[name]
            changes[field_name] = _parse(name, text, default)
        return self.changed(
            **own,
            limits=dataclasses.replace(self.limits, **limits),
            ranking=dataclasses.replace(self.ranking, **ranking),
        )

    def _check(self) -> None:
        prefix = self.opensearch_prefix
        is_prefix = re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", prefix)
        _require("opensearch_prefix", prefix, bool(is_prefix), N_("small letters and digits"))
        replicas = self.opensearch_replicas
        _require("opensearch_replicas", replicas, -1 <= replicas <= 100, N_("-1 to 100"))
        shards = self.opensearch_shards
        _require("opensearch_shards", shards, 1 <= shards <= 1024, N_("1 to 1024"))
        for name in (
            *("workers", "trusted_proxies", "max_index_age_h", "slow_search_s"),
            "answer_cache_mb",
        ):
            _require(name, getattr(self, name), getattr(self, name) >= 0, N_("0 or more"))
        _require("port", self.port, 0 <= self.port <= 65535, N_("0 to 65535"))
        for name in ("time_budget_s", "watch_period_s"):
            _require(name, getattr(self, name), getattr(self, name) > 0, N_("above 0"))
        prefix = self.path_prefix
        is_path = not prefix or re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", prefix)
        _require("path_prefix", prefix, bool(is_path), N_("a path such as /suche"))
        _require("fetch_delay_s", self.fetch_delay_s, self.fetch_delay_s >= 0, N_("0 or more"))
        for name in ("threads", "memory_mb", "keep_queries_days"):
            _require(name, getattr(self, name), getattr(self, name) >= 1, N_("1 or more"))
        _require("log_format", self.log_format, self.log_format in LOG_FORMATS, N_("text or json"))
        for name in ("metrics_token", "owner_token"):
            _require_secret(name, getattr(self, name))
        for name, limit in dataclasses.asdict(self.limits).items():
            _require(name, limit, limit >= 1, N_("1 or more"))
        for name, weight in dataclasses.asdict(self.ranking).items():
            _require(f"ranking.{name}", weight, 0 <= weight <= 10, N_("0 to 10"))

    @property
    def post_types(self) -> tuple[str, ...]:
        """The types of WordPress' items that are articles."""
        return tuple(filter(None, (name.strip() for name in self.types.split(","))))

    @property
    def is_on_cluster(self) -> bool:
        """Whether the engine is a cluster, which is named by its addresses."""
        return self.engine.startswith(("http://", "https://"))

    @property
    def worker_count(self) -> int:
        """The number of processes, with 0 resolved to the number of usable cores."""
        return self.workers or usable_cores()


def usable_cores() -> int:
    """The cores that this process may use; all of them where the system does not say."""
    if hasattr(os, "sched_getaffinity"):  # Not on macOS.
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return ENV_PREFIX + name.upper()


def variable_names() -> list[str]:
    """All environment variables that are read, in the order of the settings."""
    return [FILE_VARIABLE, *map(variable, defaults()), *CLUSTER_CREDENTIALS]


def defaults() -> dict[str, object]:
    """The default of each setting that an installation can make, by name."""
    return _variables(Settings) | _variables(Limits)


def settings_file(environ: Mapping[str, str] | None = None) -> SettingsFile | None:
    """The file from which settings are taken, if there is one. Raises BadSetting."""
    environ = os.environ if environ is None else environ
    named = environ.get(FILE_VARIABLE)
    path = Path(named or FILE_NAME)
    if not named and not path.is_file():
        return None
    return read_settings_file(path, defaults())


def place_of(where: str, environ: Mapping[str, str] | None = None) -> str:
    """Where a setting was made: its place in the file if it was there, else `where`.

    where: what an error names; its environment variable, or its name, if it is of a setting.
    """
    environ = os.environ if environ is None else environ
    name = where.removeprefix(ENV_PREFIX).lower()
    is_setting = name in defaults() and where in (name, variable(name))
    if not is_setting or environ.get(variable(name)):
        return where
    file = settings_file(environ)
    return file.place(name) if file and name in file.named else where


def _variables(group: type) -> dict[str, Any]:
    """The default of each single setting of a group, by name."""
    defaults = {each.name: each.default for each in fields(group)}
    return {name: value for name, value in defaults.items() if not dataclasses.is_dataclass(value)}


def _read(group: type, environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says of a group's settings; an empty text says nothing."""
    return {
        name: _parse(variable(name), environ[variable(name)], default)
        for name, default in _variables(group).items()
        if environ.get(variable(name))
    }


def _parse(where: str, text: str, default: object) -> object:
    """A setting's value as the type of its default."""
    if isinstance(default, bool):
        if text.lower() not in _BOOLS:
            raise BadSetting(
                N_("%(value)r is neither 0 nor 1", value=text),
                where=where,
                remedy=N_("use 1 for yes"),
            )
        return _BOOLS[text.lower()]
    try:
        if isinstance(default, tuple):
            return tuple(Path(part) for part in text.split(os.pathsep) if part)
        if isinstance(default, Path) or default is None:
            return Path(text)
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError:
        raise BadSetting(
            N_("%(value)r is not a number", value=text),
            where=where,
            remedy=N_("the default is %(default)s", default=default),
        ) from None
    return text


def _require_secret(name: str, value: str) -> None:
    """Raise BadSetting, which does not tell the value, for what is no token."""
    if value and (len(value) < MIN_TOKEN_CHARS or not value.isascii() or not value.isprintable()):
        raise BadSetting(
            N_("this token could be guessed, or has other letters than ASCII"),
            where=variable(name),
            remedy=N_(
                "use %(min_token_chars)s random letters or more: openssl rand -hex 16",
                min_token_chars=MIN_TOKEN_CHARS,
            ),
        )


def _require(name: str, value: object, holds: bool, allowed: Message) -> None:
    if not holds:
        where = name if "." in name else variable(name)
        raise BadSetting(
            N_("%(value)r is out of range", value=value),
            where=where,
            remedy=N_("use %(allowed)s", allowed=allowed),
        )
