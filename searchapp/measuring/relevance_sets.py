"""Relevance sets: queries, and the articles that are relevant to each.

A set is a folder with
    queries.jsonl   {"id": ..., "text": ...} on each line
    qrels.tsv       query id, document id and relevance between tabs, with or without a header
    docs.jsonl      the articles, perhaps packed as .gz or .xz; may be missing
    doc_ids.txt     ids of articles, one a line: only these are searched; may be missing
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from searchapp.corpus.encoding import read_lines
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import clean_id
from searchapp.errors import BadRelevanceSet, Problem
from searchapp.translation import N_

MAX_RELEVANCE = 100

_DOCS_NAMES = ("docs.jsonl", "docs.jsonl.xz", "docs.jsonl.gz")


@dataclass(frozen=True, slots=True)
class RelevanceSet:
    """The queries that were judged, and where the articles are.

    queries: text by query id, in the order of the file; each has a relevant article.
    judgments: by query id, the relevance of article ids: 0 not relevant, more is better.
    docs: the file of the articles, in any format that is indexed.
    doc_ids: ids of the articles to search; None means all.
    unjudged: number of queries left out because no article is relevant to them.
    """

    queries: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]
    docs: Path
    doc_ids: frozenset[str] | None = None
    unjudged: int = 0

    def spread(self, limit: int) -> RelevanceSet:
        """The set with at most `limit` queries, taken evenly from the whole file."""
        count = len(self.queries)
        if limit >= count:
            return self
        ids = tuple(self.queries)
        chosen = [ids[number * count // limit] for number in range(limit)]
        return replace(
            self,
            queries={each: self.queries[each] for each in chosen},
            judgments={each: self.judgments[each] for each in chosen},
        )


def read_relevance_set(
    folder: Path, *, docs: Path | None = None, doc_ids: Path | None = None
) -> RelevanceSet:
    """Read a folder as described above.

    docs, doc_ids: files to use instead of those in the folder.
    Judgments of queries that are not in the folder are ignored.
    Raises BadRelevanceSet with the file and line of what cannot be used.
    """
    queries = _read_queries(_member(folder, "queries.jsonl"))
    judgments = _read_judgments(_member(folder, "qrels.tsv"))
    judged = {
        query_id: text
        for query_id, text in queries.items()
        if any(judgments.get(query_id, {}).values())
    }
    if not judged:
        raise BadRelevanceSet(
            N_("no query of queries.jsonl has a relevant document in qrels.tsv"),
            where=str(folder),
            remedy=N_("see whether the two files belong together"),
        )
    ids_path = doc_ids or folder / "doc_ids.txt"
    return RelevanceSet(
        queries=judged,
        judgments={query_id: judgments[query_id] for query_id in judged},
        docs=docs or _docs_in(folder),
        doc_ids=_read_ids(ids_path) if doc_ids or ids_path.exists() else None,
        unjudged=len(queries) - len(judged),
    )


def _member(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise BadRelevanceSet(
            N_("there is no %(name)s", name=name),
            where=str(folder),
            remedy=N_("name a folder with queries.jsonl and qrels.tsv"),
        )
    return path


def _docs_in(folder: Path) -> Path:
    for name in _DOCS_NAMES:
        if (folder / name).is_file():
            return folder / name
    raise BadRelevanceSet(
        N_("the folder holds no docs.jsonl"),
        where=str(folder),
        remedy=N_("name the articles with --docs"),
    )


def _read_queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for place, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        fields = record if isinstance(record, dict) else {}
        query_id, text = fields.get("id"), fields.get("text")
        if not isinstance(query_id, str | int) or not isinstance(text, str):
            raise BadRelevanceSet(
                N_("is not a query"), where=place, remedy=N_('write {"id": "...", "text": "..."}')
            )
        query_id = _id(str(query_id), place)
        if query_id in queries:
            raise BadRelevanceSet(
                N_("the query id %(query_id)r has been used", query_id=query_id),
                where=place,
                remedy=N_("use another"),
            )
        queries[query_id] = text
    return queries


def _read_judgments(path: Path) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    for number, (place, line) in enumerate(_lines(path)):
        columns = line.split("\t")
        if len(columns) != 3:
            raise BadRelevanceSet(
                N_("has %(number)s columns, not 3", number=len(columns)),
                where=place,
                remedy=N_("write query id, document id and relevance with tabs between them"),
            )
        query_id, doc_id = _id(columns[0], place), _id(columns[1], place)
        relevance = _relevance(columns[2])
        if relevance is None:
            if number == 0:
                continue  # a header
            raise BadRelevanceSet(
                N_("the relevance %(value)r cannot be used", value=columns[2].strip()[:20]),
                where=place,
                remedy=N_(
                    "write a whole number from 0 to %(max_relevance)s", max_relevance=MAX_RELEVANCE
                ),
            )
        known = judgments.setdefault(query_id, {})
        if known.setdefault(doc_id, relevance) != relevance:
            raise BadRelevanceSet(
                N_(
                    "the document %(doc_id)r has had relevance %(known)s for this query",
                    doc_id=doc_id,
                    known=known[doc_id],
                ),
                where=place,
                remedy=N_("take one of the two lines out"),
            )
    return judgments


def _relevance(text: str) -> int | None:
    text = text.strip()
    # A bound on the digits: int() of a very long number raises, and the metrics count in C.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_RELEVANCE))
    return int(text) if is_number and int(text) <= MAX_RELEVANCE else None


def _read_ids(path: Path) -> frozenset[str]:
    return frozenset(_id(line, place) for place, line in _lines(path))


def _id(text: str, place: str) -> str:
    """An id as the index keeps it."""
    identifier = clean_id(text)
    if not identifier:
        raise BadRelevanceSet(N_("has an empty id"), where=place, remedy=N_("write one"))
    return identifier


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that are not empty, each with its "file:line". Raises BadRelevanceSet."""
    file = ArticleFile(path, _refuse)
    for line_number, line in read_lines(file):
        if not line.isspace():
            yield file.place(line_number), line.rstrip("\r\n")


def _refuse(problem: Problem) -> None:
    # What is mended in an article would make a measurement wrong in silence.
    raise BadRelevanceSet(problem.what, where=problem.where, remedy=problem.remedy)
