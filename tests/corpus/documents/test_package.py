"""Archives that are damaged, something else, or hostile."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from searchapp.corpus.documents.package import MAX_UNPACKED_BYTES
from tests.corpus.conftest import Read, read_paths
from tests.corpus.documents import SAMPLES
from tests.corpus.documents.archives import archive, docx

SUFFIXES = ("docx", "odt", "epub")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_archive_is_told(read: Read, suffix: str) -> None:
    """With what it is instead."""
    name = f"a.{suffix}"
    assert "is empty" in read(name, b"").error
    assert "Word before 2007 (.doc)" in read(name, OLE + bytes(2000)).error
    locked = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
    assert "is encrypted with a password" in read(name, locked).error
    assert "is an RTF file" in read(name, b"{\\rtf1 Text}").error
    assert "is not a" in read(name, "Nur ein Text.").error


def test_an_encrypted_word_document_is_told() -> None:
    """It is an archive within the container of the old format."""
    assert "is encrypted with a password" in read_paths(SAMPLES / "verschluesselt.docx").error


@pytest.mark.parametrize("name", ["vereinsblatt.docx", "vereinsblatt.odt", "inselbuch.epub"])
def test_a_damaged_archive_is_told(read: Read, name: str) -> None:
    """Cut short, or with wrong bytes in the middle."""
    whole = (SAMPLES / name).read_bytes()
    assert "is damaged or cut short" in read(name, whole[: len(whole) * 2 // 3]).error
    for place in range(100, len(whole), len(whole) // 25):
        changed = whole[:place] + bytes(8) + whole[place + 8 :]
        outcome = read(name, changed)
        assert outcome.articles or outcome.error


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_archive_of_something_else_is_told(read: Read, suffix: str) -> None:
    """A ZIP archive need not be a document."""
    assert "is no" in read(f"a.{suffix}", archive({"brief.txt": "Hallo"})).error


def test_a_bomb_is_told(read: Read) -> None:
    """What unpacks to far more than its size is not unpacked to its end."""
    bomb = docx("<w:p><w:r><w:t>" + "a" * 20_000_000 + "</w:t></w:r></w:p>")
    assert len(bomb) < 50_000
    assert "unpacks to more than 200 times its size" in read("a.docx", bomb).error


def test_a_document_beyond_all_bounds_is_told(read: Read) -> None:
    """Also if it is packed badly, so that it does not look like a bomb."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as made:
        made.writestr("word/document.xml", b"<a>" + b"b" * MAX_UNPACKED_BYTES + b"</a>")
    assert "unpacks to more than 64 MB" in read("a.docx", packed.getvalue()).error


def test_a_packed_document(read: Read) -> None:
    """As files of other formats."""
    whole = (SAMPLES / "beschluss.docx").read_bytes()
    assert read("a.docx.gz", gzip.compress(whole)).article.id == "a"


def test_damaged_properties_cost_no_text(read: Read) -> None:
    """They are told, and the text is read."""
    broken = {"docProps/core.xml": "<a>", "word/styles.xml": "<b>", "word/footnotes.xml": "<c>"}
    outcome = read("a.docx", docx("<w:p><w:r><w:t>Der Text.</w:t></w:r></w:p>", broken))
    assert outcome.article.body == "Der Text."
    assert [each.severity for each in outcome.problems] == 3 * ["warning"]
    assert "docProps/core.xml is no XML" in str(outcome.problems[2])


def test_markup_that_is_none_is_told(read: Read) -> None:
    """With the part and the line."""
    error = read("a.docx", archive({"word/document.xml": "<a>\n<b></a>"})).error
    assert "word/document.xml is no XML in line 2" in error
    endless = "<a>" * 200_000
    assert "levels deep" in read("a.docx", archive({"word/document.xml": endless})).error
