"""Abbreviations and the words that they stand for find each other."""

from __future__ import annotations

import pytest

from searchapp.german.abbreviations import written_out
from searchapp.model import smallest
from tests.lexicon import dictionary_analyzer


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("7 Mrd. Euro", "7 Milliarden Euro"),
        ("7 Mio €", "7 Millionen Euro"),
        ("Prof. Dr. Xaver", "Professor Doktor Xaver"),
        ("Kantstr. 4", "Kantstraße 4"),
        ("Str. 4", "Straße 4"),
        ("St. Veit", "Sankt Veit"),
        ("Nr. 3", "Nummer 3"),
        ("80 km", "80 Kilometer"),
        ("Art. 3 Abs. 2 GG", "Artikel 3 Absatz 2 GG"),
        ("12 %", "12 Prozent"),
        ("§ 5 TMG", "Paragraf 5 TMG"),
        ("3. Okt. 1990", "3.10.90"),
        ("4 500 €", "4.500 Euro"),
        ("4'500 €", "4500 Euro"),
    ],
)
def test_both_have_the_same_keys(short: str, full: str) -> None:
    """In the same positions, so that phrases find each other, too."""
    analyzer = dictionary_analyzer()
    keys = [
        [(token.position, token.key) for token in analyzer.analyze(each)] for each in (short, full)
    ]
    assert keys[0] == keys[1]


def test_an_abbreviation_keeps_its_form() -> None:
    """For who asks for it as typed; and the parts lie inside of it."""
    analyzer = dictionary_analyzer()
    street = analyzer.keys_of("Bahnhofstr")
    assert street.form == "bahnhofstr"
    assert [(part.start, part.end) for part in smallest(street.parts)] == [(0, 4), (4, 7), (7, 10)]


@pytest.mark.parametrize("form", ["art", "straße", "min", "a", "", "nummer"])
def test_words_are_no_abbreviations(form: str) -> None:
    """Nor what may stand for several."""
    assert written_out(form) is None
