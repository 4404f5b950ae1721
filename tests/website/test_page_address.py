"""A page has one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.website.page_address import may_be_page, origin_of, page_address, target_of

BASE = "https://example.org/a/b.html?x=1"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("c", "https://example.org/a/c"),
        ("../c/./d", "https://example.org/c/d"),
        ("?seite=2", "https://example.org/a/b.html?seite=2"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/x#oben", "https://example.org/x"),
        ("https://example.org.:8443/x", "https://example.org:8443/x"),
        (" /x y\n", "https://example.org/x%20y"),
        ("/ä", "https://example.org/%C3%A4"),
        ("/%c3%a4", "https://example.org/%C3%A4"),
        ("https://bäcker.example/", "https://xn--bcker-gra.example/"),
        ("/x?utm_source=a&id=3&fbclid=b", "https://example.org/x?id=3"),
        ("/x?cid=7&source=rss&ref=8", "https://example.org/x?cid=7&source=rss&ref=8"),
        ("/x?PHPSESSID=0a1b&b=2&a=1", "https://example.org/x?b=2&a=1"),
        ("/x?sid=0123456789abcdef0", "https://example.org/x"),
        ("/x?sid=12", "https://example.org/x?sid=12"),
        ("/x;jsessionid=A1?b=1", "https://example.org/x?b=1"),
        ("/x?", "https://example.org/x"),
        ("/x/", "https://example.org/x/"),
    ],
)
def test_links_are_spelled_in_one_way(link: str, address: str) -> None:
    """What chooses the page stays, also where it looks like a tracker."""
    assert page_address(link, BASE) == address
    assert page_address(address) == address


@pytest.mark.parametrize(
    "link",
    [
        "",
        "mailto:a@b.c",
        "javascript:void(0)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user@example.org/",
        "https://:8000/",
        "http://[::1",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://[fe80::1%25eth0]/",
        "/" + "x" * 3000,
        "/" + "x/" * 30,
        "/a/b/a/b/a/b/a/b",
    ],
)
def test_what_is_no_page_is_none(link: str) -> None:
    """Nor is what is too long, or goes round in circles."""
    assert page_address(link, BASE) is None


@given(st.text(max_size=80))
def test_any_link_is_an_address_or_none(link: str) -> None:
    """Nothing raises, and an address is one of its own."""
    for text in (link, "https://" + link, "/" + link, "?" + link):
        address = page_address(text, BASE)
        if address is not None:
            assert page_address(address) == address
            assert origin_of(address).scheme in ("http", "https")
            assert target_of(address).startswith("/")
            assert address.isascii()


def test_pictures_are_no_pages() -> None:
    """Nor are programs and tables; what has no such suffix may be one."""
    assert not may_be_page("https://example.org/a/B.JPG?x=1")
    assert may_be_page("https://example.org/a/b.php?x=1.jpg")
    assert may_be_page("https://example.org/16.1.2024")
    assert may_be_page("https://example.org/blatt.pdf")
