"""Splitting with few pieces."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.compound_pieces import MIN_HEAD_CHARS
from searchapp.german.compounds import BUDGET, BUDGET_PER_CHAR, MAX_COST, in_steps, split


class Table:
    """Pieces in memory: their texts, and their costs as modifier and as head."""

    def __init__(self, pieces: dict[str, tuple[float, float]]) -> None:
        self.texts = list(pieces)
        self.are_heads = [cost < math.inf for _, cost in pieces.values()]
        costs = in_steps(np.array(list(pieces.values()), np.float64).reshape(-1, 2))
        self.modifier_costs: list[int] = costs[:, 0].tolist()
        self.head_costs: list[int] = costs[:, 1].tolist()
        self.cheapest_modifier = min(self.modifier_costs, default=MAX_COST)

    def modifiers(self, text: str, /) -> list[tuple[str, int]]:
        """The pieces with which a text begins."""
        return sorted((p, number) for number, p in enumerate(self.texts) if text.startswith(p))

    def heads(self, reversed_text: str, /) -> list[tuple[str, int]]:
        """The pieces with which a text ends."""
        return [
            (p[::-1], number)
            for number, p in enumerate(self.texts)
            if self.are_heads[number]
            and reversed_text.startswith(p[::-1])
            and len(p) >= MIN_HEAD_CHARS
        ]


def shown(word: str, table: Table) -> str:
    """A word with its parts, checked to cover it."""
    cuts = split(word, table)
    assert not cuts or "".join(table.texts[piece] for _, _, piece in cuts) == word
    return "|".join(word[start:end] for start, end, _ in cuts)


TABLE = Table(
    {
        "stahl": (5, 6),
        "industrie": (6, 4),
        "industri": (20, math.inf),
        "anlage": (5, 5),
        "absichts": (6, math.inf),
        "erklärung": (9, 6),
        "mini": (9, 9),
        "ster": (14, 14),
    }
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("stahlindustrie", "stahl|industrie"),
        ("stahlindustrieanlage", "stahl|industrie|anlage"),
        ("absichtserklärung", "absichts|erklärung"),
        ("stahl", ""),
        ("stahlabsichts", ""),
        ("stahlx", ""),
        ("minister", ""),
        ("", ""),
    ],
)
def test_a_word_is_covered_by_its_cheapest_pieces_or_stays_whole(word: str, expected: str) -> None:
    """A modifier cannot end a word, and pieces too dear for their length are chance."""
    assert shown(word, TABLE) == expected


@given(
    word=st.text("abc", max_size=12),
    pieces=st.dictionaries(
        st.text("abc", min_size=2, max_size=6),
        st.tuples(st.integers(1, 20), st.integers(1, 20)),
        max_size=8,
    ),
)
def test_no_other_split_is_cheaper(word: str, pieces: dict[str, tuple[float, float]]) -> None:
    """Compared with all ways to cut short words."""

    def cost(edges: tuple[int, ...]) -> float:
        parts = [word[start:end] for start, end in itertools.pairwise(edges)]
        if len(parts) < 2 or len(parts[-1]) < 3 or any(part not in pieces for part in parts):
            return math.inf
        return sum(pieces[part][0] for part in parts[:-1]) + pieces[parts[-1]][1]

    inner = range(1, len(word))
    best = min(
        cost((0, *chosen, len(word)))
        for count in range(len(word) + 1)
        for chosen in itertools.combinations(inner, min(count, len(inner)))
    )
    cuts = split(word, Table(pieces))
    if cuts:
        assert cost((0, *(end for _, end, _ in cuts))) == best
    else:
        assert len(word) < 6 or best >= BUDGET + BUDGET_PER_CHAR * len(word)


def test_what_is_known_to_be_a_compound_may_cost_anything() -> None:
    """But pieces that are found in any word by chance are none."""
    table = Table({"erd": (15, math.inf), "beben": (15, 15), "sun": (25, 25)})
    assert not split("erdbeben", table)
    assert [cut[:2] for cut in split("erdbeben", table, is_compound=True)] == [(0, 3), (3, 8)]
    assert not split("sunbeben", table, is_compound=True)
    assert not split("bebensun", table, is_compound=True)
