"""Takes out of Markdown what site generators and editors add to it and readers never see as text.

Templates and shortcodes (Jekyll's Liquid, Hugo), attribute lists (kramdown, pandoc), marks of
footnotes, tables of contents, wiki links, boxes: what is in CommonMark stays as it is, and so does
code, whatever it looks like. All patterns take time linear in the length of a text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A call ends before the next one begins, so that one without an end costs no time.
_TOKEN = re.compile(
    r"(?P<code>^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?![ ]{0,3}(?P=fence))[^\n]*)*+"
    r"(?:\n[ ]{0,3}(?P=fence)[^\n]*)?"
    r"|(?<!`)(?P<ticks>`{1,9})(?!`)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`))"
    r"|\{\{[<%](?P<shortcode>(?:(?!\{\{|\}\})[\s\S])*+)\}\}"
    r"|\{%(?P<tag>(?:(?!\{%|%\})[\s\S])*+)%\}"
    r"|\{\{(?:(?!\{\{|\}\})[\s\S])*+\}\}",
    re.MULTILINE,
)
_CALL = re.compile(r"[-\s]*(?P<end>/|end)?\s*(?P<name>[\w./-]+)")
_SHOWN_ARGUMENT = re.compile(r"\b(?:caption|title)\s*=\s*(?P<quote>[\"'])(?P<text>.*?)(?P=quote)")
_HAS_CAPTION = re.compile(r"(?:include\s+)?[\w./-]*(?:figure|image|img|picture|gallery)", re.ASCII)
_RAW_TAG = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_CODE_FENCE = "\n~~~~~~~~~\n"
_KEPT_AS_CODE = ("highlight", "code", "codeblock")
_KEPT_AS_IT_IS = ("raw", "verbatim")
_NOT_SHOWN = ("comment", "mermaid", "chart", "echarts", "plantuml", "style", "script", "schema")
_BLOCKS = frozenset((*_KEPT_AS_CODE, *_KEPT_AS_IT_IS, *_NOT_SHOWN))

_FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^(?P<label>[^\]\s]{1,50})\]:[ \t]*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^(?P<label>[^\]\s]{1,50})\]")
_NAME = r"[A-Za-z][\w:.-]*"
_PAIR = r"[\w:-]{1,40}=(?:\"[^\"\n]{0,300}\"|[^\s{}\"]{1,300})"
_ATTRIBUTES = rf"\{{[ ]?(?:[#.]{_NAME}|-)(?:[ ]+(?:[#.]{_NAME}|{_PAIR}))*[ ]?\}}"

_MARKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        # Tables of contents: kramdown's list with {:toc}, and [TOC] on a line of its own.
        (r"^[ \t]*(?:[-*+]|[0-9]{1,3}\.)[ \t]+[^\n]*\n[ \t]*\{:[ ]?toc[^}\n]*\}", ""),
        (
            r"^[ \t]*(?:\[{1,2}_?[Tt][Oo][Cc]_?\]{1,2}|\$\{toc\}|@\[toc\](?:\([^)\n]*\))?)[ \t]*$",
            "",
        ),
        # kramdown's comments, extensions and attribute lists.
        (r"\{::comment[ ]?\}(?:(?!\{::)[\s\S])*?\{:/(?:comment)?\}", ""),
        (r"\{::?/?[ ]?[\w.#][^{}\n]{0,500}\}|\{:[:/]\}", ""),
        # Attributes of pandoc and many others: {#id .class key="value"}.
        (_ATTRIBUTES, ""),
        (rf"(?<=[)\]\x00])\{{[ ]?{_PAIR}(?:[ ]+(?:[#.]{_NAME}|{_PAIR}))*[ ]?\}}", ""),
        # Boxes: ::: note, !!! note "Titel", > [!note] Titel.
        (r"^[ \t]*:{3,}[ \t]*(?:\{[^{}\n]*\}|[\w-]+)?(?:\[([^\]\n]*)\])?", r"\n\1\n"),
        (r"^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+[\w-]+(?:[ \t]+\"([^\"\n]*)\")?[ \t]*$", r"\n\1\n"),
        (r"^([ \t]*>[ \t]*)\[!\w+\][+-]?[ \t]*", r"\1"),
        # Tasks, definitions, abbreviations, notes within the text, marked text, comments.
        (r"^([ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)\[[ xX]\][ \t]+", r"\1"),
        (r"^:[ \t]{1,3}(?=\S)", "\n"),
        (r"^\*\[([^\]\n]+)\]:[ \t]*", r"\n\1: "),
        (r"\^\[([^\[\]\n]{1,1000})\]", r" (\1)"),
        (r"==(?=[^\s=])([^=\n]{1,500})(?<=\S)==", r"\1"),
        (r"%%[^%\n]*%%", ""),
        # Wiki links: [[page|text]]; ![[a picture or page]].
        (r"!\[\[[^\[\]\n]{1,300}\]\]", ""),
        (r"\[\[(?:[^\[\]|\n]{1,300}\|)?([^\[\]|\n]{1,300})\]\]", r"\1"),
        # Lines of programs and of typesetting.
        (r"^(?:import|export)\s[^\n]{0,300}\sfrom\s+[\"'][^\n]*[\"'];?[ \t]*$", ""),
        (r"^\\(?:newpage|pagebreak|clearpage|toc)[ \t]*$", ""),
    )
)
_PLACE = re.compile(r"\x00([0-9]+)\x00")
_TABLE_RULE = re.compile(r"(?:\|\s*)?(?<!-):?-{3,}:?(?:\s*\|\s*:?-{3,}:?)+(?:\s*\|)?")


def plain_markdown(text: str) -> str:
    """The text in CommonMark, with the code that it holds unchanged."""
    codes: list[str] = []
    text = _without_templates(text.replace("\x00", ""), codes)
    labels = {match["label"] for match in _FOOTNOTE.finditer(text)}
    text = _FOOTNOTE.sub("\n", text)
    text = _FOOTNOTE_MARK.sub(
        lambda mark: "" if mark["label"] in labels or mark["label"].isdigit() else mark[0], text
    )
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return _PLACE.sub(lambda place: codes[int(place[1])], text)


def without_table_rules(text: str) -> str:
    """The text without the line below the head of a table that is not quite one."""
    return _TABLE_RULE.sub("", text) if "---" in text else text


class _Block(NamedTuple):
    """A template block that has not ended: its name, and where it began in input and output."""

    name: str
    start: int
    written: int


def _without_templates(text: str, codes: list[str]) -> str:
    """The text without calls of templates; code is put into `codes`, numbered places stand for it.

    What is between the calls stays, but for blocks that show nothing; a block without an end is
    none.
    """
    written: list[str] = []
    block: _Block | None = None
    position = 0

    def keep(code: str) -> None:
        codes.append(_RAW_TAG.sub("", code))
        written.append(f"\x00{len(codes) - 1}\x00")

    for match in _TOKEN.finditer(text):
        between = text[position : match.start()]
        position = match.end()
        arguments = match["shortcode"] or match["tag"] or ""
        call = _CALL.match(arguments)
        name, is_end = (call["name"], bool(call["end"])) if call else ("", False)
        if block is not None and is_end and name == block.name:
            inside = text[block.start : match.start()]
            del written[block.written :]
            if name in _KEPT_AS_CODE:
                keep(f"{_CODE_FENCE}{inside.strip(chr(10))}{_CODE_FENCE}")
            elif name in _KEPT_AS_IT_IS:
                keep(inside)
            block = None
            continue
        written.append(between)
        if match["code"]:
            keep(match["code"])
        elif name in _BLOCKS and not is_end:
            block = block or _Block(name, match.end(), len(written))
        elif _HAS_CAPTION.match(arguments.strip(" -<%>")):
            shown = [found["text"] for found in _SHOWN_ARGUMENT.finditer(arguments)]
            written.append("\n\n".join(["", *shown, ""]) if shown else "")
    written.append(text[position:])
    return "".join(written)
