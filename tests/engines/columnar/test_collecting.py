"""EvaluatingCollector: totals, order, facets, filters and deadline; see test_differential, too."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import analysis, collectors, fields, index, query, scoring, sorting
from whoosh.codec.whoosh3 import W3Codec
from whoosh.searching import Searcher

from searchapp.engines.columnar.codec import ColumnarCodec
from searchapp.engines.columnar.collecting import EvaluatingCollector
from searchapp.errors import SearchTimeout
from tests.engines.columnar.oracle import alike

WORDS = [f"w{number}" for number in range(40)]
COUNT = 5400
"""More than Whoosh adds up in an array, see query_plans."""

ANALYZER: Any = analysis.RegexTokenizer(r"\S+")
SCHEMA = fields.Schema(
    id=fields.ID(stored=True, sortable=True),
    text=fields.TEXT(analyzer=ANALYZER),
    tags=fields.KEYWORD(commas=True),
    source=fields.ID(sortable=True),
    year=fields.NUMERIC(int, sortable=True),
    many=fields.NUMERIC(int),
    day=fields.DATETIME(sortable=True),
    flag=fields.BOOLEAN,
    vector=fields.KEYWORD(vector=True),
)


def _document(number: int) -> dict[str, Any]:
    chosen = random.Random(number)
    return {
        "id": f"{number:04}",
        "text": " ".join(chosen.choices(WORDS, weights=range(1, 41), k=chosen.randrange(1, 14))),
        "tags": ",".join(chosen.sample(["a", "b", "ü", "d"], chosen.randrange(1, 3))),
        "source": chosen.choice(["x", "y", "ä"]),
        "year": chosen.choice([1999, 2020, 2021]),
        "many": [number, number + 1],
        "day": dt.datetime(2024, 1, 1) + dt.timedelta(days=number % 90),
        "flag": number % 3 == 0,
        "vector": "p q" if number % 2 else "q",
    }


DOCUMENTS = [_document(number) for number in range(COUNT)]
DELETED = {3, 77, COUNT + 40}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Over a large segment, a small one and one of the stock codec, with deletions."""
    ix = index.create_in(str(tmp_path_factory.mktemp("collecting")), SCHEMA)
    first, second = COUNT, COUNT + 100
    parts = [
        (ColumnarCodec(), DOCUMENTS),
        (ColumnarCodec(), [_document(number) for number in range(first, second)]),
        (W3Codec(), [_document(number) for number in range(second, second + 50)]),
    ]
    for codec, documents in parts:
        writer: Any = ix.writer(codec=codec)
        for document in documents:
            writer.add_document(**document)
        writer.commit(merge=False)
    writer = ix.writer(codec=ColumnarCodec())
    for number in DELETED:
        writer.delete_document(number)
    writer.commit(merge=False)
    with ix.searcher() as opened:
        yield opened


def collected(searcher: Searcher, asked: query.Query, **options: Any) -> EvaluatingCollector:
    """The collector after a search."""
    collector = EvaluatingCollector(**options)
    searcher.search_with_collector(asked, collector)
    return collector


def whoosh_hits(searcher: Searcher, asked: query.Query) -> dict[int, float]:
    """All documents with their scores, by Whoosh's own collector."""
    collector = collectors.UnlimitedCollector()
    searcher.search_with_collector(asked, collector)
    return {doc: score for score, doc in collector.items}


QUERIES = [
    query.Term("text", "w0"),
    query.And([query.Term("text", "w39"), query.Term("text", "w2", boost=3.0)]),
    query.Or([query.Term("text", "w1"), query.Term("text", "w2"), query.Term("text", "w3")]),
    query.Or([query.Term("text", word) for word in WORDS], boost=0.5),
    query.Phrase("text", ["w39", "w38"]),
    query.Phrase("text", ["w39", "w39", "w37"], slop=3),
    query.Prefix("text", "w1"),
    query.Prefix("text", "w1", constantscore=False),
    query.Wildcard("text", "w?"),
    query.FuzzyTerm("text", "w", maxdist=1),
    query.NumericRange("year", 2000, None),
    query.DateRange("day", dt.datetime(2024, 1, 5), dt.datetime(2024, 2, 1)),
    query.Every("tags"),
    query.Every(),
    query.Not(query.Term("text", "w39")),
    query.Require(query.Term("text", "w5"), query.Term("flag", True)),
    query.AndMaybe(query.Term("text", "w5"), query.Term("text", "w6")),
    query.SpanNear2([query.Term("text", "w38"), query.Term("text", "w39")], slop=2),
    query.ColumnQuery("source", lambda value: value == "ä"),
    query.NullQuery,
]


@pytest.mark.parametrize("asked", QUERIES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("limit", [None, 10, 1, 0])
def test_the_best_documents_in_a_stable_order(
    searcher: Searcher, asked: query.Query, limit: int | None
) -> None:
    """All matches are counted, and the best stand first, equal ones by document number."""
    collector = collected(searcher, asked, limit=limit)
    results = collector.results()
    if isinstance(asked, query.ColumnQuery):  # Whoosh cannot score it, and finds deleted ones.
        wanted = dict.fromkeys(set(searcher.docs_for_query(asked)) - DELETED, 1.0)
    else:
        wanted = whoosh_hits(searcher, asked)
        wanted = {doc: score for doc, score in wanted.items() if doc not in DELETED}
    assert len(results) == collector.count() == len(wanted)
    assert collector.all_ids() == sorted(wanted)
    assert set(results.docs()) == set(wanted)
    hits = [(hit.docnum, hit.score) for hit in results]
    assert len(hits) == min(len(wanted), len(wanted) if limit is None else limit)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    assert alike(dict(hits), {doc: wanted[doc] for doc, _ in hits})
    if hits:
        beaten = [score for doc, score in wanted.items() if doc not in dict(hits)]
        assert max(beaten, default=0) <= hits[-1][1] + 1e-4


def test_the_worst_documents_when_reversed(searcher: Searcher) -> None:
    """The order is turned round, of equal scores, too."""
    forward = collected(searcher, QUERIES[2], limit=None).results().top_n
    backward = collected(searcher, QUERIES[2], limit=7, reverse=True).results().top_n
    assert backward == forward[::-1][:7]


SORTS = [
    "year",
    "source",
    "day",
    "flag",
    "tags",
    sorting.FieldFacet("year", reverse=True),
    sorting.FieldFacet("day", reverse=True),
    sorting.FieldFacet("source", reverse=True),
    [sorting.FieldFacet("source"), sorting.FieldFacet("year", reverse=True)],
    [sorting.FieldFacet("year"), sorting.ScoreFacet()],
    sorting.StoredFieldFacet("id"),
]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("sortedby", SORTS, ids=str)
def test_sorting_is_whooshs_own(searcher: Searcher, sortedby: Any, reverse: bool) -> None:
    """By columns of numbers and bytes, by terms, by several keys, by what a function tells."""
    asked = query.Or([query.Term("text", "w1"), query.Term("text", "w9")])
    wanted = searcher.search(asked, limit=25, sortedby=sortedby, reverse=reverse)
    found = collected(searcher, asked, limit=25, sortedby=sortedby, reverse=reverse).results()
    assert [hit.docnum for hit in found] == [hit.docnum for hit in wanted]
    assert len(found) == len(wanted)


FACETS: dict[str, Any] = {
    "source": sorting.FieldFacet("source"),
    "year": sorting.FieldFacet("year"),
    "day": sorting.FieldFacet("day"),
    "tags": sorting.FieldFacet("tags", allow_overlap=True),
    "first tag": sorting.FieldFacet("tags"),
    "vector": sorting.FieldFacet("vector", allow_overlap=True),
    "numbers": sorting.FieldFacet("many", allow_overlap=True),
    "range": sorting.RangeFacet("year", 1990, 2030, 10),
    "stored": sorting.StoredFieldFacet("id"),
}


@pytest.mark.parametrize("name", FACETS)
def test_facets_are_counted_as_whoosh_counts_them(searcher: Searcher, name: str) -> None:
    """By columns, by the terms of a field where a document has several, and by any facet."""
    asked = query.Term("text", "w30")
    facets = {name: FACETS[name]}
    wanted = searcher.search(asked, limit=None, groupedby=facets, maptype=sorting.Count)
    found = collected(searcher, asked, groupedby=facets).results()
    assert found.groups(name) == wanted.groups(name)


def test_a_facet_counts_what_choosing_it_finds(searcher: Searcher) -> None:
    """Against the documents themselves."""
    groups = collected(searcher, query.Every(), groupedby=[FACETS["tags"]]).results().groups()
    counted = Counter(
        tag
        for number in range(COUNT + 150)
        if number not in DELETED
        for tag in _document(number)["tags"].split(",")
    )
    assert groups == counted
    for tag, count in groups.items():
        assert collected(searcher, query.Term("tags", tag)).count() == count


@pytest.mark.parametrize("as_set", [False, True])
def test_filter_and_mask_narrow_the_answer(searcher: Searcher, as_set: bool) -> None:
    """Given as queries, results or numbers; scores stay as they are."""
    asked, wanted, unwanted = (query.Term("text", word) for word in ("w39", "w3", "w38"))
    options: dict[str, Any] = {"filter": wanted, "mask": unwanted}
    if as_set:
        options = {
            "filter": set(searcher.docs_for_query(wanted)),
            "mask": searcher.search(unwanted, limit=None),
        }
    found = collected(searcher, asked, limit=None, **options).results()
    by_whoosh = searcher.search(asked, limit=None, **options)
    assert alike(
        {hit.docnum: hit.score for hit in found}, {hit.docnum: hit.score for hit in by_whoosh}
    )
    assert 0 < len(found) < collected(searcher, asked).count()
    nowhere = query.Prefix("text", "no such word")
    assert collected(searcher, asked, filter=nowhere).count() == 0


class Steps:
    """A deadline after a number of steps."""

    def __init__(self, left: int) -> None:
        self.left = left

    def check(self) -> None:
        """Count one step."""
        self.left -= 1
        if self.left < 0:
            raise SearchTimeout("the time is used up")


@pytest.mark.parametrize(
    "asked",
    [QUERIES[3], QUERIES[5], query.Not(QUERIES[6]), query.Every()],
    ids=["or", "stepped", "not", "every"],
)
def test_a_search_ends_at_its_deadline(searcher: Searcher, asked: query.Query) -> None:
    """Between steps of work, also where matches are stepped through, filtered and counted."""
    options: dict[str, Any] = {"groupedby": FACETS["stored"], "filter": query.Every("text")}
    enough = Steps(10**9)
    wanted = collected(searcher, asked, deadline=enough, **options).count()
    steps = 10**9 - enough.left
    assert steps > 5
    for left in (0, 1, steps // 2, steps - 1):
        with pytest.raises(SearchTimeout):
            collected(searcher, asked, deadline=Steps(left), **options)
    assert collected(searcher, asked, deadline=Steps(steps), **options).count() == wanted


class Newest(scoring.BM25F):
    """Adds the document number to the score in the end."""

    use_final = True

    def final(self, searcher: Any, docnum: int, score: float) -> float:
        """See WeightingModel."""
        del searcher
        return score + docnum


def test_a_final_score_is_asked_for(tmp_path: Path) -> None:
    """Of weightings that have one."""
    ix = index.create_in(str(tmp_path), SCHEMA)
    with ix.writer(codec=ColumnarCodec()) as writer:
        for document in DOCUMENTS[:20]:
            writer.add_document(**document)
    with ix.searcher(weighting=Newest()) as searcher:
        asked = query.Or([query.Term("text", "w39"), query.Term("text", "w38")])
        found = collected(searcher, asked, limit=None).results()
        wanted = searcher.search(asked, limit=None)
        assert [hit.docnum for hit in found] == [hit.docnum for hit in wanted]
        assert alike([hit.score for hit in found], [hit.score for hit in wanted])


def test_an_empty_index_has_no_matches(tmp_path: Path) -> None:
    """And no facets."""
    with index.create_in(str(tmp_path), SCHEMA).searcher() as searcher:
        results = collected(searcher, query.Every(), groupedby="year", sortedby="year").results()
        assert (len(results), results.groups(), list(results)) == (0, {}, [])


def test_it_cannot_be_wrapped(searcher: Searcher) -> None:
    """Whoosh's wrapping collectors take documents one by one; the options do what they do."""
    wrapped = collectors.FacetCollector(EvaluatingCollector(), "year")
    with pytest.raises((NotImplementedError, AttributeError)):
        searcher.search_with_collector(query.Every(), wrapped)
