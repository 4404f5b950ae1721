"""Rebuilds or updates an index in a cluster, and may kill its own process. Run by tests.

    python -m tests.engines.opensearch.killed_cluster_writer COMMAND SETTINGS STEP NTH

SETTINGS is a JSON object of settings. STEP is one of `searchapp.steps`, or empty; the process ends
by SIGKILL when it has taken the step for the NTH time. Ends with status 0 if it never does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from searchapp import indexing
from searchapp.engines import article_batches
from searchapp.settings import Settings
from tests.killed_writer import kill_at


def main() -> None:
    command, text, step, nth = sys.argv[1:]
    values = json.loads(text)
    # With small batches a small corpus keeps several processes busy.
    article_batches.BATCH_CHARS = 20_000
    if step:
        kill_at(step, int(nth))
    seeds, index = (Path(values.pop(name)) for name in ("seeds", "index"))
    settings = Settings(seeds=(seeds,), index=index, **values)
    commands: dict[str, Callable[..., object]] = {
        "rebuild": indexing.rebuild,
        "update": indexing.update,
    }
    # The sources hold other articles than what is served: that is no accident here.
    commands[command](settings, accept_loss=True)


if __name__ == "__main__":
    main()
