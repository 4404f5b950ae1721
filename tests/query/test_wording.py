"""Whether plain words are a sentence, and which of their function words are names."""

from __future__ import annotations

import pytest

from searchapp.query.wording import Wording

SENTENCES = [
    "Wie wird Glas geblasen?",
    "Wie wird Glas geblasen",
    "wie wird glas geblasen",
    "Was ist Inflation",
    "was ist inflation",
    "was sind bitcoins",
    "Wer erfand den Dynamo",
    "Wer entdeckte Radium?",
    "Wo liegt Vaduz?",
    "Wann endete der Dreißigjährige Krieg?",
    "In welchem Jahr fiel die Mauer?",
    "Mit wem war Kleopatra verheiratet",
    "Seit wann gibt es Rundfunk",
    "Ist Nickel magnetisch",
    "ist nickel magnetisch",
    "Kann man Schnee essen",
    "Können Pinguine fliegen?",
    "Waren Römer in Irland?",
    "Würde Europa das verkraften?",
    "Die Erde ist rund",
    "Kupfer leitet Strom.",
    "Der Rhein mündet bei Rotterdam ins Meer.",
    "WIE WIRD GLAS GEBLASEN",
    "Warum es im Winter schneit",
]
KEYWORDS = [
    "",
    "Stahl",
    "Stahl?",
    "was",
    "Stahl Preise",
    "stahl preise asien",
    "Stahl Preise Asien?",
    "grüner Wasserstoff Export",
    "Minister für Verkehr und Umwelt",
    "Ministerium für Verkehr und digitale Infrastruktur",
    "Bericht über die Lage der Werften",
    "Der Herr der Ringe",
    "Die Zeit Hamburg",
    "Vom Winde verweht Film",
    "Will Ferrell Hamburg",
    "will ferrell hamburg",
    "Will ferrell",
    "Waren Indien Hafen",
    "waren indien hafen",
    "Würde Alter",
    "Mehr Wohnungen Wien",
    "Weil am Rhein Brücke",
    "Wie Feuer und Eis",
    "MAN Busse",
    "IM Erika",
    "DER STAHL PREIS",
    "Bundestag will Steuern",
    "Sein und Zeit",
]


@pytest.mark.parametrize("line", SENTENCES)
def test_two_marks_make_a_sentence(line: str) -> None:
    """A verb, a question's beginning, a closing sign, mostly function words, words in small letters
    among capitals."""
    assert Wording(line.rstrip("?.").split(), line).is_sentence


@pytest.mark.parametrize("line", KEYWORDS)
def test_one_mark_is_not_enough(line: str) -> None:
    """It may be the mark of a name, of a noun that is a verb elsewhere, or of a list."""
    assert not Wording(line.rstrip("?.").split(), line).is_sentence


def test_capitals_say_nothing_where_all_is_in_capitals() -> None:
    """They make a name of a word among others only."""
    assert Wording(["IM", "BAU"], "IM BAU").is_optional(0)
    assert not Wording(["IM", "Bau"], "IM Bau").is_optional(0)
    assert not Wording(["Bau", "Im"], "Bau Im").is_optional(1)
    assert Wording(["Bau", "im"], "Bau im").is_optional(1)
