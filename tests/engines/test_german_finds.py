"""Every engine finds the German texts of a list by its queries, and keeps the others apart."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import Engine, PageRequest
from searchapp.model import Article
from searchapp.query import parse_query
from tests.engines.building import MANY, NO_FILTERS, build
from tests.shared_data import shared_path


@pytest.mark.shared
def test_queries_find_what_the_list_says(engine: Engine, tmp_path: Path) -> None:
    """As typed: with no correction and no fall-back. Each text is an article of one index."""
    lines = shared_path("german/finds.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert rows
    articles = [Article(str(n), f"Text {n}", text) for n, (_, _, text, _) in enumerate(rows)]
    wrong = []
    with closing(engine.open(build(engine, tmp_path / "index", articles))) as snapshot:
        for number, (kind, typed, text, wanted) in enumerate(rows):
            query = parse_query(typed, max_chars=MANY, max_words=MANY, max_wildcards=MANY)
            demand = query.demanded()
            tree = demand.tree if demand else query.tree
            page = PageRequest(limit=len(rows), marked=False)
            hits = snapshot.search(tree, NO_FILTERS, page, deadline=NEVER).hits
            if (str(number) in {hit.article.id for hit in hits}) != (wanted == "yes"):
                wrong.append((kind, typed, text, wanted))
    assert wrong == []
