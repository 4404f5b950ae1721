"""The facets, declared once, and the filters that choose among their values.

To add a facet: a row in FACETS, the field in `model.Article`, and the names of the field in
sources (`corpus.records.FIELD_NAMES`). Everything else goes through the table.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import filterfalse
from types import MappingProxyType

from searchapp.translation import N_


@dataclass(frozen=True, slots=True)
class Facet:
    """A field of articles whose values are counted and can be chosen.

    name: the key in JSON, and the name of the field in an index.
    param: the URL parameter and command-line option that choose a value.
    label: the English heading; pages show its translation.
    typed: the names, in lower case, before a colon in a query that search in this field.
    attribute: that of an Article with the value or values, if it is not called like the facet.
    is_many: whether an article can have several values.
    narrows: whether an article must have all of several chosen values, unless `any_tag` is
        chosen. Otherwise one is enough: hardly any article has two authors of a choice.
    is_year: the values are years, taken from the article's date and shown newest first.
    """

    name: str
    param: str
    label: str
    typed: tuple[str, ...] = ()
    attribute: str = ""
    is_many: bool = False
    narrows: bool = False
    is_year: bool = False

    def canonical(self, value: str) -> str:
        """A typed value in the form in which it is stored.

        Raises ValueError, with the remedy as its text, for what cannot be a value.
        """
        if not self.is_year:
            return value
        digits = value if value.isascii() and value.isdigit() and len(value) <= 9 else "0"
        if not dt.MINYEAR <= int(digits) <= dt.MAXYEAR:
            raise ValueError(N_("type a year such as 2024"))
        return str(int(digits))


TAGS = Facet(
    "tags",
    "tag",
    N_("Tags"),
    ("schlagwort", "schlagworte", "schlagwörter", "tag", "tags"),
    is_many=True,
    narrows=True,
)
YEAR = Facet("year", "year", N_("Year"), is_year=True)
FACETS = (
    TAGS,
    Facet("section", "section", N_("Section"), ("ressort", "rubrik", "section")),
    Facet("source", "source", N_("Source"), ("quelle", "source")),
    Facet(
        "author",
        "author",
        N_("Author"),
        ("autor", "author"),
        attribute="authors",
        is_many=True,
    ),
    YEAR,
)
"""The facets in the order in which they are shown."""

FACET_NAMES = tuple(facet.name for facet in FACETS)
STORED_FACETS = tuple(facet for facet in FACETS if not facet.is_year)
"""The facets with values of their own; those of the others follow from the date."""
LINE_FACETS = tuple(facet for facet in STORED_FACETS if facet is not TAGS)
"""The facets that are shown beside the date, and are a searchable field each. Tags are a part of
the text of an article."""


_SIGNS = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("„“”‟«»″", '"') | dict.fromkeys("‘’‚‛‹›`´ʼ′", "'")
)
_SIGNS_AND_LETTERS = _SIGNS | str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BLANKS_BESIDE = re.compile(r" ?([-/]) ?")


def spelling_key(value: str) -> str:
    """What is the same for all values that differ in case or spelling only.

    Of one spelling are capital and small letters, ß and ss, an umlaut and the two letters that
    stand for it (but not the letter without its dots), characters that Unicode calls compatible,
    all dashes, all double and all single quotation marks, and any number of blanks. Blanks
    beside a dash or slash do not count.
    """
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value.translate(_SIGNS))
        value = unicodedata.normalize("NFKC", value.casefold()).translate(_SIGNS_AND_LETTERS)
    key = " ".join(value.replace("`", "'").lower().split())
    return _BLANKS_BESIDE.sub(r"\1", key) if "-" in key or "/" in key else key


def plain_letters(value: str) -> str:
    """A value in small letters without accents and dots: ä as a, ß as ss."""
    if value.isascii():
        return value.lower()
    folded = unicodedata.normalize("NFKD", value.casefold())
    # Nearly always all there is: looking at each character takes three times as long.
    if (dotless := folded.replace("\u0308", "")).isascii():
        return dotless
    return "".join(filterfalse(unicodedata.combining, folded))


def german_sort_key(value: str) -> tuple[str, str]:
    """Order of a German index (DIN 5007-1): ä as a, case ignored, the original as tie-break."""
    return plain_letters(value), value


def distinct_values(values: Iterable[str]) -> tuple[str, ...]:
    """The values without those that differ from an earlier one in case or spelling only."""
    distinct: dict[str, str] = {}
    for value in values:
        distinct.setdefault(spelling_key(value), value)
    return tuple(distinct.values())


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a result: values chosen in facets and a date range, all optional.

    choices: the chosen values by facet name. An article passes a facet if it has one of them;
        one that `narrows` if it has all of them, or any one of them with `any_tag`. Kept without
        values that have the same `spelling_key` as an earlier one and without empty choices, in
        the order of FACETS. Raises ValueError for a name that is no facet's.
    date_from, date_to: inclusive; an article without a date is outside of every range.
    """

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    any_tag: bool = False
    date_from: dt.date | None = None
    date_to: dt.date | None = None

    def __post_init__(self) -> None:
        if unknown := self.choices.keys() - set(FACET_NAMES):
            raise ValueError(f"no facets: {', '.join(sorted(unknown))}")
        choices = {
            name: distinct_values(self.choices[name])
            for name in FACET_NAMES
            if self.choices.get(name)
        }
        object.__setattr__(self, "choices", MappingProxyType(choices))

    def __hash__(self) -> int:
        return hash((tuple(self.choices.items()), self.any_tag, self.date_from, self.date_to))

    def chosen(self, facet: Facet) -> tuple[str, ...]:
        """The values chosen in a facet."""
        return self.choices.get(facet.name, ())

    def choosing(self, facet: Facet, *values: str) -> Filters:
        """The same filters with these values as the whole choice in a facet; none lifts it."""
        return replace(self, choices={**self.choices, facet.name: values})

    def without(self, facet: Facet, value: str) -> Filters:
        """The same filters without one chosen value, however it is spelt."""
        key = spelling_key(value)
        kept = (each for each in self.chosen(facet) if spelling_key(each) != key)
        return self.choosing(facet, *kept)

    def demands_all(self, facet: Facet) -> bool:
        """Whether each value that is chosen in a facet narrows the result, and none widens it."""
        return facet.narrows and not self.any_tag

    def widens(self, facet: Facet) -> bool:
        """Whether one more value of a facet would widen the result: another one is chosen."""
        return bool(self.chosen(facet)) and not self.demands_all(facet)

    @property
    def has_dates(self) -> bool:
        """Whether there is a date range."""
        return self.date_from is not None or self.date_to is not None


NO_FILTERS = Filters()
