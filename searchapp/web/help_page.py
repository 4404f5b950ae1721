"""The page that says what can be typed, with examples that find something in these articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from searchapp.errors import SearchappError
from searchapp.example_queries import ExampleQueries, Examples, Keywords
from searchapp.model import SearchRequest
from searchapp.request_record import note_incomplete
from searchapp.translation import N_
from searchapp.web import i18n
from searchapp.web.paths import path_to
from searchapp.web.url_state import SearchUrls, parse_locale, with_parameters

blueprint = Blueprint("help_page", __name__)

EXAMPLES = "searchapp.examples"
"""Where the application keeps the examples."""

_GERMAN = {"tags": "schlagwort", "author": "autor", "source": "quelle", "section": "ressort"}
_ENGLISH = {"tags": "tag", "author": "author", "source": "source", "section": "section"}
KEYWORDS: Mapping[str, Keywords] = {
    "de": Keywords(
        "ODER",
        "NICHT",
        {"title": "titel", "date": "datum", **_GERMAN},
        lambda day: i18n.typed_date(day, "de"),
    ),
    "en": Keywords(
        "OR",
        "NOT",
        {"title": "title", "date": "date", **_ENGLISH},
        lambda day: i18n.typed_date(day, "en"),
    ),
}
"""Each language in its own words; both are understood in either."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the page. rows: the name of an example, what it shows, and what that does."""

    name: str
    title: str
    rows: tuple[tuple[str, str, str], ...]


TOPICS = (
    Topic(
        "help-words",
        N_("Words"),
        (
            ("words", N_("Several words"), N_("Articles that have all of them, in any order.")),
            (
                "forms",
                N_("Forms"),
                N_("A word is found in its other forms, and near relatives of it."),
            ),
            ("compounds", N_("Compounds"), N_("A word is found inside of longer ones, too.")),
            (
                "phrase",
                N_("Next to each other"),
                N_("In quotation marks “ ”: words that stand together, in this order."),
            ),
            (
                "exact",
                N_("Only this form"),
                N_(
                    "With = before it, only as you type it. "
                    "“Exact words” among the search options says so of all words."
                ),
            ),
        ),
    ),
    Topic(
        "help-joined",
        N_("Combined"),
        (
            ("either", N_("One or the other"), N_("Articles that have at least one of the two.")),
            ("without", N_("Without"), N_("Articles that have the first word and not the second.")),
            (
                "minus",
                N_("Without, in short"),
                N_("A minus - right before the word does the same."),
            ),
            ("group", N_("Grouped"), N_("Parentheses ( ) hold together what belongs together.")),
        ),
    ),
    Topic(
        "help-parts",
        N_("Parts of words and spelling"),
        (
            ("beginning", N_("Beginning"), N_("A star * stands for any letters.")),
            ("ending", N_("End"), N_("The star may stand before the end of a word, too.")),
            (
                "letter",
                N_("A single letter"),
                N_("A question mark ? stands for exactly one letter."),
            ),
            (
                "typo",
                N_("Similar words"),
                N_("With ~ after it a word may differ by a letter, with ~2 by two."),
            ),
        ),
    ),
    Topic(
        "help-fields",
        N_("Title, tags and dates"),
        (
            ("title", N_("In the title"), N_("The word stands in the title of the article.")),
            ("tags", N_("Tag"), N_("Articles with this tag.")),
            ("author", N_("Author"), N_("Articles of this author.")),
            ("source", N_("Source"), N_("Articles from this source.")),
            ("section", N_("Section"), N_("Articles of this section.")),
            (
                "year",
                N_("Year"),
                N_("Articles of a year. A month can be typed, too, such as 2024-03."),
            ),
            ("period", N_("Period"), N_("From and to, each a year, a month or a day.")),
            (
                "day",
                N_("Day"),
                N_("In all usual forms; with the name of the month in quotation marks."),
            ),
        ),
    ),
)


@blueprint.get("/hilfe")
def page() -> str:
    """What can be typed; without an index, too, whose articles give the examples."""
    return render_template(
        "help.html",
        topics=TOPICS,
        examples=_examples().by_name,
        urls=SearchUrls(SearchRequest(), parse_locale(request.args)),
    )


@blueprint.get("/help")
def english_address() -> BaseResponse:
    """Each page has one address, in any language."""
    return redirect(with_parameters(path_to("help_page.page"), request.query_string), 301)


def noted(examples: Examples) -> Examples:
    """The same; it is noted if there will be more later."""
    if not examples.is_complete:
        note_incomplete()
    return examples


def queries() -> ExampleQueries:
    """The examples of the application."""
    found: ExampleQueries = current_app.extensions[EXAMPLES]
    return found


def _examples() -> Examples:
    locale = i18n.select_locale()
    try:
        return noted(queries().help(locale, KEYWORDS[locale]))
    except SearchappError:
        return Examples({})
