"""Finds the development data beside the repository (corpora, gold lists, relevance sets)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_path(name: str) -> Path:
    """The path of a file or folder of the development data.

    Where it is missing the test is skipped with the reason, but fails in CI, which must have it.
    """
    path = SHARED / name
    if not path.exists():
        message = f"{name} is not beside the repository (expected in ../shared)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
