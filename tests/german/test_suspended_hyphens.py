"""Fragments with a suspended hyphen hold the words that they stand for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.forms import plain_form
from searchapp.german.suspended_hyphens import fragments
from searchapp.german.token_arrays import BatchAnalyzer
from tests.german.indexed_tokens import indexed, tokens
from tests.lexicon import dictionary_analyzer

PIECES = st.sampled_from(
    [
        *("Vor-", "Nachteile", "und", "oder", "bzw.", "Obst-", "Gemüsehandel", "-handlung", "EU-"),
        *("Nato-Staaten", ",", "/", "-", " ", " ", " ", "\n", "20-", "als auch", "(", ")", "ä"),
        *("Haus-", "Wohnungs-", "Gartenbau", "-pflege", "Wort"),
    ]
)


def completed(text: str) -> list[tuple[str, str]]:
    """(fragment, form of the word that it stands for) of a text."""
    tokens = dictionary_analyzer().analyze(text)
    words = [
        (token.surface, plain_form(token.form))
        for before, token in pairwise(tokens)
        if (token.start, token.end) == (before.start, before.end)
    ]
    # At the start of a sentence a word may be there in both of its readings.
    return [word for word in dict.fromkeys(words) if word[0].lower() != word[1]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Auf- und Abstieg", "aufstieg"),
        ("Winter- und Sommerreifen", "winterreifen"),
        ("Nah- und Fernverkehr", "nahverkehr"),
        ("Obst- sowie Gemüsehandel", "obsthandel"),
        ("Groß-/Kleinschreibung", "großschreibung"),
        ("Werk- oder Feiertage", "werktage"),
        ("Ost- & Westküste", "ostküste"),
        ("Wein- wie Bierkeller", "weinkeller"),
        ("nicht nur Neben-, sondern auch Hauptrollen", "nebenrollen"),
        ("Kern- und Braunkohlekraftwerke", "kernkraftwerke"),
        ("Zu- und\nAbnahme", "zunahme"),
        ("be- oder entladen", "beladen"),
        ("land- und forstwirtschaftlich", "landwirtschaftlich"),
        ("15- bis 18-Jährige", "15jährige"),
        ("S- und U-Bahn", "sbahn"),
        ("FDP- und SPD-Chefs", "fdpchefs"),
        ("Bundes- und EU-Ebene", "bundesebene"),
        ("Weinbau und -handel", "weinhandel"),
        ("Kindergarten oder -krippe", "kinderkrippe"),
        ("EU-Länder und -Gremien", "eugremien"),
    ],
)
def test_a_fragment_holds_the_word_that_it_stands_for(text: str, word: str) -> None:
    """By particles, nouns, adjectives, numbers and abbreviations, on either side."""
    assert word in [form for _, form in completed(f"Sie sah {text}, heißt es.")]


def test_all_fragments_of_a_row_are_completed() -> None:
    """Each from the full word at the end, or at the beginning."""
    assert completed("Leder-, Holz- und Metallwaren") == [
        ("Leder", "lederwaren"),
        ("Holz", "holzwaren"),
    ]
    assert completed("Viehzucht, -haltung und -handel") == [
        ("haltung", "viehhaltung"),
        ("handel", "viehhandel"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Vor- und",
        "Vor - und Nachteile",
        "Er kam -und ging",
        "Kinder- und Jugendliche",
        "Xyz- und Qwertz",
        "Nachteile und vor- dem",
        "-und Nachteile",
        "Luft- \n\n und Nachteile",
    ],
)
def test_what_is_not_clear_is_not_completed(text: str) -> None:
    """No word is made up."""
    assert completed(text) == []


def test_the_word_is_at_the_place_of_the_fragment() -> None:
    """With the keys of any word; the fragment's own token stays, and so do all positions."""
    analyzer = dictionary_analyzer()
    _, fragment, word, *others = analyzer.analyze("in Auto- und Glasindustrie")
    assert (fragment.form, word.form) == ("auto", "autoindustrie")
    assert word[:4] == fragment[:4] == ("Auto", 3, 7, 1)
    assert word[4:] == analyzer.keys_of("Autoindustrie")
    assert [part.key for part in word.parts]
    assert [token.position for token in others] == [2, 3]


@given(st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=3))
def test_batches_have_the_same_words(texts: list[str]) -> None:
    """Whatever stands around them."""
    analyzer = dictionary_analyzer()
    expected = [indexed(analyzer.analyze(text)) for text in texts]
    assert tokens(BatchAnalyzer(analyzer), texts) == expected


@pytest.mark.parametrize("unit", ["a-, ", "a-/", "-", " -abc", "a- und ", "abc, -abc", "a-a"])
def test_many_fragments_are_read(unit: str) -> None:
    """In time linear in the length of the text."""
    assert len(fragments(unit * (200_000 // len(unit)) + "- und Haus")) >= 0
