"""Random German articles, query texts and filters (Hypothesis strategies)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from searchapp.facets import Filters
from searchapp.model import Article

_WORD_LIST = (
    "Haus Häuser Hauses häuslich Stahl Stahls stählern Straße Strasse Maß Masse über "
    "EU-Kommission EUKommission Kommission Kommissionen EU H&M d’Alembert Bürger*innen "
    "Bürgerinnen Bürger 16.01.2024 Januar 2024 16 1.000,50 1000,50 C++ U.S.A. USA "
    "Ein- und Ausfuhr der die das ist und Öl Öle Ofen Öfen ofen CO2 co2-frei x 12:30 "
    "Förderung Foerderung naiv naïve ſtahl ﬁnden finden ÉTÉ été Reisen reisen REISEN Reise"
)
WORDS = _WORD_LIST.split()
"""Inflections, umlauts, compounds, numbers, dates, odd Unicode, a noun that is a verb in lower
case: each meets another one."""
TAGS = (
    *("Stahl", "SMS group", "EU-Kommission", "1. FC Union", "Öl", "haus", "Haus und Hof", "x y"),
    *("STAHL", "Haus", "EU–Kommission", "ol"),
)
SOURCES = ("Stahlkunde", "EU-Kommission", "Haus & Hof", "Eu-Kommission")
SECTIONS = ("Wirtschaft", "Haus und Hof", "Öl & Stahl", "Oel & Stahl")
AUTHORS = ("Redaktion Technik", "Ö. Stahl", "d’Alembert", "D'Alembert")
"""With values that differ in case or spelling only, and others that nearly do."""
YEARS = (2018, 2023, 2024)

words = st.sampled_from(WORDS)
dates = st.builds(dt.date, st.sampled_from(YEARS), st.integers(1, 3), st.sampled_from((1, 16, 28)))
texts = st.lists(
    st.tuples(words, st.sampled_from((" ", ", ", ". ", "\n\n", " „", "“ "))), max_size=12
).map(lambda pairs: "".join(word + gap for word, gap in pairs).strip())
_titles = st.lists(words, min_size=1, max_size=3).map(" ".join)

articles = st.builds(
    Article,
    id=st.text("abcÄß/ .%🙂", min_size=1, max_size=3),
    title=_titles,
    body=st.just("") | texts,
    tags=st.lists(st.sampled_from(TAGS), max_size=3, unique=True).map(tuple),
    date=st.none() | dates,
    authors=st.lists(st.sampled_from(AUTHORS), max_size=2, unique=True).map(tuple),
    source=st.none() | st.sampled_from(SOURCES),
    section=st.none() | st.sampled_from(SECTIONS),
    title_is_derived=st.booleans(),
)
corpora = st.lists(articles, max_size=14, unique_by=lambda article: article.id)


T = TypeVar("T")


def _few(values: Sequence[T]) -> st.SearchStrategy[tuple[T, ...]]:
    nothing: tuple[T, ...] = ()
    return st.just(nothing) | st.lists(st.sampled_from(values), max_size=2).map(tuple)


filters = st.builds(
    Filters,
    choices=st.fixed_dictionaries(
        {
            "tags": _few((*TAGS, "gibt es nicht")),
            "author": _few((*AUTHORS, "niemand")),
            "source": _few(SOURCES),
            "section": _few((*SECTIONS, "keines")),
            "year": _few([str(year) for year in (*YEARS, 1, 0)]),
        }
    ),
    any_tag=st.booleans(),
    date_from=st.none() | dates,
    date_to=st.none() | dates,
)


def _patterns(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        (
            word[:3] + "*",
            "*" + word[-3:],
            word[:1] + "?" + word[2:],
            word[:2] + "*" + word[-1:],
            word + "~",
            word + "~2",
            "*" + word[1:3] + "*",
        )
    )


_fields = st.sampled_from(
    ("titel", "text", "schlagwort", "autor", "quelle", "ressort", "title", "tag")
)
_dates = st.sampled_from(
    ("datum:2024", "datum:2024-01", "datum:..2023", "datum:2023..", "datum:2024-01-16..2024-02")
)
_pattern_words = st.sampled_from([word for word in WORDS if len(word) > 3 and word.isalpha()])
_starred = _pattern_words.flatmap(_patterns).filter(lambda pattern: "~" not in pattern)
_phrases = st.lists(words | _starred, min_size=1, max_size=3).map(
    lambda each: '"' + " ".join(each) + '"'
)
_leaves = (
    words
    | words.map("=".__add__)
    | _phrases
    | _phrases.map("=".__add__)
    | _pattern_words.flatmap(_patterns)
    | _dates
    | st.builds("{}:{}".format, _fields, words | _phrases)
    | st.sampled_from((*TAGS, *AUTHORS)).map('schlagwort:"{}"'.format)
)


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joiner = st.sampled_from((" ", " UND ", " ODER ", " OR NOT ", " NICHT ", " -"))
    return st.builds("({}{}{})".format, parts, joiner, parts) | parts.map("NICHT {}".format)


queries = st.recursive(_leaves, _combined, max_leaves=6)
"""Query texts of the whole language."""
