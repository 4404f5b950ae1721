"""Segments of nasty articles, and everything that can be read from one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.document_columns import DocumentColumns
from searchapp.engines.columnar.writing.segment_builder import SegmentBuilder
from searchapp.engines.evaluation.columns import NONE
from searchapp.engines.fields import ANALYZED_FIELDS, GAP, INDEXED_FIELDS, LINE_FIELDS, exact_field
from searchapp.engines.indexed_terms import indexed_terms
from searchapp.engines.storage.segment_file import BlockCache
from searchapp.facets import STORED_FACETS
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Article
from tests.lexicon import dictionary_analyzer

MANY_WORDS = 100_000

LONG = "Donaudampfschifffahrt" * 7
"""A word whose form is cut at the maximal length."""

_PIECES = (
    "Haus Häuser hauses HAUS Ha\u0308user Hausboot Stahlindustrie Stahl-Industrie Industrie Stahl"
    " Stahlwerk Werk Straße Strasse EU EU-Kommission EUKommission Kommission EU-Kommissions-Haus"
    " d’Alembert D'Alembert Alembert geht's H&M Ein- und Ausfuhr Bürger*innen Bürger:innen"
    " Bürger_in Bürger/-innen Bürger(innen) Bürgerinnen Kunden/-innen Kunden/-innen-Haus jede*r"
    " LehrerInnen 16.01.2024 16. 2024-01-16 31.02.2024 Januar Jan. Jan 2024 16 1.000,50 12:30"
    " C++ C# C++-Haus U.S.A. z.B. AC/DC und/oder naïve ﬁnden finden İstanbul ſtahl größer groß"
    " ging gehen Mitar\u00adbeiter a-b-c-d-e-f-g-h-i-j 0711-12-34 x 日本 😀 Haus\u200bboot"
).split()
_PIECES += ["16. Januar 2024", "16. Jan. 2024", "1.1.1999", LONG, LONG + "-Haus", LONG + "haus"]
_PIECES += ["fing", "Fing er", "an.", "auf und", "gab", "zogen", "gab auf.", "fing das Haus an,"]
WORDS = tuple(_PIECES)
_GAPS = (" ", " ", " ", " ", ", ", ". ", "-", "/", "\n\n", " „", "“ ", "", " 😀 ", "'")

nasty_texts = st.lists(
    st.tuples(st.sampled_from(WORDS) | st.text(max_size=4), st.sampled_from(_GAPS)), max_size=12
).map(lambda pairs: "".join(word + gap for word, gap in pairs).encode("utf-8", "ignore").decode())
"""What meets every rule of the tokenizer, and what meets none. Without lone surrogates, which
cleaning takes out."""

_names = st.none() | st.sampled_from(("Haus", "EU-Kommission", "d’Alembert", "Ö. Stahl", "", "\n"))
nasty_articles = st.builds(
    Article,
    id=st.text("abcÄß/ .%🙂\n\\", min_size=1, max_size=3),
    title=nasty_texts,
    body=nasty_texts,
    tags=st.lists(nasty_texts, max_size=3, unique=True).map(tuple),
    date=st.none() | st.sampled_from((dt.date.min, dt.date(2024, 1, 16), dt.date.max)),
    authors=st.lists(nasty_texts, max_size=2, unique=True).map(tuple),
    source=_names,
    url=st.none() | st.just("https://example.org/ä"),
    title_is_derived=st.booleans(),
)
nasty_corpora = st.lists(nasty_articles, max_size=6, unique_by=lambda article: article.id)

Place = tuple[int, int]
"""A document and a position in it."""


def renumbered(articles: Iterable[Article], prefix: str) -> list[Article]:
    """The articles with ids of their own, for corpora that come together."""
    return [replace(each, id=f"{prefix}{each.id}") for each in articles]


def builder(*, max_words: int = MANY_WORDS, dictionary: bytes = b"") -> SegmentBuilder:
    """A builder with the dictionary's lexicon. dictionary: see `stored_dictionary`."""
    analyzer = BatchAnalyzer(dictionary_analyzer())
    return SegmentBuilder(analyzer, max_words=max_words, dictionary=dictionary)


def opened(path: Path) -> Segment:
    """A segment, read through a cache of its own."""
    return Segment(path, BlockCache(1 << 20))


def built(path: Path, articles: Sequence[Article]) -> Segment:
    """The segment of some articles."""
    builder().build(path, articles)
    return opened(path)


def expected_places(articles: Sequence[Article]) -> dict[str, dict[str, list[Place]]]:
    """Where each term of each searchable field stands, by analysis of one text after the other.

    Positions in the title and in the tags are those in the whole text.
    """
    fields: dict[str, dict[str, list[Place]]] = {name: defaultdict(list) for name in INDEXED_FIELDS}
    for doc, article in enumerate(articles):
        found = {each.name: each.terms for each in indexed_terms(article, dictionary_analyzer())}
        title_end = found["title"][-1][1] + GAP if "title" in found else 0
        for name, terms in found.items():
            shift = title_end if name.startswith("tags") else 0
            for term, position in terms:
                fields[name][term].append((doc, position + shift))
    return {name: dict(terms) for name, terms in fields.items()}


def places(segment: Segment) -> dict[str, dict[str, list[Place]]]:
    """Where each term of each searchable field stands, as the segment tells it."""
    found: dict[str, dict[str, list[Place]]] = {name: {} for name in INDEXED_FIELDS}
    for field in INDEXED_FIELDS:
        for term in all_terms(segment):
            docs, positions = segment.occurrences(field, term)
            if len(docs):
                found[field][term] = list(zip(docs.tolist(), positions.tolist(), strict=True))
            matching = segment.matching(field, term)
            assert matching.docs.tolist() == sorted(set(docs.tolist()))
            assert matching.freqs.tolist() == [docs.tolist().count(doc) for doc in matching.docs]
            doc_freq = segment.doc_freq(field, term)
            assert doc_freq is None or doc_freq == len(matching.docs)
    return found


def all_terms(segment: Segment) -> set[str]:
    """Every term and form of every field, so that each is sought in all the others, too."""
    dictionaries = [field.terms for field in segment.fields.values()]
    dictionaries += [forms.dictionary for forms in segment.forms.values()]
    return {term.decode() for each in dictionaries for term in each.terms()}


def facets(segment: Segment) -> list[Mapping[str, Any]]:
    """The facets, day and lengths of each document."""
    columns = DocumentColumns.read(segment.file)
    values: dict[str, list[list[str]]] = {}
    for name, each in columns.facets.items():
        counts = np.ones(segment.doc_count, dtype=int) if each.counts is None else each.counts
        values[name] = [
            [each.values[ordinal] for ordinal in ordinals.tolist() if ordinal != NONE]
            for ordinals in np.split(each.ordinals, np.cumsum(counts))[:-1]
        ]
    rows: list[Mapping[str, Any]] = []
    for doc in range(segment.doc_count):
        row: dict[str, Any] = {"day": int(columns.days[doc])}
        row |= {name: of_docs[doc] for name, of_docs in values.items()}
        row["lengths"] = {name: int(columns.lengths[name][doc]) for name in ANALYZED_FIELDS}
        rows.append(row)
    return rows


def expected_facets(articles: Sequence[Article]) -> list[Mapping[str, Any]]:
    """The same, from the articles."""
    return [
        {
            "day": article.date.toordinal() if article.date else 0,
            **{facet.name: list(article.facet_values(facet)) for facet in STORED_FACETS},
            "lengths": dict.fromkeys(ANALYZED_FIELDS, 0)
            | {
                each.name: len(each.terms)
                for each in indexed_terms(article, dictionary_analyzer())
                if each.name in ANALYZED_FIELDS
            },
        }
        for article in articles
    ]


def forms_of_stems(segment: Segment) -> dict[str, dict[str, dict[str, int]]]:
    """By field with exact forms and by stem: its forms, with their document frequencies."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, forms in segment.forms.items():
        terms = segment.fields[name].terms
        found[name] = {}
        for stem in terms.terms():
            postings = segment.fields[name].find(stem.decode())
            assert postings is not None
            rows = forms.rows_of_terms(*postings.form_range).tolist()
            found[name][stem.decode()] = {
                forms.dictionary.term(row).decode(): forms.doc_freq(row) for row in rows
            }
    return found


def expected_forms(articles: Sequence[Article]) -> dict[str, dict[str, dict[str, int]]]:
    """The same, by analysis of one text after the other."""
    docs: dict[str, dict[str, dict[str, set[int]]]] = {
        name: defaultdict(lambda: defaultdict(set)) for name in ("text", *LINE_FIELDS)
    }
    for doc, article in enumerate(articles):
        found = {each.name: each.terms for each in indexed_terms(article, dictionary_analyzer())}
        for name, stems in docs.items():
            pairs = zip(found.get(name, []), found.get(exact_field(name), []), strict=True)
            for (stem, _), (form, _) in pairs:
                stems[stem][form].add(doc)
    return {
        name: {
            stem: {form: len(docs_of_form) for form, docs_of_form in sorted(forms.items())}
            for stem, forms in stems.items()
        }
        for name, stems in docs.items()
    }


def token_places(segment: Segment) -> list[list[tuple[str, int]]]:
    """The surface and position of each token of title, tags and body of each document."""
    found = []
    for doc in range(segment.doc_count):
        article = segment.article(doc)
        text = "\n".join((article.indexed_title, *article.tags, article.body))
        spans = segment.tokens(doc)
        found.append(
            [
                (text[start:end], position)
                for start, end, position in zip(*(each.tolist() for each in spans), strict=True)
            ]
        )
    return found


def expected_token_places(articles: Sequence[Article]) -> list[list[tuple[str, int]]]:
    """The same, by analysis of one text after the other."""
    found = []
    for article in articles:
        tokens: list[tuple[str, int]] = []
        base = 0
        for text in (article.indexed_title, *article.tags, article.body):
            here = dictionary_analyzer().analyze(text)
            tokens += [(token.surface, base + token.position) for token in here]
            base = tokens[-1][1] + GAP if here else base
        found.append(tokens)
    return found


def assert_holds(segment: Segment, articles: Sequence[Article]) -> None:
    """The segment holds exactly these articles, in this order, and nothing else."""
    assert segment.doc_count == len(articles)
    assert [segment.article(doc) for doc in range(len(articles))] == list(articles)
    for doc, article in enumerate(articles):
        assert segment.find_id(article.id) == doc
        assert segment.find_id(article.id + "x") is None
    assert facets(segment) == expected_facets(articles)
    assert token_places(segment) == expected_token_places(articles)
    assert forms_of_stems(segment) == expected_forms(articles)
    assert places(segment) == expected_places(articles)


def stream_bytes(segment: Segment) -> dict[str, bytes]:
    """The content of every stream of the file, whatever the blocks it was cut into."""
    return {
        name: stream.read(0, stream.size) for name, stream in sorted(segment.file.streams.items())
    }
