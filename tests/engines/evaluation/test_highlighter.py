"""Which stretches of a text are marked as the reason of a hit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.evaluation.highlighter import Highlighter, TokenKey, sought_keys
from searchapp.engines.meaning import MARKED_FIELDS, Accepted, HighlightKey, HighlightTerm
from searchapp.german import Analyzer
from searchapp.model import Span, Token
from tests.engines.articles import texts, words
from tests.lexicon import dictionary_analyzer

ANALYZER = Analyzer()
BODY = frozenset(("body",))


def target(
    query: str, *, word: int = 0, key: HighlightKey = "key", field: str = "body"
) -> HighlightTerm:
    """What the words of a text stand for: one word, or a phrase."""
    tokens = {token.position: token for token in ANALYZER.analyze(query)}.values()
    sequence = tuple(Accepted(key, frozenset((getattr(token, key),))) for token in tokens)
    return HighlightTerm(word, frozenset((field,)), sequence)


def marked(text: str, *targets: HighlightTerm) -> list[str]:
    spans = Highlighter(targets).matches([], ANALYZER.analyze(text), []).body
    return [text[span.start : span.end] for span in spans]


def test_inflected_forms_are_marked_and_exact_ones_only_as_written() -> None:
    """A stem meets all its forms, a form only itself, in any case."""
    text = "Das Haus, die Hausen, des HAUSES. haus"
    assert marked(text, target("Haus")) == ["Haus", "Hausen", "HAUSES", "haus"]
    assert marked(text, target("Haus", key="form")) == ["Haus", "haus"]


def test_a_phrase_marks_its_words_only_where_they_stand_side_by_side() -> None:
    """One by one, so that the blanks between them are not marked."""
    text = "Roter Stahl und Eisen. Stahl, Eisen. Stahl und Holz und Eisen"
    assert marked(text, target("Stahl und Eisen")) == ["Stahl", "und", "Eisen"]
    assert marked("Haus Haus Haus", target("Haus Haus")) == ["Haus", "Haus", "Haus"]


def test_a_place_of_a_phrase_is_sought_by_its_own_kind_of_key() -> None:
    """A word in any of its forms, beside a pattern by the forms that it stands for."""
    (neue,), (haus,) = target("neue").sequence, target("Haus", key="form").sequence
    phrase = HighlightTerm(0, BODY, (neue, haus))
    text = "Neue Häuser, des neuen Hauses, das neue Haus, neuer Haus Haus neue"
    assert marked(text, phrase) == ["neue", "Haus", "neuer", "Haus"]
    assert sought_keys([phrase]) == {("key", "neu"), ("form", "haus")}


def test_a_hyphen_compound_is_marked_whole_or_in_part() -> None:
    """By the joined word, by one of its parts, and as the words of a phrase."""
    text = "Die EU-Kommission tagt"
    assert marked(text, target("EUKommission")) == ["EU-Kommission"]
    assert marked(text, target("Kommissionen")) == ["Kommission"]
    assert marked(text, target("EU Kommission")) == ["EU", "Kommission"]
    assert marked(text, target("Kommission tagt")) == ["Kommission", "tagt"]


def test_of_two_overlapping_spans_the_longer_is_kept() -> None:
    """The compound rather than its part."""
    text = "Die EU-Kommission tagt"
    assert marked(text, target("EU"), target("EUKommission")) == ["EU-Kommission"]


def test_only_targets_of_the_field_are_marked() -> None:
    """A word sought in titles is no reason of a hit in a text."""
    assert marked("Haus", target("Haus", field="title")) == []


def test_a_span_names_the_first_query_word_that_it_stands_for() -> None:
    """Snippets count distinct words by it."""
    tokens = ANALYZER.analyze("Haus Hof")
    spans = (
        Highlighter([target("Haus", word=3), target("Hof", word=5)]).matches([], tokens, []).body
    )
    assert spans == (Span(0, 4, 3), Span(5, 8, 5))


@given(texts, st.lists(st.tuples(words | texts, st.sampled_from(("key", "form")))))
def test_spans_are_sorted_disjoint_and_in_bounds(
    text: str, sought: list[tuple[str, HighlightKey]]
) -> None:
    """For any text and any targets; each span is a word of the text."""
    tokens = ANALYZER.analyze(text)
    targets = [target(query, word=n, key=key) for n, (query, key) in enumerate(sought)]
    spans = Highlighter([each for each in targets if each.sequence]).matches([], tokens, []).body
    borders = [border for span in spans for border in (span.start, span.end)]
    assert borders == sorted(borders)
    assert {(span.start, span.end) for span in spans} <= {(t.start, t.end) for t in tokens}
    assert all(0 <= span.word < len(sought) for span in spans)


COMPOUNDS = ("Stahlstraße", "Straßenhaus", "Stahlhaus", "Haustür", "Türen", "Stahlhäuser", "Stahl")
compound_texts = st.lists(words | st.sampled_from(COMPOUNDS), max_size=8).map(" ".join)


@st.composite
def any_targets(draw: st.DrawFn) -> list[HighlightTerm]:
    """Targets of every kind, as compiled queries have them, and with keys of several words."""
    targets = []
    for word in range(draw(st.integers(0, 4))):
        tokens = dictionary_analyzer().analyze(draw(compound_texts))
        if not tokens:
            continue
        key: HighlightKey = draw(st.sampled_from(("key", "form", "part", "spread")))
        if key in ("key", "form"):
            kinds: st.SearchStrategy[HighlightKey] = st.sampled_from(("key", "form"))
            drawn = [(draw(kinds), token) for token in tokens]
            sequence = tuple(
                Accepted(kind, frozenset((getattr(token, kind),))) for kind, token in drawn
            )
        else:
            stems = [part.key for token in tokens for part in token.parts] or [tokens[0].key]
            sequence = (Accepted(key, frozenset(stems)),)
        fields = draw(st.sampled_from((MARKED_FIELDS, frozenset(("title",)))))
        typed = draw(st.sampled_from(("", tokens[0].form)))
        targets.append(HighlightTerm(word, fields, sequence, typed))
    return targets


def keys_of(token: Token) -> set[tuple[TokenKey, str]]:
    return {("key", token.key), ("form", token.form), *(("part", p.key) for p in token.parts)}


@given(compound_texts, compound_texts, st.lists(compound_texts, max_size=2), any_targets())
def test_tokens_without_a_sought_key_change_nothing(
    title: str, body: str, tags: list[str], targets: list[HighlightTerm]
) -> None:
    """An engine that knows where the sought words stand need not look at the others."""
    sought = sought_keys(targets)
    analyze = dictionary_analyzer().analyze

    def sought_tokens(text: str) -> list[Token]:
        return [token for token in analyze(text) if keys_of(token) & sought]

    marker = Highlighter(targets)
    assert marker.matches(
        sought_tokens(title), sought_tokens(body), [*map(sought_tokens, tags)]
    ) == marker.matches(analyze(title), analyze(body), [*map(analyze, tags)])


def test_words_of_other_fields_are_not_sought_in_the_text() -> None:
    """An author is no reason to look for the name in the text."""
    assert sought_keys([target("Haus", field="author")]) == set()
    spread = HighlightTerm(1, BODY, (Accepted("spread", frozenset(("hof", "-hof"))),))
    assert sought_keys([target("Hausen"), spread]) == {
        ("key", "haus"),
        ("key", "hof"),
        ("part", "-hof"),
    }
