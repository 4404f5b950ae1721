"""What the page of results shows of a hit."""

from __future__ import annotations

import pytest
from flask import Flask

from searchapp.model import Article, Hit, MarkedText, SearchRequest, Snippet
from searchapp.web.hit_views import HitViews, snippet_html
from searchapp.web.url_state import SearchUrls


def snippet(text: str, *marks: tuple[int, int], start: int = 0) -> Snippet:
    """A snippet of a longer text."""
    return Snippet(MarkedText(text, marks), start, start + len(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Der Ofen\n\nEr ist heiß.", "Der Ofen – Er ist heiß."),
        ("Er ist heiß.\n\nUnd laut.", "Er ist heiß.\n\nUnd laut."),
        ("Wirklich?\n\nJa.", "Wirklich?\n\nJa."),
        ("Der\nOfen ist heiß.", "Der\nOfen ist heiß."),
        ("Öfen & Erz\n \n\tEr", "Öfen &amp; Erz – Er\N{NO-BREAK SPACE}…"),
    ],
)
def test_a_heading_does_not_run_into_what_follows(text: str, html: str) -> None:
    """A paragraph without an end of a sentence is parted by a dash."""
    assert snippet_html(snippet(text), f"{text} ist heiß.") == html


def test_a_cut_is_told() -> None:
    """Where something follows; and its sign is never alone on a line."""
    cut = snippet("und der Ofen", (8, 12), start=40)
    body = f"{'x' * 40}und der Ofen"
    assert snippet_html(cut, body) == "… und der <mark>Ofen</mark>"
    assert snippet_html(cut, f"{body} raucht") == "… und der <mark>Ofen</mark>\N{NO-BREAK SPACE}…"


def test_tags_that_match_come_first_and_are_all_shown(app: Flask) -> None:
    """The others follow in their order, three in all at least."""
    names = ("Wald", "Erz", "Kohle", "Ofen", "Koks")
    tags = tuple(MarkedText(name, ((0, 2),) if name in {"Ofen"} else ()) for name in names)
    article = Article(id="i", title="Titel", body="Text", tags=names)
    hit = Hit(article, MarkedText("Titel"), 1.0, (), tags=tags)
    with app.test_request_context():
        (view,) = HitViews(SearchUrls(SearchRequest("ofen"))).views([hit], first_rank=3)
    first, *others = view.tags
    assert first == '<a href="/search?tag=Ofen"><mark>Of</mark>en</a>'
    assert [tag.striptags() for tag in others] == ["Wald", "Erz"]
    assert [tag.striptags() for tag in view.more_tags] == ["Kohle", "Koks"]
    assert view.tags_match
    assert view.only_tags
    assert view.url == "/article/i?q=ofen&hit=3"
