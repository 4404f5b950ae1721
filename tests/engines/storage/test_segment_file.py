"""A segment's file gives back streams and arrays, and notices any damage."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.engines.storage.segment_file import (
    BLOCK_BYTES,
    FORMAT_VERSION,
    BlockCache,
    SegmentFile,
    SegmentFileWriter,
)
from searchapp.errors import IndexDamaged

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(path: Path) -> SegmentFile:
    """The file, with a cache of its own."""
    return SegmentFile(path, BlockCache(1 << 20))


def written(path: Path, streams: dict[str, bytes], **arrays: Any) -> SegmentFile:
    """A file with some streams and arrays, opened."""
    path.unlink(missing_ok=True)
    writer = SegmentFileWriter(path)
    for name, content in streams.items():
        writer.append(name, content)
    for name, values in arrays.items():
        writer.array(name, np.asarray(values))
    writer.finish({"name": "ü"})
    return opened(path)


def noise(size: int) -> bytes:
    """Bytes that do not compress."""
    return random.Random(size).randbytes(size)


@in_one_folder
@given(
    portions=st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from([0, 1, 100, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 7]),
        ),
        max_size=12,
    ),
    data=st.data(),
)
def test_any_stretch_of_a_stream_is_read(
    tmp_path: Path, portions: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Whatever the portions in which streams were written in turn."""
    path = tmp_path / "segment"
    path.unlink(missing_ok=True)
    writer, expected = SegmentFileWriter(path), dict.fromkeys("abc", b"")
    for name in "abc":
        writer.append(name, b"")
    for name, size in portions:
        writer.append(name, noise(size))
        expected[name] += noise(size)
    writer.finish({})
    file = opened(path)
    for name, content in expected.items():
        stream = file.stream(name)
        assert stream.size == len(content)
        start = data.draw(st.integers(0, len(content)))
        stop = data.draw(st.integers(start, len(content)))
        assert stream.read(start, stop) == content[start:stop]
        assert stream.read(0, len(content)) == content
        some = [(start, stop), (0, min(5, stop)), (start, min(start + 9, stop)), (stop, stop)]
        expected_pieces = b"".join(content[first:last] for first, last in some)
        assert stream.pieces(some) == expected_pieces
        with pytest.raises(IndexDamaged):
            stream.pieces([*some, (start, len(content) + 1)])
    file.verify()


@pytest.mark.parametrize("dtype", ["u1", "<u4", ">i8", "<f4", "?"])
def test_arrays_keep_their_values(tmp_path: Path, dtype: str) -> None:
    """Little-endian in the file, of any length."""
    values = np.arange(1000).astype(dtype)
    same = np.repeat(values[7:8], 9)
    file = written(tmp_path / "a", {}, some=values, none=values[:0], same=same)
    assert file.array("some").tolist() == values.tolist()
    assert file.array("none").tolist() == []
    assert file.array("same").tolist() == same.tolist()
    assert file.properties == {"name": "ü"}


@given(st.lists(st.integers(-(2**62), 2**62)), st.lists(st.integers(0, 255), max_size=9))
@in_one_folder
def test_packed_arrays_keep_their_values(
    tmp_path: Path, numbers: list[int], small: list[int]
) -> None:
    """And their types."""
    path = tmp_path / "packed"
    path.unlink(missing_ok=True)
    with SegmentFileWriter(path) as writer:
        writer.packed_array("numbers", np.asarray(numbers, dtype=np.int64))
        writer.packed_array("small", np.asarray(small, dtype=np.uint8))
        writer.finish({})
    file = opened(path)
    assert file.array("numbers").tolist() == numbers
    assert file.array("small").tolist() == small
    assert file.array("small").dtype == np.uint8


def test_arrays_and_stretches_cannot_be_written_to(tmp_path: Path) -> None:
    """They may be shared with the file and with other threads."""
    file = written(tmp_path / "a", {"s": bytes(8)}, some=[1, 2])
    for values in (file.array("some"), file.stream("s").values(np.uint8, 0, 8)):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


def test_what_was_let_go_is_read_again(tmp_path: Path) -> None:
    """From the disk, also when the file has been deleted since."""
    content = noise(5 * BLOCK_BYTES)
    file = written(tmp_path / "file", {"a": content}, numbers=np.arange(5000))
    numbers = file.array("numbers")
    file.cache.clear()
    file.path.unlink()
    for _ in range(2):
        file.let_go()
        assert file.stream("a").read(0, len(content)) == content
        assert numbers.tolist() == list(range(5000))


def test_streams_are_copied_block_by_block(tmp_path: Path) -> None:
    """Before and after what is written otherwise."""
    content = noise(3 * BLOCK_BYTES + 5)
    first = written(tmp_path / "first", {"s": content, "t": b"t"})
    writer = SegmentFileWriter(tmp_path / "second")
    writer.append("s", b"before")
    writer.copy(first, ["s", "t"])
    writer.copy(first, ["s"])
    writer.append("s", b"after")
    writer.finish({})
    second = opened(tmp_path / "second")
    stream = second.stream("s")
    assert stream.read(0, stream.size) == b"before" + content + content + b"after"
    assert second.stream("t").read(0, 1) == b"t"


def test_what_is_not_there_is_damage(tmp_path: Path) -> None:
    """Names and stretches that another program's file may lack."""
    file = written(tmp_path / "a", {"s": b"abc"})
    for ask in (
        lambda: file.array("x"),
        lambda: file.stream("x"),
        lambda: file.stream("s").read(0, 4),
    ):
        with pytest.raises(IndexDamaged) as caught:
            ask()
        assert caught.value.where == str(tmp_path / "a")


def test_every_damaged_byte_is_found(tmp_path: Path) -> None:
    """Flipped or cut: an error, at opening or when all is read, or nothing is changed."""
    path = tmp_path / "a"
    streams = {"s": b"some text " * 2000, "noise": noise(9000)}
    file = written(path, streams, some=np.arange(50, dtype=np.uint32))
    content = path.read_bytes()
    del file
    chosen = random.Random(5)
    noticed = 0
    tries = 6 * settings().max_examples
    for number in range(tries):
        place = chosen.randrange(len(content))
        damaged = bytearray(content)
        damaged[place] ^= 1 << chosen.randrange(8)
        path.unlink()
        path.write_bytes(damaged if number % 3 else content[:place])
        try:
            file = opened(path)
            file.verify()
        except IndexDamaged as error:
            noticed += str(path) in str(error)
            continue
        for name, expected in streams.items():
            assert file.stream(name).read(0, len(expected)) == expected
        assert file.array("some").tolist() == list(range(50))
    assert noticed > 0.98 * tries


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    """With both versions; also an empty file, a folder and a file of another kind."""
    for name, content in {"empty": b"", "text": b"hello " * 100}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(IndexDamaged, match=name):
            opened(tmp_path / name)
    with pytest.raises(IndexDamaged, match="cannot be read"):
        opened(tmp_path)
    assert FORMAT_VERSION > 0


def test_an_aborted_file_is_deleted(tmp_path: Path) -> None:
    """A finished one is not."""
    writer = SegmentFileWriter(tmp_path / "a")
    writer.append("s", b"x")
    writer.abort()
    assert not list(tmp_path.iterdir())
    written(tmp_path / "a", {})
    with pytest.raises(FileExistsError):
        SegmentFileWriter(tmp_path / "a")


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    """Each its own stretches, with a cache that forgets most blocks."""
    content = noise(100 * BLOCK_BYTES)
    written(tmp_path / "a", {"s": content})
    stream = SegmentFile(tmp_path / "a", BlockCache(0)).stream("s")
    wrong: list[int] = []

    def read(seed: int) -> None:
        chosen = random.Random(seed)
        for _ in range(200):
            start = chosen.randrange(len(content))
            stop = min(len(content), start + 3 * BLOCK_BYTES)
            if stream.read(start, stop) != content[start:stop]:
                wrong.append(start)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
