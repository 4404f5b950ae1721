"""The engine on an OpenSearch cluster: the articles are there, and what is small lies in files.

- How do our tokens travel in a text that the cluster splits again? `token_text`
- What is a document, and which fields has an index? `document`, `document_maker`, `index_layout`
- How is the cluster asked, and what if it does not answer? `cluster`
- How is a generation written? `cluster_writer`, `bulk_load`, `form_counts`
- How are indexes deleted whose generations are gone? `settlement`, `index_names`
- Who may write? `lease`
- How is it searched? `cluster_snapshot`, `cluster_index`, `query_json`, `facet_json`
- What lies in the folder of a generation? `generation_record`
"""

from __future__ import annotations

from pathlib import Path

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable
from searchapp.engines.generation_lexicon import LEXICON, open_analyzer
from searchapp.engines.opensearch.cluster import Cluster, addresses_of
from searchapp.engines.opensearch.cluster_index import ClusterIndex
from searchapp.engines.opensearch.cluster_snapshot import ClusterSnapshot
from searchapp.engines.opensearch.cluster_writer import ClusterWriter, IndexChoice
from searchapp.engines.opensearch.facet_json import ValueColumn
from searchapp.engines.opensearch.generation_record import (
    VOCABULARY,
    GenerationRecord,
    again,
    load_values,
)
from searchapp.engines.opensearch.index_layout import MAPPING_VERSION
from searchapp.engines.opensearch.settlement import home_of, settle
from searchapp.facets import FACET_NAMES, FACETS
from searchapp.german import rules_fingerprint
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import Lexicon
from searchapp.settings import Settings


class OpenSearchEngine:
    """See `searchapp.engines.base.Engine`."""

    name = "opensearch"
    # What lies in files is small, and checked as a whole.
    has_checksums = False

    def __init__(self, settings: Settings, *, rules: QueryRules, exceptions: Exceptions) -> None:
        """Nothing is asked yet. Raises BadSetting."""
        self._cluster = Cluster(addresses_of(settings.engine), ca=settings.opensearch_ca)
        self._choice = IndexChoice(
            settings.opensearch_prefix, settings.opensearch_shards, settings.opensearch_replicas
        )
        self._rules = rules
        self._exceptions = exceptions

    def fingerprint(self) -> str:
        """Names mapping, facets and analysis; nothing of where the cluster is."""
        facets = ",".join(FACET_NAMES)
        rules = rules_fingerprint(self._exceptions)
        return f"mapping {MAPPING_VERSION}; facets {facets}; {rules}"

    def writer(
        self,
        folder: Path,
        *,
        base: Path | None,
        workers: int,
        kept: Path | None = None,  # noqa: ARG002 - each process analyzes for itself
    ) -> ClusterWriter:
        """Start to fill an empty folder, and an index in the cluster."""
        return ClusterWriter(
            self._cluster,
            folder,
            base=base,
            workers=workers,
            choice=self._choice,
            home=home_of(folder.parent),
            exceptions=self._exceptions,
        )

    def open(self, folder: Path) -> ClusterSnapshot:
        """Open a committed generation; nothing is asked.

        Raises IndexDamaged, IndexUnreadable, IndexOutdated.
        """
        record = GenerationRecord.load(folder)
        values = load_values(folder)
        return ClusterSnapshot(
            ClusterIndex(self._cluster, record),
            articles=record.articles,
            dated=record.dated,
            analyzer=open_analyzer(folder, self._exceptions),
            vocabulary=VocabularyTable(folder / VOCABULARY),
            facets={
                facet.name: ValueColumn.of_spellings(values[facet.name], values[again(facet)])
                for facet in FACETS
            },
            rules=self._rules,
        )

    def lexicon(self, folder: Path) -> Lexicon:
        """The lexicon that was learned for a generation. Raises IndexDamaged."""
        return Lexicon.open(folder / LEXICON)

    def check_reachable(self, *, deadline: Deadline) -> None:
        """See `Engine.check_reachable`."""
        self._cluster.check_server(deadline)

    def settle(self, index: Path, served: str) -> None:
        """Delete indexes of generations that are gone, and move the alias to the served one's."""
        settle(self._cluster, self._choice.prefix, index, served)
