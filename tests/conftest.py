"""What is set for a whole run, and a small corpus with its index, service, application and server.

Hypothesis tries 100 examples of each property, or 500 with `--hypothesis-profile=slow`; a test
whose examples are costly takes a part of that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from searchapp.indexing import rebuild
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.shared_data import SHARED
from tests.web.serving_process import serving

# All that tests start speaks English, in whatever language the machine does.
for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"

CORPUS = Path(__file__).parent / "corpora"
"""26 articles: dates from 2018 to 2024 and one without, hostile HTML, a very long tag, odd ids."""

# The machine that tests may be busy: no example fails for the time that it takes.
hypothesis_settings.register_profile("quick", deadline=None)
hypothesis_settings.register_profile("slow", deadline=None, max_examples=500)
hypothesis_settings.load_profile("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the development data where they are not; in CI it runs, and fails."""
    if SHARED.is_dir() or os.environ.get("CI"):
        return
    without = [item for item in items if item.get_closest_marker("shared")]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if not item.get_closest_marker("shared")]


def pytest_report_header() -> str:
    """Say why tests are deselected."""
    return "" if SHARED.is_dir() else f"no {SHARED}: tests marked `shared` cannot run"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the attacks tried, and how much was survived."""
    counts = [
        f"{report.nodeid}: {text}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, text in report.user_properties
        if name == "attack"
    ]
    if counts:
        terminalreporter.section("attacks")
        terminalreporter.write_line("\n".join(sorted(counts)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for what takes minutes and needs more than Python."""
    parser.addoption(
        "--opensearch",
        action="store_true",
        help="run the tests of every engine on OpenSearch, too (needs Java; see the README)",
    )


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index folder of the small corpus, built once. Tests only read it."""
    folder = tmp_path_factory.mktemp("index")
    report = rebuild(Settings(seeds=(CORPUS,), index=folder, workers=1))
    assert report.left_out == 0
    return folder


@pytest.fixture(scope="session")
def settings(seed_index: Path) -> Settings:
    """Settings that name the small corpus and its index."""
    # The machine that tests may be busy: no test but those of the time budget is about speed.
    # And none gets the answer to another, which may have changed what is answered.
    return Settings(
        seeds=(CORPUS,), index=seed_index, workers=1, time_budget_s=20.0, answer_cache_mb=0
    )


@pytest.fixture(scope="session")
def service(settings: Settings) -> Iterator[SearchService]:
    """The real service on the small corpus."""
    service = SearchService(settings)
    yield service
    service.close()


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application on the small corpus."""
    app = create_app(settings)
    yield app
    app.extensions["searchapp"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies that asks for German."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


@pytest.fixture(scope="session")
def live_server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server process on a free port."""
    with served(settings, tmp_path_factory.mktemp("server")) as address:
        yield address


@contextmanager
def served(settings: Settings, folder: Path, **variables: str) -> Iterator[str]:
    """A real server process on a free port, with its log in the folder; gives its address."""
    given = {"index": settings.index, "workers": 1, "time_budget_s": settings.time_budget_s}
    with serving(folder, {**given, **variables}) as server:
        yield server.url
