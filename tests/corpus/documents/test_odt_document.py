"""OpenDocument texts; what they share with Word documents is tested with `flowing_text`."""

from __future__ import annotations

import zipfile

from tests.corpus.conftest import Read, read_paths
from tests.corpus.documents import SAMPLES
from tests.corpus.documents.archives import archive

TEXT = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'


def content(text: str) -> str:
    return (
        f"<office:document-content {TEXT}><office:body><office:text>{text}</office:text>"
        "</office:body></office:document-content>"
    )


def test_keywords() -> None:
    """They stand one by one."""
    assert read_paths(SAMPLES / "vereinsblatt.odt").article.tags == ("Kleingärten", "Obstbau")


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
