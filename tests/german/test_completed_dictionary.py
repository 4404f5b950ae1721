"""What a dictionary of forms lacks is added, and nothing else is touched."""

from __future__ import annotations

import pytest

from searchapp.german.completed_dictionary import INDEPENDENT_ADJECTIVES, completed_dictionary


def dictionary_of(text: str) -> dict[str, str]:
    """`form` or `form>lemma`, separated by blanks."""
    pairs = (entry.partition(">") for entry in text.split())
    return {form: lemma or form for form, _, lemma in pairs}


VERBS = """
verlieren verliert>verlieren fliehen flieht>fliehen essen isst>essen esst>essen weiteressen
gegessen>weiteressen führen führt>führen fahren fahrt>fahren einführen einführt>einführen
verlegen verlegt>verlegen liegen liegt>liegen verliegen verscheiden kennen kennt>kennen
scheiden scheidet>scheiden bekennen bekennt>bekennen beteiligen beteiligt>beteiligen
spinnen spinnt>spinnen spannen spannt>spannen weichen weicht>weichen einweichen
einweicht>einweichen einweichte>einweichen stehen steht>stehen gestehen gesteht>gestehen
fallen fallt>fallen gefallen gefallt>gefallen
"""


@pytest.mark.parametrize(
    ("entries", "form", "lemma"),
    [
        ("verloren", "verloren", "verlieren"),
        ("verloren verlorene>verloren", "verlorene", "verlieren"),
        ("", "geflohene", "fliehen"),
        ("", "gegessen", "essen"),
        ("verführt", "führend", "führen"),
        ("beteiligte", "beteiligte", "beteiligen"),
        ("", "eingeführtem", "einführen"),
        ("", "einzuführen", "einführen"),
        ("gestanden>gestehen", "gestanden", "stehen"),
        ("atmen>aufatmen aufatmen", "atmen", "atmen"),
        ("heißen>heiß heiß", "heißen", "heißen"),
        ("süß>süßen süßen>süß süßem>süß", "süß", "süß"),
    ],
)
def test_holes_are_filled(entries: str, form: str, lemma: str) -> None:
    """Forms that are missing, that end at themselves, or that lead to a verb without them."""
    assert completed_dictionary(dictionary_of(VERBS + entries))[form] == lemma


@pytest.mark.parametrize(
    ("entries", "form", "lemma"),
    [
        ("Floh", "Floh", "Floh"),
        ("verschieden", "verschieden", "verschieden"),
        ("verschieden", "verschiedene", "verschieden"),
        ("bekannt bekannten>bekennen", "bekannten", "bekannt"),
        ("", "verlegen", "verlegen"),
        ("", "führen", "führen"),
        ("", "gefallen", "gefallen"),
        ("gleichen>gleich gleich", "gleichen", "gleich"),
        ("spannst>spannen", "spannst", "spannen"),
    ],
)
def test_other_words_stay(entries: str, form: str, lemma: str) -> None:
    """Nouns, adjectives of their own, and verbs that look like a form of another verb."""
    assert completed_dictionary(dictionary_of(VERBS + entries))[form] == lemma


def test_the_dictionary_given_is_not_changed() -> None:
    """The completed one is another."""
    dictionary = dictionary_of(VERBS)
    before = dict(dictionary)
    assert completed_dictionary(dictionary) != before
    assert dictionary == before


def test_adjectives_of_their_own_are_lower_case() -> None:
    """They are compared with lemmas as a dictionary writes them."""
    assert all(word.islower() and word.isalpha() for word in INDEPENDENT_ADJECTIVES)


def test_a_prefix_that_ends_with_zu_makes_no_infinitive_with_zu() -> None:
    """But a participle that the dictionary has as a lemma is one."""
    verbs = ("kommen", "hinkommen", "hinzukommen", "fahren", "abfahren")
    present = {"kommt": "kommen", "fährt": "fahren", "fahrt": "fahren", "abfahrt": "abfahren"}
    dictionary = {**{verb: verb for verb in verbs}, **present, "abgefahren": "abgefahren"}
    completed = completed_dictionary(dictionary)
    assert completed["hinzukommen"] == "hinzukommen"
    assert completed["abgefahren"] == "abfahren"
