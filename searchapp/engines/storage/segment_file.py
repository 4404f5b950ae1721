"""The one kind of file of an index: named streams of compressed blocks, and named arrays.

Everything in it has a checksum. A segment is such a file, and so are the columns of a generation.

Layout, little-endian:

- header, 16 bytes: magic, format version, CRC-32 of these two;
- blocks of the streams, in the order in which they became full, and arrays;
- directory: UTF-8 JSON, compressed;
- trailer, 24 bytes: where the directory stands, its length and CRC-32, CRC-32 of the trailer.

The file is written from its beginning to its end, so that its digest is made on the way.

A stream is a sequence of bytes, cut into blocks that are compressed one by one (Zstandard, with
its checksum of the content), so that any range is read by decompressing one or two of them.
Bytes of small numbers take about the bits of their entropy, and no byte is used unchecked.
Arrays are mapped as they are and checked when the file is opened; those that are only gone through
once are packed: compressed differences, byte by byte.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
import threading
import zlib
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, NamedTuple, NoReturn, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
import zstandard

from searchapp.errors import IndexDamaged, not_read
from searchapp.index_files import FileDigest
from searchapp.steps import step
from searchapp.translation import N_, Message

FORMAT_VERSION = 10
"""To be raised with every change of the layout of this file or of what its streams hold."""

BLOCK_BYTES = 8192
"""Of a stream, before compression. Larger blocks are hardly smaller together (0.5 % at 64 KiB
for postings), and a rare term costs the decompression of one block in each stream it is in."""

TEXT_STREAMS = frozenset(("stored",))
"""Text, which is compressed by a dictionary trained on some of it: a sixth smaller."""

_MAGIC = b"\x93searchC"
_HEADER = struct.Struct("<8sII")  # magic, version, CRC
_TRAILER = struct.Struct("<QQII")  # offset and length of the directory, its CRC, own CRC
_COMPRESSION_LEVEL = 3
_TEXT_LEVEL = 7
"""Of text, which is compressed once and copied since: a tenth smaller than by level 3, for 10
seconds of a gigabyte. Numbers hardly gain by it, and reading takes the same time."""
_REMEDY = N_("run: searchapp rebuild")

Array = npt.NDArray[Any]


class _ArrayPlace(NamedTuple):
    """Where an array is in the file. size: in bytes."""

    dtype: np.dtype[Any]
    length: int
    offset: int
    size: int
    is_packed: bool
    is_constant: bool


class _Block(NamedTuple):
    start: int  # in the stream, before compression
    offset: int  # in the file
    size: int  # in the file


class SegmentFileWriter:
    """Writes one file. Nothing can be read from it before `finish` has returned."""

    def __init__(self, path: Path, *, dictionary: bytes = b"") -> None:
        """Create the file, which must not exist. Raises OSError, as all methods do.

        dictionary: of Zstandard, by which TEXT_STREAMS are compressed; kept in the file.
        """
        self.path = path
        self._dictionary = dictionary
        self._file = path.open("xb")
        self._offset = 0
        self._sha256 = hashlib.sha256()
        self._write(_with_checksum(_HEADER, _MAGIC, FORMAT_VERSION))
        self._pending: dict[str, bytearray] = {}
        self._blocks: dict[str, list[_Block]] = {}
        self._sizes: dict[str, int] = {}
        self._arrays: dict[str, dict[str, Any]] = {}
        # The checksum is the reason why a flipped bit is an error and not a wrong answer.
        self._compressor = zstandard.ZstdCompressor(
            level=_COMPRESSION_LEVEL, write_checksum=True, write_content_size=False
        )
        self._text_compressor = zstandard.ZstdCompressor(
            level=_TEXT_LEVEL, write_checksum=True, write_content_size=False
        )
        if dictionary:
            loaded = zstandard.ZstdCompressionDict(dictionary)
            loaded.precompute_compress(level=_TEXT_LEVEL)
            self._text_compressor = zstandard.ZstdCompressor(
                dict_data=loaded,
                level=_TEXT_LEVEL,
                write_checksum=True,
                write_content_size=False,
                write_dict_id=False,
            )
            self.append(_DICTIONARY, dictionary)

    def append(self, stream: str, content: bytes | Array) -> None:
        """Add bytes, or the bytes of an array, to a stream."""
        data = content if isinstance(content, bytes) else _little_endian(content).tobytes()
        pending = self._pending.setdefault(stream, bytearray())
        pending += data
        if len(pending) >= BLOCK_BYTES:
            whole = len(pending) - len(pending) % BLOCK_BYTES
            for start in range(0, whole, BLOCK_BYTES):
                self._write_block(stream, bytes(pending[start : start + BLOCK_BYTES]))
            del pending[:whole]

    def _write_block(self, stream: str, content: bytes) -> None:
        is_text = stream in TEXT_STREAMS
        compressor = self._text_compressor if is_text else self._compressor
        compressed = compressor.compress(content)
        start = self._sizes.get(stream, 0)
        self._add_block(stream, _Block(start, self._offset, len(compressed)), len(content))
        self._write(compressed)

    def _add_block(self, stream: str, block: _Block, content_size: int) -> None:
        self._blocks.setdefault(stream, []).append(block)
        self._sizes[stream] = block.start + content_size

    def _write(self, content: bytes | memoryview) -> None:
        self._file.write(content)
        self._sha256.update(content)
        self._offset += len(content)

    def copy(self, other: SegmentFile, streams: Iterable[str]) -> None:
        """Append streams of another file to those of the same names, block by block as they are.

        Raises IndexDamaged if a block does not hold what its checksum says.
        """
        for name in streams:
            if name in TEXT_STREAMS and other.dictionary_bytes != self._dictionary:
                self._append_stream(other.stream(name), name)
                continue
            self._close_block(name)
            for content_size, compressed in other.blocks(name):
                start = self._sizes.get(name, 0)
                self._add_block(name, _Block(start, self._offset, len(compressed)), content_size)
                self._write(compressed)

    def _append_stream(self, stream: Stream, name: str) -> None:
        for start in range(0, stream.size, 64 * BLOCK_BYTES):
            self.append(name, stream.read(start, min(stream.size, start + 64 * BLOCK_BYTES)))
        self.append(name, b"")

    def _close_block(self, stream: str) -> None:
        pending = self._pending.pop(stream, None)
        if pending:
            self._write_block(stream, bytes(pending))
        self._sizes.setdefault(stream, 0)

    def array(self, name: str, values: Array) -> None:
        """Add an array of one dimension under a name that was not used before.

        Of one whose numbers are all the same only one is kept.
        """
        values = _little_endian(values)
        self._write(bytes(-self._offset % 8))  # aligned, as NumPy likes it
        if len(values) > 1 and (values == values[0]).all():
            self._add_array(name, values, values[:1].tobytes(), {"is_constant": True})
            return
        self._add_array(name, values, values.tobytes(), {})

    def packed_array(self, name: str, values: Array) -> None:
        """The same for whole numbers that are only gone through once: they take less in the file,
        and memory when they are read."""
        gaps = np.diff(values.astype("<i8"), prepend=0)
        planes = gaps.view(np.uint8).reshape(-1, 8).T.tobytes()
        compressed = self._compressor.compress(planes)
        self._add_array(name, _little_endian(values), compressed, {"packed": len(compressed)})

    def _add_array(self, name: str, values: Array, data: bytes, entry: dict[str, Any]) -> None:
        assert name not in self._arrays
        self._arrays[name] = entry | {
            "dtype": values.dtype.str,
            "count": len(values),
            "offset": self._offset,
            "crc32": zlib.crc32(data),
        }
        self._write(data)

    def finish(self, properties: Mapping[str, Any]) -> FileDigest:
        """Write the directory and close the file. properties: JSON for readers.

        Returns the digest of the whole file. Most files are only steps to another one: who keeps
        this one has it written to the disk, with `sync_file`.
        """
        step("index file filled")
        for stream in list(self._pending):
            self._close_block(stream)
        for name, size in self._sizes.items():
            blocks = np.asarray(self._blocks.get(name, []), dtype=np.int64).reshape(-1, 3)
            self.packed_array(_BLOCK_TABLE + name, blocks.T.reshape(-1))
            self._arrays[_BLOCK_TABLE + name]["stream_size"] = size
        directory = json.dumps({"arrays": self._arrays, "properties": dict(properties)})
        data = zstandard.compress(directory.encode("utf-8"), _COMPRESSION_LEVEL)
        offset = self._offset
        self._write(data)
        self._write(_with_checksum(_TRAILER, offset, len(data), zlib.crc32(data)))
        self._file.flush()
        self._file.close()
        step("index file written")
        return FileDigest(self._offset, self._sha256.hexdigest())

    def __enter__(self) -> Self:
        """Begin a block that ends with `finish`, or with `abort` where an exception leaves it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """See `__enter__`."""
        if kind is not None:
            self.abort()

    def abort(self) -> None:
        """Close the file and delete it; nothing happens after `finish`."""
        if not self._file.closed:
            self._file.close()
            self.path.unlink(missing_ok=True)


_BLOCK_TABLE = "blocks of "
_DICTIONARY = "dictionary"


def _with_checksum(layout: struct.Struct, *values: object) -> bytes:
    """A header or trailer, its last number the CRC-32 of what is before it."""
    packed = layout.pack(*values, 0)[:-4]
    return packed + struct.pack("<I", zlib.crc32(packed))


def _little_endian(values: Array) -> Array:
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))


class BlockCache:
    """What was read of some files: decompressed blocks, and objects made of them.

    The least recently used are forgotten first. Safe for use by several threads.
    """

    def __init__(self, block_bytes: int, postings_bytes: int = 0) -> None:
        """What the blocks may take, and what the decoded postings."""
        self.read = lru_cache(maxsize=max(16, block_bytes // BLOCK_BYTES))(_read_block)
        self.postings: SizedCache[Any] = SizedCache(postings_bytes)

    def clear(self) -> None:
        """Forget all of it, and with it the files it is of."""
        self.read.cache_clear()
        self.postings.clear()


class Sized(Protocol):
    """Something that knows what it takes in memory."""

    @property
    def size_bytes(self) -> int:
        """About."""


Kept = TypeVar("Kept", bound=Sized)


class SizedCache(Generic[Kept]):
    """Objects up to a number of bytes. Safe for use by several threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all objects."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def peek(self, key: Hashable) -> Kept | None:
        """What is kept under this key."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under this key, or what `make` makes now."""
        found = self.peek(key)
        if found is not None:
            return found
        made = make()
        size = made.size_bytes
        with self._lock:
            # A quarter: one very long list must not push out all others.
            if key not in self._kept and size <= self._max_bytes // 4:
                self._kept[key] = made, size
                self._bytes += size
                while self._bytes > self._max_bytes:
                    self._bytes -= self._kept.popitem(last=False)[1][1]
        return made


class SegmentFile:
    """A finished file, mapped into memory. Safe for use by several threads."""

    def __init__(self, path: Path, cache: BlockCache) -> None:
        """Open a file, and check all of it but the blocks. Raises IndexDamaged."""
        self.path = path
        self.cache = cache
        self._read = cache.read
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # It is empty.
            self.damaged(N_("it cannot be opened: %(error)s", error=error))
        except OSError as error:
            raise not_read(error, N_("the file"), where=path, remedy=_REMEDY) from error
        try:
            self._open()
        except IndexDamaged:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            # The directory has the checksum that was written: another program wrote it.
            self.damaged(N_("its directory is not understood: %(error)r", error=error))

    def _open(self) -> None:
        size = len(self._map)
        if size < _HEADER.size + _TRAILER.size:
            self.damaged(N_("it is cut short"))
        header, trailer = self._map[: _HEADER.size], self._map[-_TRAILER.size :]
        magic, version, header_crc = _HEADER.unpack(header)
        if magic != _MAGIC:
            self.damaged(N_("it is of another kind"))
        if zlib.crc32(header[:-4]) != header_crc:
            self.damaged(N_("its header was altered"))
        if version != FORMAT_VERSION:
            self.damaged(
                N_(
                    "it has format %(version)s, and this program reads %(format_version)s",
                    version=version,
                    format_version=FORMAT_VERSION,
                )
            )
        offset, length, crc, trailer_crc = _TRAILER.unpack(trailer)
        if zlib.crc32(trailer[:-4]) != trailer_crc:
            self.damaged(N_("it was cut short, or its trailer was altered"))
        if offset + length + _TRAILER.size != size:
            self.damaged(
                N_(
                    "it has %(size)s bytes instead of %(offset)s",
                    size=size,
                    offset=offset + length + _TRAILER.size,
                )
            )
        data = self._map[offset : offset + length]
        if zlib.crc32(data) != crc:
            self.damaged(N_("its directory was altered"))
        self.checksum: int = crc  # of all that is checked here, and of where the blocks are
        directory = json.loads(zstandard.decompress(data))
        self.properties: Mapping[str, Any] = directory["properties"]
        self._arrays: dict[str, _ArrayPlace] = {}
        self.streams: dict[str, Stream] = {}
        for name, entry in directory["arrays"].items():
            dtype, count, offset = np.dtype(entry["dtype"]), entry["count"], entry["offset"]
            is_constant = entry.get("is_constant", False)
            size = entry.get("packed", dtype.itemsize * (1 if is_constant else count))
            with memoryview(self._map) as view:
                crc = zlib.crc32(view[offset : offset + size])
            if crc != entry["crc32"]:
                self.damaged(N_("its array %(name)r was altered", name=name))
            self._arrays[name] = _ArrayPlace(
                dtype, count, offset, size, "packed" in entry, is_constant
            )
            if name.startswith(_BLOCK_TABLE):
                stream = name.removeprefix(_BLOCK_TABLE)
                is_text = stream in TEXT_STREAMS
                self.streams[stream] = Stream(self, name, entry["stream_size"], is_text=is_text)

    def array(self, name: str) -> Array:
        """A mapped array, or a packed one in memory. Raises IndexDamaged if there is none of this
        name."""
        place = self._arrays.get(name)
        if place is None:
            self.damaged(N_("it has no array %(name)r", name=name))
        dtype, count, offset, size, is_packed, is_constant = place
        if is_constant:
            return np.broadcast_to(np.frombuffer(self._map, dtype, 1, offset), count)
        if not is_packed or not count:
            return np.frombuffer(self._map, dtype, count, offset)
        try:
            planes = zstandard.ZstdDecompressor().decompress(
                self.compressed(offset, size), max_output_size=8 * count
            )
            gaps = np.frombuffer(planes, np.uint8).reshape(8, count).T
        except (zstandard.ZstdError, ValueError) as error:
            self.damaged(
                N_("the array %(name)r is not understood (%(error)s)", name=name, error=error)
            )
        values: Array = np.cumsum(np.ascontiguousarray(gaps).view("<i8").reshape(-1)).astype(dtype)
        return values

    def stream(self, name: str) -> Stream:
        """A stream. Raises IndexDamaged if there is none of this name."""
        try:
            return self.streams[name]
        except KeyError:
            self.damaged(N_("it has no stream %(name)r", name=name))

    @cached_property
    def dictionary_bytes(self) -> bytes:
        """What the file's text was compressed by, b"" for nothing. Raises IndexDamaged."""
        stream = self.streams.get(_DICTIONARY)
        return b"" if stream is None else stream.read(0, stream.size)

    @cached_property
    def dictionary(self) -> zstandard.ZstdCompressionDict | None:
        """The same for the decompressor, None for nothing. Raises IndexDamaged."""
        content = self.dictionary_bytes
        return zstandard.ZstdCompressionDict(content) if content else None

    def block(self, offset: int, size: int, content_size: int, is_text: bool) -> bytes:
        """The content of a block, from memory if it was read before. Raises IndexDamaged."""
        return self._read(self, offset, size, content_size, is_text)

    def blocks(self, stream: str) -> Iterator[tuple[int, bytes]]:
        """Each block of a stream, checked: the size of its content, and its bytes."""
        for offset, size, content_size, is_text in self.stream(stream).blocks():
            _read_block(self, offset, size, content_size, is_text)
            yield content_size, self.compressed(offset, size)

    def verify(self) -> None:
        """Read all blocks. Raises IndexDamaged if any is not as it was written."""
        for name in self.streams:
            for _ in self.blocks(name):
                pass

    def let_go(self) -> None:
        """Take no memory for what was read so far; it is read again if it is asked for."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def damaged(self, what: Message) -> NoReturn:
        """Raise IndexDamaged for this file."""
        raise IndexDamaged(
            N_("the file is damaged: %(what)s", what=what),
            where=str(self.path),
            remedy=_REMEDY,
        )

    def compressed(self, offset: int, size: int) -> bytes:
        """Bytes of the file."""
        return self._map[offset : offset + size]


_decompressors = threading.local()
"""Of each thread: a decompressor cannot be used by two at once."""


def _decompressor(file: SegmentFile, is_text: bool) -> zstandard.ZstdDecompressor:
    dictionary = file.dictionary if is_text else None
    name = "plain" if dictionary is None else "of_text"
    latest, decompressor = getattr(_decompressors, name, (None, None))
    if decompressor is None or latest is not dictionary:
        decompressor = zstandard.ZstdDecompressor(dict_data=dictionary)
        setattr(_decompressors, name, (dictionary, decompressor))
    return decompressor


def _read_block(
    file: SegmentFile, offset: int, size: int, content_size: int, is_text: bool
) -> bytes:
    decompressor = _decompressor(file, is_text)
    try:
        content: bytes = decompressor.decompress(
            file.compressed(offset, size), max_output_size=content_size
        )
    except zstandard.ZstdError as error:
        file.damaged(
            N_("a block at byte %(offset)s was altered (%(error)s)", offset=offset, error=error)
        )
    if len(content) != content_size:
        file.damaged(N_("a block at byte %(offset)s was altered", offset=offset))
    return content


class Stream:
    """A sequence of bytes of a segment's file."""

    def __init__(self, file: SegmentFile, block_table: str, size: int, *, is_text: bool) -> None:
        """block_table: the name of the array that says where its blocks are."""
        self._file = file
        self._block_table = block_table
        self._is_text = is_text
        self.size = size

    @cached_property
    def _places(self) -> tuple[array[int], array[int], array[int]]:
        """Of each block where its content starts, and of the end where it ends; where the block is
        in the file, and its size there. An index has 50,000, of which all are soon asked for."""
        starts, offsets, sizes = self._file.array(self._block_table).reshape(3, -1)
        ends = array("q", starts.tobytes())
        ends.append(self.size)
        return ends, array("q", offsets.tobytes()), array("q", sizes.tobytes())

    def blocks(self) -> Iterator[tuple[int, int, int, bool]]:
        """Where each block is in the file, its size there, the size of its content, and whether
        it is text."""
        starts, offsets, sizes = self._places
        for place, (start, end) in enumerate(pairwise(starts)):
            yield offsets[place], sizes[place], end - start, self._is_text

    def read(self, start: int, stop: int) -> bytes:
        """The bytes [start, stop). Raises IndexDamaged."""
        if start >= stop:
            return b""
        if stop > self.size:
            self._file.damaged(
                N_("a stream of %(size)s bytes should have %(stop)s", size=self.size, stop=stop)
            )
        starts, offsets, sizes = self._places
        read, is_text = self._file.block, self._is_text
        place = bisect_right(starts, start, 0, len(sizes)) - 1
        base, end = starts[place], starts[place + 1]
        content = read(offsets[place], sizes[place], end - base, is_text)
        if stop <= end:
            return content[start - base : stop - base]
        pieces = [content[start - base :]]
        while end < stop:
            place += 1
            base, end = end, starts[place + 1]
            pieces.append(read(offsets[place], sizes[place], end - base, is_text))
        pieces[-1] = pieces[-1][: stop - base]
        return b"".join(pieces)

    def pieces(self, ranges: Sequence[tuple[int, int]]) -> bytes:
        """The bytes of some ranges [start, stop), one after the other. Raises IndexDamaged."""
        if len(ranges) == 1:
            return self.read(*ranges[0])
        starts, offsets, sizes = self._places
        pieces = []
        content, base, end = b"", 0, 0  # of the block that was read last: many are in one
        for start, stop in ranges:
            if start < base or stop > end:
                place = bisect_right(starts, start, 0, len(sizes)) - 1
                if start >= stop or stop > starts[place + 1]:
                    pieces.append(self.read(start, stop))
                    continue
                base, end = starts[place], starts[place + 1]
                content = self._file.block(offsets[place], sizes[place], end - base, self._is_text)
            pieces.append(content[start - base : stop - base])
        return b"".join(pieces)

    def values(self, dtype: npt.DTypeLike, start: int, stop: int) -> Array:
        """Numbers [start, stop) of a stream of numbers, read-only. Raises IndexDamaged."""
        size = np.dtype(dtype).itemsize
        return np.frombuffer(self.read(start * size, stop * size), dtype=dtype)
