"""The results of a search, or one article, as a file.

CSV for tables, JSON Lines for programs, RIS and BibTeX for libraries.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request, stream_with_context
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from searchapp.errors import ArticleNotFound
from searchapp.result_json import ArticleFields, article_fields
from searchapp.searching import Batch
from searchapp.web.api import article_page, requested, search_address, service, to_new_id
from searchapp.web.bibtex import bibtex_entries, bibtex_key
from searchapp.web.url_state import going_on, parse_after

blueprint = Blueprint("exports", __name__)

COLUMNS = ("id", "title", "date", "authors", "source", "section", "tags", "url", "page_url")
FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins with one of these is a formula to some spreadsheet.
https://owasp.org/www-community/attacks/CSV_Injection"""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel does not read UTF-8."""
_INVISIBLE = " \u00a0\u200b\ufeff\x00"
"""What a spreadsheet may leave out before it looks at a cell."""


@blueprint.get("/export.<form>")
def export(form: str) -> Response:
    """The articles of a search in its order, up to `max_results_depth`, as they are read.

    Where there are more, the header Link names the export that goes on. An error in the middle
    breaks the connection: no file is short and looks whole.
    """
    if form not in FORMS:
        raise NotFound
    asked = parse_after(request.args, requested())
    batches = service().batches(asked)
    first = next(batches)  # What is wrong is told by the status.
    form_ = FORMS[form]

    def parts() -> Iterator[str]:
        yield form_.head + form_.write(_records(first))
        for batch in batches:
            yield form_.write(_records(batch))

    response = Response(stream_with_context(parts()), mimetype=form_.media_type)
    response.call_on_close(batches.close)
    response.headers["Content-Disposition"] = f'attachment; filename="articles.{form}"'
    end = asked.offset + service().settings.limits.max_results_depth
    if end < first.total:
        following = going_on(asked, first.generation, end)
        address = search_address("exports.export", following, form=form)
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


@blueprint.get("/export.<form>/<article_id:article_id>")
def export_article(form: str, article_id: str) -> BaseResponse:
    """One article in any of the forms, without its text; a former id leads to the one of today."""
    if form not in FORMS:
        raise NotFound
    try:
        article = service().stored_article(article_id)
    except ArticleNotFound as error:
        return to_new_id("exports.export_article", error, article_id, form=form)
    form_ = FORMS[form]
    record = article_fields(article, article_page)
    response = Response(form_.head + form_.write([record]), mimetype=form_.media_type)
    name = bibtex_key(article_id)[:80]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file. head: what it begins with. write: the text of some articles."""

    media_type: str
    head: str
    write: Callable[[Iterable[ArticleFields]], str]


def csv_rows(records: Iterable[ArticleFields]) -> str:
    """Rows of a table (RFC 4180), several values of a cell joined by "; "."""
    text = io.StringIO()
    rows = csv.writer(text)
    for record in records:
        values = {**record, "authors": record["author"], "tags": "; ".join(record["tags"])}
        rows.writerow(harmless(str(values[name] or "")) for name in COLUMNS)
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what might be."""
    return f"'{cell}" if (cell.strip(_INVISIBLE) or " ")[0] in FORMULA_SIGNS else cell


def json_lines(records: Iterable[ArticleFields]) -> str:
    """One object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def ris_records(records: Iterable[ArticleFields]) -> str:
    """Records that reference managers read.

    https://en.wikipedia.org/wiki/RIS_(file_format)
    """
    return "".join(map(_ris_record, records))


def _ris_record(record: ArticleFields) -> str:
    date = record["date"] or ""
    pairs = [
        ("TY", "NEWS"),
        ("ID", record["id"]),
        ("TI", record["title"]),
        *(("AU", name) for name in record["authors"]),
        ("PY", date[:4]),
        ("DA", date and date.replace("-", "/") + "/"),
        ("T2", record["source"]),
        ("SE", record["section"]),
        *(("KW", tag) for tag in record["tags"]),
        ("UR", record["url"]),
        ("L2", record["page_url"]),
    ]
    # A value is one line: no article can add a field, or a record, of its own.
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in pairs if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


FORMS = {
    "csv": Form("text/csv", _BYTE_ORDER_MARK + ",".join(COLUMNS) + "\r\n", csv_rows),
    "jsonl": Form("application/x-ndjson", "", json_lines),
    "ris": Form("application/x-research-info-systems", "", ris_records),
    "bib": Form("application/x-bibtex", "", bibtex_entries),
}
"""By the ending of the file's name."""


def _records(batch: Batch) -> list[ArticleFields]:
    return [article_fields(article, article_page) for article in batch.articles]
