"""The fields of an article segment hold what analysis of the articles says that they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import formats

from searchapp.engines.fields import INDEXED_FIELDS
from searchapp.engines.whoosh_view import segment_terms
from searchapp.engines.whoosh_view.matchers import SegmentPostings
from searchapp.engines.whoosh_view.segment_terms import SegmentField, WordField, segment_fields
from searchapp.model import Article
from tests.engines.columnar.segments import built, expected_places, nasty_corpora


def fields_of(folder: Path, articles: Sequence[Article]) -> dict[str, SegmentField]:
    """The fields of the segment of some articles; the length of document n is n + 1."""
    lengths = np.arange(1, len(articles) + 1)
    return segment_fields(built(folder / "one.segment", articles), lambda _: lengths)


def places_of(postings: SegmentPostings) -> list[tuple[int, int]]:
    """Where the occurrences of a term stand: document and position."""
    return [
        (doc, position)
        for place, doc in enumerate(postings.docs.tolist())
        for position in postings.positions_of(place)
    ]


@given(nasty_corpora, st.sampled_from((1, 5, 1 << 18)))
def test_fields_hold_what_was_analyzed(articles: list[Article], chunk: int) -> None:
    """Terms in order, postings and vectors, however many postings are looked at together."""
    expected = expected_places(articles)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_terms, "_CHUNK_POSTINGS", chunk)
        fields = fields_of(Path(folder), articles)
        for name in INDEXED_FIELDS:
            field, places = fields[name], expected[name]
            terms = sorted(term.encode() for term in places)
            assert list(field.dictionary.terms()) == terms
            found = [places_of(field.postings(term)) for term in terms]
            assert found == [places[term.decode()] for term in terms]
            assert isinstance(field, WordField)
            for doc in range(len(articles)):
                counts = Counter(
                    term for term, at in places.items() for each, _ in at if each == doc
                )
                vector = field.vector(doc, formats.Frequency())
                assert list(vector.items_as("frequency")) == sorted(
                    counts.items(), key=lambda item: item[0].encode()
                )


@given(nasty_corpora)
def test_ids_are_terms(articles: list[Article]) -> None:
    """Each of one document."""
    with TemporaryDirectory() as folder:
        field = fields_of(Path(folder), articles)["id"]
        terms = list(field.dictionary.terms())
        assert terms == sorted(each.id.encode() for each in articles)
        for term in terms:
            (doc,) = field.postings(term).docs.tolist()
            assert articles[doc].id.encode() == term
            assert field.postings(term).info.max_length() == 0


@given(nasty_corpora, st.lists(st.text(max_size=4), max_size=5))
def test_terms_of_a_zone_are_found_as_in_a_sorted_list(
    articles: list[Article], strangers: list[str]
) -> None:
    """Those that are there, those between them, and those before and behind all."""
    texts = [text.encode("utf-8", "surrogatepass") for text in strangers]
    with TemporaryDirectory() as folder:
        fields = fields_of(Path(folder), articles)
        for name in ("title", "tags_exact", "title_parts"):
            dictionary = fields[name].dictionary
            terms = list(dictionary.terms())
            for text in (*terms, *texts, b"", b"\xff"):
                row = sum(term < text for term in terms)
                assert dictionary.first_from(text) == row
                assert dictionary.find(text) == (row if text in terms else None)
                assert list(dictionary.terms(row)) == terms[row:]


def test_statistics_of_a_term(tmp_path: Path) -> None:
    """Of all of its postings."""
    articles = [
        Article(str(number), "", " ".join(["Auto"] * (1 + number % 3))) for number in range(300)
    ]
    info = fields_of(tmp_path, articles)["text"].postings(b"Auto").info
    assert (info.doc_frequency(), info.weight(), info.max_weight()) == (300, 600, 3)
    assert (info.min_length(), info.max_length(), info.min_id(), info.max_id()) == (1, 300, 0, 299)
