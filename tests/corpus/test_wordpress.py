"""A WordPress export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from searchapp.corpus.feed import read_feed
from searchapp.corpus.files import ArticleFile
from tests.corpus.conftest import Read

EXPORT = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Mein Blog</title><link>https://www.Example.org/garten/</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[anna]]></wp:author_login>
<wp:author_display_name><![CDATA[Anna Müller]]></wp:author_display_name></wp:author>
<item><title><![CDATA[Stahl &amp; Eisen]]></title><link>https://example.org/stahl/</link>
<pubDate>Mon, 04 Mar 2024 23:30:00 +0000</pubDate><dc:creator><![CDATA[anna]]></dc:creator>
<guid isPermaLink="false">https://example.org/?p=12</guid><description></description>
<content:encoded><![CDATA[<!-- wp:paragraph -->
<p>Erster Absatz.</p>
[caption id="a" width="3"]<img src="x" alt="Ofen"/> Bild[/caption]

Alter Editor, <b>fett</b>
und weiter [sic].

Dritter.]]></content:encoded>
<excerpt:encoded><![CDATA[Auszug]]></excerpt:encoded>
<wp:post_id>12</wp:post_id><wp:post_date><![CDATA[2024-03-05 00:30:00]]></wp:post_date>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>
<category domain="category" nicename="industrie"><![CDATA[Industrie]]></category>
<category domain="post_tag" nicename="ig-metall"><![CDATA[IG Metall]]></category>
<category domain="post_format" nicename="x"><![CDATA[Galerie]]></category></item>
{more}</channel></rss>"""

ITEM = (
    "<item><title>T</title><wp:post_id>13</wp:post_id><wp:post_date>0000-00-00 00:00:00"
    "</wp:post_date><wp:status>{status}</wp:status><wp:post_type>{type}</wp:post_type>"
    "<wp:post_password>{password}</wp:post_password></item>"
)


def test_published_post(read: Read) -> None:
    """Id, local date, author's name, section, both kinds of tags, text of either editor."""
    outcome = read("blog.xml", EXPORT.replace("{more}", ""))
    article = outcome.article
    assert not outcome.problems
    assert (article.id, article.title) == ("example.org/garten/12", "Stahl & Eisen")
    assert article.date == dt.date(2024, 3, 5)
    assert article.tags == ("Industrie", "IG Metall")
    assert article.section == "Industrie"
    assert (article.author, article.source) == ("Anna Müller", "Mein Blog")
    assert article.url == "https://example.org/stahl/"
    assert article.body.split("\n\n") == [
        "Erster Absatz.", "Ofen Bild", "Alter Editor, fett und weiter [sic].", "Dritter.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind", "password", "told"),
    [
        ("publish", "post", "", None),
        ("publish", "page", "", None),
        ("draft", "post", "", "1 item is not public (1 draft)"),
        ("private", "post", "", "1 private"),
        ("future", "post", "", "1 planned"),
        ("trash", "page", "", "1 in the trash"),
        ("publish", "post", "geheim", "1 with a password"),
        ("inherit", "attachment", "", ""),
        ("publish", "nav_menu_item", "", ""),
        ("publish", "rezept", "", "has items of other types (1 rezept)"),
        ("draft", "rezept", "", ""),
    ],
)
def test_only_what_the_site_shows_is_read(
    read: Read, status: str, kind: str, password: str, told: str | None
) -> None:
    """What it does not show is told; pictures and menus nobody misses."""
    item = ITEM.format(status=status, type=kind, password=password)
    outcome = read("blog.xml", EXPORT.replace("{more}", item))
    ids = [each.id.rpartition("/")[2] for each in outcome.articles]
    assert ids == (["12", "13"] if told is None else ["12"])
    if told:
        assert told in outcome.warning
    else:
        assert not outcome.problems


def test_what_is_left_out_is_counted(read: Read) -> None:
    """In one line for each reason, with the option that brings other types in."""
    items = [("draft", "post")] * 3 + [("private", "page")] + [("publish", "rezept")] * 2
    more = "".join(ITEM.format(status=s, type=t, password="") for s, t in items)
    hidden, types = map(str, read("blog.xml", EXPORT.replace("{more}", more)).problems)
    assert "blog.xml:1: 4 items are not public (3 draft, 1 private); left out" in hidden
    assert types.endswith(
        "has items of other types (2 rezept); to index them use --types post,page,rezept"
    )


def test_types_of_a_site(tmp_path: Path) -> None:
    """Those that are named are read."""
    path = tmp_path / "blog.xml"
    item = ITEM.format(status="publish", type="rezept", password="")
    path.write_text(EXPORT.replace("{more}", item), encoding="utf-8")
    file = ArticleFile(path, report=print, post_types=("rezept",))
    assert [each.id for each in read_feed(file)] == ["example.org/garten/13"]


def test_two_sites_have_ids_of_their_own(read: Read) -> None:
    """By the address of the site, or where none is told by the name of the file."""
    item = ITEM.format(status="publish", type="post", password="")
    export = f"<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel>{{}}{item}</channel></rss>"
    blog = "<link>https://example.org</link><wp:base_blog_url>http://example.org/koch</wp:base_blog_url>"
    assert read("a.xml", export.format(blog)).article.id == "example.org/koch/13"
    assert read("garten.xml", export.format("")).article.id == "garten/13"


def test_excerpt_of_a_post_without_text(read: Read) -> None:
    """Is its text."""
    export = EXPORT.replace("{more}", "")
    start, end = export.index("<content:encoded>"), export.index("<excerpt:encoded>")
    assert read("blog.xml", export[:start] + export[end:]).article.body == "Auszug"
