"""The lexicon of the whole dictionary, which every small index of the tests holds, and less."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from searchapp.german import Analyzer
from searchapp.german.lexicon import DICTIONARY, Lexicon


@cache
def dictionary_lexicon() -> Lexicon:
    """The lexicon that every small index of the tests holds."""
    return Lexicon.open(DICTIONARY)


@cache
def small_dictionary() -> dict[str, str]:
    """A thousandth of the dictionary: what `learn_lexicon` makes a lexicon of in no time."""
    lines = Path(__file__).with_name("small_dictionary.txt").read_text("utf-8").splitlines()
    groups = (line.split(": ") for line in lines if not line.startswith("#"))
    return {form: lemma for lemma, forms in groups for form in forms.split()}


@cache
def dictionary_analyzer() -> Analyzer:
    """The analyzer of a small index without exceptions."""
    return Analyzer(dictionary_lexicon())
