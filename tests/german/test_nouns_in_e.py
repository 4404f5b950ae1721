"""Nouns with a last "e" and shorter ones beside them."""

from __future__ import annotations

import pytest

from searchapp.german.nouns_in_e import nouns_in_e
from tests.lexicon import dictionary_lexicon


def test_a_listed_noun_is_its_own_lemma_with_its_plural() -> None:
    """Only where the dictionary has it for a form of the shorter one."""
    dictionary = {"Tanne": "Tann", "Tannen": "Tann", "Watte": "Watt", "Watten": "Watten"}
    assert dict(nouns_in_e(dictionary)) == {"Tanne": "Tanne", "Tannen": "Tanne", "Watte": "Watte"}
    assert not dict(nouns_in_e({"Hecke": "Hecke", "Tage": "Tag", "Tagen": "Tag"}))


@pytest.mark.parametrize(
    ("noun", "shorter"),
    [("Tapete", "Tapet"), ("Hecke", "Heck"), ("Sprosse", "Spross"), ("Tusche", "Tusch")],
)
def test_both_nouns_are_apart(noun: str, shorter: str) -> None:
    """In the whole dictionary, the plural too."""
    readings = dictionary_lexicon().readings
    assert readings(noun.lower()).capital == noun == readings(noun.lower() + "n").capital
    assert readings(shorter.lower()).capital != noun


@pytest.mark.parametrize(("plural", "noun"), [("importe", "Import"), ("beete", "Beet")])
def test_plurals_stay(plural: str, noun: str) -> None:
    """Most nouns with an "e" more are one."""
    assert dictionary_lexicon().readings(plural).capital == noun
