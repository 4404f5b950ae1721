"""Books: of pandoc, and made up after the habits of others."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

from tests.corpus.conftest import Read, read_paths
from tests.corpus.documents import SAMPLES
from tests.corpus.documents.archives import archive

LONG = "<p>" + "Ein langer Satz ohne Überschrift davor. " * 8 + "</p>"


def epub(chapters: dict[str, str], *, toc: dict[str, str] | None = None, guide: str = "") -> bytes:
    """A book of EPUB 2. chapters: what is in the <body> of each file. toc: titles by file."""
    items = "".join(
        f'<item id="i{n}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    points = "".join(
        f"<navPoint><navLabel><text>{title}</text></navLabel>"
        f"<content src='text/{name}#x'/></navPoint>"
        for name, title in (toc or {}).items()
    )
    return archive(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/b.opf"/>'
            "</rootfiles></container>",
            "O/b.opf": '<package xmlns:dc="d"><metadata><dc:title>Das Buch</dc:title>'
            "<dc:creator>Eva Sand</dc:creator><dc:date>2001-02-03</dc:date></metadata><manifest>"
            f'{items}<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
            f'</manifest><spine toc="ncx">{spine}</spine><guide>{guide}</guide></package>',
            "O/toc.ncx": "<ncx><docTitle><text>Das Buch</text></docTitle>"
            f"<navMap>{points}</navMap></ncx>",
        }
        | {
            f"O/text/{name}": f'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD" "x.dtd">'
            f"<html><head><title>Das Buch</title></head><body>{body}</body></html>"
            for name, body in chapters.items()
        }
    )


def test_a_book_of_pandoc() -> None:
    """One article a chapter; title page, contents and marks of notes are left out."""
    outcome = read_paths(SAMPLES / "inselbuch.epub")
    assert not outcome.problems
    landunter, lore, nachwort = outcome.articles
    assert landunter.body == (
        "Gegen Mitternacht stieg das Wasser über die Sommerdeiche, und auf der Warft läutete jemand"
        " die Schiffsglocke. Die Schafe standen längst im Stall.\n\nAm Morgen danach\n\nDer Priel"
        " hatte einen neuen Lauf, und im Fething schwamm ein toter Seehund.\n\nDie Glocke stammt"
        " von einem gestrandeten Schoner."
    )
    assert [each.id for each in outcome.articles] == ["inselbuch-1", "inselbuch-2", "inselbuch-3"]
    assert [each.title for each in outcome.articles] == ["Landunter", "Die Postlore", "Nachwort"]
    assert lore.source == "Geschichten von der Hallig"
    assert nachwort.tags == ("Nordsee", "Erzählungen")
    assert landunter.date == dt.date(2019, 10, 1)
    assert landunter.author is not None
    assert "Momme Paulsen" in landunter.author


def test_a_book_of_libreoffice() -> None:
    """It names the text before the first heading "Section 1", and marks no footnotes as such."""
    outcome = read_paths(SAMPLES / "vereinsblatt.epub")
    assert not outcome.problems
    assert [each.title for each in outcome.articles] == [
        "Der Garten am Bahndamm",
        "Aller Anfang war Schotter",
        "Bienen zwischen den Gleisen",
        "Die Ernte in Zahlen",
    ]
    before, beginning, _, harvest = outcome.articles
    assert before.body.startswith("Wo früher Güterzüge rangierten")
    assert beginning.body.endswith("\n\nNach den Aufzeichnungen der Schriftführerin Klara Oehme.")
    assert "herbei. Schon" in beginning.body
    assert harvest.body.startswith(
        "Obst; Menge; Verwendung.\n\nÄpfel; 2,4 Tonnen; Saft.\n\nQuitten; 310 Kilogramm; Gelee."
    )
    assert before.date == dt.date(2023, 5, 6)


def test_a_chapter_in_several_files(read: Read) -> None:
    """Files that the table of contents does not name go on with the chapter before."""
    book = epub(
        {"c1.xhtml": "<h2>Eins</h2><p>Anfang.</p>", "c2.xhtml": "<p>Mitte.</p>",
         "c3.xhtml": "<h3>Unter&shy;teil</h3><p>Schluss&nbsp;des Teils.</p>",
         "c4.xhtml": "<p>Noch ein Kapitel.</p>"},
        toc={"c1.xhtml": "Eins", "c4.xhtml": "Zwei"},
    )  # fmt: skip
    one, two = read("a.epub", book).articles
    assert (one.title, one.body) == (
        "Eins",
        "Anfang.\n\nMitte.\n\nUnterteil\n\nSchluss des Teils.",
    )
    assert (two.title, two.body, two.id) == ("Zwei", "Noch ein Kapitel.", "a-2")


def test_surroundings_are_left_out(read: Read) -> None:
    """By the names of files, by the guide, by their own mark, by their heading."""
    book = epub(
        {
            "cover.xhtml": "<p>Umschlag</p>",
            "a1.xhtml": LONG,
            "a2.xhtml": '<section epub:type="copyright-page"><h1>Rechte</h1>Verlag</section>',
            "a3.xhtml": "<h1>Impressum</h1><p>Druckerei</p>",
            "a4.xhtml": "<h1>Der Anfang</h1><p>Es war einmal.</p>",
        },
        guide='<reference type="title-page" href="text/a1.xhtml"/>',
    )
    article = read("a.epub", book).article
    assert (article.id, article.title, article.body) == ("a", "Der Anfang", "Es war einmal.")


def test_a_book_without_headings_is_one_article(read: Read) -> None:
    """It has the title of the book."""
    article = read("a.epub", epub({"x1.xhtml": LONG, "x2.xhtml": "<p>Ende.</p>"})).article
    assert article.title == "Das Buch"
    assert article.body.startswith("Ein langer Satz")
    assert article.body.endswith("Ende.")


def test_a_book_of_images_is_told(read: Read) -> None:
    """It has no chapters with text."""
    assert "has no chapters with text" in read("a.epub", epub({"x.xhtml": "<img/>"})).error


def test_a_protected_book_is_told(read: Read) -> None:
    """Fonts may be encrypted, text may not."""
    body = {"x1.xhtml": "<h1>Eins</h1><p>Text.</p>"}

    def with_encrypted(name: str) -> bytes:
        reference = f'<encryption><CipherReference URI="{name}"/></encryption>'
        book = epub(body)
        return add(book, "META-INF/encryption.xml", reference)

    assert "copy protection" in read("a.epub", with_encrypted("O/text/x1.xhtml")).error
    assert read("b.epub", with_encrypted("O/fonts/f.otf")).article.title == "Eins"


def add(packed: bytes, name: str, content: str) -> bytes:
    """An archive with one more part."""
    stream = io.BytesIO(packed)
    with zipfile.ZipFile(stream, "a") as made:
        made.writestr(name, content)
    return stream.getvalue()


def test_addresses_do_not_leave_the_archive(read: Read) -> None:
    """They are names in it, whatever they look like."""
    book = epub({"../../../../etc/passwd": "<p>x</p>"})
    assert "has no chapters" in read("a.epub", book).error
