"""What those see who watch the server: that it lives, and that it answers from what it should."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild, roll_back, update
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.sources import article, damage_largest, edit_manifest, write_lines


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An index of one article."""
    seeds = write_lines(tmp_path / "artikel.jsonl", [article("a", "Torf")])
    settings = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1, time_budget_s=20.0)
    rebuild(settings)
    return settings


@pytest.fixture
def own_client(own: Settings) -> Iterator[FlaskClient]:
    """One that reads English, of an application that has answered."""
    app = create_app(own)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert client.get("/search?q=Torf").status_code == 200
    yield client
    app.extensions["searchapp"].close()


def ready(client: FlaskClient) -> tuple[int, str]:
    """The status, and the generation or the code."""
    response = client.get("/readyz")
    assert response.json is not None
    assert response.headers["Cache-Control"] == "no-cache"
    if response.status_code != 200:
        assert response.mimetype == "application/problem+json"
        assert "/" not in response.json["detail"]
    return response.status_code, response.json.get("generation") or response.json["code"]


def test_a_server_lives_with_and_without_an_index(
    own: Settings, own_client: FlaskClient, make_client: Callable[..., FlaskClient]
) -> None:
    """Nobody restarts a server because its index is missing; it names what it answers from."""
    alive = own_client.get("/healthz").json
    assert alive is not None
    assert alive["status"] == "ok"
    assert (alive["articles"], alive["generation"]) == (1, GenerationStore(own.index).current_id())
    without = make_client(index=own.index / "nichts")
    assert without.get("/healthz").status_code == 200
    assert ready(without) == (503, "no_index")


def test_it_is_ready_on_what_is_named(own: Settings, own_client: FlaskClient) -> None:
    """After a rebuild, an update and a rollback."""
    first = GenerationStore(own.index).current_id()
    assert ready(own_client) == (200, first)
    second = rebuild(own).generation
    assert ready(own_client) == (200, second)
    assert update(own).generation == second
    assert ready(own_client) == (200, second)
    roll_back(own)
    assert ready(own_client) == (200, first)


def test_it_is_not_ready_on_an_older_generation(
    own: Settings, own_client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes on answering, but whoever watches learns of it, and the log says why."""
    generation = rebuild(own).generation
    store = GenerationStore(own.index)
    edit_manifest(store.current(), fingerprint="eine andere")
    assert own_client.get("/search?q=Torf").status_code == 200
    with caplog.at_level(logging.WARNING):
        response = own_client.get("/readyz")
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["code"] == "index_not_current"
    assert "older generation" in response.json["detail"]
    assert "does not fit this version of the program" in response.json["detail"]
    assert generation in caplog.text
    assert own_client.get("/healthz").status_code == 200
    third = rebuild(own).generation
    assert ready(own_client) == (200, third)


def test_it_is_not_ready_without_a_pointer_or_a_file(
    own: Settings, own_client: FlaskClient
) -> None:
    """Both may be found before the next reader is disappointed."""
    pointer = own.index / "CURRENT"
    kept = pointer.read_bytes()
    pointer.unlink()
    assert ready(own_client) == (503, "index_not_current")
    pointer.write_bytes(kept)
    assert ready(own_client)[0] == 200
    generation = GenerationStore(own.index).current()

    def shorten(path: Path) -> None:
        path.rename(path.with_suffix(".fort"))
        path.write_bytes(b"")

    damage_largest(shorten)(generation)
    assert ready(own_client) == (503, "index_damaged")


def test_an_index_may_be_too_old(own: Settings) -> None:
    """Its age counts from the last update that was done, even if there was nothing to do."""
    app = create_app(replace(own, max_index_age_h=24.0))
    client = app.test_client()
    assert ready(client)[0] == 200
    (own.index / ".last-run.json").unlink()
    old = dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)
    edit_manifest(GenerationStore(own.index).current(), built_at=old.isoformat())
    app.extensions["searchapp"].close()
    assert ready(client) == (503, "index_too_old")
    update(own)
    assert ready(client)[0] == 200
    app.extensions["searchapp"].close()
