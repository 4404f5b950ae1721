"""Random corpora for Whoosh, and random queries of all its classes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from whoosh import analysis, columns, fields, formats, query, scoring
from whoosh.query import spans

WORDS = """
    stahl stahls stahlwerk haus häuser häuschen straße strasse 東京 naïve zoë über x
    render renders rendering rendered bear bears apple
""".split()
LONG_WORD = "donau" * 60
TAGS = ["politik", "kultur", "größe", "sport", "a b", "recht"]
KINDS = ["book", "page"]

_tokens = analysis.RegexTokenizer(r"\S+") | analysis.LowercaseFilter()

SCHEMA = fields.Schema(
    id=fields.ID(unique=True, stored=True, sortable=True),
    kind=fields.ID(stored=True, sortable=True),
    text=fields.TEXT(analyzer=_tokens, stored=True, vector=formats.Positions()),
    title=fields.TEXT(
        analyzer=analysis.StemmingAnalyzer(stoplist=None), chars=True, spelling=True, sortable=True
    ),
    tags=fields.KEYWORD(commas=True, scorable=True, lowercase=True, stored=True),
    boosted=fields.TEXT(
        analyzer=analysis.RegexTokenizer(r"\S+") | analysis.DelimitedAttributeFilter(),
        field_boost=1.5,
    ),
    count=fields.NUMERIC(int, sortable=True, stored=True),
    many=fields.NUMERIC(int, bits=64),
    price=fields.NUMERIC(float, sortable=True),
    day=fields.DATETIME(sortable=True, stored=True),
    flag=fields.BOOLEAN(stored=True),
    grams=fields.NGRAM(minsize=2, maxsize=3, phrase=True),
    any=fields.STORED,
    rank=fields.COLUMN(columns.RefBytesColumn()),
)

TEXT_FIELDS = ("text", "title", "boosted")
FIRST_DAY = dt.datetime(2024, 1, 1)

Document = dict[str, Any]


@dataclass
class Corpus:
    """segments: documents in the order of writing, a commit each. deleted: ids, afterwards.

    updated: documents that take the places of those with their ids.
    """

    segments: list[list[Document]]
    deleted: list[str] = field(default_factory=list)
    updated: list[Document] = field(default_factory=list)


def texts(max_words: int) -> st.SearchStrategy[str]:
    """Words from a short list, so that they are found, repeated and next to one another."""
    return st.lists(st.sampled_from(WORDS), max_size=max_words).map(" ".join)


_boosted = st.lists(
    st.sampled_from(["bear", "bear^2", "apple^0.5", "x", "zoë^3.25"]), max_size=5
).map(" ".join)

_days = st.integers(0, 40).map(lambda days: FIRST_DAY + dt.timedelta(days=days, hours=days % 5))

_values: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(KINDS),
    "text": st.one_of(texts(12), texts(12), st.builds(lambda text: f"{text} " * 40, texts(4))),
    "title": texts(5),
    "tags": st.lists(st.sampled_from(TAGS), min_size=1, max_size=3).map(",".join),
    "boosted": _boosted,
    "count": st.integers(-5, 70),
    "many": st.lists(st.integers(0, 9).map(lambda n: n * 1000), max_size=3),
    "price": st.sampled_from([-1.5, 0.0, 0.25, 3.0, 1e6]),
    "day": _days,
    "flag": st.booleans(),
    "grams": st.sampled_from(["straße", "stahl", "abcabc"]),
    "any": st.sampled_from([1, "ü", (2, b"\xff"), {"a": [None, 1.5]}, dt.date(2024, 2, 29)]),
    "rank": st.sampled_from([b"", b"a", b"\xff\x00"]),
}


@st.composite
def _documents(draw: st.DrawFn, number: int) -> Document:
    document: Document = {"id": f"d{number}"}
    absent = draw(st.sets(st.sampled_from(sorted(_values)), max_size=8))
    for name, values in _values.items():
        if name not in absent:
            document[name] = draw(values)
    return document


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Up to four segments of up to eight documents, some of them deleted or updated."""
    sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    numbers = iter(range(sum(sizes)))
    segments = [[draw(_documents(next(numbers))) for _ in range(size)] for size in sizes]
    if draw(st.integers(0, 5)) == 0:
        segments[0][0]["text"] = f"{LONG_WORD} {'stahl haus ' * 700}"
    ids = [document["id"] for segment in segments for document in segment]
    deleted = draw(st.lists(st.sampled_from(ids), max_size=4, unique=True))
    kept = [each for each in ids if each not in deleted]
    updated = draw(st.lists(st.sampled_from(kept), max_size=1)) if kept else []
    return Corpus(
        segments, deleted, [draw(_documents(int(each.removeprefix("d")))) for each in updated]
    )


# Queries. Every strategy below is named by the class that it makes.


def _short(*strategies: st.SearchStrategy[query.Query]) -> st.SearchStrategy[query.Query]:
    """One of some strategies, that does not spell all of them out when it is printed."""
    return st.deferred(lambda: st.one_of(strategies))


_text_fields = st.sampled_from(TEXT_FIELDS)
_boosts = st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.5])
_words = st.sampled_from([*WORDS, "nirgends", LONG_WORD])
_constant = st.booleans()
_parts = st.sampled_from(["s", "st", "sta", "h", "ren", "be", "東", "nirg"])

_text_terms = st.builds(query.Term, _text_fields, _words, boost=_boosts)

_terms = _short(
    _text_terms,
    st.builds(query.Term, st.just("tags"), st.sampled_from(TAGS)),
    st.builds(query.Term, st.just("kind"), st.sampled_from(KINDS)),
    st.builds(query.Term, st.just("count"), st.integers(-5, 70)),
    st.builds(query.Term, st.just("flag"), st.booleans()),
    st.builds(query.Term, st.just("day"), _days),
    st.builds(query.Term, st.just("grams"), st.sampled_from(["st", "ße", "abc"])),
    st.builds(query.Term, st.just("nowhere"), _words),
    st.builds(query.Term, st.just("count"), st.just("no number")),
)

_patterns = _short(
    st.builds(query.Prefix, _text_fields, st.one_of(_parts, st.just("")), _boosts, _constant),
    st.builds(
        query.Wildcard,
        _text_fields,
        st.sampled_from(["*", "st*", "*e*", "?e*", "h[aä]us*", "x"]),
        _boosts,
        _constant,
    ),
    st.builds(
        query.Regex,
        _text_fields,
        st.sampled_from([".*", "^st.*", "r?ender", "[a-c].*", "x|zoë"]),
        _boosts,
        _constant,
    ),
    st.builds(
        query.FuzzyTerm,
        _text_fields,
        st.sampled_from(["stahl", "hauser", "strase", "rendr"]),
        _boosts,
        st.integers(1, 2),
        st.integers(0, 2),
        _constant,
    ),
    st.builds(query.Variations, _text_fields, st.sampled_from(["render", "bear", "x"]), _boosts),
    st.builds(
        query.TermRange,
        _text_fields,
        st.one_of(st.none(), _parts),
        st.one_of(st.none(), _words),
        st.booleans(),
        st.booleans(),
        _boosts,
        _constant,
    ),
)

_bounds = st.one_of(st.none(), st.integers(-3, 70))
_ranges = _short(
    st.builds(
        query.NumericRange,
        st.just("count"),
        _bounds,
        _bounds,
        st.booleans(),
        st.booleans(),
        _boosts,
        _constant,
    ),
    st.builds(query.NumericRange, st.just("price"), st.just(-1.0), st.just(4.0)),
    st.builds(query.NumericRange, st.just("many"), st.just(0), st.integers(0, 9000)),
    st.builds(query.DateRange, st.just("day"), _days, st.one_of(st.none(), _days)),
)

_phrases = st.builds(
    query.Phrase,
    _text_fields,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from([1, 1, 2, 4]),
    _boosts,
)

_leaves = _short(
    _terms,
    _terms,
    _patterns,
    _ranges,
    _phrases,
    st.builds(query.Every, st.sampled_from([None, "text", "tags", "many"]), _boosts),
    st.just(query.NullQuery),
)

# What has positions, and so spans.
_placed_leaves = _short(
    _text_terms.filter(lambda term: term.fieldname == "text"),
    st.builds(query.Prefix, st.just("text"), _parts),
    st.builds(query.Phrase, st.just("text"), st.lists(_words, min_size=2, max_size=2)),
)


def _span_queries(
    placed: st.SearchStrategy[query.Query],
) -> st.SearchStrategy[query.Query]:
    pairs = st.lists(placed, min_size=2, max_size=3)
    return _short(
        st.builds(query.SpanFirst, placed, st.integers(0, 4)),
        st.builds(query.SpanNear, placed, placed, st.integers(1, 4), st.booleans()),
        st.builds(query.SpanNear2, pairs, st.integers(1, 4), st.booleans()),
        st.builds(query.SpanOr, pairs),
        st.builds(query.SpanNot, placed, placed),
        st.builds(query.SpanContains, placed, placed),
        st.builds(query.SpanBefore, placed, placed),
        st.builds(query.SpanCondition, placed, placed),
        st.builds(query.Sequence, pairs, st.integers(1, 3), st.booleans()),
        st.builds(query.Ordered, pairs),
    )


_spans = _span_queries(_short(_placed_leaves, _placed_leaves, _span_queries(_placed_leaves)))


def _compounds(
    children: st.SearchStrategy[query.Query],
) -> st.SearchStrategy[query.Query]:
    lists = st.lists(children, min_size=1, max_size=4)
    return _short(
        st.builds(query.And, lists, _boosts),
        st.builds(query.And, lists, _boosts),
        st.builds(query.Or, lists, _boosts),
        st.builds(query.Or, lists, _boosts),
        st.builds(query.Or, lists, _boosts, scale=st.sampled_from([0.5, 0.9])),
        st.builds(query.DefaultOr, lists, _boosts),
        st.builds(query.PreloadedOr, lists, _boosts),
        st.builds(query.DisjunctionMax, lists, _boosts),
        st.builds(query.Not, children),
        st.builds(query.AndNot, children, children),
        st.builds(query.AndMaybe, children, children),
        st.builds(query.Require, children, children),
        st.builds(query.Otherwise, children, children),
        st.builds(query.ConstantScoreQuery, children, st.sampled_from([0.0, 1.0, 2.5])),
        st.builds(query.WeightingQuery, children, st.just(scoring.Frequency())),
        # It normalizes, for which Whoosh needs hashes, that not all of its queries have.
        st.builds(query.BooleanQuery, *[st.lists(_text_terms, min_size=1, max_size=2)] * 3),
    )


def _nested(children: st.SearchStrategy[query.Query]) -> st.SearchStrategy[query.Query]:
    parents = st.just(query.Term("kind", "book"))
    pages = children.map(lambda child: query.And([query.Term("kind", "page"), child]))
    books = children.map(lambda child: query.And([query.Term("kind", "book"), child]))
    return _short(
        st.builds(query.NestedParent, parents, pages, st.one_of(st.none(), st.just(2))),
        st.builds(query.NestedChildren, parents, books, _boosts),
    )


# Of these Whoosh's matchers can list the documents at most: ColumnQuery has neither a score nor
# the estimate that And and Or ask for, and SplitOr looks for a matcher that is no longer there.
_unscorable = _short(
    st.builds(query.ColumnQuery, st.just("kind"), st.sampled_from(KINDS)),
    st.builds(query.SplitOr, st.lists(_terms, min_size=1, max_size=3)),
)

_simple_trees = _compounds(_leaves)
_trees = _compounds(_short(_leaves, _spans, _simple_trees))

all_queries: st.SearchStrategy[query.Query] = _short(
    *[_leaves, _spans, _spans, _simple_trees, _simple_trees, _trees, _trees, _trees, _trees],
    *[_nested(_leaves), _nested(_leaves), _unscorable],
)

ABSTRACT = {
    query.Query,
    query.CompoundQuery,
    query.BinaryQuery,
    query.MultiTerm,
    query.PatternQuery,
    query.ExpandingTerm,
    query.WrappingQuery,
    spans.SpanQuery,
    spans.WrappingSpan,
    spans.SpanBiQuery,
}
"""Whoosh's bases of its query classes."""
