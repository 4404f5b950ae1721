"""Headers, rate limit, proxies and compression."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import request
from flask.testing import FlaskClient

from searchapp.errors import BadSetting
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.web.html import Page, get

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)


@pytest.mark.parametrize(
    "url",
    ["/", "/search?q=strom", "/article/lichtbogen", "/nichts", "/search?page=0",
     "/api/v1/search", "/api/v1/search?page=0", "/healthz", "/static/site.css"],
)  # fmt: skip
def test_every_response_is_protected(client: FlaskClient, url: str) -> None:
    """Pages, errors, JSON and files carry the strict policy and its companions."""
    headers = client.get(url).headers
    assert headers.getlist("Content-Security-Policy") == [POLICY]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_depend_on_the_reader_and_files_on_their_content(client: FlaskClient) -> None:
    """No page is kept without asking; a file with its hash in the URL is kept for a year."""
    page = get(client, "/")
    assert page.response.cache_control.no_cache
    for url in page.values("//link[@rel='stylesheet' or @rel='icon']/@href"):
        file = client.get(url)
        assert file.cache_control.max_age == 365 * 24 * 3600
        assert file.cache_control.immutable
        assert "Cookie" not in file.vary
        assert not client.get(url[:-1]).cache_control.max_age
        again = client.get(url, headers={"If-None-Match": file.headers["ETag"]})
        assert again.status_code == 304


def test_the_style_sheet_is_small(client: FlaskClient) -> None:
    """Own CSS of at most 15 KB."""
    assert len(client.get("/static/site.css").data) <= 15 * 1024


def test_static_files_stay_in_their_folder(client: FlaskClient) -> None:
    """Nothing else of the machine can be read."""
    for path in ("../__init__.py", "..%2f__init__.py", "%2e%2e/__init__.py", "/etc/passwd"):
        assert client.get(f"/static/{path}").status_code == 404


def test_texts_are_compressed(client: FlaskClient) -> None:
    """Pages, JSON and CSS cross the wire small."""
    for url in ("/search?q=strom", "/api/v1/search?q=strom", "/static/site.css"):
        plain = client.get(url)
        small = client.get(url, headers={"Accept-Encoding": "gzip, br"})
        assert small.headers["Content-Encoding"] in {"gzip", "br"}
        assert len(small.data) < len(plain.data) / 2
        assert "Accept-Encoding" in small.vary


@pytest.mark.parametrize(
    ("lang", "title"), [("de", "Zu viele Anfragen"), ("en", "Too many requests")]
)
def test_too_many_requests_are_refused(
    make_client: Callable[..., FlaskClient], lang: str, title: str
) -> None:
    """429 with a page and when to come again; other addresses and health checks go on."""
    client = make_client(rate_limit="2 per minute")
    get(client, "/", lang=lang)
    get(client, "/search", lang=lang)
    page = get(client, "/article/lichtbogen", lang=lang, status=429)
    assert page.text("//h1") == title
    assert 1 <= int(page.response.headers["Retry-After"]) <= 60
    refused = client.get("/api/v1/search").json
    assert refused is not None
    assert refused["code"] == "too_many_requests"
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert client.get("/static/site.css").status_code == 200
    assert client.get("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_addresses_that_there_are_not_count(make_client: Callable[..., FlaskClient]) -> None:
    """Whoever tries out addresses is stopped as others are; so are wrong methods."""
    client = make_client(rate_limit="3 per minute")
    statuses = [client.get(f"/{number}.php").status_code for number in range(2)]
    statuses.append(client.post("/search").status_code)
    statuses += [client.get(path).status_code for path in ("/4.php", "/")]
    assert statuses == [404, 404, 405, 429, 429]


def test_the_tightest_of_several_limits_is_told(make_client: Callable[..., FlaskClient]) -> None:
    """Programs see how much is left, and of which limit."""
    client = make_client(rate_limit="2 per minute; 100 per hour")
    told = [client.get("/").headers for _ in range(3)]
    assert [each["X-RateLimit-Limit"] for each in told] == ["2", "2", "2"]
    assert [each["X-RateLimit-Remaining"] for each in told] == ["1", "0", "0"]
    assert client.get("/static/site.css").headers.get("X-RateLimit-Limit") is None


def test_an_ipv6_reader_is_its_network(make_client: Callable[..., FlaskClient]) -> None:
    """Each has more addresses than could ever be counted."""
    client = make_client(rate_limit="2 per minute")

    def status(address: str) -> int:
        return client.get("/", environ_base={"REMOTE_ADDR": address}).status_code

    assert [status(f"2001:db8::{each}") for each in (1, 2, 3)] == [200, 200, 429]
    assert status("2001:db8:0:1::1") == 200
    assert [status(f"::ffff:192.0.2.{each}") for each in (1, 1, 1, 2)] == [200, 200, 429, 200]
    assert status("192.0.2.1") == 429


def test_a_rate_limit_that_cannot_be_read_is_refused_at_the_start(settings: Settings) -> None:
    """The setting is named, with an example."""
    with pytest.raises(BadSetting, match=r"SEARCHAPP_RATE_LIMIT.*120 per minute"):
        create_app(replace(settings, rate_limit="oft"))


@pytest.mark.parametrize(
    ("trusted", "seen"), [(0, ("127.0.0.1", "http")), (1, ("192.0.2.2", "https"))]
)
def test_only_trusted_proxies_are_believed(
    make_client: Callable[..., FlaskClient], trusted: int, seen: tuple[str, str]
) -> None:
    """Nobody can pretend another address; behind a proxy the reader's own one counts."""
    client = make_client(trusted_proxies=trusted)
    forwarded = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2", "X-Forwarded-Proto": "https"}
    with client:
        client.get("/?lang=en", headers=forwarded)
        assert (request.remote_addr, request.scheme) == seen


def test_the_cookie_is_secure_where_the_page_is(
    make_client: Callable[..., FlaskClient],
) -> None:
    """Over HTTPS the cookie never travels in clear."""
    client = make_client(trusted_proxies=1)
    response = client.get("/?lang=en", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in response.headers["Set-Cookie"]
    assert Page(response).values("/html/@lang") == ["en"]


def test_a_prefix_of_a_proxy_is_part_of_all_links(
    make_client: Callable[..., FlaskClient],
) -> None:
    """The site may live below a path, whether or not the proxy takes that off."""
    client = make_client(path_prefix="/suche")
    for path in ("/search?q=strom", "/suche/search?q=strom"):
        page = Page(client.get(path))
        for href in page.values("//a/@href | //link/@href | //form/@action"):
            assert href.removeprefix("http://localhost").startswith(("/suche/", "#"))


@pytest.mark.parametrize("trusted", [0, 1, 2])
def test_headers_that_no_proxy_sets_change_nothing(
    make_client: Callable[..., FlaskClient], trusted: int
) -> None:
    """A stranger's are handed on by the documented proxy as they came."""
    client = make_client(trusted_proxies=trusted)
    plain = client.get("/search?q=strom").data
    for headers in (
        {"X-Forwarded-Prefix": "//boese.example"},
        {"X-Forwarded-Prefix": "javascript:alert(1)//"},
        {"X-Forwarded-Host": "boese.example"},
        {"X-Forwarded-Server": "boese.example", "X-Forwarded-Port": "81"},
        {"X-Forwarded-Ssl": "on", "Front-End-Https": "on", "X-Forwarded-Protocol": "ssl"},
        {"Forwarded": "for=192.0.2.9;host=boese.example;proto=https"},
        {"X-Script-Name": "/boese", "Script-Name": "/boese", "X-Original-Url": "/healthz"},
        {"X-Real-Ip": "192.0.2.9", "X-Rewrite-Url": "/healthz"},
    ):
        with client:
            answer = client.get("/search?q=strom", headers=headers)
            seen = (request.remote_addr, request.scheme, request.host, request.script_root)
        assert seen == ("127.0.0.1", "http", "localhost", "")
        assert _without_times(answer.data) == _without_times(plain)


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("198.51.100.1, 192.0.2.1, 192.0.2.2", "192.0.2.1"),
        ("192.0.2.1, 192.0.2.2", "192.0.2.1"),
        ("192.0.2.2", "127.0.0.1"),  # Not through both of them: nothing of it is believed.
    ],
)
def test_of_two_proxies_the_first_tells_the_address(
    make_client: Callable[..., FlaskClient], forwarded: str, seen: str
) -> None:
    """What a reader put before it does not count; the scheme is what the last one says."""
    client = make_client(trusted_proxies=2)
    with client:
        headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
        client.get("/", headers=headers)
        assert (request.remote_addr, request.scheme) == (seen, "https")


def _without_times(page: bytes) -> str:
    return re.sub(r"[\d.,]+\s(ms|s|Millisekunden|Sekunden)\b", "", page.decode())
