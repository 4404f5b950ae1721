"""A damaged file of a generic segment is an error that names it, never another answer."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from whoosh import index, query
from whoosh.reading import SegmentReader

from searchapp.engines.columnar.codec import ColumnarCodec
from searchapp.engines.columnar.collecting import EvaluatingCollector
from searchapp.errors import IndexDamaged
from tests.engines.columnar.effort import TRIED, effort
from tests.engines.columnar.oracle import build
from tests.engines.columnar.strategies import FIRST_DAY, TAGS, WORDS, Corpus, Document

DAMAGES = effort(300, 3000)


def _document(number: int) -> Document:
    chosen = random.Random(number)
    return {
        "id": f"d{number}",
        "kind": chosen.choice(["book", "page"]),
        "text": " ".join(chosen.choices(WORDS, k=chosen.randrange(60))),
        "title": " ".join(chosen.choices(WORDS, k=4)),
        "tags": ",".join(chosen.sample(TAGS, 2)),
        "boosted": "bear^2 apple",
        "count": number,
        "many": [number, 7],
        "price": number / 3,
        "day": FIRST_DAY,
        "flag": number % 2 == 0,
        "grams": "straße",
        "any": {"ü": (number, b"\xff")},
        "rank": b"%d" % (number % 5),
    }


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two segments with all kinds of fields, and deletions."""
    folder = tmp_path_factory.mktemp("fuzz") / "sound"
    documents = [_document(number) for number in range(50)]
    corpus = Corpus([documents[:35], documents[35:]], deleted=["d3", "d40"])
    build(folder, ColumnarCodec(), corpus).close()
    return folder


def _everything(folder: Path) -> list[Any]:
    """All that can be read from the index, and some answers."""
    with index.open_dir(str(folder)).searcher() as searcher:
        collector = EvaluatingCollector(None, groupedby=["kind", "count"])
        searcher.search_with_collector(query.Phrase("text", WORDS[:2]), collector)
        results = collector.results()
        told: list[Any] = [results.top_n, results.groups("kind"), results.groups("count")]
        for reader, _ in searcher.reader().leaf_readers():
            told += _contents(reader)
        return told


def _contents(reader: SegmentReader) -> list[Any]:
    names = reader.schema.names()
    docs = range(reader.doc_count_all())
    return [
        list(reader.iter_postings()),
        [(term, vars(info)) for term, info in reader],
        list(reader.iter_docs()),
        [[reader.doc_field_length(doc, name) for doc in docs] for name in names],
        [list(reader.column_reader(name)) for name in names if reader.has_column(name)],
        [
            list(reader.vector_as("positions", doc, "text"))
            for doc in docs
            if reader.has_vector(doc, "text")
        ],
    ]


def _told(folder: Path) -> tuple[list[Any], IndexDamaged | None]:
    try:
        return _everything(folder), None
    except IndexDamaged as error:
        return [], error


def test_flipped_and_cut_bytes_are_found(sound: Path, tmp_path: Path) -> None:
    """Every damage is an IndexDamaged that names the file and the command, or changes nothing.

    (It changes nothing in the few bytes that align arrays, and in flags of the compression that
    say what is so anyway.)
    """
    expected = _everything(sound)
    chosen = random.Random(20240229)
    files = sorted(path.name for path in sound.iterdir() if path.suffix in (".docs", ".terms"))
    noticed = 0
    for number in range(DAMAGES):
        TRIED["fuzz of generic segments"] += 1
        name = chosen.choice(files)
        content = bytearray((sound / name).read_bytes())
        place = chosen.randrange(len(content))
        if number % 4:
            content[place] ^= 1 << chosen.randrange(8)
        else:
            del content[place:]
        folder = tmp_path / str(number)
        shutil.copytree(sound, folder)
        (folder / name).write_bytes(content)
        told, error = _told(folder)
        if error is None:
            assert told == expected, f"{name}, byte {place}"
        else:
            assert (error.where, error.remedy) == (str(folder / name), "run: searchapp rebuild")
            noticed += 1
        shutil.rmtree(folder)
    assert noticed > 0.95 * DAMAGES


def test_files_of_another_segment_are_found(sound: Path, tmp_path: Path) -> None:
    """Sound files that were swapped are of the wrong segment."""
    folder = tmp_path / "swapped"
    for extension in ("docs", "terms"):
        shutil.copytree(sound, folder)
        first, second = sorted(folder.glob(f"*.{extension}"))
        content = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(content)
        with pytest.raises(IndexDamaged, match="of another segment"):
            _everything(folder)
        shutil.rmtree(folder)


@pytest.mark.parametrize("extension", ["docs", "terms"])
def test_a_missing_file_is_named(sound: Path, tmp_path: Path, extension: str) -> None:
    """It cannot be opened."""
    folder = tmp_path / "index"
    shutil.copytree(sound, folder)
    gone = min(folder.glob(f"*.{extension}"))
    gone.unlink()
    with pytest.raises(IndexDamaged, match="cannot be opened") as caught:
        _everything(folder)
    assert caught.value.where == str(gone)
