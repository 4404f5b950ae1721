"""Words that are made of one another find each other; words that only look like it do not."""

from __future__ import annotations

import pytest

from searchapp.german import Analyzer
from searchapp.german.relatives import relatives
from tests.lexicon import dictionary_analyzer


def relatives_of(key: str) -> tuple[str, ...]:
    is_lemma = dictionary_analyzer().is_lemma
    assert is_lemma(key), key
    return relatives(key, is_lemma)


@pytest.mark.parametrize(
    "pair",
    """
    Wanderung/wandern Sammlung/sammeln Rasieren/rasieren Dekoration/dekorieren Besuch/besuchen
    Absage/absagen Verkäufer/verkaufen! Erzeuger/erzeugen Gewinner/gewinnen Festnahme/festnehmen
    Beitritt/beitreten Zusammenbruch/zusammenbrechen Feuchtigkeit/feucht Dunkelheit/dunkel
    Tapferkeit/tapfer Einmaligkeit/einmalig Sport/sportlich Kirche/kirchlich Farbe/farbig
    Salz/salzig Medizin/medizinisch Grieche/griechisch Physik/physisch Demokratie/demokratisch
    Tanz/tanzen Wunsch/wünschen
    """.split(),
)
def test_regular_derivations_find_each_other(pair: str) -> None:
    """In both directions; but not with a change of the vowel, which none of the rules makes."""
    noun, _, other = pair.rstrip("!").partition("/")
    is_related = not pair.endswith("!")
    assert (other in relatives_of(noun)) is is_related
    assert (noun in relatives_of(other)) is is_related


@pytest.mark.parametrize(
    "pair",
    """
    Sicherheit/sich Einheit/ein Nichtigkeit/nicht Kleinigkeit/klein Einmaligkeit/einmal
    Bau/Bauer Vorhand/vorhanden Berger/bergen Anzahl/anzahlen Mal/malisch Ion/ionisch
    Energie/energisch Begriff/begreifen Ausnahme/ausnehmen Mittel/mitteln Verein/vereinen
    Sein/sein Zeit/zeitig Liste/listig Sitzung/sitzen Stimmung/stimmen
    """.split(),
)
def test_strangers_do_not(pair: str) -> None:
    """However alike they are."""
    first, _, second = pair.partition("/")
    assert second not in relatives(first, dictionary_analyzer().is_lemma)
    assert first not in relatives(second, dictionary_analyzer().is_lemma)


def test_relatives_are_mutual() -> None:
    """Whoever is found finds back."""
    for key in "planen Plan Handlung Politik sprachlich Gründung dauern Aufnahme genau".split():
        for other in relatives_of(key):
            assert key in relatives_of(other)


def test_an_unknown_word_has_none() -> None:
    """Nor has any word without a dictionary."""
    assert relatives("Blafung", frozenset().__contains__) == ()
    assert Analyzer().relatives([Analyzer().keys_of("planen")]) == ()
