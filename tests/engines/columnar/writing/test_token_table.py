"""Tokens of a batch in arrays: where they are, their parts, and the postings that they make."""

from __future__ import annotations

from searchapp.engines.columnar.writing.token_table import (
    BODY,
    LEAD,
    TAGS,
    TITLE,
    Texts,
    TokenTable,
    WordTable,
)
from searchapp.engines.fields import GAP, LEAD_WORDS
from searchapp.facets import FACETS
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Article
from tests.lexicon import dictionary_analyzer

ARTICLES = [
    Article("a", "Kamerawerk", "Autos und Auto", tags=("Auto", "")),
    Article("b", "", ""),
    Article("c", "Auto", "Kamera"),
]


def analyzed(texts: Texts) -> tuple[TokenTable, WordTable]:
    batch = BatchAnalyzer(dictionary_analyzer())
    tokens = batch.analyze(texts.texts)
    words = WordTable.of(batch.known)
    return TokenTable.of_tokens(texts, tokens, words), words


def test_texts_are_title_tags_and_body_of_each_article() -> None:
    """With the offsets of one text, in which one character follows each."""
    texts = Texts.of_articles(ARTICLES)
    assert texts.texts == ["Kamerawerk", "Auto", "", "Autos und Auto", "", "", "Auto", "Kamera"]
    assert texts.docs.tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert texts.zones.tolist() == [TITLE, TAGS, TAGS, BODY, TITLE, BODY, TITLE, BODY]
    assert texts.offsets().tolist() == [0, 11, 16, 17, 0, 1, 0, 5]


def test_the_values_of_a_facet_are_texts_of_their_article() -> None:
    """None where there are none."""
    author = next(facet for facet in FACETS if facet.name == "author")
    articles = [Article("a", "", "", authors=("Ada", "Bo")), Article("b", "", "")]
    texts = Texts.of_facet(articles, author)
    assert (texts.texts, texts.docs.tolist()) == (["Ada", "Bo"], [0, 0])
    assert texts.offsets().tolist() == [0, 4]


def test_positions_count_over_all_texts_of_a_document() -> None:
    """With a gap between two texts, so that no phrase is found across them."""
    tokens, words = analyzed(Texts.of_articles(ARTICLES))
    assert [words.stems[term] for term in tokens.terms] == [
        *("Kamerawerk", "Auto", "Auto", "und", "Auto"),
        *("Auto", "Kamera"),
    ]
    assert tokens.docs.tolist() == [0, 0, 0, 0, 0, 2, 2]
    assert tokens.zones.tolist() == [TITLE, TAGS, LEAD, LEAD, LEAD, TITLE, LEAD]
    assert tokens.positions.tolist() == [0, GAP, 2 * GAP, 2 * GAP + 1, 2 * GAP + 2, 0, GAP]
    assert tokens.lengths(3).tolist() == [5, 0, 2]
    assert tokens.lengths(3, TITLE).tolist() == [1, 0, 1]


def test_the_first_words_of_a_body_are_its_lead() -> None:
    """Title and tags before it do not count, and each body has a lead of its own."""
    bodies = ["Auto " * (LEAD_WORDS + 2), "Auto " * (LEAD_WORDS - 1)]
    articles = [Article(str(i), "Kamera", body, tags=("Kamera",)) for i, body in enumerate(bodies)]
    tokens, _ = analyzed(Texts.of_articles(articles))
    first = [TITLE, TAGS, *[LEAD] * LEAD_WORDS, BODY, BODY]
    assert tokens.zones.tolist() == [*first, TITLE, TAGS, *[LEAD] * (LEAD_WORDS - 1)]


def test_parts_are_where_their_compound_is() -> None:
    """Only compounds have any; the last one is told as such, too."""
    tokens, words = analyzed(Texts.of_articles(ARTICLES))
    parts = tokens.parts(words)
    assert [words.stems[term] for term in parts.terms] == ["Kamera", "Werk", "-Werk"]
    assert parts.docs.tolist() == parts.positions.tolist() == [0, 0, 0]
    assert parts.zones.tolist() == [TITLE, TITLE, TITLE]
    assert parts.forms is None


def test_postings_are_sorted_by_term_and_document() -> None:
    """With frequencies, what of them is in each zone, and gaps of positions."""
    tokens, words = analyzed(Texts.of_articles(ARTICLES))
    terms, table = tokens.postings(words.stems, ("title", "tags"))
    assert terms == ["Auto", "Kamera", "Kamerawerk", "und"]
    assert table.lengths.tolist() == [2, 1, 1, 1]
    assert table.docs.tolist() == [0, 2, 2, 0, 0]
    assert table.freqs.tolist() == [3, 1, 1, 1, 1]
    assert table.zones["title"].tolist() == [0, 1, 0, 1, 0]
    assert table.zones["tags"].tolist() == [1, 0, 0, 0, 0]
    assert table.position_gaps.tolist() == [GAP, GAP, 2, 0, GAP, 0, 2 * GAP + 1]
    assert table.forms is not None
    assert [words.forms[form] for form in table.forms][:4] == ["auto", "autos", "auto", "auto"]
