"""How the lines of the server's log look: logfmt for people and `grep`, or JSON for programs."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from searchapp.settings import Settings

FIRST_KEYS: Final = ("time", "level", "event", "id")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_Event = MutableMapping[str, Any]


def set_up_logs(settings: Settings) -> None:
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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("searchapp").setLevel(logging.INFO)


_logfmt = structlog.processors.LogfmtRenderer(key_order=FIRST_KEYS, drop_missing=True)


def _line(logger: Any, method: str, event: _Event) -> str:
    """A line of logfmt, and below it the traceback, if there is one."""
    traceback = event.pop("exception", "")
    # A reader's address can hold anything, also what moves the cursor of a terminal.
    clean = {name: _UNPRINTABLE.sub("�", str(value)) for name, value in event.items()}
    line = str(_logfmt(logger, method, clean))
    return f"{line}\n{traceback}" if traceback else line
