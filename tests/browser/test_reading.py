"""What a reader does, in a real browser against a real server, with and without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage


def heading(page: Page) -> Locator:
    """The page's h1."""
    return page.get_by_role("heading", level=1)


def search_for(page: Page, words: str) -> None:
    """Type into the field and press Enter."""
    page.get_by_label("Suchbegriff").fill(words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_search_filter_chip_and_back(page: Page) -> None:
    """The main way through the results, and all the way back."""
    page.goto("/")
    search_for(page, "strom")
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    expect(page.locator(".hits > li")).to_have_count(10)

    page.get_by_role("checkbox", name="Energie 5", exact=True).check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    expect(page.get_by_role("checkbox", name="Energie 5", exact=True)).to_be_checked()
    filtered = page.url
    # Without a script the panel of filters is shown again where it was.
    assert filtered.removesuffix("#filters").endswith("/search?q=strom&tag=Energie")

    page.get_by_role("link", name="Filter entfernen: Energie").click()
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    page.go_back()
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    expect(page.get_by_role("checkbox", name="Energie 5", exact=True)).to_be_checked()
    page.go_back()
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    expect(page.get_by_role("checkbox", name="Energie 5", exact=True)).not_to_be_checked()
    page.goto(filtered)  # a copied address
    expect(heading(page)).to_have_text("5 Treffer für „strom“")


def test_filters_stay_with_another_word(page: Page) -> None:
    """Field and filters are one form."""
    page.goto("/search?q=strom&tag=Verkehr")
    search_for(page, "erz")
    expect(page.get_by_role("link", name="Filter entfernen: Verkehr")).to_be_visible()


def test_tags_widen_by_the_switch(page: Page) -> None:
    """All chosen tags, or at least one."""
    page.goto("/search?tag=Stahl&tag=Wasserstoff")
    expect(heading(page)).to_have_text("1 Artikel")
    page.get_by_label("mindestens eines").check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(heading(page)).to_have_text("7 Artikel")


def test_exact_words_are_switched_on_and_off(page: Page) -> None:
    """The box under the field, by the button or by Enter; it stays with the search."""
    page.goto("/search?q=ging")
    expect(page.locator(".reasons")).to_have_text("gefunden über geht")
    page.locator(".options summary").click()
    page.get_by_label("genau so").check()
    page.get_by_role("button", name="Suchen").click()
    expect(heading(page)).to_have_text("Keine Treffer für „ging“")
    expect(page.get_by_label("genau so")).to_be_checked()
    search_for(page, "geht")
    expect(heading(page)).to_have_text("1 Treffer für „geht“")
    page.locator(".hits h2 a").click()
    expect(page.get_by_label("genau so")).to_be_checked()
    page.go_back()
    page.get_by_label("genau so").uncheck()
    search_for(page, "ging")
    expect(heading(page)).to_have_text("1 Treffer für „ging“")


def test_a_suggestion_is_followed(page: Page) -> None:
    """One click from a typing error to the articles that were meant."""
    page.goto("/search?q=telegraf+ODER+stahll")
    page.get_by_role("link", name="Meinten Sie „telegraf ODER stahl“?").click()
    expect(page.get_by_label("Suchbegriff")).to_have_value("telegraf ODER stahl")
    expect(page.get_by_role("link", name="Meinten Sie")).to_have_count(0)


def test_a_german_date_narrows(page: Page) -> None:
    """Typed as Germans type it, and shown again like that."""
    page.goto("/search?q=strom")
    page.get_by_label("Von").fill("1.1.2024")
    page.get_by_role("button", name="Filter anwenden").click()
    expect(heading(page)).to_have_text("2 Treffer für „strom“")
    expect(page.get_by_label("Von")).to_have_value("1.1.2024")


def test_a_typing_error_in_a_date_is_mended(page: Page) -> None:
    """Everything stays but the date; the message leads to the field, and the field is described."""
    page.goto("/search?q=strom&tag=Energie")
    page.get_by_label("Von").fill("1. Januar 2O24")
    page.get_by_role("button", name="Filter anwenden").click()
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    field = page.get_by_label("Von")
    expect(field).to_have_value("1. Januar 2O24")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        re.compile("^Das Anfangsdatum .* ist nicht lesbar")
    )
    page.get_by_role("link", name="Das Anfangsdatum").click()
    expect(field).to_be_focused()
    field.fill("Januar 2020")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(field).to_have_value("1.1.2020")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    assert page.url.endswith("/search?q=strom&tag=Energie&from=2020-01-01")


def test_a_year_that_is_none_is_unchosen(page: Page) -> None:
    """It stands among the years, chosen and marked."""
    page.goto("/search?q=strom&year=MMXX")
    box = page.get_by_role("checkbox", name="MMXX")
    expect(box).to_be_checked()
    expect(box).to_have_accessible_description(re.compile("ist keine Jahreszahl"))
    box.uncheck()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(page.get_by_role("checkbox", name="MMXX")).to_have_count(0)
    assert page.url.removesuffix("#filters").endswith("/search?q=strom")


def test_an_error_in_a_folded_filter_is_seen(new_page: NewPage) -> None:
    """On a phone the message stands above the results, and leads into the folded filters."""
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto("/search?q=strom&from=neulich")
    expect(page.get_by_label("Von")).to_be_hidden()
    link = page.get_by_role("link", name="Das Anfangsdatum")
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.get_by_label("Von")).to_be_focused()
    expect(page.get_by_label("Von")).to_be_in_viewport()


def test_more_values_unfold(page: Page) -> None:
    """The rest of the tags opens without a script, and can be chosen."""
    page.goto("/search")
    page.get_by_text("weitere anzeigen").first.click()
    page.get_by_role("checkbox", name="Wind 1").check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(heading(page)).to_have_text("1 Artikel")


def test_pages_and_orders(page: Page) -> None:
    """Next page, numbers that count on, another order from its first page."""
    page.goto("/search?q=strom")
    page.get_by_role("link", name="Nächste").click()
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")
    expect(page.locator(".hits > li")).to_have_count(2)
    page.get_by_role("link", name="Älteste zuerst").click()
    expect(page.locator("ol.hits")).to_have_attribute("start", "1")
    expect(page.locator(".hits time").first).to_have_attribute("datetime", "2018-05-24")


def test_the_language_is_switched_and_kept(page: Page) -> None:
    """The same results in English, and English afterwards."""
    page.goto("/search?q=strom&page=2")
    page.get_by_role("link", name="English").click()
    expect(heading(page)).to_have_text("12 results for “strom”")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "page=2" in page.url
    page.goto("/")
    expect(heading(page)).to_have_text("Search 26 articles")


def test_from_a_hit_to_its_article_and_back(page: Page) -> None:
    """Marks, the next hit, and back to where the reader was."""
    page.goto("/search?q=strom&page=2&per_page=5")
    titles = page.locator(".hits h2").all_inner_texts()
    page.locator(".hits h2 a").first.click()
    expect(heading(page)).to_have_text(titles[0])
    expect(page.locator("article mark").first).to_be_visible()
    page.get_by_role("link", name="Nächster Treffer").click()
    expect(heading(page)).to_have_text(titles[1])
    page.get_by_role("link", name="Zurück zu den Treffern").click()
    expect(page).to_have_url(re.compile(r"/search\?q=strom&page=2&per_page=5$"))
    expect(page.locator(".hits h2").first).to_have_text(titles[0])


def test_no_results_lead_on(page: Page) -> None:
    """Without its filter the search finds something."""
    page.goto("/search?q=mischwald&tag=Strom")
    expect(heading(page)).to_have_text("Keine Treffer für „mischwald“")
    page.get_by_role("link", name="Filter entfernen: Strom").click()
    expect(heading(page)).to_have_text("1 Treffer für „mischwald“")


def test_the_keyboard_is_enough(page: Page) -> None:
    """Skip link first; then filters can be reached and chosen without a mouse."""
    page.goto("/search?q=strom")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main .sort a").first).to_be_focused()
    box = page.get_by_role("checkbox", name="Energie 5", exact=True)
    box.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("5 Treffer für „strom“")


def test_hostile_articles_do_nothing(new_page: NewPage) -> None:
    """No script of an article runs, no dialog opens, no foreign file is loaded."""
    page = new_page()
    for url in ("/", "/search", "/search?q=gefahrgut"):
        page.goto(url)
        assert "gekapert" not in page.title().split("·")[0]
    page.locator(".hits h2 a").click()
    expect(heading(page)).to_contain_text("<script>document.title='gekapert'</script> Titel")
    assert page.title().startswith("<script>")
    assert page.evaluate("document.scripts.length + document.images.length") == 2  # with data


def test_an_id_of_two_dots_can_be_opened(page: Page) -> None:
    """A browser would resolve ".." as a folder."""
    page.goto("/search?q=punktkennung")
    page.locator(".hits h2 a").click()
    expect(heading(page)).to_have_text("Ein Artikel, dessen Kennung zwei Punkte sind")
