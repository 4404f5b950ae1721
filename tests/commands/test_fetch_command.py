"""`searchapp fetch` as a user runs it, from a real server to the answer of a search."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.commands.running import SCRIPT, TIMEOUT_S, invoke, invoke_json
from tests.website.small_site import Reply, Site, Visit, small_site

TEXT = "Der Betrieb in Linz hat im vergangenen Jahr mehr Stahl erzeugt als je zuvor. " * 3


def set_up(site: Site, count: int) -> None:
    """A start page, and articles that a sitemap lists."""
    for number in range(count):
        site.article(f"/artikel/{number}", f"Artikel {number}", f"{TEXT} Nummer x{number}x.")
    site.article("/", "Start", "Willkommen auf der Seite.")
    site.sitemap("/sitemap.xml", [f"/artikel/{number}" for number in range(count)])


def test_what_was_fetched_is_indexed_without_a_network() -> None:
    """With its address, and an id made of it; what has changed is found after an update."""
    with small_site() as site:
        set_up(site, 3)
        printed = invoke("fetch", site.url, "--delay", 0).stdout
        assert "Pages: 4 new, 0 changed, 0 unchanged, 0 gone, 0 failed." in printed
        assert "seeds holds 4 pages of the site." in printed
        site.article("/artikel/1", "Artikel 1", f"{TEXT} Jetzt mit Kupfer.")
        del site.pages["/artikel/2"]
        url = site.url
        host = site.host.replace(":", "_")
    invoke("rebuild", "--workers", 1)
    page = invoke_json("search", "x1x")
    (hit,) = page["hits"]
    assert (hit["url"], hit["id"]) == (f"{url}/artikel/1", f"{host}/artikel/1")
    assert not invoke_json("search", "Kupfer")["total"]


def test_failures_have_a_status_of_their_own(tmp_path: Path) -> None:
    """All else is there; and they are told on standard error."""
    with small_site() as site:
        set_up(site, 2)
        site.pages["/artikel/0"] = Reply("nein", 403)
        result = invoke("fetch", site.url, "--delay", 0, "--into", "pages", status=3)
        assert f"{site.url}/artikel/0: answered 403; " in result.stderr
        assert "2 new" in result.stdout
        report = invoke_json("fetch", site.url, "--delay", 0, "--into", "pages", status=3)
        assert (report["failed"], report["unchanged"], report["not_modified"]) == (1, 2, 2)
        assert invoke("fetch", "ftp://example.org", status=2).stderr.startswith("searchapp: ")
        site.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /")
        refused = invoke("fetch", site.url, "--delay", 0, "--into", "new", status=3)
        assert f"{site.url}/: is forbidden by robots.txt" in refused.stderr
        assert not list((tmp_path / "new").rglob("*.html"))


def test_private_hosts_want_to_be_allowed() -> None:
    """A name that means this machine, other than localhost, is not asked."""
    with small_site() as site:
        set_up(site, 1)
        port = site.server_port
        refused = invoke("fetch", f"http://127.1:{port}", "--delay", 0, status=1)
        assert "which is no public address" in refused.stderr
        assert site.asked == []
        invoke("fetch", f"http://127.1:{port}", "--delay", 0, "--allow-private", status=0)
        invoke("fetch", f"http://localhost:{port}", "--delay", 0)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_fetch_that_is_broken_off_goes_on(tmp_path: Path, number: int) -> None:
    """However it was: no page is asked for twice, but the one that was under way."""
    with small_site() as site:
        set_up(site, 40)
        reply = site.pages["/artikel/20"]
        assert isinstance(reply, Reply)
        process: subprocess.Popen[str] | None = None

        def end(visit: Visit) -> None:
            site.pages["/artikel/20"] = reply
            assert process is not None
            os.kill(process.pid, number)
            site.is_over.wait(1)
            visit.close_connection = True

        site.pages["/artikel/20"] = end
        process = subprocess.Popen(
            [SCRIPT, "fetch", site.url, "--delay", "0.01"], stderr=subprocess.PIPE, text=True
        )
        _, stderr = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == (-9 if number == signal.SIGKILL else 130)
        if number == signal.SIGINT:
            assert "what was fetched is kept, and the next fetch goes on" in stderr
        assert len(list((tmp_path / "seeds").rglob("*.html"))) == 21
        site.asked.clear()
        printed = invoke("fetch", site.url, "--delay", 0).stdout
        assert printed.startswith("The fetch before was gone on with. Pages: 20 new, 0 changed")
        pages = [path for path in site.asked if path.startswith("/artikel")]
        assert pages == [f"/artikel/{number}" for number in range(20, 40)]
        assert not list((tmp_path / "seeds").rglob("*.part"))
