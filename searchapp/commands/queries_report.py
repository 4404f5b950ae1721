"""What `searchapp queries` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from searchapp.commands.counts import number_text
from searchapp.commands.language import say
from searchapp.commands.result_text import aligned
from searchapp.messages import STEP_SENTENCES
from searchapp.translation import N_

if TYPE_CHECKING:
    from searchapp.missed_queries import Advice, Preview


def advice_text(found: Sequence[Advice]) -> str:
    """A line for each query, and one below it with the step to take."""
    if not found:
        return say(N_("No query has been counted."))
    rows = [
        (number_text(each.asked.times), number_text(each.asked.empty_times), each.asked.query)
        for each in found
    ]
    lines = aligned([(say(N_("asked")), say(N_("empty")), say(N_("query"))), *rows]).splitlines()
    text = [lines[0]]
    for line, each in zip(lines[1:], found, strict=True):
        text += [line, f"    {_step(each)}"]
        if each.line:
            text.append(f"    [synonyms] {each.line}")
    return "\n".join(text)


def _step(advice: Advice) -> str:
    return say(STEP_SENTENCES[advice.step]) % {
        "total": number_text(advice.total),
        "word": advice.word,
        "then": number_text(advice.total_then),
    }


def advice_object(advice: Advice) -> dict[str, object]:
    """The same as JSON."""
    values = asdict(advice)
    asked = values.pop("asked")
    return {**asked, "last_day": advice.asked.last_day.isoformat(), **values}


def preview_text(preview: Preview, exceptions: Path | None) -> str:
    """What a line would change, and where to write it."""
    rows = [(each.query, number_text(each.now), number_text(each.then)) for each in preview.changes]
    table = aligned([(say(N_("query")), say(N_("finds now")), say(N_("with it"))), *rows])
    place = exceptions or N_("a file that --exceptions names")
    lines = [table]
    if preview.needs_rebuild:
        lines += [
            say(N_("At most: a split holds for the form that it names.")),
            say(
                N_(
                    "Write into %(place)s; it holds after the next `searchapp rebuild`:",
                    place=place,
                )
            ),
        ]
    else:
        lines.append(say(N_("Write into %(place)s; it holds at once:", place=place)))
    return "\n".join([*lines, f"[{preview.heading}]", preview.line])
