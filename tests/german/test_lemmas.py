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
    "sankt": "sinken",
    "Haus": "Haus",
    "Häuser": "Haus",
}


def lemma(
    form: str,
    dictionary: dict[str, str] = DICTIONARY,
    small: dict[str, int] | None = None,
    capital: dict[str, int] | None = None,
) -> str:
    """The lemma that a form gets."""
    readings = dictionary_readings(dictionary)
    return decide_lemmas(readings, small or {}, capital or {}, STEM)[form].lemma


def test_a_form_with_one_reading_has_its_lemma() -> None:
    """Whatever the case in which it is looked up."""
    assert lemma("häuser") == "haus"
    assert lemma("angriffs") == "angriff"


def test_without_a_corpus_the_word_with_the_larger_family_wins() -> None:
    """There are kinds of Angriff, but none of Schrieb; prefixed verbs speak for schreiben."""
    assert lemma("angriffe") == "angriff"
    assert lemma("schrieb") == "schreiben"
    assert family_sizes(["angriff", "luftangriff", "griff"]) == {
        "angriff": 2,
        "luftangriff": 1,
        "griff": 3,
    }


def test_a_form_that_the_corpus_writes_in_one_case_decides_itself() -> None:
    """Nine of ten "angriff" in lower case are the verb."""
    assert lemma("angriff", small={"angriff": 9}, capital={"angriff": 1}) == "angreifen"
    assert lemma("schrieb", small={"schrieb": 1}, capital={"schrieb": 9}) == "schrieb"


def test_rare_forms_follow_their_relatives() -> None:
    """One capital at the start of a sentence does not tear a form from its group."""
    small, capital = {"schrieben": 3, "schrieb": 1}, {"schrieb": 1}
    assert lemma("schrieb", small=small, capital=capital) == "schreiben"


def test_a_word_that_is_always_capital_is_no_form_of_a_verb() -> None:
    """Sankt Gallen did not sink."""
    assert lemma("sankt") == "sinken"
    assert lemma("sankt", small={"sankt": 1}, capital={"sankt": 50}) == "sankt"


@pytest.mark.parametrize(
    ("dictionary", "form", "expected"),
    [
        (
            {"Verletzter": "verletzt", "verletzt": "verletzen", "verletzen": "verletzen"},
            "verletzter",
            "verletzen",
        ),
        ({"verschmutzt": "verschmutzt", "verschmutzen": "verschmutzen"}, "verschmutzt", None),
        ({"belastet": "belastet", "belasten": "belasten"}, "belastet", "belasten"),
        ({"verändert": "verändert", "verändern": "verändern"}, "verändert", "verändern"),
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
    """Participles lead to their verb, women to the man of their trade; circles end."""
    expected = expected or {"verschmutzt": "verschmutzen", "lehrerin": "lehrer"}.get(form)
    assert lemma(form, dictionary) == (expected or lemma(form, dictionary))


def test_both_cases_of_a_form_are_its_readings() -> None:
    """Nouns are told by the capital of their lemma."""
    assert dictionary_readings({"Reise": "Reise", "reise": "reisen"}) == {
        "reise": (Reading("reisen", is_noun=False), Reading("reise", is_noun=True))
    }
