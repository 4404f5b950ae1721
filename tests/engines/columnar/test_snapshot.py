"""The marks of a page's hits, and the numbers of documents, over segments with deletions."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.columnar import ColumnarEngine
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.evaluation.compiler import compile_query
from searchapp.engines.evaluation.highlighter import Target, article_matches
from searchapp.engines.evaluation.vocabulary import VocabularyTable, save_vocabulary
from searchapp.engines.fields import TEXT, exact_field, indexed_terms
from searchapp.german.exceptions import NO_EXCEPTIONS
from searchapp.model import Article
from searchapp.query import Query
from searchapp.settings import Ranking
from tests.engines import articles as random_input
from tests.engines.building import NO_FILTERS, Case, build, revise, tree_of
from tests.engines.columnar.effort import effort
from tests.engines.columnar.segments import ANALYZER, WORDS, nasty_corpora, renumbered
from tests.oracle import Oracle

EXPANSIONS = 500
ENGINE = ColumnarEngine(
    rules=QueryRules(Ranking(), {}, EXPANSIONS), exceptions=NO_EXCEPTIONS, memory_mb=512
)

_words = st.sampled_from(WORDS) | random_input.words
_patterns = _words.flatmap(
    lambda word: st.sampled_from((word[:2] + "*", "*" + word[-2:], word + "~", word[:1] + "?*"))
)
_phrases = st.lists(_words, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')
_leaves = _words | _patterns | _phrases | _words.map("=".__add__) | _phrases.map("=".__add__)
_leaves |= st.builds("{}:{}".format, st.sampled_from(("titel", "text", "schlagwort")), _leaves)
queries = random_input.queries | st.builds(
    str.join, st.sampled_from((" ", " ODER ", " -")), st.lists(_leaves, min_size=1, max_size=4)
)


def targets_of(query: Query, articles: list[Article], folder: Path) -> tuple[Target, ...]:
    """What a query looks for, with the words and frequencies of some articles, counted here."""
    doc_freqs = Counter(
        (field.name, term)
        for article in articles
        for field in indexed_terms(article, ANALYZER)
        for term in {term for term, _ in field.terms}
    )
    forms = Counter({term: n for (name, term), n in doc_freqs.items() if name == exact_field(TEXT)})
    save_vocabulary(folder, forms, ANALYZER)
    with closing(VocabularyTable(folder)) as vocabulary:
        return compile_query(
            query,
            analyzer=ANALYZER,
            vocabulary=vocabulary,
            doc_freq=lambda name, term: doc_freqs[name, term],
            doc_count=len(articles),
            ranking=Ranking(),
            synonyms={},
            max_expansions=EXPANSIONS,
            deadline=NEVER,
        ).targets


@settings(max_examples=effort(60, 800), deadline=None)
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
        targets = targets_of(tree, held, folder / "words") if tree else ()
        with closing(ENGINE.open(updated)) as snapshot:
            docs = [snapshot.document_number(each.id) for each in held]
            numbers = [doc for doc in docs if doc is not None]
            assert len(set(numbers)) == len(held) == snapshot.doc_count
            # Last ones first: a page has its hits in no order of numbers.
            found = snapshot.hits(numbers[::-1], tree, deadline=NEVER)
            assert found == [
                (article, article_matches(article, targets, ANALYZER)) for article in held[::-1]
            ]
            # Once more with the targets that the search has found.
            snapshot.search(
                tree,
                NO_FILTERS,
                sort="relevance",
                offset=0,
                limit=10,
                facet_limit=1,
                deadline=NEVER,
            )
            assert snapshot.hits(numbers[::-1], tree, deadline=NEVER) == found
            assert [snapshot.document_number(each) for each in removed] == [None] * len(removed)


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

    def answer(case: Case, tree: Query) -> object:
        found = case.snapshot.search(
            tree,
            NO_FILTERS,
            sort="relevance",
            offset=0,
            limit=10,
            facet_limit=10,
            deadline=NEVER,
        )
        return found, case.snapshot.hits(found.docs, tree, deadline=NEVER)

    with closing(ENGINE.open(updated)) as snapshot:
        alone = {id(tree): answer(Case(snapshot, Oracle([])), tree) for tree in trees}
    with closing(ENGINE.open(updated)) as snapshot, ThreadPoolExecutor(8) as threads:
        shuffled = chance.sample(trees * 3, k=3 * len(trees))
        together = threads.map(lambda tree: answer(Case(snapshot, Oracle([])), tree), shuffled)
        for tree, found in zip(shuffled, together, strict=True):
            assert found == alone[id(tree)]
