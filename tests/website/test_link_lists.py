"""Sitemaps and feeds of strangers."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.website import link_lists
from searchapp.website.link_lists import MAX_LISTED, read_link_list


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc> a </loc>"
         "<i:image xmlns:i='x'><i:loc>b</i:loc></i:image></url></urlset>", ["a"]),
        ("<x:urlset xmlns:x='y'><x:url><x:lastmod>1</x:lastmod><x:loc>a</x:loc></x:url></x:urlset>",
         ["a"]),
        ("<urlset><url><loc>a?b=1&c=2</loc></url><url><loc>d</loc></url></urlset>",
         ["a?b=1&c=2", "d"]),
        ("<urlset><url><loc><![CDATA[a&b]]></loc></url>", ["a&b"]),
        ("https://a/\n\nhttps://b/\r\nkein Link", ["https://a/", "https://b/"]),
        ("<rdf:RDF xmlns:rdf='r'><item><link>a</link></item></rdf:RDF>", ["a"]),
        ('{"items": [{"url": "a"}, {"url": 1}]}', ["a"]),
        ("<html><body><a href='x'>kein Sitemap</a>", []),
    ],
)  # fmt: skip
def test_lists_of_all_kinds(text: str, pages: list[str]) -> None:
    """Packed or not, with a byte order mark or without, in two bytes a letter."""
    declared = "<?xml version='1.0' encoding='UTF-16'?>" if text.startswith("<") else ""
    for body in (
        text.encode(),
        gzip.compress(text.encode()),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        (declared + text).encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        found = read_link_list(body)
        assert found.pages == pages


def test_an_index_lists_sitemaps() -> None:
    """And no pages."""
    text = b"<sitemapindex><sitemap><loc>a</loc></sitemap><sitemap><loc>b</loc></sitemap>"
    found = read_link_list(text)
    assert (found.lists, found.pages, found.fault) == (["a", "b"], [], "")


def test_bombs_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of gzip, of entities, and by numbers; nothing outside is read."""
    monkeypatch.setattr(link_lists, "MAX_LIST_BYTES", 2**20)
    assert "more than 1 MB" in read_link_list(gzip.compress(bytes(2**24))).fault
    many = read_link_list(b"<urlset>" + b"<url><loc>a</loc></url>" * (MAX_LISTED + 5))
    assert (len(many.pages), many.is_cut) == (MAX_LISTED, True)
    entities = b"".join(b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    text = (
        b"<!DOCTYPE urlset [<!ENTITY e0 'x'>"
        + entities
        + b"<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        b"<urlset><url><loc>https://a/&e11;&f;</loc></url></urlset>"
    )
    assert all(len(page) < 100 and "root" not in page for page in read_link_list(text).pages)


@given(st.binary(max_size=300))
def test_nothing_raises(body: bytes) -> None:
    for start in (b"", b"<urlset><url><loc>", b"{", b"\x1f\x8b\x08", b"<?xml version='1.0'?>"):
        read_link_list(start + body)


def test_deep_nesting_is_a_fault() -> None:
    """And no end of the process."""
    for body in (b"<a>" * 100_000, b"[" * 100_000, b'{"items":' * 100_000):
        assert read_link_list(body).pages == []
