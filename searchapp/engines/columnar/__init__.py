"""The columnar engine: segments of compressed arrays.

- How does a snapshot answer from segments, and mark its hits? `snapshot`, `token_finder`
- Which words are there, and which are similar? `segment_vocabulary`; which are suggested?
  `suggestion_file`
- Which files does a generation have, and how are they opened? `generation`
- Given a term, where does it stand? `segment`
- How are articles added, merged and removed? `writing`

Limits: 2**31 - 1 articles in a generation; of one article 2**31 - 1 characters, title and tags
included, and as many tags (a process that indexes it takes up to 80 bytes for each character);
2**32 - 1 different words in a segment, and as many occurrences of each; forms and stems end after
`searchapp.german.stems.MAX_FORM_CHARS` characters. An index may be empty, and so may any text.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from searchapp.deadline import Deadline
from searchapp.engines.columnar.generation import SUGGESTIONS, open_columns, open_segments
from searchapp.engines.columnar.snapshot import ColumnarSnapshot
from searchapp.engines.columnar.suggestion_file import SuggestionFile
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.generation_lexicon import LEXICON, open_analyzer
from searchapp.engines.storage.segment_file import FORMAT_VERSION, BlockCache
from searchapp.facets import FACET_NAMES
from searchapp.german import rules_fingerprint
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import Lexicon

if TYPE_CHECKING:
    from searchapp.engines.columnar.writing.generation_writer import ColumnarWriter

BLOCK_CACHE_BYTES = 32 << 20
POSTINGS_CACHE_BYTES = 32 << 20
"""What a process keeps of what it has read: decompressed blocks, and decoded postings."""


class ColumnarEngine:
    """See `searchapp.engines.base.Engine`."""

    name = "columnar"
    has_checksums = True

    def __init__(self, *, rules: QueryRules, exceptions: Exceptions, memory_mb: int) -> None:
        """memory_mb: what the processes of a rebuild may take together."""
        self._rules = rules
        self._exceptions = exceptions
        self._memory_mb = memory_mb

    def fingerprint(self) -> str:
        """Names the format of the segments, the facets that they hold, and the analysis."""
        facets = ",".join(FACET_NAMES)
        return f"segments {FORMAT_VERSION}; facets {facets}; {rules_fingerprint(self._exceptions)}"

    def writer(
        self, folder: Path, *, base: Path | None, workers: int, kept: Path | None = None
    ) -> ColumnarWriter:
        """Start to fill an empty folder."""
        # Here and not above: a process that only searches must not pay for it.
        from searchapp.engines.columnar.writing.generation_writer import ColumnarWriter

        return ColumnarWriter(
            folder,
            base=base,
            workers=workers,
            memory_mb=self._memory_mb,
            exceptions=self._exceptions,
            kept=kept,
        )

    def open(self, folder: Path) -> ColumnarSnapshot:
        """Open a committed generation. Raises IndexDamaged."""
        cache = BlockCache(BLOCK_CACHE_BYTES, POSTINGS_CACHE_BYTES)
        segments = open_segments(folder, cache)
        columns = open_columns(folder, segments)
        analyzer = open_analyzer(folder, self._exceptions)
        tables = SuggestionFile(folder / SUGGESTIONS, cache, columns)
        return ColumnarSnapshot(segments, analyzer, columns, self._rules, tables)

    def lexicon(self, folder: Path) -> Lexicon:
        """The lexicon that was learned for a generation. Raises IndexDamaged."""
        return Lexicon.open(folder / LEXICON)

    def check_reachable(self, *, deadline: Deadline) -> None:
        """See `Engine.check_reachable`: all is on this machine."""

    def settle(self, index: Path, served: str) -> None:
        """All that there is lies in the folder."""
