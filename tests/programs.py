"""What tests need and Python does not bring: programs, and what a machine has to allow."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str, package: str) -> str:
    """The path of the first program there is. Without one the test is skipped, but fails in CI.

    package: of Debian, that brings it.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        missing(f"there is no {names[0]}; install it with: apt-get install {package}")
    return path


def missing(message: str) -> NoReturn:
    """Skip a test for want of something that the message names; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
