"""Whole fetches from a real server on this machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.errors import BadSetting, FetchFailed
from searchapp.website import polite_client, site_fetch
from searchapp.website.site_fetch import FetchPlan, fetch
from tests.website.conftest import Fetch
from tests.website.small_site import HTML, TEXT, Handler, Reply, Site, Visit, text

Files = Callable[[], set[str]]


def redirect(target: str, status: int = 301) -> Reply:
    return Reply(status=status, headers={"Location": target}, is_dated=False)


def big_site(site: Site) -> None:
    """300 articles in a sitemap index of three, one of them packed, and a feed with five more."""
    paths = [f"/artikel/{number}" for number in range(300)]
    for number, path in enumerate(paths):
        site.article(path, f"Artikel {number}", text(number))
    site.robots(f"User-agent: *\nDisallow: /intern/\nSitemap: {site.url}/maps/index.xml\n")
    site.sitemap_index("/maps/index.xml", ["/maps/a.xml", "/maps/b.xml.gz", "/maps/c.xml"])
    site.sitemap("/maps/a.xml", paths[:100])
    site.sitemap("/maps/b.xml.gz", paths[100:200], is_packed=True)
    site.sitemap("/maps/c.xml", [*paths[200:], "/intern/geheim", "/artikel/7?utm_source=x#top"])
    feed = "".join(f"<item><link>{site.url}/neu/{n}</link></item>" for n in range(5))
    site.pages["/feed.xml"] = Reply(
        f"<rss version='2.0'><channel>{feed}</channel></rss>", content_type="application/rss+xml"
    )
    for number in range(5):
        site.article(f"/neu/{number}", f"Neues {number}", text(1000 + number))
    alternate = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    site.article("/", "Start", "Willkommen.", head=alternate, links='<a href="/unverlinkt">x</a>')


@pytest.mark.slow
def test_a_whole_site_and_what_changes_of_it(site: Site, run: Fetch, files: Files) -> None:
    """300 pages of sitemaps and five of a feed; then only what has changed is sent again."""
    big_site(site)
    first = run(contact="web@example.org").report
    assert (first.new, first.failed, first.forbidden, first.stored) == (306, 0, 1, 306)
    assert len(files()) == 306
    assert "/intern/geheim" not in site.asked
    assert "/unverlinkt" not in site.asked
    assert site.most_at_once == 1
    (agent,) = site.agents
    assert agent.startswith("searchapp/")
    assert agent.endswith("(+web@example.org)")

    site.article("/artikel/5", "Artikel 5", text(5) + "Nachtrag.")
    del site.pages["/artikel/6"]
    site.pages["/artikel/8"] = Reply(status=410)
    second = run()
    report = second.report
    assert (report.new, report.changed, report.unchanged, report.gone) == (0, 1, 303, 2)
    assert report.not_modified == 303
    assert report.bytes < first.bytes / 5
    assert second.told("/artikel/6") == "is gone (answered 404)"
    assert {"artikel/6.html", "artikel/8.html"} < files()

    third = run(prune=True).report
    assert (third.gone, third.pruned, third.stored) == (2, 2, 304)
    assert not {"artikel/6.html", "artikel/8.html"} & files()


def test_links_are_followed_only_when_told(site: Site, run: Fetch, files: Files) -> None:
    """On the same site, not what robots.txt or the page forbids, and no pictures."""
    site.article(
        "/",
        "Start",
        text(0),
        links="""<a href="a">A</a> <a href='//other.example/x'>fremd</a> <a href=/bild.jpg>Bild</a>
        <a href="/nein" rel="nofollow">nein</a> <a href="mailto:x@y.z">Post</a>
        <!-- <a href="/kommentar">x</a> --><script>"<a href='/skript'>"</script>""",
    )
    site.article("/a", "A", text(1), links='<a href="/b?PHPSESSID=1a2b&amp;id=3">B</a>')
    site.article("/b?id=3", "B", text(2), links='<a href="/#oben">zurück</a>')
    assert run().report.new == 1
    assert run(follow=True).report.new == 2
    assert files() == {"index.html", "a.html", "b_id=3.html"}
    asked = {path for path in site.asked if "robots" not in path and "sitemap" not in path}
    assert asked == {"/", "/a", "/b?id=3"}


def test_a_calendar_without_end_is_left(site: Site, run: Fetch) -> None:
    """After so many clicks, however many links there are; and after so many pages."""

    def day(visit: Visit) -> None:
        number = int(visit.path.rpartition("/")[2])
        visit.answer(Reply(f"<title>{number}</title>{text(number)}<a href=/tag/{number + 1}>x</a>"))

    site.pages.update({f"/tag/{number}": day for number in range(100)})
    assert run(f"{site.url}/tag/0", follow=True, max_depth=7).report.new == 8
    limited = run(f"{site.url}/tag/0", follow=True, max_depth=90, limit=20)
    assert "--limit" in limited.report.stopped
    assert limited.report.is_whole
    assert limited.report.waiting == 1
    assert site.asked[-1] == "/tag/19"
    again = run(f"{site.url}/tag/0", follow=True, max_depth=90, limit=20).report
    assert again.went_on
    assert site.asked[-1] == "/tag/39"


def test_paths_that_grow_without_end_are_left(site: Site, run: Fetch) -> None:
    """A relative link that lacks its slash leads ever deeper."""

    def page(visit: Visit) -> None:
        visit.answer(Reply(f"<title>x</title>{visit.path}<a href='foo/bar/'>x</a>"))

    class Pages(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            return page if key.startswith("/x/") else default

    site.pages = Pages()  # type: ignore[assignment]  # its `get` is all that is asked for
    report = run(f"{site.url}/x/", follow=True, max_depth=100).report
    assert report.new == 4


def test_redirects_are_followed_on_the_site_only(site: Site, run: Fetch, files: Files) -> None:
    """One that never ends is told, and one to another host; neither ends the fetch."""
    site.sitemap("/sitemap.xml", ["/alt", "/a1", "/selbst", "/fremd", "/innen", "/w0", "/leer"])
    site.article("/", "Start", text(0))
    site.article("/neu", "Neu", text(1))
    site.pages |= {
        "/alt": redirect("/neu"),
        "/a1": redirect("a2", 302),
        "/a2": redirect(f"{site.url}/a1", 307),
        "/selbst": redirect("/selbst"),
        "/fremd": redirect("https://other.example/x"),
        "/innen": redirect("http://169.254.169.254/latest/meta-data/"),
        "/leer": Reply(status=302, is_dated=False),
    }
    site.pages |= {f"/w{number}": redirect(f"/w{number + 1}") for number in range(50)}
    done = run()
    assert files() == {"index.html", "neu.html"}
    assert done.report.elsewhere == 2
    assert "other.example" in done.told("/fremd")
    assert done.told("/a2") == done.told("/selbst") == "redirects without end"
    assert done.told("/leer") == "redirects to no address of a page"
    assert [each.what for each in done.problems if "/w" in each.where] == ["redirects without end"]
    assert not done.report.is_whole


def test_a_site_that_lives_elsewhere_is_a_failure(site: Site, run: Fetch) -> None:
    """As example.org where www.example.org was not named."""
    site.pages["/"] = redirect("https://www.example.org/")
    done = run()
    assert done.told("/") == "leads to another host (https://www.example.org/)"
    assert not done.report.is_whole


def test_pages_that_move_leave_no_double(site: Site, run: Fetch, files: Files) -> None:
    """A page whose text is at its new address goes; one that leads to the start page is kept."""
    site.sitemap("/sitemap.xml", ["/alt", "/weg", "/wartung"])
    site.article("/", "Start", text(0))
    for number, path in enumerate(("/alt", "/weg", "/wartung")):
        site.article(path, f"Artikel {path}", text(number))
    assert run().report.new == 4
    site.pages["/neu"] = site.pages["/alt"]
    site.pages |= {"/alt": redirect("/neu"), "/weg": redirect("/"), "/wartung": redirect("/", 302)}
    done = run()
    assert files() == {"index.html", "neu.html", "weg.html", "wartung.html"}
    assert (done.report.same, done.report.gone, done.report.failed) == (1, 1, 1)
    assert "for the time being" in done.told("/wartung")
    assert run(prune=True).report.pruned == 1
    assert files() == {"index.html", "neu.html", "wartung.html"}


def test_canonical_addresses_count_if_the_text_is_there(
    site: Site, run: Fetch, files: Files
) -> None:
    """A site that calls its start page the canonical address of all others loses no article."""
    site.sitemap("/sitemap.xml", ["/a?ansicht=druck", "/b", "/c/", "/c"])
    site.article("/", "Start", text(0))
    site.article("/a", "A", text(1), head='<link rel="canonical" href="/a">')
    site.article("/a?ansicht=druck", "A", text(1), head='<link href="/a" rel="canonical">')
    site.article("/b", "B", text(2), head='<link rel="canonical" href="/">')
    site.article("/c", "C", text(3))
    site.pages["/c/"] = site.pages["/c"]
    assert run().report.same == 2
    assert files() == {"index.html", "a.html", "b.html", "c.html"}
    again = run().report
    assert (again.new, again.changed, again.unchanged, again.same) == (0, 0, 6, 0)


def test_a_site_that_is_down_is_not_asked_on_and_on(
    site: Site, run: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What had failed is asked again when the fetch goes on."""
    monkeypatch.setattr(polite_client, "TRIES", 1)
    paths = [f"/artikel/{number}" for number in range(30)]
    site.article("/", "Start", text(0))
    site.sitemap("/sitemap.xml", paths)
    site.pages |= {path: Reply(status=500) for path in paths}
    down = run().report
    assert "may be down" in down.stopped
    assert len(site.asked) < 20
    for number, path in enumerate(paths):
        site.article(path, f"Artikel {number}", text(number + 1))
    up = run().report
    assert (up.new, up.failed, up.stored) == (30, 0, 31)


def test_what_breaks_is_told_and_the_rest_fetched(
    site: Site, run: Fetch, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow, endless, cut, packed into a bomb, too large, empty; each with its reason."""
    monkeypatch.setattr(polite_client, "TRIES", 1)

    packed = gzip.compress(gzip.compress(bytes(2**28)))

    def headers(visit: Visit, **values: str) -> None:
        visit.send_response(200)
        visit.send_header("Content-Type", HTML)
        for name, value in values.items():
            visit.send_header(name.replace("_", "-"), value)
        visit.end_headers()

    def silent(visit: Visit) -> None:
        site.is_over.wait(30)
        visit.close_connection = True

    def endless(visit: Visit) -> None:
        headers(visit)
        visit.drip(b"<p>" + b"x" * 2**16, every_s=0)

    def slow(visit: Visit) -> None:
        headers(visit)
        visit.drip(b"x", every_s=0.1)

    def slow_head(visit: Visit) -> None:
        visit.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        visit.drip(b"x", every_s=0.1)

    def cut(visit: Visit) -> None:
        headers(visit, Content_Length="100000")
        visit.wfile.write(b"<p>Der Anfang")
        visit.close_connection = True

    def bomb(visit: Visit) -> None:
        headers(visit, Content_Encoding="gzip, gzip", Content_Length=str(len(packed)))
        visit.wfile.write(packed)

    def garbage(visit: Visit) -> None:
        visit.wfile.write(b"\x00\xff\r\n\r\n")
        visit.close_connection = True

    odd: dict[str, Reply | Handler] = {
        "/silent": silent,
        "/endless": endless,
        "/slow": slow,
        "/slow_head": slow_head,
        "/cut": cut,
        "/bomb": bomb,
        "/garbage": garbage,
        "/empty": Reply(b" \n"),
        "/error": Reply("<p>oh", 500),
        "/forbidden": Reply("<p>nein", 403),
    }
    site.pages |= odd
    site.article("/", "Start", text(0))
    site.article("/gut", "Gut", text(1))
    site.sitemap("/sitemap.xml", [*odd, "/gut", "/fehlt"])
    done = run(page_bytes=2**20, timeout_s=0.4)
    assert files() == {"index.html", "gut.html"}
    assert done.report.failed == len(odd)
    assert done.report.missing == 1
    assert done.told("/silent") == "did not answer in time"
    assert done.told("/endless") == done.told("/bomb") == "is larger than 1 MB"
    assert done.told("/slow") == done.told("/slow_head") == "took longer than 2.4 s"
    assert done.told("/empty") == "answered with nothing"
    assert done.told("/error") == "answered 500"
    assert "broke off" in done.told("/cut")


def test_a_failure_keeps_the_page_that_is_stored(
    site: Site, run: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server in trouble is no reason to lose an article."""
    monkeypatch.setattr(polite_client, "TRIES", 1)
    site.article("/", "Start", text(0))
    run()
    file = tmp_path / "pages" / site.host.replace(":", "_") / "index.html"
    before = file.read_bytes()
    for reply in (Reply(b""), Reply("<p>oh", 500), Reply("<p>nein", 403)):
        site.pages["/"] = reply
        done = run(prune=True)
        assert (done.report.failed, done.report.gone) == (1, 0)
        assert file.read_bytes() == before


def test_what_is_no_article_is_left_out(site: Site, run: Fetch, files: Files) -> None:
    """By what it is said to be; where nothing is said, by how it begins. PDFs are stored."""
    site.article("/", "Start", text(0))
    page = "<!DOCTYPE html><title>x</title>" + TEXT
    site.pages |= {
        "/bild": Reply(b"\x89PNG", content_type="image/png"),
        "/daten.json": Reply("{}", content_type="application/json"),
        "/text": Reply("Nur Text", content_type="text/plain"),
        "/nichts": Reply(b"\x00\x01\x02", content_type=""),
        "/falsch": Reply(page + "falsch", content_type="text/plain"),
        "/ohne": Reply(page + "ohne", content_type=""),
        "/blatt.PDF": Reply(b"%PDF-1.7 x", content_type="application/pdf"),
        "/laden": Reply(b"%PDF-1.4 y", content_type="application/octet-stream"),
        "/still": Reply(page + "still", headers={"X-Robots-Tag": "noindex"}),
        "/leise": Reply("<meta name=robots content='NOINDEX, follow'>" + page + "leise"),
        "/laut": Reply(page + "laut", headers={"X-Robots-Tag": "otherbot: noindex"}),
    }
    site.sitemap("/sitemap.xml", list(site.pages))
    report = run().report
    expected = {"index.html", "falsch.html", "ohne.html", "blatt.pdf", "laden.pdf", "laut.html"}
    assert files() == expected
    assert (report.left_out, report.failed) == (6, 0)


def test_feeds_of_all_kinds_lead_to_pages(site: Site, run: Fetch) -> None:
    """RSS, Atom and JSON; not the comments of an article."""
    url = site.url
    head = "".join(
        f'<link rel="alternate" type="application/{kind}" href="{path}">'
        for kind, path in (
            ("rss+xml", "/rss"),
            ("atom+xml", "/atom"),
            ("feed+json", "/feed.json"),
            ("rss+xml", "/defekt"),
        )
    )
    site.article("/", "Start", text(0), head=head)
    comments = '<link rel="alternate" type="application/rss+xml" href="/a/kommentare">'
    site.article("/a", "A", text(1), head=comments)
    for number, path in enumerate("bcd"):
        site.article(f"/{path}", path, text(number + 2))
    site.pages |= {
        "/rss": Reply(
            f"<rss><channel><link>{url}/</link><item><link>{url}/a</link></item>"
            f"<item><guid>{url}/b</guid></item>"
            f"<item><guid isPermaLink='false'>{url}/x</guid></item>"
        ),
        "/atom": Reply(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry>"
            "<link rel='enclosure' href='/mp3'/><link href='/c'/></entry></feed>"
        ),
        "/feed.json": Reply(json.dumps({"items": [{"url": f"{url}/d"}, 7, {"id": 1}]})),
        "/defekt": Reply("<rss><item>"),
    }
    report = run().report
    assert report.new == 5
    assert "/a/kommentare" not in site.asked
    assert "/mp3" not in site.asked


def test_a_sitemap_itself_can_be_named(site: Site, run: Fetch) -> None:
    """Where nothing else leads to it."""
    site.article("/a", "A", text(1))
    site.sitemap("/karte.xml", ["/a"])
    report = run(f"{site.url}/karte.xml").report
    assert (report.new, report.failed) == (1, 0)


def test_sitemaps_in_circles_and_broken_ones_end(site: Site, run: Fetch) -> None:
    """What can be read of them counts, and what cannot is told."""
    site.article("/", "Start", text(0))
    site.article("/a", "A", text(1))
    site.article("/b", "B", text(2))
    maps = ["/1.xml", "/kaputt.xml.gz", "/fehlt.xml", "/und.xml"]
    site.sitemap_index("/sitemap.xml", maps)
    site.sitemap_index("/1.xml", ["/sitemap.xml", "/1.xml"])
    site.pages["/und.xml"] = Reply(
        f"<urlset><url><loc>{site.url}/a?x=1&y=2</loc></url><url><loc>{site.url}/a</loc></url>"
        f"<url><loc>http://other.example/</loc></url><url><loc>\n{site.url}/b\n</loc></url>"
    )
    site.pages["/kaputt.xml.gz"] = Reply(gzip.compress(b"<urlset>" * 1000)[:-9])
    done = run()
    assert done.report.new == 3
    assert done.told("/fehlt.xml") == "answered 404"
    assert "gzip data are damaged" in done.told("/kaputt.xml.gz")
    assert "another host" in done.told("/und.xml")


def test_more_addresses_than_can_be_kept_in_mind_are_left(
    site: Site, run: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is told once, and the others are fetched; in the next fetch as well."""
    monkeypatch.setattr(site_fetch, "MAX_WAITING", 10)
    links = "".join(f"<a href=/{number}>x</a>" for number in range(8))
    site.article("/", "Start", text(0), links=links)
    for number in range(8):
        more = "".join(f"<a href=/{number}/{deeper}>x</a>" for deeper in range(8))
        site.article(f"/{number}", f"Artikel {number}", text(number + 1), links=more)
    for _ in range(2):
        done = run(follow=True)
        assert (done.report.stored, done.report.failed) == (9, 1)
        assert done.problems[0].what == "names more than 10 addresses: not all wait"


def test_pages_are_bytes_and_names_are_safe(site: Site, run: Fetch, tmp_path: Path) -> None:
    """Whatever stands in an address; nothing leaves the folder, hides or meets another's file."""
    paths = [
        "/%2E%2E/%2E%2E/flucht",
        "/..%2F..%2Fetc%2Fpasswd",
        "/.versteckt",
        "/" + "a" * 400,
        "/" + "a" * 401,
        "/Groß",
        "/gro%C3%9F",
        "/x.html/y",
        "/x.html",
        "/x",
        "/con?a=1&b=%2F..%2F",
        "/nul%00l",
    ]
    paths = [each.replace("ß", "%C3%9F") for each in paths]
    for number, path in enumerate(paths):
        site.article(path, f"Artikel {number}", text(number))
    site.article("/flucht", "Flucht", text(99))
    site.sitemap("/sitemap.xml", paths)
    site.article("/", "Start", text(500))
    own = tmp_path / "pages" / site.host.replace(":", "_") / "x.html"
    own.parent.mkdir(parents=True)
    own.write_text("eine eigene Datei", "utf-8")
    report = run().report
    assert (report.new, report.failed) == (len(paths) + 1, 0)
    assert own.read_text("utf-8") == "eine eigene Datei"
    top = tmp_path / "pages"
    pages = [each for each in top.rglob("*.html") if each.is_file() and each != own]
    assert len(pages) == len(paths) + 1
    assert not [
        each for each in pages if any(part[0] == "." for part in each.relative_to(top).parts)
    ]
    assert not list(tmp_path.glob("*flucht*"))


@pytest.mark.parametrize(
    "address", ["ftp://example.org/", "https://user:secret@example.org", "https://", "http://a b/"]
)
def test_what_is_no_address_of_a_site_is_refused(tmp_path: Path, address: str) -> None:
    """Before anything is asked."""
    with pytest.raises(BadSetting, match="is no address of a web site"):
        fetch(FetchPlan(sites=(address,), folder=tmp_path))


def test_one_folder_has_one_fetch_at_a_time(site: Site, run: Fetch) -> None:
    """A second one says so, and changes nothing."""
    messages: list[str] = []

    def start(visit: Visit) -> None:
        with pytest.raises(FetchFailed) as caught:
            run()
        messages.append(str(caught.value))
        visit.answer(Reply(f"<title>x</title>{TEXT}"))

    site.pages["/"] = start
    assert run().report.new == 1
    assert "another process is fetching into this folder" in messages[0]


def test_damaged_notes_are_told_with_a_remedy(site: Site, run: Fetch, tmp_path: Path) -> None:
    """The pages can be fetched anew without them."""
    site.article("/", "Start", text(0))
    run()
    notes = tmp_path / "pages" / ".fetch.sqlite"
    notes.write_bytes(b"kein SQLite" * 1000)
    with pytest.raises(FetchFailed, match="move it away"):
        run()
    notes.unlink()
    assert run().report.stored == 1
