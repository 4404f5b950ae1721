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


def inflected(adjective: str) -> dict[str, str]:
    """All forms of an adjective that is written in lower case."""
    return {adjective + ending: adjective for ending in ("", "e", "em", "en", "er", "es")}


@pytest.mark.parametrize(
    ("adjective", "noun"),
    [
        ("städtisch", "Städtische"),
        ("farbig", "Farbige"),
        ("staatlich", "Staatliche"),
        ("sprachlos", "Sprachlose"),
        ("verletzbar", "Verletzbare"),
    ],
)
def test_a_capital_does_not_make_a_noun_of_a_long_adjective(adjective: str, noun: str) -> None:
    """`Städtische Bühnen`: their endings are such that no noun of a quality is made of them."""
    dictionary = {**inflected(adjective), noun: noun, noun + "n": noun}
    for form in (noun, noun + "n"):
        assert readings(form.lower(), dictionary) == (adjective, adjective)


def test_grades_of_an_adjective_are_no_nouns() -> None:
    """`Höheres Gericht`; the small form decides whose grade it is."""
    high = {
        **dict.fromkeys(("höher", "höhere", "höherem", "hoch"), "hoch"),
        **{"Höhere": "Höhere", "Höheren": "Höhere"},
    }
    assert readings("höhere", high) == readings("höheren", high | {"höheren": "hoch"})
    assert readings("höhere", high) == ("hoch", "hoch")
    verb = {"mustere": "mustern", "musterem": "mustern", "Mustere": "Mustere"}
    assert readings("mustere", verb) == ("mustern", "Mustere")


@pytest.mark.parametrize(("adjective", "noun"), [("eben", "Ebene"), ("flach", "Flache")])
def test_nouns_of_other_adjectives_are_words_of_their_own(adjective: str, noun: str) -> None:
    """Those of a single syllable, and plains, which are a noun before all."""
    assert readings(noun.lower(), {**inflected(adjective), noun: noun}) == (adjective, noun)


def test_participles_have_become_nouns() -> None:
    """A prisoner is more than someone who was caught."""
    for participle, verb, noun in (
        ("gefangen", "fangen", "Gefangener"),
        ("verwundet", "verwunden", "Verwundeter"),
        ("reisend", "reisen", "Reisender"),
    ):
        forms = dict.fromkeys(inflected(participle), verb)
        nouns = dict.fromkeys((noun, noun[:-1], noun[:-1] + "n"), noun)
        dictionary = {verb: verb, **forms, **nouns}
        assert readings(noun[:-1].lower(), dictionary) == (verb, noun)


def test_the_street_of_capitals_is_no_glass() -> None:
    """The dictionary's genuine forms of "Strass" keep their lemma."""
    dictionary = {"Strass": "Strass", "Strasse": "Strass", "Strassen": "Strass", "Straße": "Straße"}
    assert readings("strassen", dictionary).capital == "Straße"
    assert readings("strass", dictionary).capital == "Strass"
