"""The server's figures for Prometheus, over all its processes.

They are counted by prometheus-client, whose processes share a folder of files that each maps into
memory (`shared_figures`); without one, as in an application that another server runs, each process
tells its own. What the index and the last run are is looked up when somebody asks.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, Unauthorized

from searchapp.errors import SearchappError, SearchTimeout
from searchapp.last_run import last_run
from searchapp.process_ids import is_running
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.web.protection import is_secret
from searchapp.web.request_log import Ended

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

blueprint = Blueprint("metrics", __name__)

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
EXTENSION: Final = "searchapp.metrics"
_FOLDERS: Final = "searchapp-metrics-"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the classes of a histogram; the time budget of a request is 2 s by default."""
KNOWN_STATUSES: Final = frozenset((200, 301, 302, 304, 400, 401, 404, 405, 410, 413, 429, 500, 503))


@contextmanager
def shared_figures(settings: Settings) -> Iterator[None]:
    """Let processes that are started inside count together, if anybody is to read the figures.

    To be entered before the first process is started, and before an application is made. The
    process that made the folder deletes it at the end.
    """
    if not is_read(settings) or os.environ.get(FOLDER_VARIABLE):
        yield
        return
    memory = Path("/dev/shm")  # Where there is one: no disk ever delays a request then.
    place = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    maker = os.getpid()
    for left in place.glob(f"{_FOLDERS}*-*"):
        if not _lives(left.name.removeprefix(_FOLDERS).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)  # Of a server that was killed.
    folder = tempfile.mkdtemp(prefix=f"{_FOLDERS}{maker}-", dir=place)
    os.environ[FOLDER_VARIABLE] = folder
    try:
        yield
    finally:
        if os.getpid() == maker:  # And not in a fork that ends.
            del os.environ[FOLDER_VARIABLE]
            shutil.rmtree(folder, ignore_errors=True)


def is_read(settings: Settings) -> bool:
    """Whether there is a way to the figures."""
    return bool(settings.metrics_listen or settings.metrics_token)


class Metrics:
    """What one process counts, and how the figures of all are written."""

    def __init__(self, service: SearchService) -> None:
        # Here and not above: it decides by the environment how it counts, and costs 40 ms.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

        self._service = service
        self._folder = os.environ.get(FOLDER_VARIABLE)
        if self._folder and not getattr(values.ValueClass, "_multiprocess", False):
            loaded_before: Any = values
            loaded_before.ValueClass = loaded_before.get_value_class()
        self._registry = CollectorRegistry()
        made: dict[str, Any] = {"registry": self._registry, "namespace": "searchapp"}
        self._requests = Counter(
            "requests", "Requests, by kind and HTTP status.", ("kind", "status"), **made
        )
        self._seconds = Histogram(
            "request_seconds",
            "Time from the arrival of a request until it was answered.",
            ("kind",),
            buckets=SECONDS,
            **made,
        )
        self._kept = Counter(
            "kept_answers",
            "Answers that had been given before, by kind.",
            ("kind",),
            **made,
        )
        self._waits = Histogram(
            "request_wait_seconds",
            "Time that requests waited for a thread.",
            buckets=SECONDS,
            **made,
        )
        self._under_way = Gauge(
            "requests_under_way",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            **made,
        )
        self._waiting = Gauge(
            "requests_waiting",
            "Requests that wait for a thread.",
            multiprocess_mode="livesum",
            **made,
        )
        self._searches = Counter("searches", "Searches with words, first pages.", **made)
        self._empty = Counter("searches_without_results", "Those that found nothing.", **made)
        self._timeouts = Counter("timeouts", "Requests that used up their time budget.", **made)
        self._errors = Counter("errors", "Requests that failed, by kind.", ("error",), **made)
        self._behind = Gauge(
            "processes_behind",
            "Processes that answer from an older generation than the index names.",
            multiprocess_mode="livesum",
            **made,
        )

    def begin(self) -> None:
        """A request has come."""
        self._under_way.inc()

    def set_waiting(self, count: int) -> None:
        """So many requests wait for a thread of this process."""
        self._waiting.set(count)

    def end(self, ended: Ended) -> None:
        """A request has been answered."""
        self._under_way.dec()
        record, page = ended.record, ended.record.page
        # Bounded, whatever strangers ask for.
        status = ended.status if ended.status in KNOWN_STATUSES else ended.status // 100 * 100
        self._requests.labels(ended.kind, str(status)).inc()
        self._seconds.labels(ended.kind).observe(ended.seconds)
        if record.is_kept:
            self._kept.labels(ended.kind).inc()
        if ended.wait_s is not None:
            self._waits.observe(ended.wait_s)
        if record.error:
            self._errors.labels(record.error).inc()
        if record.error == SearchTimeout.kind:
            self._timeouts.inc()
        if page is not None and page.request.query and not page.request.offset:
            self._searches.inc()
            if not page.total:
                self._empty.inc()
        self._behind.set(self._service.is_behind)

    def text(self) -> bytes:
        """The figures of all processes, as Prometheus reads them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if self._folder:
            registry = CollectorRegistry()
            _forget_the_dead(Path(self._folder))
            MultiProcessCollector(registry, self._folder)  # type: ignore[no-untyped-call]
        facts = CollectorRegistry()
        facts.register(_IndexFacts(self._service))
        return bytes(generate_latest(registry) + generate_latest(facts))


class _IndexFacts:
    """What is known of the index and of the last run that wrote it."""

    def __init__(self, service: SearchService) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        def gauge(name: str, about: str, value: float) -> Metric:
            return GaugeMetricFamily(f"searchapp_{name}", about, value)

        try:
            generation = self._service.live_state().generation
        except SearchappError:
            yield gauge("index_is_readable", "Whether there is an index to answer from.", 0)
        else:
            manifest = generation.manifest
            built_s = manifest.built_s
            yield gauge("index_is_readable", "Whether there is an index to answer from.", 1)
            yield InfoMetricFamily(
                "searchapp_generation",
                "The generation that this process answers from.",
                {"generation": generation.id, "engine": manifest.engine},
            )
            yield gauge("articles", "Articles in the index.", manifest.articles)
            yield gauge("index_bytes", "Size of the files of the index.", manifest.size_bytes)
            yield gauge("generation_built_timestamp_seconds", "When it was built.", built_s)
            age_s = max(0.0, time.time() - built_s)
            yield gauge("generation_age_seconds", "Time since it was built.", age_s)
        run = last_run(self._service.settings.index)
        if not run.ended_s:
            return
        yield gauge("last_run_timestamp_seconds", "When an update or rebuild ended.", run.ended_s)
        yield gauge("last_run_succeeded", "Whether it was done.", not run.error)
        yield gauge(
            "last_success_timestamp_seconds", "When the last one ended well.", run.succeeded_s
        )
        yield gauge("last_run_seconds", "How long it took.", run.seconds)
        if not run.error:
            for name, about in _RUN_COUNTS.items():
                yield gauge(f"last_run_{name}", about, getattr(run, name))


_RUN_COUNTS = {
    "added": "Articles that it added.",
    "changed": "Articles that it changed.",
    "removed": "Articles that it removed.",
    "kept": "Articles that could not be read and stayed as they were.",
    "left_out": "Problems for which an article was left out.",
    "warnings": "Other problems.",
}


def _forget_the_dead(folder: Path) -> None:
    """Leave out what processes that have ended had under way; what they counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        if not _lives(path.stem.rpartition("_")[2]):
            path.unlink(missing_ok=True)


def _lives(process_id: str) -> bool:
    """Whether there may be a process with this id, as a file's name has it."""
    return not process_id.isdecimal() or is_running(int(process_id))


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures, for who has the token; without a token there is no such address."""
    figures: Metrics | None = current_app.extensions.get(EXTENSION)
    service: SearchService = current_app.extensions["searchapp"]
    token = service.settings.metrics_token
    if figures is None or not token:
        raise NotFound
    if not is_bearer(token):
        raise Unauthorized(
            www_authenticate=WWWAuthenticate("bearer", {"realm": "figures of the server"})
        )
    response = Response(figures.text(), content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_bearer(token: str) -> bool:
    """Whether the request has this token (RFC 6750)."""
    sent = request.authorization
    given = sent.token if sent is not None and sent.type == "bearer" else None
    return is_secret(given, token)


def init_metrics(app: Flask, service: SearchService) -> Metrics | None:
    """Count what the application answers, if anybody is to read it."""
    app.register_blueprint(blueprint)
    if not is_read(service.settings):
        return None
    figures = Metrics(service)
    app.extensions[EXTENSION] = figures
    return figures
