"""Programs that tests run and that Python does not bring."""

from __future__ import annotations

import os
import shutil

import pytest


def program(*names: str, package: str) -> str:
    """The path of the first program there is. Without one the test is skipped, but fails in CI.

    package: of Debian, that brings it.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path is not None:
        return path
    message = f"there is no {names[0]}; install it with: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
