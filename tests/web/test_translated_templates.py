"""Templates that are compiled in each language say the same as those that look sentences up."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from searchapp.settings import Settings
from searchapp.web import create_app

SENTENCES = {
    "sentences.html": (
        """{{ _("Search") }}|{{ _('Search')|upper }}|{{ _("Search") ~ "<" }}|{{ _(name) }}|"""
        """{{ _("Page %(number)s", number=number) }}|"""
        """{{ ngettext("%(number)s match", "%(number)s matches", 2, number=number) }}|"""
        """{{ 1234567|number }}|{{ 12|number }}|{{ day|long_date }}|{{ day|typed_date }}|"""
        """{% include "more.html" %}"""
    ),
    "more.html": """{{ _("Next") }}{{ (_)("Next") }}""",
}


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An application with other templates."""
    app = create_app(settings)
    app.jinja_env.loader = DictLoader(SENTENCES)
    return app


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "de",
            "Suchen|SUCHEN|Suchen&lt;|Suchen|Seite &lt;b&gt;|&lt;b&gt; Fundstellen|1.234.567|12|"
            "5. März 2024|5.3.2024|NächsteNächste",
        ),
        (
            "en",
            "Search|SEARCH|Search&lt;|Search|Page &lt;b&gt;|&lt;b&gt; matches|1,234,567|12|"
            "5 March 2024|2024-03-05|NextNext",
        ),
    ],
)
def test_each_language_has_its_templates(app: Flask, lang: str, text: str) -> None:
    """Included ones too, whichever language was first; what is filled in is escaped."""
    values = {"name": "Search", "number": "<b>", "day": dt.date(2024, 3, 5)}
    for other in ("de", "en", lang):
        with app.test_request_context("/", headers={"Accept-Language": other}):
            shown = render_template("sentences.html", **values)
    assert shown == text
