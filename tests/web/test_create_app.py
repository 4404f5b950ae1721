"""The application as Flask's own command finds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from searchapp.settings import ENV_PREFIX
from tests.conftest import CORPUS


def run_flask(*args: str, seeds: Path, index: Path) -> subprocess.CompletedProcess[str]:
    """Run `flask --app searchapp.web …` in a process of its own."""
    environ = {
        **os.environ,
        ENV_PREFIX + "SEEDS": str(seeds),
        ENV_PREFIX + "INDEX": str(index),
        ENV_PREFIX + "WORKERS": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "searchapp.web", *args],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_flask_rebuilds_the_index(tmp_path: Path) -> None:
    """`flask --app searchapp.web rebuild` does what `searchapp rebuild` does."""
    done = run_flask("rebuild", seeds=CORPUS, index=tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert "26 articles" in done.stdout
    assert (tmp_path / "index" / "CURRENT").is_file()


@pytest.mark.parametrize("strict", [False, True])
def test_a_failed_rebuild_is_one_sentence(tmp_path: Path, strict: bool) -> None:
    """Exit status 1, no stack trace."""
    arguments = ["rebuild", "--strict"] if strict else ["rebuild"]
    done = run_flask(*arguments, seeds=tmp_path / "nichts", index=tmp_path / "index")
    assert done.returncode == 1
    assert "nichts" in done.stderr
    assert "Traceback" not in done.stderr
