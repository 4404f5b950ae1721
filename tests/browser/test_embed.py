"""The search field on a page of another origin, whose own policy is strict."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from searchapp.settings import Settings
from tests.browser.conftest import NewPage
from tests.conftest import served

PAGE = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><title>Verein</title>
<link rel="stylesheet" href="/style.css">
<main><h1>Verein</h1>
<searchapp-box {attributes}><form action="{origin}/search"><label for="archive">Archiv</label>
<input id="archive" type="search" name="q"> <button>Suchen</button></form></searchapp-box>
<p><a href="#weiter">Weiter</a></p></main>
<script type="module" src="{origin}/embed.js"></script>
"""
STYLE = """
input, button, label, li { color: red !important; display: none; }
searchapp-box { --searchapp-accent: #7a1f5c; --searchapp-radius: 0; }
"""


class Site:
    """The other site: what its next page has, and where it is."""

    def __init__(self) -> None:
        self.searchapp = ""
        self.attributes = 'label="Archiv durchsuchen"'
        self.lang = "de"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_style = self.path == "/style.css"
                page = PAGE.format(
                    origin=site.searchapp, attributes=site.attributes, lang=site.lang
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/css" if is_style else "text/html")
                policy = (
                    f"default-src 'none'; style-src 'self'; script-src {site.searchapp};"
                    f" connect-src {site.searchapp}; form-action {site.searchapp};"
                    " base-uri 'none'; require-trusted-types-for 'script'"
                )
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write((STYLE if is_style else page).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler


@pytest.fixture(scope="module")
def running_site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The other site and a searchapp that lets it read the API."""
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    folder = tmp_path_factory.mktemp("embedded")
    try:
        with served(settings, folder, CORS_ORIGINS=site.origin) as site.searchapp:
            yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()


@pytest.fixture
def site(running_site: Site) -> Site:
    """The other site as at the beginning."""
    running_site.attributes, running_site.lang = 'label="Archiv durchsuchen"', "de"
    return running_site


def field(page: Page, name: str = "Archiv durchsuchen") -> Locator:
    """The field of the box."""
    return page.get_by_role("combobox", name=name)


def typed(page: Page, text: str) -> Locator:
    """Type into the field; returns the suggestions, once they are there."""
    field(page).press_sequentially(text)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def test_a_search_leads_to_the_page_of_the_searchapp(new_page: NewPage, site: Site) -> None:
    """By Enter and by the button, in the language that the owner names."""
    page = new_page()
    page.goto(site.origin)
    field(page).fill("strom")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.searchapp}/search?q=strom")
    site.attributes = 'label="Archive" button="Find" lang="en"'
    page.goto(site.origin)
    field(page, "Archive").fill("strom")
    page.get_by_role("button", name="Find").click()
    expect(page).to_have_url(f"{site.searchapp}/search?q=strom&lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("12 results for “strom”")


def test_suggestions_by_keyboard(new_page: NewPage, site: Site) -> None:
    """The focus stays in the field, the count is told, a word completes and a tag is opened."""
    page = new_page()
    page.goto(site.origin)
    page.keyboard.press("Tab")
    expect(field(page)).to_be_focused()
    options = typed(page, "stah")
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text(f"{options.count()} Vorschläge")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute(
        "aria-activedescendant", str(options.first.get_attribute("id"))
    )
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field(page)).to_have_value("stah")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Suchen")).to_be_focused()
    field(page).fill("")
    options = typed(page, "wass")
    options.filter(has_text="Schlagwort").first.click()
    expect(page).to_have_url(f"{site.searchapp}/search?tag=Wasser")


def test_the_words_are_those_of_the_page(new_page: NewPage, site: Site) -> None:
    """Without attributes in its language, or German where it has none of ours."""
    page = new_page()
    site.attributes = ""
    for lang, label in (
        ("en-GB", "Search articles"),
        ("de", "Artikel durchsuchen"),
        ("fr", "Artikel"),
    ):
        site.lang = lang
        page.goto(site.origin)
        expect(field(page, label)).to_be_visible()


def test_hostile_suggestions_do_nothing(new_page: NewPage, site: Site) -> None:
    """They are shown as they are written."""
    page = new_page()
    page.goto(site.origin)
    options = typed(page, "img src")
    expect(options.first).to_contain_text("<img src")
    assert page.evaluate("document.images.length") == 0
    inside = "document.querySelector('searchapp-box').shadowRoot"
    assert page.evaluate(f"{inside}.querySelectorAll('img, script').length") == 0


def test_colours_are_the_owners_and_style_sheets_stay_out(new_page: NewPage, site: Site) -> None:
    """Custom properties go through, rules do not."""
    page = new_page()
    page.goto(site.origin)
    button = page.get_by_role("button", name="Suchen")
    expect(button).to_have_css("background-color", "rgb(122, 31, 92)")
    expect(button).to_have_css("border-radius", "0px")
    expect(field(page)).not_to_have_css("color", "rgb(255, 0, 0)")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_nothing(new_page: NewPage, site: Site, color_scheme: str, width: int) -> None:
    """With its suggestions open."""
    page = new_page(
        color_scheme=color_scheme, viewport={"width": width, "height": 640}, bypass_csp=True
    )
    page.goto(site.origin)
    typed(page, "stah")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    violations = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
    for each in [field(page), page.get_by_role("button"), *page.get_by_role("option").all()]:
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= 24


def test_without_permission_it_is_a_form(browser: Browser, site: Site) -> None:
    """The browser's own line in the console is all; after three refusals none is asked."""
    told: list[str] = []

    def tell(message: ConsoleMessage) -> None:
        if "CORS policy" not in message.text and "net::ERR_FAILED" not in message.text:
            told.append(message.text)

    with browser.new_context(locale="de-DE") as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda each: asked.append(each.url) if "suggest" in each.url else None)
        page.on("console", tell)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(site.origin.replace("127.0.0.1", "localhost"))
        for letter in "strome":
            field(page).press_sequentially(letter)
            page.wait_for_timeout(250)
        assert len(asked) == 3
        expect(page.get_by_role("option")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site.searchapp}/search?q=strome")
        assert not told


def test_without_a_script_the_form_inside_is_there(new_page: NewPage, site: Site) -> None:
    """What the box holds is shown until the box is made."""
    page = new_page(java_script_enabled=False)
    site.attributes = ""
    page.route(re.compile("style.css"), lambda route: route.fulfill(body=""))
    page.goto(site.origin)
    page.get_by_role("searchbox", name="Archiv").fill("strom")
    page.get_by_role("button", name="Suchen").click()
    expect(page).to_have_url(f"{site.searchapp}/search?q=strom")
