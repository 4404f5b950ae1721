"""The file of suggestions depends on the live articles alone."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import Typed
from searchapp.engines.columnar.generation import SUGGESTIONS, open_columns, open_segments
from searchapp.engines.columnar.suggestion_file import SuggestionFile
from searchapp.engines.evaluation import suggestion_tables
from searchapp.engines.storage.memory_tables import Terms
from searchapp.engines.storage.segment_file import BlockCache
from searchapp.model import Article
from tests.engines.building import build, revise
from tests.engines.columnar.test_snapshot import ENGINE
from tests.subjects import subject_articles

Content = dict[str, object]

FEW_WORDS = 20
TAGS = ("Öl", "öl", "Oel", "Braune Kohle", "und a a a a a a a a")


def content(folder: Path) -> Content:
    """Everything in the tables, documents named by their ids."""
    cache = BlockCache(1 << 20)
    segments = open_segments(folder, cache)
    columns = open_columns(folder, segments)
    file = SuggestionFile(folder / SUGGESTIONS, cache, columns)
    ids = [segment.opening(doc)[0].id for segment in segments for doc in range(segment.doc_count)]
    words, values, titles = (
        file.suggestions.words,
        file.suggestions.values,
        file.suggestions.titles,
    )
    subjects = file.subjects
    return {
        "words": [words.word(row) for row in range(words.terms.row_count)],
        "scores": words.scores.tolist(),
        "values": [values.value(owner) for owner in values.owners.tolist()],
        "value scores": values.scores.tolist(),
        "titles": terms_of(titles.terms),
        "titled": [ids[doc] for doc in titles.docs.read(0, titles.docs.size).tolist()],
        "subjects": terms_of(subjects.terms),
        "about": {
            ids[doc]: subjects.words[subjects.offsets[doc] : subjects.offsets[doc + 1]].tolist()
            for doc in columns.all_docs.tolist()
        },
        "articles": subjects.articles,
    }


def terms_of(terms: Terms) -> list[tuple[bytes, int]]:
    (numbers,) = terms.numbers().values()
    return [(terms.term(row), int(numbers[row])) for row in range(terms.row_count)]


def articles() -> list[Article]:
    """Some of them with the same titles, tags in several spellings, and both readings of words."""
    chance = random.Random(3)
    return [
        replace(
            each,
            title=chance.choice((each.title, "Neues", "Waren sind Waren", "Straße “und” Straßen")),
            tags=tuple(chance.sample(TAGS, 2)),
            authors=tuple(chance.sample(("Eva Kern", "Uwe Ölmann"), chance.randint(0, 2))),
            title_is_derived=chance.random() < 0.1,
        )
        for each in subject_articles()
    ]


@pytest.mark.parametrize("max_words", [suggestion_tables.MAX_WORDS, FEW_WORDS])
def test_after_updates_it_is_as_after_a_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, max_words: int
) -> None:
    """However articles are spread over segments, and with deleted ones among them.

    Also where only some of the words are suggested, and some articles looked at.
    """
    monkeypatch.setattr(suggestion_tables, "MAX_WORDS", max_words)
    monkeypatch.setattr(suggestion_tables, "SAMPLE_DOCS", 100)
    held = {each.id: each for each in articles()}
    folder = build(ENGINE, tmp_path / "0", held.values())
    chance = random.Random(5)
    for number in range(1, 4):
        gone = chance.sample(sorted(held), 40)
        for each in gone:
            del held[each]
        changed = [
            replace(held[each], body=f"{held[each].body} Ein Zusatz{number} und Waren.")
            for each in chance.sample(sorted(held), 25)
        ]
        new = [
            Article(f"neu-{number}-{i}", f"Neues {i}", "Der Hochofen steht.", ("Öl",), dt.date.max)
            for i in range(5)
        ]
        held |= {each.id: each for each in (*changed, *new)}
        removed = [*gone, *(each.id for each in changed)]
        folder = revise(ENGINE, tmp_path / str(number), folder, removed, [*changed, *new])
    assert len(open_segments(folder, BlockCache(0))) > 1
    rebuilt = build(ENGINE, tmp_path / "rebuilt", [*held.values()][::-1])
    found, wanted = content(folder), content(rebuilt)
    for name, its_content in wanted.items():
        assert found[name] == its_content, name
    assert found["words"]
    assert found["subjects"] or max_words == FEW_WORDS


def test_suggestions_are_there_at_once(tmp_path: Path) -> None:
    """Nothing is made by who serves: no thread, no second look."""
    folder = build(ENGINE, tmp_path / "index", articles())
    snapshot = ENGINE.open(folder)
    found = snapshot.suggestions(Typed("hoch", "hoch"), limit=3, deadline=NEVER)
    assert "Hochofen" in [each.text.text for each in found]
    snapshot.close()
