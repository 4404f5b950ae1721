"""Which articles are about the same: those that share the most telling words of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from searchapp.engines.evaluation.bm25 import idf
from searchapp.engines.evaluation.plan import Entry, WeightedTerms
from searchapp.engines.fields import TEXT
from searchapp.german import Analyzer
from searchapp.german.forms import is_separated
from searchapp.model import Article

RELATED_TERMS = 12
RELATED_MAX_SHARE = 0.05
"""Terms in more than this share of the articles say nothing about what one is about."""
RELATED_CHARS = 5000
"""The start of a text tells its subject."""


def subject_keys(article: Article, analyzer: Analyzer) -> Counter[str]:
    """The keys of the words of an article's title, tags and opening, and how often each stands."""
    text = "\n".join((article.indexed_title, *article.tags, article.body[:RELATED_CHARS]))
    return Counter(token.key for token in analyzer.analyze(text) if not is_separated(token.form))


def like_article(
    article: Article, analyzer: Analyzer, doc_freq: Callable[[str, str], int], doc_count: int
) -> WeightedTerms:
    """The plan that finds articles like this one, and itself.

    doc_freq: in how many of the `doc_count` articles a term of a field is.
    """
    entries = []
    for key, count in subject_keys(article, analyzer).items():
        freq = doc_freq(TEXT, key)
        if 2 <= freq <= max(10, RELATED_MAX_SHARE * doc_count):
            entries.append(Entry(TEXT, (key,), count * idf(freq, doc_count)))
    entries.sort(key=lambda entry: (-entry.weight, entry.terms))
    return WeightedTerms(tuple(entries[:RELATED_TERMS]))
