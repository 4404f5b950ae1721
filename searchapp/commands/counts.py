"""Numbers of things as they are told on the command line."""

from __future__ import annotations

from searchapp.commands.language import say
from searchapp.translation import N_, NN_, Message, Number


def number_text(number: float, spec: str = ",") -> str:
    """A number in the language of the command line. spec: its format, as `format` takes it."""
    return say(N_("%(number)s", number=Number(number, spec)))


def article_count(count: int) -> Message:
    """ "1 article", "1,234 articles"."""
    return NN_("%(count)s article", "%(count)s articles", count)


def size(size_bytes: int) -> Message:
    """A size in the unit in which it is read best: "512 bytes", "1.9 MB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= factor:
            return N_("%(number)s %(unit)s", number=Number(size_bytes / factor, ".1f"), unit=unit)
    return NN_("%(count)s byte", "%(count)s bytes", size_bytes)
