"""Reads Markdown (.md, .markdown) with YAML front matter: one article a file, as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from searchapp.corpus.encoding import read_text
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import html_to_text
from searchapp.corpus.records import article_from_record, field_of
from searchapp.model import Article

_MAX_FRONT_MATTER_CHARS = 100_000
_NOTHING = ("null", "Null", "NULL", "~")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(file: ArticleFile) -> Iterator[Article]:
    """The one article of a Markdown file.

    The title is that of the front matter, else the first heading if the text begins with it.
    """
    text = read_text(file)
    if text is None:
        return
    try:
        values, content = _front_matter(text.lstrip())
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        file.error(
            f"front matter is not YAML ({getattr(cause, 'problem', None) or cause})",
            "mend it; texts with a colon belong in quotes",
            line=mark.line + 2 if mark else None,
        )
        return
    record = {
        str(key): value
        for key, value in values.items()
        if value not in _NOTHING and field_of(str(key)) != "body"
    }
    try:
        title, body = _title_and_text(content, has_title="title" in map(field_of, record))
    except RecursionError:
        file.error("is nested too deeply", "write it with fewer brackets and quotes")
        return
    if title:
        record["title"] = title
    article = article_from_record(record | {"body": body}, file, fallback_id=file.stem)
    if article is not None:
        yield article


def _front_matter(text: str) -> tuple[dict[Any, Any], str]:
    """The values between two lines "---" at the start of a text, and the rest of the text.

    Every value stays the text that was written: YAML's base loader makes no objects, which is safe
    and keeps a title "2024", an id "007", a tag "no" and a date "5.3.2024".
    Raises YAMLError, ValueError or RecursionError for front matter that is not YAML.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        yaml_text, content = handler.split(text)
    except ValueError:  # No second line "---": the first one was a rule.
        return {}, text
    if len(yaml_text) > _MAX_FRONT_MATTER_CHARS:
        raise ValueError("too long")
    values = yaml.load(yaml_text, Loader=yaml.BaseLoader)
    return (values, content) if isinstance(values, dict) else ({}, text)


def _title_and_text(content: str, *, has_title: bool) -> tuple[str, str]:
    """The heading at the start of the content, unless there is a title already, and the text."""
    tokens = _MARKDOWN.parse(content)
    title = ""
    if not has_title and tokens and tokens[0].type == "heading_open":
        title = _text(tokens[:3])
        tokens = tokens[3:]
    return title, _text(tokens)


def _text(tokens: list[Token]) -> str:
    return html_to_text(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
