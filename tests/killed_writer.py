"""Rebuilds or updates an index and kills its own process at a chosen point. Run by tests.

    python -m tests.killed_writer COMMAND INDEX SEEDS WORKERS BATCH_CHARS POINT NTH WHEN

BATCH_CHARS is the text of a batch: with small ones a small corpus keeps several processes busy.
POINT is "module:function" or "module:Class.method"; the process ends by SIGKILL right before or
right after (WHEN) its NTH call. Ends with status 0 if the point was never reached.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from searchapp import indexing
from searchapp.engines.columnar.writing import generation_writer
from searchapp.settings import Settings


def kill_at(point: str, nth: int, when: str) -> None:
    """Have this process killed at the nth call of a function."""
    module_name, _, names = point.partition(":")
    owner: Any = import_module(module_name)
    *owners, name = names.split(".")
    for each in owners:
        owner = getattr(owner, each)
    function = getattr(owner, name)
    calls = count(1)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        is_the_one = next(calls) == nth
        if is_the_one and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if is_the_one:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def main() -> None:
    command, index, seeds, workers, batch_chars, point, nth, when = sys.argv[1:]
    in_small_batches = partial(generation_writer.ColumnarWriter, batch_chars=int(batch_chars))
    setattr(generation_writer, "ColumnarWriter", in_small_batches)  # noqa: B010  # a class, for mypy
    if point:
        kill_at(point, int(nth), when)
    settings = Settings(seeds=(Path(seeds),), index=Path(index), workers=int(workers))
    {"rebuild": indexing.rebuild, "update": indexing.update}[command](settings)


if __name__ == "__main__":
    main()
