"""Which words of the dictionary a form belongs to."""

from __future__ import annotations

import pytest

from searchapp.german.lemmas import Readings, dictionary_readings


def readings(form: str, dictionary: dict[str, str]) -> Readings:
    """The readings that a form gets."""
    return dictionary_readings(dictionary)[form]


def test_a_form_has_a_reading_for_each_case() -> None:
    """Nouns are told by the capital of their lemma; a form of one word has it twice."""
    dictionary = {"Reise": "Reise", "reise": "reisen", "reisen": "reisen", "Häuser": "Haus"}
    assert dictionary_readings(dictionary) == {
        "reise": ("reisen", "Reise"),
        "reisen": ("reisen", "reisen"),
        "häuser": ("Haus", "Haus"),
    }


@pytest.mark.parametrize(
    ("dictionary", "form", "expected"),
    [
        (
            {"Verletzter": "verletzt", "verletzt": "verletzen", "verletzen": "verletzen"},
            "verletzter",
            "verletzen",
        ),
        (
            {"Kolleginnen": "Kollegin", "Kollegin": "Kollege", "Kollege": "Kollege"},
            "kolleginnen",
            "Kollege",
        ),
    ],
)
def test_readings_are_followed_to_their_end(
    dictionary: dict[str, str], form: str, expected: str
) -> None:
    """Participles lead to their verb, women to the man of their trade."""
    assert readings(form, dictionary).capital == expected


def test_circles_end() -> None:
    """Whatever a dictionary holds."""
    assert readings("hin", {"hin": "her", "her": "hin"}).small in ("hin", "her")


GREEN = {
    "Grüner": "Grüner",
    "Grüne": "Grüner",
    "Grünen": "Grüne",
    "grün": "grün",
    "grünen": "grün",
}


@pytest.mark.parametrize("form", ["grüner", "grüne", "grünen"])
def test_nouns_that_are_inflected_as_an_adjective_are_that_adjective(form: str) -> None:
    """Names write it with a capital, too: "Grüne Woche"."""
    assert readings(form, GREEN) == ("grün", "grün")


def test_a_noun_that_has_a_genitive_is_a_word_of_its_own() -> None:
    """Age is not the old one, though both are "Alter"."""
    old = {"Alter": "Alter", "Alters": "Alter", "Alten": "Alte", "Alte": "Alter", "alt": "alt"}
    assert readings("alter", old).capital == "Alter"
    assert readings("alten", old).capital == "alt"


def test_inflected_adjectives_with_a_capital_are_no_nouns() -> None:
    """Those with a common ending; short ones make nouns ("Tiefe"), and so do participles."""
    dictionary = {
        **dict.fromkeys(("technisch", "technische", "technischem"), "technisch"),
        **{"Technische": "Technische", "Technischen": "Technische"},
        **dict.fromkeys(("tief", "tiefe", "tiefem"), "tief"),
        **{"Tiefe": "Tiefe", "Tiefen": "Tiefe"},
        **dict.fromkeys(("verwandt", "verwandte", "verwandtem", "verwenden"), "verwenden"),
        **{"Verwandte": "Verwandte", "Verwandten": "Verwandte"},
    }
    assert readings("technische", dictionary) == ("technisch", "technisch")
    assert readings("tiefe", dictionary) == ("tief", "Tiefe")
    assert readings("verwandte", dictionary) == ("verwenden", "Verwandte")


def test_of_two_spellings_the_one_with_umlauts_is_the_key() -> None:
    """If the dictionary has both, and they are one word."""
    dictionary = {each: each for each in ("Phoenix", "Phönix", "Geheimtuer", "Geheimtür", "Soest")}
    assert readings("phoenix", dictionary).capital == "Phönix"
    assert readings("geheimtuer", dictionary).capital == "Geheimtuer"
    assert readings("soest", dictionary).capital == "Soest"
