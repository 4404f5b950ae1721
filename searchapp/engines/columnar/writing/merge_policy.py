"""Which segments are merged after an update: tiers by size, as in a log-structured merge.

Segments of about the same size are one tier; when a tier has TIER_SEGMENTS of them they become
one. So an article is written again only when its segment grows by that factor, and there are
never many segments: at most TIER_SEGMENTS - 1 of each of a few sizes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

TIER_SEGMENTS = 6
"""Segments of a tier that are merged."""
SMALLEST_TIER_BYTES = 1 << 20
"""Smaller segments are all one tier."""
MAX_DELETED_SHARE = 0.3
"""A segment of which more is deleted is written anew."""


class SegmentSize(NamedTuple):
    """What decides about a segment. docs and deleted are numbers of documents."""

    size_bytes: int
    docs: int
    deleted: int


def live_bytes(segment: SegmentSize) -> float:
    """Estimated bytes of the live documents of a segment."""
    return segment.size_bytes * (1 - segment.deleted / max(1, segment.docs))


def tier_of_bytes(size: float) -> int:
    """The tier of a segment of which so much is not deleted."""
    return int(math.log(max(1.0, size / SMALLEST_TIER_BYTES), TIER_SEGMENTS))


def merge_plan(segments: Sequence[SegmentSize]) -> list[list[int]]:
    """Groups of segments, by their places, each to be merged into one; nothing else changes.

    A group of one is written anew without its deleted documents.
    """
    tiers: dict[int, list[int]] = {}
    for place, segment in enumerate(segments):
        tiers.setdefault(tier_of_bytes(live_bytes(segment)), []).append(place)
    merged: list[int] = []
    for tier in sorted(tiers):
        members = tiers[tier]
        # What smaller tiers become may fill this one, and is then not written on its own before.
        becomes = tier_of_bytes(sum(live_bytes(segments[place]) for place in merged))
        if len(members) + (bool(merged) and becomes >= tier) >= TIER_SEGMENTS:
            merged += members
    groups = [sorted(merged)] if merged else []
    groups += [
        [place]
        for place, segment in enumerate(segments)
        if place not in merged and segment.deleted > MAX_DELETED_SHARE * segment.docs
    ]
    return groups
