"""Problems by kind: of a million in a file some are told, and the number of the others.

Whoever shows or stores problems gets few enough of them to do it; their counts stay exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from searchapp.errors import Problem, file_of
from searchapp.translation import N_, NO_TEXT, Message, Number

SHOWN_OF_A_KIND = 10
"""Of one kind in one file; the others are counted."""

MAX_KINDS = 50
"""In one file, and in all files beyond MAX_SHOWN; problems of still other kinds are of one."""

MAX_SHOWN = 1000
"""Of one severity, over all files."""

# What differs between two sentences of a kind: quoted values and numbers.
_VALUE = re.compile(r"'(?:[^'\\]|\\.){0,400}'|\"(?:[^\"\\]|\\.){0,400}\"|\d[\d.,]*")
_SUMMARY = re.compile(r"and [\d,]+ more like this(?: in other files)?: ")


@dataclass(slots=True)
class _Kind:
    """Problems of one kind: how many were passed on, the first that was not, and how many more."""

    shown: int = 0
    first: Problem | None = None
    more: int = 0

    def add(self, problem: Problem) -> None:
        """Count a problem that is not passed on."""
        self.first = self.first or problem
        self.more += problem.count

    def summary(self, where: Message) -> Problem | None:
        """One problem for all that were counted."""
        if self.first is None or self.more == self.first.count:
            return self.first
        return replace(
            self.first,
            where=file_of(self.first.where),
            what=N_(
                "and %(number)s more like this%(where)s: %(what)s",
                number=Number(self.more),
                where=where,
                what=_told(self.first),
            ),
            count=self.more,
        )


def _told(problem: Problem) -> Message:
    """What a problem tells, be it of itself or, in a summary, of others like it."""
    told = problem.what.values.get("what")
    is_summary = isinstance(told, Message) and _SUMMARY.match(problem.what)
    return told if isinstance(told, Message) and is_summary else problem.what


_Kinds = dict[tuple[str, str], _Kind]


class ProblemGroups:
    """Passes the first problems of each kind in a file on, and one for all others of the kind.

    The problems of a file come one after the other; those that come later count as of another
    file. What this passes on may go through another one, whose counts are as exact.
    """

    def __init__(self, report: Callable[[Problem], None]) -> None:
        self._report = report
        self._file = ""
        self._kinds: _Kinds = {}
        self._shown = {"error": 0, "warning": 0}
        self._beyond: _Kinds = {}

    def add(self, problem: Problem) -> None:
        """Pass a problem on, or count it."""
        file = file_of(problem.where)
        if file != self._file:
            self.end_file()
            self._file = file
        kind = _kind(self._kinds, problem)
        if kind.shown < SHOWN_OF_A_KIND:
            kind.shown += 1
            self._pass_on(problem)
        else:
            kind.add(problem)

    def end_file(self) -> None:
        """Pass on what was counted in the latest file."""
        for kind in self._kinds.values():
            summary = kind.summary(NO_TEXT)
            if summary is not None:
                self._pass_on(summary)
        self._kinds = {}

    def close(self) -> None:
        """Pass on whatever was counted."""
        self.end_file()
        for kind in self._beyond.values():
            summary = kind.summary(N_(" in other files"))
            if summary is not None:
                self._report(summary)
        self._beyond = {}

    def _pass_on(self, problem: Problem) -> None:
        self._shown[problem.severity] += 1
        if self._shown[problem.severity] <= MAX_SHOWN:
            self._report(problem)
        else:
            _kind(self._beyond, problem).add(problem)


def _kind(kinds: _Kinds, problem: Problem) -> _Kind:
    sentence = _VALUE.sub("", _told(problem))
    key = problem.severity, sentence
    if key not in kinds and len(kinds) >= MAX_KINDS:
        key = problem.severity, ""
    return kinds.setdefault(key, _Kind())
