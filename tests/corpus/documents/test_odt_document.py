"""OpenDocument texts of LibreOffice."""

from __future__ import annotations

import datetime as dt
import zipfile

from tests.corpus.conftest import Read, read_paths
from tests.corpus.documents import SAMPLES
from tests.corpus.documents.archives import archive
from tests.corpus.documents.test_word_document import DECISION

TEXT = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'


def content(text: str) -> str:
    return (
        f"<office:document-content {TEXT}><office:body><office:text>{text}</office:text>"
        "</office:body></office:document-content>"
    )


def test_a_newsletter() -> None:
    """The same text as in Word's format, and the keywords one by one."""
    outcome = read_paths(SAMPLES / "vereinsblatt.odt")
    assert not outcome.problems
    expected = (SAMPLES / "expected" / "vereinsblatt.odt.txt").read_text("utf-8")
    article = outcome.article
    assert article.body == expected.removesuffix("\n")
    assert (article.id, article.title) == ("vereinsblatt", "Der Garten am Bahndamm")
    assert (article.author, article.date) == ("Hanna Brückner", dt.date(2023, 5, 4))
    assert article.tags == ("Kleingärten", "Obstbau")


def test_tracked_changes_comments_and_frames() -> None:
    """As in Word's format."""
    article = read_paths(SAMPLES / "beschluss.odt").article
    assert article.body == DECISION
    assert article.title == "Beschluss über die Bootshalle"
    assert (article.author, article.date) == (None, dt.date(2022, 11, 9))


def test_blanks_are_bounded(read: Read) -> None:
    """A count of blanks may be any number."""
    text = '<text:p>Ein<text:s text:c="99999999999"/>Wort<text:s text:c="-1"/>mehr</text:p>'
    assert read("a.odt", archive({"content.xml": content(text)})).article.body == "Ein Wort mehr"


def test_indexes_are_left_out(read: Read) -> None:
    """They repeat the headings."""
    text = (
        "<text:table-of-content><text:p>Vorwort 1</text:p></text:table-of-content>"
        "<text:h>Vorwort</text:h><text:p>Es war einmal.</text:p>"
    )
    article = read("a.odt", archive({"content.xml": content(text)})).article
    assert (article.title, article.body) == ("Vorwort", "Es war einmal.")


def test_an_encrypted_document_is_told(read: Read) -> None:
    """Its manifest says so."""
    manifest = (
        '<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/>'
        "</m:file-entry></m:manifest>"
    )
    parts: dict[str, str | bytes] = {
        "content.xml": b"\x93\x00\xff",
        "META-INF/manifest.xml": manifest,
    }
    assert "is encrypted with a password" in read("a.odt", archive(parts)).error


def test_entities_are_refused(read: Read) -> None:
    """Whatever they stand for."""
    with zipfile.ZipFile(SAMPLES / "beschluss.odt") as made:
        text = made.read("content.xml").decode()
    bomb = text.replace("?>", '?><!DOCTYPE x [<!ENTITY a "Haha">]>', 1)
    assert "declares entities" in read("a.odt", archive({"content.xml": bomb})).error
