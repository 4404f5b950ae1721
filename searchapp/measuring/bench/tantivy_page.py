"""A page of results by Tantivy. Imports nothing else that takes time: it is started cold, too."""

from __future__ import annotations

import json
import sys

import tantivy

from searchapp.measuring.bench import FACET_VALUES, HITS, SNIPPET_CHARS

TYPE_CHECKING = False  # as in `typing`, whose import would be a tenth of a cold start
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAX_TOKEN_BYTES = 40
"""As in Tantivy's own analyzers."""

AGGREGATIONS = {
    "tags": {"terms": {"field": "tag", "size": FACET_VALUES}},
    "year": {"terms": {"field": "year", "size": FACET_VALUES}},
}


def analyzer() -> tantivy.TextAnalyzer:
    """Words in lower case, stemmed by Snowball's German stemmer."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TOKEN_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("German"))
        .build()
    )


def open_index(folder: str) -> tantivy.Index:
    """Open an index of `tantivy_peer`."""
    index = tantivy.Index.open(folder)
    index.register_tokenizer("german", analyzer())
    return index


def parsed(index: tantivy.Index, words: Sequence[str], any_word: bool) -> tantivy.Query:
    """The query for all of the words, or for any of them."""
    return index.parse_query(" ".join(words), ["text"], conjunction_by_default=not any_word)


def hits_with_snippets(
    searcher: tantivy.Searcher, query: tantivy.Query, schema: tantivy.Schema
) -> tuple[int, list[dict[str, Any]], list[str]]:
    """The total; of each hit what it shows, and its snippet as HTML."""
    found = searcher.search(query, limit=HITS)
    generator = tantivy.SnippetGenerator.create(searcher, query, schema, "text")
    generator.set_max_num_chars(SNIPPET_CHARS)
    shown, snippets = [], []
    for _, address in found.hits:
        document = searcher.doc(address)
        snippets.append(generator.snippet_from_doc(document).to_html())
        shown.append(json.loads(document.get_all("shown")[0]))
    return found.count, shown, snippets  # type: ignore[attr-defined]


def main() -> None:
    """Print a page; the arguments are the folder, "any" or "all", and the words."""
    folder, operator, *words = sys.argv[1:]
    index = open_index(folder)
    searcher = index.searcher()
    query = parsed(index, words, operator == "any")
    print(searcher.aggregate(query, AGGREGATIONS))
    print(hits_with_snippets(searcher, query, index.schema))
