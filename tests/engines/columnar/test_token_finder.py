"""The tokens found by postings mark the same as those of a new analysis of the text."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.columnar.token_finder import TokenFinder
from searchapp.engines.evaluation.highlighter import Highlighter, article_matches, sought_keys
from searchapp.engines.meaning import Accepted, HighlightKey, HighlightTerm
from searchapp.german.forms import is_separated
from searchapp.model import Article, Token
from tests.engines.columnar.segments import LONG, built, nasty_corpora
from tests.lexicon import dictionary_analyzer

KINDS: tuple[HighlightKey, ...] = ("key", "form", "separated", "relative", "part", "spread")
FIELDS = (frozenset(("title", "body", "tags")), frozenset(("title",)), frozenset(("tags",)))


def tokens_of(articles: list[Article]) -> list[list[Token]]:
    """The tokens of each text."""
    return [
        dictionary_analyzer().analyze(text)
        for article in articles
        for text in (article.title, *article.tags, article.body)
    ]


@st.composite
def targets_in(draw: st.DrawFn, articles: list[Article]) -> list[HighlightTerm]:
    """Targets of every kind, made of what stands in the articles, and now and then of what not."""
    texts = [tokens for tokens in tokens_of(articles) if tokens]
    if not texts:
        return [HighlightTerm(0, FIELDS[0], (Accepted("key", frozenset(("haus",))),))]
    targets = []
    for word in range(draw(st.integers(1, 4))):
        tokens = draw(st.sampled_from(texts))
        first = draw(st.integers(0, len(tokens) - 1))
        key: HighlightKey = draw(st.sampled_from(KINDS))
        if key in ("separated", "relative"):
            sequence: tuple[Accepted, ...] = (
                Accepted(key, frozenset((tokens[first].key, "haus"))),
            )
        elif key in ("key", "form"):
            run = tokens[first : first + draw(st.integers(1, 3))]
            # The words of a phrase stand at places of their own: none is a verb and its particle.
            run = [token for token in run if not is_separated(token.form)] or tokens[first:][:1]
            extra = draw(st.sampled_from(("haus", "2024", "gibtesnicht", "januar")))
            kinds: st.SearchStrategy[HighlightKey] = st.sampled_from(("key", "form"))
            drawn = [(draw(kinds), token) for token in run]
            sequence = tuple(
                Accepted(kind, frozenset((getattr(token, kind), extra))) for kind, token in drawn
            )
        else:
            parts = [part.key for token in tokens for part in token.parts]
            sequence = (Accepted(key, frozenset((*parts[:3], "haus", tokens[first].key))),)
        targets.append(
            HighlightTerm(
                word, draw(st.sampled_from(FIELDS)), sequence, draw(st.sampled_from(("", "x")))
            )
        )
    return targets


def assert_marked_alike(
    articles: list[Article], targets: list[HighlightTerm], folder: Path
) -> None:
    segment = built(folder / "segment", articles)
    docs, sought = range(len(articles)), sought_keys(targets)
    finder = TokenFinder(segment, docs, sought, dictionary_analyzer(), NEVER)
    for doc, article in enumerate(articles):
        title, tags, body = finder.tokens(doc, article, NEVER)
        found = Highlighter(targets).matches(title, body, tags)
        assert found == article_matches(article, targets, dictionary_analyzer())


@given(st.data(), nasty_corpora)
def test_marks_and_reasons_are_those_of_a_new_analysis(
    data: st.DataObject, articles: list[Article]
) -> None:
    """For words, forms, parts, compounds in parts and phrases, in title, tags and body."""
    targets = data.draw(targets_in(articles))
    with TemporaryDirectory() as folder:
        assert_marked_alike(articles, targets, Path(folder))


def test_a_word_in_a_compound_is_no_start_of_a_sentence(tmp_path: Path) -> None:
    """Where "Haus" is the verb, too, the phrase stands in "Haus Haus", but not before "-Haus"."""
    noun, verb = (Accepted("key", frozenset((key,))) for key in ("Haus", "hausen"))
    articles = [
        Article(id=str(number), title="", body=body, tags=())
        for number, body in enumerate(
            ("Haus Haus-Haus", "Haus. Haus-Haus", "16. Januar 2024Haus Haus-Haus")
        )
    ]
    assert_marked_alike(articles, [HighlightTerm(0, FIELDS[0], (noun, verb))], tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        "Die EU-Kommission und die EU-Kommissions-Häuser",
        "Am 16.01.2024, 16. Januar 2024, 16. Jan. 2024 und 2024-01-16",
        "Am 2024-01-16-Haus und am 31.02.2024",
        "Bürger*innen, Kunden/-innen-Häuser und Bürger(innen)",
        "Das Haus der d’Alembert-Häuser, wie's geht",
        "Stahl-Industrie-Werk, Stahlindustrie und Stahlindustrie-Stahlindustrie",
        "C++-Haus und U.S.A.-Haus",
        "Fing es an? Er zog die Jacke an und die Schuhe aus.",
        "Haus-Haus. Das Haus-Haus ist ein Haus (Haus-Haus), Dr. Haus-Haus; b) Haus-Haus",
        "Sie zog-zog die Jacke an. Er fing-Haus vor der Haus- und Garten-Tür an",
        f"{LONG} {LONG}-Haus {LONG}-{LONG}",
        "Ha\u0308user-Ha\u0308user, Stahl\u00adindustrie, ﬁnden-ﬁnden",
    ],
)
def test_every_key_of_a_text_marks_as_its_analysis_does(body: str, tmp_path: Path) -> None:
    """One key after the other, and all at once."""
    article = Article(id="a", title=body, body=body, tags=(body, "Haus"))
    tokens = dictionary_analyzer().analyze(body)
    keys: list[tuple[HighlightKey, str]] = [("key", token.key) for token in tokens]
    keys += [("form", token.form) for token in tokens]
    keys += [("part", part.key) for token in tokens for part in token.parts]
    keys += [("separated", token.key) for token in tokens]
    keys += [("spread", key) for _, key in keys]
    targets = [
        HighlightTerm(word, FIELDS[0], (Accepted(kind, frozenset((key,))),))
        for word, (kind, key) in enumerate(keys)
    ]
    (tmp_path / "all").mkdir()
    assert_marked_alike([article], targets, tmp_path / "all")
    for word, target in enumerate(targets):
        (tmp_path / str(word)).mkdir()
        assert_marked_alike([article], [target], tmp_path / str(word))
