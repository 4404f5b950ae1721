"""What a segment holds of articles: its fields, and how the searchable ones are found in them.

Postings are kept once for each word. Title, tags and lead are zones of the field `text`, and a
search in them reads the postings of `text`; exact forms are told apart in the postings of their
key.
"""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.engines.columnar.segment.postings import FieldLayout
from searchapp.engines.fields import (
    ANALYZED_FIELDS,
    COMPOUND_FIELDS,
    LEAD,
    LINE_FIELDS,
    TEXT,
    exact_field,
    parts_field,
)

ZONES = ("title", "tags", LEAD)
"""The beginning of the field `text`, before the rest of the body."""

TEXT_LAYOUT = FieldLayout(TEXT, zones=ZONES, has_forms=True)
PARTS_LAYOUT = FieldLayout(parts_field(TEXT), zones=ZONES)
LINE_LAYOUTS = tuple(FieldLayout(name, has_forms=True) for name in LINE_FIELDS)

LAYOUTS = (TEXT_LAYOUT, PARTS_LAYOUT, *LINE_LAYOUTS)

DOCUMENT_STREAMS = ("stored", "tokens")
"""The streams of records by document, and the columns of the table `documents`, which says how
long each record is."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the postings of a searchable field are: of which zone, of one form or of all."""

    base: str
    zone: str | None = None
    is_exact: bool = False


def _views() -> dict[str, View]:
    views = {}
    for name in ANALYZED_FIELDS:
        base, zone = (TEXT, name) if name in ZONES else (name, None)
        views[name] = View(base, zone)
        views[exact_field(name)] = View(base, zone, is_exact=True)
        if name in COMPOUND_FIELDS:
            views[parts_field(name)] = View(parts_field(base), zone)
    views[LEAD] = View(TEXT, LEAD)
    views[parts_field(LEAD)] = View(parts_field(TEXT), LEAD)
    return views


VIEWS = _views()
"""By the name of the field in `searchapp.engines.fields`."""
