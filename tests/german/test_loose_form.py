"""What a reader types meets what the corpus writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.loose_form import loose, loose_end, loose_mark

texts = st.text("aeouäöüßqsÄÖÜéİﬁ -/.1𝐀🙂", max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Förderung", "foerderung"),
        ("Förderung", "FORDERUNG"),
        ("Straße", "strasse"),
        ("Café", "cafe"),
        ("Quelle", "quelle"),
        ("EU-Kommission", "eu kommission"),
        ("„Die Stahlkrise“", "die stahlkrise"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    """Of umlauts, ß, accents and signs."""
    assert loose(one) == loose(other)


def test_words_that_only_look_alike_stay_apart() -> None:
    """ "ue" is two letters after a vowel and q."""
    assert loose("neue") != loose("neu")
    assert loose("Quelle") != loose("Qulle")


@given(texts, st.integers(0, 12))
def test_a_beginning_stays_a_beginning(text: str, length: int) -> None:
    """However much has been typed."""
    assert loose(text).startswith(loose(text[:length]))


@given(texts, texts)
def test_a_mark_is_inside_and_stands_for_the_beginning(text: str, typed: str) -> None:
    """It is as short as can be."""
    beginning = loose(typed)
    mark = loose_mark(text, beginning) if beginning else None
    if mark is not None:
        start, end = mark
        assert 0 <= start < end <= len(text)
        assert loose_end(text, start, beginning) == end


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Straßenbau", "strasse", "Straße"),
        ("Erneuerbare Energie", "energ", "Energ"),
        ("EU-Kommission", "euk", "EU-K"),
        ("Die Förderung", "foe", "Fö"),
        ("Der Rat, die Räte", "rat d", "Rat, d"),
    ],
)
def test_what_was_typed_is_marked(text: str, typed: str, marked: str) -> None:
    """In the spelling of the text."""
    mark = loose_mark(text, loose(typed))
    assert mark is not None
    assert text[slice(*mark)] == marked
