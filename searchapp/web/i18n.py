"""The reader's language, and the sentences about errors and notes in it.

English is the language of the source; `translations/` holds German, for the command line, too
(`searchapp.commands.language`). After a change of a text:
    cd searchapp/web/translations
    pybabel extract -F babel.cfg -k _l -k NN_:1,2 --no-location -o messages.pot ../..
    pybabel update -i messages.pot -d . --no-fuzzy-matching
    pybabel compile -d .
"""

from __future__ import annotations

import datetime as dt

from babel import negotiate_locale
from flask import Flask, g, request
from flask_babel import (  # type: ignore[import-untyped]
    Babel,
    force_locale,
    format_decimal,
    get_translations,
    gettext,
)
from flask_babel import lazy_gettext as _l

from searchapp.errors import SearchappError
from searchapp.messages import ERROR_SENTENCES, note_sentences, optional_words_sentence
from searchapp.model import ResultPage
from searchapp.settings import Settings
from searchapp.translation import Message, translator
from searchapp.web.url_state import LOCALES, BadParameter, Param, Reason, parse_locale

LOCALE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language in its own words."""

FORMATS = {"de": "de", "en": "en_GB"}
"""The locale of numbers and dates: "12 March 2019", as in Europe."""

LOCALE_COOKIE = "lang"
LOCALE_COOKIE_AGE_S = 365 * 24 * 3600

STATUS_SENTENCES = {
    400: _l(ERROR_SENTENCES["bad_request"]),
    401: _l("This address is for whoever runs this site, and asks for their password or token."),
    404: _l("There is nothing at this address. Perhaps the link is old or has a typing error."),
    405: _l("This address can only be read. Please open it as a link."),
    413: _l("The request is too large."),
    429: _l("Too many requests came from your address. Please wait a moment and try again."),
    500: _l("Something went wrong here. It has been logged; please try again later."),
    503: _l("The search is not available at the moment. Please try again soon."),
}
"""Sentences for errors of which only the HTTP status is known."""

STATUS_TITLES = {
    400: _l("That did not work"),
    401: _l("Not open to all"),
    404: _l("Not found"),
    405: _l("Not possible"),
    410: _l("No longer there"),
    413: _l("That is too much"),
    429: _l("Too many requests"),
    500: _l("An error on our side"),
    503: _l("Not available right now"),
}

_NO_SWITCH = _l("“%(value)s” is not a switch. Please type 1, or leave it out.")
PARAMETER_SENTENCES = {
    Param.DATE_FROM: _l(
        "The start date “%(value)s” cannot be read. Please type a date such as 16.1.2024, "
        "16 January 2024, January 2024 or 2024."
    ),
    Param.DATE_TO: _l(
        "The end date “%(value)s” cannot be read. Please type a date such as 16.1.2024, "
        "16 January 2024, January 2024 or 2024."
    ),
    "year": _l("“%(value)s” is not a year. Please type one such as 2024."),
    Param.SORT: _l("There is no order “%(value)s”. Possible are relevance, newest and oldest."),
    Param.ANY_TAG: _NO_SWITCH,
    Param.EXACT: _NO_SWITCH,
    Param.UNCORRECTED: _NO_SWITCH,
    Param.PAGE: _l("“%(value)s” is not the number of a page. Please type a whole number from 1."),
    Param.PER_PAGE: _l(
        "“%(value)s” is not a possible number of results. Please type a whole number from 1 to "
        "%(max_per_page)s."
    ),
    Param.AFTER: _l(
        "“%(value)s” is no place in the results of this search. Please take it from the links of "
        "an answer, with the same parameters."
    ),
    "format": _l("There is no form “%(value)s”. Possible are json and text."),
}
"""Sentences about a parameter that cannot be read."""

REASON_SENTENCES: dict[Reason, str] = {
    "no_such_day": _l("“%(value)s” is not in the calendar. Please check the day and the month."),
    "reversed": _l("The period ends before it begins."),
    "too_many": _l("These are too many filters. Please choose fewer."),
    "too_long": _l(ERROR_SENTENCES["query_too_long"]),
    "too_deep": _l(ERROR_SENTENCES["page_too_deep"]),
}
"""Sentences about a parameter that can be read and yet not be used."""

CONSEQUENCES: dict[Reason, str] = {
    "unreadable": _l("The results are shown without it."),
    "no_such_day": _l("The results are shown without it."),
    "reversed": _l("Its two ends were swapped."),
    "too_many": _l("The results are shown with the first ones."),
    "too_long": _l("Its beginning was searched for."),
    "too_deep": _l("The first page is shown."),
}
"""What the page did about a value that cannot be used."""


def init_i18n(app: Flask) -> None:
    """Make the app speak the reader's language.

    All that is needed for that is read now: a sentence about a shortage of files reads none.
    """
    Babel(app, default_locale=LOCALES[0], locale_selector=lambda: FORMATS[select_locale()])
    for locale in FORMATS.values():
        with app.app_context(), force_locale(locale):
            get_translations()
            format_decimal(0)


def select_locale() -> str:
    """The language of this request: URL, then cookie, then what the browser prefers."""
    if "locale" not in g:
        cookie = request.cookies.get(LOCALE_COOKIE)
        g.locale = (
            parse_locale(request.args)
            or (cookie if cookie in LOCALES else None)
            or _accepted_locale()
        )
    return str(g.locale)


def _accepted_locale() -> str:
    # Not werkzeug's best_match(): of "de-AT, en;q=0.5" it takes the exact but unloved "en".
    accepted = [tag for tag, quality in request.accept_languages if quality > 0]
    return negotiate_locale(accepted, LOCALES, sep="-") or LOCALES[0]


def typed_date(day: dt.date | None, locale: str) -> str:
    """A date as a reader of that language would type it into a form."""
    if day is None:
        return ""
    return f"{day.day}.{day.month}.{day.year}" if locale == "de" else day.isoformat()


def said(message: Message) -> str:
    """A sentence of the program in the reader's language: for the owner, who may see any."""
    return translator(get_translations())(message)


def error_sentence(error: SearchappError, settings: Settings) -> str:
    """The sentence about an error, in the reader's language."""
    if isinstance(error, BadParameter):
        named = gettext("(parameter “%(parameter)s”)", parameter=error.parameter)
        return f"{parameter_sentence(error, settings)} {named}"
    return kind_sentence(error.kind, settings)


def kind_sentence(kind: str, settings: Settings) -> str:
    """The sentence about a kind of error, in the reader's language."""
    if kind not in ERROR_SENTENCES:
        return str(STATUS_SENTENCES[500])
    return str(gettext(ERROR_SENTENCES[kind])) % _limits(settings)


def parameter_sentence(error: BadParameter, settings: Settings) -> str:
    """The sentence about a value, for who sees the field that it was typed into."""
    sentence = REASON_SENTENCES.get(error.reason) or PARAMETER_SENTENCES.get(
        error.parameter, gettext(ERROR_SENTENCES["bad_request"])
    )
    return str(sentence) % {"value": error.value, **_limits(settings)}


def _limits(settings: Settings) -> dict[str, str]:
    return {
        "chars": format_decimal(settings.limits.max_query_chars),
        "words": format_decimal(settings.limits.max_query_words),
        "wildcards": format_decimal(settings.limits.max_wildcards),
        "max_per_page": format_decimal(settings.limits.max_per_page),
    }


def translated_notes(page: ResultPage) -> list[str]:
    """The sentences of a page's notes, in the reader's language."""
    return note_sentences(page.notes, page.request.query, gettext)


def optional_words(page: ResultPage) -> str | None:
    """The sentence on words that need not occur, in the reader's language; None if all must."""
    return optional_words_sentence(page.optional_words, gettext) if page.optional_words else None
