"""The named steps of writing an index, at each of which it may be killed without harm.

The product calls `step` when it has taken one. Nothing happens then, unless a test has set
`on_step`: to end the process there, or to count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Step = Literal[
    "generation checked",
    "lexicon linked",
    "file begun",
    "article recorded",
    "articles to learn from read",
    "lexicon learned",
    "index file filled",
    "index file written",
    "batch sent",
    "batches built",
    "runs kept",
    "pieces planned",
    "piece sent",
    "segments merged",
    "workers finished",
    "segment placed",
    "segments listed",
    "columns written",
    "suggestions written",
    "vanished articles removed",
    "catalog committed",
    "file digested",
    "files digested",
    "snapshot checked",
    "files synced",
    "manifest written",
    "pointer drafted",
    "generation served",
    "manifest of an old generation deleted",
    "old generation deleted",
]

ClusterStep = Literal[
    "lease taken",
    "cluster index made",
    "articles counted",
    "cluster index whole",
    "vocabulary written",
    "alias moved",
    "cluster index deleted",
]
"""Those of an engine whose articles are in a cluster."""

on_step: Callable[[Step | ClusterStep], None] | None = None
"""Called with each step, for tests."""


def step(name: Step | ClusterStep) -> None:
    """Say that a step has been taken."""
    if on_step is not None:
        on_step(name)
