"""An article as a document of the cluster; `index_layout` declares its fields."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from searchapp.engines.evaluation.suggestion_tables import TITLE_BYTES, title_key
from searchapp.engines.opensearch.token_text import bounded
from searchapp.facets import FACETS, STORED_FACETS, distinct_values, spelling_key
from searchapp.model import Article


def document_id(article_id: str) -> str:
    """The `_id` of an article's document, which the cluster bounds to 512 bytes."""
    encoded = article_id.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def value_key(value: str) -> str:
    """What a facet's value is filtered and counted by, however it is spelt."""
    return bounded(spelling_key(value))


def title_beginning(title: str) -> str:
    """The `title_key` of a title, or of the beginning of one, as the cluster has it."""
    # A letter of which the bound has left a part is not in the key.
    return title_key(title).decode("utf-8", "ignore")


def document_source(
    article: Article, texts: Mapping[str, str], subjects: Sequence[str]
) -> dict[str, Any]:
    """What is sent of an article.

    texts: the token text of each of ANALYZED_FIELDS. subjects: the keys of the nouns that it has
    most often.

    `facet` has each value once, by its `value_key`; `day` is the date's ordinal.
    """
    stored = {facet: distinct_values(article.facet_values(facet)) for facet in STORED_FACETS}
    found: dict[str, Any] = {
        "id": article.id,
        "original": article.to_record(),
        "facet": {
            facet.name: [value_key(each) for each in stored[facet]]
            if facet in stored
            else list(article.facet_values(facet))
            for facet in FACETS
        },
        "tokens": {name: text for name, text in texts.items() if text},
    }
    if subjects:
        found["subjects"] = list(subjects)
    if article.date is not None:
        found["day"] = article.date.toordinal()
    key = title_beginning(article.indexed_title[: 2 * TITLE_BYTES])
    if key:
        found["title_key"] = key
    return found
