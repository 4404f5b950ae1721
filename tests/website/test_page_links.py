"""What pages say of themselves and of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.website.page_links import MAX_LINKS, read_links, visible_lines

URL = "https://example.org/a/"


def links(html: str, *robots: str) -> list[str]:
    return [
        each.removeprefix("https://example.org")
        for each in read_links(html.encode(), URL, list(robots)).links
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href=x>", ["/a/x"]),
        ('<A\nclass="y" HREF = "x?a=1&amp;b=2">', ["/a/x?a=1&b=2"]),
        ("<a data-href='nein' href='x'>", ["/a/x"]),
        ("<base href='/b/'><a href=x>", ["/b/x"]),
        ("<a href=x><a href=x#y>", ["/a/x"]),
        ("<a title='mehr >' href=x>", []),
        ("<a title='mehr &gt;' href=x>", ["/a/x"]),
        ("<area href=x>", ["/a/x"]),
        ("<a rel='noopener NOFOLLOW' href=x>", []),
        ("<meta name=robots content='index,nofollow'><a href=x>", []),
        ("<meta name=googlebot content=nofollow><a href=x>", ["/a/x"]),
        ("<!-- <a href=x> -->", []),
        ("<!-- <a href=x>", []),
        ("<script>'<a href=x>'</script><a href=y>", ["/a/y"]),
        ("<script>'<a href=x>'", []),
        ("<ahref=x><abbr href=x><link href=x>", []),
    ],
)
def test_links_are_those_that_a_reader_could_follow(html: str, expected: list[str]) -> None:
    assert links(html) == expected


def test_headers_speak_to_all_or_to_us() -> None:
    """As X-Robots-Tag may name the robot that is meant."""
    html = "<a href=x>"
    assert links(html, "otherbot: nofollow") == ["/a/x"]
    assert links(html, "searchapp: nofollow") == []
    assert links(html, "unavailable_after: 2030-01-01, nofollow") == []
    assert read_links(b"", URL, ["NoIndex"]).is_kept_out
    assert read_links(b"", URL, ["max-snippet: 3, none"]).is_kept_out
    assert not read_links(b"", URL, ["index", "otherbot: noindex"]).is_kept_out


def test_the_head_names_feeds_and_the_canonical_address() -> None:
    """The first one of several, and no other alternate."""
    html = """<link rel=canonical href=/b><link rel=canonical href=/c>
    <link rel="alternate" hreflang=en href=/en><link type="application/rss+xml" rel="alternate"
    href="/feed">"""
    found = read_links(html.encode(), URL, [])
    assert found.canonical == "https://example.org/b"
    assert found.feeds == ["https://example.org/feed"]


HOSTILE = [
    "<a href=x>" * 200_000,
    "<a " * 700_000,
    "<!--" * 500_000,
    "<script>" * 250_000,
    '<a href="' * 250_000,
    "<a " + "x" * 2_000_000,
    "<a " + "x=" * 1_000_000,
    "<a " + "x='" * 700_000,
    "<div>" * 300_000 + "</span>" * 300_000,
    "<meta name=robots content='" + "noindex," * 250_000,
    "<" * 2_000_000,
]


@pytest.mark.parametrize("html", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_pages_take_no_longer_than_their_length(html: str) -> None:
    """Each has some two megabytes; what takes time by the square would not end today."""
    assert len(read_links(html.encode(), URL, []).links) <= MAX_LINKS
    visible_lines(html.encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_raises(body: bytes) -> None:
    read_links(b"<a href=" + body, URL, [body.decode("latin-1")])
    visible_lines(body)


def test_sentences_are_found_without_scripts() -> None:
    """Only the long ones, which tell pages apart."""
    sentence = "Der Betrieb in Linz hat mehr Stahl erzeugt als je zuvor &amp; verkauft."
    html = f"<p>Kurz</p><script>{sentence * 2}</script><p>{sentence}</p><!-- {sentence} -->"
    assert visible_lines(html.encode()) == [sentence.replace("&amp;", "&")]
