"""The indexed fields: what an article becomes in every engine.

- `text`: title, tags and body together, what a plain word is looked up in. One list of postings
  for each word, where three fields would need three.
- `title`, `tags`, and the LINE_FACETS: each by itself, for `titel:` and its like; a word in the
  title counts there once more. Of several tags or authors each is a text of its own.
- `*_exact`: the same words in their exact forms.
- `*_parts`: the parts of the compounds in `text`, `title` and `tags`.
- `lead`, `lead_parts`: the first LEAD_WORDS words of the body, what an article is mostly about.
"""

from __future__ import annotations

from searchapp.facets import LINE_FACETS

TEXT = "text"
LEAD = "lead"
LINE_FIELDS = tuple(facet.name for facet in LINE_FACETS)
ANALYZED_FIELDS = (TEXT, "title", "tags", *LINE_FIELDS)
COMPOUND_FIELDS = (TEXT, "title", "tags")
"""The fields whose compounds are split."""

LEAD_WORDS = 20
"""A sentence or two. With 10 to 40 questions, titles and descriptors are answered as well, on long
articles 40 is worse by a point or two where there are no titles, and better where there are."""

GAP = 10
"""Positions between title, tags and body, and between two authors, so that no phrase matches across
them: any number over 1 would do, and small positions are stored in fewer bytes."""


def exact_field(name: str) -> str:
    """The field with the exact forms of an analyzed field."""
    return f"{name}_exact"


def parts_field(name: str) -> str:
    """The field with the parts of the compounds of an analyzed field."""
    return f"{name}_parts"


INDEXED_FIELDS = (
    *ANALYZED_FIELDS,
    *map(exact_field, ANALYZED_FIELDS),
    *map(parts_field, COMPOUND_FIELDS),
    LEAD,
    parts_field(LEAD),
)


def measured_field(name: str) -> str:
    """The analyzed field whose lengths are used to rank matches in an indexed field."""
    analyzed = name.partition("_")[0]
    return TEXT if analyzed == LEAD else analyzed
