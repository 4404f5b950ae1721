"""Excerpts: what is shown of a text, and that every offset is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.model import Article, Span
from searchapp.snippets import TEASER_CHARS, best_snippets, teaser

PROSE = (
    "Am 16. Januar besuchte eine Delegation das Werk. Der Stahl wird dort mit Wasserstoff"
    " erzeugt, z. B. in einem Schachtofen. Das senkt den Ausstoß von Kohlendioxid deutlich. "
    "Andere Verfahren brauchen Koks aus Kohle.\n\n"
    "Im zweiten Absatz geht es um Strom. Ein Lichtbogenofen schmilzt Schrott mit elektrischem"
    " Strom, und der Schrott ersetzt Erz. So entsteht aus altem Stahl neuer Stahl, beliebig oft."
    " Die Wege zum Werk führen über Wasser und Schiene. Am Ende steht ein Coil aus Blech, das"
    " vielfach weiterverarbeitet wird, etwa zu Karosserien, Gehäusen und Dosen aller Art."
)


def spans_of(text: str, *words: str) -> list[Span]:
    """All places of the words, numbered in the order given."""
    spans = []
    for number, word in enumerate(words):
        start = text.find(word)
        while start >= 0:
            spans.append(Span(start, start + len(word), number))
            start = text.find(word, start + 1)
    return sorted(spans)


def marked(text: str, *words: str, **options: int) -> list[list[str]]:
    """The marked strings of each snippet."""
    return [
        [snippet.marked.text[start:end] for start, end in snippet.marked.marks]
        for snippet in best_snippets(text, spans_of(text, *words), **options)
    ]


def test_a_fragment_holds_the_most_distinct_words() -> None:
    """Two different words beside each other win over one word three times."""
    text = "Stahl, Stahl, Stahl. " + "Lorem ipsum dolor. " * 20 + "Stahl mit Wasserstoff. "
    (snippet,) = best_snippets(text, spans_of(text, "Stahl", "Wasserstoff"), max_snippets=1)
    assert "Stahl mit Wasserstoff" in snippet.marked.text


def test_the_second_fragment_adds_what_was_not_shown() -> None:
    """A word far away gets a fragment of its own, rather than more of the same word."""
    filler = "Lorem ipsum dolor sit amet. " * 15
    text = "Stahl hier. " + filler + "Stahl dort. " + filler + "Wasserstoff."
    assert marked(text, "Stahl", "Wasserstoff") == [["Stahl"], ["Wasserstoff"]]


def test_fragments_begin_and_end_at_sentences_where_one_is_near() -> None:
    """A date or an abbreviation does not end a sentence."""
    first = best_snippets(PROSE, spans_of(PROSE, "Wasserstoff"))[0].marked.text
    assert first.startswith("Der Stahl wird dort mit Wasserstoff erzeugt, z. B. in einem Schacht")
    assert first.endswith("Im zweiten Absatz geht es um Strom.")
    dated = "Es war einmal. Am 16. Januar fuhr Dr. Koch ab. " + "Wort " * 60
    assert best_snippets(dated, spans_of(dated, "Koch"))[0].marked.text.startswith("Es war")


def test_fragments_are_cut_at_words_in_a_text_without_sentences() -> None:
    text = " ".join(f"Wort{i}" for i in range(500))
    for snippet in best_snippets(text, spans_of(text, "Wort250", "Wort400")):
        assert set(snippet.marked.text.split()) <= set(text.split())
        assert 100 < len(snippet.marked.text) <= 220


def test_without_matches_the_beginning_is_shown() -> None:
    """An article that was found by its title still shows what it is about."""
    (snippet,) = best_snippets(PROSE, [])
    assert snippet.start == 0
    assert snippet.marked.marks == ()
    assert 100 < len(snippet.marked.text) <= 220


def test_a_text_without_words_has_no_fragment() -> None:
    assert best_snippets("", []) == ()
    assert best_snippets(" \n\n ", []) == ()


def test_a_short_text_is_shown_whole() -> None:
    text = "Stahl ist ein Werkstoff. Er rostet."
    (snippet,) = best_snippets(text, spans_of(text, "rostet"))
    assert snippet.marked.text == text


def test_a_word_longer_than_the_fragment_is_cut() -> None:
    text = "x" * 5000
    (snippet,) = best_snippets(text, [Span(0, 5000, 0)])
    assert (snippet.start, snippet.end) == (0, 220)


def test_a_fragment_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        best_snippets(PROSE, [], max_chars=39)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(st.text(alphabet="ab .\n„“Ä!", max_size=600))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=20)))
    spans = [
        Span(start, end, draw(st.integers(0, 3)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, spans


@given(texts_with_spans(), st.integers(1, 3), st.integers(40, 250))
def test_offsets_are_exact_and_fragments_disjoint(
    given_text: tuple[str, list[Span]], max_snippets: int, max_chars: int
) -> None:
    """Whatever the text: excerpts are true, sorted, disjoint, short; marks are spans of it."""
    text, spans = given_text
    snippets = best_snippets(text, spans, max_snippets=max_snippets, max_chars=max_chars)
    assert len(snippets) <= max_snippets
    reached = 0
    for snippet in snippets:
        assert reached <= snippet.start <= snippet.end <= len(text)
        assert snippet.end - snippet.start <= max_chars
        assert snippet.marked.text == text[snippet.start : snippet.end]
        reached = snippet.end
        for start, end in snippet.marked.marks:
            assert (snippet.start + start, snippet.start + end) in {s[:2] for s in spans}


@given(texts_with_spans())
def test_a_match_that_fits_is_always_shown(given_text: tuple[str, list[Span]]) -> None:
    """Where there is a match of words, at least one mark is seen."""
    text, spans = given_text
    fitting = [
        s
        for s in spans
        if s.end - s.start <= 220 and text[s.start : s.end].strip() == text[s.start : s.end]
    ]
    if fitting and len(fitting) == len(spans):
        assert any(snippet.marked.marks for snippet in best_snippets(text, spans))


def test_a_snippet_knows_its_first_mark() -> None:
    """Among all marks of the text, so that the page of the article can be opened there."""
    spans = spans_of(PROSE, "Stahl", "Lichtbogenofen")
    found = best_snippets(PROSE, spans, max_chars=60)
    assert len(found) == 2
    for snippet in found:
        first = spans[snippet.first_mark - 1]
        assert snippet.start + snippet.marked.marks[0][0] == first.start


@pytest.mark.parametrize(
    ("title", "body", "derived", "shown"),
    [
        ("Titel", "Kurz.", False, "Kurz."),
        ("Titel", "  Ein\nText  ", False, "Ein Text"),
        ("Titel", "", False, ""),
        ("Anfang des…", "Anfang des Textes: und mehr.", True, "… Textes: und mehr."),
        ("Frage:", "Frage:\n\nWarum ist das so?", True, "Warum ist das so?"),
        ("Nur dies", "Nur dies.", True, ""),
        ("Titel", PROSE, False, "Am 16. Januar besuchte eine Delegation das Werk. Der Stahl wird"
         " dort mit Wasserstoff erzeugt, z. B. in einem Schachtofen."),
        ("Titel", "Wort " * 80, False, ("Wort " * 32).strip() + " …"),
    ],
)  # fmt: skip
def test_a_teaser_is_what_the_title_does_not_say(
    title: str, body: str, derived: bool, shown: str
) -> None:
    """The beginning on one line; of a title made of the text, what follows it."""
    assert teaser(Article("x", title, body, title_is_derived=derived)) == shown


@given(st.text(max_size=600), st.booleans())
def test_a_teaser_is_short_whatever_the_text(body: str, derived: bool) -> None:
    """And on one line."""
    shown = teaser(Article("x", body[:40] + "…", body, title_is_derived=derived))
    assert len(shown) <= TEASER_CHARS + 4
    assert "\n" not in shown
