"""The bars of a histogram, for the keyboard, a pointer and a screen reader."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage


def test_bars_are_links_with_names(page: Page) -> None:
    """Within a group that says what they count; a click narrows the search to what was named."""
    page.goto("/search?q=strom")
    group = page.get_by_role("group", name="Artikel je Jahr")
    names = [link.locator("title").text_content() or "" for link in group.get_by_role("link").all()]
    assert len(names) > 3
    for name in names:
        expect(group.get_by_role("link", name=name, exact=True)).to_have_count(1)
    name, count = names[-1], int(names[-1].split()[1])
    group.get_by_role("link", name=name, exact=True).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(rf"^{count} Treffer für „strom“"))
    expect(page.locator(".histogram [aria-current]").first).to_have_text(name[:4])
    page.go_back()
    expect(heading).to_have_text("12 Treffer für „strom“")


def test_the_keyboard_reaches_each_bar_and_shows_its_name(page: Page) -> None:
    """The axis makes room for it; Enter follows the link."""
    page.goto("/search?q=strom")
    bars = page.locator(".histogram svg a")
    axis = page.locator(".histogram svg > text").first
    expect(axis).to_be_visible()
    page.get_by_role("heading", level=1).click()  # From here on focus is shown.
    bars.first.focus()
    page.keyboard.press("Tab")
    expect(bars.nth(1)).to_be_focused()
    name = bars.nth(1).locator("title").text_content() or ""
    expect(bars.nth(1).locator("text")).to_have_text(name)
    expect(bars.nth(1).locator("text")).to_be_visible()
    expect(bars.first.locator("text")).to_be_hidden()
    expect(axis).to_be_hidden()
    slot = bars.nth(1).locator(".slot")
    assert slot.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".histogram [aria-current]").first).to_have_text(name.split(":")[0])


def test_bars_are_seen_in_forced_colours(new_page: NewPage) -> None:
    """In the colour of links, on the background of the reader."""
    page = new_page(forced_colors="active", color_scheme="dark")
    page.goto("/search?q=strom")
    fill = "each => getComputedStyle(each).fill"
    links = page.locator(".histogram svg a rect + rect").first.evaluate(fill)
    text = page.locator(".histogram svg > text").first.evaluate(fill)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len({links, text, background}) == 3
