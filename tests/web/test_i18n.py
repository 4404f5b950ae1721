"""Both languages are complete, and every reader gets the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

import searchapp
from searchapp import errors
from searchapp.errors import SearchappError
from searchapp.messages import ERROR_SENTENCES
from searchapp.model import Note, ResultPage, SearchRequest
from searchapp.settings import Settings
from searchapp.web import i18n
from searchapp.web.error_pages import STATUS_BY_KIND
from searchapp.web.url_state import BadParameter, Param, Reason
from tests.web.html import get

PACKAGE = Path(searchapp.__file__).parent
GERMAN = PACKAGE / "web" / "translations" / "de" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sr]")
BRACES = re.compile(r"\{\w+(?:![rs])?\}")
"""The placeholders of Click."""


@pytest.fixture(scope="module")
def german() -> Catalog:
    """The German catalogue as it is written."""
    with (GERMAN / "messages.po").open("rb") as file:
        return read_po(file, locale="de")


def source_messages() -> Iterator[str | tuple[str, ...]]:
    """Every translatable text of the code and the templates."""
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
        keywords={**DEFAULT_KEYWORDS, "_l": None, "NN_": (1, 2)},
    )
    for _, _, message, _, _ in found:
        yield tuple(message) if isinstance(message, list) else message


def message_id(entry: Message) -> str | tuple[str, ...]:
    """What an entry translates: one text, or its singular and plural."""
    return entry.id if isinstance(entry.id, str) else tuple(entry.id)


def strings(entry: Message) -> list[str]:
    """The translation of an entry: one, or one for each number."""
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or [""])


def test_every_text_of_the_source_is_translated(german: Catalog) -> None:
    """No German page shows an English sentence."""
    messages = set(source_messages())
    assert len(messages) > 80
    missing = [message for message in messages if message not in german]
    assert not missing, "add these to messages.po, as searchapp/web/i18n.py says"
    for message in messages:
        entry = german.get(message if isinstance(message, str) else message[0])
        assert entry is not None
        assert not entry.fuzzy
        assert all(strings(entry)), message


def test_the_catalogue_has_no_text_that_the_source_has_lost(german: Catalog) -> None:
    """A text that is changed in the source is changed in the catalogue too."""
    ids = {message_id(entry) for entry in german}
    assert ids - set(source_messages()) == {""}


def test_translations_keep_their_placeholders(german: Catalog) -> None:
    """No number or word is lost in a translation, and none breaks the page."""
    for entry in german:
        if not entry.id:
            continue
        texts = [entry.id] if isinstance(entry.id, str) else entry.id
        for text, string in zip(texts, strings(entry), strict=True):
            assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(text)), string
            assert set(BRACES.findall(string)) <= set(BRACES.findall(text)), string


def test_the_compiled_catalogue_is_the_written_one(german: Catalog) -> None:
    """A plain install, without a build step, has all translations."""
    # Not the bytes: their order and header depend on the version of Babel that wrote them.
    with (GERMAN / "messages.mo").open("rb") as file:
        compiled = {message_id(entry): strings(entry) for entry in read_mo(file) if entry.id}
    written = {message_id(entry): strings(entry) for entry in german if entry.id}
    assert compiled == written, "run: pybabel compile -d searchapp/web/translations"


def test_templates_hold_no_text_outside_of_the_catalogue() -> None:
    """Words between tags come from the catalogue, from an article or from the reader."""
    # What is left of a template without its Jinja parts and tags is signs only.
    for template in (PACKAGE / "web" / "templates").glob("*.html"):
        source = template.read_text(encoding="utf-8")
        source = re.sub(r"\{% block page_class %\}\w+", "", source)
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
        source = re.sub(r"<[^>]*>", "", source)
        assert not re.search(r"\w", source), (template.name, source.strip())


def test_notes_are_translated_before_the_subject_is_filled_in(app: Flask) -> None:
    """What the reader typed is never taken for a placeholder."""
    request = SearchRequest(query="%(subject)s")
    notes = (Note("bad_date", "datum:100%(x)s"), Note("corrected", "stahl"))
    page = ResultPage(request, 0, 1.0, "g", notes=notes)
    with app.test_request_context(headers={"Accept-Language": "de"}):
        bad_date, corrected = i18n.translated_notes(page)
    assert bad_date.startswith("„datum:100%(x)s“ ist kein Datum")
    assert corrected.startswith("Für „%(subject)s“ wurde nichts gefunden.")


def test_every_kind_of_error_that_a_request_can_meet_has_a_sentence() -> None:
    """Each error with a status of its own tells the reader what to do."""
    assert set(STATUS_BY_KIND) == set(ERROR_SENTENCES)
    known = {each.kind for each in vars(errors).values() if _is_error(each)}
    assert set(STATUS_BY_KIND) <= known


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, SearchappError)


def test_every_parameter_has_a_sentence_in_both_languages(app: Flask) -> None:
    """A value that cannot be read is repeated, its parameter is named, nothing is left open."""
    for lang in ("de", "en"):
        with app.test_request_context(headers={"Accept-Language": lang}):
            for param in set(Param) - {Param.QUERY, Param.LANG, Param.HIT}:
                sentence = i18n.error_sentence(BadParameter(param, "x%(y)s", ""), Settings())
                assert param.value in sentence
                assert not re.search(r"%\((?!y)", sentence)


def test_every_reason_has_a_sentence_and_a_consequence(app: Flask) -> None:
    """Whatever is wrong with a value, the reader learns what the page did about it."""
    reasons = get_args(Reason)
    assert set(i18n.CONSEQUENCES) == set(reasons)
    with app.test_request_context(headers={"Accept-Language": "de"}):
        for reason in reasons:
            error = BadParameter(Param.DATE_FROM, "x%(y)s", "", reason)
            sentence = i18n.parameter_sentence(error, Settings())
            assert not re.search(r"%\((?!y)", sentence)


@pytest.mark.parametrize(
    ("url", "cookie", "accepted", "expected"),
    [
        ("/", None, "", "de"),
        ("/", None, "fr", "de"),
        ("/", None, "en-GB,en;q=0.9,de;q=0.8", "en"),
        ("/", None, "de-AT,en;q=0.5", "de"),
        ("/", None, "en;q=0,*", "de"),
        ("/", "en", "de", "en"),
        ("/", "xx", "en", "en"),
        ("/?lang=de", "en", "en", "de"),
        ("/?lang=xx", "en", "de", "en"),
    ],
)
def test_the_language_comes_from_url_then_cookie_then_browser(
    app: Flask, url: str, cookie: str | None, accepted: str, expected: str
) -> None:
    """What the reader chose counts more than what the browser prefers."""
    client = app.test_client()
    if cookie:
        client.set_cookie("lang", cookie)
    page = get(client, url, lang=accepted)
    assert page.values("/html/@lang") == [expected]
    assert page.text("//header//button") == {"de": "Suchen", "en": "Search"}[expected]
    assert {"Accept-Language", "Cookie"} <= set(page.response.vary)


def test_the_language_link_is_remembered(client: FlaskClient) -> None:
    """After one click on English all pages are English, and the cookie is well kept."""
    home = get(client, "/")
    english = get(client, home.link("English"))
    (cookie,) = english.response.headers.getlist("Set-Cookie")
    assert cookie.startswith("lang=en;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    again = get(client, "/search?q=stahl")
    assert again.values("/html/@lang") == ["en"]
    assert "Set-Cookie" not in again.response.headers


def test_a_page_without_a_choice_sets_no_cookie(client: FlaskClient) -> None:
    """The only cookie is the one that the reader asked for."""
    assert "Set-Cookie" not in get(client, "/search?q=stahl").response.headers
