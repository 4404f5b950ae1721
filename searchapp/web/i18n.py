"""The reader's language, and the sentences that depend on the kind of an error or note.

English is the language of the source; `translations/` holds German. After a change of a text:
    cd searchapp/web/translations
    pybabel extract -F babel.cfg -k _l --no-location -o messages.pot ..
    pybabel update -i messages.pot -d . --no-fuzzy-matching
    pybabel compile -d .
"""

from __future__ import annotations

import datetime as dt

from flask import Flask, g, request
from flask_babel import (  # type: ignore[import-untyped]
    Babel,
    format_date,
    format_decimal,
    get_locale,
)
from flask_babel import lazy_gettext as _l

from searchapp.errors import SearchappError
from searchapp.model import Note, ResultPage
from searchapp.settings import Settings
from searchapp.web.url_state import LOCALES, BadParameter, Param, parse_locale

LOCALE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language in its own words."""

LOCALE_COOKIE = "lang"
LOCALE_COOKIE_AGE_S = 365 * 24 * 3600

ERROR_SENTENCES = {
    "bad_request": _l("The address holds something that cannot be understood."),
    "query_too_long": _l(
        "Please search for fewer words: at most %(chars)s characters, %(words)s words and "
        "%(wildcards)s wildcards are possible."
    ),
    "page_too_deep": _l("There is no such page of results. The first page is always there."),
    "article_not_found": _l("There is no article at this address. It may have been removed."),
    "search_timeout": _l(
        "The search took too long and was stopped. Please try fewer or longer words, or choose a "
        "filter."
    ),
    "no_index": _l(
        "There is no index to search yet. Whoever runs this site can build it with the command "
        "“searchapp rebuild”."
    ),
    "index_outdated": _l(
        "The index does not fit this version of the program. Whoever runs this site can build it "
        "anew with the command “searchapp rebuild”."
    ),
    "index_damaged": _l(
        "The index is damaged. Whoever runs this site can build it anew with the command "
        "“searchapp rebuild”."
    ),
}
"""What a reader is told, by the kind of a SearchappError; never a path or a cause."""

STATUS_SENTENCES = {
    400: ERROR_SENTENCES["bad_request"],
    404: _l("There is nothing at this address. Perhaps the link is old or has a typing error."),
    405: _l("This address can only be read. Please open it as a link."),
    413: _l("The request is too large."),
    429: _l("Too many requests came from your address. Please wait a moment and try again."),
    500: _l("Something went wrong here. It has been logged; please try again later."),
    503: _l("The search is not available at the moment. Please try again soon."),
}
"""What a reader is told where only the HTTP status is known."""

STATUS_TITLES = {
    400: _l("That did not work"),
    404: _l("Not found"),
    405: _l("Not possible"),
    413: _l("That is too much"),
    429: _l("Too many requests"),
    500: _l("An error on our side"),
    503: _l("Not available right now"),
}

PARAMETER_SENTENCES = {
    Param.DATE_FROM: _l(
        "The start date “%(value)s” cannot be read. Please type a date such as 16.1.2024, "
        "2024-01-16, 3.2024 or 2024 (parameter “from”)."
    ),
    Param.DATE_TO: _l(
        "The end date “%(value)s” cannot be read. Please type a date such as 16.1.2024, "
        "2024-01-16, 3.2024 or 2024 (parameter “to”)."
    ),
    Param.YEAR: _l(
        "“%(value)s” is not a year, or these are too many years. Please type one such as 2024 "
        "(parameter “year”)."
    ),
    Param.SORT: _l(
        "There is no order “%(value)s”. Possible are relevance, newest and oldest (parameter "
        "“sort”)."
    ),
    Param.ANY_TAG: _l(
        "“%(value)s” is not a switch. Please type 1, or leave it out (parameter “any”)."
    ),
    Param.EXACT: _l(
        "“%(value)s” is not a switch. Please type 1, or leave it out (parameter “exact”)."
    ),
    Param.PAGE: _l(
        "“%(value)s” is not the number of a page. Please type a whole number from 1 (parameter "
        "“page”)."
    ),
    Param.PER_PAGE: _l(
        "“%(value)s” is not a possible number of results. Please type a whole number from 1 to "
        "%(max_per_page)s (parameter “per_page”)."
    ),
    Param.HIT: _l(
        "“%(value)s” is not the number of a hit. Please type a whole number from 1 (parameter "
        "“hit”)."
    ),
}
"""What a reader is told about a parameter that cannot be read."""

TOO_MANY_FILTERS = _l(
    "These are too many filters. Please choose fewer (parameter “%(parameter)s”)."
)

NOTE_SENTENCES = {
    "unbalanced_quote": _l("The quotation mark in “%(subject)s” has no partner and was ignored."),
    "unbalanced_parenthesis": _l("A parenthesis has no partner and was ignored."),
    "nested_too_deeply": _l("Parentheses are nested too deeply; the innermost ones were ignored."),
    "dangling_operator": _l(
        "“%(subject)s” has nothing to join here and was searched for as a word."
    ),
    "unknown_field": _l(
        "There is no field of the name in “%(subject)s”; it was read as plain words."
    ),
    "field_without_value": _l(
        "“%(subject)s” names a field without a value and was read as plain words."
    ),
    "bad_date": _l(
        "“%(subject)s” is not a date such as 2024, 2024-03, 16.1.2024 or 2023..2024 and was "
        "searched for as a word."
    ),
    "wildcard_as_text": _l(
        "A wildcard needs two letters or digits beside it; “%(subject)s” was read as plain words."
    ),
    "fuzzy_as_text": _l(
        "The sign ~ needs a word of three letters or more before it and 1, 2 or nothing behind "
        "it; “%(subject)s” was read as plain words."
    ),
    "fuzzy_clamped": _l(
        "Words can differ in one or two letters; “%(subject)s” was read like that."
    ),
    "minus_number": _l("“%(subject)s” was read as a number. To exclude it, write NOT before it."),
    "phrase_distance": _l(
        "Words in quotation marks match side by side; “%(subject)s” was ignored."
    ),
    "nothing_to_search": _l("There is no word to search for in “%(subject)s”."),
    "corrected": _l("Nothing was found for “%(query)s”. Shown are results for “%(subject)s”."),
    "some_words": _l("No article has all of these words. These articles have some of them."),
    "any_words": _l("Articles with some of the words are shown, those that fit best first."),
    "expansion_cut": _l(
        "“%(subject)s” stands for more words than are looked up; only the most frequent ones "
        "were used."
    ),
}
"""What a reader is told about how the query was read or answered, by the kind of a Note."""


def init_i18n(app: Flask) -> None:
    """Make the app speak the reader's language."""
    Babel(app, default_locale=LOCALES[0], locale_selector=select_locale)
    app.jinja_env.filters.update(
        long_date=lambda day: format_date(day, "long"),
        typed_date=typed_date,
        number=format_decimal,
    )


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
    # Not best_match(): of "de-AT, en;q=0.5" it takes the exact but unloved "en".
    for tag, quality in request.accept_languages:
        language = tag.partition("-")[0].lower()
        if language in LOCALES and quality > 0:
            return language
    return LOCALES[0]


def typed_date(day: dt.date | None) -> str:
    """A date as a reader of the page's language would type it into a form."""
    if day is None:
        return ""
    return f"{day.day}.{day.month}.{day.year}" if str(get_locale()) == "de" else day.isoformat()


def error_sentence(error: SearchappError, settings: Settings) -> str:
    """What the reader is told about an error, in the reader's language."""
    if isinstance(error, BadParameter):
        if error.parameter in PARAMETER_SENTENCES:
            return str(PARAMETER_SENTENCES[error.parameter]) % {
                "value": error.value,
                "max_per_page": format_decimal(settings.max_per_page),
            }
        return str(TOO_MANY_FILTERS) % {"parameter": error.parameter}
    sentence = ERROR_SENTENCES.get(error.kind, STATUS_SENTENCES[500])
    return str(sentence) % {
        "chars": format_decimal(settings.max_query_chars),
        "words": format_decimal(settings.max_query_words),
        "wildcards": format_decimal(settings.max_wildcards),
    }


def note_sentences(page: ResultPage) -> list[str]:
    """What the reader is told by the notes of a page."""
    return [note_sentence(note, page.request.query) for note in page.notes]


def note_sentence(note: Note, query: str) -> str:
    """What the reader is told by a note; its English text where its kind is not known.

    query: as it was typed.
    """
    sentence = NOTE_SENTENCES.get(note.kind)
    return str(sentence) % {"subject": note.subject, "query": query} if sentence else note.text
