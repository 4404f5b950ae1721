"""A WordPress export."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import Read

EXPORT = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Mein Blog</title><wp:wxr_version>1.2</wp:wxr_version>
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
    assert (article.id, article.title) == ("12", "Stahl & Eisen")
    assert article.date == dt.date(2024, 3, 5)
    assert article.tags == ("Industrie", "IG Metall")
    assert article.section == "Industrie"
    assert (article.author, article.source) == ("Anna Müller", "Mein Blog")
    assert article.url == "https://example.org/stahl/"
    assert article.body.split("\n\n") == [
        "Erster Absatz.", "Ofen Bild", "Alter Editor, fett und weiter [sic].", "Dritter.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind", "password", "is_read"),
    [
        ("publish", "post", "", True),
        ("publish", "page", "", True),
        ("draft", "post", "", False),
        ("private", "post", "", False),
        ("trash", "post", "", False),
        ("publish", "post", "geheim", False),
        ("inherit", "attachment", "", False),
        ("publish", "nav_menu_item", "", False),
    ],
)
def test_only_what_the_site_shows_is_read(
    read: Read, status: str, kind: str, password: str, is_read: bool
) -> None:
    """Drafts, private and protected posts, pictures and menus are not articles."""
    item = ITEM.format(status=status, type=kind, password=password)
    outcome = read("blog.xml", EXPORT.replace("{more}", item))
    assert [each.id for each in outcome.articles] == (["12", "13"] if is_read else ["12"])
    assert not outcome.problems
