"""Opens documents that are ZIP archives of XML files: .docx, .odt and .epub.

Archives from strangers are hostile. Only the parts that are asked for are unpacked, and what they
unpack to is bounded in bytes and against their packed size. Names are looked up in the archive
and never in the file system.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from searchapp.corpus.encoding import MAX_RECORD_BYTES
from searchapp.corpus.files import DAMAGED_FILE_ERRORS, ArticleFile
from searchapp.corpus.records import article_from_record
from searchapp.model import Article
from searchapp.translation import N_, Message

MAX_UNPACKED_BYTES = MAX_RECORD_BYTES
"""All parts together that are read of one document. The Bible in XML takes 20 MB."""

MAX_RATIO = 200
"""XML of documents is packed to a tenth, that of large tables to a hundredth."""

MAX_PARTS = 50_000

_SMALL_BYTES = 2**21
"""Below that nobody minds the ratio."""

_CHUNK_BYTES = 2**16
_OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 1


class Unreadable(Exception):
    """Why a document cannot be read, and what to do about it: for `ArticleFile.error`."""

    def __init__(self, what: Message, remedy: Message) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


class Package:
    """An open archive; counts what is unpacked of it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left_bytes = MAX_UNPACKED_BYTES
        self._parts = {info.filename: info for info in archive.infolist()[:MAX_PARTS]}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, or nothing if there is none. Raises Unreadable."""
        info = self._parts.get(name)
        if info is None:
            return
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise Unreadable(N_("is encrypted with a password"), N_("save it without one"))
        unpacked_bytes = 0
        try:
            with self._archive.open(info) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    unpacked_bytes += len(chunk)
                    self._left_bytes -= len(chunk)
                    if self._left_bytes < 0:
                        raise Unreadable(
                            N_(
                                "unpacks to more than %(max_unpacked_bytes)s MB of text",
                                max_unpacked_bytes=MAX_UNPACKED_BYTES // 2**20,
                            ),
                            N_("cut it into several documents"),
                        )
                    if unpacked_bytes > max(_SMALL_BYTES, MAX_RATIO * info.compress_size):
                        raise Unreadable(
                            N_(
                                "unpacks to more than %(max_ratio)s times its size, as bombs do",
                                max_ratio=MAX_RATIO,
                            ),
                            N_("take it out"),
                        )
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as cause:
            raise Unreadable(
                N_(
                    "is damaged: its part %(printable)s cannot be unpacked",
                    printable=printable(name),
                ),
                N_("save it anew"),
            ) from cause

    def read(self, name: str) -> bytes:
        """All bytes of a part, b"" if there is none. Raises Unreadable."""
        return b"".join(self.chunks(name))


def printable(name: str) -> str:
    """The name of a part as reports show it."""
    return "".join(char if char.isprintable() else "�" for char in name[:80])


@contextmanager
def open_package(file: ArticleFile, kind: str) -> Iterator[Package]:
    """The archive that a file is.

    kind: what it should be, as "a Word document".
    Raises Unreadable, or one of DAMAGED_FILE_ERRORS.
    """
    with file.open() as stream:
        _check_head(stream.peek(_CHUNK_BYTES)[:_CHUNK_BYTES], kind)
        try:
            archive = zipfile.ZipFile(seekable(file, stream))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeError) as cause:
            raise Unreadable(
                N_("is damaged or cut short: its archive has no end"), N_("copy or save it anew")
            ) from cause
        with archive:
            yield Package(archive)


def seekable(file: ArticleFile, stream: io.BufferedReader) -> BinaryIO:
    """The bytes of a file that has just been opened, for a library that jumps about in them.

    Raises Unreadable if it is packed and large, or one of DAMAGED_FILE_ERRORS.
    """
    if not file.is_packed:
        return cast(BinaryIO, stream)
    # In a packed file each jump back would unpack it again.
    unpacked = stream.read(MAX_RECORD_BYTES + 1)
    if len(unpacked) > MAX_RECORD_BYTES:
        raise Unreadable(
            N_("unpacks to more than %(megabytes)s MB", megabytes=MAX_RECORD_BYTES // 2**20),
            N_("unpack it"),
        )
    return io.BytesIO(unpacked)


def report_unreadable(file: ArticleFile, cause: BaseException) -> None:
    """Report Unreadable, or one of DAMAGED_FILE_ERRORS."""
    if isinstance(cause, Unreadable):
        file.error(cause.what, cause.remedy)
    else:
        file.error_from(cause)


UNREADABLE_ERRORS = (Unreadable, *DAMAGED_FILE_ERRORS)
"""What reading a package raises, for `report_unreadable`."""


def read_package(
    file: ArticleFile, kind: str, record: Callable[[Package, ArticleFile], dict[str, object]]
) -> Iterator[Article]:
    """The one article of a document, or none after reporting why not.

    kind: as in `open_package`. record: its values, as `article_from_record` knows them; may raise
        UNREADABLE_ERRORS.
    """
    try:
        with open_package(file, kind) as package:
            values = record(package, file)
    except UNREADABLE_ERRORS as cause:
        report_unreadable(file, cause)
        return
    article = article_from_record(values, file, fallback_id=file.stem)
    if article is not None:
        yield article


def _check_head(head: bytes, kind: str) -> None:
    """Raise Unreadable if a file does not begin as an archive does, with what it is instead."""
    if not head:
        raise Unreadable(N_("is empty"), N_("take it out"))
    if head.startswith(b"PK"):
        return
    if head.startswith(_OLE_HEADER):
        if _ENCRYPTED_PACKAGE in head:
            raise Unreadable(N_("is encrypted with a password"), N_("save it without one"))
        # The name of what is encrypted may stand further behind.
        what = N_("is a file of Word before 2007 (.doc), or encrypted")
        raise Unreadable(what, N_("save it as .docx, without a password"))
    if head.startswith(b"{\\rtf"):
        raise Unreadable(N_("is an RTF file"), N_("save it as .docx or .odt"))
    raise Unreadable(
        N_("is not %(kind)s", kind=kind), N_("name it after what it is, or take it out")
    )
