"""Which of two readings of a form wins."""

from __future__ import annotations

import pytest

from searchapp.german.lemmas import Reading, decide_lemmas, dictionary_readings, family_sizes
from searchapp.german.stems import GermanStemmer

STEM = GermanStemmer().stem

DICTIONARY = {
    "Angriff": "Angriff",
    "Angriffe": "Angriff",
    "Angriffs": "Angriff",
    "Luftangriff": "Luftangriff",
    "angriff": "angreifen",
    "angriffe": "angreifen",
    "angreifen": "angreifen",
    "schrieb": "schreiben",
    "schrieben": "schreiben",
    "Schrieb": "Schrieb",
    "schreiben": "schreiben",
    "aufschreiben": "aufschreiben",
    "abschreiben": "abschreiben",
    "Haus": "Haus",
    "Häuser": "Haus",
}


def lemma(form: str, dictionary: dict[str, str] = DICTIONARY) -> str:
    """The lemma that a form gets."""
    return decide_lemmas(dictionary_readings(dictionary), STEM)[form].lemma


def test_a_form_with_one_reading_has_its_lemma() -> None:
    """Whatever the case in which it is looked up."""
    assert lemma("häuser") == "haus"
    assert lemma("angriffs") == "angriff"


def test_the_word_with_the_larger_family_wins() -> None:
    """There are kinds of Angriff, but none of Schrieb; prefixed verbs speak for schreiben."""
    assert lemma("angriffe") == "angriff"
    assert lemma("schrieb") == "schreiben"
    assert family_sizes(["angriff", "luftangriff", "griff"]) == {
        "angriff": 2,
        "luftangriff": 1,
        "griff": 3,
    }


@pytest.mark.parametrize(
    ("dictionary", "form", "expected"),
    [
        (
            {"Verletzter": "verletzt", "verletzt": "verletzen", "verletzen": "verletzen"},
            "verletzter",
            "verletzen",
        ),
        ({"Kolleginnen": "Kollegin", "Kollege": "Kollege"}, "kolleginnen", "kollege"),
        ({"Ärztin": "Ärztin", "Ärztinnen": "Ärztin", "Arzt": "Arzt"}, "ärztin", "arzt"),
        ({"Lehrerin": "Lehrerin", "Lehrerinnen": "Lehrerin", "Lehrer": "Lehrer"}, "lehrerin", None),
        ({"Medizin": "Medizin", "Mediz": "Mediz"}, "medizin", "medizin"),
        ({"hin": "her", "her": "hin"}, "hin", None),
    ],
)
def test_readings_are_followed_to_their_end(
    dictionary: dict[str, str], form: str, expected: str | None
) -> None:
    """Nouns of adjectives lead to their verb, women to the man of their trade; circles end."""
    expected = expected or {"lehrerin": "lehrer"}.get(form)
    assert lemma(form, dictionary) == (expected or lemma(form, dictionary))


def test_both_cases_of_a_form_are_its_readings() -> None:
    """Nouns are told by the capital of their lemma."""
    assert dictionary_readings({"Reise": "Reise", "reise": "reisen"}) == {
        "reise": (Reading("reisen", is_noun=False), Reading("reise", is_noun=True))
    }
