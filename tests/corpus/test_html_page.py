"""Web pages."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import Read

ARTICLE = """<article><h1>Stahl aus Wasserstoff</h1>{above}
<p>Die Stahlindustrie will mit Wasserstoff arbeiten. Das spart sehr viel Kohle und hilft dem Klima
in der ganzen Welt, wenn der Strom aus Wind und Sonne kommt.</p>
<h2>Wie es geht</h2>
<p>Ein Ofen, der mit <b>Wasserstoff</b> läuft, gibt Wasserdampf ab und kein Kohlendioxid.</p>
<ul><li>Erstens kommt das Erz in den Ofen.</li><li>Zweitens kommt der Wasserstoff dazu.</li></ul>
{inside}</article>"""

PAGE = """<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">
<title>Stahl aus Wasserstoff | Zeitung</title>{head}</head><body>
<nav><a href="/">Startseite</a> <a href="/politik">Politik</a></nav>
<main>{article}</main><aside><time datetime="2001-01-01">alt</time> Auch interessant</aside>
<footer>Impressum und Datenschutz</footer><script>var geheim = 1</script></body></html>"""


def page(head: str = "", above: str = "", inside: str = "") -> str:
    """A page of a newspaper, with more in its head or article."""
    return PAGE.format(head=head, article=ARTICLE.format(above=above, inside=inside))


def test_article_without_its_surroundings(read: Read) -> None:
    """Title and paragraphs stay, menus, scripts and footers go."""
    outcome = read("a.html", page())
    article = outcome.article
    assert not outcome.problems
    assert (article.id, article.title) == ("a", "Stahl aus Wasserstoff")
    paragraphs = article.body.split("\n\n")
    assert paragraphs[0].startswith("Die Stahlindustrie will")
    assert paragraphs[1:3] == [
        "Wie es geht",
        "Ein Ofen, der mit Wasserstoff läuft, gibt Wasserdampf ab und kein Kohlendioxid.",
    ]
    assert "Erstens kommt das Erz in den Ofen." in paragraphs
    for foreign in ("Impressum", "Startseite", "geheim", "interessant"):
        assert foreign not in article.body
    assert article.date is None


def test_what_the_page_says_about_itself(read: Read) -> None:
    """Author, tags, source and address from the head."""
    article = read(
        "a.htm",
        page(
            '<meta name="author" content="dpa"><meta name="keywords" content="Stahl, IG Metall">'
            '<meta property="og:site_name" content="Zeitung">'
            '<link rel="canonical" href="https://example.org/stahl">'
        ),
    ).article
    assert article.tags == ("Stahl", "IG Metall")
    assert (article.author, article.source) == ("dpa", "Zeitung")
    assert article.url == "https://example.org/stahl"


@pytest.mark.parametrize(
    ("head", "above"),
    [
        ('<meta property="article:published_time" content="2024-03-05T08:00:00+01:00">', ""),
        ('<meta name="date" content="2024-03-05">', ""),
        ('<meta name="DC.date.issued" content="5.3.2024">', ""),
        ('<script type="application/ld+json">{"@graph": [{"@type": "Article",'
         ' "datePublished": "2024-03-05"}]}</script>', ""),
        ("", '<time itemprop="datePublished" datetime="2024-03-05T08:00">heute</time>'),
        ("", '<p class="zeile">Von Anna, <time datetime="2024-03-05">5. März</time></p>'),
    ],
)  # fmt: skip
def test_stated_dates(read: Read, head: str, above: str) -> None:
    """Metadata and the time element of the article are explicit."""
    assert read("a.html", page(head, above)).article.date == dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        ("", "<p>Am 5. März 2024 wurde das Werk in Betrieb genommen, am 6.3.2024 nicht mehr.</p>"),
        ('<link rel="canonical" href="https://example.org/2024/03/05/stahl">', ""),
        ('<meta property="article:modified_time" content="2024-03-05">', ""),
        ("", "<p>" + "Ein langer Absatz über die Geschichte. " * 8
         + '<time datetime="2024-03-05">Damals</time></p>'),
        ('<meta name="date" content="neulich">', ""),
        ('<script type="application/ld+json">{kaputt</script>', ""),
    ],
)  # fmt: skip
def test_dates_of_something_else_are_not_taken(read: Read, head: str, inside: str) -> None:
    """No date from running text, addresses, changes or other articles."""
    assert read("a.html", page(head, "", inside)).article.date is None


@pytest.mark.parametrize(
    "html",
    ["<p>Nur ein Absatz</p>", "nur Text", "<html><body><div>Kurz &uuml;ber Stahl</div>",
     "<div>" * 3000 + "tief unten"],
)  # fmt: skip
def test_short_and_broken_pages_keep_their_text(read: Read, html: str) -> None:
    """What is no whole page is read as it stands."""
    assert read("a.html", html).article.body.endswith(
        ("Absatz", "Text", "Kurz über Stahl", "tief unten")
    )


@pytest.mark.parametrize("html", ["<html><body></body></html>", "<script>var x</script>"])
def test_page_without_text_is_reported(read: Read, html: str) -> None:
    """A page that a script would have filled."""
    assert "has neither title nor text" in read("a.html", html).error


def test_markup_in_text_is_text(read: Read) -> None:
    """Escaped tags come out as characters; it is the page's part to escape them again."""
    body = read(
        "a.html", page(inside="<p>Der Befehl &lt;b&gt; macht Text fett und wird erklärt.</p>")
    )
    assert "Der Befehl <b> macht Text fett" in body.article.body
