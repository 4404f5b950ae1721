"""Where real articles, gold lists and relevance sets lie: few in the project, many beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"
"""Gold lists, footers and questions in small, of the same form; the questions are about SEEDS."""

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
"""The articles that come with the project."""

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""The development data, for tests marked `shared`."""


def shared_path(name: str) -> Path:
    """The path of a file or folder of the development data.

    Without it such a test fails; outside of CI it does not run at all.
    """
    path = SHARED / name
    if not path.exists():
        pytest.fail(f"{name} is not beside the repository (expected in ../shared)")
    return path
