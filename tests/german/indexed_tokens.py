"""The tokens of a BatchAnalyzer, to be compared with those of the analyzer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Token

Indexed = tuple[str, int, int, int, str, str, list[str]]
"""What an index holds of a token: surface, start, end, position, form, key, keys of parts."""


def indexed(found: Sequence[Token]) -> list[Indexed]:
    """What the analyzer has found."""
    return [(*token[:6], [part.key for part in token.parts]) for token in found]


def tokens(analyzer: BatchAnalyzer, texts: Sequence[str]) -> list[list[Indexed]]:
    """The tokens of each text, made of the arrays of all."""
    arrays = analyzer.analyze(texts)
    starts, ends, positions = (
        each.tolist() for each in (arrays.starts, arrays.ends, arrays.positions)
    )
    keys = known_keys(analyzer, arrays.forms.tolist())
    return [
        [
            (text[starts[t] : ends[t]], starts[t], ends[t], positions[t], *keys[t])
            for t in range(first, past)
        ]
        for text, (first, past) in zip(texts, pairwise(arrays.bounds.tolist()), strict=True)
    ]


def known_keys(analyzer: BatchAnalyzer, forms: Sequence[int]) -> list[tuple[str, str, list[str]]]:
    """Form, key, and keys of the parts of some form numbers."""
    known = analyzer.known
    columns = known.columns()
    ends = np.cumsum(columns.part_counts)
    return [
        (
            known.texts[form],
            known.stems[columns.stems[form]],
            [
                known.stems[part]
                for part in columns.parts[ends[form] - columns.part_counts[form] : ends[form]]
            ],
        )
        for form in forms
    ]
