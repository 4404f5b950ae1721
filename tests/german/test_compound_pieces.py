"""Learning pieces from few words."""

from __future__ import annotations

import math

import pytest

from searchapp.german.compound_pieces import (
    Piece,
    WordLists,
    is_derived,
    is_name,
    learn_pieces,
    piece_cost,
)
from tests.german.test_compounds import Table, shown


def test_prefixed_verbs_make_no_compounds() -> None:
    """Unterstützung is not Unter|stützung; Stahlherstellung is no noun of a verb."""
    verbs = {"unterstützen", "verbrauchen", "verändern", "wertschöpfen"}
    for noun in ("unterstützung", "unterstützungen", "verbraucherin", "verbrauch", "veränderung"):
        assert is_derived(noun, verbs)
    assert not is_derived("wertschöpfung", verbs)
    assert not is_derived("verwaltung", verbs)


def test_nouns_of_verbs_with_an_adjective_make_no_compounds() -> None:
    """Freispruch is what one does who spricht frei; a Landgang has no such verb."""
    verbs, adjectives = {"freisprechen", "kopfstehen"}, {"frei", "hoch"}
    assert is_derived("freispruch", verbs, adjectives)
    assert not is_derived("kopfstand", verbs, adjectives)
    assert not is_derived("hochstand", verbs, adjectives)


@pytest.mark.parametrize(
    ("noun", "others"),
    [
        ("arnsburg", "arnsburgs arnsburger"),
        ("mühlstadt", "mühlstadts mühlstädter mühlstädtern"),
        ("kirchhoven", ""),
        ("tannau", "tannaus"),
        ("holzmann", "holzmanns"),
    ],
)
def test_names_have_no_inflected_forms_but_with_s(noun: str, others: str) -> None:
    """Those who live in a place are no forms of its name."""
    assert is_name(noun, set(others.split())) == (noun != "kirchhoven")


@pytest.mark.parametrize(
    ("noun", "others"),
    [
        ("ritterburg", "ritterburgen"),
        ("schlachtfeld", "schlachtfelds schlachtfeldes"),
        ("bergstadt", "bergstädte"),
        ("ackerland", "ackerlandes ackerländer"),
        ("bauhafen", "bauhäfen"),
        ("orgelbau", "orgelbauer"),
        ("fachbereich", "fachbereichs"),
        ("glashaus", "glashauses"),
        ("dorfkirchen", "dorfkirche"),
    ],
)
def test_nouns_that_end_as_names_do_are_known_by_their_inflection(noun: str, others: str) -> None:
    """Two endings, of "Bau" and "Bereich", are not those of names."""
    assert not is_name(noun, set(others.split()))


def test_pieces_are_learned_from_nouns_and_small_words() -> None:
    """Linking elements and dropped vowels are found; what is a compound is no piece."""
    heads = ["hof", "haus", "buch", "jahr", "weg", "amt", "rat", "tag", "bau", "werk"]
    modifiers = ["schule", "schule", "arbeit", "kirche", "holz", "wald", "berg", "stahl"]
    forms = ["schul", "schul", "arbeits", "kirch", "holz", "wald", "berg", "stahl", "hoch"]
    compounds = {form + head for form in forms for head in heads}
    nouns = {noun: noun for noun in [*heads, *modifiers, *compounds]}
    learned = learn_pieces(WordLists(nouns, {"hoch"}, set(), {"hoch"}, set(nouns)))
    pieces = learned.pieces
    assert pieces["schul"] == Piece("schule", pieces["schul"].modifier_cost, math.inf)
    assert pieces["schul"].modifier_cost < pieces["schule"].modifier_cost
    assert pieces["arbeits"].base == "arbeit"
    assert pieces["hoch"].base == "hoch"
    assert pieces["holz"].head_cost > pieces["haus"].head_cost
    assert pieces["hof"].head_cost < pieces["holz"].head_cost
    assert "schulhof" in learned.compounds
    assert not [word for word in learned.compounds.keys() & pieces.keys() if word[-3:] != "weg"]
    assert all(pieces[form + "weg"].head_cost == math.inf for form in forms)
    table = Table({text: (p.modifier_cost, p.head_cost) for text, p in pieces.items()})
    assert shown("hochschulbuch", table) == "hoch|schul|buch"


def test_pieces_that_other_words_have_by_chance_cost_more() -> None:
    """As many compounds have each; the longer one is less likely to be found by chance, too."""
    assert piece_cost("tor", 9, by_chance=30) > piece_cost("tor", 9) > piece_cost("garten", 9)
    assert piece_cost("garten", 9) > piece_cost("garten", 90)
