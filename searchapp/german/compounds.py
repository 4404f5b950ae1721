"""Splits compound nouns into their parts, by means of pieces of known cost.

German joins nouns, adjectives and verb stems to a noun without limit: `Stahl|industrie`,
`Roh|stoff`, `Impf|stoff`. All but the last part may carry a linking element or lose a vowel:
`Absichts|erklärung`, `Schul|hof`, `Hilfs|mittel`, `Wörter|buch`.

There are two kinds of pieces: *modifiers*, strings that stand before another part, and *heads*,
inflected nouns that stand last. Each has a cost, which `searchapp.german.compound_pieces` learns. A
word is split at the cheapest sequence of pieces that covers it. That must cost less than a budget
that grows with its length, because short and rare pieces, as in "Mini|ster", are found in any word
by chance; but of the words of the dictionary it is known before which ones are compounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
UInt8Array = npt.NDArray[np.uint8]

BUDGET = -4.0
BUDGET_PER_CHAR = 2.8
"""The parts of a word that no dictionary has may cost BUDGET + BUDGET_PER_CHAR * length together.
Most compounds cost less than 2 a character, but so do short names: of the words of eight letters
near this limit ("Nord|horn", "West|turm") half are names. Of 933 words seen as "A-B" and as "AB",
84 % are split there and 0.1 % elsewhere; the share varies by one point between 2.6 and 3 a
character."""

COST_STEPS = 8
MAX_COST = 255
"""Costs are kept in steps of 1 / COST_STEPS, at most MAX_COST of them, so that a cost fits into a
byte."""

MAX_PIECE_COST = 20.0
"""Pieces that cost more are in few compounds and in many words by chance: "taben", "sun". Without
this limit, long words would have them."""

_MAX_PIECE_STEPS = MAX_PIECE_COST * COST_STEPS

MIN_MODIFIER_CHARS = 2
"""Allows `Öl|preis` and `Ei|gelb`; only few nouns of two letters are productive."""

MAX_PIECE_CHARS = 24
"""Longer nouns are compounds themselves, or names of substances, which are never a part."""

MIN_COMPOUND_CHARS = 6

Cut = tuple[int, int, int]
"""(start, end, piece): one part [start, end) of a split word. `piece` is the number of a head
if it is the last part, else of a modifier."""


class _CostTable(Protocol):
    """The cost of each modifier, or each head, by its number: in COST_STEPS, at most MAX_COST."""

    def __getitem__(self, number: int, /) -> int: ...


class Pieces(Protocol):
    """Looks pieces up. Modifiers and heads are numbered separately."""

    cheapest_modifier: int
    """The least cost of any modifier, or less; not negative."""

    @property
    def modifier_costs(self) -> _CostTable: ...
    @property
    def head_costs(self) -> _CostTable: ...

    def modifiers(self, text: str, /) -> Iterable[tuple[str, int]]:
        """All modifiers that a text begins with, shortest first, with their numbers."""

    def heads(self, reversed_text: str, /) -> Iterable[tuple[str, int]]:
        """All heads that a text ends with, and their numbers.

        Both the text and the heads are spelt from right to left.
        """


def in_steps(costs: Float64Array) -> UInt8Array:
    """Natural logarithms -> steps for `split`, of the same shape; cut off at MAX_COST."""
    return np.minimum(np.rint(costs * COST_STEPS), MAX_COST).astype(np.uint8)


def split(word: str, pieces: Pieces, *, is_compound: bool = False) -> Sequence[Cut]:
    """The parts of a lower-cased noun, covering it without gaps; () if it is no compound.

    is_compound: whether that is known, so that its parts may cost anything.

    The cheapest path from the start of the word to the start of a head, over modifiers; of two
    that cost the same, the one with the longer head. Looking pieces up takes most of the time:
    heads come first, because many words have none, and a path is given up as soon as even the
    cheapest pieces cannot make it the best one.
    """
    length = len(word)
    if length < MIN_COMPOUND_CHARS:
        return ()
    found = pieces.heads(word[: -MAX_PIECE_CHARS - 1 : -1])
    modifier_costs, head_costs = pieces.modifier_costs, pieces.head_costs
    heads = {}
    for text, head in found:
        start = length - len(text)
        if start and head_costs[head] <= _MAX_PIECE_STEPS:
            heads[start] = head
    if not heads:
        return ()
    last_start = max(heads)
    least_rest = pieces.cheapest_modifier + min([head_costs[head] for head in heads.values()])
    # What the parts cost together, and where the head starts.
    budget = math.inf if is_compound else BUDGET + BUDGET_PER_CHAR * length
    best_cost, best_start = budget * COST_STEPS, 0
    # Offset -> cost of the cheapest path to it; start and number of its last modifier.
    paths = {0: (0, 0, 0)}
    for start in range(last_start - MIN_MODIFIER_CHARS + 1):
        if start not in paths or paths[start][0] + least_rest > best_cost:
            continue
        cost_before = paths[start][0]
        for text, modifier in pieces.modifiers(
            word[start : min(last_start, start + MAX_PIECE_CHARS)]
        ):
            end = start + len(text)
            piece_cost = modifier_costs[modifier]
            cost = cost_before + piece_cost
            if piece_cost > _MAX_PIECE_STEPS or (end in paths and paths[end][0] <= cost):
                continue
            paths[end] = (cost, start, modifier)
            if end in heads:
                total = cost + head_costs[heads[end]]
                best_cost, best_start = min((best_cost, best_start), (total, end))
    if not best_start:
        return ()
    cuts = [(best_start, length, heads[best_start])]
    while cuts[-1][0]:
        end = cuts[-1][0]
        _, start, modifier = paths[end]
        cuts.append((start, end, modifier))
    cuts.reverse()
    return cuts
