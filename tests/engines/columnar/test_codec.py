"""ColumnarCodec under Whoosh's own writers and readers: any schema, any value, any history."""

from __future__ import annotations

import contextlib
import datetime as dt
import pickle
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import analysis, columns, fields, formats, index, query
from whoosh.filedb.filestore import RamStorage
from whoosh.matching import ReadTooFar

from searchapp.engines.columnar import typed_json
from searchapp.engines.columnar.codec import ColumnarCodec, ColumnarSegment
from searchapp.engines.columnar.codec_documents import MAX_DOCS, MAX_LENGTH, DocumentsWriter
from searchapp.engines.columnar.codec_terms import MAX_TERM_BYTES, TermsWriter
from searchapp.engines.columnar.matching import BLOCK_POSTINGS
from searchapp.engines.storage.segment_file import (
    BlockCache,
    SegmentFile,
    SegmentFileWriter,
)
from searchapp.errors import IndexDamaged

# Whoosh joins tokenizers and filters to analyzers, and takes tokenizers for them, too.
WORDS: Any = analysis.RegexTokenizer(r"\S+")
TEXT = fields.TEXT(analyzer=WORDS, stored=True)


def write(folder: Path, schema: fields.Schema, *documents: dict[str, Any]) -> index.FileIndex:
    """An index with one columnar segment, opened anew without naming the codec."""
    ix = index.create_in(str(folder), schema)
    with ix.writer(codec=ColumnarCodec()) as writer:
        for document in documents:
            writer.add_document(**document)
    ix.close()
    return index.open_dir(str(folder))


FORMATS = [
    formats.Existence(),
    formats.Frequency(),
    formats.Positions(field_boost=2.0),
    formats.Characters(),
    formats.PositionBoosts(),
    formats.CharacterBoosts(field_boost=0.5),
]


class Reversed(formats.Format):
    """A format that Whoosh does not know: its payload is the term, reversed."""

    def word_values(self, value: Any, analyzer: Any, **kwargs: Any) -> Any:
        """See Format."""
        texts = sorted({token.text for token in analyzer(value, **kwargs)})
        return [(text, 1, 1.0, text[::-1].encode()) for text in texts]

    def decode_text(self, value: bytes) -> str:
        """The payload as a string."""
        return value.decode()


@pytest.mark.parametrize("posting_format", FORMATS, ids=lambda each: type(each).__name__)
def test_every_format_keeps_its_payloads(tmp_path: Path, posting_format: Any) -> None:
    """What a posting says, as a value and as its parts, is what the format was given."""
    analyzer = analysis.RegexTokenizer(r"\S+") | analysis.DelimitedAttributeFilter()
    field = fields.FieldType(posting_format, analyzer, scorable=True, vector=posting_format)
    text = "ä^2.5 b ä c^0.1 ä"
    with write(tmp_path, fields.Schema(f=field), {"f": text}, {"f": "b"}).reader() as reader:
        expected = {
            term: (weight, value)
            for term, _, weight, value in posting_format.word_values(text, analyzer, mode="index")
        }
        for term, (weight, value) in expected.items():
            matcher = reader.postings("f", term)
            vector = reader.vector(0, "f")
            vector.skip_to(term)
            for each in (matcher, vector):
                assert each.weight() == pytest.approx(weight)
                assert each.value() == value
                for name in ("frequency", "weight", "positions", "characters", "position_boosts"):
                    if posting_format.supports(name):
                        decoded = posting_format.decode_as(name, value)
                        assert each.value_as(name) == decoded, name


def test_a_format_of_ones_own_keeps_its_strings(tmp_path: Path) -> None:
    """They are opaque, and come back as they were."""
    field = fields.FieldType(Reversed(), WORDS, vector=Reversed())
    with write(tmp_path, fields.Schema(f=field), {"f": "abc de"}, {"f": "de"}).reader() as reader:
        assert reader.postings("f", "de").value_as("text") == "ed"
        assert reader.vector_as("text", 0, "f") is not None
        assert list(reader.vector(0, "f").items_as("text")) == [("abc", "cba"), ("de", "ed")]


COLUMNS: dict[str, tuple[columns.Column, list[Any]]] = {
    "bytes": (columns.VarBytesColumn(), [b"", b"\xff\x00", b"a" * 1000]),
    "fixed": (columns.FixedBytesColumn(3), [b"abc", b"\x00\x01\x02"]),
    "ref": (columns.RefBytesColumn(), [b"x", b"y", b"x"]),
    "zipped": (columns.CompressedBytesColumn(), [b"x" * 99, b""]),
    "blocks": (columns.CompressedBlockColumn(), [b"x" * 99, b"y"]),
    "int": (columns.NumericColumn("i"), [-5, 2**31 - 1]),
    "long": (columns.NumericColumn("Q", default=7), [0, 2**64 - 1]),
    "float": (columns.NumericColumn("d"), [0.1, -1e300]),
    "clamped": (columns.ClampedNumericColumn(columns.NumericColumn("B")), [3, 255]),
    "bit": (columns.BitColumn(), [True, False, True]),
    "struct": (columns.StructColumn("!if", (0, 0.0)), [(1, 2.5), (-1, 0.0)]),
    "objects": (columns.PickleColumn(columns.VarBytesColumn()), [{"a": (1, None)}, "ü"]),
    "list": (columns.VarBytesListColumn(), [[b"b", b"a"], []]),
    "fixed_list": (columns.FixedBytesListColumn(2), [[b"ab", b"cd"]]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_type_keeps_its_values(tmp_path: Path, name: str) -> None:
    """With the column's default where a document has no value."""
    column, values = COLUMNS[name]
    schema = fields.Schema(id=fields.ID, f=fields.COLUMN(column))
    documents = [{"id": "0"}, *({"f": value} for value in values), {"id": "9"}]
    with write(tmp_path, schema, *documents).reader() as reader:
        found = reader.column_reader("f", translate=False)
        default = {"long": 7, "struct": (0, 0.0), "objects": None, "bit": False}.get(
            name, {"fixed": b"\0\0\0"}.get(name, [] if "list" in name else type(values[0])())
        )
        assert list(found) == [default, *values, default]
        assert [found[doc] for doc in range(len(found))] == list(found)


def test_a_value_that_its_column_cannot_hold_is_refused(tmp_path: Path) -> None:
    """The document is not added, its other values leave no trace, the next one is."""
    schema = fields.Schema(
        a=fields.COLUMN(columns.NumericColumn("B")), b=fields.COLUMN(columns.NumericColumn("B"))
    )
    ix = index.create_in(str(tmp_path), schema)
    with ix.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(a=1, b=1)
        with pytest.raises(ValueError, match="256 does not fit"):
            writer.add_document(a=2, b=256)
        writer.add_document(a=3, b=3)
    with ix.reader() as reader:
        assert reader.doc_count() == 2
        assert list(reader.column_reader("a")) == [1, 3]


_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=-3))])),
    st.times(),
    st.timedeltas(),
    st.decimals(allow_nan=False),
    st.uuids(),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.just("$"), st.integers()), inner, max_size=3),
        st.sets(_scalars.filter(lambda value: value == value), max_size=3),
        st.frozensets(st.text(), max_size=2),
    ),
    max_leaves=8,
)


@given(_values)
def test_typed_json_gives_back_what_it_was_given(value: Any) -> None:
    """Equal, and of the same types."""
    read = typed_json.decode(typed_json.encode(value))
    assert read == value
    assert type(read) is type(value)
    assert typed_json.encode(read) == typed_json.encode(read)


@given(st.one_of(st.binary(max_size=40), _values.map(repr).map(str.encode)))
def test_typed_json_that_is_damaged_is_a_value_error(text: bytes) -> None:
    """Any bytes are a value or a ValueError."""
    with contextlib.suppress(ValueError):
        typed_json.decode(text)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 99999,
        b'{"$":5}',
        b'{"$":["UUID",5]}',
        b'{"$":["time",""]}',
        b'{"$":["os.system","x"]}',
        b'{"$":["timedelta",[9e99]]}',
        b'{"$":["Decimal","x"]}',
        b'{"$":["set",[[1]]]}',
        b"\xff",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_typed_json_of_a_stranger_is_a_value_error(text: bytes) -> None:
    """Whatever it names and however deep it is."""
    with pytest.raises(ValueError, match=r"."):
        typed_json.decode(text)


@pytest.mark.parametrize("value", [object(), 1j, {"a": [range(3)]}, type("Text", (str,), {})("x")])
def test_values_of_other_types_are_refused(tmp_path: Path, value: Any) -> None:
    """With their type named; the document is not added, and the writer goes on."""
    ix = index.create_in(str(tmp_path), fields.Schema(id=fields.ID, f=fields.STORED))
    with ix.writer(codec=ColumnarCodec()) as writer:
        with pytest.raises(ValueError, match="cannot be stored"):
            writer.add_document(id="1", f=value)
        writer.add_document(id="2", f=[uuid.UUID(int=1), Decimal("0.10")])
    with ix.searcher() as searcher:
        assert list(searcher.documents()) == [{"f": [uuid.UUID(int=1), Decimal("0.10")]}]


def test_reading_unpickles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searching by words and phrases, and reading all values, from a stranger's segment is safe."""
    schema = fields.Schema(
        text=TEXT,
        chars=fields.TEXT(chars=True, vector=True),
        kept=fields.COLUMN(columns.PickleColumn(columns.VarBytesColumn())),
    )
    document = {"text": "a b c", "chars": "alfa bravo", "kept": {"x": 1}}
    reader = write(tmp_path, schema, document).reader()

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something was unpickled")

    for name in ("loads", "load", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    for module in (formats, columns):
        monkeypatch.setattr(module, "loads", refuse)
    from whoosh.searching import Searcher

    with Searcher(reader) as searcher:
        hits = searcher.search(query.Phrase("text", ["b", "c"]))
        assert [hit.fields() for hit in hits] == [{"text": "a b c"}]
        assert list(reader.column_reader("kept")) == [{"x": 1}]
        assert reader.postings("chars", "bravo").value_as("characters") == [(1, 5, 10)]
        vector = reader.vector(0, "chars")
        assert dict(vector.items_as("positions")) == {"alfa": [0], "bravo": [1]}


def test_deletions_are_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    """They are seen after reopening, by readers opened later only, and can be undone."""
    schema = fields.Schema(id=fields.ID(stored=True, unique=True))
    ix = write(tmp_path, schema, *({"id": str(i)} for i in range(20)))
    before = ix.searcher()
    with ix.writer(codec=ColumnarCodec()) as writer:
        writer.delete_by_term("id", "7")
        writer.delete_document(19)
    with index.open_dir(str(tmp_path)).searcher() as searcher:
        assert searcher.doc_count() == 18
        assert not searcher.search(query.Term("id", "7"))
        assert searcher.reader().is_deleted(19)
    assert before.doc_count() == 20
    before.close()
    with ix.writer(codec=ColumnarCodec()) as writer:
        writer.delete_document(7, delete=False)
    with index.open_dir(str(tmp_path)).searcher() as searcher:
        assert len(searcher.search(query.Term("id", "7"))) == 1


def test_an_altered_entry_of_a_segment_is_an_error() -> None:
    """The table of contents may hold no other deletions than those that were written."""
    segment = ColumnarSegment("main")
    segment.set_doc_count(70)
    segment.delete_document(69)
    state = segment.__getstate__()
    read = pickle.loads(pickle.dumps(segment))
    assert (read, read.doc_count(), list(read.deleted_docs())) == (segment, 69, [69])
    for name, value in {
        "doc_count": 69,
        "segid": "other",
        "deleted": b"",
        "crc32": state["crc32"] ^ 1,
    }.items():
        with pytest.raises(IndexDamaged, match="searchapp rebuild"):
            ColumnarSegment("main").__setstate__({**state, name: value})


def test_segments_of_both_codecs_stand_in_one_index(tmp_path: Path) -> None:
    """A writer that does not name the codec adds a stock segment, and merges ours into one."""
    schema = fields.Schema(id=fields.ID(stored=True, sortable=True), text=TEXT)
    ix = write(tmp_path, schema, *({"id": str(i), "text": f"a b{i} ü"} for i in range(5)))
    writer = ix.writer()
    writer.add_document(id="5", text="b5 ü")
    writer.commit(merge=False)
    for optimize in (False, True):
        with ix.searcher() as searcher:
            found = searcher.search(query.Phrase("text", ["b3", "ü"]))
            assert [hit["id"] for hit in found] == ["3"]
            ids = [hit["id"] for hit in searcher.search(query.Every(), sortedby="id")]
            assert ids == list("012345")
        if not optimize:
            ix.writer().commit(optimize=True)
    assert not list(tmp_path.glob("*.terms"))


def test_a_document_of_two_million_characters(tmp_path: Path) -> None:
    """It is found by its last words, with its exact length, and stored whole."""
    text = "wort " * 400_000 + "ganz am ende"
    with write(
        tmp_path, fields.Schema(text=TEXT), {"text": text}, {"text": "wort"}
    ).searcher() as s:
        hits = s.search(query.Phrase("text", ["am", "ende"]))
        assert [hit["text"] for hit in hits] == [text]
        assert s.reader().doc_field_length(0, "text") == 400_003
        assert s.reader().postings("text", "ende").value_as("positions") == [400_002]


def test_an_index_in_memory_is_refused() -> None:
    """There is no file that could be mapped."""
    ix = RamStorage().create_index(fields.Schema(f=TEXT))
    with pytest.raises(ValueError, match="create_in"):
        ix.writer(codec=ColumnarCodec())


def test_an_empty_commit_and_a_cancelled_one_leave_nothing(tmp_path: Path) -> None:
    """No segment comes of them, and the next commit removes their files."""
    ix = write(tmp_path, fields.Schema(f=TEXT), {"f": "a"})
    ix.writer(codec=ColumnarCodec()).commit()
    writer = ix.writer(codec=ColumnarCodec())
    writer.add_document(f="b")
    writer.cancel()
    ix.writer(codec=ColumnarCodec()).commit()
    assert len(list(tmp_path.glob("*.docs"))) == len(list(tmp_path.glob("*.terms"))) == 1
    with ix.searcher() as searcher:
        assert [hit["f"] for hit in searcher.search(query.Every())] == ["a"]


# Limits.


def _documents_writer(folder: Path) -> DocumentsWriter:
    return DocumentsWriter(SegmentFileWriter(folder / "x.docs"), ColumnarSegment("x"))


def test_length_of_a_document(tmp_path: Path) -> None:
    """Up to MAX_LENGTH terms in a field are counted exactly; more are refused."""
    writer = _documents_writer(tmp_path)
    for length in (MAX_LENGTH, 1):
        writer.start_doc(0 if length > 1 else 1)
        with pytest.raises(ValueError, match="longer than"):
            writer.add_field("f", None, None, MAX_LENGTH + 1)
        writer.add_field("f", None, None, length)
        writer.finish_doc()
    writer.close()
    file = SegmentFile(tmp_path / "x.docs", BlockCache(1 << 20))
    (lengths,) = file.properties["lengths"]
    assert (lengths["total"], lengths["max"]) == (MAX_LENGTH + 1, MAX_LENGTH)


def test_number_of_documents(tmp_path: Path) -> None:
    """A document with a number of MAX_DOCS is refused."""
    writer = _documents_writer(tmp_path)
    writer._doc_count = MAX_DOCS - 1
    writer.start_doc(MAX_DOCS - 1)
    writer.finish_doc()
    with pytest.raises(ValueError, match=str(MAX_DOCS)):
        writer.start_doc(MAX_DOCS)
    writer._writer.abort()


def test_length_of_a_term(tmp_path: Path) -> None:
    """A term of MAX_TERM_BYTES is found again; with one byte more the index stays as it was."""
    schema = fields.Schema(f=fields.ID)
    ix = write(tmp_path, schema, {"f": "x" * MAX_TERM_BYTES}, {"f": "short"})
    writer = ix.writer(codec=ColumnarCodec())
    writer.add_document(f="y" * (MAX_TERM_BYTES + 1))
    with pytest.raises(ValueError, match=f"longer than {MAX_TERM_BYTES}"):
        writer.commit()
    with ix.searcher() as searcher:
        assert searcher.doc_count() == 2
        assert list(searcher.document_numbers(f="x" * MAX_TERM_BYTES)) == [0]
        assert searcher.reader().doc_frequency("f", "short") == 1


class FarApart(analysis.Tokenizer):
    """Puts the second word at a position that its name gives."""

    def __call__(self, value: str, **kwargs: Any) -> Any:
        """See Tokenizer."""
        del kwargs
        token = analysis.Token(positions=True, mode="index")
        for text in value.split():
            token.text, token.boost, token.pos = text, 1.0, int(text)
            yield token


def test_positions(tmp_path: Path) -> None:
    """A position of 2**31 - 1 is kept, and one before it that comes later; 2**31 is refused."""
    analyzer: Any = FarApart()
    schema = fields.Schema(f=fields.TEXT(analyzer=analyzer))
    last = 2**31 - 1
    ix = write(tmp_path, schema, {"f": f"{last} 5 {last}"})
    with ix.reader() as reader:
        assert reader.postings("f", str(last)).value_as("positions") == [last, last]
        assert reader.postings("f", "5").value_as("positions") == [5]
    writer = ix.writer(codec=ColumnarCodec())
    writer.add_document(f=str(last + 1))
    with pytest.raises(ValueError, match=r"not below 2\*\*31"):
        writer.commit()


def test_many_values_and_fields(tmp_path: Path) -> None:
    """The number of tags of a document, and of fields, has no limit of its own."""
    tags = [f"tag{i}" for i in range(20_000)]
    schema = fields.Schema(tags=fields.KEYWORD(stored=True))
    for i in range(300):
        schema.add(f"f{i:03}", fields.ID)
    ix = write(
        tmp_path, schema, {"tags": " ".join(tags), **{f"f{i:03}": str(i) for i in range(300)}}
    )
    with ix.searcher() as searcher:
        assert list(searcher.document_numbers(tags="tag19999")) == [0]
        assert list(searcher.document_numbers(f299="299")) == [0]
        assert sorted(tags) == [term.decode() for term in searcher.reader().lexicon("tags")]


# The matcher.


def test_the_matcher_skips_as_if_it_stepped(tmp_path: Path) -> None:
    """skip_to, copy, all_ids and the statistics of blocks agree with the list of postings."""
    schema = fields.Schema(text=fields.TEXT(analyzer=WORDS))
    count = 3 * BLOCK_POSTINGS + 5
    documents = [{"text": "a " * (1 + i % 5) + "b " * (i % 7)} for i in range(2 * count)]
    for i in range(0, 2 * count, 2):
        documents[i]["text"] = "c"
    with write(tmp_path, schema, *documents).searcher() as searcher:
        docs = list(range(1, 2 * count, 2))
        matcher = searcher.postings("text", b"a")
        assert list(matcher.all_ids()) == docs
        for target in (0, 1, 2, 257, 258, 600, 2 * count - 1):
            matcher.reset()
            matcher.skip_to(target)
            assert matcher.id() == min(doc for doc in docs if doc >= target)
            assert list(matcher.copy().all_ids()) == [doc for doc in docs if doc >= target]
        matcher.reset()
        while matcher.is_active():
            here = range(matcher.block_min_id(), matcher.block_max_id() + 1, 2)
            assert len(here) in (BLOCK_POSTINGS, 5)
            lengths = [searcher.doc_field_length(doc, "text") for doc in here]
            assert matcher.block_min_length() == min(lengths)
            assert matcher.block_max_length() == max(lengths)
            assert matcher.block_max_weight() == max(1 + doc % 5 for doc in here)
            assert matcher.score() <= matcher.block_quality() <= matcher.max_quality()
            matcher.skip_to(here[-1])
            assert matcher.next()
        with pytest.raises(ReadTooFar):
            matcher.next()
        matcher.reset()
        assert matcher.skip_to_quality(matcher.max_quality()) == 4
        assert not matcher.is_active()


def test_terms_are_walked_in_order(tmp_path: Path) -> None:
    """A cursor finds the next term that there is, and ends after the last."""
    schema = fields.Schema(a=fields.KEYWORD, b=fields.KEYWORD)
    words = " ".join(sorted({f"w{i * i}" for i in range(300)} | {"back\\slash", "ü"}))
    with write(tmp_path, schema, {"a": words, "b": "z"}).reader() as reader:
        cursor = reader.cursor("a")
        seen = []
        while cursor.is_valid():
            seen.append(cursor.text())
            cursor.next()
        assert seen == sorted(words.split())
        assert (cursor.text(), cursor.term_info(), cursor.next()) == (None, None, None)
        assert cursor.find("w5") == min(word for word in seen if word >= "w5")
        assert cursor.term_info().doc_frequency() == 1
        assert cursor.find("zzz") == "ü"
        assert cursor.first() == seen[0]
        assert [term for _, term in reader.terms_from("a", b"w9")][-1] == b"z"


def test_a_failed_write_of_terms_deletes_its_file(tmp_path: Path) -> None:
    """Nothing half written stays behind."""
    writer = TermsWriter(SegmentFileWriter(tmp_path / "x.terms"), ColumnarSegment("x"))
    schema = fields.Schema(f=fields.TEXT)
    with pytest.raises(ValueError, match="no value of"):
        writer.add_postings(schema, None, [("f", b"a", 0, 1.0, b"no pickle")])
    assert not list(tmp_path.iterdir())
