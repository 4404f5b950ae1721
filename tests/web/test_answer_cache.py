"""What was answered once is not searched for again, and never told to whom it does not hold for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from searchapp.indexing import rebuild, roll_back
from searchapp.model import ResultPage
from searchapp.query_store import QueryStore
from searchapp.request_record import RequestRecord, current_record
from searchapp.settings import Settings
from searchapp.web import create_app
from searchapp.web.answer_cache import LARGEST_SHARE, OVERHEAD_BYTES, AnswerCache, KeptAnswer
from searchapp.web.request_log import Ended
from tests.sources import article, write_lines
from tests.web.serving_process import eventually, serving
from tests.web.test_metrics import TOKEN, samples

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def caching(make_client: MakeClient) -> FlaskClient:
    """A browser of an application of its own that keeps answers."""
    return make_client(answer_cache_mb=1)


def was_kept(client: FlaskClient, url: str, **headers: str) -> tuple[bool, TestResponse]:
    """Whether a request was answered with what an earlier one had been, and the answer."""
    record: list[RequestRecord | None] = []

    def note(response: Response) -> Response:
        record.append(current_record())
        return response

    hooks = client.application.after_request_funcs[None]
    hooks.append(note)
    try:
        response = client.get(url, headers={"Accept-Language": "de", **headers}, buffered=True)
    finally:
        hooks.remove(note)
    assert record[0] is not None
    return record[0].is_kept, response


PAGES = ["/", "/search?q=strom", "/article/lichtbogen?q=strom&hit=1", "/api/v1/articles/lichtbogen"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("encoding", ["identity", "zstd", "br", "gzip"])
def test_who_asks_the_same_gets_the_same(caching: FlaskClient, url: str, encoding: str) -> None:
    """With all headers, but the id of the request, which is its own."""
    kept, first = was_kept(caching, url, **{"Accept-Encoding": encoding})
    assert (kept, first.status_code) == (False, 200)
    kept, again = was_kept(caching, url, **{"Accept-Encoding": encoding})
    assert (kept, again.status_code, again.data) == (True, 200, first.data)
    ids = first.headers.pop("X-Request-Id"), again.headers.pop("X-Request-Id")
    assert ids[0] != ids[1]
    assert sorted(again.headers) == sorted(first.headers)
    head = caching.head(url, headers={"Accept-Language": "de", "Accept-Encoding": encoding})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == first.headers["Content-Length"]
    assert head.headers["ETag"] == first.headers["ETag"]
    tag = first.headers["ETag"]
    _, unchanged = was_kept(caching, url, **{"If-None-Match": tag, "Accept-Encoding": encoding})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_a_program_is_told_how_long_its_own_answer_took(caching: FlaskClient) -> None:
    """Whether compressed or not, and all else is the same."""
    for words in ("strom", '"took_ms": 99.5 strom'):
        url = f"/api/v1/search?q={words}"
        kept, first = was_kept(caching, url)
        assert not kept
        kept, again = was_kept(caching, url)
        assert kept
        before, after = json.loads(first.text), json.loads(again.text)
        assert after["took_ms"] < before["took_ms"]
        assert {**after, "took_ms": 0} == {**before, "took_ms": 0}
        kept, small = was_kept(caching, url, **{"Accept-Encoding": "gzip"})
        assert kept
        assert small.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=strom&utm_source=brief",
        "/search?utm_source=brief&q=strom&page=1&sort=relevance",
        "/search?any=0&q=strom&q=stahl",
    ],
)
def test_what_means_the_same_is_the_same(caching: FlaskClient, url: str) -> None:
    """Whatever else stands in an address; it is told to nobody either."""
    first = was_kept(caching, "/search?q=strom")[1]
    kept, again = was_kept(caching, url)
    assert (kept, again.data) == (True, first.data)
    fresh = caching.application.test_client().get("/search?q=netz&utm_source=brief")
    assert "utm_source" not in fresh.text


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("/search?q=strom&page=1&per_page=2", {}),
        ("/search?q=strom&lang=de", {}),
        ("/search?q=strom", {"Accept-Language": "en"}),
        ("/search?q=strom", {"Host": "archiv.example"}),
        ("/search?q=strom", {"Accept-Encoding": "gzip"}),
        ("/search?q=strom&exact=1", {}),
        ("/search?q=Strom", {}),
        ("/api/v1/search?q=strom", {}),
        ("/article/lichtbogen?q=strom", {}),
    ],
)
def test_what_differs_is_answered_by_itself(
    caching: FlaskClient, url: str, headers: dict[str, str]
) -> None:
    """What is kept for one is not given to another whose answer is another."""
    first = was_kept(caching, "/search?q=strom")[1]
    kept, other = was_kept(caching, url, **headers)
    assert not kept
    assert other.data != first.data


def test_the_language_of_a_cookie_is_that_of_the_answer(caching: FlaskClient) -> None:
    """And not that of another reader; the cookie is set with each answer that needs it."""
    german = was_kept(caching, "/search?q=strom")[1]
    caching.set_cookie("lang", "en")
    kept, english = was_kept(caching, "/search?q=strom")
    assert (kept, english.data == german.data) == (False, False)
    for _ in range(2):
        answer = was_kept(caching, "/search?q=strom&lang=de")[1]
        caching.set_cookie("lang", "en")
        assert answer.headers["Set-Cookie"].startswith("lang=de")


def test_the_way_of_compression_is_one_that_the_client_takes(caching: FlaskClient) -> None:
    """Also where it says that it does not take the best one."""
    for _ in range(2):
        assert was_kept(caching, "/search?q=strom", **{"Accept-Encoding": "zstd"})[1].data
        only_gzip = {"Accept-Encoding": "zstd;q=0, br;q=0, gzip"}
        assert was_kept(caching, "/search?q=strom", **only_gzip)[1].content_encoding == "gzip"
        prefers = {"Accept-Encoding": "zstd;q=0.5, gzip"}
        answer = was_kept(caching, "/search?q=strom", **prefers)[1]
        assert answer.content_encoding in {"gzip", "zstd"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/search?q=strom&page=99", 404),
        ("/search?q=strom&from=unlesbar", 200),
        ("/search?q=strom&tag=", 302),
        ("/article/nichts", 404),
        ("/api/v1/search?q=strom&sort=falsch", 400),
        ("/feed.atom?q=strom", 200),
        ("/export.csv?q=strom", 200),
        ("/healthz", 200),
        ("/hilfe", 200),
    ],
)
def test_what_failed_and_what_is_no_page_of_a_search_is_not_kept(
    caching: FlaskClient, url: str, status: int
) -> None:
    """Errors may pass; feeds and exports are long, and asked for by programs."""
    was_kept(caching, "/search?q=strom")
    for _ in range(2):
        kept, response = was_kept(caching, url)
        assert (kept, response.status_code) == (False, status)


@pytest.mark.parametrize("url", ["/search?q=stromnezt", "/api/v1/search?q=stromnezt"])
def test_an_answer_that_lacks_something_is_not_kept(
    caching: FlaskClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be time for it when it is asked for again."""
    with monkeypatch.context() as hurried:
        hurried.setattr("searchapp.searching.FALLBACK_SHARE", 0.0)
        poor = was_kept(caching, url)[1]
    kept, whole = was_kept(caching, url)
    assert not kept
    assert whole.data != poor.data


def test_each_request_counts(make_client: MakeClient, tmp_path: Path) -> None:
    """For the limit, and in the store of queries, from wherever it is answered."""
    store = tmp_path / "queries.sqlite"
    client = make_client(answer_cache_mb=1, query_store=store, rate_limit="5 per hour")
    left = []
    for _ in range(3):
        response = was_kept(client, "/search?q=strom")[1]
        left.append(response.headers["X-RateLimit-Remaining"])
    assert was_kept(client, "/search?q=xqzvwpf")[1].status_code == 200
    assert was_kept(client, "/search?q=xqzvwpf")[0]
    assert left == ["4", "3", "2"]
    assert client.get("/search?q=strom").status_code == 429

    def asked() -> dict[str, tuple[int, int]]:
        found = QueryStore(store, keep_days=30).asked(limit=5)
        return {each.query: (each.times, each.empty_times) for each in found}

    assert eventually(lambda: asked() == {"strom": (3, 0), "xqzvwpf": (2, 2)})


def test_nothing_is_kept_where_it_is_switched_off(make_client: MakeClient) -> None:
    """And answers are compressed all the same."""
    client = make_client(answer_cache_mb=0)
    for _ in range(2):
        kept, response = was_kept(client, "/search?q=strom", **{"Accept-Encoding": "gzip"})
        assert (kept, response.content_encoding) == (False, "gzip")


def test_a_short_answer_is_kept_though_its_client_could_unpack_a_packed_one(
    caching: FlaskClient,
) -> None:
    """It is not worth packing, and is found under what it is."""
    url = "/api/v1/articles/lichtbogen?format=text"
    for expected in (False, True):
        kept, answer = was_kept(caching, url, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
        assert kept is expected


def test_a_kept_answer_has_the_date_of_its_request(caching: FlaskClient) -> None:
    """However long ago it was made; the client may reckon its age from that."""
    packed = {"Accept-Encoding": "gzip"}
    _, first = was_kept(caching, "/search?q=strom", **packed)
    time.sleep(1.1)  # Dates are of whole seconds.
    kept, again = was_kept(caching, "/search?q=strom", **packed)
    assert kept
    assert first.date is not None
    assert again.date is not None
    assert again.date > first.date


def test_a_kept_answer_holds_no_articles(caching: FlaskClient) -> None:
    """It would take many times the memory that it is counted with."""
    was_kept(caching, "/search?q=strom")
    pages: list[ResultPage | None] = []

    class Watching:
        def begin(self) -> None:
            """Nothing is known."""

        def end(self, ended: Ended) -> None:
            pages.append(ended.record.page)

    recorded: Any = caching.application.wsgi_app
    recorded._watchers = (*recorded._watchers, Watching())
    assert was_kept(caching, "/search?q=strom")[0]
    page = pages[0]
    assert page is not None
    assert (page.hits, page.facets, page.partial) == ((), {}, ())
    assert (page.total > 0, page.request.query) == (True, "strom")


@contextmanager
def corpus(folder: Path) -> Iterator[tuple[Settings, Callable[[str], str]]]:
    """Settings, and what builds their index anew with one article of a title; gives its id."""
    settings = Settings(seeds=(folder / "seeds",), index=folder / "index", workers=1)
    settings = replace(settings, time_budget_s=20.0)

    def build(title: str) -> str:
        (folder / "seeds").mkdir(exist_ok=True)
        write_lines(folder / "seeds" / "a.jsonl", [article("eins", "Wasser", title=title)])
        return rebuild(settings).generation

    yield settings, build


def test_another_generation_has_other_answers(tmp_path: Path) -> None:
    """Also after a way back, and in a server that is asked all the time."""
    with corpus(tmp_path) as (settings, build):
        titles = {build("Titel 0"): "Titel 0"}
        told = {"index": settings.index, "workers": 2, "metrics_token": TOKEN}
        with serving(tmp_path, told) as server:
            is_over = threading.Event()
            answers: list[tuple[int, str]] = []

            def read() -> None:
                while not is_over.is_set():
                    status, _, text = server.get("/api/v1/search?q=wasser")
                    answers.append((status, text))

            def becomes(title: str) -> bool:
                return eventually(lambda: is_shown(title))

            def is_shown(title: str) -> bool:
                # Who opens the new generation is one request; those beside it get the old one.
                return all(f"{title}</a>" in server.get("/search?q=wasser")[2] for _ in range(8))

            readers = [threading.Thread(target=read) for _ in range(4)]
            for reader in readers:
                reader.start()
            try:
                for number in range(1, 5):
                    titles[build(f"Titel {number}")] = f"Titel {number}"
                    assert becomes(f"Titel {number}")
                roll_back(settings)
                assert becomes("Titel 3")
            finally:
                is_over.set()
                for reader in readers:
                    reader.join()
            assert {status for status, _ in answers} == {200}
            told_by = [json.loads(text) for _, text in answers]
            for answer in told_by:
                assert answer["hits"][0]["title"] == titles[answer["generation"]]
            assert len({answer["generation"] for answer in told_by}) > 2

            def figures() -> dict[tuple[str, str], float]:
                answer = server.get("/metrics", Authorization=f"Bearer {TOKEN}")[2]
                return samples(answer)

            kept = ("searchapp_kept_answers_total", "pages.search")
            asked = ("searchapp_requests_total", "pages.search 200")
            assert eventually(lambda: 0 < figures().get(kept, 0) < figures()[asked])
            assert any("kept=True" in line for line in server.log)


def test_synonyms_of_the_owner_hold_at_once(tmp_path: Path) -> None:
    """As they do without a rebuild, what was answered without them is not given again."""
    with corpus(tmp_path) as (settings, build):
        exceptions = tmp_path / "exceptions.txt"
        exceptions.write_text("", "utf-8")
        build("Titel")
        app = create_app(replace(settings, exceptions=exceptions))
        client = app.test_client()
        for _ in range(2):
            assert json.loads(client.get("/api/v1/search?q=nass").text)["total"] == 0
        exceptions.write_text("[synonyms]\nnass = wasser\n", "utf-8")
        assert json.loads(client.get("/api/v1/search?q=nass").text)["total"] == 1
        app.extensions["searchapp"].close()


def kept_answer(size: int) -> KeptAnswer:
    return KeptAnswer(b"x" * (size - OVERHEAD_BYTES), (), "g", None)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    """The bound is one of bytes, and holds with any number of threads."""
    size = 4096
    cache = AnswerCache(LARGEST_SHARE * size)
    for number in range(LARGEST_SHARE):
        cache.keep((str(number),), kept_answer(size))
    assert cache.get(("0",)) is not None
    cache.keep(("new",), kept_answer(size))
    assert cache.get(("0",)) is not None
    assert cache.get(("1",)) is None
    cache.keep(("0",), kept_answer(size))
    assert cache.size_bytes == cache.max_bytes
    cache.keep(("large",), kept_answer(size + 1))
    assert cache.get(("large",)) is None

    def use(seed: int) -> None:
        for number in range(2000):
            key = (str(number * seed % 50),)
            if cache.get(key) is None:
                cache.keep(key, kept_answer(OVERHEAD_BYTES + number % 1000))

    threads = [threading.Thread(target=use, args=(seed,)) for seed in (1, 3, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [cache.get((str(number),)) for number in range(50)]
    held += [cache.get(("0",)), cache.get(("new",))][1:]
    others = [cache.get((str(number),)) for number in range(50, 2000)]
    assert cache.size_bytes <= cache.max_bytes
    assert cache.size_bytes == sum(each.size_bytes for each in [*held, *others] if each)
