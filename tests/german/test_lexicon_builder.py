"""Learning in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from searchapp.errors import RebuildFailed
from searchapp.german.lemmas import UNKNOWN
from searchapp.german.lexicon import Lexicon
from searchapp.german.lexicon_builder import learn_lexicon, learn_lexicon_apart
from tests.lexicon import small_dictionary

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import pathlib, sys
from searchapp.german.lexicon_builder import learn_lexicon_apart
learn_lexicon_apart(pathlib.Path(sys.argv[1]))
"""


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def assert_same_files(one: Path, other: Path) -> None:
    """The folders hold the same lexicon, byte for byte."""
    assert {file.name for file in one.iterdir()} == {file.name for file in other.iterdir()}
    for file in one.iterdir():
        assert file.read_bytes() == (other / file.name).read_bytes()
    assert Lexicon.open(one).fingerprint == Lexicon.open(other).fingerprint


def is_alive(pid: int) -> bool:
    """Whether a process runs, and is not only waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_lexicon_can_be_made_of_any_dictionary(tmp_path: Path) -> None:
    """Of a small one, and of none at all."""
    learn_lexicon(tmp_path / "small", small_dictionary())
    lexicon = Lexicon.open(tmp_path / "small")
    assert lexicon.readings("ging").small == "gehen"
    assert [part.base for part in lexicon.parts("ärztekammern")] == ["Arzt", "Kammer"]
    learn_lexicon(tmp_path / "empty", {})
    assert Lexicon.open(tmp_path / "empty").look_up("stahlindustrie") == (UNKNOWN, ())


def test_a_process_of_its_own_writes_the_same_files(
    tmp_path: Path,
) -> None:
    """Whoever learns, equal input gives equal files."""
    learn_lexicon(tmp_path / "here", small_dictionary())
    learn_lexicon_apart(tmp_path / "apart", small_dictionary())
    assert_same_files(tmp_path / "apart", tmp_path / "here")


def test_equal_input_gives_equal_files(tmp_path: Path) -> None:
    """Also in a process with another hash seed."""
    learn_lexicon(tmp_path / "here", small_dictionary())
    script = "import sys, pathlib; from searchapp.german.lexicon_builder import learn_lexicon;"
    script += "from tests.lexicon import small_dictionary;"
    script += "learn_lexicon(pathlib.Path(sys.argv[1]), small_dictionary())"
    there = tmp_path / "new" / "folder"
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, cwd=ROOT)
    assert_same_files(there, tmp_path / "here")


def test_an_error_is_raised_where_the_learning_was_asked_for(tmp_path: Path) -> None:
    """With the folder that cannot be made."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RebuildFailed, match=r"lexicon: .*Not a directory"):
        learn_lexicon_apart(tmp_path / "file" / "lexicon", small_dictionary())


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_learning_ends_with_the_process_that_asked_for_it(
    tmp_path: Path, end: signal.Signals
) -> None:
    """Killed or interrupted: nothing goes on behind, nothing is written, and only one traceback."""
    asking = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "lexicon")], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    learning: list[int] = []
    while not learning and time.monotonic() < deadline:
        time.sleep(0.05)
        # multiprocessing starts a process of its own beside it, which goes after the last one.
        learning = children(asking.pid)
    time.sleep(1)
    learning = children(asking.pid)
    asking.send_signal(end)
    _, messages = asking.communicate(timeout=60)
    while any(map(is_alive, learning)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert learning
    assert not any(map(is_alive, learning))
    assert not (tmp_path / "lexicon").exists()
    assert messages.count("Traceback") == (1 if end == signal.SIGINT else 0)
