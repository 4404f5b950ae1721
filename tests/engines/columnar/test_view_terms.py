"""The fields of an article segment hold what analysis of the articles says that they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import formats

from searchapp.engines.columnar import view_terms
from searchapp.engines.columnar.codec_terms import SearchedField, TermPostings
from searchapp.engines.columnar.view_terms import ViewField, searched_fields
from searchapp.engines.fields import INDEXED_FIELDS
from searchapp.model import Article
from tests.engines.columnar.effort import effort
from tests.engines.columnar.segments import built, expected_places, nasty_corpora

tries = settings(max_examples=effort(60, 1000), deadline=None)


def fields_of(folder: Path, articles: Sequence[Article]) -> dict[str, SearchedField]:
    """The fields of the segment of some articles; the length of document n is n + 1."""
    lengths = np.arange(1, len(articles) + 1)
    return searched_fields(built(folder / "one.segment", articles), lambda _: lengths)


def places_of(postings: TermPostings) -> list[tuple[int, int]]:
    """Where the occurrences of a term stand: document and position."""
    payloads = postings.payloads
    docs = np.repeat(postings.docs, payloads.freqs).tolist()
    return list(zip(docs, payloads.positions.tolist(), strict=True))


@tries
@given(nasty_corpora, st.sampled_from((1, 5, 1 << 18)))
def test_fields_hold_what_was_analyzed(articles: list[Article], stretch: int) -> None:
    """Terms in order, postings and vectors, however many postings are looked at together."""
    expected = expected_places(articles)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(view_terms, "_STRETCH_POSTINGS", stretch)
        fields = fields_of(Path(folder), articles)
        for name in INDEXED_FIELDS:
            field, places = fields[name], expected[name]
            terms = sorted(term.encode() for term in places)
            assert list(field.dictionary.terms()) == terms
            found = [places_of(field.postings(row)) for row in range(len(terms))]
            assert found == [places[term.decode()] for term in terms]
            pairs = [
                (row, doc)
                for row, term in enumerate(terms)
                for doc in sorted({doc for doc, _ in places[term.decode()]})
            ]
            for count in (None, len(terms) // 2):
                docs, rows = field.all_docs(count)
                kept = [(row, doc) for row, doc in pairs if count is None or row < count]
                assert list(zip(rows.tolist(), docs.tolist(), strict=True)) == kept
            assert isinstance(field, ViewField)
            for doc in range(len(articles)):
                counts = Counter(
                    term for term, at in places.items() for each, _ in at if each == doc
                )
                vector = field.vector(doc, formats.Frequency())
                assert list(vector.items_as("frequency")) == sorted(
                    counts.items(), key=lambda item: item[0].encode()
                )


@tries
@given(nasty_corpora)
def test_ids_are_terms(articles: list[Article]) -> None:
    """Each of one document."""
    with TemporaryDirectory() as folder:
        field = fields_of(Path(folder), articles)["id"]
        docs, _ = field.all_docs()
        ids = [term.decode() for term in field.dictionary.terms()]
        assert ids == sorted((each.id for each in articles), key=str.encode)
        assert [articles[doc].id for doc in docs] == ids
        found = [field.postings(row) for row in range(len(ids))]
        assert [each.docs.tolist() for each in found] == [[doc] for doc in docs.tolist()]
        assert {each.max_length for each in found} <= {0}


@tries
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
    """Of all of its postings, and of each block of 128."""
    articles = [
        Article(str(number), "", " ".join(["Haus"] * (1 + number % 3))) for number in range(300)
    ]
    field = fields_of(tmp_path, articles)["text"]
    postings = field.postings(0)
    info = postings.info()
    assert (info.doc_frequency(), info.weight(), info.max_weight()) == (300, 600, 3)
    assert (info.min_length(), info.max_length(), info.min_id(), info.max_id()) == (1, 300, 0, 299)
    assert postings.block_min_lengths.tolist() == [1, 129, 257]
    assert postings.block_max_lengths.tolist() == [128, 256, 300]
    assert postings.block_max_weights.tolist() == [3, 3, 3]
