"""Finished answers, kept for those who ask the same: readers page, reload, go back and share.

An answer is kept under all that it depends on, as its entity tag is, but for the parameters as they
were understood: whatever else stands in an address makes no answer of its own. Nothing is kept that
depends on the client, that failed, or that lacks a part for which there was no time. An answer from
here is a request like any other: it is counted, limited, logged and tagged, and its searches are
told to whoever is told of searches.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import Flask, Response, g, request
from flask_compress import Compress

from searchapp.model import NO_HISTOGRAM, ResultPage
from searchapp.request_record import current_record
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.web import entity_tags, i18n
from searchapp.web.pages import OWN_PARAMETERS, asked
from searchapp.web.url_state import Param, has_blanks, own_parameters, parse_locale

KEPT: Final[Mapping[str, Sequence[str]]] = {
    **OWN_PARAMETERS,
    "api.search": (Param.AFTER,),
    "api.article": ("format",),
}
"""Endpoints whose answers are kept, with their parameters besides those of every search."""

TIMED: Final = "api.search"
"""Its answers say how long they took. They are kept as they are before they are compressed."""
_TOOK: Final = re.compile(rb'(?<="took_ms": )[0-9.]+')  # In no value: its marks would be escaped.

OVERHEAD_BYTES: Final = 2048
"""What an answer takes beside its body, roughly."""
LARGEST_SHARE: Final = 16
"""A larger answer than so small a part of all is not kept: it would take the place of many."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer of status 200. page: what is counted of the search in it, without its hits.

    headers: those that the answer itself has, without those of the connection or the client.
    """

    body: bytes
    headers: tuple[tuple[str, str], ...]
    generation: str
    page: ResultPage | None

    @property
    def size_bytes(self) -> int:
        """What it takes in memory, roughly."""
        return len(self.body) + OVERHEAD_BYTES


class AnswerCache:
    """The answers of one process, for all its threads; what was not asked for longest goes first.

    max_bytes: of all answers together.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size_bytes = 0
        self._answers: OrderedDict[tuple[str, ...], KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> KeptAnswer | None:
        """The answer that is kept under a key."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def keep(self, key: tuple[str, ...], answer: KeptAnswer) -> None:
        """Keep an answer in place of one that is there, unless it is too large."""
        if answer.size_bytes * LARGEST_SHARE > self.max_bytes:
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self.size_bytes += answer.size_bytes - (before.size_bytes if before else 0)
            self._answers[key] = answer
            while self.size_bytes > self.max_bytes:
                _, dropped = self._answers.popitem(last=False)
                self.size_bytes -= dropped.size_bytes


def init_answer_cache(app: Flask, settings: Settings) -> None:
    """Keep answers as the settings say, and compress all.

    To be called after `init_entity_tags`, which looks what state the index is in, and after all
    that may refuse a request or sets headers for a client, as these are set on kept answers, too.
    """
    if not settings.answer_cache_mb:
        Compress(app)
        return
    app.config["COMPRESS_REGISTER"] = False
    compress = Compress(app)
    cache = AnswerCache(settings.answer_cache_mb << 20)
    service: SearchService = app.extensions["searchapp"]

    @app.before_request
    def answer_again() -> Response | None:
        started = time.monotonic()
        known = _known()
        if known is None or "index_state" not in g:
            return None
        key = (str(g.index_state), *known)
        encoding = "" if request.endpoint == TIMED else _encoding(compress)
        kept = cache.get((encoding, *key))
        if kept is None and encoding:
            # One that is too short to be compressed is the same, whatever the client accepts.
            plain = cache.get(("", *key))
            if plain and len(plain.body) < app.config["COMPRESS_MIN_SIZE"]:
                kept = plain
        if kept is None:
            g.answer_key = key
            return None
        return _again(kept, started)

    @app.after_request
    def keep(response: Response) -> Response:
        key: tuple[str, ...] | None = g.pop("answer_key", None)
        if key is None:
            return compress.after_request(response)
        answer = _kept(response) if request.endpoint == TIMED else None
        response = compress.after_request(response)
        answer = answer or _kept(response)
        # Another generation may have answered than was asked.
        if answer and service.state_of(answer.generation) == key[0]:
            encoding = dict(answer.headers).get("Content-Encoding", "")
            cache.keep((encoding, *key), answer)
        return response


def _known() -> tuple[str, ...] | None:
    """What an answer depends on besides the index; None if it is not one to keep."""
    endpoint = request.endpoint or ""
    if endpoint not in KEPT or request.method not in ("GET", "HEAD"):
        return None
    reading = asked()
    # What cannot be used is told in an answer; addresses with blanks lead to those without.
    if reading.errors or has_blanks(request.args):
        return None
    own = own_parameters(request.args, KEPT[endpoint])
    return (
        *(endpoint, request.host_url, request.path),
        *(part for pair in [*reading.pairs(), *own] for part in pair),
        *("", parse_locale(request.args) or "", i18n.select_locale()),
        *(entity_tags.accepted_form(), entity_tags.today()),
    )


def _encoding(compress: Compress) -> str:
    """How an answer may be compressed; the best way of those that the client accepts."""
    accepted = request.accept_encodings
    return next((each for each in compress.enabled_algorithms if accepted.quality(each) > 0), "")


def _kept(response: Response) -> KeptAnswer | None:
    """An answer as it is kept; None if it is not to be."""
    record = current_record()
    if response.status_code != 200 or response.is_streamed or record is None:
        return None
    if not record.is_complete or "Set-Cookie" in response.headers:
        return None
    page = record.page
    if page is not None:
        page = replace(page, hits=(), partial=(), related_words=(), histogram=NO_HISTOGRAM)
        page = replace(page, facets={}, distinct={})
    headers = [each for each in response.headers.items() if each[0] != "Content-Length"]
    return KeptAnswer(response.get_data(), tuple(headers), record.generation, page)


def _again(kept: KeptAnswer, started: float) -> Response:
    """A kept answer as one to this request, which began at a moment of `time.monotonic`."""
    record = current_record()
    if record is not None:
        record.is_kept = True
        record.generation, record.page = kept.generation, kept.page
    body = kept.body
    if request.endpoint == TIMED:
        took_ms = round((time.monotonic() - started) * 1000, 3)
        body = _TOOK.sub(str(took_ms).encode(), body, count=1)
    response = Response(body, headers=list(kept.headers))
    if response.date is not None:
        response.date = dt.datetime.now(dt.UTC)
    return response
