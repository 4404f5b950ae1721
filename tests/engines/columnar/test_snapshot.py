"""The marks of a page's hits, and the numbers of documents, over segments with deletions."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.base import MarkedArticle, PageRequest, Snapshot
from searchapp.engines.columnar import ColumnarEngine
from searchapp.engines.columnar.generation import COLUMNS
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.evaluation.columns import Columns, with_shown_matches
from searchapp.engines.evaluation.expander import Expander
from searchapp.engines.evaluation.highlighter import article_matches
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable, save_vocabulary
from searchapp.engines.fields import TEXT, exact_field
from searchapp.engines.indexed_terms import indexed_terms
from searchapp.engines.meaning import HighlightTerm, highlight_terms, query_meaning
from searchapp.german.exceptions import NO_EXCEPTIONS
from searchapp.model import Article
from searchapp.query import Query
from searchapp.settings import Ranking
from tests.engines import articles as random_input
from tests.engines.building import NO_FILTERS, build, revise, tree_of
from tests.engines.columnar.segments import WORDS, nasty_corpora, renumbered
from tests.lexicon import dictionary_analyzer

EXPANSIONS = 500
ENGINE = ColumnarEngine(
    rules=QueryRules(Ranking(), {}, EXPANSIONS), exceptions=NO_EXCEPTIONS, memory_mb=512
)

_words = st.sampled_from(WORDS) | random_input.words
_patterns = _words.flatmap(
    lambda word: st.sampled_from((word[:2] + "*", "*" + word[-2:], word + "~", word[:1] + "?*"))
)
_phrases = st.lists(_words | _patterns, min_size=1, max_size=3).map(
    lambda words: f'"{" ".join(words)}"'
)
_leaves = _words | _patterns | _phrases | _words.map("=".__add__) | _phrases.map("=".__add__)
_leaves |= st.builds("{}:{}".format, st.sampled_from(("titel", "text", "schlagwort")), _leaves)
queries = random_input.queries | st.builds(
    str.join, st.sampled_from((" ", " ODER ", " -")), st.lists(_leaves, min_size=1, max_size=4)
)


def terms_of(query: Query, articles: list[Article], folder: Path) -> tuple[HighlightTerm, ...]:
    """What a query looks for, with the words of some articles, counted here."""
    forms = Counter(
        form
        for article in articles
        for field in indexed_terms(article, dictionary_analyzer())
        if field.name == exact_field(TEXT)
        for form in {form for form, _ in field.terms}
    )
    save_vocabulary(folder, sorted(forms.items()), dictionary_analyzer())
    with closing(VocabularyTable(folder)) as vocabulary:
        meaning = query_meaning(query, dictionary_analyzer(), {})
        return highlight_terms(
            Expander(vocabulary, dictionary_analyzer(), EXPANSIONS, NEVER).expanded(meaning)
        )


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(nasty_corpora, nasty_corpora, st.sets(st.integers(0, 5)), queries)
def test_hits_are_marked_as_by_a_new_analysis(
    first: list[Article], second: list[Article], gone: set[int], query: str
) -> None:
    """For any query, every article of every segment: spans of title and body, and reasons."""
    first, second = renumbered(first, "1-"), renumbered(second, "2-")
    held = [each for number, each in enumerate(first) if number not in gone] + second
    tree = tree_of(query)
    with TemporaryDirectory() as name:
        folder = Path(name)
        base = build(ENGINE, folder / "base", first)
        removed = [each.id for number, each in enumerate(first) if number in gone]
        updated = revise(ENGINE, folder / "updated", base, removed, second)
        (folder / "words").mkdir()
        terms = terms_of(tree, held, folder / "words") if tree else ()
        facets = Columns.load(updated / COLUMNS).facets
        with closing(ENGINE.open(updated)) as snapshot:
            assert snapshot.doc_count == len(held)
            expected = {
                each.id: with_shown_matches(
                    each, article_matches(each, terms, dictionary_analyzer()), facets
                )
                for each in held
            }
            for article in held:
                marked = snapshot.article(article.id, tree, deadline=NEVER)
                assert marked == MarkedArticle(*expected[article.id])
            found = snapshot.search(tree, NO_FILTERS, PageRequest(limit=len(held)), deadline=NEVER)
            for hit in found.hits:
                assert hit.matches == expected[hit.article.id][1]
            for each in removed:
                assert snapshot.article(each, tree, deadline=NEVER) is None


@pytest.mark.slow
def test_threads_do_not_disturb_one_another(tmp_path: Path) -> None:
    """They share what was read and decoded; each gets the answers it would get alone."""
    chance = random.Random(5)
    articles = [
        Article(
            str(number), " ".join(chance.choices(WORDS, k=3)), " ".join(chance.choices(WORDS, k=99))
        )
        for number in range(300)
    ]
    base = build(ENGINE, tmp_path / "base", articles[:200])
    updated = revise(ENGINE, tmp_path / "updated", base, ["7"], articles[200:])
    trees = [
        tree
        for word in WORDS
        for query in (word, f"={word}", f'"{word} Haus"', f"titel:{word}", f"{word[:2]}*")
        if (tree := tree_of(query))
    ]

    def answer(snapshot: Snapshot, tree: Query) -> object:
        return snapshot.search(tree, NO_FILTERS, PageRequest(), deadline=NEVER)

    with closing(ENGINE.open(updated)) as snapshot:
        alone = {id(tree): answer(snapshot, tree) for tree in trees}
    with closing(ENGINE.open(updated)) as snapshot, ThreadPoolExecutor(8) as threads:
        shuffled = chance.sample(trees * 3, k=3 * len(trees))
        together = threads.map(lambda tree: answer(snapshot, tree), shuffled)
        for tree, found in zip(shuffled, together, strict=True):
            assert found == alone[id(tree)]
