"""Templates in each language: compiled with its sentences in them.

A page has more than a hundred sentences, numbers and dates. Looked up one by one, with the locale
of the request each time, they cost more than all the rest of it. So there is an environment for
each language: its templates are compiled with the translations in place of `_("…")`, and its
filters know the locale.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, MutableMapping
from functools import lru_cache, partial
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask.templating import Environment
from flask_babel import get_translations  # type: ignore[import-untyped]
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from searchapp.web import i18n

CACHED_DATES = 4096
CACHED_NUMBERS = 4096
CACHED_SENTENCES = 1024


class TranslatedEnvironment(Environment):
    """The templates of an application, each in the language of the request that asks for it."""

    locale: str | None = None
    """The language of its templates; None of the one that the application has."""

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """The template in the language of the request, or of the template that asks for it."""
        if self.locale is not None:
            return super().get_template(name, parent, globals)
        locale = i18n.select_locale()
        environments: dict[str, TranslatedEnvironment] = self.__dict__.setdefault("in_locale", {})
        if locale not in environments:
            environments[locale] = self._translated(locale)
        return environments[locale].get_template(name, parent, globals)

    def _translated(self, locale: str) -> TranslatedEnvironment:
        """The environment of a language, which is that of the request."""
        environment = self.overlay(extensions=[_ConstantSentences])
        environment.locale = locale
        translations = get_translations()

        # As of Jinja's "newstyle": what is filled in is escaped, the sentence itself is markup.
        # Kept, as a page has dozens with the same numbers; a text and markup are not the same.
        @lru_cache(CACHED_SENTENCES, typed=True)
        def gettext(sentence: str, /, **filled_in: Any) -> Markup:
            return Markup(translations.ugettext(sentence)) % filled_in

        @lru_cache(CACHED_SENTENCES, typed=True)
        def ngettext(singular: str, plural: str, count: int, /, **filled_in: Any) -> Markup:
            return Markup(translations.ungettext(singular, plural, count)) % filled_in

        environment.globals = {**self.globals, "_": gettext, "ngettext": ngettext}
        environment.filters = {
            **self.filters,
            "number": partial(shown_number, locale=i18n.FORMATS[locale]),
            "long_date": partial(long_date, locale=i18n.FORMATS[locale]),
            "typed_date": partial(i18n.typed_date, locale=locale),
        }
        return environment


class _ConstantSentences(Extension):
    """Puts the translation in place of `_("…")`, so that it is a part of the compiled template."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        translate: Any = self.environment.globals["_"]
        window: list[Token] = []
        for token in stream:
            window.append(token)
            if len(window) == len(_SENTENCE):
                if _is_sentence(window):
                    line = token.lineno
                    yield from _markup_tokens(line, str(translate(window[2].value)))
                    window = []
                else:
                    yield window.pop(0)
        yield from window


_SENTENCE = ("name", "lparen", "string", "rparen")


def _is_sentence(tokens: list[Token]) -> bool:
    return tokens[0].value == "_" and tuple(token.type for token in tokens) == _SENTENCE


def _markup_tokens(line: int, text: str) -> Iterator[Token]:
    """The tokens of `("text"|safe)`."""
    yield Token(line, "lparen", "(")
    yield Token(line, "string", text)
    yield Token(line, "pipe", "|")
    yield Token(line, "name", "safe")
    yield Token(line, "rparen", ")")


def shown_number(number: int, locale: str) -> str:
    """A number with the signs of a locale between its thousands."""
    # Without a thousand there is nothing to format, and a page has hundreds of numbers.
    return str(number) if 0 <= number < 1000 else _long_number(number, locale)


@lru_cache(CACHED_NUMBERS)
def _long_number(number: int, locale: str) -> str:
    return format_decimal(number, locale=locale)


@lru_cache(CACHED_DATES)
def long_date(day: dt.date, locale: str) -> str:
    """A date with the name of its month."""
    return format_date(day, "long", locale=locale)
