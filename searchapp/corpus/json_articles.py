"""Which objects in JSON are articles, and what their values are called elsewhere.

Knows JSON Feed (jsonfeed.org), the objects of WordPress' REST interface, articles of schema.org in
JSON-LD, and the envelopes of databases and interfaces (Elasticsearch, JSON:API, GraphQL).
"""

from __future__ import annotations

from collections.abc import Mapping

from searchapp.corpus import wordpress_api
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import field_of
from searchapp.translation import N_

Record = Mapping[str, object]

WRAPPER_NAMES = frozenset((
    "articles", "article", "artikel", "items", "item", "posts", "pages", "data", "results",
    "result", "entries", "entry", "documents", "docs", "records", "rows", "hits", "response",
    "news", "stories", "beiträge", "beitraege", "meldungen", "nachrichten", "texte", "dokumente",
    "nodes", "edges", "objects", "list", "feed", "channel", "rss", "value", "values", "payload",
    "collection", "resources", "db", "@graph", "itemlistelement",
))  # fmt: skip
"""Names under which collections hold their articles, in small letters."""

_WEAK_BODIES = frozenset(
    ("description", "beschreibung", "summary", "zusammenfassung", "abstract", "excerpt", "auszug")
)
_ENVELOPES = frozenset(("_source", "attributes", "node", "item", "article", "post", "fields"))
_ARTICLE_TYPES = (
    "article",
    "posting",
    "report",
    "review",
    "recipe",
    "creativework",
    "pressrelease",
)


def has_text(record: Record) -> bool:
    """Whether an object has a text of its own and not only a description."""
    return any(
        field_of(key) == "body" and key.lower() not in _WEAK_BODIES and _holds_text(value)
        for key, value in record.items()
    )


def _holds_text(value: object) -> bool:
    """Whether a value is a text, paragraphs, or an object around a text."""
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], str)
    if isinstance(value, dict):
        return any(isinstance(each, str) for each in value.values())
    return isinstance(value, str) and bool(value)


def is_article(value: object) -> bool:
    """Whether a value is an object that looks like an article: a text, or a title and something."""
    if not isinstance(value, dict):
        return False
    fields = {field_of(key) for key, held in value.items() if held} - {None}
    return ("title" in fields and len(fields) > 1) or has_text(value)


def is_something_else(record: Record) -> bool:
    """Whether the only object of a file is no article, as settings with a description."""
    has_title = any(value and field_of(key) == "title" for key, value in record.items())
    return not (has_title or has_text(record) or "@type" in record or is_in_envelope(record))


def is_in_envelope(record: Record) -> bool:
    """Whether an object holds an article beside what a database or interface says of it."""
    return any(isinstance(record.get(name), dict) for name in _ENVELOPES)


def nested_articles(record: Record) -> list[Record]:
    """The articles in an object that is none: in its only list of them, or by their ids."""
    lists = [
        value
        for value in record.values()
        if isinstance(value, list) and any(map(is_article, value))
    ]
    if lists:
        return [each for each in max(lists, key=len) if isinstance(each, dict)]
    named = {key: value for key, value in record.items() if is_article(value)}
    return [
        {"id": key, **value} if key.lower() not in WRAPPER_NAMES else value
        for key, value in named.items()
        if isinstance(value, dict)
    ]


def defaults_of(collection: Record) -> dict[str, object]:
    """What a collection says of all its articles: its title is their source.

    JSON Feed 1.1: the authors of a feed are those of items without any.
    """
    defaults: dict[str, object] = {}
    if isinstance(title := collection.get("title"), str):
        defaults["source"] = title
    if str(collection.get("version")).startswith("https://jsonfeed.org/"):
        defaults["authors"] = collection.get("authors") or collection.get("author")
    return defaults


def plain_record(record: Record, file: ArticleFile, line: int) -> Record | None:
    """The values of an article as `article_from_record` knows them.

    None for an object that is said to be something else, after a warning.
    """
    if not _ENVELOPES.isdisjoint(record) and not is_article(record):
        inner = next((record[name] for name in record if name in _ENVELOPES), None)
        if isinstance(inner, dict):
            record = {**{key: record[key] for key in ("id", "_id") if key in record}, **inner}
    if isinstance(title := record.get("title"), dict) and "rendered" in title:
        return wordpress_api.plain_record(record, file, line)
    return _of_schema_org(record, file, line) if "@type" in record else record


def _of_schema_org(record: Record, file: ArticleFile, line: int) -> Record | None:
    kinds = record["@type"] if isinstance(record["@type"], list) else [record["@type"]]
    is_one = any(str(kind).lower().endswith(_ARTICLE_TYPES) for kind in kinds)
    if not is_one and not has_text(record):
        file.warn(
            N_("is no article but of type %(kinds)s", kinds=str(kinds[0])[:40]),
            N_("it is left out"),
            line=line,
        )
        return None
    defaults = {"headline": record.get("name"), "url": record.get("mainEntityOfPage")}
    return {**{name: value for name, value in defaults.items() if value}, **record}
