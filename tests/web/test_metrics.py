"""The figures for Prometheus: of all processes, of the index and its last run, and not for all."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from searchapp.errors import BadSetting, CannotListen
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web.observation import host_and_port
from searchapp.web.serving import listening_socket, serve
from tests.sources import article, write_lines
from tests.web.serving_process import Server, eventually, serving

TOKEN = "eine-lange-losung-7f3a"

Samples = dict[tuple[str, str], float]


def samples(text: str) -> Samples:
    """The values by name and by the values of their labels."""
    return {
        (each.name, " ".join(each.labels.values())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def free_port() -> int:
    with listening_socket("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_all_processes_count_together(settings: Settings, tmp_path: Path) -> None:
    """On a port of their own, and on the page for who has the token; a restart loses nothing."""
    port = free_port()
    own = {
        "index": settings.index,
        "workers": 2,
        "metrics_listen": f"127.0.0.1:{port}",
        "metrics_token": TOKEN,
    }
    with serving(tmp_path, own) as server:
        for number in range(12):
            # Connections of their own, of which each process gets some.
            assert server.get(f"/search?q=strom&page=1&per_page={number + 1}")[0] == 200
            assert server.get("/search?q=xqzvwpf")[0] == 200
            assert server.get("/search?q=strom&page=99")[0] == 404
        assert server.get("/nichts")[0] == 404

        def figures() -> Samples:
            return samples(server.get(f"http://127.0.0.1:{port}/metrics")[2])

        # A request is counted when its answer has gone.
        total = ("searchapp_requests_total", "pages.search 200")
        assert eventually(lambda: figures().get(total) == 24)
        assert eventually(lambda: figures()["searchapp_requests_total", "none 404"] == 1)
        found = figures()
        assert found["searchapp_requests_total", "pages.search 404"] == 12
        assert found["searchapp_searches_without_results_total", ""] == 12
        assert found["searchapp_request_seconds_count", "pages.search"] == 36
        assert found["searchapp_request_seconds_bucket", "pages.search +Inf"] == 36
        assert found["searchapp_articles", ""] == 26
        assert found["searchapp_processes_behind", ""] == 0
        assert found["searchapp_timeouts_total", ""] == 0
        assert found["searchapp_generation_age_seconds", ""] >= 0
        assert found["searchapp_last_run_added", ""] == 26
        assert found["searchapp_last_run_left_out", ""] == 0
        _refuses_strangers(server)
        allowed = server.get("/metrics", Authorization=f"Bearer {TOKEN}")
        assert allowed[0] == 200
        assert allowed[1]["Cache-Control"] == "no-store"
        assert samples(allowed[2])[total] == 24
        assert server.get(f"http://127.0.0.1:{port}/")[0] == 404
        os.kill(server.pid, signal.SIGHUP)  # All processes are replaced.
        for _ in range(20):
            assert server.get("/search?q=xqzvwpf")[0] == 200
        assert eventually(lambda: figures()[total] == 44)
        assert eventually(lambda: figures()["searchapp_requests_under_way", ""] == 0)


def _refuses_strangers(server: Server) -> None:
    for sent in ("", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ä", "Basic e"):
        status, headers, text = server.get("/metrics", **({"Authorization": sent} if sent else {}))
        assert status == 401
        assert headers["WWW-Authenticate"].startswith("Bearer")
        assert "requests_total" not in text


def test_without_a_setting_there_are_no_figures(make_client: Callable[..., FlaskClient]) -> None:
    """Nobody finds out by chance how often the page is asked."""
    assert make_client().get("/metrics").status_code == 404
    own_port = make_client(metrics_listen="127.0.0.1:9100")
    assert own_port.get("/metrics").status_code == 404


def test_one_process_tells_of_timeouts_and_of_what_an_update_left_out(
    tmp_path: Path, make_client: Callable[..., FlaskClient]
) -> None:
    """An application that another server runs has figures, too."""
    seeds = write_lines(tmp_path / "artikel.jsonl", [article("a"), "{"])
    own = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1)
    rebuild(own)
    client = make_client(index=own.index, metrics_token=TOKEN, time_budget_s=1e-9)
    with client.get("/search?q=strom") as refused:
        assert refused.status_code == 503
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    found = samples(text)
    assert found["searchapp_timeouts_total", ""] == 1
    assert found["searchapp_errors_total", "search_timeout"] == 1
    assert found["searchapp_last_run_left_out", ""] == 1
    assert found["searchapp_last_run_succeeded", ""] == 1
    assert found["searchapp_requests_under_way", ""] == 1  # this one


def test_labels_are_bounded(make_client: Callable[..., FlaskClient]) -> None:
    """Strangers cannot make the table grow by what they ask for."""
    client = make_client(metrics_token=TOKEN)
    for number in range(20):
        client.get(f"/nichts-{number}").close()
        client.open("/", method=f"M{number}").close()
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    kinds = {labels for name, labels in samples(text) if name == "searchapp_requests_total"}
    assert kinds == {"none 404", "none 405"}


def test_a_taken_port_or_no_address_is_one_sentence(settings: Settings) -> None:
    """Before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotListen, match="cannot listen on"):
            serve(replace(settings, metrics_listen=listen), on_ready=pytest.fail)
    for text in ("9100", "localhost", ":9100", "localhost:x", "localhost:70000"):
        with pytest.raises(BadSetting, match="SEARCHAPP_METRICS_LISTEN"):
            host_and_port(text)
    assert host_and_port("[::1]:9100") == ("::1", 9100)


@pytest.mark.parametrize("token", ["kurz", "x" * 15, "ä" * 20, "ein\nZeilenumbruch-xxxxxxx"])
def test_a_token_that_could_be_guessed_is_refused(token: str) -> None:
    """Without telling it to the log."""
    with pytest.raises(BadSetting, match="SEARCHAPP_METRICS_TOKEN") as caught:
        Settings().changed(metrics_token=token)
    assert token not in str(caught.value)
    assert "losung" not in repr(Settings(metrics_token="eine-lange-losung"))
