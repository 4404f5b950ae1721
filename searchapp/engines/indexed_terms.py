"""What is indexed of an article, field by field, as lists of terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.engines.fields import (
    COMPOUND_FIELDS,
    GAP,
    LEAD,
    LEAD_WORDS,
    TEXT,
    exact_field,
    parts_field,
)
from searchapp.facets import LINE_FACETS
from searchapp.german import Analyzer
from searchapp.model import Article, Token


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """What is indexed of one field: (term, position) in order.

    The positions in the lead are those in the whole text.
    """

    name: str
    terms: list[tuple[str, int]]


def indexed_terms(article: Article, analyzer: Analyzer) -> Iterator[FieldTerms]:
    """The terms of every indexed field of an article that has any."""
    title = analyzer.analyze(article.indexed_title)
    tags = _joined([analyzer.analyze(tag) for tag in article.tags])
    body = analyzer.analyze(article.body)
    text = _joined([title, tags, body])
    fields = {
        TEXT: text,
        "title": title,
        "tags": tags,
        **{
            facet.name: _joined([analyzer.analyze(each) for each in article.facet_values(facet)])
            for facet in LINE_FACETS
        },
    }
    for name, tokens in fields.items():
        if not tokens:
            continue
        yield FieldTerms(name, [(token.key, token.position) for token in tokens])
        yield FieldTerms(exact_field(name), [(token.form, token.position) for token in tokens])
        if name in COMPOUND_FIELDS:
            yield from _parts(name, tokens)
    lead_size = sum(token.position < LEAD_WORDS for token in body)
    if lead_size:
        lead = text[len(text) - len(body) :][:lead_size]
        yield FieldTerms(LEAD, [(token.key, token.position) for token in lead])
        yield from _parts(LEAD, lead)


def _parts(name: str, tokens: list[Token]) -> Iterator[FieldTerms]:
    """The parts of the compounds of a field, if there are any."""
    parts = [(part.key, token.position) for token in tokens for part in token.parts]
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
