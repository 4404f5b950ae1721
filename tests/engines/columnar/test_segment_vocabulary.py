"""The vocabulary of several segments is that of the articles in them that are not deleted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.columnar.segment_vocabulary import SegmentsVocabulary
from searchapp.engines.columnar.writing.segment_builder import SegmentBuilder
from searchapp.engines.evaluation.vocabulary import VocabularyRow
from searchapp.german import Analyzer
from searchapp.german.analyzer import WordKeys
from searchapp.german.digraphs import folded
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Article
from tests.engines.columnar.segments import MANY_WORDS, built, opened
from tests.lexicon import dictionary_analyzer
from tests.oracle import spelt_distance

words = st.text("abä東", min_size=1, max_size=3) | st.sampled_from(("haus", "häuser", "hauses"))
parts_of_articles = st.lists(
    st.lists(st.tuples(st.lists(words, max_size=6), st.booleans()), max_size=3),
    min_size=1,
    max_size=3,
)
"""By segment and article: the words of its body, and whether it is live."""
Parts = list[list[tuple[list[str], bool]]]
tries = settings(max_examples=settings().max_examples // 2)


@contextmanager
def vocabulary_of(parts: Parts) -> Iterator[tuple[SegmentsVocabulary, Counter[str]]]:
    """The vocabulary, and how many live articles hold each form."""
    counts: Counter[str] = Counter()
    segments, live = [], []
    with TemporaryDirectory() as folder:
        for number, part in enumerate(parts):
            articles = [
                Article(f"{number}-{i}", "", " ".join(body)) for i, (body, _) in enumerate(part)
            ]
            segments.append(built(Path(folder) / str(number), articles))
            mask = np.asarray([is_live for _, is_live in part], dtype=np.bool_)
            live.append(None if mask.all() else mask)
            for article, is_live in zip(articles, mask, strict=True):
                if is_live:
                    tokens = dictionary_analyzer().analyze(article.body)
                    counts.update({token.form for token in tokens})
        yield SegmentsVocabulary(segments, live), counts


@tries
@given(parts_of_articles)
def test_rows_count_live_articles(parts: Parts) -> None:
    """By form and by stem; a form that only deleted articles hold is none."""
    by_stem = defaultdict(list)
    with vocabulary_of(parts) as (vocabulary, counts):
        for form in sorted(
            {*counts, *(word for part in parts for body, _ in part for word in body)}
        ):
            row = vocabulary.row(form)
            assert (row and (row.form, row.doc_freq)) == (
                (form, counts[form]) if form in counts else None
            )
            if form in counts:
                by_stem[dictionary_analyzer().keys_of(form).key].append((form, counts[form]))
        for stem, rows in by_stem.items():
            assert vocabulary.rows_of_key(stem) == rows
        keys = list(vocabulary.keys())
        assert keys == sorted(set(keys), key=str.encode)
        assert set(keys) >= set(by_stem)
        assert vocabulary.rows_of_key("gibtesnicht") == []


class _MarkingAnalyzer(Analyzer):
    """Gives some words the forms of readings."""

    marked: ClassVar = {"xkarten": "karten^", "xkartet": "kartet^", "xkartan": "kart…an"}

    def found_keys(self, word: str) -> WordKeys:
        return super().found_keys(word)._replace(form=self.marked.get(word, word))


def test_the_readings_of_a_word_are_one_word(tmp_path: Path) -> None:
    """Counted together over all segments; a verb and its particle that stand apart are none."""
    bodies = (
        ("karten xkartan", "karten xkarten", "kartei xkarten"),
        ("kartei xkarten xkartet", "kartei xkartan", "kartei xkartan"),
    )
    builder = SegmentBuilder(BatchAnalyzer(_MarkingAnalyzer()), max_words=MANY_WORDS)
    for number, texts in enumerate(bodies):
        articles = [Article(f"{number}-{i}", "", body) for i, body in enumerate(texts)]
        builder.build(tmp_path / str(number), articles)
    segments = [opened(tmp_path / str(number)) for number in range(len(bodies))]
    vocabulary = SegmentsVocabulary(segments, [None, None])
    assert vocabulary.row("karten") == VocabularyRow("karten", 5)
    assert vocabulary.row("kartet") == VocabularyRow("kartet", 1)
    assert vocabulary.row("kart…an") is None
    for glob in ("kart*", "kart??", "k*t*"):
        found = vocabulary.matching(glob, limit=3, deadline=NEVER)
        assert found == (["kartei", "karten", "kartet"], False)
    assert vocabulary.matching("kart???", limit=3, deadline=NEVER) == ([], False)
    assert vocabulary.matching("kart*", limit=1, deadline=NEVER) == (["karten"], True)
    similar = vocabulary.similar(
        "kartem", prefix_length=1, max_edits=1, limit=9, deadline=NEVER, min_doc_freq=4
    )
    assert similar == (["karten", "kartei"], False)


@tries
@given(parts_of_articles, st.text("abä東*?", max_size=5), st.integers(1, 5))
def test_a_glob_finds_what_a_plain_scan_finds(parts: Parts, glob: str, limit: int) -> None:
    """* is any number of characters, ? is one; a limit keeps the most frequent and says so."""
    everything = [[(body, True) for body, _ in part] for part in parts]
    signs = {"*": ".*", "?": "."}
    pattern = "".join(signs.get(char) or re.escape(char) for char in glob)
    with vocabulary_of(everything) as (vocabulary, counts):
        expected = {form: counts[form] for form in counts if re.fullmatch(pattern, form)}
        found, cut = vocabulary.matching(glob, limit=1000, deadline=NEVER)
        few, few_cut = vocabulary.matching(glob, limit=limit, deadline=NEVER)
    assert found == sorted(expected, key=str.encode)
    assert not cut
    assert few_cut == (len(expected) > limit)
    assert len(few) == min(limit, len(expected))
    assert sorted(expected[form] for form in few) == sorted(expected.values())[-limit:]


@tries
@given(
    parts_of_articles,
    words,
    st.integers(0, 2),
    st.integers(1, 2),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_similar_words_are_the_nearest_live_ones(
    parts: Parts, word: str, prefix_length: int, max_edits: int, limit: int, min_doc_freq: int
) -> None:
    """Within the edit distance, with the same beginning, frequent enough in all segments together;
    nearer, then more frequent ones first."""
    with vocabulary_of(parts) as (vocabulary, counts):
        found, cut = vocabulary.similar(
            word,
            prefix_length=prefix_length,
            max_edits=max_edits,
            limit=limit,
            deadline=NEVER,
            min_doc_freq=min_doc_freq,
        )
    near = [
        (spelt_distance(form, word), -count, form.encode())
        for form, count in counts.items()
        if count >= min_doc_freq
        and folded(form).startswith(folded(word)[:prefix_length])
        and spelt_distance(form, word) <= max_edits
    ]
    assert found == [form.decode() for _, _, form in sorted(near)[:limit]]
    assert cut == (len(near) > limit)
