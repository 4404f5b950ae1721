"""Pages of other sites read the API where the owner lists them, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from searchapp.errors import BadSetting
from searchapp.settings import Settings
from searchapp.web import create_app
from searchapp.web.serving import check

PAPER = "https://zeitung.example"


@pytest.mark.parametrize(
    "url", ["/api/v1/search?q=strom", "/api/v1/nichts", "/api/v1/search?page=x", "/api/v1/info"]
)
def test_a_listed_origin_may_read(make_client: Callable[..., FlaskClient], url: str) -> None:
    """Answers and errors alike, without cookies; caches hear what the answer depends on."""
    client = make_client(cors_origins=f"{PAPER}, http://localhost:8080")
    for origin in (PAPER, "http://localhost:8080"):
        headers = client.get(url, headers={"Origin": origin}).headers
        assert headers["Access-Control-Allow-Origin"] == origin
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "ETag" in headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in headers
        assert "Origin" in headers["Vary"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("/api/v1/search", ""),
        ("/api/v1/search", "https://fremd.example"),
        ("/api/v1/search", PAPER + ".fremd.example"),
        ("/api/v1/search", PAPER + ":8443"),
        ("/api/v1/search", PAPER.replace("https", "http")),
        ("/api/v1/search", "null"),
        ("/search", PAPER),
        ("/", PAPER),
        ("/healthz", PAPER),
    ],
)
def test_nothing_else_may(make_client: Callable[..., FlaskClient], url: str, origin: str) -> None:
    """No other origin reads the API, and none the pages of readers."""
    headers = make_client(cors_origins=PAPER).get(url, headers={"Origin": origin}).headers
    assert not [name for name in dict(headers) if name.startswith("Access-Control-")]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert ("Origin" in headers["Vary"]) == url.startswith("/api/")


def test_all_origins(make_client: Callable[..., FlaskClient]) -> None:
    """Where the owner says so: then nothing depends on who asks."""
    headers = (
        make_client(cors_origins="*").get("/api/v1/search", headers={"Origin": "null"}).headers
    )
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in headers["Vary"]


def test_by_default_nobody(client: FlaskClient) -> None:
    """As before."""
    headers = client.get("/api/v1/search", headers={"Origin": PAPER}).headers
    assert "Access-Control-Allow-Origin" not in headers


def test_browsers_ask_before(make_client: Callable[..., FlaskClient]) -> None:
    """A preflight is answered for listed origins, with the methods that there are."""
    client = make_client(cors_origins=PAPER)
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x"}
    answer = client.options("/api/v1/search", headers={"Origin": PAPER, **asked})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAPER
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    refused = client.options("/api/v1/search", headers={"Origin": "https://fremd.example", **asked})
    assert not [name for name in dict(refused.headers) if name.startswith("Access-Control-")]


def test_unchanged_answers_may_be_read_too(make_client: Callable[..., FlaskClient]) -> None:
    """A browser that has the answer still needs the permission."""
    client = make_client(cors_origins=PAPER)
    tag = client.get("/api/v1/search").headers["ETag"]
    again = client.get("/api/v1/search", headers={"Origin": PAPER, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == PAPER
    assert "Origin" in again.vary


@pytest.mark.parametrize(
    "origins", ["zeitung.example", PAPER + "/", "ftp://a", "https://A.example", f"{PAPER} null"]
)
def test_what_is_no_origin_is_refused_at_the_start(settings: Settings, origins: str) -> None:
    """It would never be met; an example says how it is written."""
    for begin in (create_app, check):
        with pytest.raises(BadSetting, match=r"SEARCHAPP_CORS_ORIGINS: .* is not an origin"):
            begin(replace(settings, cors_origins=origins, port=0))
