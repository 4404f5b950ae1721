"""A path that leads nowhere leads to the page that it means, and never to another site."""

from __future__ import annotations

import pytest
from flask import Flask

from searchapp.web.typed_paths import meant_url


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/search/", "/search"),
        ("/SEARCH//", "/search"),
        ("//search", "/search"),
        ("/Suche", "/search"),
        ("/artikel/2022/über uns", "/article/2022/%C3%BCber%20uns"),
        ("/Article/ABC/", "/article/ABC"),
        ("/index.html", "/"),
        ("/Schlagwörter", "/schlagwoerter"),
        ("/API/v1/search", "/api/v1/search"),
        ("/search", None),
        ("/", None),
        ("/search/x", None),
        ("/nichts/", None),
        ("/article/", None),
        ("//example.org", None),
        ("//example.org/search", None),
        ("/\\example.org", None),
        ("///", "/"),
    ],
)
def test_a_path_means_a_page_or_nothing(app: Flask, typed: str, meant: str | None) -> None:
    """Case and slashes of the first part do not count; an id is left as it is."""
    with app.test_request_context():
        assert meant_url(typed) == meant
