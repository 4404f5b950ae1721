"""What to do about a query without results, and what a line of the owner's file would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from searchapp.deadline import Deadline
from searchapp.errors import BadRequest, BadSetting, SearchappError, SearchTimeout
from searchapp.german.exceptions import Exceptions, read_exceptions
from searchapp.query_store import AskedQuery
from searchapp.searching import SearchService
from searchapp.translation import N_

Step = Literal["none", "synonym", "unknown_word", "missing_article", "unanswered"]
MAX_LINE_CHARS = 500


@dataclass(frozen=True, slots=True)
class Advice:
    """The step to take for a query.

    asked: the query and its counts. total: what it finds now, as typed.
    step: "none": it finds something by now. "synonym": no article has `word`, but some have a word
        like it; `line` says so in the owner's file, and the query would then find `total_then`.
    "unknown_word": no article has `word`; either one is missing, or it is called something else in
        those that there are. "missing_article": there are articles with each word, and none with
        all. "unanswered": there was no time to look, or the query cannot be read.
    """

    asked: AskedQuery
    step: Step
    total: int = 0
    word: str = ""
    line: str = ""
    total_then: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A query, and how many articles it finds now and would find with a line."""

    query: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a line would change. heading: that it has to stand under. needs_rebuild: to hold."""

    line: str
    heading: str
    needs_rebuild: bool
    changes: tuple[Change, ...]


def advised(
    service: SearchService, queries: Iterable[AskedQuery], deadline: Deadline
) -> list[Advice]:
    """The step for each query; when the time is up, the other ones stay unanswered.

    Raises NoIndex, IndexDamaged, IndexUnreadable, IndexOutdated.
    """
    return [_advice(service, each, deadline) for each in queries]


def _advice(service: SearchService, asked: AskedQuery, deadline: Deadline) -> Advice:
    try:
        total = service.count(asked.query, deadline=deadline)
        if total:
            return Advice(asked, "none", total)
        for word in service.words(asked.query):
            if service.count(word, deadline=deadline):
                continue
            like = service.likely_word(word, deadline=deadline)
            line = f"{word} = {like}"
            if like and (synonyms := _synonyms(line)):
                then = service.count(asked.query, synonyms=synonyms, deadline=deadline)
                if then:
                    return Advice(asked, "synonym", 0, word, line, then)
            return Advice(asked, "unknown_word", word=word)
    except (SearchTimeout, BadRequest):
        return Advice(asked, "unanswered")
    except SearchappError as error:
        if error.kind != "query_too_long":
            raise
        return Advice(asked, "unanswered")
    return Advice(asked, "missing_article")


def _synonyms(line: str) -> Mapping[str, tuple[str, ...]]:
    try:
        return read_line(line)[1].synonyms
    except BadSetting:
        return {}


def preview(service: SearchService, line: str, deadline: Deadline, *, query: str = "") -> Preview:
    """What a line of the owner's file would change, as "LKW = Lastwagen" or "Torfkahn = Torf|kahn".

    query: another one to be tried with it. The counts of a split are upper bounds: it holds for
    the form that it names alone, and they are for all. Raises BadSetting for what is no such line,
    SearchTimeout, and as `advised`.
    """
    heading, exceptions = read_line(line)
    tried = [query] if query.strip() else []
    changes: Iterator[Change]
    if heading == "splits":
        ((word, parts),) = exceptions.splits.items()
        changes = (
            Change(
                part,
                service.count(part, deadline=deadline),
                service.count(f"{part} OR {word}", deadline=deadline),
            )
            for part in dict.fromkeys(part for part, _ in parts)
        )
    else:
        (word,) = exceptions.synonyms
        typed = line.partition("=")[0].strip()
        changes = (
            Change(
                each,
                service.count(each, deadline=deadline),
                service.count(each, synonyms=exceptions.synonyms, deadline=deadline),
            )
            for each in dict.fromkeys((typed, *tried))
        )
    return Preview(" ".join(line.split()), heading, heading == "splits", tuple(changes))


def read_line(line: str) -> tuple[str, Exceptions]:
    """The heading that a line belongs under, and what it says. Raises BadSetting."""
    line = " ".join(line.split())
    is_line = "=" in line and line.isprintable() and not line.startswith(("[", "#"))
    if not is_line or len(line) > MAX_LINE_CHARS:
        raise BadSetting(
            N_("this is neither a synonym nor a split"),
            remedy=N_("write LKW = Lastwagen or Torfkahn = Torf|kahn"),
        )
    heading = "splits" if "|" in line else "synonyms"
    try:
        exceptions = read_exceptions((f"[{heading}]", line), "line")
    except BadSetting as error:
        raise BadSetting(error.what, remedy=error.remedy) from None
    if not (exceptions.splits or exceptions.synonyms):
        raise BadSetting(N_("this line says nothing"), remedy=N_("write LKW = Lastwagen"))
    return heading, exceptions
