"""How well tags that ran together are split: `python -m searchapp.measuring.tag_footers FILE`.

FILE is JSON Lines of objects with `glued`, the footer line, and `tags`, the true tags in order.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import click

from searchapp.corpus.tags.tag_splitter import split_tags


@dataclass(slots=True)
class TagScore:
    """How well lists were split. Rates are percentages."""

    lists: int = 0
    exact: int = 0
    expected: int = 0
    found: int = 0
    right: int = 0
    wrong: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def add(self, expected: Sequence[str], found: Sequence[str]) -> None:
        """Count one list: the true tags and the tags that were found."""
        self.lists += 1
        self.expected += len(expected)
        self.found += len(found)
        self.right += (Counter(expected) & Counter(found)).total()
        if tuple(expected) == tuple(found):
            self.exact += 1
        else:
            self.wrong.append((tuple(expected), tuple(found)))

    @property
    def exact_rate(self) -> float:
        """Lists whose tags are all right, in their order."""
        return 100 * self.exact / self.lists if self.lists else 0.0

    @property
    def precision(self) -> float:
        """Found tags that are right."""
        return 100 * self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """True tags that were found."""
        return 100 * self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.found + self.expected
        return 200 * self.right / both if both else 0.0

    def __str__(self) -> str:
        return (
            f"{self.exact}/{self.lists} lists right ({self.exact_rate:.1f} %), tag precision "
            f"{self.precision:.1f} %, recall {self.recall:.1f} %, F1 {self.f1:.1f} %"
        )


@dataclass(frozen=True, slots=True)
class FooterReport:
    """unaided: no tags known. halves: one half of the lists, the other half's tags known, twice."""

    unaided: TagScore
    halves: tuple[TagScore, TagScore]


def measure_splitter(path: Path) -> FooterReport:
    """Split every footer of a file. The halves are the lists of even and of odd line numbers.

    Raises ValueError with the file and line of what is not a footer with its tags.
    """
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    rows = [_footer(line, f"{path}:{number}") for number, line in lines if line.strip()]
    unaided = TagScore()
    for row in rows:
        unaided.add(row["tags"], split_tags(row["glued"]).tags)
    halves = (TagScore(), TagScore())
    for number, score in enumerate(halves):
        known = Counter(tag for row in rows[1 - number :: 2] for tag in row["tags"])
        for row in rows[number::2]:
            score.add(row["tags"], split_tags(row["glued"], known=known).tags)
    return FooterReport(unaided, halves)


class _Footer(TypedDict):
    glued: str
    tags: list[str]


def _footer(line: str, where: str) -> _Footer:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where}: is not JSON ({error})") from error
    match row:
        case {"glued": str(glued), "tags": list(tags)} if all(isinstance(tag, str) for tag in tags):
            return _Footer(glued=glued, tags=tags)
    raise ValueError(f'{where}: is not an object with a text "glued" and a list of texts "tags"')


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Print the figures of the tag splitter on the footers in FILE, and the lists it got wrong."""
    try:
        report = measure_splitter(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}\n  without known tags:   {report.unaided}")
    for half, score in zip(("first", "second"), report.halves, strict=True):
        click.echo(f"  {half} half, rest known: {score}")
    for expected, found in report.unaided.wrong:
        click.echo(f"  expected: {' | '.join(expected)}\n  found:    {' | '.join(found)}")


if __name__ == "__main__":
    main()
