"""Decodes article files: as a whole, by lines, or by chunks, with bounded memory.

UTF-8 is expected, with or without a byte order mark; UTF-16 and UTF-32 are recognized by theirs.
Any other encoding is detected once for each file, and reported.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

import webencodings

from searchapp.corpus.files import DAMAGED_FILE_ERRORS, ArticleFile
from searchapp.translation import N_, Number

MAX_RECORD_BYTES = 64 * 2**20
"""The size of the largest article that is read, in unpacked bytes: it bounds memory."""

MAX_EMPTY_LINES = 100_000
"""Empty lines in succession until a file is given up: no text has so many, a bomb has nothing
else."""

_CHUNK_BYTES = 2**16
_SAMPLE_BYTES = 2**15
_TOO_LARGE = N_("is larger than %(megabytes)s MB", megabytes=MAX_RECORD_BYTES // 2**20)

# The longer marks first: the one of UTF-32 begins with the one of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The encodings of German text before UTF-8, the most frequent first.
_LEGACY_ENCODINGS = ("cp1252", "cp850", "mac_roman")
# What German text has of characters beyond ASCII, each where it has it: umlauts in words tell most.
# In a wrong encoding these bytes are other signs, or stand in the wrong place ("Z„hne", "schˆn").
_GERMAN_LETTER = re.compile(r"(?<=[A-Za-z])[äöüß]|[äöü](?=[a-z])|[ÄÖÜ](?=[A-Za-z])")
_GERMAN_SIGN = re.compile(
    r"(?<=[A-Za-z])[éèêáàçñ]"
    r"|(?<![A-Za-z])[„‚»«›‹](?=\w)|(?<=[\w.,!?])[“”‘»«›‹](?!\w)|(?<=\w)’|(?<= )[–—•](?= )"
    r"|(?<=\w)–(?=\w)|…|§(?= ?\d)|(?<=\d)(?: ?€|[°²³])"
)
# Files of DOS may declare what no browser knows.
_DOS_ENCODINGS = {f"{prefix}{page}": f"cp{page}" for prefix in ("ibm", "cp") for page in (437, 850)}
# What the standard of browsers has instead of encodings that are dangerous, or of none.
_NO_ENCODINGS = ("replacement", "x-user-defined")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))


def read_text(
    file: ArticleFile, *, declared: re.Pattern[bytes] | None = None, stated: str | None = None
) -> str | None:
    """The whole text of a file, or None after reporting why it cannot be read.

    declared: a pattern whose group 1 is the name of the encoding that the file declares.
    stated: the name that its server stated, which comes first.
    """
    try:
        with file.open() as stream:
            raw = stream.read(MAX_RECORD_BYTES + 1)
    except DAMAGED_FILE_ERRORS as cause:
        file.error_from(cause)
        return None
    if len(raw) > MAX_RECORD_BYTES:
        file.error(_TOO_LARGE, N_("cut it into several articles"))
        return None
    if not raw.strip():
        file.error(N_("is empty"), N_("write an article into it or take it out"))
        return None
    if wide := _wide_encoding(raw):
        return raw.decode(wide, "replace").removeprefix("\ufeff")
    if _is_binary(raw):
        _report_binary(file)
        return None
    encoding = (stated and _known_encoding(stated)) or _declared_encoding(raw, declared)
    return _Decoder(file, encoding).decode(raw, 1).removeprefix("\ufeff")


def read_lines(file: ArticleFile) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file, from 1, each with its line end.

    Lines beyond MAX_RECORD_BYTES are reported and left out. Reading ends with a report where
    the file is damaged or cut short, and after MAX_EMPTY_LINES.
    """
    line_number = empty_lines = 0
    for line_number, line in _decoded_lines(file):
        empty_lines = empty_lines + 1 if line.isspace() else 0
        if empty_lines > MAX_EMPTY_LINES:
            file.error(
                N_(
                    "has more than %(max_empty_lines)s empty lines in a row",
                    max_empty_lines=Number(MAX_EMPTY_LINES),
                ),
                N_("take them out; what follows is left out"),
                line=line_number,
            )
            return
        file.begin_record(line_number)
        yield line_number, line


def _decoded_lines(file: ArticleFile) -> Iterator[tuple[int, str]]:
    line_number = 0
    try:
        with file.open() as stream:
            head = stream.peek(_CHUNK_BYTES)
            if not head:
                file.error(N_("is empty"), N_("write articles into it or take it out"))
                return
            if wide := _wide_encoding(head):
                text_stream = io.TextIOWrapper(stream, wide, errors="replace", newline="\n")
                while line := text_stream.readline(MAX_RECORD_BYTES):
                    line_number += 1
                    yield line_number, line.removeprefix("\ufeff") if line_number == 1 else line
                return
            if _is_binary(head):
                _report_binary(file)
                return
            decoder = _Decoder(file)
            while raw := stream.readline(MAX_RECORD_BYTES + 1):
                line_number += 1
                if len(raw) > MAX_RECORD_BYTES:
                    file.error(_TOO_LARGE, N_("cut it into several articles"), line=line_number)
                    while raw and not raw.endswith(b"\n"):
                        raw = stream.readline(_CHUNK_BYTES)
                    continue
                line = decoder.decode(raw, line_number)
                yield line_number, line.removeprefix("\ufeff") if line_number == 1 else line
    except DAMAGED_FILE_ERRORS as cause:
        file.error_from(cause, line=line_number + 1)


def read_chunks(file: ArticleFile, *, declared: re.Pattern[bytes] | None = None) -> Iterator[str]:
    """The text of a file in pieces of some 64 kB, for parsers that are fed.

    Ends with a report where the file is damaged or cut short. `declared`: as in `read_text`.
    """
    line_number = 1
    try:
        with file.open() as stream:
            head = stream.peek(_CHUNK_BYTES)
            if not head:
                file.error(N_("is empty"), N_("write articles into it or take it out"))
                return
            if wide := _wide_encoding(head):
                text_stream = io.TextIOWrapper(stream, wide, errors="replace", newline="")
                while chunk := text_stream.read(_CHUNK_BYTES):
                    yield chunk
                return
            if _is_binary(head):
                _report_binary(file)
                return
            decoder = _Decoder(file, _declared_encoding(head, declared))
            while raw := stream.read(_CHUNK_BYTES):
                # Cut after an ASCII byte, so that no character is torn apart.
                while raw[-1] >= 0x80 and (more := stream.read(1)):
                    raw += more
                yield decoder.decode(raw, line_number)
                line_number += raw.count(b"\n")
    except DAMAGED_FILE_ERRORS as cause:
        file.error_from(cause, line=line_number)


class _Decoder:
    """Decodes the pieces of one file: as UTF-8, or where that fails in another encoding.

    The other encoding is the one that the file declares, else it is detected in the first piece
    that is not UTF-8. It is reported once.
    """

    def __init__(self, file: ArticleFile, declared: str | None = None) -> None:
        self._file = file
        self._declared = declared
        self._fallback: str | None = None

    def decode(self, raw: bytes, line_number: int) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as cause:
            if self._fallback is None:
                start = max(0, cause.start - _SAMPLE_BYTES // 2)
                sample = raw[start : start + _SAMPLE_BYTES]
                self._fallback = self._declared or _detect(sample)
                self._file.warn(
                    N_("is not UTF-8, read as %(fallback)s", fallback=self._fallback),
                    N_("look whether its umlauts are right, and save it as UTF-8"),
                    line=line_number + raw.count(b"\n", 0, cause.start),
                )
            return raw.decode(self._fallback, "replace")


def _detect(sample: bytes) -> str:
    """The legacy encoding in which a text is most like German; in doubt the most frequent one."""

    def likeness(encoding: str) -> int:
        text = sample.decode(encoding, "replace")
        return 2 * len(_GERMAN_LETTER.findall(text)) + len(_GERMAN_SIGN.findall(text))

    return max(_LEGACY_ENCODINGS, key=likeness)


def _declared_encoding(raw: bytes, pattern: re.Pattern[bytes] | None) -> str | None:
    """The encoding that the file names, or None if that is UTF-8, unknown or not for text."""
    match = pattern.search(raw, 0, 4096) if pattern else None
    return _known_encoding(match[1].decode("ascii", "replace")) if match else None


def _known_encoding(label: str) -> str | None:
    """The encoding of a name, or None if that is UTF-8, unknown or not for text."""
    # The names that browsers know, and not those of Python, of which some are no encodings of text
    # ("idna"). Pages that claim Latin-1 are written in its superset, which is what it means here.
    encoding = webencodings.lookup(label)
    if encoding is None:
        return _DOS_ENCODINGS.get(label.lower())
    name: str = encoding.codec_info.name
    return None if name.startswith("utf") or name in _NO_ENCODINGS else name


def _wide_encoding(raw: bytes) -> str | None:
    """UTF-16 or UTF-32, if the bytes begin with its mark."""
    return next((name for mark, name in _BYTE_ORDER_MARKS if raw.startswith(mark)), None)


def _is_binary(raw: bytes) -> bool:
    """Whether more than one byte in a hundred is a control character that no text has."""
    sample = raw[:_CHUNK_BYTES]
    return len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) / 100


def _report_binary(file: ArticleFile) -> None:
    file.error(N_("is not a text file"), N_("take it out, or save it as text in UTF-8"))
