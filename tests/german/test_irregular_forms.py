"""Forms of nouns that no rule tells."""

from __future__ import annotations

import pytest

from searchapp.german.irregular_forms import irregular_forms

DICTIONARY = {
    form: lemma or form
    for form, _, lemma in (
        entry.partition(">")
        for entry in """
        Atlas Atlant Atlanten>Atlant Weltatlas Weltatlanten>Weltatlant Weltatlant Index
        Indizes>Indiz Indiz Kaktus Kakteen>Kaktee Pronomen>Pronom Pronomina>Pronomen Frieden
        Friede Burgfrieden Burgfriede Elfriede Funke>Funk Funken>Funk Funk Himmelsfunken
        dazwischenfunken Dazwischenfunken Kohls Kohl Engels Engel Legende Legenden>Legende
        Glaube Glaubens>Glauben Glauben
        Verletzte>verletzt Verletzter>Verletzte Verletzten>Verletzter Verletztem>Verletzter
        verletzt>verletzen verletzen
        Lehrende Lehrender Lehrenden>Lehrend Lehrendem>Lehrender lehrend
        Alter Alte>Alter Alten>Alte Altem>Alter alt
        Löwe Löwin Löwinnen>Löwin Beamter Beamte>Beamter Beamtin Beamtinnen>Beamtin
        Wanderer Wanderin Wanderinnen>Wanderin Arzt Ärztin Ärztinnen>Ärztin
        Lehrer Lehrerin Lehrerinnen>Lehrerin Dachrinne Dachrinnen>Dachrinne
        Schütze>Schütz Schütz Schützin Schützinnen>Schützin
        HNO-Arzt HNO-Ärztin HNO-Ärztinnen>HNO-Ärztin
        """.split()
    )
}
FOUND = DICTIONARY | dict(irregular_forms(DICTIONARY))


def lemma(form: str) -> str:
    """Where the chain of a form's lemmas ends."""
    while FOUND.get(form, form) != form:
        form = FOUND[form]
    return form


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("Atlanten", "Atlas"),
        ("Weltatlanten", "Weltatlas"),
        ("Indizes", "Index"),
        ("Indices", "Index"),
        ("Kakteen", "Kaktus"),
        ("Pronomina", "Pronomen"),
        ("Friede", "Frieden"),
        ("Burgfriede", "Burgfrieden"),
        ("Funken", "Funke"),
        ("Himmelsfunken", "Himmelsfunke"),
        ("Glaubens", "Glaube"),
        ("Kohls", "Kohl"),
        ("Verletzte", "Verletzter"),
        ("Verletztem", "Verletzter"),
        ("Lehrenden", "Lehrender"),
        ("Löwinnen", "Löwe"),
        ("Beamtinnen", "Beamter"),
        ("Wanderin", "Wanderer"),
        ("Ärztin", "Arzt"),
        ("HNO-Ärztin", "HNO-Arzt"),
        ("Schützinnen", "Schütze"),
        ("Lehrerin", "Lehrer"),
    ],
)
def test_a_form_leads_to_its_noun(form: str, expected: str) -> None:
    """Foreign plurals, double nominatives, genitives of names, persons."""
    assert lemma(form) == expected


@pytest.mark.parametrize(
    "form", ["Elfriede", "Dazwischenfunken", "Engels", "Legende", "Dachrinne", "Indiz", "Funk"]
)
def test_other_nouns_stay(form: str) -> None:
    """They only look like such a form."""
    assert lemma(form) == form


@pytest.mark.parametrize(
    ("form", "adjective"),
    [("gesünder", "gesund"), ("schmälste", "schmal"), ("blässeste", "blass"), ("meisten", "viel")],
)
def test_a_comparison_leads_to_its_adjective(form: str, adjective: str) -> None:
    """Those with an umlaut, and those from another stem."""
    assert lemma(form) == adjective
