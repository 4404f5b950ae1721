"""Okapi BM25: how much an occurrence of a term says about a document."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.doc_set import Integers
from searchapp.engines.evaluation.plan import Floats

K1, B = 1.2, 0.75
"""Okapi BM25's usual parameters. On `dip21_descriptors` K1 from 0.5 to 2 and B from 0.3 to 0.75
change nDCG@10 by 0.3 points at most."""


def idf(doc_freq: int, doc_count: int) -> float:
    """Inverse document frequency, never negative (Robertson & Zaragoza 2009, with Lucene's +1)."""
    return float(np.log1p((doc_count - doc_freq + 0.5) / (doc_freq + 0.5)))


def length_norms(lengths: Integers, average: float) -> Floats:
    """What a document's length adds to the frequency in `bm25`'s denominator, shape as lengths.

    lengths: number of terms in a field of each document. average: their mean.
    """
    relative = lengths.astype(np.float32) / np.float32(max(average, 1.0))
    return (np.float32(K1) * (1 - B + B * relative)).astype(np.float32)


def bm25(
    freqs: npt.NDArray[np.number[Any]], norms: Floats, weights: float | npt.NDArray[np.float64]
) -> Floats:
    """Okapi BM25 (Robertson & Zaragoza 2009, eq. 3.15); all of shape (n,).

    norms: `length_norms` of the documents. weights: the idf, and what else is multiplied; one for
    all, or of shape (n,).
    """
    counts = freqs.astype(np.float32, copy=False)
    scores = norms + counts
    np.divide(counts, scores, out=scores)
    scores *= np.asarray(weights * (K1 + 1), dtype=np.float32)
    return scores
