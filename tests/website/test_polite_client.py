"""How a real server on this machine is asked: its rules, its delays, its wish to be left alone."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from email.utils import format_datetime
from itertools import pairwise

import pytest

from searchapp.errors import FetchFailed
from searchapp.website import polite_client
from tests.website.conftest import Fetch
from tests.website.small_site import TEXT, Reply, Site, Visit, text

Files = Callable[[], set[str]]


def test_a_busy_site_is_given_time(site: Site, run: Fetch) -> None:
    """Retry-After in seconds and as a date; without it the pauses grow."""
    times: dict[str, list[float]] = {}

    def soon() -> str:
        return format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2), usegmt=True)

    def busy(status: int, retry_after: Callable[[], str] | None = None) -> Callable[[Visit], None]:
        def answer(visit: Visit) -> None:
            asked = times.setdefault(visit.path, [])
            asked.append(time.monotonic())
            if len(asked) == 1:
                headers = {"Retry-After": retry_after()} if retry_after else {}
                visit.answer(Reply(b"", status, headers, is_dated=False))
            else:
                visit.answer(Reply(f"<title>{visit.path}</title>{TEXT}{visit.path}"))

        return answer

    site.pages |= {
        "/sekunden": busy(429, lambda: "1"),
        "/datum": busy(503, soon),
        "/ohne": busy(500),
    }
    site.sitemap("/sitemap.xml", ["/sekunden", "/datum", "/ohne"])
    site.article("/", "Start", text(0))
    report = run().report
    assert (report.new, report.failed) == (4, 0)
    for asked in times.values():
        assert len(asked) == 2
        assert asked[1] - asked[0] >= 0.5  # not sooner than it was told


def test_a_site_that_wants_to_be_left_alone_is(site: Site, run: Fetch) -> None:
    """What is left waits for the next fetch."""
    site.article("/", "Start", text(0))
    site.sitemap("/sitemap.xml", ["/a", "/b"])
    site.pages["/a"] = Reply(status=429, headers={"Retry-After": "3600"}, is_dated=False)
    done = run()
    assert "/a wants to be asked again in 3,600 s" in done.report.stopped
    assert (done.report.new, done.report.waiting) == (1, 2)
    site.article("/a", "A", text(1))
    site.article("/b", "B", text(2))
    again = run().report
    assert again.went_on
    assert (again.new, again.unchanged, again.waiting) == (2, 0, 0)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_rules_that_cannot_be_read_forbid_all(
    site: Site, run: Fetch, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As RFC 9309 says; a robots.txt that is not there forbids nothing."""
    monkeypatch.setattr(polite_client, "TRIES", 1)
    site.article("/", "Start", text(0))
    site.pages["/robots.txt"] = Reply("", status, is_dated=False)
    with pytest.raises(FetchFailed, match=r"robots\.txt answered"):
        run()
    assert site.asked == ["/robots.txt"]


def test_rules_for_us_come_before_those_for_all(site: Site, run: Fetch, files: Files) -> None:
    """With wildcards and the longest rule first."""
    site.robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: searchapp\nAllow: /\n"
        "Disallow: /*?druck\nDisallow: /archiv/*/intern$\nAllow: /archiv/\n"
    )
    paths = ["/a", "/a?druck", "/archiv/1/intern", "/archiv/1/internes"]
    for number, path in enumerate(["/", *paths]):
        site.article(path, path, text(number))
    site.sitemap("/sitemap.xml", paths)
    report = run().report
    assert report.forbidden == 2
    assert files() == {"index.html", "a.html", "archiv/1/internes.html"}


def test_the_delay_is_kept_also_when_robots_asks_for_more(site: Site, run: Fetch) -> None:
    """Requests are apart by it, at least."""
    paths = [f"/{number}" for number in range(4)]
    for number, path in enumerate(["/", *paths]):
        site.article(path, path, text(number))
    site.sitemap("/sitemap.xml", paths)
    site.robots("User-agent: *\nCrawl-delay: 0.3\n")
    run(delay_s=0.1)
    times = site.times
    assert min(after - before for before, after in pairwise(times)) > 0.25
