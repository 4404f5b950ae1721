"""Which engine the settings ask for."""

from __future__ import annotations

from importlib.util import find_spec

from searchapp.engines.base import Engine
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.errors import BadSetting, MissingExtra
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, load_exceptions
from searchapp.settings import Settings
from searchapp.translation import N_

ENGINE_NAMES = ("columnar", "whoosh")
"""Those that keep the index in files; a cluster is named by its addresses."""


def select_engine(settings: Settings, exceptions: Exceptions | None = None) -> Engine:
    """The engine named by the settings.

    exceptions: of the owner, where they have been read already.
    Raises BadSetting for an unknown one, or for a file of exceptions with a mistake in it, and
    MissingExtra.
    """
    if not settings.is_on_cluster and settings.engine not in ENGINE_NAMES:
        raise BadSetting(
            N_("there is no engine %(engine)r", engine=settings.engine),
            where="engine",
            remedy=N_(
                "use one of: %(names)s, or addresses as https://host1:9200,https://host2:9200",
                names=", ".join(ENGINE_NAMES),
            ),
        )
    if exceptions is None:
        exceptions = load_exceptions(settings.exceptions) if settings.exceptions else NO_EXCEPTIONS
    rules = QueryRules(settings.ranking, exceptions.synonyms, settings.limits.max_expansions)
    # Imported when it is chosen: a command-line search pays for each module.
    if settings.engine == "whoosh":
        from searchapp.engines.whoosh_engine import WhooshEngine

        return WhooshEngine(rules=rules, exceptions=exceptions, searches=settings.threads)
    if settings.is_on_cluster:
        if find_spec("opensearchpy") is None:
            raise MissingExtra(
                N_("an OpenSearch cluster needs a package that is not installed"),
                remedy=N_("install it with: pip install 'searchapp[opensearch]'"),
            )
        from searchapp.engines.opensearch import OpenSearchEngine

        return OpenSearchEngine(settings, rules=rules, exceptions=exceptions)
    from searchapp.engines.columnar import ColumnarEngine

    return ColumnarEngine(rules=rules, exceptions=exceptions, memory_mb=settings.memory_mb)
