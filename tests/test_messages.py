"""The sentences that page and command line share."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import searchapp
from searchapp.messages import NOTE_SENTENCES, note_sentences
from searchapp.model import Note

PACKAGE = Path(searchapp.__file__).parent


def kinds_made() -> set[str]:
    """Every kind of note that any module of the package makes."""
    kinds = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("Note", "add_note"):
                    kind = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
                    kinds |= {str(each) for each in kind}
    return kinds


def test_every_kind_of_note_has_a_sentence_and_is_made_somewhere() -> None:
    """No new kind can be forgotten, and no old sentence is kept for nobody."""
    assert kinds_made() == set(NOTE_SENTENCES)


def test_a_note_names_what_was_typed() -> None:
    """Also where it looks like a placeholder."""
    notes = (Note("corrected", "stahl %(x)s"), Note("some_words"))
    assert note_sentences(notes, "100 %(subject)s") == [
        "Nothing was found for “100 %(subject)s”. Shown are results for “stahl %(x)s”.",
        "No article has all of these words. These articles have some of them.",
    ]


def test_a_translation_is_asked_for_the_sentence_of_the_source() -> None:
    """Before anything is filled in, as a catalogue of translations needs it."""
    asked: list[str] = []

    def translate(sentence: str) -> str:
        asked.append(sentence)
        return "„%(subject)s“!"

    assert note_sentences([Note("bad_date", "datum:x")], "q", translate) == ["„datum:x“!"]
    assert asked == [NOTE_SENTENCES["bad_date"]]
    assert re.findall(r"%\((\w+)\)s", asked[0]) == ["subject"]
