"""Settings and mapping of an index in the cluster.

Everything is declared and nothing guessed: `dynamic: strict` refuses a field that is not ours.
"""

from __future__ import annotations

from typing import Any

from searchapp.engines.fields import INDEXED_FIELDS, LEAD
from searchapp.engines.opensearch.token_text import EMPTY
from searchapp.facets import FACET_NAMES

MAPPING_VERSION = "1"
"""Raise it when fields or their coding change: older indexes are then refused."""

MAX_PIECE_CHARS = 1_048_576
"""What stands at one position, with all its terms: the most that the tokenizer allows."""

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


def index_body(*, shards: int) -> dict[str, Any]:
    """The body with which a generation's index is created, to be loaded.

    It has neither replicas nor refreshes until it is whole.
    """
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
            },
            "analysis": _ANALYSIS,
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"searchapp_mapping": MAPPING_VERSION},
            # The record is stored once, in `original`; token texts can be made of it again.
            "_source": {"includes": ["id", "original"]},
            "properties": {
                "id": {"type": "keyword"},
                "date": {"type": "date", "format": "strict_date"},
                "original": {"type": "object", "enabled": False},
                "facet": {
                    "properties": {
                        # Every value counts, however long: Lucene's own bound is the only one.
                        name: {"type": "keyword"}
                        for name in FACET_NAMES
                    },
                },
                "tokens": {"properties": {name: _tokens(name) for name in INDEXED_FIELDS}},
            },
        },
    }


def _tokens(name: str) -> dict[str, Any]:
    """A field of token text: with positions where phrases are looked for."""
    counted = name == LEAD or name.endswith("_parts")
    return {
        "type": "text",
        "analyzer": "token_text",
        "search_analyzer": "whitespace",
        "index_options": "freqs" if counted else "positions",
    }
