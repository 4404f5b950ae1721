"""The modules of the page, and the one for other sites' pages."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

from flask.testing import FlaskClient

from tests.web.html import get

KIB = 1024


def imported(url: str, source: str) -> list[str]:
    """The addresses of what a module imports."""
    return [urljoin(url, path) for path in re.findall(r'from "(.*?)"', source)]


def test_the_script_is_small(client: FlaskClient) -> None:
    """One module below 6 KB compressed with what it imports; both are named by their content."""
    page = get(client, "/")
    (script,) = page.values("//script/@src")
    assert page.values("//script/@type") == ["module"]
    module = client.get(script)
    (url,) = imported(script, module.text)
    part = client.get(url)
    assert len(gzip.compress(module.data)) + len(gzip.compress(part.data)) <= 6 * KIB
    for response in (module, part):
        assert response.mimetype == "text/javascript"
        assert response.cache_control.immutable


def test_the_module_for_other_sites_is_small_and_may_be_loaded_there(client: FlaskClient) -> None:
    """Below 4 KB compressed with what it imports; kept for an hour, as its address stays."""
    module = client.get("/embed.js")
    (url,) = imported("/embed.js", module.text)
    part = client.get(url)
    assert part.cache_control.immutable
    assert module.cache_control.max_age == 3600
    assert len(gzip.compress(module.data)) + len(gzip.compress(part.data)) <= 4 * KIB
    for response in (module, part):
        assert response.mimetype == "text/javascript"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/embed.js", headers={"If-None-Match": module.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_no_other_file_is_for_other_sites(client: FlaskClient) -> None:
    """Nor any page."""
    for url in ("/static/site.js", "/static/site.css", "/", "/search?q=strom", "/static/no.js"):
        headers = client.get(url, headers={"Origin": "https://example.org"}).headers
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
