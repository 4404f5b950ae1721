"""PDF files of several programs, and those that cannot be read."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.corpus.conftest import Read, read_paths
from tests.corpus.documents import SAMPLES

LIBRARY = """Lesenacht im Februar

Dreißig Kinder haben in der Nacht zum Samstag zwischen den Regalen übernachtet. Bis weit nach \
Mitternacht lasen die Ehrenamtlichen aus Abenteuergeschichten vor, danach leuchteten unter den \
Schlafsäcken nur noch die Taschenlampen.

Zum Frühstück brachte der Bäcker Voß warme Brötchen vorbei. Die Büchereileiterin Frauke Lorenzen \
will die Lesenacht im Herbst wiederholen, dann auch für Jugendliche.

Neue Öffnungszeiten

Ab März öffnet die Bücherei auch am Mittwochnachmittag. Möglich machen das zwei neue \
Mitarbeiterinnen, die sich eine Stelle teilen. Am Montag bleibt das Haus weiterhin geschlossen.

Die Rückgabeklappe an der Südseite ist Tag und Nacht zugänglich. Wer ein Buch verlängern möchte, \
ruft an oder schreibt eine Nachricht; die Leihfrist beträgt vier Wochen."""

FIRE_BRIGADE = """Die Freiwillige Feuerwehr hat im vergangenen Jahr neunundsechzig Einsätze \
gezählt. Meist ging es um Äste auf der Fahrbahn, nur neunmal brannte es. Der längste Einsatz \
dauerte elf Stunden.

Im Mai bekommt die Wache ein neues Löschfahrzeug. Es ersetzt den Wagen, der seit einunddreißig \
Jahren Dienst tut. Die Gemeinde bezahlt die Hälfte, das Land den Rest der Anschaffungskosten."""


def test_a_newsletter_of_libreoffice() -> None:
    """Two columns in their order, words and paragraphs whole, without header and footer."""
    outcome = read_paths(SAMPLES / "vereinsblatt.pdf")
    article = outcome.article
    assert not outcome.problems
    expected = (SAMPLES / "expected" / "vereinsblatt.pdf.txt").read_text("utf-8")
    assert article.body == expected.removesuffix("\n")
    assert (article.id, article.title) == ("vereinsblatt", "Der Garten am Bahndamm")
    assert (article.author, article.tags) == ("Hanna Brückner", ("Kleingärten", "Obstbau"))
    assert article.date is not None
    assert article.date.year == 2026


def test_pages_are_kept() -> None:
    """The second page begins within a paragraph that the page break cuts."""
    article = read_paths(SAMPLES / "vereinsblatt.pdf").article
    assert article.page_starts[0] == 0
    assert article.body[article.page_starts[1] :].startswith("beete, die sich mehrere")
    assert article.page_number(article.body.index("Schotter")) == 1
    assert article.page_number(article.body.index("Gemeinschafts")) == 1
    assert article.page_number(article.body.index("Apfelsaft")) == 2


@pytest.mark.parametrize("name", ["gemeindebrief.pdf", "mit_kopfzeile.pdf"])
def test_a_page_that_a_browser_printed(name: str) -> None:
    """Without the lines that the browser prints above and below, and without soft hyphens."""
    outcome = read_paths(SAMPLES / name)
    assert not outcome.problems
    assert outcome.article.title == "Neues aus der Gemeindebücherei"
    assert outcome.article.body == LIBRARY


@pytest.mark.parametrize("name", ["zeilenweise.pdf", "ohne_leserecht.pdf"])
def test_columns_that_are_drawn_line_by_line(name: str) -> None:
    """Their place tells, not the order in the file; the largest text is the title.

    The properties name a program's default and a login name. A password for owners only keeps
    nobody from reading.
    """
    outcome = read_paths(SAMPLES / name)
    assert not outcome.problems
    assert outcome.article.title == "Die Feuerwehr zieht Bilanz"
    assert outcome.article.author is None
    assert outcome.article.body == FIRE_BRIGADE


def test_a_page_on_its_side() -> None:
    """Turned text is read as it stands; a stamp in the margin and a watermark are left out."""
    article = read_paths(SAMPLES / "quer.pdf").article
    assert article.title == "Der Bürgerbus fährt öfter"
    assert article.body == (
        "Ab dem Sommer verbindet der Bürgerbus Dörfer und Bahnhof. Er fährt werktags stündlich und"
        " hält auch am Friedhof."
    )


def test_a_scan_is_told() -> None:
    """With what to do."""
    error = read_paths(SAMPLES / "eingescannt.pdf").error
    assert "holds no text, only images; run an OCR such as OCRmyPDF" in error


def test_a_scanned_page_among_others_is_told() -> None:
    """The others are read, and pages are counted right."""
    outcome = read_paths(SAMPLES / "gemischt.pdf")
    assert "page 2 holds no text, only images" in outcome.warning
    article = outcome.article
    assert article.page_number(article.body.index("Kassenbericht")) == 3
    assert article.page_number(article.body.index("Vorstand")) == 1


def test_an_encrypted_file_is_told() -> None:
    """It is not damaged, but locked."""
    assert "is encrypted with a password" in read_paths(SAMPLES / "verschluesselt.pdf").error


def test_a_packed_file(tmp_path: Path) -> None:
    """As files of other formats."""
    path = tmp_path / "a.pdf.gz"
    path.write_bytes(gzip.compress((SAMPLES / "zeilenweise.pdf").read_bytes()))
    article = read_paths(path).article
    assert (article.id, article.body) == ("a", FIRE_BRIGADE)


def test_what_is_no_pdf_is_told(read: Read) -> None:
    """Empty, something else, or only its head."""
    assert "is empty" in read("a.pdf", b"").error
    assert "is no PDF" in read("a.pdf", "Das ist ein Text.").error
    assert "is no PDF" in read("a.pdf", b"PK\x03\x04" + bytes(100)).error
    assert "is damaged" in read("a.pdf", b"%PDF-1.7\n" + b"x" * 2000).error


def test_a_file_cut_short_is_read_or_told(read: Read) -> None:
    """At any place: with one article, or with an error."""
    whole = (SAMPLES / "vereinsblatt.pdf").read_bytes()
    for cut in range(1, 20):
        outcome = read("a.pdf", whole[: len(whole) * cut // 20])
        assert len(outcome.articles) + len(outcome.problems) >= 1


def test_hostile_page_trees(read: Read) -> None:
    """Pages that hold each other, and a count that is a lie, end."""
    loop = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 999999999>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    assert read("a.pdf", loop).error


def test_a_date_to_come_is_no_date(read: Read) -> None:
    """Nor is one of a clock that was never set."""
    whole = (SAMPLES / "zeilenweise.pdf").read_bytes()
    for year in (b"1970", b"2999"):
        changed = re.sub(rb"\(D:2000", b"(D:" + year, whole)
        assert changed != whole
        assert read("a.pdf", changed).article.date is None


def test_properties_that_are_no_text(read: Read) -> None:
    """A title in broken UTF-16 is none."""
    whole = (SAMPLES / "zeilenweise.pdf").read_bytes()
    changed = re.sub(rb"/Title \(.*?\)", rb"/Title <FEFFD800D800>", whole)
    assert changed != whole
    assert read("a.pdf", changed).article.title == "Die Feuerwehr zieht Bilanz"


def test_letters_of_tex() -> None:
    """Ligatures are letters, and dots before a letter make it an umlaut."""
    article = read_paths(SAMPLES / "ligaturen.pdf").article
    assert article.body == "Die finanzielle Lage für die Bürger ist gut. Übermut nicht."


def test_an_initial() -> None:
    """LibreOffice draws it behind its paragraph."""
    article = read_paths(SAMPLES / "initiale.pdf").article
    assert article.title == "Ein Haus mit Geschichte"
    first, last = article.body.split("\n\n")
    assert first.startswith("Wer das alte Zollhaus am Hafen betritt, riecht zuerst den Teer.")
    assert last == "Der Umbau kostete wenig."


def test_a_stamped_scan_is_a_scan() -> None:
    """What repeats on each page is no text of it."""
    assert "holds no text, only images" in read_paths(SAMPLES / "gestempelt.pdf").error


def test_pages_that_are_all_alike_are_no_headers() -> None:
    """Where nothing else is printed, they are the text."""
    article = read_paths(SAMPLES / "karten.pdf").article
    assert article.body == "\n\n".join(f"Eintritt zum Hafenfest, Platz {n}" for n in (1, 2, 3))
