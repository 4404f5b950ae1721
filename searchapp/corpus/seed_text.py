"""The seed text form (.txt): paragraphs, with a few optional lines above and below them.

Titel: Stahl aus Wasserstoff        any of Titel, Datum, Autor, Quelle, URL, Id; or a short
Datum: 5. März 2024                 first line without end punctuation and an empty line

Der erste Absatz. ...
Der zweite Absatz. ...
(Quelle: SMS group)
Schlagworte
ChinaEUStahl                        run together, one a line, or with commas or semicolons
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from searchapp.corpus.encoding import read_text
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import FIELD_NAMES, Field, article_from_record, field_of
from searchapp.german.text_cleaner import clean_line
from searchapp.model import Article

_LABELLED = (
    re.compile(r"(?P<label>[^\W\d_]{2,14}) ?:(?P<value>.{1,400})"),
    re.compile(r"\((?P<label>[^\W\d_]{2,14}) ?:(?P<value>.{1,400})\)\.?"),
    re.compile(r"\[(?P<label>[^\W\d_]{2,14}) ?:(?P<value>.{1,400})\]\.?"),
)
_HEADER_FIELDS = frozenset(FIELD_NAMES) - {"tags", "body"}
_FOOTER_FIELDS = _HEADER_FIELDS - {"id", "title"}
_SOURCE_AT_END = re.compile(r"[(\[]Quellen?: *(?P<source>[^()\[\]\n]{1,200})[)\]]\.?$")

_TAG_LABEL = re.compile(
    r"(?:(?:weitere|beliebte|alle|verwandte) +)?"
    r"(?:schlagworte|schlagwörter|schlagwoerter|stichworte|stichwörter|tags|themen|keywords)"
    r"(?P<colon> *:)?(?P<tags>.*)",
    re.IGNORECASE,
)
_TAG_SEPARATOR = re.compile(r"[,;|•\n]| · |(?:^|(?<=\s))#(?=\S)")
_BULLET = re.compile(r"^[-*•–] +")
_TITLE_CHARS = 150
_NO_TITLE_END = tuple(".!?:;,…")
_CLOSING = "\"'“”«»‘’)]"


@dataclass(frozen=True, slots=True)
class GluedArticle:
    """An article whose tags ran together in the source.

    article: has only the tags that did not run together. glued: the others.
    line: of the glued tags in the file, 1-based.
    """

    article: Article
    glued: str
    line: int


@dataclass(slots=True)
class _Layout:
    """The parts of a seed text. Lines are (1-based number, text without blanks around it)."""

    body: list[tuple[int, str]]
    values: dict[str, object] = field(default_factory=dict)
    tag_lines: list[tuple[int, str]] = field(default_factory=list)


def read_seed_text(file: ArticleFile) -> Iterator[Article | GluedArticle]:
    """The one article of a seed text file; glued tags are left to be split later."""
    text = read_text(file)
    if text is None:
        return
    layout = _Layout([(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)])
    _take_header(layout)
    _take_footer(layout)
    tags = _split(layout.tag_lines)
    glued = len(tags) == 1 and len(layout.tag_lines) == 1
    record = layout.values | {
        "body": "\n".join(line for _, line in layout.body),
        "tags": [] if glued else tags,
    }
    article = article_from_record(record, file, fallback_id=file.stem)
    if article is None:
        return
    yield GluedArticle(article, tags[0], layout.tag_lines[0][0]) if glued else article


def _take_header(layout: _Layout) -> None:
    """Move the labelled lines at the top, and a short first line, into the values."""
    lines = layout.body
    has_title = False
    while lines:
        line = lines[0][1]
        following = lines[1][1] if len(lines) > 1 else None
        labelled = _labelled(line, _HEADER_FIELDS)
        if labelled and labelled[0] not in layout.values:
            layout.values[labelled[0]] = labelled[1]
        elif (
            not has_title
            and "title" not in layout.values
            and _is_title(line)
            and (following == "" or (following and _labelled(following, _HEADER_FIELDS)))
        ):
            layout.values["title"] = line
            has_title = True
        elif line:
            return
        del lines[0]


def _is_title(line: str) -> bool:
    return (
        0 < len(line) <= _TITLE_CHARS
        and not line.rstrip(_CLOSING).endswith(_NO_TITLE_END)
        and not _TAG_LABEL.fullmatch(line)
    )


def _take_footer(layout: _Layout) -> None:
    """Move the tags and the labelled lines at the end, in any order, out of the body."""
    lines = layout.body
    while lines:
        number, line = lines[-1]
        labelled = _labelled(line, _FOOTER_FIELDS)
        if not line:
            del lines[-1]
        elif labelled:
            layout.values.setdefault(*labelled)
            del lines[-1]
        elif not layout.tag_lines and (block := _tag_block(lines)):
            start, layout.tag_lines = block
            del lines[start:]
        else:
            if found := _SOURCE_AT_END.search(line):
                layout.values.setdefault("source", found["source"])
                lines[-1] = (number, line[: found.start()].rstrip())
            return


def _labelled(line: str, fields: frozenset[Field]) -> tuple[Field, str] | None:
    """The field and value of a line such as "Datum: 5.3.2024" or "(Quelle: dpa)"."""
    for pattern in _LABELLED:
        if match := pattern.fullmatch(line):
            name = field_of(match["label"])
            value = match["value"].strip()
            return (name, value) if name in fields and value else None
    return None


def _tag_block(lines: list[tuple[int, str]]) -> tuple[int, list[tuple[int, str]]] | None:
    """Where the block of tags at the end begins, and its lines without the label; None if none."""
    for start in range(len(lines) - 1, -1, -1):
        number, line = lines[start]
        label = _TAG_LABEL.fullmatch(line)
        if label is None:
            if _is_prose(line):
                return None
            continue
        rest = label["tags"].strip()
        following = [each for each in lines[start + 1 :] if each[1]]
        if label["colon"] or not rest:
            tag_lines = [(number, rest), *following] if rest else following
            return (start, tag_lines) if tag_lines or start else None
        if not following and _begins_with_tags(label["tags"]):
            return start, [(number, rest)]
    return None


def _begins_with_tags(rest: str) -> bool:
    """Whether tags follow a label without a colon, and not the rest of a sentence."""
    if rest[0].isspace():
        return not _is_prose(rest) and (
            _TAG_SEPARATOR.search(rest) is not None
            or re.search(r"[a-zäöüß][A-ZÄÖÜ0-9]", rest) is not None
        )
    return rest[0].isupper() or rest[0].isdigit()


def _is_prose(line: str) -> bool:
    return line.rstrip(_CLOSING).endswith((".", "!", "?", "…")) and len(line.split()) > 5


def _split(tag_lines: list[tuple[int, str]]) -> list[str]:
    tags = [
        _BULLET.sub("", tag.strip()).strip()
        for _, line in tag_lines
        for tag in _TAG_SEPARATOR.split(clean_line(_BULLET.sub("", line)))
    ]
    return [tag for tag in tags if tag]
