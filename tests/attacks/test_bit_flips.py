"""A bit that is flipped in any file of an index is noticed, or the answers stay right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from searchapp.corpus import SpareProcess
from searchapp.errors import SearchappError
from searchapp.inspection import verify
from tests.attacks.served_index import ServedIndex
from tests.attacks.tally import Tally, extent


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedIndex]:
    """An index of five articles."""
    with closing(SpareProcess()) as spare:
        yield ServedIndex(tmp_path_factory.mktemp("served"), spare)


def flip(path: Path, bit: int) -> None:
    """Flip a bit of a file: the nth, from its beginning, or over and over."""
    content = bytearray(path.read_bytes())
    bit %= 8 * len(content)
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit_is_noticed_and_never_answered_from(
    served: ServedIndex, tally: Tally
) -> None:
    """`verify` notices each in what is served; who searches gets right answers or an error."""
    served.restore()
    folder = served.store.current().folder
    pointer = served.settings.index / "CURRENT"
    files = [pointer, *sorted(path for path in folder.rglob("*") if path.is_file())]
    old = served.answers()
    chosen = random.Random(0)
    unnoticed = refused = 0
    for number in range(extent(100, 2000)):
        path = files[number % len(files)]
        content = path.read_bytes()
        bit = chosen.randrange(8 * len(content))
        flip(path, bit)
        with tally.attempt(f"bit {bit} of {path.name}"):
            try:
                verify(served.settings)
                unnoticed += 1
                # The second line names the generation to go back to, which is not served.
                assert path == pointer
                assert bit // 8 > len(content) // 2
            except SearchappError:
                pass
            try:
                assert served.answers() == old
            except SearchappError:
                refused += 1
        path.write_bytes(content)
    tally.notes.append(f"{unnoticed} in what is not served, {refused} refused to be answered from")
