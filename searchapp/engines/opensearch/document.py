"""An article as a document of the cluster; `index_layout` declares its fields."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from searchapp.engines.evaluation.related_words import MIN_CHARS
from searchapp.engines.evaluation.suggestion_tables import TITLE_BYTES, title_key
from searchapp.engines.fields import TEXT
from searchapp.engines.indexed_terms import FieldTerms
from searchapp.engines.opensearch.token_text import bounded, coded, token_text
from searchapp.facets import FACETS, STORED_FACETS, distinct_values, spelling_key
from searchapp.model import Article

MAX_SUBJECTS = 48
"""Nouns that an article may be about: twice as many as the array engines choose by their rarity,
which nobody knows while articles are written; what all have is left out when it is asked for."""


def document_id(article_id: str) -> str:
    """The `_id` of an article's document, which the cluster bounds to 512 bytes."""
    encoded = article_id.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def value_key(value: str) -> str:
    """What a facet's value is filtered and counted by, however it is spelt."""
    return bounded(spelling_key(value))


def subjects(keys: Iterable[str]) -> list[str]:
    """The nouns that a text has most often, by their keys; of equally frequent ones the first."""
    counts = Counter(
        key for key in keys if len(key) >= MIN_CHARS and key[0].isupper() and key.isalpha()
    )
    return [bounded(key) for key, _ in counts.most_common(MAX_SUBJECTS)]


def document_source(article: Article, terms: Iterable[FieldTerms]) -> dict[str, Any]:
    """What is sent of an article. terms: its `indexed_terms`.

    `facet` has each value once, by its `value_key`, and `spelt` as the article writes it, of two
    spellings the first; `day` is the date's ordinal.
    """
    stored = {facet: distinct_values(article.facet_values(facet)) for facet in STORED_FACETS}
    fields: dict[str, list[tuple[str, int]]] = defaultdict(list)
    nouns: list[str] = []
    for each in terms:
        if each.name == TEXT:
            nouns = subjects(key for key, _ in each.terms)
        for term, position in each.terms:
            place, code = coded(each.name, term)
            fields[place].append((code, position))
    found: dict[str, Any] = {
        "id": article.id,
        "original": article.to_record(),
        "facet": {
            facet.name: [value_key(each) for each in stored[facet]]
            if facet in stored
            else list(article.facet_values(facet))
            for facet in FACETS
        },
        "spelt": {facet.name: list(map(bounded, values)) for facet, values in stored.items()},
        **{place: token_text(terms) for place, terms in fields.items()},
    }
    if nouns:
        found["subjects"] = nouns
    if article.date is not None:
        found["day"] = article.date.toordinal()
    key = title_key(article.indexed_title[: 2 * TITLE_BYTES])
    if key:
        # A letter of which the bound has left a part is not in the key.
        found["title_key"] = key.decode("utf-8", "ignore")
    return found
