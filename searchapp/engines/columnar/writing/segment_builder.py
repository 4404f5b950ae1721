"""A batch of articles -> the file of a segment, all at once in arrays."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.document_columns import DocumentColumns
from searchapp.engines.columnar.segment.layout import (
    LINE_LAYOUTS,
    PARTS_LAYOUT,
    TEXT_LAYOUT,
    ZONES,
)
from searchapp.engines.columnar.segment.postings import (
    FieldLayout,
    FieldPostingsWriter,
    gaps_within,
    sums_before,
)
from searchapp.engines.columnar.segment.token_spans import token_records
from searchapp.engines.fields import GAP, exact_field
from searchapp.engines.storage.number_stream import NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter
from searchapp.german.token_arrays import BatchAnalyzer, TokenArrays
from searchapp.index_files import FileDigest
from searchapp.model import Article

Ints = npt.NDArray[np.int64]

BODY = len(ZONES)
"""The zone number of the body: title, tags, body."""


class _Words:
    """What is known of the forms that a BatchAnalyzer has numbered, as arrays."""

    def __init__(self, analyzer: BatchAnalyzer) -> None:
        self._analyzer = analyzer
        self.forget()

    def forget(self) -> None:
        """Start anew, as the analyzer does."""
        self.forms: list[str] = []
        self.stems: list[str] = []
        self._stem_numbers: dict[str, int] = {}
        self._stem_of_form = array("q")
        self._parts = array("q")
        self._part_counts = array("q")

    def update(self) -> None:
        """Take in the forms that are new since the last call."""
        for keys in islice(self._analyzer.keys, len(self.forms), None):
            self.forms.append(keys.form)
            self._stem_of_form.append(self._stem_number(keys.stem))
            self._parts.extend([self._stem_number(part.stem) for part in keys.parts])
            self._part_counts.append(len(keys.parts))
        # Copies: what an array is seen by cannot grow.
        self.stem_of_form = np.array(self._stem_of_form, dtype=np.int64)
        self.parts = np.array(self._parts, dtype=np.int64)
        self.part_counts = np.array(self._part_counts, dtype=np.int64)
        self.part_starts = sums_before(self.part_counts)

    def _stem_number(self, stem: str) -> int:
        number = self._stem_numbers.setdefault(stem, len(self.stems))
        if number == len(self.stems):
            self.stems.append(stem)
        return number


class _Occurrences(NamedTuple):
    """Terms where they occur, in the order of the text; all of shape (occurrences,).

    terms: numbers of stems. forms: of each, or None in a field that does not tell them apart.
    """

    terms: Ints
    docs: Ints
    positions: npt.NDArray[Any]
    zones: Ints
    forms: npt.NDArray[Any] | None


class SegmentBuilder:
    """Builds segments, one batch of articles after the other."""

    def __init__(self, analyzer: BatchAnalyzer, *, max_words: int, sample: bytes = b"") -> None:
        """max_words: different words that are remembered from one batch to the next.

        sample: see `stored_sample`.
        """
        self._sample = sample
        self._analyzer = analyzer
        self._words = _Words(analyzer)
        self._max_words = max_words

    def build(self, path: Path, articles: Sequence[Article]) -> FileDigest:
        """Write the segment of these articles. Raises OSError."""
        with SegmentFileWriter(path, sample=self._sample) as writer:
            digest = _SegmentBuild(writer, articles, self._analyzer, self._words).run()
        if len(self._analyzer.keys) > self._max_words:
            self._analyzer.forget()
            self._words.forget()
        return digest


class _SegmentBuild:
    """The building of one segment."""

    def __init__(
        self,
        writer: SegmentFileWriter,
        articles: Sequence[Article],
        analyzer: BatchAnalyzer,
        words: _Words,
    ) -> None:
        self._writer = writer
        self._articles = articles
        self._analyzer = analyzer
        self._words = words
        self._tables: dict[str, object] = {}
        self._lengths: dict[str, Ints] = {}

    def run(self) -> FileDigest:
        articles = self._articles
        texts: list[str] = []
        text_counts = []
        for article in articles:
            texts.append(article.title)
            texts += article.tags
            texts.append(article.body)
            text_counts.append(2 + len(article.tags))
        tokens = self._analyzer.analyze(texts)
        lines = {
            layout.name: self._analyzer.analyze(
                [getattr(article, layout.name) or "" for article in articles]
            )
            for layout in LINE_LAYOUTS
        }
        self._words.update()
        self._write_text(texts, np.asarray(text_counts, dtype=np.int64), tokens)
        for layout in LINE_LAYOUTS:
            self._write_line(layout, lines[layout.name])
        self._write_ids()
        DocumentColumns.of(articles, self._lengths).write(self._writer)
        return self._writer.finish({"docs": len(articles), "tables": self._tables})

    def _write_text(self, texts: Sequence[str], text_counts: Ints, tokens: TokenArrays) -> None:
        docs = np.arange(len(text_counts))
        doc_of_text = np.repeat(docs, text_counts)
        zone_of_text = np.ones(len(texts), dtype=np.int64)
        firsts = sums_before(text_counts)
        zone_of_text[firsts] = 0
        zone_of_text[firsts + text_counts - 1] = BODY
        token_counts = np.diff(tokens.bounds)
        positions = tokens.positions + np.repeat(_position_bases(tokens, doc_of_text), token_counts)
        zones = np.repeat(zone_of_text, token_counts)
        token_docs = np.repeat(doc_of_text, token_counts)
        forms = tokens.forms
        stems = self._words.stem_of_form[forms]
        self._lengths["text"] = np.bincount(token_docs, minlength=len(docs))
        for number, zone in enumerate(ZONES):
            self._lengths[zone] = np.bincount(token_docs[zones == number], minlength=len(docs))
        self._write_field(TEXT_LAYOUT, _Occurrences(stems, token_docs, positions, zones, forms))
        part_counts = self._words.part_counts[forms]
        owners = np.repeat(np.arange(len(forms)), part_counts)
        first_parts = self._words.part_starts[forms] - sums_before(part_counts)
        places = np.arange(len(owners)) + first_parts[owners]
        self._write_field(
            PARTS_LAYOUT,
            _Occurrences(
                self._words.parts[places],
                token_docs[owners],
                positions[owners],
                zones[owners],
                None,
            ),
        )
        self._write_documents(texts, doc_of_text, token_counts, tokens, positions)

    def _write_line(self, layout: FieldLayout, tokens: TokenArrays) -> None:
        counts = np.diff(tokens.bounds)
        self._lengths[layout.name] = counts
        docs = np.repeat(np.arange(len(counts)), counts)
        stems = self._words.stem_of_form[tokens.forms]
        positions = tokens.positions.astype(np.int64)
        zones = np.zeros(len(docs), dtype=np.int64)
        self._write_field(layout, _Occurrences(stems, docs, positions, zones, tokens.forms))

    def _write_field(self, layout: FieldLayout, found: _Occurrences) -> None:
        terms, ranks = _ranked(self._words.stems, found.terms)
        order = _stable_order(ranks)
        ranks, docs = ranks[order], found.docs[order]
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = (ranks[1:] != ranks[:-1]) | (docs[1:] != docs[:-1])
        starts = np.flatnonzero(is_first)
        freqs = np.diff(starts, append=len(order))
        postings = np.bincount(ranks[starts], minlength=len(terms))
        counts = [postings, np.bincount(ranks, minlength=len(terms))]
        columns: dict[str, npt.NDArray[Any]] = {
            "docs": gaps_within(docs[starts], postings),
            "freqs": freqs,
            "positions": gaps_within(found.positions[order], freqs),
        }
        zones = found.zones[order]
        for number, zone in enumerate(layout.zones):
            inside = np.cumsum(zones == number, dtype=np.int64)
            columns[zone] = np.diff(inside[starts + freqs - 1], prepend=0)
        if found.forms is not None:
            form_counts, columns["forms"] = self._write_forms(
                layout, found.forms[order], ranks, docs, len(terms)
            )
            counts.append(form_counts)
        field = FieldPostingsWriter(self._writer, layout)
        field.add(_encoded(terms), counts, columns)
        self._tables[layout.name] = field.finish()

    def _write_forms(
        self, layout: FieldLayout, forms: npt.NDArray[Any], stems: Ints, docs: Ints, stem_count: int
    ) -> tuple[Ints, Ints]:
        """Write the dictionary of exact forms, given each occurrence by term and document.

        Returns the number of forms of each term, and of each occurrence which of these it is.
        """
        texts, ranks = _ranked(self._words.forms, forms)
        stem_of = np.zeros(len(texts), dtype=np.int64)
        stem_of[ranks] = stems
        of_stem = np.argsort(stem_of, kind="stable")  # forms, term after term, each term's sorted
        counts = np.bincount(stem_of, minlength=stem_count)
        codes = np.empty(len(texts), dtype=np.int64)
        codes[of_stem] = np.arange(len(texts)) - np.repeat(sums_before(counts), counts)
        # In how many documents: different pairs of form and document.
        pairs = ranks << 32 | docs
        pairs.sort()  # not np.unique, which takes ten times as long
        is_new = np.diff(pairs, prepend=-1) != 0
        doc_freqs = np.bincount(pairs[is_new] >> 32, minlength=len(texts))
        name = exact_field(layout.name)
        table = RowTableWriter(self._writer, name, FORM_COLUMNS)
        table.add((stem_of, codes, doc_freqs), _encoded(texts))
        self._tables[name] = table.finish(is_dictionary=True)
        NumberStreamWriter(self._writer, f"{name}/of_term").add(of_stem)
        return counts, codes[ranks]

    def _write_documents(
        self,
        texts: Sequence[str],
        doc_of_text: Ints,
        token_counts: Ints,
        tokens: TokenArrays,
        positions: npt.NDArray[Any],
    ) -> None:
        """Write the stored articles, and for each where its tokens stand."""
        sizes = []
        for stream in DOCUMENT_COUNTS:
            self._writer.append(stream, b"")  # There is one, also without articles.
        for article in self._articles:
            record = stored_record(article)
            self._writer.append("stored", record)
            sizes.append(len(record))
        # Offsets into title, tags and body as if one text, each followed by one character.
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
        text_starts = sums_before(lengths)
        firsts = np.searchsorted(doc_of_text, np.arange(len(self._articles)))
        text_starts -= text_starts[firsts][doc_of_text]
        starts = tokens.starts + np.repeat(text_starts, token_counts)
        counts = np.bincount(doc_of_text, weights=token_counts).astype(np.int64)
        token_bytes = []
        for record in token_records(starts, tokens.ends - tokens.starts, positions, counts):
            self._writer.append("tokens", record)
            token_bytes.append(len(record))
        table = RowTableWriter(self._writer, "documents", DOCUMENT_COUNTS)
        table.add((sizes, token_bytes))
        self._tables["documents"] = table.finish()

    def _write_ids(self) -> None:
        ids = _encoded(article.id for article in self._articles)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        table = RowTableWriter(self._writer, "id", ("doc",))
        table.add((order,), [ids[i] for i in order])
        self._tables["id"] = table.finish(is_dictionary=True)


DOCUMENT_COUNTS = ("stored", "tokens")
"""The streams of records by document, and columns of the table of their lengths."""

FORM_COLUMNS = ("term", "code", "postings")
"""What is known of an exact form: the row of its term, its place among the forms of this term,
and in how many documents it stands."""


def _encoded(texts: Iterable[str]) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def stored_record(article: Article) -> bytes:
    """An article as it is stored: JSON in UTF-8, its `origin` left out."""
    text = json.dumps(article.to_record(), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


SAMPLE_BYTES = 1 << 16
"""Of the records by which the others are compressed: a tenth of the text is saved."""
SAMPLED_BYTES = 1 << 20
"""Fewer records are too few to be worth a sample."""


def stored_sample(articles: Sequence[Article]) -> bytes:
    """Some of the records of the first articles of a corpus, like which all are compressed."""
    records = [stored_record(article) for article in articles]
    if sum(map(len, records)) < SAMPLED_BYTES:
        return b""
    # Of long articles the beginnings: all of one says less of the others.
    pieces = [record[: SAMPLE_BYTES // 16] for record in records]
    step = -(-sum(map(len, pieces)) // SAMPLE_BYTES)
    return b"".join(pieces[::step])[:SAMPLE_BYTES]


def _position_bases(tokens: TokenArrays, doc_of_text: Ints) -> Ints:
    """The position at which each text begins in its document, GAP behind the one before.

    Texts without tokens take no position. Shape (texts,).
    """
    counts = np.diff(tokens.bounds)
    filled = np.flatnonzero(counts)
    spans = np.zeros(len(counts), dtype=np.int64)
    spans[filled] = tokens.positions[tokens.bounds[filled + 1] - 1] + GAP
    bases = sums_before(spans)
    firsts = np.searchsorted(doc_of_text, doc_of_text)  # the first text of each text's document
    base: Ints = bases - bases[firsts]
    return base


def _ranked(texts: Sequence[str], numbers: npt.NDArray[Any]) -> tuple[list[str], Ints]:
    """The texts with these numbers, sorted; and for each number the place of its text."""
    used = np.flatnonzero(np.bincount(numbers, minlength=1)) if len(numbers) else _NONE
    chosen = [texts[number] for number in used.tolist()]
    order = np.asarray(sorted(range(len(chosen)), key=chosen.__getitem__), dtype=np.int64)
    places = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int64)
    places[used[order]] = np.arange(len(used))
    return [chosen[i] for i in order.tolist()], places[numbers]


_NONE: Ints = np.empty(0, dtype=np.int64)


def _stable_order(ranks: Ints) -> Ints:
    """The order that sorts the ranks, equal ones as they stand.

    Rank and place in one number: sorting numbers takes a tenth of the time of a stable argsort.
    """
    keyed = ranks << 32 | np.arange(len(ranks))
    keyed.sort()
    order: Ints = keyed & 0xFFFFFFFF
    return order
