"""The lexicon of a dictionary: equal for equal input, and ready-made in the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from searchapp.german.lemmas import UNKNOWN
from searchapp.german.lexicon import DICTIONARY, Lexicon, files_in
from searchapp.german.lexicon_builder import learn_lexicon
from tests.lexicon import small_dictionary

ROOT = Path(__file__).resolve().parents[2]


def assert_same_files(one: Path, other: Path) -> None:
    """The folders hold the same lexicon, byte for byte."""
    assert (one / "lexicon.json").read_bytes() == (other / "lexicon.json").read_bytes()
    for name, path in files_in(one).items():
        assert path.read_bytes() == (other / name).read_bytes()
    assert Lexicon.open(one).fingerprint == Lexicon.open(other).fingerprint


def test_a_lexicon_can_be_made_of_any_dictionary(tmp_path: Path) -> None:
    """Of a small one, and of none at all."""
    learn_lexicon(tmp_path / "small", small_dictionary())
    lexicon = Lexicon.open(tmp_path / "small")
    assert lexicon.readings("ging").small == "gehen"
    assert [part.base for part in lexicon.parts("ärztekammern")] == ["Arzt", "Kammer"]
    learn_lexicon(tmp_path / "empty", {})
    assert Lexicon.open(tmp_path / "empty").look_up("stahlindustrie") == (UNKNOWN, ())


def test_equal_input_gives_equal_files(tmp_path: Path) -> None:
    """Also in a process with another hash seed."""
    learn_lexicon(tmp_path / "here", small_dictionary())
    script = "import sys, pathlib; from searchapp.german.lexicon_builder import learn_lexicon;"
    script += "from tests.lexicon import small_dictionary;"
    script += "learn_lexicon(pathlib.Path(sys.argv[1]), small_dictionary())"
    there = tmp_path / "new" / "folder"
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, cwd=ROOT)
    assert_same_files(there, tmp_path / "here")


def test_the_package_brings_what_the_dictionary_gives(tmp_path: Path) -> None:
    """If not: run `python -m searchapp.german.lexicon_builder`."""
    learn_lexicon(tmp_path / "new")
    assert_same_files(DICTIONARY, tmp_path / "new")
