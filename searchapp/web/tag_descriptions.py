"""The owner's descriptions of tags: a TOML file with a tag and its text a line.

    Wasserstoff = "Ein Gas, das Stahlwerke statt Kohle brauchen können."
    "Neue Bundesländer" = '''
    Der erste Absatz.

    Der zweite Absatz.'''

A text is plain: what looks like HTML is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from searchapp.errors import BadSetting
from searchapp.facets import spelling_key
from searchapp.owner_files import read_owner_text, table_of
from searchapp.settings import variable
from searchapp.translation import N_, Message

MAX_FILE_BYTES = 4_000_000
"""Every process keeps the texts in memory."""

Descriptions = Mapping[str, tuple[str, ...]]
"""The paragraphs of the description of a tag, by the tag's `spelling_key`."""


def load_descriptions(path: Path) -> Descriptions:
    """The descriptions in a file. Raises BadSetting, with the line where there is one."""
    text = read_owner_text(path, MAX_FILE_BYTES, named_by=variable("tag_descriptions"))
    table = table_of(text, path, N_('write lines like: Klima = "Text"'))
    descriptions: dict[str, tuple[str, ...]] = {}
    for tag, description in table.items():
        key = spelling_key(tag)
        if not isinstance(description, str):
            remedy = N_('write lines like: Klima = "Text"')
            raise _bad(path, N_("has no text as the description of %(tag)r", tag=tag), remedy)
        if key in descriptions:
            raise _bad(
                path, N_("describes %(tag)r twice", tag=tag), N_("remove one, in whatever spelling")
            )
        paragraphs = (" ".join(each.split()) for each in re.split(r"\n[^\S\n]*\n", description))
        descriptions[key] = tuple(filter(None, paragraphs))
    return descriptions


def _bad(path: Path, what: Message, remedy: Message) -> BadSetting:
    return BadSetting(
        N_("%(path)s %(what)s", path=path, what=what),
        where=variable("tag_descriptions"),
        remedy=remedy,
    )
