"""What a Markdown file says about itself before its text, in all the forms that are in use.

- between lines "---" (the second may be "..."): YAML, of Jekyll, Hugo, pandoc and most others
- between lines "+++": TOML, of Hugo and Zola
- an object in braces at the beginning: JSON, of Hugo
- lines "Title: ..." up to an empty one: the header of Pelican and MultiMarkdown
- lines "% ...": pandoc's title block (title, authors, date)
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from searchapp.corpus.records import field_of, split_tag_text
from searchapp.translation import N_, Message

_MAX_CHARS = 100_000
_YAML = re.compile(r"---[ \t]*\n(?P<head>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<head>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_JSON_START = re.compile(r"\{\s*(?:\"|\}[ \t]*$)", re.MULTILINE)
_TITLE_BLOCK = ("title", "author", "date")
_TITLE_BLOCK_LINE = re.compile(r"%(?!%)[ \t]?(?P<text>.*(?:\n[ \t]+\S.*)*)(?:\n|\Z)")
_HEADER_LINE = re.compile(
    r"(?P<name>[^\W\d][\w -]{0,39}):(?P<value>[ \t]+.*|)(?P<more>(?:\n[ \t]+\S.*)*)(?:\n|\Z)"
)
# Names in headers that mean nothing to a search, but show that a line is one.
_OTHER_NAMES = frozenset((
    "slug", "lang", "language", "translation", "status", "modified", "template", "save_as", "cover",
    "image", "layout", "series", "email", "copyright", "css", "affiliation", "base header level",
    "format", "revision", "version", "updated", "comments", "toc",
))  # fmt: skip
# Tables in front matter whose values belong to the page: Hugo, Zola, Grav.
_NESTED = ("params", "extra", "taxonomies", "taxonomy")
_NOTHING = ("null", "Null", "NULL", "~")
_JEKYLL_LISTS = ("tags", "categories")


class FrontMatter(NamedTuple):
    """What is said before the text, and the text.

    values: by name, as JSON has them; all values of YAML are the texts that were written.
    """

    values: dict[str, object]
    content: str


class FrontMatterError(Exception):
    """Front matter that cannot be read. what: what is wrong. line: None where it is not known."""

    def __init__(self, what: Message, line: int | None) -> None:
        super().__init__(what, line)
        self.what, self.line = what, line


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of a Markdown text, in any of the forms; no values if it has none.

    Raises FrontMatterError where it begins as front matter and cannot be read.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip()
    if yaml_block := _YAML.match(text):
        values = _read_yaml(yaml_block["head"])
        # Between two rules may be a text.
        return FrontMatter({}, text) if values is None else _page(values, text, yaml_block.end())
    if toml_block := _TOML.match(text):
        return _page(_read_toml(toml_block["head"]), text, toml_block.end())
    if _JSON_START.match(text):
        values, end = _read_json(text)
        return _page(values, text, end)
    values, end = _read_title_block(text) or _read_header(text) or ({}, 0)
    return _page(values, text, end)


def words_as_lists(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a page of Jekyll, in which tags may be one text with blanks between them."""
    return {
        name: value.split()
        if name in _JEKYLL_LISTS and isinstance(value, str) and len(split_tag_text(value)) == 1
        else value
        for name, value in values.items()
    }


def _page(values: Mapping[Any, object], text: str, end: int) -> FrontMatter:
    """The values that mean something, those of nested tables too, and the text from `end` on."""
    content = text[end:]
    merged: dict[str, object] = {}
    for table in (values, *(values.get(name) for name in _NESTED)):
        if isinstance(table, Mapping):
            for key, value in table.items():
                merged.setdefault(str(key), value)
    return FrontMatter(
        {
            name: value
            for name, value in merged.items()
            # What describes the page is its text only if it has no other.
            if value not in _NOTHING and (field_of(name) != "body" or not content.strip())
        },
        content,
    )


def _without_dates(value: Any) -> Any:
    """A value of TOML as JSON has it: dates are texts."""
    match value:
        case dt.date() | dt.time():
            return value.isoformat()
        case list():
            return [_without_dates(each) for each in value]
        case dict():
            return {key: _without_dates(each) for key, each in value.items()}
    return value


def _read_yaml(head: str) -> dict[Any, Any] | None:
    """The values of YAML, or None if it is a text.

    Every value stays the text that was written: YAML's base loader makes no objects, which is safe
    and keeps a title "2024", an id "007", a tag "no" and a date "5.3.2024".
    """
    try:
        values = yaml.load(_bounded("YAML", head), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        what = N_(
            "front matter is not YAML (%(reason)s)", reason=getattr(cause, "problem", None) or cause
        )
        raise FrontMatterError(what, mark.line + 2 if mark else None) from cause
    if values is None or values == "":
        return {}
    return values if isinstance(values, dict) else None


def _read_toml(head: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _without_dates(tomllib.loads(_bounded("TOML", head)))
    except (ValueError, RecursionError) as cause:
        place = re.search(r"at line (\d+)", str(cause))
        line = int(place[1]) + 1 if place else None
        raise FrontMatterError(
            N_("front matter is not TOML (%(cause)s)", cause=cause), line
        ) from cause
    return values


def _read_json(text: str) -> tuple[dict[str, Any], int]:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as cause:
        reason = getattr(cause, "msg", cause)
        line = getattr(cause, "lineno", None)
        raise FrontMatterError(
            N_("front matter is not JSON (%(reason)s)", reason=reason), line
        ) from cause
    return values, end


def _bounded(language: str, head: str) -> str:
    if len(head) > _MAX_CHARS:
        raise FrontMatterError(
            N_("front matter is not %(language)s (too long)", language=language), 1
        )
    return head


def _read_title_block(text: str) -> tuple[dict[str, object], int] | None:
    """The title, authors and date of pandoc's lines "% ...", and where they end."""
    lines: list[str] = []
    end = 0
    while len(lines) < len(_TITLE_BLOCK) and (match := _TITLE_BLOCK_LINE.match(text, end)):
        lines.append(match["text"].strip())
        end = match.end()
    values: dict[str, object] = dict(zip(_TITLE_BLOCK, lines, strict=False))
    if not values.get("title"):
        return None
    if "author" in values:
        values["author"] = [name.strip() for name in re.split(r"[;\n]", lines[1]) if name.strip()]
    return values, end


def _read_header(text: str) -> tuple[dict[str, object], int] | None:
    """The values of lines "Name: ..." up to an empty one, and where they end.

    Prose has such lines, too: the names of all must be known, or one must be the title.
    """
    values: dict[str, object] = {}
    end = 0
    while match := _HEADER_LINE.match(text, end, _MAX_CHARS):
        name = match["name"].strip().lower()
        lines = [line.strip() for line in (match["value"] + match["more"]).split("\n")]
        is_list = field_of(name) in ("tags", "category", "author") and len(lines) > 1
        values.setdefault(name, [*filter(None, lines)] if is_list else " ".join(lines).strip())
        end = match.end()
    known = [field_of(name) not in (None, "body") or name in _OTHER_NAMES for name in values]
    has_title = "title" in map(field_of, values)
    is_header = known[:1] == [True] and (has_title or all(known))
    is_over = not text[end : end + 1].strip("\n")
    return (values, end) if is_header and is_over else None
