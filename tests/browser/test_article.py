"""The page of an article in a real browser: where a hit leads, what is copied and printed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

QUERIES = ("strom", "stahl erz werk", "koks", "wasser", '"viel strom"', "geht", "lichtbogen")
MARKED_HITS = ".hits :is(h2, h3) a[href*='#m']"


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_every_hit_leads_to_a_mark(new_page: NewPage, has_script: bool) -> None:
    """On a screen so low that no text is seen at the top of the page, and never to the field."""
    page = new_page(viewport={"width": 320, "height": 300}, java_script_enabled=has_script)
    followed = 0
    for query in QUERIES:
        search = f"/search?q={query}"
        page.goto(search)
        for number in range(page.locator(MARKED_HITS).count()):
            page.goto(search)
            link = page.locator(MARKED_HITS).nth(number)
            place = re.search("#(m[0-9]+)", link.get_attribute("href") or "")
            assert place
            link.click()
            page.wait_for_url("**/article/**")
            expect(page.locator(f"mark#{place[1]}")).to_be_in_viewport()
            followed += 1
    assert followed > 25


def test_a_fragment_that_is_in_the_query_and_the_title(page: Page) -> None:
    """Leads to the text all the same."""
    page.goto("/search?q=%22viel+Strom%22")
    link = page.locator(".hits h2 a").first
    link.click()
    expect(page.locator("mark#m1")).to_be_in_viewport()


def test_from_mark_to_mark(page: Page) -> None:
    """By links, without a script."""
    page.goto("/article/lichtbogen?q=strom&hit=2")
    page.get_by_role("link", name="Zur ersten Fundstelle").click()
    expect(page).to_have_url(re.compile("#m1$"))
    expect(page.locator("#m1")).to_be_in_viewport()


def test_cite_and_share(page: Page) -> None:
    """Folded; a click selects the whole citation, and the files are loaded."""
    page.goto("/article/lichtbogen?q=strom&hit=2")
    expect(page.locator(".cite .whole")).to_be_hidden()
    page.get_by_text("Zitieren und weitergeben").click()
    cited = page.locator(".cite .whole")
    expect(cited).to_contain_text("Stahlkunde, 16. Januar 2024")
    permalink = page.locator(".permalink a")
    expect(permalink).to_have_attribute("href", re.compile("/article/lichtbogen$"))
    cited.click(position={"x": 5, "y": 5})
    assert page.evaluate("getSelection().toString().trim()") == cited.inner_text().strip()
    for name in ("BibTeX", "RIS"):
        with page.expect_download() as loading:
            page.get_by_role("link", name=name).click()
        assert loading.value.suggested_filename.startswith("lichtbogen.")
    permalink.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Wie der Lichtbogenofen Schrott schmilzt"
    )


def test_print_says_where_and_when(new_page: NewPage) -> None:
    """The address and the day; no marks to follow, no files."""
    page = new_page()
    page.goto("/article/lichtbogen?q=strom&hit=2")
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    printed = page.locator(".printed")
    expect(printed).to_be_visible()
    expect(printed).to_contain_text(re.compile(r"/article/lichtbogen \(abgerufen am "))
    for hidden in (".cite", ".matches", ".trail"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_data_is_no_script(new_page: NewPage) -> None:
    """The strict policy lets it be, and the console stays empty."""
    page = new_page()
    page.goto("/search?q=gefahrgut")
    page.locator(".hits h2 a").click()
    block = page.locator("script[type='application/ld+json']")
    assert "<" not in (block.text_content() or "<")
    title = page.evaluate(
        "JSON.parse(document.querySelector('[type$=ld\\\\+json]').textContent).headline"
    )
    assert title.startswith("<script>document.title")
