"""The stock codec beside ours over the same documents, and what is compared of both."""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from whoosh import columns, index
from whoosh.codec import whoosh3
from whoosh.codec.base import Codec

from tests.engines.columnar.strategies import SCHEMA, Corpus

TOLERANCE = 1e-4


@contextlib.contextmanager
def exact_lengths() -> Iterator[None]:
    """Have the stock codec keep field lengths as they are.

    It keeps a byte for each, rounded up to one of 256 lengths (11 becomes 12), by which scores
    differ in the second digit. With these four names of its module the same code keeps 32 bits.
    Lengths up to 10 are exact without, see test_small_lengths_need_no_help.
    """
    names: dict[str, Any] = {
        "LENGTHS_COLUMN": columns.NumericColumn("I", default=0),
        "length_to_byte": lambda length: length or 0,
        "byte_to_length": lambda length: length,
    }
    info = struct.Struct("!BfIIIfII")
    with (
        mock.patch.multiple(whoosh3, **names),
        mock.patch.object(whoosh3.W3TermInfo, "_struct", info),
    ):
        yield


def build(folder: Path, codec: Codec, corpus: Corpus, *, optimize: bool = False) -> index.FileIndex:
    """An index of a corpus, opened anew. optimize: merge all segments in the end."""
    writer: Any
    folder.mkdir(parents=True)
    ix = index.create_in(str(folder), SCHEMA)
    for segment in corpus.segments:
        writer = ix.writer(codec=codec)
        for document in segment:
            writer.add_document(**document)
        writer.commit(merge=False)
    if corpus.deleted or corpus.updated:
        writer = ix.writer(codec=codec)
        for document_id in corpus.deleted:
            writer.delete_by_term("id", document_id)
        for document in corpus.updated:
            writer.update_document(**document)
        writer.commit(merge=False)
    if optimize:
        ix.writer(codec=codec).commit(optimize=True)
    ix.close()
    return index.open_dir(str(folder))


def outcome(action: Callable[[], Any]) -> Any:
    """What an action returns, or the type of what it raises."""
    try:
        return action()
    except Exception as error:
        return type(error)


def alike(ours: Any, stock: Any) -> bool:
    """Whether two answers are equal, numbers within the tolerance."""
    if isinstance(ours, float) and isinstance(stock, float):
        if math.isnan(stock):
            return math.isnan(ours)
        return math.isclose(ours, stock, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(ours, list | tuple) and isinstance(stock, list | tuple):
        return len(ours) == len(stock) and all(map(alike, ours, stock))
    if isinstance(ours, dict) and isinstance(stock, dict):
        return ours.keys() == stock.keys() and all(alike(ours[key], stock[key]) for key in ours)
    return bool(ours == stock)
