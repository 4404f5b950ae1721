"""Documents of many articles at once.

What stands at the place of a word depends on its form alone, and is made once for each form: an
article's texts are then put together of ready pieces. They hold what `indexed_terms` gives.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from searchapp.engines.evaluation.related_words import MIN_CHARS
from searchapp.engines.fields import (
    GAP,
    LEAD,
    LEAD_WORDS,
    TEXT,
    exact_field,
    parts_field,
)
from searchapp.engines.opensearch.document import document_source
from searchapp.engines.opensearch.token_text import BESIDE, EMPTY, bounded, coded
from searchapp.facets import LINE_FACETS
from searchapp.german import Analyzer
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Article

MAX_KNOWN = 150_000
"""Forms whose pieces are kept, in about 150 MB."""
MAX_SUBJECTS = 48
"""Nouns that an article may be about: twice as many as the array engines choose by their rarity,
which nobody knows while articles are written; what all have is left out when it is asked for."""


class Document(NamedTuple):
    """What is sent of an article, and the exact forms in its text."""

    source: dict[str, Any]
    forms: set[str]


class _Words(NamedTuple):
    """The words of one text. Both lists have an item for each; positions rise from 0."""

    forms: list[int]
    positions: list[int]


class DocumentMaker:
    """Makes documents. Not safe for use by several threads."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = BatchAnalyzer(analyzer)
        self._forget()

    def _forget(self) -> None:
        self._analyzer.forget()
        # By form number: the piece for a word in a line, in title, tags or body, and in the lead.
        self._line: list[str] = []
        self._whole: list[str] = []
        self._lead: list[str] = []
        # And its key if it is a noun, else "".
        self._nouns: list[str] = []

    def make(self, articles: Sequence[Article]) -> Iterator[Document]:
        """The documents of some articles, in their order."""
        texts = [text for article in articles for text in _texts(article)]
        analyzed = self._analyzer.analyze(texts)
        self._learn_pieces()
        forms, positions = analyzed.forms.tolist(), analyzed.positions.tolist()
        words = (
            _Words(forms[first:behind], positions[first:behind])
            for first, behind in pairwise(analyzed.bounds.tolist())
        )
        for article in articles:
            yield self._document(article, words)
        if len(self._analyzer.known) > MAX_KNOWN:
            self._forget()

    def _learn_pieces(self) -> None:
        """Make the pieces of the forms that are new."""
        known = self._analyzer.known
        first = len(self._line)
        stem_numbers, _, counts, all_parts = known.columns()
        parts = iter(all_parts[int(counts[:first].sum()) :].tolist())
        stems = known.stems
        for form, stem, count in zip(
            known.texts[first:],
            stem_numbers[first:].tolist(),
            counts[first:].tolist(),
            strict=True,
        ):
            key = stems[stem]
            own = [stems[next(parts)] for _ in range(count)]
            line = [_code(TEXT, key), _code(exact_field(TEXT), form)]
            whole = [*line, *(_code(parts_field(TEXT), part) for part in own)]
            lead = [_code(LEAD, key), *(_code(parts_field(LEAD), part) for part in own)]
            self._line.append(BESIDE.join(line))
            self._whole.append(BESIDE.join(whole))
            self._lead.append(BESIDE.join((*whole, *lead)))
            is_noun = len(key) >= MIN_CHARS and key[0].isupper() and key.isalpha()
            self._nouns.append(key if is_noun else "")

    def _document(self, article: Article, words: Iterator[_Words]) -> Document:
        """words: of the texts of this article, and of those after it."""
        title = next(words)
        tags = [next(words) for _ in article.tags]
        body = next(words)
        lead_size = bisect_left(body.positions, LEAD_WORDS)
        texts = {
            "title": _joined([title], self._whole),
            "tags": _joined(tags, self._whole),
            TEXT: _joined([title, *tags, body], self._whole, self._lead, lead_size),
        }
        for facet in LINE_FACETS:
            lines = [next(words) for _ in article.facet_values(facet)]
            texts[facet.name] = _joined(lines, self._line)
        forms = [*title.forms, *(form for tag in tags for form in tag.forms), *body.forms]
        known = self._analyzer.known.texts
        nouns = Counter(noun for form in forms if (noun := self._nouns[form]))
        subjects = [bounded(noun) for noun, _ in nouns.most_common(MAX_SUBJECTS)]
        source = document_source(article, texts, subjects)
        return Document(source, {known[form] for form in set(forms)})


def _texts(article: Article) -> Iterable[str]:
    """All texts of an article that are analyzed."""
    yield article.indexed_title
    yield from article.tags
    yield article.body
    for facet in LINE_FACETS:
        yield from article.facet_values(facet)


def _code(field: str, term: str) -> str:
    """A term's code, which is the same in all fields of the cluster."""
    return coded(field, term)[1]


def _joined(
    texts: Sequence[_Words],
    pieces: Sequence[str],
    lead_pieces: Sequence[str] = (),
    lead_size: int = 0,
) -> str:
    """The token text of several texts as one, with GAP positions between them.

    pieces: by form number. lead_pieces: for the first `lead_size` words of the last text instead.
    """
    found: list[str] = []
    last, base = -1, 0
    for number, (forms, positions) in enumerate(texts):
        if not forms:
            continue
        in_lead = lead_size if number == len(texts) - 1 else 0
        chosen = [lead_pieces[form] for form in forms[:in_lead]]
        chosen += [pieces[form] for form in forms[in_lead:]]
        for piece, position in zip(chosen, positions, strict=True):
            place = base + position
            if place == last:
                found[-1] += BESIDE + piece
                continue
            if place > last + 1:
                found += [EMPTY] * (place - last - 1)
            found.append(piece)
            last = place
        base = last + GAP
    return " ".join(found)
