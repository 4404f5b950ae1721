"""What `searchapp queries` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from searchapp.commands.result_text import aligned
from searchapp.messages import STEP_SENTENCES

if TYPE_CHECKING:
    from searchapp.missed_queries import Advice, Preview


def advice_text(found: Sequence[Advice]) -> str:
    """A line for each query, and one below it with the step to take."""
    if not found:
        return "No query has been counted."
    rows = [
        (f"{each.asked.times:,}", f"{each.asked.empty_times:,}", each.asked.query) for each in found
    ]
    lines = aligned([("asked", "empty", "query"), *rows]).splitlines()
    text = [lines[0]]
    for line, each in zip(lines[1:], found, strict=True):
        text += [line, f"    {_step(each)}"]
        if each.line:
            text.append(f"    [synonyms] {each.line}")
    return "\n".join(text)


def _step(advice: Advice) -> str:
    return STEP_SENTENCES[advice.step] % {
        "total": f"{advice.total:,}",
        "word": advice.word,
        "then": f"{advice.total_then:,}",
    }


def advice_object(advice: Advice) -> dict[str, object]:
    """The same as JSON."""
    values = asdict(advice)
    asked = values.pop("asked")
    return {**asked, "last_day": advice.asked.last_day.isoformat(), **values}


def preview_text(preview: Preview, exceptions: Path | None) -> str:
    """What a line would change, and where to write it."""
    rows = [(each.query, f"{each.now:,}", f"{each.then:,}") for each in preview.changes]
    table = aligned([("query", "finds now", "with it"), *rows])
    place = exceptions or "a file that --exceptions names"
    when = "after the next `searchapp rebuild`" if preview.needs_rebuild else "at once"
    bound = "\nAt most: a split holds for the form that it names." if preview.needs_rebuild else ""
    step = f"Write into {place}; it holds {when}:"
    return f"{table}{bound}\n{step}\n[{preview.heading}]\n{preview.line}"
