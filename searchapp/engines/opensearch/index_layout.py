"""Settings and mapping of an index in the cluster.

Everything is declared and nothing guessed: `dynamic: strict` refuses a field that is not ours.
"""

from __future__ import annotations

from typing import Any

from searchapp.engines.evaluation.bm25 import K1, B
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.opensearch.token_text import EMPTY
from searchapp.facets import FACET_NAMES

MAPPING_VERSION = "1"
"""Raise it when fields or their coding change: older indexes are then refused."""

MAX_PIECE_CHARS = 1_048_576
"""What stands at one position, with all its terms: the most that the tokenizer allows. A word has
at most `german.stems.MAX_FORM_CHARS`, and so a few dozen parts of no more."""

_ANALYSIS = {
    "tokenizer": {"pieces": {"type": "whitespace", "max_token_length": MAX_PIECE_CHARS}},
    "filter": {
        "beside": {
            "type": "pattern_capture",
            "preserve_original": False,
            "patterns": ["([^|]+)"],
        },
        "gaps": {"type": "stop", "stopwords": [EMPTY]},
    },
    "analyzer": {
        "token_text": {"type": "custom", "tokenizer": "pieces", "filter": ["beside", "gaps"]},
    },
}
# Lengths count all terms of a text, of whatever kind: they rise with the number of words.
_SIMILARITY = {"default": {"type": "BM25", "k1": K1, "b": B, "discount_overlaps": False}}

MAPPING, HOME = "searchapp_mapping", "searchapp_home"
"""What an index's `_meta` tells: the MAPPING_VERSION, and to which index folder it belongs."""


def index_body(*, shards: int, home: str = "") -> dict[str, Any]:
    """The body with which a generation's index is created, to be loaded.

    It has neither replicas nor refreshes until it is whole. home: names the index folder that it
    belongs to, by which alone it may be deleted; none for an index that is nobody's.
    """
    value = {"type": "keyword"}
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
                "similarity": _SIMILARITY,
            },
            "analysis": _ANALYSIS,
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {MAPPING: MAPPING_VERSION, HOME: home},
            # The record is stored once, in `original`; token texts can be made of it again.
            "_source": {"includes": ["id", "original"]},
            "properties": {
                "id": value,
                "day": {"type": "integer"},
                "title_key": value,
                "subjects": value,
                "original": {"type": "object", "enabled": False},
                "facet": {"properties": dict.fromkeys(FACET_NAMES, value)},
                "tokens": {"properties": dict.fromkeys(ANALYZED_FIELDS, _TOKENS)},
            },
        },
    }


_TOKENS = {"type": "text", "analyzer": "token_text", "search_analyzer": "whitespace"}
"""A field of token text, with positions."""
