"""Segments stay few, and no article is written again often."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.columnar.writing.merge_policy import (
    MAX_DELETED_SHARE,
    SMALLEST_TIER_BYTES,
    TIER_SEGMENTS,
    SegmentSize,
    live_bytes,
    merge_plan,
    tier_of_bytes,
)

sizes = st.builds(
    lambda size, docs, share: SegmentSize(size, docs, int(docs * share)),
    st.integers(1, 10 * SMALLEST_TIER_BYTES) | st.integers(1, 2**40),
    st.integers(1, 10_000),
    st.just(0.0) | st.floats(0, 1),
)


def after(segments: list[SegmentSize]) -> list[SegmentSize]:
    """The segments after the plan for them was followed."""
    groups = merge_plan(segments)
    taken = {place for group in groups for place in group}
    left = [segment for place, segment in enumerate(segments) if place not in taken]
    for group in groups:
        members = [segments[place] for place in group]
        left.append(
            SegmentSize(
                round(sum(map(live_bytes, members))),
                sum(each.docs - each.deleted for each in members),
                0,
            )
        )
    return left


@given(st.lists(sizes, max_size=40))
def test_a_plan_leaves_no_full_tier_and_few_deleted_documents(segments: list[SegmentSize]) -> None:
    """No segment is in two groups, and what is merged stays in the order of its places."""
    groups = merge_plan(segments)
    places = [place for group in groups for place in group]
    assert len(places) == len(set(places))
    assert all(group == sorted(group) for group in groups)
    left = after(segments)
    tiers = Counter(tier_of_bytes(live_bytes(each)) for each in left)
    assert max(tiers.values(), default=0) <= TIER_SEGMENTS  # Sizes are rounded: one more at most.
    assert all(each.deleted <= MAX_DELETED_SHARE * each.docs for each in left)


@given(st.lists(sizes, max_size=TIER_SEGMENTS - 1))
def test_few_segments_without_deletions_are_left_alone(segments: list[SegmentSize]) -> None:
    """An update then costs what is new, and nothing else."""
    assert merge_plan([each._replace(deleted=0) for each in segments]) == []


def test_thousands_of_updates_write_each_article_a_few_times() -> None:
    """Half a gigabyte in updates of 100 kB: about ten times, and never more than 18 segments."""
    segments: list[SegmentSize] = []
    written = 0
    for _ in range(5000):
        segments.append(SegmentSize(100_000, 100, 0))
        written += 100_000
        written += sum(
            segments[place].size_bytes for group in merge_plan(segments) for place in group
        )
        segments = after(segments)
        assert len(segments) < 3 * TIER_SEGMENTS
    assert written < 12 * 5000 * 100_000


def test_a_large_segment_is_not_touched_by_small_ones() -> None:
    """A hundred small updates beside a gigabyte."""
    segments = [SegmentSize(2**30, 100_000, 0)]
    for _ in range(100):
        segments.append(SegmentSize(50_000, 10, 0))
        assert all(0 not in group for group in merge_plan(segments))
        segments = [segments[0], *(each for each in after(segments) if each.size_bytes < 2**30)]
