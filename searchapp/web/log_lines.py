"""How the lines of the server's log look: logfmt for people and `grep`, or JSON for programs."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import structlog

from searchapp.settings import Settings

FIRST_KEYS: Final = ("time", "level", "event", "id")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_Event = MutableMapping[str, Any]


@contextmanager
def logs_of(settings: Settings) -> Iterator[None]:
    """Write the log of this process, and of those that are forked from it, to standard error.

    Every line has its time (UTC), level and, while a request is answered, the request's id. Our
    own lines of level INFO are written, of libraries those from WARNING on.
    """
    handler = logging.StreamHandler(sys.stderr)
    is_json = settings.log_format == "json"
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
                if is_json
                else _line,
            ],
        )
    )
    root, ours = logging.getLogger(), logging.getLogger("searchapp")
    before = list(root.handlers), root.level, ours.level
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])


_logfmt = structlog.processors.LogfmtRenderer(key_order=FIRST_KEYS, drop_missing=True)


def _line(logger: Any, method: str, event: _Event) -> str:
    """A line of logfmt, and below it the traceback, if there is one."""
    traceback = event.pop("exception", "")
    # A reader's address can hold anything, also what moves the cursor of a terminal.
    clean = {name: _UNPRINTABLE.sub("�", str(value)) for name, value in event.items()}
    line = str(_logfmt(logger, method, clean))
    return f"{line}\n{traceback}" if traceback else line
