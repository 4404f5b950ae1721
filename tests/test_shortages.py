"""What the machine refuses for a moment is told as that, and passes with it."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from searchapp.errors import IndexDamaged, IndexUnreadable, not_read
from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild, roll_back, update
from searchapp.inspection import verify
from searchapp.settings import Settings
from searchapp.translation import Message
from tests.ordinary_user import as_ordinary_user

OPENED_LATE = """
import json, os, resource, subprocess, sys, time
from dataclasses import replace
from pathlib import Path
from searchapp.indexing import rebuild
from searchapp.model import SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings

def main():
    settings = Settings(seeds=(Path(sys.argv[1]),), index=Path(sys.argv[2]), workers=1)
    service = SearchService(settings)
    old = service.search(SearchRequest()).generation
    new = rebuild(settings).generation
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 3, hard))
    short = [service.search(SearchRequest()).generation for _ in range(3)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    ended = time.monotonic()
    while (served := service.search(SearchRequest()).generation) != new:
        assert time.monotonic() < ended + 60
        time.sleep(0.05)
    print(json.dumps({"old": old, "short": short, "new": new, "served": served}))

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An index of one article."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text("Der Stahl\n\nGrüner Stahl aus dem Hochofen.")
    settings = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1)
    rebuild(settings)
    return settings


def test_a_new_generation_is_served_once_there_are_descriptors_again(
    settings: Settings, tmp_path: Path
) -> None:
    """Until then the one before answers: CURRENT is not given up for good."""
    (tmp_path / "late.py").write_text(OPENED_LATE)
    arguments = map(str, (tmp_path / "late.py", settings.seeds[0], settings.index))
    command = [sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert not done.returncode, done.stderr
    seen = json.loads(done.stdout)
    assert seen["short"] == [seen["old"]] * 3
    assert seen["served"] == seen["new"] != seen["old"]
    assert done.stderr.count("cannot be read now (Too many open files)") >= 1
    assert "ulimit -n" in done.stderr


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "columns"])
def test_what_may_not_be_read_is_no_damage(settings: Settings, name: str) -> None:
    """Nothing is built anew or deleted, and it is said what to do."""
    store = GenerationStore(settings.index)
    folder = store.current().folder
    path = settings.index / name if name == "CURRENT" else folder / name
    before = sorted(settings.index.rglob("*"))
    path.chmod(0)
    for use in (verify, update, rebuild, roll_back) if name == "CURRENT" else (verify,):
        with as_ordinary_user(), pytest.raises(IndexUnreadable, match="Permission denied") as told:
            use(settings)
        assert told.value.where == str(path)
        assert "rebuild" not in told.value.remedy
    assert sorted(settings.index.rglob("*")) == before


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (OSError(errno.ENFILE, "Too many open files in system"), "ulimit -n"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "more memory"),
        (MemoryError(), "more memory"),
        (OSError(errno.EACCES, "Permission denied"), "let this user read it"),
        (OSError(errno.EIO, "Input/output error"), "see to the disk"),
        (OSError(errno.ESTALE, "Stale file handle"), "see to the disk"),
    ],
)
def test_each_shortage_has_its_own_remedy(error: OSError | MemoryError, remedy: str) -> None:
    """And none of them is a rebuild."""
    told = not_read(
        error, Message("the file"), where="/index/columns", remedy=Message("run: searchapp rebuild")
    )
    assert isinstance(told, IndexUnreadable)
    assert remedy in told.remedy


def test_a_file_that_is_not_there_is_damage() -> None:
    """With the remedy for damage."""
    for number in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, None):
        error = OSError(number, "no") if number else OSError("no")
        told = not_read(
            error, Message("the file"), where="x", remedy=Message("run: searchapp rebuild")
        )
        assert isinstance(told, IndexDamaged)
        assert told.remedy == "run: searchapp rebuild"
