"""The state of a search survives its URL, and every link changes just what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from searchapp.facets import FACETS, NO_FILTERS, Filters
from searchapp.model import MarkedText, SearchRequest
from searchapp.web.url_state import (
    MAX_FILTER_VALUES,
    SORTS,
    ArticleIdConverter,
    BadParameter,
    Param,
    SearchUrls,
    has_blanks,
    in_locale,
    parse,
    parse_locale,
    parse_rank,
    query_pairs,
    read,
    text_fragment,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.lists(TEXT.filter(str.strip), unique=True, max_size=4).map(tuple)
YEARS = st.lists(st.integers(1, 9999).map(str), unique=True, max_size=4).map(tuple)
REQUESTS = st.builds(
    SearchRequest,
    query=TEXT.filter(lambda text: not text or text.strip()),
    exact=st.booleans(),
    uncorrected=st.booleans(),
    filters=st.builds(
        Filters,
        st.fixed_dictionaries({facet.name: YEARS if facet.is_year else VALUES for facet in FACETS}),
        any_tag=st.booleans(),
        date_from=st.none() | st.dates(max_value=dt.date(1999, 12, 31)),
        date_to=st.none() | st.dates(min_value=dt.date(1999, 12, 31)),
    ),
    sort=st.sampled_from(SORTS),
    page_number=st.integers(1, 10**6),
    per_page=st.integers(1, 100),
)


def args_of(url: str) -> MultiDict[str, str]:
    """The parameters of a URL, as Flask reads them."""
    return MultiDict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@given(REQUESTS)
def test_a_request_survives_its_parameters(request: SearchRequest) -> None:
    """What a page links to is what the next page is asked for."""
    assert parse(MultiDict(query_pairs(request))) == request


def test_a_request_survives_its_url(app: Flask) -> None:
    """The same through real URLs, with every kind of sign escaped."""

    @given(REQUESTS)
    def survives(request: SearchRequest) -> None:
        with app.test_request_context():
            assert parse(args_of(SearchUrls(request).search())) == request

    survives()


def test_defaults_and_empty_parameters_leave_no_trace() -> None:
    """A URL is short, and a form with empty fields means the same as one without them."""
    assert query_pairs(SearchRequest()) == []
    names = [*(param.value for param in Param), *(facet.param for facet in FACETS)]
    empty = MultiDict([(name, "") for name in names])
    assert parse(empty) == SearchRequest()
    assert parse_rank(empty) is None


def test_unknown_parameters_and_languages_are_ignored() -> None:
    """Links with the parameters of others still work."""
    args = MultiDict([("utm_source", "x"), ("q", "stahl"), ("lang", "fr")])
    assert parse(args) == SearchRequest(query="stahl")
    assert parse_locale(args) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-01-16", "2024-01-16", "2024-01-16"),
        ("16.1.2024", "2024-01-16", "2024-01-16"),
        ("16. 01. 2024", "2024-01-16", "2024-01-16"),
        (" 2.2024 ", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_dates_can_be_typed_in_german_and_iso_form(text: str, first: str, last: str) -> None:
    """A month or year means its first day as a start and its last day as an end."""
    request = parse(MultiDict([("from", text), ("to", text)]))
    assert request.filters.date_from == dt.date.fromisoformat(first)
    assert request.filters.date_to == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *(("from", bad) for bad in ("31.2.2024", "gestern", "0000", "2024-00", "13.2024", "٢٠٢٤")),
        *(("to", bad) for bad in ("1.24", "2024-1-1-1", "-2024", "0.1.2024", "9" * 5000)),
        *(("page", bad) for bad in ("0", "-1", "1.5", "eins", "²", "9" * 5000)),
        *(("per_page", bad) for bad in ("0", "101", "viele")),
        *(("year", bad) for bad in ("0", "10000", "2024a")),
        ("sort", "schön"),
        ("any", "ja"),
        ("exact", "genau"),
        ("uncorrected", "ja"),
    ],
)
def test_a_bad_value_names_its_parameter(parameter: str, value: str) -> None:
    """The reader is told what to correct; the value that is repeated is short."""
    with pytest.raises(BadParameter) as caught:
        parse(MultiDict([(parameter, value)]))
    assert caught.value.parameter == parameter
    assert len(caught.value.value) <= 60


@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 5000])
def test_what_is_no_rank_is_ignored(value: str) -> None:
    """`hit` counts from 1, and no reader types it."""
    assert parse_rank(MultiDict([("hit", value)])) is None


@pytest.mark.parametrize(
    ("parameter", "value", "reason"),
    [
        ("from", "neulich", "unreadable"),
        ("to", "30. Februar 2023", "no_such_day"),
        ("from", "17/2023", "no_such_day"),
        ("page", "zwei", "unreadable"),
        ("per_page", "1000", "unreadable"),
        ("year", "MMXX", "unreadable"),
        ("sort", "best", "unreadable"),
        ("any", "true", "unreadable"),
    ],
)
def test_all_but_the_bad_value_is_read(parameter: str, value: str, reason: str) -> None:
    """And the bad one is told as it was typed."""
    reading = read(MultiDict([("q", "eis"), ("tag", "See"), ("year", "2020"), (parameter, value)]))
    assert reading.request == SearchRequest("eis", Filters({"tags": ("See",), "year": ("2020",)}))
    (error,) = reading.errors
    assert (error.parameter, error.typed, error.reason) == (parameter, value, reason)
    assert (parameter, value) in reading.pairs()


def test_dates_in_the_wrong_order_are_swapped_and_told() -> None:
    """As in a query; the address keeps what was typed. A program is refused instead."""
    args = MultiDict([("to", "März 2020"), ("from", "2022")])
    reading = read(args)
    assert reading.request.filters == Filters(
        date_from=dt.date(2020, 3, 1), date_to=dt.date(2022, 12, 31)
    )
    assert [error.reason for error in reading.errors] == ["reversed", "reversed"]
    assert reading.pairs() == [("from", "2022"), ("to", "März 2020")]
    with pytest.raises(BadParameter, match="from"):
        parse(args)
    for since, until in (("2022", "2022-01"), ("5.2022", "2022"), ("1.1.2022", "1.1.2022")):
        assert not read(MultiDict([("from", since), ("to", until)])).errors


def test_too_many_filters_leave_the_first_ones() -> None:
    """Those beyond the bound are told, and not lost from the form."""
    typed = [("author", f"A{number}") for number in range(MAX_FILTER_VALUES + 2)]
    reading = read(MultiDict(typed))
    assert len(reading.request.filters.choices["author"]) == MAX_FILTER_VALUES
    assert [error.typed for error in reading.errors] == ["A50", "A51"]
    assert reading.pairs() == typed
    assert reading.filter_pairs() == typed


def test_a_reading_survives_its_parameters() -> None:
    """With good values, bad ones, blank ones and those of others, in any order."""
    names = [*(param.value for param in Param), *(facet.param for facet in FACETS), "utm_source"]
    texts = TEXT | st.sampled_from(["1", "2021", "5.5.2021", "newest", "31.2.2021"])

    @given(st.lists(st.tuples(st.sampled_from(names), texts)))
    def survives(typed: list[tuple[str, str]]) -> None:
        once = read(MultiDict(typed))
        again = read(MultiDict(once.pairs()))
        assert again.pairs() == once.pairs()
        assert again.request == once.request
        assert not has_blanks(MultiDict(once.pairs()))

    survives()


def test_blanks_are_seen() -> None:
    """A form sends its empty fields, and a field may hold nothing but spaces."""
    assert has_blanks(MultiDict([("q", "eis"), ("from", "")]))
    assert has_blanks(MultiDict([("q", "  ")]))
    assert not has_blanks(MultiDict([("q", " eis ")]))


def test_the_number_of_filters_is_bounded() -> None:
    """Nobody can make one request cost a thousand."""
    values = [("tag", str(number)) for number in range(MAX_FILTER_VALUES)]
    assert len(parse(MultiDict(values)).filters.choices["tags"]) == MAX_FILTER_VALUES
    with pytest.raises(BadParameter, match="at most 50"):
        parse(MultiDict([*values, ("tag", "one more")]))


def test_links_keep_the_rest_of_the_state(app: Flask) -> None:
    """Pages, orders and a language named by the URL travel along; a new order starts anew."""
    request = SearchRequest(
        "stahl", Filters({"tags": ("A&B",)}), sort="newest", page_number=3, per_page=5
    )
    with app.test_request_context():
        urls = SearchUrls(request, "en")
        assert urls.page(4) == ("/search?q=stahl&tag=A%26B&sort=newest&page=4&per_page=5&lang=en")
        assert urls.page(1) == "/search?q=stahl&tag=A%26B&sort=newest&per_page=5&lang=en"
        assert urls.sorted_by("relevance") == "/search?q=stahl&tag=A%26B&per_page=5&lang=en"
        assert urls.with_query("Stähle") == (
            "/search?q=St%C3%A4hle&tag=A%26B&sort=newest&per_page=5&lang=en"
        )
        assert urls.without_filters() == "/search?q=stahl&sort=newest&per_page=5&lang=en"
        assert urls.only("tags", "x") == "/search?tag=x&lang=en"
        assert urls.page_of(11) == urls.page(3)
        assert urls.article("i", 11) == (
            "/article/i?q=stahl&tag=A%26B&sort=newest&per_page=5&hit=11&lang=en"
        )
        assert SearchUrls(request).article("i") == "/article/i"
        link = urls.article_linker()
        assert link("i", 1) == urls.article("i", 1)
        assert link("i", None) == urls.article("i", 1).replace("&hit=1", "")


def test_exact_words_stay_exact_in_every_link(app: Flask) -> None:
    """Only the link that says so turns the switch off; a new search begins without it."""
    filters = Filters({"tags": ("A",)})
    request = SearchRequest("ging", filters, exact=True, page_number=2)
    with app.test_request_context():
        urls = SearchUrls(request)
        for url in (
            *(urls.search(), urls.page(3), urls.sorted_by("newest"), urls.with_query("geht")),
            *(urls.filtered(NO_FILTERS), urls.without_filters(), urls.article("i", 11)),
        ):
            assert parse(args_of(url)).exact, url
        assert urls.in_any_form() == "/search?q=ging&tag=A"
        assert urls.only("tags", "x") == "/search?tag=x"


def test_what_was_typed_stays_until_another_query_is_chosen(app: Flask) -> None:
    """Pages and filters keep to the words as typed; a suggestion is a search of its own."""
    request = SearchRequest("hochoffen", Filters({"tags": ("A",)}), page_number=2)
    with app.test_request_context():
        assert SearchUrls(request).as_typed() == "/search?q=hochoffen&uncorrected=1&tag=A"
        urls = SearchUrls(replace(request, uncorrected=True))
        for url in (urls.search(), urls.page(3), urls.sorted_by("newest"), urls.without_filters()):
            assert parse(args_of(url)).uncorrected, url
        assert urls.with_query("hochofen") == "/search?q=hochofen&tag=A"


def test_the_language_link_changes_only_the_language() -> None:
    """The reader stays where he is."""
    args = [("q", "stahl"), ("tag", "a"), ("tag", "b"), ("lang", "de"), ("from", "")]
    assert in_locale("/search", args, "en") == "/search?q=stahl&tag=a&tag=b&lang=en"
    assert in_locale("/search", args, None) == "/search?q=stahl&tag=a&tag=b"
    assert in_locale("/", [], None) == "/"


def test_a_search_has_one_address_in_all_languages(app: Flask) -> None:
    """For <link rel=canonical>, with the name of the server."""
    with app.test_request_context(base_url="https://example.org"):
        urls = SearchUrls(SearchRequest("eis", page_number=2), "en")
        assert urls.canonical() == "https://example.org/search?q=eis&page=2"
        assert urls.everything() == "/search?lang=en"


def test_any_id_survives_its_url(app: Flask) -> None:
    """Slashes, dots, umlauts, question marks: every article has an address of its own."""

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
    def survives(article_id: str) -> None:
        with app.test_request_context():
            path = SearchUrls(SearchRequest()).article(article_id)
        assert path.startswith("/article/")
        assert {"", ".", ".."}.isdisjoint(path.removeprefix("/article/").split("/"))
        endpoint, values = app.url_map.bind("localhost").match(unquote(path))
        assert (endpoint, values) == ("pages.article", {"article_id": article_id})

    survives()
    for article_id in (".", "..", "~", "~~", "~.", "a/../b", "//", "/", "a/", "a?b#c", "%2f"):
        with app.test_request_context():
            segment = SearchUrls(SearchRequest()).article(article_id).removeprefix("/article/")
        assert "/" not in segment
        assert ArticleIdConverter(app.url_map).to_python(unquote(segment)) == article_id


def test_an_id_made_of_folders_is_a_path(app: Flask) -> None:
    """As on the web site that the files were made for."""
    with app.test_request_context():
        assert SearchUrls(SearchRequest()).article("2022/über uns") == (
            "/article/2022/%C3%BCber%20uns"
        )


@pytest.mark.parametrize(
    ("marked", "fragment"),
    [
        (MarkedText("der grüne Stahl.", ((10, 15),)), "Stahl"),
        (MarkedText("in der Stahlindustrie", ((7, 12),)), "Stahlindustrie"),
        (MarkedText("der Rohstahl heute", ((7, 12),)), "Rohstahl%20heute"),
        (MarkedText("a Stahl b c d e f", ((2, 7),)), "Stahl%20b%20c%20d%20e"),
        (MarkedText("CO2-frei, 5 % & mehr", ((0, 8),)), "CO2%2Dfrei"),
        (MarkedText("Stahl\nneuer Absatz", ((0, 5),)), "Stahl"),
        (MarkedText("Netz mit 6.000 km", ((0, 4),)), "Netz%20mit"),
        (MarkedText("Netz mit Drähten.", ((0, 4),)), "Netz%20mit%20Dr%C3%A4hten"),
    ],
)
def test_a_text_fragment_holds_whole_words(marked: MarkedText, fragment: str) -> None:
    """A browser finds whole words only, and only inside of one paragraph."""
    assert text_fragment(marked) == f":~:text={fragment}"


@pytest.mark.parametrize(
    "before", ["stahl in Linz", "Das Erz, Stahl in  Linz!", '"STAHL IN LINZ"', "Rohstahl in Linz"]
)
def test_no_text_fragment_leads_into_the_head_of_the_page(before: str) -> None:
    """A browser takes the first place that it finds, be it the field with the query."""
    marked = MarkedText("Stahl in Linz.", ((0, 5),))
    assert text_fragment(marked, "Titel", before) == ""
    assert text_fragment(marked, "Stahl", "Linz") == ":~:text=Stahl%20in%20Linz"
