"""How a text of the source is marked for translation, and what a translation is.

A sentence is marked where it is written, and said in a language where it is shown:

    raise NoIndex(N_("there is no index in %(folder)s", folder=path))

Until then it is a text in English. So logs, JSON and comparisons have the same text in every
language, a sentence of another process comes with its marks, and whoever writes one need not know
who reads it. `pybabel extract` finds the marks; `searchapp.web.i18n` says how it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Translate = Callable[[str], str]
"""Takes an English sentence, which may be a Message, and returns it in another language."""


class Catalog(Protocol):
    """Translations, as those of Python's gettext and of Babel."""

    def gettext(self, message: str, /) -> str:
        """The translation, or the text itself."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form for the number."""


class Number(str):
    """A number, as English writes it; a Message says it as its language does."""

    __slots__ = ()

    def __new__(cls, value: object, spec: str = ",") -> Number:
        """spec: the format, as `format` takes it."""
        return super().__new__(cls, format(value, spec))

    def __reduce__(self) -> tuple[object, ...]:
        return Number, (str(self), "")  # For a copy, and for another process.


class Listed(tuple[str, ...]):
    """Sentences or names that a Message tells with commas between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)


class Message(str):
    """A sentence in English that can be said in other languages.

    template: its text in the source. plural: that for several, or "". values: what is filled in
    as `%(name)s`, among them the `count` that chooses between the two.
    """

    __slots__ = ("plural", "template", "values")
    template: str
    plural: str
    values: dict[str, object]

    def __new__(cls, template: str, plural: str = "", /, **values: object) -> Message:
        text = plural if plural and str(values["count"]) != "1" else template
        values = {name: _kept(value, f"%({name})r" in text) for name, value in values.items()}
        message = super().__new__(cls, text % values if values else text)
        message.template, message.plural, message.values = template, plural, values
        return message

    def said(self, catalog: Catalog) -> str:
        """The sentence in the language of a catalog."""
        if self.plural:
            number = int(str(self.values["count"]).replace(",", ""))
            text = catalog.ngettext(self.template, self.plural, number)
        else:  # Of the empty text a catalog has its header.
            text = catalog.gettext(self.template) if self.template else ""
        if not self.values:
            return text
        return text % {name: _said(value, catalog) for name, value in self.values.items()}


class _Shown(str):
    """The `repr` of a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _kept(value: object, is_shown: bool) -> object:
    """A value that can go to another process, as not every one can. is_shown: by its `repr`."""
    if isinstance(value, str | int | float | Listed):
        return value
    return _Shown(repr(value)) if is_shown else str(value)


def _said(value: object, catalog: Catalog) -> object:
    if isinstance(value, Message):
        return value.said(catalog)
    if isinstance(value, Listed):
        return ", ".join(str(_said(each, catalog)) for each in value)
    if isinstance(value, Number):
        number = catalog.gettext(_NUMBER)
        return value.translate({ord(","): number[1], ord("."): number[-2]})
    return value


def N_(text: str, /, **values: object) -> Message:  # noqa: N802  # gettext's name for it
    """Mark a sentence for translation. values: what its `%(name)s` stand for, if that is known."""
    return Message(text, **values)


def NN_(singular: str, plural: str, count: int, /, **values: object) -> Message:  # noqa: N802
    """A sentence in its form for a number, which is the value `count`; see N_."""
    return Message(singular, plural, count=Number(count), **values)


_NUMBER = N_("1,234.5")
"""A number as the language writes it, of which its signs are taken."""
NO_TEXT = Message("")
"""No sentence."""


def translator(catalog: Catalog) -> Translate:
    """What says sentences, and texts that N_ has marked, in the language of a catalog."""

    def translate(text: str) -> str:
        return (text if isinstance(text, Message) else Message(text)).said(catalog)

    return translate
