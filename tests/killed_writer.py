"""Rebuilds or updates an index and kills its own process at a chosen step. Run by tests.

    python -m tests.killed_writer COMMAND INDEX SEEDS WORKERS BATCH_CHARS STEP NTH

BATCH_CHARS is the text of a batch: with small ones a small corpus keeps several processes busy.
STEP is one of `searchapp.steps`, or empty; the process ends by SIGKILL when it has taken the step
for the NTH time. Ends with status 0 if it never does.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from searchapp import indexing, steps
from searchapp.engines.columnar.writing import generation_writer
from searchapp.settings import Settings


def kill_at(wanted: str, nth: int) -> None:
    """Have this process killed when it takes a step for the nth time."""
    left = nth

    def on_step(name: str) -> None:
        nonlocal left
        left -= name == wanted
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    steps.on_step = on_step


def main() -> None:
    command, index, seeds, workers, batch_chars, step, nth = sys.argv[1:]
    in_small_batches = partial(generation_writer.ColumnarWriter, batch_chars=int(batch_chars))
    setattr(generation_writer, "ColumnarWriter", in_small_batches)  # noqa: B010  # a class, for mypy
    if step:
        kill_at(step, int(nth))
    settings = Settings(seeds=(Path(seeds),), index=Path(index), workers=int(workers))
    commands: dict[str, Callable[..., object]] = {
        "rebuild": indexing.rebuild,
        "update": indexing.update,
    }
    # The sources hold other articles than what is served: that is no accident here.
    commands[command](settings, accept_loss=True)


if __name__ == "__main__":
    main()
