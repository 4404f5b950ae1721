"""The indexed fields: what an article becomes in every engine.

- `text`: title, tags and body together, what a plain word is looked up in. One list of postings
  for each word, where three fields would need three.
- `title`, `tags`, and the LINE_FACETS: each by itself, for `titel:` and its like; a word in the
  title counts there once more.
- `*_exact`: the same words in their exact forms.
- `*_parts`: the parts of the compounds in `text`, `title` and `tags`, without positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.facets import LINE_FACETS
from searchapp.german import Analyzer
from searchapp.model import Article, Token

TEXT = "text"
LINE_FIELDS = tuple(facet.name for facet in LINE_FACETS)
ANALYZED_FIELDS = (TEXT, "title", "tags", *LINE_FIELDS)
COMPOUND_FIELDS = (TEXT, "title", "tags")
"""The fields whose compounds are split."""

GAP = 10
"""Positions between title, tags and body, so that no phrase matches across them: any number over
1 would do, and small positions are stored in fewer bytes."""


def exact_field(name: str) -> str:
    """The field with the exact forms of an analyzed field."""
    return f"{name}_exact"


def parts_field(name: str) -> str:
    """The field with the parts of the compounds of an analyzed field."""
    return f"{name}_parts"


INDEXED_FIELDS = (
    *ANALYZED_FIELDS,
    *map(exact_field, ANALYZED_FIELDS),
    *map(parts_field, COMPOUND_FIELDS),
)


def measured_field(name: str) -> str:
    """The analyzed field whose lengths an indexed field is measured by: that of its words."""
    return name.partition("_")[0]


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """What is indexed of one field: (term, position) in order."""

    name: str
    terms: list[tuple[str, int]]


def indexed_terms(article: Article, analyzer: Analyzer) -> Iterator[FieldTerms]:
    """The terms of every indexed field of an article that has any."""
    title = analyzer.analyze(article.title)
    tags = _joined([analyzer.analyze(tag) for tag in article.tags])
    body = analyzer.analyze(article.body)
    fields = {
        TEXT: _joined([title, tags, body]),
        "title": title,
        "tags": tags,
        **{name: analyzer.analyze(getattr(article, name) or "") for name in LINE_FIELDS},
    }
    for name, tokens in fields.items():
        if not tokens:
            continue
        yield FieldTerms(name, [(token.stem, token.position) for token in tokens])
        yield FieldTerms(exact_field(name), [(token.form, token.position) for token in tokens])
        if name in COMPOUND_FIELDS:
            parts = [(part.stem, token.position) for token in tokens for part in token.parts]
            if parts:
                yield FieldTerms(parts_field(name), parts)


def _joined(texts: list[list[Token]]) -> list[Token]:
    """The tokens of several texts as one, with GAP positions between them."""
    joined: list[Token] = []
    base = 0
    for tokens in texts:
        if not tokens:
            continue
        if base:
            joined += [token._replace(position=base + token.position) for token in tokens]
        else:
            joined += tokens
        base = joined[-1].position + GAP
    return joined
