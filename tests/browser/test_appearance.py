"""How the pages look to everyone: contrast, narrow screens, targets, print."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.browser.conftest import NewPage

PAGES = (
    "/",
    "/search?q=strom",
    "/search?q=strom&tag=Energie&tag=Verkehr&any=1&from=2019&sort=newest",
    "/search?q=elektroden+mischwald",
    "/search?q=zzqq&tag=Stahl",
    "/search?q=punktkennung",
    "/search?q=gefahrgut",
    "/search?q=stahl+erz+werk",
    "/search?q=ging&exact=1",
    "/search?q=stahll",
    "/search?q=strom&from=neulich&to=31.2.2021&year=MMXX&page=0",
    "/search?q=" + "strom+" * 40,
    "/search?q=telegraf+ODER+stahll",
    "/article/lichtbogen?q=strom&hit=2",
    "/schlagwoerter",
    "/schlagwoerter?prefix=w&contains=a",
    "/schlagwoerter/Stahl",
    "/autoren?order=count",
    "/search/values?q=strom&tag=Energie&facet=tags",
    "/search/values?facet=year&contains=99",
    "/article/~..",
    "/api",
    "/hilfe",
)
COVERED = """
(() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect()
  const bar = document.querySelector('.apply').getBoundingClientRect()
  if (focused === document.body || focused.closest('.apply')) return ''
  if (box.right <= bar.left || box.left >= bar.right) return ''
  const hidden = bar.height && box.bottom > bar.top + 1 && box.top < bar.bottom
  return hidden || box.top < -1 || box.bottom > innerHeight + 1 ? focused.outerHTML : ''
})()
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """
[...document.querySelectorAll('a, button, summary, label:has(input), input')]
  .filter(each => each.checkVisibility() && !each.closest('.skip') && !each.closest('label input'))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24)
  .map(([html, box]) => `${html} ${box.width} x ${box.height}`)
"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("color_scheme", ["light", "dark", "forced dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    new_page: NewPage, color_scheme: str, width: int
) -> None:
    """Every kind of page, folded and unfolded."""
    page = new_page(
        color_scheme=color_scheme.split()[-1],
        forced_colors="active" if color_scheme.startswith("forced") else "none",
        viewport={"width": width, "height": 800},
    )
    for url in PAGES:
        page.goto(url)
        assert page.evaluate(TOO_WIDE) == 0, url
        page.evaluate(OPEN_ALL)
        assert page.evaluate(TOO_WIDE) == 0, url
        violations = Axe().run(page).response["violations"]
        found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
        assert not found, url


@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_large_enough(new_page: NewPage, width: int) -> None:
    """At least 24 px in both directions."""
    page = new_page(viewport={"width": width, "height": 800})
    for url in PAGES:
        page.goto(url)
        page.evaluate(OPEN_ALL)
        assert page.evaluate(SMALL_TARGETS) == [], url


def test_filters_are_folded_on_narrow_screens_only(new_page: NewPage) -> None:
    """A phone shows the results first, a desk all filters."""
    wide = new_page()
    wide.goto("/search?q=strom")
    expect(wide.get_by_role("button", name="Filter anwenden")).to_be_visible()
    expect(wide.locator(".filters > details > summary")).to_be_hidden()
    narrow = new_page(viewport={"width": 320, "height": 800})
    narrow.goto("/search?q=strom")
    expect(narrow.get_by_role("button", name="Filter anwenden")).to_be_hidden()
    expect(narrow.locator(".hits > li").first).to_be_in_viewport()
    narrow.locator(".filters > details > summary").click()
    expect(narrow.get_by_role("button", name="Filter anwenden")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 390])
def test_the_first_hit_stands_in_the_first_screen(new_page: NewPage, width: int) -> None:
    """All of it, on a small phone: title, date, an excerpt and tags; options and order unfold."""
    page = new_page(viewport={"width": width, "height": 640})
    for query in ("strom", "stahl+erz+werk", "industrie"):
        page.goto(f"/search?q={query}")
        box = page.locator(".hits > li").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640
    expect(page.get_by_role("link", name="Neueste zuerst")).to_be_hidden()
    page.locator(".sort summary").click()
    expect(page.get_by_role("link", name="Neueste zuerst")).to_be_visible()
    page.locator(".options summary").click()
    expect(page.get_by_label("genau so")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_the_panel_of_filters_keeps_its_place(new_page: NewPage, script: bool) -> None:
    """On a phone it is open after a choice, where it was, and a link leads to the results."""
    page = new_page(viewport={"width": 360, "height": 640}, java_script_enabled=script)
    page.goto("/search?q=strom")
    page.locator(".filters > details > summary").click()
    page.get_by_role("checkbox", name="Energie 5", exact=True).check()
    if not script:
        page.get_by_role("button", name="Filter anwenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("5 Treffer für „strom“")
    expect(page.get_by_role("checkbox", name="Energie 5", exact=True)).to_be_visible()
    page.locator(".apply").get_by_role("link", name="5 Treffer").click()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1366, 650), (320, 640)])
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_no_button_covers_what_is_focused(
    new_page: NewPage, key: str, width: int, height: int
) -> None:
    """The button that sticks to the bottom leaves every stop of the keyboard to be seen."""
    page = new_page(viewport={"width": width, "height": height})
    page.goto("/search?q=strom&tag=Energie")
    page.evaluate(OPEN_ALL)
    stops: set[str] = set()
    for _ in range(150):
        page.keyboard.press(key)
        stop = page.evaluate("document.activeElement.outerHTML")
        assert page.evaluate(COVERED) == ""
        if stop.startswith("<body") and stops:
            break
        stops.add(stop)
    assert any('name="from"' in stop for stop in stops)
    assert len(stops) > 30


def test_forced_colours_keep_the_borders(new_page: NewPage) -> None:
    """Windows takes the backgrounds away; buttons, chips and tags still look like such."""
    page = new_page(forced_colors="active")
    page.goto("/search?q=strom&tag=Energie&from=neulich")
    for css in (".field button", ".apply button", ".chip", ".hits .tags a", ".note"):
        line = page.locator(css).first.evaluate(
            "each => { const style = getComputedStyle(each);"
            " return [style.borderTopStyle, style.borderTopWidth, style.borderTopColor] }"
        )
        assert line[:2] == ["solid", "1px"], css
        assert line[2] not in ("transparent", "rgba(0, 0, 0, 0)"), css


def test_an_article_is_printed_without_the_page_around_it(new_page: NewPage) -> None:
    """Title, text and tags; no header, no navigation."""
    page = new_page()
    page.goto("/article/lichtbogen?q=strom&hit=2")
    page.emulate_media(media="print")
    for hidden in ("header", "nav", ".related", ".skip"):
        for each in page.locator(hidden).all():
            expect(each).to_be_hidden()
    expect(page.locator("main article h1")).to_be_visible()


def test_a_page_is_light(new_page: NewPage) -> None:
    """At most 30 KB over the wire and 6 requests for a first visit."""
    page = new_page()
    sizes: list[int] = []
    page.on(
        "requestfinished",
        lambda request: sizes.append(
            request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"]
        ),
    )
    page.goto("/search?q=strom", wait_until="networkidle")
    assert sum(sizes) <= 30 * 1024
    assert 2 <= len(sizes) <= 6
