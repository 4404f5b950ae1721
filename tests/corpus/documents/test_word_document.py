"""Word documents with what Word writes and LibreOffice does not; see also `flowing_text`."""

from __future__ import annotations

from tests.corpus.conftest import Read
from tests.corpus.documents.archives import WORD, core, docx


def p(text: str, style: str = "") -> str:
    """A paragraph."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_styles_of_a_german_word(read: Read) -> None:
    """Their ids are German, their names are not; a table of contents is left out."""
    styles = {
        "word/styles.xml": f'<w:styles {WORD}><w:style w:styleId="berschrift1">'
        '<w:name w:val="heading 1"/></w:style><w:style w:styleId="Verzeichnis1">'
        '<w:name w:val="toc 1"/></w:style></w:styles>'
    }
    body = p("Wasser im Keller", "berschrift1") + p("Pumpen 3", "Verzeichnis1") + p("Es regnet.")
    article = read("a.docx", docx(body, styles)).article
    assert (article.title, article.body) == ("Wasser im Keller", "Es regnet.")


def test_pieces_of_a_run(read: Read) -> None:
    """Tabs and line ends part words; hidden text, deleted text and field codes are none."""
    body = (
        "<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>Erste</w:t><w:tab/>"
        "<w:t>Zeile</w:t><w:br/><w:t>Zweite</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>, E</w:t><w:noBreakHyphen/>"
        "<w:t>Mail</w:t></w:r>"
        "<w:r><w:instrText>HYPERLINK</w:instrText></w:r>"
        "<w:del><w:r><w:delText>weg</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>alt</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>, neu</w:t></w:r></w:ins></w:p>"
    )
    assert read("a.docx", docx(body)).article.body == "Erste Zeile\n\nZweite, E-Mail, neu"


def test_a_text_box_is_read_once(read: Read) -> None:
    """Word writes it twice, for new and for old programs."""
    box = f"<w:txbxContent>{p('Im Kasten.')}</w:txbxContent>"
    body = (
        f'<w:p xmlns:mc="m"><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:t>Daneben.</w:t></w:r></w:p>"
    )
    assert read("a.docx", docx(body)).article.body == "Im Kasten.\n\nDaneben."


def test_properties_of_programs_are_none(read: Read) -> None:
    """Those of python-docx's template have a wrong date, too."""
    template = core("Word Document", "python-docx", "2013-12-23T23:15:00Z")
    article = read("a.docx", docx(p("Text des Artikels."), template)).article
    assert (article.title, article.title_is_derived) == ("Text des Artikels", True)
    assert (article.author, article.date) == (None, None)


def test_the_title_of_the_properties_is_not_repeated(read: Read) -> None:
    """Where it also stands above the text."""
    stated = core("Die neue Brücke", "Ute Lang; Jan Kurz", "2021-02-03T10:00:00Z")
    article = read("a.docx", docx(p("Die neue  Brücke") + p("Sie ist gelb."), stated)).article
    assert (article.title, article.body) == ("Die neue Brücke", "Sie ist gelb.")
    assert article.author is not None
    assert "Ute Lang" in article.author


def test_ten_thousand_nested_tables(read: Read) -> None:
    """Nothing recurses, and no text is lost."""
    depth = 10_000
    cell = "<w:tbl><w:tr><w:tc>" + p("Innen")
    body = cell * depth + "</w:tc></w:tr></w:tbl>" * depth
    article = read("a.docx", docx(body)).article
    assert article.body.count("Innen") == depth


def test_many_short_rows(read: Read) -> None:
    """Each is a sentence of its own."""
    row = f"<w:tr><w:tc>{p('Erz')}</w:tc><w:tc>{p('12 t')}</w:tc></w:tr>"
    article = read("a.docx", docx(f"<w:tbl>{row * 3}</w:tbl>")).article
    assert article.body == "\n\n".join(3 * ["Erz; 12 t."])


def test_a_document_without_text_part(read: Read) -> None:
    """It is told."""
    assert "has no text part" in read("a.docx", docx("").replace(b"document", b"dokument")).error
    assert "has neither title nor text" in read("a.docx", docx("")).error
