"""Whoosh's own tools answer from a generation of articles as the engine does."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from whoosh import fields, formats, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import ReadOnlyError
from whoosh.index import create_in, open_dir
from whoosh.qparser import FuzzyTermPlugin, QueryParser
from whoosh.reading import ReaderClosed, TermNotFound
from whoosh.scoring import TF_IDF
from whoosh.sorting import StoredFieldFacet

from searchapp.engines.columnar.generation import COLUMNS, SEGMENTS, open_segments
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.layout import VIEWS
from searchapp.engines.fields import (
    ANALYZED_FIELDS,
    COMPOUND_FIELDS,
    exact_field,
    measured_field,
    parts_field,
)
from searchapp.engines.generation_lexicon import open_analyzer
from searchapp.engines.indexed_terms import indexed_terms
from searchapp.engines.selection import select_engine
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile
from searchapp.engines.whoosh_engine.schema import build_schema
from searchapp.engines.whoosh_view import open_whoosh_index
from searchapp.engines.whoosh_view.generation_index import GenerationIndex, article_schema
from searchapp.errors import IndexDamaged
from searchapp.facets import STORED_FACETS
from searchapp.german.exceptions import NO_EXCEPTIONS
from searchapp.model import Article
from searchapp.settings import Settings
from tests.engines.articles import WORDS
from tests.engines.building import Case, build, build_in_parts, revise
from tests.engines.columnar.test_snapshot import ENGINE
from tests.engines.conftest import random_articles
from tests.oracle import Oracle


class Shape(NamedTuple):
    """A generation, open for Whoosh and as the engine opens it."""

    folder: Path
    ix: GenerationIndex
    searcher: Any  # Whoosh's Searcher, of which its stubs know too little.
    case: Case

    def segments(self) -> list[Segment]:
        """The segments of the generation."""
        return open_segments(self.folder, BlockCache(1 << 20))


SHAPES = ("empty", "one part", "three parts", "updated")


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Shape]]:
    """Generations of none, one and several segments, and one with deleted articles."""
    folder = tmp_path_factory.mktemp("shapes")
    parts = [
        [replace(each, id=f"{seed}-{each.id}") for each in random_articles(50, seed=seed)]
        for seed in (1, 2, 3)
    ]
    articles = [each for part in parts for each in part]
    several = build_in_parts(ENGINE, folder / "three", parts)
    changed = [replace(new, id=old.id) for old, new in zip(parts[0][::7], parts[1], strict=False)]
    away = {each.id for each in changed} | {each.id for each in articles[::11]}
    kept = [each for each in articles if each.id not in away]
    built = {
        "empty": (build(ENGINE, folder / "empty", []), []),
        "one part": (build(ENGINE, folder / "one", parts[0]), parts[0]),
        "three parts": (several, articles),
        "updated": (
            revise(ENGINE, folder / "updated", several, sorted(away), changed),
            [*kept, *changed],
        ),
    }
    with ExitStack() as opened:
        found = {}
        for name, (place, held) in built.items():
            ix = opened.enter_context(closing(open_whoosh_index(place)))
            searcher = opened.enter_context(ix.searcher())
            snapshot = opened.enter_context(closing(ENGINE.open(place)))
            found[name] = Shape(place, ix, searcher, Case(snapshot, Oracle(held)))
        yield found


@pytest.fixture(params=SHAPES, scope="module")
def shape(request: pytest.FixtureRequest, shapes: Mapping[str, Shape]) -> Shape:
    """Each of the generations."""
    return shapes[request.param]


@pytest.fixture
def updated(shapes: Mapping[str, Shape]) -> Shape:
    """The one of several segments with deleted articles."""
    return shapes["updated"]


def ids(results: Any) -> set[str]:
    """The ids of Whoosh's results."""
    return {hit["id"] for hit in results}


def test_the_shapes_are_what_they_are_called(shapes: Mapping[str, Shape]) -> None:
    """Several segments, and deleted articles in the last one."""
    counts = {name: len(each.searcher.leaf_searchers()) for name, each in shapes.items()}
    assert counts["one part"] == 1 < counts["three parts"]
    assert shapes["updated"].searcher.reader().has_deletions()


def test_documents_are_the_articles(shape: Shape) -> None:
    """Counts, stored fields, deletions, and the way from an id to its document."""
    held = shape.case.oracle.articles
    assert shape.ix.doc_count() == len(held)
    assert shape.ix.is_empty() == (not held)
    stored = list(shape.searcher.reader().all_stored_fields())
    assert {each["id"]: each for each in stored} == {
        each.id: {
            name: value
            for name, value in (each.to_record() | {"date": each.date}).items()
            if value is not None
        }
        for each in held
    }
    for article in held:
        assert shape.searcher.document(id=article.id) is not None
    assert shape.searcher.document(id="nobody") is None


def test_terms_and_postings_are_those_of_the_segments(shape: Shape) -> None:
    """In each field all terms, and for each the documents, frequencies and positions."""
    leaves = shape.searcher.leaf_searchers()
    found = 0
    for (leaf, _), segment in zip(leaves, shape.segments(), strict=False):
        reader = leaf.reader()
        for (field, term), info in reader:
            if field == "id":
                continue
            text = term.decode()
            docs, freqs = segment.matching(field, text)
            assert (field, text) in reader
            assert reader.doc_frequency(field, text) == info.doc_frequency() == len(docs)
            assert reader.frequency(field, text) == info.weight() == freqs.sum()
            matcher = reader.postings(field, text)
            live = [doc for doc in docs.tolist() if not reader.is_deleted(doc)]
            places = segment.occurrences(field, text)
            assert list(matcher.items_as("positions")) == [
                (doc, places.positions[places.docs == doc].tolist()) for doc in live
            ]
            found += 1
    assert bool(found) == (not shape.ix.is_empty())


def test_lengths_are_those_of_the_articles(shape: Shape) -> None:
    """Of each field in words, deleted articles included, and of each term in its documents."""
    analyzer = open_analyzer(shape.folder, NO_EXCEPTIONS)
    for (leaf, _), segment in zip(shape.searcher.leaf_searchers(), shape.segments(), strict=False):
        reader = leaf.reader()
        counted = [
            {each.name: len(each.terms) for each in indexed_terms(segment.article(doc), analyzer)}
            for doc in range(segment.doc_count)
        ]
        for field in VIEWS:
            lengths = [each.get(measured_field(field), 0) for each in counted]
            docs = range(segment.doc_count)
            assert [reader.doc_field_length(doc, field) for doc in docs] == lengths
            assert reader.field_length(field) == sum(lengths)
            assert reader.min_field_length(field) == min(lengths, default=0)
            assert reader.max_field_length(field) == max(lengths, default=0)
            for term, info in reader.iter_field(field):
                held = [lengths[doc] for doc in segment.matching(field, term.decode()).docs]
                assert (info.min_length(), info.max_length()) == (min(held), max(held))


GERMAN_NAMES = {"text": "text", "title": "titel"} | {
    facet.name: facet.typed[0] for facet in STORED_FACETS
}
PLAIN_WORDS = ("Haus", "Häuser", "Stahl", "Kommission", "Öl", "naïve", "Technik", "nirgends")


@pytest.mark.parametrize("field", ANALYZED_FIELDS)
def test_words_find_what_the_engine_finds(shape: Shape, field: str) -> None:
    """In their exact forms; and by their keys, with compounds that hold them as parts."""
    analyzer = open_analyzer(shape.folder, NO_EXCEPTIONS)
    for word in PLAIN_WORDS:
        (sought,) = analyzer.sought(word)
        assert not sought.parts
        keys = (*sought.keys, *(sought.relatives if field in COMPOUND_FIELDS else ()))
        trees = {
            f"{GERMAN_NAMES[field]}:={word}": query.Or(
                [query.Term(exact_field(field), form) for form in sought.forms]
            ),
            f"{GERMAN_NAMES[field]}:{word}": query.Or(
                [
                    query.Term(name, key)
                    for name in (field, parts_field(field))
                    if name in VIEWS
                    for key in keys
                ]
            ),
        }
        for text, tree in trees.items():
            found = ids(shape.searcher.search(tree, limit=None))
            assert found == {hit.article.id for hit in shape.case.search(text).hits}


QUERIES: list[query.Query] = [
    query.Every(),
    query.Every("tags"),
    query.Prefix("text_exact", "ha"),
    query.Wildcard("title_exact", "*u*"),
    query.FuzzyTerm("text_exact", "hausz", maxdist=2),
    query.TermRange("text", "h", "k"),
    query.Phrase("text", ["Haus", "und", "Hof"]),
    query.Phrase("text_exact", ["eu", "kommission"], slop=3),
    query.And([query.Term("text", "Haus"), query.Not(query.Term("tags", "Stahl"))]),
    query.Or([query.Term(name, "Haus") for name in VIEWS]),
    query.Or([query.Term("text_parts", "kommission"), query.Term("id", "1-a1")]),
    query.AndMaybe(query.Term("text", "Haus"), query.Term("author", "Stahl")),
    query.Term("text", "nirgends"),
]


@pytest.fixture(scope="module")
def stock(
    shapes: Mapping[str, Shape], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Any]]:
    """Of each shape, a searcher of an index of the same articles that Whoosh has written."""
    engine = select_engine(Settings(engine="whoosh"))
    with ExitStack() as opened:
        searchers = {}
        for name, each in shapes.items():
            folder = tmp_path_factory.mktemp("stock") / "index"
            build(engine, folder, each.case.oracle.articles)
            ix = opened.enter_context(
                closing(open_dir(str(folder / "part-0"), schema=build_schema()))
            )
            searchers[name] = opened.enter_context(ix.searcher(weighting=TF_IDF()))
        yield searchers


@pytest.mark.parametrize("tree", QUERIES, ids=str)
@pytest.mark.parametrize("name", SHAPES)
def test_every_query_finds_and_scores_as_on_an_index_of_whooshs_own(
    shapes: Mapping[str, Shape], stock: Mapping[str, Any], name: str, tree: query.Query
) -> None:
    """The same articles, and the same scores where no deleted ones count in frequencies.

    By a weighting without lengths, of which the stock codec keeps one byte only.
    """
    expected = {hit["original"]["id"]: hit.score for hit in stock[name].search(tree, limit=None)}
    with shapes[name].ix.searcher(weighting=TF_IDF()) as searcher:
        found = {hit["id"]: hit.score for hit in searcher.search(tree, limit=None)}
    if name == "updated":
        assert found.keys() == expected.keys()
    else:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize("name", SHAPES)
def test_terms_are_listed_as_by_an_index_of_whooshs_own(
    shapes: Mapping[str, Shape], stock: Mapping[str, Any], name: str
) -> None:
    """All of a field, those from a prefix on, and those within an edit distance."""
    ours, theirs = shapes[name].searcher.reader(), stock[name].reader()
    for field in VIEWS:
        held = list(theirs.field_terms(field))
        if name != "updated":
            assert list(ours.field_terms(field)) == held
            assert list(ours.expand_prefix(field, "h")) == list(theirs.expand_prefix(field, "h"))
        assert set(ours.field_terms(field)) >= set(held)
    for word in ("hausx", "komission"):
        near = set(theirs.terms_within("text_exact", word, 2))
        assert set(ours.terms_within("text_exact", word, 2)) >= near


UNCHANGED = ("one part", "three parts")
"""The shapes with articles of which none is deleted: deleted ones would count in frequencies."""


@pytest.fixture(scope="module")
def plain(
    shapes: Mapping[str, Shape], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Any]]:
    """Of each unchanged shape, an index that Whoosh has written, with vectors and lengths."""
    words: Any = SpaceSeparatedTokenizer()
    text = fields.TEXT(analyzer=words, vector=formats.Frequency())
    schema = fields.Schema(id=fields.ID(stored=True), **dict.fromkeys(VIEWS, text))
    with ExitStack() as opened:
        indexes = {}
        for name in UNCHANGED:
            analyzer = open_analyzer(shapes[name].folder, NO_EXCEPTIONS)
            folder = tmp_path_factory.mktemp("plain")
            ix = opened.enter_context(closing(create_in(str(folder), schema)))
            with ix.writer() as writer:
                for article in shapes[name].case.oracle.articles:
                    terms = {
                        each.name: " ".join(term for term, _ in each.terms)
                        for each in indexed_terms(article, analyzer)
                    }
                    writer.add_document(id=article.id, **terms)
            indexes[name] = ix
        yield indexes


def scores(results: Any) -> dict[str, float]:
    """The score of each of Whoosh's results, by its id."""
    return {hit["id"]: hit.score for hit in results}


@pytest.mark.parametrize("field", ["text", "text_exact", "title"])
@pytest.mark.parametrize("name", UNCHANGED)
def test_key_terms_and_what_is_alike_are_those_of_an_index_of_whooshs_own(
    shapes: Mapping[str, Shape], plain: Mapping[str, Any], name: str, field: str
) -> None:
    """With weights and scores; by a weighting without lengths, as above."""
    with (
        shapes[name].ix.searcher(weighting=TF_IDF()) as ours,
        plain[name].searcher(weighting=TF_IDF()) as theirs,
    ):
        compared = 0
        for article in shapes[name].case.oracle.articles[::5]:
            mine, other = (each.document_number(id=article.id) for each in (ours, theirs))
            if not theirs.reader().has_vector(other, field):
                continue
            terms = dict(theirs.key_terms([other], field, numterms=1000))
            assert dict(ours.key_terms([mine], field, numterms=1000)) == pytest.approx(terms)
            alike = scores(theirs.more_like(other, field, top=None, numterms=1000))
            found = scores(ours.more_like(mine, field, top=None, numterms=1000))
            assert found == pytest.approx(alike)
            compared += 1
        assert compared


@pytest.mark.parametrize("name", UNCHANGED)
def test_suggestions_are_those_of_an_index_of_whooshs_own(
    shapes: Mapping[str, Shape], plain: Mapping[str, Any], name: str
) -> None:
    """The same words in the same order."""
    with plain[name].searcher() as theirs:
        expected = {
            (field, word): theirs.suggest(field, word, limit=10)
            for field in ("text", "text_exact", "title_exact")
            for word in ("hausx", "komission", "tecnik")
        }
    assert any(expected.values())
    for (field, word), words in expected.items():
        assert shapes[name].searcher.suggest(field, word, limit=10) == words


@pytest.mark.parametrize("field", ["title", "tags", "author"])
@pytest.mark.parametrize("name", UNCHANGED)
def test_short_fields_are_scored_by_length_as_on_an_index_of_whooshs_own(
    shapes: Mapping[str, Shape], plain: Mapping[str, Any], name: str, field: str
) -> None:
    """By BM25F: one byte holds a short length exactly."""
    found = 0
    with plain[name].searcher() as theirs:
        for word in ("Haus", "Stahl", "Eu", "Kommission"):
            expected = scores(theirs.search(query.Term(field, word), limit=None))
            hits = shapes[name].searcher.search(query.Term(field, word), limit=None)
            assert scores(hits) == pytest.approx(expected)
            found += len(expected)
    assert found


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_the_best_few_are_the_first_of_all(shape: Shape, limit: int) -> None:
    """Though postings that cannot hold one of them are left out."""
    tree = query.Or([query.Term("text", word) for word in ("Haus", "Stahl", "Eu")])
    best = [hit.score for hit in shape.searcher.search(tree, limit=limit)]
    every = [hit.score for hit in shape.searcher.search(tree, limit=None)]
    assert best == pytest.approx(every[:limit])


def test_text_is_parsed_with_the_schema(updated: Shape) -> None:
    """Words are taken as they are: the terms of `text` are lemmas."""
    parser = QueryParser("text", updated.ix.schema)
    parser.add_plugin(FuzzyTermPlugin())
    for text, tree in (
        ("Stahl Haus", query.And([query.Term("text", "Stahl"), query.Term("text", "Haus")])),
        ("title:Haus", query.Term("title", "Haus")),
        ("Haux~", query.FuzzyTerm("text", "Haux")),
        ("Ha*", query.Prefix("text", "Ha")),
        ('"Haus und Hof"', query.Phrase("text", ["Haus", "und", "Hof"])),
    ):
        found = ids(updated.searcher.search(parser.parse(text), limit=None))
        assert found == ids(updated.searcher.search(tree, limit=None)) != set()


def test_misspelt_words_are_corrected(updated: Shape) -> None:
    """From exact forms, as a reader would write them."""
    assert "kommission" in updated.searcher.suggest("text_exact", "komission", limit=3)
    reader = updated.searcher.reader()
    assert set(reader.terms_within("text_exact", "hausx", 2)) >= {"haus", "hauses"}
    corrector = reader.corrector("text_exact")
    assert "haus" in corrector.suggest("hauss")


def test_key_terms_are_terms_of_the_document(updated: Shape) -> None:
    """And what is like a document holds some of them."""
    searcher = updated.searcher
    for article in updated.case.oracle.articles[::9]:
        doc = searcher.document_number(id=article.id)
        terms = {term for term, _ in searcher.key_terms([doc], "text", numterms=4)}
        held = {term for term, _ in searcher.vector_as("weight", doc, "text")}
        assert terms <= held
        alike = searcher.more_like(doc, "text", numterms=4, top=5)
        assert article.id not in ids(alike)
        for hit in alike:
            assert terms & {term for term, _ in searcher.vector_as("weight", hit.docnum, "text")}


def test_a_field_without_terms_has_no_key_terms(shapes: Mapping[str, Shape]) -> None:
    """As that of the tags in an article that has none."""
    shape = shapes["three parts"]
    article = next(each for each in shape.case.oracle.articles if not each.tags)
    doc = shape.searcher.document_number(id=article.id)
    assert shape.searcher.key_terms([doc], "tags") == []


def test_results_are_grouped_by_terms_and_by_stored_values(updated: Shape) -> None:
    """As Whoosh's facets do with any field."""
    held = updated.case.oracle.articles
    by_source = updated.searcher.search(
        query.Every(), limit=None, groupedby={"source": StoredFieldFacet("source")}
    ).groups("source")
    assert {source: len(docs) for source, docs in by_source.items()} == {
        source: sum(each.source == source for each in held)
        for source in {each.source for each in held}
    }
    by_id = updated.searcher.search(query.Every(), limit=None, groupedby="id").groups("id")
    assert {name: len(docs) for name, docs in by_id.items()} == {each.id: 1 for each in held}


def test_fields_and_terms_that_are_not_there(updated: Shape) -> None:
    """Say so, as on any index of Whoosh's."""
    reader = updated.searcher.reader()
    assert ("text", "nirgends") not in reader
    assert ("nothing", "Haus") not in reader
    assert reader.doc_frequency("title", "nirgends") == 0
    with pytest.raises(TermNotFound):
        reader.postings("body", "Haus")
    assert not reader.has_vector(0, "id")
    assert set(article_schema().names()) == {*VIEWS, "id", "authors", "body", "date", "url"}


def test_nothing_can_be_written(updated: Shape) -> None:
    """What writes is the product's rebuild and update."""
    with pytest.raises(ReadOnlyError, match="searchapp update"):
        updated.ix.writer()
    assert updated.searcher.up_to_date()
    assert updated.searcher.refresh() is updated.searcher


def test_closing_gives_the_files_back(shapes: Mapping[str, Shape]) -> None:
    """As soon as the last reader is gone. A closed index and a closed reader say so."""
    folder = str(shapes["one part"].folder)

    def mapped() -> int:
        gc.collect()
        return Path("/proc/self/maps").read_text().count(folder)

    before = mapped()
    index = open_whoosh_index(Path(folder))
    searcher = index.searcher()
    assert len(searcher.search(query.Term("text", "Haus")))
    assert mapped() > before
    index.close()
    with pytest.raises(ReaderClosed):
        index.reader()
    reader = searcher.reader()
    assert reader.doc_frequency("text", "Haus")
    searcher.close()
    with pytest.raises(ReaderClosed):
        reader.doc_count()
    del searcher, reader
    assert mapped() == before
    index.close()


@pytest.mark.parametrize("place", ["segment", "columns", "list"])
def test_a_damaged_file_is_named(tmp_path: Path, place: str) -> None:
    """An error with the way out, not a wrong answer."""
    folder = build(ENGINE, tmp_path / "one", [Article("a", "Haus", " ".join(WORDS))])
    victim = {
        "segment": next(folder.glob("*.segment")),
        "columns": folder / COLUMNS,
        "list": folder / SEGMENTS,
    }[place]
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    with pytest.raises(IndexDamaged) as damaged:
        open_whoosh_index(folder)
    assert damaged.value.where == str(victim)
    assert "rebuild" in str(damaged.value)


def test_a_damaged_block_is_named_when_it_is_read(tmp_path: Path) -> None:
    """Blocks are checked when they are read, not when the index is opened."""
    folder = build(ENGINE, tmp_path / "one", [Article("a", "Haus", " ".join(WORDS))])
    victim = next(folder.glob("*.segment"))
    content = bytearray(victim.read_bytes())
    for stream in SegmentFile(victim, BlockCache(0)).streams.values():
        for offset, *_ in stream.blocks():
            content[offset] ^= 1
    victim.write_bytes(content)
    with closing(open_whoosh_index(folder)) as ix, ix.searcher() as searcher:
        for read in (
            lambda: searcher.search(query.Term("text", "Haus")),
            lambda: searcher.reader().stored_fields(0),
            lambda: list(searcher.reader().all_terms()),
            lambda: searcher.key_terms([0], "title_exact"),
        ):
            with pytest.raises(IndexDamaged, match="searchapp rebuild") as damaged:
                read()
            assert damaged.value.where == str(victim)
