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


def test_lead_is_text(read: Read) -> None:
    """By the name of its class, in whatever element; a teaser of another article is none."""
    for lead in (
        '<p class="article-teaser">{}</p>',
        '<p class="standfirst">{}</p>',
        '<div class="article__intro"><p>{}</p></div>',
        '<h2 class="subtitle">{}</h2>',
        '<div class="vorspann">{}</div>',
    ):
        words = "Ein Ofen ohne Koks soll noch in diesem Jahrzehnt in Betrieb gehen."
        article = read("a.html", page(above=lead.format(words))).article
        assert article.body.startswith(words)
    teaser = (
        '<div class="teaser"><h3><a href="/b">Hafen wächst</a></h3>'
        "<p>Mehr Schiffe als im Vorjahr haben im Hafen angelegt, sagt das Amt.</p></div>"
    )
    assert "Schiffe" not in read("a.html", page(inside=teaser)).article.body


@pytest.mark.parametrize(
    "heading",
    [
        '<span class="kicker">Stahl</span><span class="headline">Neue Öfen</span>',
        "<em>Stahl</em><br>Neue Öfen",
        "<span>Stahl</span>Neue Öfen",
        "<div>Stahl</div><div>Neue Öfen</div>",
    ],
)
def test_kicker_and_headline_are_words_of_their_own(read: Read, heading: str) -> None:
    """Only a style sheet parts them."""
    html = page().replace("<h1>Stahl aus Wasserstoff", f"<h1>{heading}")
    html = html.replace("<title>Stahl aus Wasserstoff | Zeitung</title>", "")
    assert read("a.html", html).article.title in ("Stahl Neue Öfen", "Neue Öfen")


def test_a_colon_follows_its_kicker(read: Read) -> None:
    """Also where it is an element of its own, to be read aloud."""
    heading = "<span>Schlaf</span><span>: </span><span>Warum wir müde sind</span>"
    html = page().replace("<h1>Stahl aus Wasserstoff</h1>", f"<h1>{heading}</h1>")
    html = html.replace("Stahl aus Wasserstoff | Zeitung", "Schlaf : Warum wir müde sind")
    assert read("a.html", html).article.title == "Schlaf: Warum wir müde sind"


@pytest.mark.parametrize("mark", ["{{ .Title }}", "{% block titel %}Titel{% endblock %}"])
def test_templates_are_no_pages(read: Read, mark: str) -> None:
    """Those of Hugo, Jekyll, Jinja and Twig; text that speaks of them is text."""
    outcome = read("a.html", f"<title>{mark}</title><body><h1>{mark}</h1>{{{{ .Content }}}}</body>")
    assert not outcome.articles
    assert "a.html:1: is a template" in outcome.warning
    text = f"<title>Vorlagen</title><p>In Vorlagen steht {mark}, wo der Titel hin soll.</p>"
    assert mark in read("a.html", text).article.body


def test_initial_letter_is_part_of_its_word(read: Read) -> None:
    """An element inside of a word parts nothing."""
    html = page().replace("<h1>Stahl", "<h1><b>S</b>tahl").replace("<title>Stahl", "<title>")
    assert read("a.html", html).article.title.startswith("Stahl aus")


def test_tables_read_as_sentences(read: Read) -> None:
    """Cells with commas between them, two of them as a statement; no rulers."""
    table = (
        "<table><tr><th>Jahr</th><th>Tonnen</th></tr><tr><td>2022</td><td>40 Mio.</td></tr>"
        "<tr><td>2023</td><td>35</td></tr></table>"
        "<table><tr><td>Werk</td><td>Ort</td><td>Strom</td></tr></table>"
    )
    body = read("a.html", page(inside=table)).article.body
    for row in ("2022: 40 Mio.", "2023: 35.", "Werk, Ort, Strom."):
        assert row in body.split("\n\n")
    assert "--" not in body
    assert "|" not in body


def test_headline_is_not_repeated(read: Read) -> None:
    """Nor with its kicker, nor in other capitals above the text."""
    article = read("a.html", page(above="<h2>Stahl aus Wasserstoff</h2>")).article
    assert "Stahl aus Wasserstoff" not in article.body


@pytest.mark.parametrize(
    "surroundings",
    [
        "<p>Lesen Sie auch: <a href='/x'>Was Stahl kostet</a></p>",
        "<h3>Mehr zum Thema</h3><ul><li><a href='/x'>Was Stahl kostet</a></li></ul>",
        "<div class='newsletter-box'><p>Was Stahl kostet, steht jeden Morgen im Brief.</p></div>",
        "<figure><img src='x'><figcaption>Was Stahl kostet: ein Ofen</figcaption></figure>",
        "<p class='wp-caption-text'>Was Stahl kostet: ein Ofen bei Nacht</p>",
        "<aside><p>Was Stahl kostet und wer ihn braucht, erklärt unser Lexikon.</p></aside>",
        "<div class='paywall'><p>Was Stahl kostet, lesen Sie mit einem Abonnement.</p></div>",
        "<div id='comments'><p>" + "Was Stahl kostet, weiß doch jedes Kind! " * 40 + "</p></div>",
        "<p>Von Anna Stahl</p>",
        "<p>Foto: Anna Stahl/dpa</p>",
        "<p>Unser Newsletter: Was Stahl kostet. <a href='/n'>Hier kostenlos anmelden.</a></p>",
    ],
)
def test_what_stands_around_is_no_text(read: Read, surroundings: str) -> None:
    """Links to other articles, invitations, captions, comments, hints of a paywall, bylines."""
    html = page(inside=surroundings)
    body = read("a.html", html).article.body
    assert "Was Stahl kostet" not in body
    assert "Anna Stahl" not in body
    assert body == read("a.html", page()).article.body


@pytest.mark.parametrize(
    "statement",
    [
        '{{"@graph": [{{"@type": "WebSite", "name": "X"}}, {article}]}}',
        "[{article}]",
        '{{"@type": "WebPage", "mainEntity": {article}}}',
        "{article}",
        "<!-- {article} -->",
    ],
)
def test_json_ld(read: Read, statement: str) -> None:
    """Authors, keywords, section, publisher and date of the article, wherever it stands."""
    article = (
        '{"@type": ["NewsArticle"], "headline": "Stahl &amp; Strom",'
        '"author": [{"@type": "Person", "name": "Anna Eis"}, {"name": "Ben Oel"}],'
        '"keywords": "Stahl, Wasserstoff", "articleSection": ["Wirtschaft"],'
        '"publisher": {"name": "Zeitung"}, "datePublished": "2024-03-05T08:00:00+01:00"}'
    )
    head = statement.format(article=article)
    found = read("a.html", page(f'<script type="application/ld+json">{head}</script>')).article
    assert found.title == "Stahl & Strom"
    assert found.author is not None
    assert "Anna Eis" in found.author
    assert "Ben Oel" in found.author
    assert found.tags == ("Stahl", "Wasserstoff")
    assert (found.section, found.source) == ("Wirtschaft", "Zeitung")
    assert found.date == dt.date(2024, 3, 5)


def test_text_that_only_json_ld_has(read: Read) -> None:
    """The rest of a text whose beginning is shown before a paywall."""
    rest = "Danach folgt ein langer zweiter Teil über Strom, Netze und die Kosten. " * 12
    statement = f'{{"@type": "NewsArticle", "articleBody": "Der Anfang steht auch da. {rest}"}}'
    html = page(f'<script type="application/ld+json">{statement}</script>')
    body = read("a.html", html).article.body
    assert body.count("Danach folgt") == 12
    assert "Die Stahlindustrie will" in body


def test_tags_of_meta_elements(read: Read) -> None:
    """From all elements, each once in whatever case, without the name of the paper."""
    head = (
        '<meta property="article:tag" content="Stahl"><meta property="article:tag" content="Erz">'
        '<meta name="news_keywords" content="stahl, Koks, Zeitung">'
        '<meta property="og:site_name" content="Zeitung">'
    )
    assert read("a.html", page(head)).article.tags == ("Stahl", "Erz", "Koks")


@pytest.mark.parametrize(
    "sentence",
    [
        "Werbung für Tabak soll verboten werden.",
        "Anzeige erstattete ein Nachbar.",
        "Teilen will er die Macht nicht.",
        "Zum Thema Kohle schwieg der Minister.",
        "Mehr zu verlangen sei unredlich, sagt er.",
        "Kommentare dazu gab es keine.",
        "Von Stahl hielt er wenig.",
    ],
)
def test_sentences_that_begin_as_labels_do(read: Read, sentence: str) -> None:
    """A word of a label is no label."""
    assert sentence in read("a.html", page(inside=f"<p>{sentence}</p>")).article.body


def test_short_answers_and_a_repeated_lead(read: Read) -> None:
    """A lead that is there for two sizes of screens stands once, an answer as often as given."""
    lead = "<p class='lead'>Ein Ofen ohne Koks soll noch in diesem Jahrzehnt in Betrieb gehen.</p>"
    answers = "<p><b>Ist das neu?</b></p><p>Nein.</p><p><b>Ist es teuer?</b></p><p>Nein.</p>"
    body = read("a.html", page(above=lead + lead, inside=answers)).article.body
    assert body.count("Ein Ofen ohne Koks") == 1
    assert body.count("Nein.") == 2


def test_entries_of_a_ticker_side_by_side(read: Read) -> None:
    """Each is an <article>, and all of them are the text."""
    entries = "".join(
        f"<article><h2>{hour} Uhr</h2><p>In der Stunde {hour} ist am Hochofen {hour} gearbeitet "
        "worden, wie das Werk der Stadt am Abend mitteilte.</p></article>"
        for hour in range(7, 12)
    )
    html = f"<html><body><div><h1>Ticker vom Stahlwerk</h1><div>{entries}</div></div></body></html>"
    article = read("a.html", html).article
    assert article.title == "Ticker vom Stahlwerk"
    assert all(f"am Hochofen {hour} gearbeitet" in article.body for hour in range(7, 12))


def test_other_articles_below_the_text(read: Read) -> None:
    """A list of links with what they are about is longer than the article, and foreign."""
    cards = "".join(
        f"<div><h3><a href='/{number}'>Meldung {number}</a></h3><p>Was in der Meldung {number} "
        "alles steht und noch dazu gesagt werden kann, ist hier sehr ausführlich erzählt.</p></div>"
        for number in range(9)
    )
    links = cards.replace("<h3>", "<span>").replace("</h3>", "</span><br><br>")
    text = "Der Kreisel wird am Montag gesperrt, weil dort der Asphalt neu gemacht wird."
    for foreign in (cards, links):
        article = f"<h1>Kreisel</h1><div><p>{text}</p></div>"
        html = f"<html><body>{article}<div>{foreign}</div></body></html>"
        assert read("a.html", html).article.body == text
