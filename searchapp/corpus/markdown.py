"""Reads Markdown (.md, .markdown), one article a file, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from searchapp.corpus.encoding import read_text
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.front_matter import FrontMatterError, read_front_matter, words_as_lists
from searchapp.corpus.html_text import html_to_text
from searchapp.corpus.markdown_dialects import plain_markdown, without_table_rules
from searchapp.corpus.records import article_from_record, field_of, yes_or_no
from searchapp.german.text_cleaner import clean_line
from searchapp.model import Article
from searchapp.translation import N_

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_DAY_IN_NAME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?=[-_ ]|$)")
_BUNDLE_NAMES = ("index", "_index")
_DRAFTS_FOLDER = "_drafts"


def read_markdown(file: ArticleFile) -> Iterator[Article]:
    """The one article of a Markdown file.

    The title is that of the front matter, else the first heading if the text begins with it; the
    date is that of the front matter, else the one that the name begins with.
    """
    text = read_text(file)
    if text is None:
        return
    try:
        values, content = read_front_matter(text)
        record = _record(values, file.path, is_yaml=text.lstrip().startswith("---"))
        title, record["body"] = _title_and_text(content, record)
    except FrontMatterError as cause:
        remedy = N_("mend it; texts with a colon belong in quotes")
        file.error(cause.what, remedy, line=cause.line)
        return
    except RecursionError:
        file.error(N_("is nested too deeply"), N_("write it with fewer brackets and quotes"))
        return
    if title:
        record["title"] = title
    article = article_from_record(record, file, fallback_id=file.stem, waits_for_its_day=True)
    if article is not None:
        yield article


def _record(values: dict[str, object], path: Path, *, is_yaml: bool) -> dict[str, object]:
    """The values of the front matter, with what the path of the file says."""
    name = path.parent.name if path.name.split(".")[0] in _BUNDLE_NAMES else path.name
    day = _DAY_IN_NAME.match(name)
    is_jekyll = day or "layout" in values or any(part[:1] == "_" for part in path.parts[:-1])
    record = words_as_lists(values) if is_yaml and is_jekyll else dict(values)
    dates = [value for key, value in record.items() if field_of(key) == "date"]
    if day and all(yes_or_no(value) is not None for value in dates):  # "published: true"
        record["date"] = day[0]
    if _DRAFTS_FOLDER in path.parts:
        record["draft"] = True
    return record


def _title_and_text(content: str, record: Mapping[str, object]) -> tuple[str, str]:
    """The heading at the start of the content, unless there is a title already, and the text.

    A heading that repeats the title is no text.
    """
    tokens = _MARKDOWN.parse(plain_markdown(content))
    titles = [clean_line(str(value)) for key, value in record.items() if field_of(key) == "title"]
    heading = ""
    if tokens and tokens[0].type == "heading_open":
        heading = _text(tokens[:3])
        if not titles or clean_line(heading) in titles:
            tokens = tokens[3:]
    return "" if titles else heading, _text(tokens)


def _text(tokens: list[Token]) -> str:
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return without_table_rules(html_to_text(html))
