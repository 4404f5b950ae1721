"""The search service: pages, bounds, and following the served generation."""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import math
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import (
    Correction,
    FacetRequest,
    Found,
    MarkedArticle,
    PageRequest,
    Snapshot,
)
from searchapp.engines.evaluation.array_snapshot import ArraySnapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import (
    ArticleNotFound,
    BadRequest,
    NoIndex,
    PageTooDeep,
    QueryTooLong,
    SearchappError,
    SearchTimeout,
)
from searchapp.facets import FACETS, Filters
from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild, roll_back, update
from searchapp.inspection import verify
from searchapp.live_index import LiveIndex
from searchapp.model import Article, ResultPage, SearchRequest, Sort
from searchapp.query import parse_query
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.translation import Message
from tests.sources import article, write_lines


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty index folder and a folder for sources; the machine that tests may be busy."""
    return Settings(
        seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1, time_budget_s=60
    )


@pytest.fixture
def service(settings: Settings) -> Iterator[SearchService]:
    with closing(SearchService(settings)) as service:
        yield service


def publish(settings: Settings, *articles: Article, by: Callable[..., object] = rebuild) -> str:
    """Publish a generation with these articles. Returns its id."""
    write_lines(settings.seeds[0] / "a.jsonl", articles)
    by(settings)
    return GenerationStore(settings.index).current_id()


def ids(page: ResultPage) -> list[str]:
    return [hit.id for hit in page.hits]


# Pages


def test_a_page_has_the_hits_with_what_is_shown_of_them(
    settings: Settings, service: SearchService
) -> None:
    """Marks in title and text, tags, source, date, address, and the exact total."""
    shown = Article(
        "x",
        "Häuser aus Stahl",
        "Ein Haus. Noch ein Haus.",
        ("SMS group",),
        dt.date(2024, 1, 16),
        ("Autorin",),
        "Quelle",
        url="https://example.org",
    )
    generation = publish(settings, shown, article("y", "Holz"))
    page = service.search(SearchRequest(query="haus", per_page=1))
    (hit,) = page.hits
    assert (page.total, page.generation, page.last_page_number) == (1, generation, 1)
    found = hit.article
    assert (found.id, found.date, found.author, found.source, found.url, found.tags) == (
        "x",
        shown.date,
        "Autorin",
        "Quelle",
        "https://example.org",
        ("SMS group",),
    )
    assert hit.score > 0
    assert hit.title.marks == ((0, 6),)
    (snippet,) = hit.snippets
    assert [snippet.marked.text[start:end] for start, end in snippet.marked.marks] == [
        "Haus",
        "Haus",
    ]


def test_a_derived_title_is_shown_and_marked_but_is_no_title(
    settings: Settings, service: SearchService
) -> None:
    """Its words are the body's: they count once, and `titel:` does not find them."""
    body = "Stahl aus Linz wird grün. Mehr über Stahl im Text."
    write_lines(
        settings.seeds[0] / "articles.jsonl",
        map(
            json.dumps,
            (
                {"id": "untitled", "body": body},
                {"id": "titled", "title": "Stahl aus Linz wird grün", "body": body},
                {"id": "long", "body": "Eisen " * 40},
            ),
        ),
    )
    rebuild(settings)
    verify(settings)
    first, second = service.search(SearchRequest(query="Stahl")).hits
    assert (first.article.id, second.article.id) == ("titled", "untitled")
    assert second.title.text == "Stahl aus Linz wird grün"
    assert second.title.marks == ((0, 5),)
    assert (first.match_count, second.match_count) == (3, 2)
    assert ids(service.search(SearchRequest(query="titel:Stahl"))) == ["titled"]
    (hit,) = service.search(SearchRequest(query="Eisen")).hits
    assert hit.title.text.endswith(" Eisen…")
    assert len(hit.title.marks) == hit.title.text.count("Eisen")
    page = service.article("untitled", SearchRequest(query="Stahl"))
    assert page.title.marks == ((0, 5),)
    assert page.match_count == 2


def test_without_a_query_the_newest_articles_come_first(
    settings: Settings, service: SearchService
) -> None:
    """All of them, those without a date last."""
    dates = {"a": dt.date(2020, 1, 1), "b": None, "c": dt.date(2024, 1, 1)}
    publish(settings, *(article(each, date=date) for each, date in dates.items()))
    assert ids(service.search(SearchRequest())) == ["c", "a", "b"]
    assert ids(service.search(SearchRequest(sort="oldest"))) == ["a", "c", "b"]
    assert ids(service.search(SearchRequest(query="  "))) == ["c", "a", "b"]


def test_a_query_without_a_word_finds_nothing_and_says_so(
    settings: Settings, service: SearchService
) -> None:
    """Rather than everything."""
    publish(settings, article("a"))
    page = service.search(SearchRequest(query="!?"))
    assert (page.total, [note.kind for note in page.notes]) == (0, ["nothing_to_search"])


def partial(page: ResultPage) -> dict[str, tuple[str, ...]]:
    """The ids of the articles with some of the words, in order, and what each lacks."""
    return {hit.id: hit.missing for hit in page.partial}


def test_articles_with_some_of_the_words_follow_where_few_have_all(
    settings: Settings, service: SearchService
) -> None:
    """In no total and no count, with what they lack; filters and exclusions still hold."""
    publish(
        settings,
        article("all", "Stahl Eisen", tags=("t",)),
        article("a", "Stahl", tags=("t",)),
        article("b", "Eisen"),
        article("c", "Stahl Holz", tags=("t",)),
        article("d", "Kupfer", tags=("Eisen",)),
    )
    page = service.search(SearchRequest(query="Stahl Eisen -Holz"))
    assert (ids(page), page.total, page.notes) == (["all"], 1, ())
    assert partial(page) == {"a": ("Eisen",), "b": ("Stahl",), "d": ("Stahl",)}
    assert [(each.value, each.count) for each in page.facets["tags"]] == [("t", 1)]
    assert all(hit.match_count for hit in page.partial if hit.id != "d")
    chosen = SearchRequest("Stahl Eisen -Holz", Filters({"tags": ("t",)}))
    assert partial(service.search(chosen)) == {"a": ("Eisen",)}
    assert partial(service.search(SearchRequest("Stahl Eisen Holz", per_page=2))).keys() == {
        "all",
        "c",
    }


def test_articles_with_some_of_the_words_are_shown_where_none_has_all(
    settings: Settings, service: SearchService
) -> None:
    """The total is 0 and a note says why there are articles all the same."""
    publish(settings, article("a", "Stahl im Bau"), article("b", "Eisen"), article("c", "Holz"))
    for sort in get_args(Sort):
        page = service.search(SearchRequest(query="Stahl Eisen Zink", sort=sort))
        assert (page.total, [note.kind for note in page.notes]) == (0, ["some_words"])
        assert partial(page) == {"a": ("Eisen", "Zink"), "b": ("Stahl", "Zink")}
    assert service.article("a", page.request).match_count == 1
    assert service.ranked_ids(SearchRequest(query="Stahl Eisen Zink")) == ("b", "a")
    assert not service.search(SearchRequest(query="Zink")).partial
    # Function words alone are nothing to show.
    assert partial(service.search(SearchRequest(query="Im Stahl Zink"))) == {"a": ("Zink",)}


def test_articles_with_more_of_the_words_come_first(
    settings: Settings, service: SearchService
) -> None:
    """However often another has a single one."""
    publish(
        settings,
        article("one", " ".join(["Stahl"] * 9)),
        article("two", "Das Eisen und der Zink, über die hier in vielen Worten zu lesen ist"),
        article("three", "Holz, Holz, Holz"),
    )
    page = service.search(SearchRequest(query="Stahl Eisen Zink Holz"))
    assert next(iter(partial(page))) == "two"


def test_no_articles_with_some_of_the_words_among_many_or_in_order_of_dates(
    settings: Settings, service: SearchService
) -> None:
    """Nor on a later page: they fill the first one."""
    publish(
        settings,
        *(article(f"a{n}", "Stahl Eisen" if n else "Stahl Eisen Holz") for n in range(10)),
        article("b", "Stahl"),
    )
    assert service.search(SearchRequest(query="Stahl Eisen")).partial == ()
    assert len(service.search(SearchRequest(query="Holz Stahl")).partial) == 9
    assert service.search(SearchRequest(query="Holz Stahl", sort="newest")).partial == ()
    request = SearchRequest(query="Eisen -Holz Stahl")
    assert [*partial(service.search(request))] == ["b"]
    assert service.search(replace(request, per_page=9)).partial == ()
    assert service.search(replace(request, per_page=5, page_number=2)).partial == ()


def test_a_phrase_that_is_nowhere_falls_back_to_its_words(
    settings: Settings, service: SearchService
) -> None:
    """To all of them first, with a note, and then to some."""
    publish(settings, article("a", "Stahl, der grün ist"), article("b", "Stahl aus Linz"))
    page = service.search(SearchRequest(query='"grüner Stahl"'))
    assert (ids(page), page.total) == (["a"], 1)
    assert [note.kind for note in page.notes] == ["any_order"]
    assert partial(page) == {"b": ("grüner",)}
    page = service.search(SearchRequest(query='="grüner Stahl"'))
    assert (ids(page), [note.kind for note in page.notes]) == ([], ["some_words"])
    assert partial(page) == {"a": ("grüner",), "b": ("grüner",)}


def test_function_words_are_optional_and_said_to_be(
    settings: Settings, service: SearchService
) -> None:
    """Not where they are written as names, the search is exact, or any word will do anyway."""
    publish(settings, article("a", "MAN baut Busse"), article("b", "Busse sind man gewohnt"))
    page = service.search(SearchRequest(query="die Busse"))
    assert (set(ids(page)), page.optional_words, page.notes) == ({"a", "b"}, ("die",), ())
    page = service.search(SearchRequest(query="die Busse", exact=True))
    assert (page.notes != (), page.optional_words) == (True, ())
    page = service.search(SearchRequest(query="Busse OB Kiel Bus"))
    assert [note.kind for note in page.notes if note.subject == "OB"] == ["named_word"]
    page = service.search(SearchRequest(query="Wie heißen die Busse?"))
    assert set(ids(page)) == {"a", "b"}
    page = service.search(SearchRequest(query="Wie fährt Busse die Firma?"))
    assert ([note.kind for note in page.notes], page.optional_words) == (["any_words"], ())


def test_a_page_past_the_end_or_too_deep_is_refused(
    settings: Settings, service: SearchService
) -> None:
    """It does not silently become the last page, and no page number costs a long search."""
    publish(settings, *(article(f"a{n}", "Stahl") for n in range(25)))
    page = service.search(SearchRequest(query="Stahl", page_number=3))
    assert (len(page.hits), page.total, page.last_page_number) == (5, 25, 3)
    for number in (4, 1000, 10**9):
        with pytest.raises(PageTooDeep):
            service.search(SearchRequest(query="Stahl", page_number=number))
    for request in (
        SearchRequest(page_number=0),
        SearchRequest(per_page=0),
        SearchRequest(per_page=101),
        SearchRequest(page_number=-1),
    ):
        with pytest.raises(BadRequest):
            service.search(request)


def test_a_misspelt_query_is_corrected_with_a_note(
    settings: Settings, service: SearchService
) -> None:
    """Where nothing was found; a query of the greatest length is answered, too."""
    publish(settings, article("a", "Die Stahlindustrie wächst"))
    page = service.search(SearchRequest(query="Stahlindustie"))
    assert ids(page) == ["a"]
    assert page.did_you_mean == "Stahlindustrie"
    assert [note.kind for note in page.notes] == ["corrected"]
    assert service.search(SearchRequest(query="Stahlindustie", exact=True)).total == 0
    longest = "Stahlindustie ".ljust(settings.limits.max_query_chars, "!")
    assert service.search(SearchRequest(query=longest)).did_you_mean is None


def test_what_may_be_right_is_searched_for_as_it_was_typed(
    settings: Settings, service: SearchService
) -> None:
    """A word of the dictionary, and any word where the reader says so, who is then only offered
    another."""
    publish(settings, article("a", "Der Hochofen raucht"), article("b", "Die Wintr gähnen"))
    for query in ("Winter", "Hochofen Winter"):
        page = service.search(SearchRequest(query=query))
        assert ("corrected" in [note.kind for note in page.notes], page.did_you_mean) == (
            False,
            None,
        )
    assert service.search(SearchRequest(query="Winter")).total == 0
    corrected = service.search(SearchRequest(query="Hochoffen"))
    assert (ids(corrected), corrected.corrected_query) == (["a"], "Hochofen")
    kept = service.search(SearchRequest(query="Hochoffen", uncorrected=True))
    assert (kept.total, kept.corrected_query, kept.did_you_mean) == (0, None, "Hochofen")
    assert service.search(SearchRequest(query="HOCHOFFEN")).corrected_query == "HOCHOFEN"


def test_a_correction_replaces_the_word_wherever_it_was_typed(
    settings: Settings, service: SearchService
) -> None:
    """Also with a soft hyphen in it, twice, or in a phrase; the reader sees the whole query."""
    publish(settings, article("a", "Die Stahlindustrie wächst"))
    for typed, corrected in (
        ("Stahl\u00adindustie", "Stahlindustrie"),
        ("Stahlindustie  ODER Stahlindustie", "Stahlindustrie ODER Stahlindustrie"),
        ('"Die Stahlindustie"', '"Die Stahlindustrie"'),
        (
            "titel:x ODER Stahlindustie, -Stahlindustie",
            "titel:x ODER Stahlindustrie, -Stahlindustie",
        ),
    ):
        page = service.search(SearchRequest(query=typed))
        assert (ids(page), page.did_you_mean) == (["a"], corrected)


@pytest.mark.parametrize(("query", "found"), [("wächst ODER Stahlindustie", ["a"]), ("Eise", [])])
def test_a_correction_that_takes_too_long_leaves_the_answer_that_there_is(
    settings: Settings, query: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it a hit or nothing: a courtesy never turns an answer into a time-out."""
    publish(settings, article("a", "Die Stahlindustrie wächst"))
    hurried = replace(settings, time_budget_s=1.0)

    def slow(*_: object, deadline: Deadline, **__: object) -> list[Correction]:
        time.sleep(hurried.time_budget_s)
        with pytest.raises(SearchTimeout):
            deadline.check()
        return [Correction("stahlindustrie", 1)]

    monkeypatch.setattr(ArraySnapshot, "corrections", slow)
    with closing(SearchService(hurried)) as service:
        page = service.search(SearchRequest(query=query))
    assert (ids(page), page.total, page.did_you_mean) == (found, len(found), None)


def test_a_fallback_that_takes_too_long_leaves_time_to_show_the_article(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits its whole time for nothing, and the article still comes, with its marks."""
    publish(settings, article("a", "Die Stahlindustrie wächst"))
    searches = []
    search = ArraySnapshot.search

    def slow_from_the_second_on(self: ArraySnapshot, *args: Any, deadline: Deadline) -> Found:
        searches.append(deadline)
        if len(searches) > 1:
            time.sleep(deadline.remaining_s)
        return search(self, *args, deadline=deadline)

    monkeypatch.setattr(ArraySnapshot, "search", slow_from_the_second_on)
    request = SearchRequest(query="wächst ODER Stahlindustie")
    with closing(SearchService(replace(settings, time_budget_s=4.0))) as service:
        page = service.article("a", request)
    assert len(searches) == 2
    assert page.match_count == 1


def test_an_unknown_article_is_not_found_whatever_the_query(
    settings: Settings, service: SearchService
) -> None:
    """Its id is looked up before anything is searched."""
    publish(settings, article("a"))
    with pytest.raises(ArticleNotFound):
        service.article("nobody", SearchRequest(query="x" * 501))


def test_an_article_is_read_once_for_its_page(
    settings: Settings, service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its marks; that there is one is known before, without reading it."""
    publish(settings, article("a", "Stahl im Haus"))
    asked = []
    read = ArraySnapshot.article

    def counted(self: ArraySnapshot, *args: Any, **kwargs: Any) -> MarkedArticle | None:
        asked.append(args[0])
        return read(self, *args, **kwargs)

    monkeypatch.setattr(ArraySnapshot, "article", counted)
    assert service.article("a", SearchRequest(query="Stahl")).match_count == 1
    assert asked == ["a"]


def test_a_query_beyond_the_bounds_is_refused(settings: Settings, service: SearchService) -> None:
    """Too many characters, words or wildcards."""
    publish(settings, article("a"))
    for query in ("x" * 501, "x " * 33, "ab* cd* ef* gh* ij*"):
        with pytest.raises(QueryTooLong):
            service.search(SearchRequest(query=query))


def test_an_article_page_marks_the_query_and_knows_its_neighbours(
    settings: Settings, service: SearchService
) -> None:
    """The hits before and after it, if it still stands where the reader came from."""
    publish(settings, *(article(each, "Stahl\n\nund Eisen") for each in "abc"))
    request = SearchRequest(query="Stahl", sort="newest")
    page = service.article("b", request, rank=2)
    assert page.match_count == 1
    assert [each.marked.text for each in page.paragraphs] == ["Stahl", "und Eisen"]
    assert (page.previous and page.previous.id, page.next and page.next.id) == ("a", "c")
    assert service.article("b", request, rank=1).next is None
    assert service.article("b").match_count == 0
    for article_id in ("zz", "", "../a"):
        with pytest.raises(ArticleNotFound):
            service.article(article_id)


def test_without_an_index_the_command_that_builds_one_is_told(service: SearchService) -> None:
    """By everything that needs one."""
    for ask in (
        lambda: service.search(SearchRequest()),
        lambda: service.article("a"),
        service.readiness,
        service.state,
    ):
        with pytest.raises(NoIndex, match="searchapp rebuild"):
            ask()


# Following the served generation


def test_the_next_request_picks_up_a_new_generation(
    settings: Settings, service: SearchService
) -> None:
    """After a rebuild, an update and a rollback, and when the first index appears."""
    with pytest.raises(NoIndex):
        service.search(SearchRequest())
    ways: list[Callable[..., object]] = [rebuild, rebuild, update]
    for number, by in enumerate(ways):
        generation = publish(settings, article(f"a{number}"), by=by)
        assert service.search(SearchRequest()).generation == generation
        assert ids(service.search(SearchRequest())) == [f"a{number}"]
        assert service.readiness().generation.id == generation
    earlier = roll_back(settings).id
    page = service.search(SearchRequest())
    assert (page.generation, ids(page)) == (earlier, ["a1"])


@pytest.mark.slow
def test_no_request_fails_while_generations_come_and_go(settings: Settings) -> None:
    """Several threads search; every answer is of one generation, whole."""
    versions = [f"v{number}" for number in range(12)]

    def version(name: str) -> list[Article]:
        return [article(f"a{n}", "Stahl im Haus", tags=(name,)) for n in range(20)]

    publish(settings, *version("v0"))
    failures: list[object] = []
    answers = 0
    finished = threading.Event()

    def search_all_the_time(service: SearchService) -> None:
        nonlocal answers
        queries = ("Stahl", "", "Hau*", '"im Haus"')
        while not finished.is_set():
            request = SearchRequest(query=random.choice(queries), per_page=100)
            try:
                page = service.search(request)
                tags = {tag for hit in page.hits for tag in hit.article.tags}
                counted = [(each.value, each.count) for each in page.facets["tags"]]
                if len(page.hits) != 20 or counted != [(tag, 20) for tag in tags]:
                    failures.append(page)
                service.article(f"a{random.randrange(20)}", request, rank=1)
                answers += 1
                time.sleep(0.01)  # leaves the processor to the writer
            except Exception as error:
                failures.append(error)

    with closing(SearchService(settings)) as service:
        threads = [threading.Thread(target=search_all_the_time, args=(service,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number, name in enumerate(versions):
            publish(settings, *version(name), by=update if number % 2 else rebuild)
            if number % 5 == 4:
                roll_back(settings)
        finished.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert answers > 30


def test_a_request_under_way_finishes_on_the_generation_it_began_with(
    settings: Settings,
) -> None:
    """Also when its folder is deleted meanwhile; then its files are closed."""
    publish(settings, article("a", "Stahl"))
    folder = GenerationStore(settings.index).current().folder
    with closing(LiveIndex(settings)) as live:
        with live.snapshot() as (old_id, old):
            for number in range(3):
                publish(settings, article(f"b{number}", "Eisen"))
                with live.snapshot() as (new_id, new):
                    assert new_id != old_id
                    assert new is not old
            assert not folder.exists()
            assert found(old, "Stahl") == found(old, "") == ["a"]
        with live.snapshot() as (_, snapshot):
            assert found(snapshot, "") == ["b2"]


@pytest.mark.slow
def test_retired_generations_are_closed(settings: Settings, service: SearchService) -> None:
    """The number of open files stays as it is."""
    publish(settings, article("a"))
    service.search(SearchRequest())

    def open_files() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    counts = []
    for number in range(8):
        publish(settings, article(f"a{number}"), by=update)
        publish(settings, article(f"b{number}", "Stahl"))
        service.search(SearchRequest(query="Stahl"))
        counts.append(open_files())
    assert counts[-1] <= counts[1]
    service.close()
    assert open_files() < counts[-1]


def break_manifest(settings: Settings) -> None:
    path = GenerationStore(settings.index).current().folder / "manifest.json"
    path.write_text(path.read_text().replace("rules", "other rules"))


def delete_a_file(settings: Settings) -> None:
    (GenerationStore(settings.index).current().folder / "columns").unlink()


def break_current(settings: Settings) -> None:
    (settings.index / "CURRENT").write_text("garbage")


@pytest.mark.parametrize("damage", [break_manifest, delete_a_file, break_current])
def test_a_generation_that_cannot_be_used_keeps_the_old_one_served(
    settings: Settings,
    service: SearchService,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Settings], None],
) -> None:
    """Better the articles of yesterday than none; said once in the log."""
    old = publish(settings, article("a"))
    assert service.search(SearchRequest()).generation == old
    publish(settings, article("b"))
    damage(settings)
    for _ in range(3):
        page = service.search(SearchRequest())
        assert (page.generation, ids(page)) == (old, ["a"])
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert f"keeps serving generation {old}" in record.getMessage()
    assert "searchapp rebuild" in record.getMessage()
    new = publish(settings, article("c"))
    assert service.search(SearchRequest()).generation == new


def test_a_damaged_index_is_an_error_of_ours_and_never_another(
    settings: Settings, tmp_path: Path
) -> None:
    """Every file missing, empty, cut, or with a byte altered: an answer, or a sentence."""
    publish(
        settings,
        *(article(f"a{n}", f"Stahl und Haus{n}", tags=(f"t{n % 3}",)) for n in range(30)),
    )
    chance = random.Random(0)

    def alter(content: bytes) -> bytes:
        place = chance.randrange(len(content) or 1)
        return content[:place] + b"\xa7" + content[place + 1 :]

    damages: tuple[Callable[[bytes], bytes | None], ...] = (
        lambda _: None,
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        alter,
        alter,
    )
    told = set()
    folder = GenerationStore(settings.index).current().folder
    names = [path.relative_to(settings.index) for path in folder.rglob("*") if path.is_file()]
    for name in names:
        for number, damage in enumerate(damages):
            index = tmp_path / f"{name.name}-{number}"
            shutil.copytree(settings.index, index)
            content = damage((index / name).read_bytes())
            (index / name).unlink()
            if content is not None:
                (index / name).write_bytes(content)
            with closing(SearchService(replace(settings, index=index))) as service:
                for request in (
                    SearchRequest(),
                    SearchRequest("Stahl", Filters({"tags": ("t1",)})),
                    SearchRequest(query='"und Haus7" ODER Hau* ODER Stahk~'),
                ):
                    try:
                        service.search(request)
                        service.article("a7", request)
                    except SearchappError as error:
                        told.add(error.kind)
            shutil.rmtree(index)
    assert "index_damaged" in told


# Bounds, on many small articles


COMMON = "der die das und ist in"
MANY = 12_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Many articles that share ten words; each has one of its own."""
    folder = tmp_path_factory.mktemp("many")
    engine = select_engine(Settings())
    writer = engine.writer(folder, base=None, workers=1)
    for number in range(MANY):
        words = COMMON if number % 2 else " ".join(reversed(COMMON.split()))
        writer.add(Article(f"a{number}", "w", f"{words} w{number:05}", (f"t{number % 7}",)))
    writer.commit()
    with closing(engine.open(folder)) as snapshot:
        yield snapshot


class LooksAtTheClock(Deadline):
    """Is over at a certain look at it."""

    def __init__(self, allowed: int) -> None:
        super().__init__(math.inf)
        self._left = allowed

    def check(self) -> None:
        """Raise SearchTimeout at the look after those allowed."""
        self._left -= 1
        if self._left < 0:
            raise SearchTimeout(Message("the time is up"))


PAGE = PageRequest(facets=[FacetRequest(facet, 10) for facet in FACETS])


def found(snapshot: Snapshot, query: str, deadline: Deadline = NEVER) -> list[str]:
    """The ids of the best articles for a query."""
    tree = parse_query(query, max_chars=1000, max_words=100, max_wildcards=9).tree
    answer = snapshot.search(tree, Filters(), PAGE, deadline=deadline)
    return [hit.article.id for hit in answer.hits]


SLOW_QUERIES = (
    f'"{COMMON}"',
    '"und das"',
    COMMON,
    COMMON.replace(" ", " ODER "),
    "w00* ODER w01* ODER w*0",
    "w1000~2 ODER der",
    "=der ODER =die ODER titel:w",
)


@pytest.mark.parametrize("query", SLOW_QUERIES)
def test_a_search_beyond_its_budget_ends_and_does_not_break_the_next(
    many: Snapshot, query: str
) -> None:
    """Whenever the time is up, and with the same results as ever when there is more."""
    before = found(many, query)
    assert before
    for allowed in range(4):
        with pytest.raises(SearchTimeout):
            found(many, query, LooksAtTheClock(allowed))
        assert found(many, query) == before


def test_no_budget_is_no_answer(many: Snapshot) -> None:
    """Even the cheapest search looks at the clock."""
    for query in ("", "w00001", "gibtesnicht"):
        with pytest.raises(SearchTimeout):
            found(many, query, Deadline(-1.0))


def test_a_wildcard_over_a_huge_vocabulary_is_bounded_and_said(many: Snapshot) -> None:
    """The most frequent words are used; a count is exact for what was looked up."""
    tree = parse_query("w0*", max_chars=9, max_words=9, max_wildcards=9).tree
    matches = many.search(tree, Filters(), PAGE, deadline=NEVER)
    assert matches.total == Settings().limits.max_expansions
    (note,) = matches.notes
    assert (note.kind, note.subject) == ("expansion_cut", "w0*")


def test_filters_hold_under_a_time_budget(many: Snapshot) -> None:
    """Whoosh has ignored its filter when there was a time limit too."""
    for query in (None, parse_query("der", max_chars=9, max_words=9, max_wildcards=9).tree):
        matches = many.search(query, Filters({"tags": ("t3",)}), PAGE, deadline=NEVER)
        assert matches.total == len(range(3, MANY, 7))
        assert {hit.article.tags for hit in matches.hits} == {("t3",)}


def test_searches_of_many_threads_at_once_do_not_mix(many: Snapshot) -> None:
    """More threads than searchers; each gets its own answer."""
    expected = {query: found(many, query) for query in ("w00007", "und das", '"das und"', "w000*")}
    wrong: list[object] = []

    def ask(query: str) -> None:
        answers = [found(many, query) for _ in range(2)]
        wrong.extend(answer for answer in answers if answer != expected[query])

    threads = [threading.Thread(target=ask, args=(query,)) for query in [*expected] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
