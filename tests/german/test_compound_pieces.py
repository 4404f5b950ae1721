"""Learning pieces from few words."""

from __future__ import annotations

import math

from searchapp.german.compound_pieces import Piece, WordLists, is_derived, is_place, learn_pieces
from tests.german.test_compounds import Table, shown


def test_prefixed_verbs_make_no_compounds() -> None:
    """Unterstützung is not Unter|stützung; Stahlherstellung is no noun of a verb."""
    verbs = {"unterstützen", "verbrauchen", "verändern", "wertschöpfen"}
    for noun in ("unterstützung", "unterstützungen", "verbraucherin", "veränderung"):
        assert is_derived(noun, verbs)
    assert not is_derived("wertschöpfung", verbs)
    assert not is_derived("verwaltung", verbs)


def test_places_are_known_by_those_who_live_there() -> None:
    """Salzburg has Salzburger; Schlachtfelder are not people."""
    nouns = {"salzburger": "salzburger", "schlachtfelder": "schlachtfeld"}
    assert is_place("salzburg", nouns)
    assert not is_place("schlachtfeld", nouns)
    assert not is_place("ritterburg", nouns)


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
    assert pieces["hof"].head_cost < pieces["holz"].head_cost
    assert "schulhof" in learned.compounds
    assert not learned.compounds & pieces.keys()
    table = Table({text: (p.modifier_cost, p.head_cost) for text, p in pieces.items()})
    assert shown("hochschulbuch", table) == "hoch|schul|buch"
