"""RSS and Atom feeds, and XML that means harm."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from searchapp.corpus import xml_items
from tests.corpus.conftest import Read, count_and_peak_kb

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Der Feed</title><atom:link href="https://example.org/feed"/>
<image><title>Ein Bild</title></image>
<item><title>Stahl &amp; Eisen</title><link>https://example.org/1?a=1&amp;b=2</link>
<guid isPermaLink="false">g-1</guid><pubDate>Tue, 05 Mar 2024 23:15:00 +0100</pubDate>
<category>Stahl</category><category><![CDATA[IG Metall]]></category><dc:creator>Anna</dc:creator>
<description>Kurz.</description>
<content:encoded><![CDATA[<p>Ein &uuml;ber <b>fetter</b>.</p><p>Zwei.</p>]]></content:encoded>
</item>
<item><title>Zwei</title><description>&lt;p&gt;Nur&lt;br/&gt;kurz&lt;/p&gt;</description>
<author>a@example.org (Bert)</author><guid>https://example.org/2</guid><source>dpa</source></item>
<item/>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Das Atom</title>
<entry><title type="html">Stahl &lt;i&gt;neu&lt;/i&gt;</title><id>urn:1</id>
<published>2024-03-05T10:00:00Z</published><updated>2025-01-01T00:00:00Z</updated>
<link rel="self" href="https://example.org/self"/><link href="https://example.org/a"/>
<category term="stahl" label="Stahl"/><category term="EU"/>
<author><name>Anna</name></author><author><name>Bert</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein <b>A</b>.</p><p>B.</p></div>
</content></entry>
<entry><title>Zwei</title><summary>5 &lt; 6 ist wahr.</summary></entry></feed>"""

ITEM = "<item><title>{}</title></item>"


def test_rss(read: Read) -> None:
    """Full text before summary, categories as tags, the feed's title as source."""
    outcome = read("a.rss", RSS)
    first, second = outcome.articles
    assert (first.id, first.title, first.body) == (
        "g-1",
        "Stahl & Eisen",
        "Ein über fetter.\n\nZwei.",
    )
    assert first.date == dt.date(2024, 3, 5)
    assert first.tags == ("Stahl", "IG Metall")
    assert (first.author, first.source) == ("Anna", "Der Feed")
    assert first.url == "https://example.org/1?a=1&b=2"
    assert (second.title, second.body, second.author) == ("Zwei", "Nur\n\nkurz", "Bert")
    assert (second.source, second.url) == ("dpa", "https://example.org/2")
    assert [each.origin.rpartition(":")[2] for each in outcome.articles] == ["6", "12"]
    assert [each.where.rpartition(":")[2] for each in outcome.problems] == ["14"]


def test_atom(read: Read) -> None:
    """Text constructs of all three types, labels before terms."""
    first, second = read("a.atom", ATOM).articles
    assert (first.id, first.title, first.body) == ("urn:1", "Stahl neu", "Ein A.\n\nB.")
    assert first.date == dt.date(2024, 3, 5)
    assert first.tags == ("Stahl", "EU")
    assert (first.author, first.source) == ("Anna; Bert", "Das Atom")
    assert first.url == "https://example.org/a"
    assert (second.id, second.body) == ("a-2", "5 < 6 ist wahr.")


def test_authors_of_a_feed(read: Read) -> None:
    """Are those of entries that name none (RFC 4287, 4.2.1), after those of their source."""
    content = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>
    <author><name>Resi</name><email>r@example.org</email></author><author><name>Sepp</name></author>
    <entry><title>A</title></entry>
    <entry><title>B</title><author><name>Anna</name></author></entry>
    <entry><title>C</title><source><author><name>Bert</name></author></source></entry></feed>"""
    authors = [each.authors for each in read("a.atom", content).articles]
    assert authors == [("Resi", "Sepp"), ("Anna",), ("Bert",)]


def test_drafts_and_comments_in_atom(read: Read) -> None:
    """A draft (RFC 5023, 13.1.1) is told; what is no article in an export of Blogger is not."""
    kind = '<category scheme="http://schemas.google.com/g/2005#kind" term="x/kind#{}"/>'
    content = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:app="http://www.w3.org/2007/app">
    <entry>{kind.format("post")}<category term="Berg"/><title>A</title></entry>
    <entry>{kind.format("comment")}<title>B</title></entry>
    <entry>{kind.format("settings")}<title>C</title></entry>
    <entry><title>D</title><app:control><app:draft>yes</app:draft></app:control></entry></feed>"""
    outcome = read("a.xml", content)
    assert (outcome.article.title, outcome.article.tags) == ("A", ("Berg",))
    assert "is a draft" in outcome.warning


def test_podcasts_and_videos(read: Read) -> None:
    """Elements of iTunes and Media RSS count where no other says the same."""
    content = """<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
     xmlns:media="http://search.yahoo.com/mrss/"><channel><title>P</title>
    <itunes:author>Der Sender</itunes:author><itunes:category text="News"/>
    <item><title>A</title><itunes:title>Nicht A</itunes:title>
    <itunes:summary>Folge 1</itunes:summary>
    <itunes:duration>12:30</itunes:duration><itunes:explicit>no</itunes:explicit></item>
    <item><title>B</title><author>b@example.org (Bert)</author><author>c@example.org (Cora)</author>
    <media:group><media:description>Ein Film</media:description></media:group></item>
    </channel></rss>"""
    first, second = read("a.rss", content).articles
    assert (first.title, first.body, first.authors) == ("A", "Folge 1", ("Der Sender",))
    assert (second.body, second.authors) == ("Ein Film", ("Bert", "Cora"))


def test_rdf_feed(read: Read) -> None:
    """RSS 1.0 has its items outside the channel."""
    article = read(
        "a.xml",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>Alt</title></channel><item><title>T</title>"
        "<dc:date>2024-03-05</dc:date><dc:subject>Stahl</dc:subject></item></rdf:RDF>",
    ).article
    assert (article.source, article.tags, article.date) == ("Alt", ("Stahl",), dt.date(2024, 3, 5))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE rss [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "https://example.org/evil.dtd">',
        '<!DOCTYPE rss [<!ENTITY % c SYSTEM "file:///etc/passwd"> %c;]>',
    ],
)
def test_entities_are_refused(read: Read, declaration: str) -> None:
    """No bombs, no files of this machine, no requests: reported in the line of the declaration."""
    error = read(
        "a.xml", f"<?xml version='1.0'?>\n{declaration}<rss>{ITEM.format('&c;')}</rss>"
    ).error
    assert "a.xml:2: has a document type declaration" in error


def test_items_before_a_fault_are_kept(read: Read) -> None:
    """XML that breaks off, or is wrong in one place."""
    good = ITEM.format("Gut")
    for bad in ("<item><title>x</titel></item>", "<item><title>abgesch", "</wrong>"):
        outcome = read("a.xml", f"<rss><channel>{good}\n{good}\n{bad}")
        assert [each.title for each in outcome.articles] == ["Gut", "Gut"]
        assert "a.xml:3: is not well-formed XML" in str(outcome.problems[0])


def test_faulty_namespaces_break_no_feed(read: Read) -> None:
    """A prefix without a declaration has its usual meaning; namespaces may be no addresses."""
    item = "<item><title>T</title><dc:creator>Anna</dc:creator><x:y a:b='c'/></item>"
    outcome = read("a.xml", f"<rss xmlns:x='not an\t{{address}}'>{item}</rss>")
    assert outcome.article.author == "Anna"
    assert not outcome.problems


def test_any_name_of_an_element_is_read(read: Read) -> None:
    """XML allows many characters in names, of which lxml refuses some."""
    item = "<item><title>T</title><😀>x</😀><dc:é/><x:y.z xmlns:x='u'/><a:b:c/></item>"
    outcome = read("a.xml", f"<rss xmlns:dc='http://purl.org/dc/elements/1.1/'>{item}</rss>")
    assert outcome.article.title == "T"


def test_faulty_namespaces_have_a_bound(read: Read) -> None:
    """After a hundred the parser would no longer tell where elements are wrong."""
    bad = "<item><title>T</title><x:y/></item>"
    outcome = read("a.xml", f"<rss>{bad * 200}\n<item><title>x</titel></item>")
    assert len(outcome.articles) == 99
    assert "a.xml:1: is not well-formed XML (100 prefixes that are not declared)" in str(
        outcome.problems[0]
    )


def test_faults_of_real_feeds_are_mended(read: Read) -> None:
    """HTML's entities, bare ampersands and control characters break no feed."""
    titles = (
        "M&uuml;ller & S&ouml;hne&nbsp;AG",
        "A\x0bB",
        "C&#0;D&#x1f;",
        "&foo; & &lt;b&gt;x&lt;/b&gt;",
    )
    outcome = read("a.xml", f"<rss>{''.join(map(ITEM.format, titles))}</rss>")
    assert [each.title for each in outcome.articles] == [
        "Müller & Söhne AG",
        "AB",
        "CD",
        "&foo; & x",
    ]
    assert not outcome.problems


def test_references_across_chunks(read: Read) -> None:
    """A reference that the reading in pieces tears apart is still one."""
    for shift in (0, 3, 7, 9):
        text = "x" * (2**16 - 25 - shift) + "&uuml;&amp;" + "ü" * 2**16
        outcome = read("a.xml", f"<rss><item><description>{text}</description></item></rss>")
        assert outcome.article.body == text.replace("&uuml;&amp;", "ü&")


@pytest.mark.parametrize(
    "xml", ["<svg/>", "<html><body><item/></body></html>", "<urlset>x</urlset>"]
)
def test_other_xml_is_refused(read: Read, xml: str) -> None:
    """XML that is no feed is one report."""
    assert "neither a feed nor an export" in read("a.xml", xml).error


@pytest.mark.parametrize("around", ["<item><title>T</title>", ""])
def test_nesting_has_a_bound(read: Read, around: str) -> None:
    """Deep elements are refused, in items and around them; what was read before is kept."""
    outcome = read("a.xml", f"<rss>{ITEM.format('Gut')}\n{around}{'<b>' * 50_000}")
    assert [each.title for each in outcome.articles] == ["Gut"]
    (problem,) = outcome.problems
    assert "a.xml:2: " in str(problem)


@pytest.mark.parametrize(
    "endless",
    ["<item><title>{}", "<item><x>{}</x>", "<!-- {}", "<item><![CDATA[{}", "<b a='{}", "{}"],
)
def test_an_element_has_a_bound(read: Read, monkeypatch: pytest.MonkeyPatch, endless: str) -> None:
    """What does not end is not gathered until the memory is full."""
    monkeypatch.setattr(xml_items, "MAX_RECORD_BYTES", 2**20)
    start = f"<rss>{ITEM.format('Gut')}\n"
    outcome = read("a.xml", start + endless.format("x" * 2**22))
    assert [each.title for each in outcome.articles] == ["Gut"]
    assert "has more than 1 MB in one element" in str(outcome.problems[0])


def test_a_declaration_cannot_hide_behind_a_long_comment(read: Read) -> None:
    """A document type declaration beyond the part that is looked at is not accepted."""
    for comment in (f"<!-- {'x' * 2**17} -->", f"<!-- {'x' * (2**16 - 9)} -->", " " * 2**17):
        document = f"{comment}\n<!DOCTYPE rss><rss>{ITEM.format('x')}</rss>"
        assert "a.xml:1: " in read("a.xml", document).error


@pytest.mark.slow
def test_a_large_feed_takes_little_memory(tmp_path: Path) -> None:
    """Items are let go of one by one, and so is what is around them."""
    item = f"<item><title>T</title><description>{'Stahl ist hart. ' * 600}</description></item>\n"
    peaks_kb = []
    for count in (100, 1200):
        path = tmp_path / f"{count}.xml"
        path.write_text(f"<rss><channel>{(item + '<x>y</x>' * 300) * count}</channel></rss>")
        read_count, peak_kb = count_and_peak_kb(path)
        assert read_count == count
        peaks_kb.append(peak_kb)
    assert path.stat().st_size > 12_000_000
    assert peaks_kb[1] - peaks_kb[0] < 8000
