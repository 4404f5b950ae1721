"""Suggestions while typing: by keyboard, mouse and finger, for screen readers, without a script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """The start page, with a script."""
    page = new_page()
    page.goto("/")
    return page


def typed(page: Page, text: str) -> Locator:
    """Type into the field; returns the suggestions, once they are there."""
    page.get_by_label("Suchbegriff").press_sequentially(text)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def field(page: Page) -> Locator:
    """The field, whose role is that of a combobox."""
    return page.get_by_role("combobox", name="Suchbegriff")


def chosen(page: Page) -> Locator:
    """The option that the arrows stand at."""
    return page.locator("[role=option][aria-selected=true]")


def test_nothing_opens_by_itself(page: Page) -> None:
    """Not on load, not by focus, not by one letter."""
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    field(page).focus()
    field(page).press("s")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.goto("/search?q=strom")
    expect(field(page)).to_have_attribute("aria-expanded", "false")


def test_the_arrows_go_through_the_options_and_the_focus_stays(page: Page) -> None:
    """Down, up, around by way of the field; what stands in it does not change."""
    options = typed(page, "stah")
    count = options.count()
    assert 2 <= count <= 8
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#status")).to_have_text(f"{count} Vorschläge")
    expect(chosen(page)).to_have_count(0)
    for place in range(count):
        page.keyboard.press("ArrowDown")
        expect(options.nth(place)).to_have_attribute("aria-selected", "true")
        own_id = options.nth(place).get_attribute("id")
        expect(field(page)).to_have_attribute("aria-activedescendant", str(own_id))
        expect(chosen(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("stah")
    page.keyboard.press("Home")
    expect(chosen(page)).to_have_count(0)
    page.keyboard.type("x")
    expect(field(page)).to_have_value("xstah")


def test_escape_closes_and_down_opens(page: Page) -> None:
    """The text stays."""
    typed(page, "stah")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    expect(field(page)).to_have_value("stah")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page) -> None:
    """Suggestions are no trap."""
    typed(page, "stah")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=stah"))


def test_a_word_completes_the_query(page: Page) -> None:
    """And waits for the next one."""
    options = typed(page, "erz hochof")
    expect(options.first.locator("mark")).to_have_text("hochof", ignore_case=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("erz Hochofen")
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=erz\+Hochofen"))


def test_a_tag_an_author_and_a_title_lead_to_theirs(page: Page) -> None:
    """By a click."""
    typed(page, "wass").filter(has_text="Schlagwort").first.click()
    expect(page).to_have_url(re.compile(r"/search\?tag=Wasser$"))
    page.goto("/")
    typed(page, "redaktion e").filter(has_text="Autor").first.click()
    expect(page).to_have_url(re.compile(r"/search\?author=Redaktion\+Energie$"))
    page.goto("/?lang=en")
    page.get_by_label("Search term").press_sequentially("moore sp")
    page.get_by_role("option").filter(has_text="Moore speichern").click()
    expect(page).to_have_url(re.compile(r"/article/moor\?lang=en$"))


def test_a_finger_chooses(new_page: NewPage) -> None:
    """On a phone."""
    page = new_page(has_touch=True, viewport={"width": 320, "height": 640})
    page.goto("/")
    typed(page, "wass").filter(has_text="Schlagwort").first.tap()
    expect(page).to_have_url(re.compile(r"/search\?tag=Wasser$"))


def test_a_failure_is_silent(page: Page) -> None:
    """The field goes on without suggestions."""
    page.route("**/api/v1/suggest*", lambda route: route.fulfill(body="no JSON"))
    field(page).press_sequentially("stah")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=stah"))


def test_a_late_answer_of_an_older_question_is_not_shown(page: Page) -> None:
    """The newest question counts."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field(page).press_sequentially("stahl", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    assert len([url for url in asked if "/suggest" in url]) == 1
    field(page).fill("wass")
    expect(page.get_by_role("option").first).to_contain_text("Wass")


def test_the_slash_leads_to_the_field(page: Page) -> None:
    """But is a letter where one is typed."""
    page.goto("/search?q=strom")
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.get_by_label("Von").focus()
    page.keyboard.press("/")
    expect(page.get_by_label("Von")).to_have_value("/")


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        ("de", "Diese Taste benutzen (in diesem Browser gemerkt)"),
        ("en", "Use this key (kept in this browser)"),
    ],
)
def test_the_slash_can_be_switched_off(new_page: NewPage, lang: str, name: str) -> None:
    """On the help page, for good, and on again: who speaks to a computer types by accident."""
    page = new_page()
    page.goto(f"/hilfe?lang={lang}")
    switch = page.get_by_role("checkbox", name=name)
    expect(switch).to_be_checked()
    violations = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
    switch.press("Space")
    is_field = "document.activeElement.id === 'query'"
    for url in (f"/hilfe?lang={lang}", "/search?q=strom", "/article/lichtbogen"):
        page.goto(url)
        page.keyboard.press("/")
        assert not page.evaluate(is_field)
    page.goto(f"/hilfe?lang={lang}")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    page.goto("/search?q=strom")
    page.keyboard.press("/")
    assert page.evaluate(is_field)


def test_there_is_no_slash_where_it_cannot_be_switched_off(new_page: NewPage) -> None:
    """A browser that keeps nothing could not keep that either."""
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
    )
    page.goto("/hilfe")
    switch = page.get_by_role("checkbox", name="Diese Taste benutzen")
    expect(switch).to_be_disabled()
    expect(switch).not_to_be_checked()
    page.keyboard.press("/")
    expect(field(page)).not_to_be_focused()


def test_without_a_script_no_key_is_spoken_of(new_page: NewPage) -> None:
    """As there is none."""
    page = new_page(java_script_enabled=False)
    page.goto("/hilfe")
    expect(page.get_by_text("Die Taste / führt ins Suchfeld.")).to_be_hidden()


def test_the_field_has_a_role_that_it_may_have(page: Page) -> None:
    """A field of type "search" may be no combobox; all else of such a field stays."""
    for attribute, value in (
        ("type", "text"),
        ("inputmode", "search"),
        ("enterkeyhint", "search"),
        ("aria-autocomplete", "list"),
    ):
        expect(field(page)).to_have_attribute(attribute, value)
    assert page.get_by_label("Suchbegriff").evaluate("each => !each.list && each.name === 'q'")
    typed(page, "stah")
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("stah")
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("url", ["/", "/search?q=strom"])
def test_axe_finds_nothing_in_open_suggestions(
    new_page: NewPage, color_scheme: str, width: int, url: str
) -> None:
    """Nor does the page become wider; targets are large enough."""
    page = new_page(color_scheme=color_scheme, viewport={"width": width, "height": 800})
    page.goto(url)
    page.get_by_label("Suchbegriff").fill("")
    options = typed(page, "stah")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(TOO_WIDE) == 0
    for option in options.all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 24
    violations = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]


def test_without_a_script_the_field_is_plain(new_page: NewPage) -> None:
    """A search field, with nothing that would not work."""
    page = new_page(java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("searchbox", name="Suchbegriff")).to_be_visible()
    expect(page.locator("[role=combobox], [role=listbox]")).to_have_count(0)
