"""Makes records of the objects of WordPress' REST interface (developer.wordpress.org/rest-api)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from searchapp.corpus import wordpress
from searchapp.corpus.files import ArticleFile
from searchapp.translation import N_

Record = Mapping[str, object]


def plain_record(record: Record, file: ArticleFile, line: int) -> Record | None:
    """The values of a post as other records have them; None for what is no article.

    Names of authors and terms come from `_embedded`, with which the interface answers if asked;
    numbers without names are left out.
    """
    kind = str(record.get("type") or "post")
    if kind not in file.post_types:
        if kind not in wordpress.SILENT_TYPES:
            what, remedy = wordpress.of_other_types({kind: 1}, file.post_types)
            file.warn(what, remedy, line=line)
        return None
    content = record.get("content")
    if isinstance(content, Mapping) and content.get("protected"):
        file.warn(N_("has a password"), N_("it is left out, as on its site"), line=line)
        return None
    terms = list(_embedded(record, "wp:term"))
    link = _text(record.get("link"))
    guid = _rendered(record.get("guid"))
    return {
        "id": wordpress.article_id(_site(record) or guid or link, str(record.get("id") or "")),
        "title": _rendered(record.get("title")),
        "date": _text(record.get("date")),
        "status": _text(record.get("status")),
        "tags": [term["name"] for term in terms if term.get("taxonomy") == "post_tag"],
        "categories": [term["name"] for term in terms if term.get("taxonomy") == "category"],
        "authors": [author["name"] for author in _embedded(record, "author")],
        "url": link,
        "body": wordpress.text_of_post(_rendered(content))
        or wordpress.text_of_post(_rendered(record.get("excerpt"))),
    }


def _embedded(record: Record, name: str) -> Iterator[dict[str, object]]:
    """The objects with names that are embedded under a name, in lists or in lists of lists."""
    embedded = record.get("_embedded")
    held = embedded.get(name) if isinstance(embedded, Mapping) else None
    for each in held if isinstance(held, list) else ():
        for inner in each if isinstance(each, list) else (each,):
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                yield inner


def _site(record: Record) -> str:
    """The address of the interface without what follows the site's own."""
    match record.get("_links"):
        case {"self": [{"href": str(address)}, *_]} if "/wp-json/" in address:
            return address.partition("/wp-json/")[0]
    return ""


def _rendered(value: object) -> str:
    return _text(value.get("rendered")) if isinstance(value, Mapping) else _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
