"""Reads XML of any size and depth as it streams by; nothing of it is kept.

Expat and not lxml: nested tables may be deeper than libxml2 allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from searchapp.corpus.documents.package import Package, Unreadable
from searchapp.corpus.files import ArticleFile
from searchapp.translation import N_

MAX_DEPTH = 100_000
"""Levels of nested elements."""


class Handler(Protocol):
    """What is told of an XML file. Names come without their namespace's prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins. Attributes are without prefix, too."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of text between two tags."""


def read_markup(chunks: Iterable[bytes], part_name: str, handler: Handler) -> None:
    """Tell the handler what is in an XML file; nothing if there are no bytes.

    Entities that the file declares are refused. Raises Unreadable.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable(
                N_("is nested more than %(max_depth)s levels deep", max_depth=MAX_DEPTH),
                N_("take it out"),
            )
        handler.start(
            name.rpartition(":")[2],
            {key.rpartition(":")[2]: value for key, value in attributes.items()},
        )

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(":")[2])

    def entity(*_: object) -> None:
        raise Unreadable(N_("declares entities, which may be a bomb"), N_("take it out"))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = entity
    has_text = False
    try:
        for chunk in chunks:
            has_text = True
            parser.Parse(chunk, False)
        if has_text:
            parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as cause:
        line = getattr(cause, "lineno", 1)
        reason = expat.ErrorString(cause.code) if isinstance(cause, expat.ExpatError) else cause
        raise Unreadable(
            N_(
                "is damaged: %(part_name)s is no XML in line %(line)s (%(reason)s)",
                part_name=part_name,
                line=line,
                reason=reason,
            ),
            N_("save it anew"),
        ) from cause
    finally:
        # Handlers and parser hold each other.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = parser.EntityDeclHandler = None


def read_minor_part(file: ArticleFile, package: Package, part_name: str, handler: Handler) -> None:
    """Tell the handler what is in a part without which the text is still worth having.

    Where it is damaged, that is a warning, and the handler knows what came before.
    """
    try:
        read_markup(package.chunks(part_name), part_name, handler)
    except Unreadable as cause:
        file.warn(cause.what, N_("what it says is missing; save it anew"))


class StartTags:
    """The rest of a handler for a file that says everything in the beginnings of its elements."""

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def text(self, text: str) -> None:
        """There is none."""


class FieldTexts:
    """A handler that keeps the text of each element that has no others inside, by name.

    For the small files with a document's properties.
    """

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._pieces: list[str] = []

    def first(self, name: str) -> str:
        """The text of the first element of a name that has one, or ""."""
        return next((value for value in self.values.get(name, ()) if value), "")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del name, attributes
        self._pieces = []

    def end(self, name: str) -> None:
        self.values.setdefault(name, []).append("".join(self._pieces).strip())
        self._pieces = []

    def text(self, text: str) -> None:
        self._pieces.append(text)
