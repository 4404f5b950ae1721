"""Every engine answers as the oracle does, whatever the shape of its index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import (
    NO_MATCHES,
    UNKNOWN_MATCHES,
    Engine,
    MarkedArticle,
    PageRequest,
    RankedArticle,
    Typed,
)
from searchapp.engines.evaluation import highlighter
from searchapp.errors import SearchTimeout
from searchapp.facets import FACETS, NO_FILTERS, Facet, Filters
from searchapp.model import Article, Sort
from searchapp.settings import Settings
from tests.engines import articles as random_input
from tests.engines.building import Case, build, build_in_parts, ids, revise, stored, tree_of
from tests.engines.opensearch.contract import indexes_deleted
from tests.oracle import Oracle

Open = Callable[..., Case]

# The fixtures are read only, and the machine that tests may be busy.
relaxed = settings(
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
sorts = st.sampled_from(("relevance", "newest", "oldest"))


def assert_as_the_oracle(case: Case, query: str, filters: Filters, sort: Sort) -> None:
    tree = tree_of(query)
    expected = case.oracle.matching(tree, filters)
    matches = case.search(query, filters, sort=sort)
    found = ids(matches)
    assert set(found) == expected
    assert matches.total == len(found) == len(expected)
    assert {
        name: {each.value: each for each in counts} for name, counts in matches.facets.items()
    } == case.oracle.facets(tree, filters)
    assert matches.distinct == {
        name: sum(1 for each in counts if each.count) for name, counts in matches.facets.items()
    }
    assert matches.histogram == case.oracle.histogram(tree, filters)
    if sort != "relevance":
        assert found == case.oracle.in_date_order(expected, sort)


@relaxed
@given(random_input.queries, random_input.filters, sorts)
def test_matches_counts_and_date_order_are_those_of_a_plain_scan(
    case: Case, query: str, filters: Filters, sort: Sort
) -> None:
    """For every query, filter and order, in every shape of index."""
    assert_as_the_oracle(case, query, filters, sort)


# Shrinking a failure would take minutes, for each attempt builds several indexes.
@pytest.mark.slow
@settings(
    relaxed,
    max_examples=settings().max_examples // 4,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    parts=st.lists(random_input.corpora, min_size=1, max_size=3),
    changes=random_input.corpora,
    gone=st.sets(st.integers(0, 40)),
    requests=st.lists(st.tuples(random_input.queries, random_input.filters, sorts), max_size=8),
)
def test_any_corpus_in_any_number_of_parts_is_searched_as_a_plain_scan_does(
    engine: Engine,
    engine_settings: Settings,
    parts: list[list[Article]],
    changes: list[Article],
    gone: set[int],
    requests: list[tuple[str, Filters, Sort]],
) -> None:
    """Also after an update that removes, replaces and adds articles."""
    held: dict[str, Article] = {}
    distinct = []
    for part in parts:
        distinct.append([each for each in part if each.id not in held])
        held |= {each.id: each for each in distinct[-1]}
    removed = [each for number, each in enumerate(held) if number in gone]
    with TemporaryDirectory() as folder, indexes_deleted(engine_settings):
        built = build_in_parts(engine, Path(folder), distinct)
        updated = revise(
            engine, Path(folder) / "new", built, [*removed, *(c.id for c in changes)], changes
        )
        for article_id in removed:
            del held[article_id]
        held |= {each.id: each for each in changes}
        with closing(engine.open(updated)) as snapshot:
            case = Case(snapshot, Oracle(list(held.values())))
            assert snapshot.doc_count == len(held)
            for request in requests:
                assert_as_the_oracle(case, *request)
            for article in held.values():
                assert stored(snapshot, article.id) == case.oracle.shown(article)
                assert snapshot.has_article(article.id, deadline=NEVER)
            for each in removed:
                assert each in held or stored(snapshot, each) is None
                assert snapshot.has_article(each, deadline=NEVER) == (each in held)


def test_the_articles_that_there_are_are_known_by_their_ids(case: Case) -> None:
    """An id is known as a whole only, and not when the time is up."""
    held = {each.id for each in case.oracle.articles}
    for each in (*held, *(f"{each}0" for each in held), *(each[:-1] for each in held), "", "../a"):
        assert case.snapshot.has_article(each, deadline=NEVER) == (each in held)
        with pytest.raises(SearchTimeout):
            case.snapshot.has_article(each, deadline=Deadline(-1.0))


def test_an_index_without_a_facet_of_today_is_outdated(engine: Engine) -> None:
    """And is refused with the remedy, not taken for a damaged one."""
    assert ",".join(facet.name for facet in FACETS) in engine.fingerprint()


@relaxed
@given(random_input.queries, random_input.filters, st.sampled_from(FACETS), st.data())
def test_a_count_is_the_total_after_choosing_it(
    case: Case, query: str, filters: Filters, facet: Facet, data: st.DataObject
) -> None:
    """For any value of any facet, as long as nothing else is chosen in that facet."""
    filters = filters.choosing(facet)
    counts = case.search(query, filters).facets[facet.name]
    for each in counts and [data.draw(st.sampled_from(counts))]:
        assert case.search(query, filters.choosing(facet, each.value)).total == each.count


def test_values_that_differ_in_case_or_spelling_are_one(opened: Open) -> None:
    """Shown, in facets and in articles, as most articles have it; any spelling chooses it."""
    case = opened(
        article(1, tags=("Straßenbau", "schön"), authors=("Kai Weiß", "Uwe Rau")),
        article(2, tags=("Strassenbau", "schon"), authors=("KAI WEISS",)),
        article(3, tags=("Straßenbau", "strassenbau", "e‑mail"), authors=("Kai  Weiß",)),
        article(4, tags=("E-Mail",), authors=("Kai Weiß",)),
    )
    found_all = case.search("")
    assert [(each.value, each.count) for each in found_all.facets["tags"]] == [
        *(("Straßenbau", 3), ("E-Mail", 2), ("schon", 1), ("schön", 1))
    ]
    assert [(each.value, each.count) for each in found_all.facets["author"]] == [
        *(("Kai Weiß", 4), ("Uwe Rau", 1))
    ]
    shown = {hit.article.id: hit.article for hit in found_all.hits}
    assert shown["2"].authors == ("Kai Weiß",)
    assert shown["3"].tags == ("Straßenbau", "E-Mail")
    for typed in ("Straßenbau", "Strassenbau", "STRASSENBAU", " strassenbau"):
        chosen = case.search("", Filters({"tags": (typed,)}))
        assert chosen.total == 3
        assert [each.value for each in chosen.facets["tags"] if each.selected] == ["Straßenbau"]
    twice = case.search("", Filters({"tags": ("E–Mail", "e - mail", "strassenbau")}))
    assert ids(twice) == ["3"]
    assert ids(case.search("", Filters({"tags": ("schon",)}))) == ["2"]


def test_a_tag_is_marked_in_the_spelling_that_is_shown(opened: Open) -> None:
    """Once, however often the article has it; as a whole where the letters stand elsewhere."""
    case = opened(
        article(1, tags=("Klima", "STAHL", "Stahl")),
        article(2, tags=("E - Mail", "Stahl")),
        article(3, tags=("E-Mail",)),
        article(4, tags=("E-Mail", "Stahl")),
    )
    hits = {hit.article.id: hit for hit in case.search("Stahl").hits}
    assert hits["1"].article.tags == ("Klima", "Stahl")
    assert [len(spans) for spans in hits["1"].matches.tags] == [0, 1]
    hits = {hit.article.id: hit for hit in case.search('"E-Mail"').hits}
    assert hits["2"].article.tags == ("E-Mail", "Stahl")
    for number in "23":
        ((start, end, _),) = hits[number].matches.tags[0]
        assert (start, end) == (0, 6)


def test_an_update_shows_the_spelling_that_a_rebuild_would(engine: Engine, tmp_path: Path) -> None:
    """The most frequent one of the articles that there are now."""
    first = [article(number, tags=("KLIMA",)) for number in range(3)]
    first += [article(number, tags=("Klima",), source="Der Tag") for number in (3, 4)]
    base = build(engine, tmp_path / "base", first)
    new = [article(5, tags=("klima",), source="der tag")]
    updated = revise(engine, tmp_path / "updated", base, ["0", "1"], new)
    rebuilt = build(engine, tmp_path / "rebuilt", [*first[2:], *new])
    for folder, expected in ((base, "KLIMA"), (updated, "Klima"), (rebuilt, "Klima")):
        with closing(engine.open(folder)) as snapshot:
            found = Case(snapshot, Oracle([])).search("", Filters({"tags": ("kLIMA",)}))
            assert [each.value for each in found.facets["tags"]] == [expected]
            assert {hit.article.tags for hit in found.hits} == {(expected,)}


def test_each_of_several_authors_is_found(opened: Open) -> None:
    """By the facet, of which one choice is enough, and by a word; no phrase joins two of them."""
    case = opened(
        article(1, "Stahl", authors=("Eva Berg", "Jan Holm")),
        article(2, "Stahl", authors=("Eva Berg",)),
        article(3, "Stahl"),
    )
    counts = case.search("").facets["author"]
    assert [(each.value, each.count) for each in counts] == [("Eva Berg", 2), ("Jan Holm", 1)]
    assert set(ids(case.search("", Filters({"author": ("Jan Holm",)})))) == {"1"}
    both = case.search("", Filters({"author": ("Jan Holm", "Eva Berg")}))
    assert set(ids(both)) == {"1", "2"}
    assert set(found(case, "autor:holm")) == {"1"}
    assert set(found(case, 'autor:"eva berg"')) == {"1", "2"}
    assert found(case, 'autor:"berg jan"') == []


@relaxed
@given(random_input.queries, random_input.filters, st.sampled_from(FACETS), st.data())
def test_what_a_value_adds_to_other_choices_is_what_the_total_rises_by(
    case: Case, query: str, filters: Filters, facet: Facet, data: st.DataObject
) -> None:
    """For values of which one is enough, and articles with several; where it is not said, the
    count is the total, or the value is chosen."""
    found = case.search(query, filters)
    for each in data.draw(st.sets(st.sampled_from(found.facets[facet.name] or [None]), max_size=3)):
        if each and not each.selected:
            chosen = filters.choosing(facet, *filters.chosen(facet), each.value)
            rise = each.count if each.added is None else found.total + each.added
            assert case.search(query, chosen).total == rise
            assert (each.added is not None) == filters.widens(facet)
        elif each:
            assert each.added is None


@relaxed
@given(random_input.queries, random_input.filters, st.sampled_from(FACETS[1:]))
def test_counts_of_a_facet_that_widens_ignore_its_own_choice(
    case: Case, query: str, filters: Filters, facet: Facet
) -> None:
    """So a reader sees what a second choice would add."""

    def counts(filters: Filters) -> dict[str, int]:
        return {
            each.value: each.count
            for each in case.search(query, filters).facets[facet.name]
            if each.count
        }

    assert counts(filters) == counts(filters.choosing(facet))


@relaxed
@given(random_input.queries, sorts, st.integers(5, 30))
def test_pages_follow_each_other_without_gap_or_repeat(
    case: Case, query: str, sort: Sort, per_page: int
) -> None:
    """The pages joined are the whole result, best first; past the end there is nothing."""
    whole = case.search(query, sort=sort)
    paged: list[RankedArticle] = []
    for offset in range(0, whole.total + per_page, per_page):
        page = case.search(query, sort=sort, offset=offset, limit=per_page)
        assert page.total == whole.total
        assert page.facets == whole.facets
        paged += page.hits
    assert tuple(paged) == whole.hits
    scores = [hit.score for hit in whole.hits]
    assert scores == sorted(scores, reverse=True)
    assert case.search(query, sort=sort, offset=whole.total + 1000, limit=per_page).hits == ()


@relaxed
@given(random_input.queries)
def test_scores_do_not_depend_on_how_articles_are_spread_over_parts(
    cases: dict[str, Case], whole: Case, query: str
) -> None:
    """One process or many build the same ranking."""
    spread = cases["three parts"]

    def scored(case: Case) -> dict[str, float]:
        return {hit.article.id: hit.score for hit in case.search(query).hits}

    assert scored(spread) == pytest.approx(scored(whole), rel=1e-4)


@pytest.fixture(scope="module")
def whole(
    engine: Engine, cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """The articles of the case "three parts", in one part."""
    oracle = cases["three parts"].oracle
    folder = build(engine, tmp_path_factory.mktemp("whole") / "index", oracle.articles)
    with closing(engine.open(folder)) as snapshot:
        yield Case(snapshot, oracle)


def article(number: int, body: str = "", **values: Any) -> Article:
    return Article(**{"id": str(number), "title": f"Titel{number}", "body": body} | values)


def found(case: Case, query: str, **options: Any) -> list[str]:
    return ids(case.search(query, **options))


def test_a_phrase_stays_within_one_tag_and_one_field(opened: Open) -> None:
    """Words that stand next to each other only across a border are no phrase."""
    case = opened(
        article(1, "Hof", title="Haus", tags=("Stahl", "Werk")),
        article(2, "Haus Hof", tags=("Stahl Werk",)),
        article(3, "Haus\n\nHof"),
    )
    assert set(found(case, '"Haus Hof"')) == {"2", "3"}
    assert found(case, '"Stahl Werk"') == ["2"]
    assert found(case, 'schlagwort:"Stahl Werk"') == ["2"]


def test_a_phrase_in_any_field_is_an_alternative(opened: Open) -> None:
    """Also where compounds are not split."""
    case = opened(
        article(1, "Hof", authors=("Eva Stahl",)),
        article(2, "Haus", source="Neues Haus"),
        article(3, "Stahl", authors=("Stahl Eva",)),
    )
    assert set(found(case, 'autor:"Eva Stahl" ODER Haus')) == {"1", "2"}
    assert set(found(case, 'quelle:"neues Haus" ODER autor:"Stahl Eva"')) == {"2", "3"}


def test_exclusions_work_alone_and_inside_alternatives(opened: Open) -> None:
    """Whoosh's own Or trips over a bare Not."""
    case = opened(article(1, "Haus"), article(2, "Hof"), article(3, "Haus Hof"), article(4))
    assert set(found(case, "NICHT Haus")) == {"2", "4"}
    assert set(found(case, "Hof ODER NICHT Haus")) == {"2", "3", "4"}
    assert set(found(case, "NICHT (Haus ODER Hof)")) == {"4"}
    assert set(found(case, "-Haus -Hof")) == {"4"}


def test_the_title_counts_more_than_the_body(opened: Open) -> None:
    """Of two articles of one length, the one that has the word in its title comes first."""
    case = opened(
        article(1, "Der Stahl ruht", title="Das Haus steht"),
        article(2, "Das Haus steht", title="Der Stahl ruht"),
    )
    assert found(case, "Stahl") == ["2", "1"]
    assert found(case, "Haus") == ["1", "2"]


def test_equal_scores_are_ordered_by_date_then_id(opened: Open) -> None:
    """Whatever the order in which the articles came."""
    old, new = dt.date(2020, 1, 1), dt.date(2024, 1, 1)
    case = opened(
        article(4, "Stahl", title="x", date=old),
        article(3, "Stahl", title="x"),
        article(2, "Stahl", title="x", date=new),
        article(1, "Stahl", title="x"),
        article(0, "Stahl", title="x", date=new),
    )
    assert found(case, "Stahl") == ["0", "2", "4", "1", "3"]
    assert found(case, "Stahl", sort="newest") == ["0", "2", "4", "1", "3"]
    assert found(case, "Stahl", sort="oldest") == ["4", "0", "2", "1", "3"]


def test_facet_limit_keeps_the_largest_counts_and_every_choice(opened: Open) -> None:
    """Sorted by count, then in German order; a choice is shown even with count 0."""
    case = opened(
        article(1, tags=("b", "ä", "a")), article(2, tags=("b", "z")), article(3, tags=("c",))
    )
    tags = case.search("", facet_limit=2).facets["tags"]
    assert [(each.value, each.count) for each in tags] == [("b", 2), ("a", 1)]
    tags = case.search("", Filters({"tags": ("b", "fehlt")}), facet_limit=2).facets["tags"]
    assert [(each.value, each.count, each.selected) for each in tags] == [
        ("b", 0, True),
        ("fehlt", 0, True),
    ]
    tags = case.search("", Filters({"tags": ("z", "b")}, any_tag=True), facet_limit=2).facets[
        "tags"
    ]
    assert [each.value for each in tags] == ["b", "a", "z"]


@pytest.mark.slow
def test_a_huge_article_and_a_long_tag_are_found(opened: Open) -> None:
    """2 million characters of text, and a tag of 400."""
    tag = "Donau" * 80
    case = opened(article(1, "Haus und Hof. " * 150_000 + "Schlusswort", tags=(tag,)), article(2))
    assert found(case, "Schlusswort") == ["1"]
    assert found(case, '"Hof Schlusswort"') == ["1"]
    assert found(case, "", filters=Filters({"tags": (tag,)})) == ["1"]
    assert found(case, f"schlagwort:{tag}") == ["1"]


def test_only_positive_words_are_marked(opened: Open) -> None:
    """A phrase marks its words where they stand side by side, an exclusion marks nothing."""
    case = opened(article(1, "Stahl im Haus. Das Haus aus Stahl. Haus, Stahl!", title="Stahlhaus"))
    held = case.oracle.articles[0]

    def marked(query: str) -> list[str]:
        return [held.body[span.start : span.end] for span in case.hit(held, query).body]

    assert marked('"Haus Stahl"') == ["Haus", "Stahl"]
    assert marked("Stahl -Hof") == ["Stahl", "Stahl", "Stahl"]
    assert marked("Häuser") == ["Haus", "Haus", "Haus"]
    assert marked("=Häuser") == []
    assert marked("Sta*") == ["Stahl", "Stahl", "Stahl"]
    assert marked("titel:Stahl") == []


def test_only_the_matched_part_of_a_compound_with_hyphens_is_marked(opened: Open) -> None:
    """As that of one without; the whole is marked for who typed the whole."""
    body = "Stahl-Industrie, HPV-Impfung, Bund-Länder-Kommission, Bürger*innen-Haus, CO2-Öfen"
    case = opened(article(1, body))
    held = case.oracle.articles[0]

    def marked(query: str) -> list[str]:
        return [held.body[span.start : span.end] for span in case.hit(held, query).body]

    assert marked("Industrie") == ["Industrie"]
    assert marked("Stahl Industrie") == ["Stahl", "Industrie"]
    assert marked("Impfung") == ["Impfung"]
    assert marked("Land") == ["Länder"]
    assert marked("Kommissionen") == ["Kommission"]
    assert marked("Häuser") == ["Haus"]
    assert marked("Ofen") == ["Öfen"]
    assert marked("Stahlindustrie") == ["Stahl-Industrie"]


def test_what_matches_in_tags_is_told_for_each(opened: Open) -> None:
    """Sorted and disjoint spans of the tag; none at all where no tag matches."""
    tags = ("Stahlindustrie", "Wald", "Stahl und Eisen", "CO2-Steuer")
    case = opened(article(1, "Ein Text.", tags=tags))
    held = case.oracle.articles[0]

    def marked(query: str) -> list[list[str]]:
        spans = case.hit(held, query).tags
        return [
            [tag[s.start : s.end] for s in its]
            for tag, its in zip(held.tags, spans, strict=bool(spans))
        ]

    assert marked("Stahl Eisen") == [["Stahl"], [], ["Stahl", "Eisen"], []]
    assert marked('"Stahl und Eisen"') == [[], [], ["Stahl", "und", "Eisen"], []]
    assert marked("Steuer") == [[], [], [], ["Steuer"]]
    assert marked("schlagwort:Wald") == [[], ["Wald"], [], []]
    assert marked("Text") == []
    assert marked("titel:Wald") == []


@relaxed
@given(random_input.queries)
def test_every_hit_for_words_in_its_text_is_marked(case: Case, query: str) -> None:
    """Spans are sorted, disjoint and inside the text, for any query and article."""
    for held in case.oracle.articles[:10]:
        matches = case.hit(held, query)
        pairs = [(matches.title, held.title), (matches.body, held.body)]
        tags = case.oracle.shown(held).tags
        pairs += zip(matches.tags, tags, strict=bool(matches.tags))
        for spans, text in pairs:
            ends = [0, *(place for span in spans for place in (span.start, span.end))]
            assert ends == sorted(ends)
            assert ends[-1] <= len(text)
            assert all(span.start < span.end for span in spans)


def test_all_articles_can_be_read_in_parts(case: Case) -> None:
    """Each once, in the same order each time."""
    parts = [case.snapshot.links(first, 7, deadline=NEVER) for first in range(0, 100, 7)]
    found = [link for part in parts for link in part]
    assert found == case.snapshot.links(0, 1000, deadline=NEVER)
    assert len(found) == case.snapshot.doc_count
    wanted = {(each.id, each.title, each.date) for each in case.oracle.articles}
    assert {(link.id, link.title, link.date) for link in found} == wanted


def test_related_articles_share_telling_words(opened: Open) -> None:
    """Best first, without the article itself."""
    fillers = [article(n, f"Anderes Thema{n} und Wort{n}") for n in range(10, 60)]
    case = opened(
        article(1, "Lichtbogen und Elektrode", tags=("Schrott",)),
        article(2, "Elektrode im Lichtbogen", tags=("Schrott",)),
        article(3, "Nur eine Elektrode"),
        *fillers,
    )
    related = case.snapshot.related("1", limit=5, deadline=NEVER)
    assert [(each.id, each.title) for each in related] == [("2", "Titel2"), ("3", "Titel3")]
    assert case.snapshot.related("nobody", limit=5, deadline=NEVER) == []


Suggested = list[tuple[str, str, int]]


def suggested(case: Case, text: str, kind: str = "", *, limit: int = 8) -> Suggested:
    """Kind, text and total of what is suggested for a text whose last word is a beginning."""
    *before, beginning = text.split(" ")
    typed = Typed(text, beginning, tuple(before))
    found = case.snapshot.suggestions(typed, limit=limit, deadline=NEVER)
    return [(e.kind, e.text.text, e.total) for e in found if kind in ("", e.kind)]


def test_words_are_suggested_as_they_are_written_the_most_frequent_first(opened: Open) -> None:
    """In the case of the corpus; a word and its forms are one; a compound by its beginning."""
    case = opened(
        article(1, "Ein neues Stahlwerk steht still. Es sind die Stahlwerke am Fluss."),
        article(2, "Das alte Stahlwerk und die IG Metall."),
        article(3, "Im Stall, im Iglu"),
    )
    assert suggested(case, "STA", "word") == [("word", "Stahlwerk", 2), ("word", "Stall", 1)]
    assert suggested(case, "sta", "word", limit=1) == [("word", "Stahlwerk", 2)]
    assert suggested(case, "ig", "word") == [("word", "IG", 1), ("word", "Iglu", 1)]
    assert suggested(case, "alt", "word") == [("word", "alte", 1)]
    for nothing in ("", " ", "xy", "?", "un", "'", "\ud800", "1"):
        assert suggested(case, nothing, "word") == []


def test_umlauts_may_be_typed_in_any_way(opened: Open) -> None:
    """The spelling that was typed comes first where the corpus has both."""
    case = opened(
        article(1, "Die Förderung der Straße", tags=("Öl", "Café")),
        article(2, "Die Förderung und die Forderung"),
        article(3, "Die Forderung"),
    )
    for typed in ("förd", "foerd", "FÖRD"):
        assert suggested(case, typed, "word")[0] == ("word", "Förderung", 2)
    assert suggested(case, "ford", "word") == [("word", "Forderung", 2), ("word", "Förderung", 2)]
    for typed in ("straß", "strass", "stras"):
        assert suggested(case, typed, "word") == [("word", "Straße", 1)]
    for typed, tag in (("ö", "Öl"), ("oel", "Öl"), ("ol", "Öl"), ("cafe", "Café")):
        assert suggested(case, typed, "tag") == [("tag", tag, 1)]


@pytest.mark.parametrize(
    "typed", ["wassrest", "waserst", "wassersst", "wasxerst", "qasserst", "asserst"]
)
def test_one_typing_error_is_forgiven(opened: Open, typed: str) -> None:
    """A letter too few or too many, a wrong one, two swapped, the first one, too."""
    case = opened(article(1, "Der Wasserstoff brennt.", tags=("Wasserstoff",)))
    assert suggested(case, typed) == [("tag", "Wasserstoff", 1), ("word", "Wasserstoff", 1)]


def test_no_error_is_looked_for_in_few_letters_or_where_there_are_words(opened: Open) -> None:
    """Three letters are the beginning of anything."""
    case = opened(*(article(number, "Hund und Hand und Handel") for number in range(4)))
    assert suggested(case, "hxn") == []
    assert [text for _, text, _ in suggested(case, "hand", "word")] == ["Hand", "Handel"]
    assert [text for _, text, _ in suggested(case, "hundd", "word")] == ["Hund"]


def test_a_second_word_is_counted_beside_the_first(opened: Open) -> None:
    """What stands in no article with it is not suggested; a misspelt first word is no hindrance."""
    case = opened(
        article(1, "Die Rente in Ostdeutschland"),
        article(2, "Renten im Osten und die Altersrente in Ostdeutschland"),
        *(article(number, "Die Ostsee und der Osten") for number in range(3, 9)),
    )
    assert suggested(case, "rente os", "word") == [
        ("word", "Ostdeutschland", 2),
        ("word", "Osten", 1),
    ]
    assert suggested(case, "die os", "word")[0][1] == "Osten"
    assert suggested(case, "xyzw os", "word")[0][1] == "Osten"


def test_tags_authors_and_titles_are_suggested(opened: Open) -> None:
    """By the beginning of any of their words, the first one before others; the newest titles."""
    case = opened(
        article(
            1,
            title="Kohle aus der Ruhr",
            tags=("Kohle", "Erneuerbare Energie"),
            authors=("Anna Kohl",),
            date=dt.date(2020, 1, 1),
        ),
        article(2, title="Kohle für alle", tags=("Braune Kohle",), date=dt.date(2022, 1, 1)),
        article(3, title="„Kohle“ und Stahl", tags=("Braune Kohle",), date=dt.date(2021, 1, 1)),
    )
    found = suggested(case, "kohl")
    assert [text for kind, text, _ in found if kind == "tag"] == ["Kohle", "Braune Kohle"]
    assert ("author", "Anna Kohl", 1) in found
    assert [text for kind, text, _ in found if kind == "title"] == [
        "Kohle für alle",
        "„Kohle“ und Stahl",
    ]
    assert suggested(case, "kohle u", "title") == [("title", "„Kohle“ und Stahl", 1)]
    assert suggested(case, "erneuerbare en", "tag") == [("tag", "Erneuerbare Energie", 1)]
    assert suggested(case, "ruhr", "title") == [("title", "Kohle aus der Ruhr", 1)]
    typed = Typed("kohle für", "für", ("kohle",))
    (title,) = case.snapshot.suggestions(typed, limit=8, deadline=NEVER)
    assert title.article_id == "2"
    assert title.text.marks == ((0, 9),)


def test_matches_without_time_for_them_are_unknown(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hits are shown all the same, and so is an article."""
    case = opened(article(1, "Stahl und Eisen"), article(2, "Stahl"))
    monkeypatch.setattr(highlighter, "MARKING_SHARE", 0.0)
    page = PageRequest(limit=10)
    found = case.snapshot.search(tree_of("stahl"), NO_FILTERS, page, deadline=Deadline(60))
    assert found.total == 2
    assert [hit.matches for hit in found.hits] == [UNKNOWN_MATCHES] * 2
    marked = case.snapshot.article("1", tree_of("stahl"), deadline=Deadline(60))
    assert marked is not None
    assert (marked.article.body, marked.matches) == ("Stahl und Eisen", UNKNOWN_MATCHES)
    unmarked = case.snapshot.article("1", None, deadline=Deadline(60))
    assert unmarked is not None
    assert unmarked.matches == NO_MATCHES


def test_suggestions_are_cut_at_the_limit_and_every_kind_has_its_place(opened: Open) -> None:
    """Eight of any number."""
    names = [f"Stahl{end}" for end in ("bau", "dach", "erz", "form", "guss", "halle", "korb")]
    case = opened(
        *(
            article(number, name, title=f"{name} heute", tags=(name,), authors=(f"Uwe {name}",))
            for number, name in enumerate(names)
        )
    )
    kinds = [kind for kind, _, _ in suggested(case, "stahl")]
    assert len(kinds) == 8
    assert set(kinds) == {"word", "tag", "author", "title"}
    assert len(suggested(case, "stahl", limit=3)) == 3


def test_suggestions_end_with_their_deadline(case: Case) -> None:
    """Also while what they need is still being made."""
    typed = Typed("sta", "sta")
    with pytest.raises(SearchTimeout):
        case.snapshot.suggestions(typed, limit=8, deadline=Deadline(-1.0))


@relaxed
@given(random_input.words, st.integers(1, 9), st.none() | random_input.words)
def test_what_is_suggested_is_in_live_articles(
    case: Case, word: str, length: int, before: str | None
) -> None:
    """Every suggestion leads to articles, and the totals of tags and authors are exact."""
    text = f"{before} {word[:length]}" if before else word[:length]
    articles = case.oracle.articles
    for kind, found_text, total in suggested(case, text):
        if kind == "word":
            assert total <= len(articles)
            assert case.search(f'"{found_text}"').total > 0
        elif kind == "title":
            assert found_text in {each.title for each in articles}
        else:
            facet = next(each for each in FACETS if each.name in (f"{kind}s", kind))
            assert case.search("", Filters({facet.name: (found_text,)})).total == total


@relaxed
@given(random_input.queries, random_input.filters)
def test_every_call_stands_for_itself(case: Case, query: str, filters: Filters) -> None:
    """An article is marked alike on a page and by itself, whatever was asked in between."""
    page = case.search(query, filters, limit=20)
    case.search("Haus")
    tree = tree_of(query)
    for hit in page.hits:
        marked = case.snapshot.article(hit.article.id, tree, deadline=NEVER)
        assert marked == MarkedArticle(hit.article, hit.matches)
    unmarked = case.snapshot.search(
        tree, filters, PageRequest(limit=20, marked=False), deadline=NEVER
    )
    assert [(hit.article, hit.score) for hit in unmarked.hits] == [
        (hit.article, hit.score) for hit in page.hits
    ]
    assert all(hit.matches == NO_MATCHES for hit in unmarked.hits)
    assert unmarked.facets == {}
    total_only = case.snapshot.search(tree, filters, PageRequest(limit=0), deadline=NEVER)
    assert (total_only.total, total_only.hits) == (page.total, ())
    only_ids = PageRequest(limit=20, only_ids=True)
    named = case.snapshot.search(tree, filters, only_ids, deadline=NEVER)
    assert (named.total, named.hits) == (page.total, ())
    assert named.ids == page.ids == tuple(hit.article.id for hit in page.hits)
