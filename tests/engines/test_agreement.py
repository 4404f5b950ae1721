"""Every engine gives the answers of the columnar one, on random articles and queries."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from searchapp.engines.base import Engine
from searchapp.engines.selection import select_engine
from searchapp.facets import Filters
from searchapp.model import Article
from searchapp.settings import Settings
from tests.engines import articles as random_input
from tests.engines.building import Case, build, ids
from tests.engines.opensearch.contract import indexes_deleted
from tests.engines.test_engines import relaxed
from tests.oracle import Oracle


# Shrinking a failure would take minutes, for each attempt builds two indexes.
@pytest.mark.slow
@settings(
    relaxed,
    max_examples=settings().max_examples // 5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    random_input.corpora,
    st.lists(st.tuples(random_input.queries, random_input.filters), min_size=1, max_size=8),
)
def test_an_engine_answers_as_the_columnar_one(
    engine: Engine,
    engine_settings: Settings,
    articles: list[Article],
    requests: list[tuple[str, Filters]],
) -> None:
    """The same articles, totals, counts, order by date and marks; scores may differ."""
    reference = select_engine(Settings(engine="columnar"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (
            indexes_deleted(engine_settings),
            closing(engine.open(build(engine, folder / "own", articles))) as own,
            closing(reference.open(build(reference, folder / "reference", articles))) as other,
        ):
            oracle = Oracle(articles)
            for query, filters in requests:
                found, expected = (
                    Case(snapshot, oracle).search(query, filters, sort="newest")
                    for snapshot in (own, other)
                )
                assert ids(found) == ids(expected)
                assert found.total == expected.total
                assert found.facets == expected.facets
                assert found.distinct == expected.distinct
                assert found.histogram == expected.histogram
                assert [(hit.article, hit.matches) for hit in found.hits] == [
                    (hit.article, hit.matches) for hit in expected.hits
                ]
