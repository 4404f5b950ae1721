"""How much the tests try: little by default, much in the slow job (HYPOTHESIS_PROFILE=slow)."""

from __future__ import annotations

import os
from collections import Counter

IS_SLOW = os.environ.get("HYPOTHESIS_PROFILE") == "slow"

TRIED: Counter[str] = Counter()
"""Cases that were tried in this run, by kind."""


def effort(default: int, slow: int) -> int:
    """A number of examples."""
    return slow if IS_SLOW else default
