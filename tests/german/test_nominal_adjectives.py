"""Adjectives, participles and ordinals as nouns."""

from __future__ import annotations

import pytest

from searchapp.german.nominal_adjectives import is_participle, nominal_adjectives
from tests.lexicon import dictionary_lexicon


def test_all_forms_have_one_lemma() -> None:
    """But for those of other nouns: "Gutes" is the genitive of "Gut"."""
    dictionary = {
        entry.partition(">")[0]: entry.partition(">")[2] or entry
        for entry in """
        Geimpfte>Geimpft Geimpfter Geimpften>Geimpfte Geimpftem>Geimpfter Geimpft geimpft>impfen
        Gute>Guter Guter Guten>Guter Gutem>Guter Gutes>Gut Gut Guts>Gut gut
        Mode Moder Moden>Mode Modem
        """.split()
    }
    found = dict(nominal_adjectives(dictionary))
    assert {found[form] for form in ("Geimpfte", "Geimpfter", "Geimpften", "Geimpftem")} == {
        "Geimpfter"
    }
    assert {found[form] for form in ("Gute", "Guten", "Gutem")} == {"Guter"}
    assert "Gutes" not in found
    assert "Mode" not in found


def test_participles_have_become_nouns() -> None:
    """Not so adjectives that end like one."""
    assert is_participle("geimpft")
    assert is_participle("mitreisend")
    assert not is_participle("allgemein")
    assert not is_participle("erst")
    assert not is_participle("waagerecht")


@pytest.mark.parametrize(
    ("forms", "lemma"),
    [
        ("geflüchtete geflüchteter geflüchteten", "Geflüchteter"),
        ("lehrende lehrender lehrenden", "Lehrender"),
        ("adlige adliger adligen", "Adliger"),
        ("kranke kranker kranken", "krank"),
        ("dritte dritter dritten", "dritt"),
        ("kommunale kommunalen", "kommunal"),
        ("weise weisen", "Weise"),
        ("taube tauben", "Taube"),
        ("konstante konstanten", "Konstante"),
    ],
)
def test_in_the_dictionary(forms: str, lemma: str) -> None:
    """With a capital, as in the middle of a sentence."""
    assert {dictionary_lexicon().readings(form).capital for form in forms.split()} == {lemma}
