"""What the script adds to lists: they change in place, and all else is as if a page were loaded."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewPage

SAME_DOCUMENT = "() => window.isSame === true"
MARK_DOCUMENT = "() => { window.isSame = true }"
HIDDEN_FOCUS = """() => {
  const focused = document.activeElement
  const box = (focused.querySelector('.slot') ?? focused).getClientRects()[0]
  if (focused === document.body) return 'body'
  const x = box.left + Math.min(box.width, 40) / 2, y = box.top + Math.min(box.height, 40) / 2
  const top = document.elementFromPoint(x, y)
  const isSeen = top && (focused.contains(top) || top.contains(focused))
  return isSeen ? '' : focused.outerHTML.slice(0, 200)
}"""
STATE = """() => [
  document.title, document.querySelector('h1').textContent, location.search,
  document.querySelector('#query').value,
  [...new FormData(document.querySelector('#search'))].map(pair => pair.join('=')).sort(),
  [...document.querySelectorAll('.hits a, .chip, .pagination a, .languages a')].map(a => a.href),
  [...document.querySelectorAll('[rel=canonical], [rel=alternate]')].map(link => link.href),
  [...document.querySelectorAll('.filters li')].map(li => li.textContent),
  document.querySelectorAll('.wrong, [aria-invalid]').length,
]"""


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Results of a search, in a document that is known again."""
    page = new_page()
    page.goto("/search?q=strom")
    page.evaluate(MARK_DOCUMENT)
    return page


def heading(page: Page) -> Locator:
    """The page's h1."""
    return page.get_by_role("heading", level=1)


def box(page: Page, name: str) -> Locator:
    """The box of a value among the filters."""
    return page.locator(f'.filters input[type=checkbox][value="{name}"]').first


def status(page: Page) -> Locator:
    """What a screen reader is told."""
    return page.locator("#status")


def settle(page: Page) -> None:
    """Wait until what was asked for is shown."""
    expect(page.locator("main[aria-busy]")).to_have_count(0)


def is_same_document(page: Page) -> bool:
    """Whether no page was loaded since it was marked."""
    return bool(page.evaluate(SAME_DOCUMENT))


def test_a_filter_takes_effect_at_once_and_keeps_the_focus(page: Page) -> None:
    """The total is announced, the box stays where it is, the panel as it was unfolded."""
    box(page, "Energie").focus()
    page.keyboard.press("Space")
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    expect(status(page)).to_have_text("5 Treffer für „strom“")
    expect(box(page, "Energie")).to_be_checked()
    expect(box(page, "Energie")).to_be_focused()
    assert page.evaluate(HIDDEN_FOCUS) == ""
    assert page.url.endswith("/search?q=strom&tag=Energie")
    page.keyboard.press("Space")
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    expect(box(page, "Energie")).to_be_focused()
    assert is_same_document(page)


def test_what_is_unfolded_stays_so(page: Page) -> None:
    """And what is chosen there can be seen, wherever it is counted now."""
    page.goto("/search")
    page.evaluate(MARK_DOCUMENT)
    page.get_by_text("weitere anzeigen").first.click()
    more = page.locator("details.more").first
    page.get_by_role("link", name="Älteste zuerst").click()
    expect(page).to_have_url(re.compile("sort=oldest$"))
    settle(page)
    expect(more).to_have_attribute("open", "")
    chosen = more.locator("input").last
    name = str(chosen.get_attribute("value"))
    chosen.click()
    expect(page.locator(".chip")).to_have_count(1)
    expect(box(page, name)).to_be_checked()
    expect(box(page, name)).to_be_focused()
    expect(box(page, name)).to_be_in_viewport()
    assert is_same_document(page)


def test_another_search_keeps_the_field(page: Page) -> None:
    """And its cursor; what is typed meanwhile is not lost."""
    field = page.get_by_label("Suchbegriff")
    field.fill("erz")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(re.compile("Treffer für „erz“"))
    expect(field).to_be_focused()
    expect(field).to_have_value("erz")
    assert page.title().startswith(heading(page).inner_text())
    assert is_same_document(page)


def test_pages_lead_to_their_beginning(page: Page) -> None:
    """The heading has the focus, and is to be seen; the number of the page is announced."""
    page.get_by_role("link", name="Nächste").click()
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_be_in_viewport()
    expect(status(page)).to_have_text("12 Treffer für „strom“, Seite 2")
    assert is_same_document(page)


def test_a_chip_leaves_the_focus_at_its_neighbour(page: Page) -> None:
    """And the last one at the heading."""
    page.goto("/search?q=strom&tag=Energie&tag=Netz&from=2010")
    page.evaluate(MARK_DOCUMENT)
    chips = page.locator(".chip")
    count = chips.count()
    assert count == 3
    for left in (2, 1):
        chips.first.focus()
        page.keyboard.press("Enter")
        expect(chips).to_have_count(left)
        expect(chips.first).to_be_focused()
        assert page.evaluate(HIDDEN_FOCUS) == ""
    page.keyboard.press("Enter")
    expect(chips).to_have_count(0)
    expect(heading(page)).to_be_focused()
    assert is_same_document(page)


def test_every_state_survives_back_forward_reload_and_a_copied_address(
    page: Page, new_page: NewPage
) -> None:
    """Whatever way led to it, a page is what the server makes of its address."""
    states = [page.evaluate(STATE)]
    page.get_by_label("Suchbegriff").fill("erz ODER strom")
    steps: list[Callable[[], object]] = [
        lambda: page.keyboard.press("Enter"),
        lambda: box(page, "Energie").check(),
        lambda: page.get_by_role("link", name="Älteste zuerst").click(),
        lambda: page.get_by_label("Von").fill("neulich") or page.keyboard.press("Enter"),  # type: ignore[func-returns-value]
        lambda: page.get_by_role("link", name="Filter entfernen: Energie").click(),
        lambda: page.get_by_role("link", name="Nächste").click(),
    ]
    for step in steps:
        before = page.url
        step()
        expect(page).not_to_have_url(before)
        settle(page)
        states.append(page.evaluate(STATE))
    assert len({str(state) for state in states}) == len(steps) + 1
    assert is_same_document(page)
    for state in states[-2::-1]:
        page.go_back()
        page.wait_for_function(f"() => location.search === {state[2]!r}")
        settle(page)
        assert page.evaluate(STATE) == state
    for state in states[1:]:
        page.go_forward()
        page.wait_for_function(f"() => location.search === {state[2]!r}")
        settle(page)
        assert page.evaluate(STATE) == state
    assert is_same_document(page)
    plain = new_page()
    for state in states:
        plain.goto(f"/search{state[2]}")
        assert plain.evaluate(STATE) == state
    page.reload()
    assert page.evaluate(STATE) == states[-1]
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(states[-2][2]) + "$"))
    settle(page)
    assert page.evaluate(STATE) == states[-2]


def test_going_back_restores_the_place(page: Page) -> None:
    """Scrolled as it was, and the focus at the link that was followed."""
    page.get_by_role("link", name="Nächste").focus()
    top = page.evaluate("scrollY")
    assert top > 500
    page.keyboard.press("Enter")
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")
    assert page.evaluate("scrollY") < top
    page.go_back()
    expect(page.locator("ol.hits")).to_have_attribute("start", "1")
    page.wait_for_function(f"() => Math.abs(scrollY - {top}) < 2")
    page.go_forward()
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")
    page.wait_for_function(f"() => scrollY < {top}")


def test_back_from_an_article_shows_what_was_left(page: Page) -> None:
    """Also where the list had changed in place."""
    box(page, "Energie").check()
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    page.locator(".hits h2 a").first.click()
    expect(page).to_have_url(re.compile("/article/"))
    page.go_back()
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    expect(box(page, "Energie")).to_be_checked()
    page.go_back()
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    expect(box(page, "Energie")).not_to_be_checked()


def test_the_skip_link_is_no_other_page(page: Page) -> None:
    """Back from a part of the page asks for nothing."""
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/search" in request.url else None
    )
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    page.go_back()
    expect(page).to_have_url(re.compile("strom$"))
    assert asked == []


def test_only_the_newest_choice_is_shown(page: Page) -> None:
    """An older answer that comes late is not."""
    held: list[Route] = []
    page.route(re.compile("tag=Energie$"), lambda route: held.append(route))
    box(page, "Energie").check()
    box(page, "Netz").check()
    page.wait_for_function("() => location.search.includes('Netz')")
    expect(box(page, "Netz")).to_be_checked()
    expect(box(page, "Energie")).to_be_checked()
    assert len(page.locator(".chip").all()) == 2
    assert is_same_document(page)
    for route in held:
        route.abort()


@pytest.mark.parametrize("kind", ["fails", "is slow", "is no page", "is an error"])
def test_what_cannot_be_fetched_is_loaded_as_a_page(new_page: NewPage, kind: str) -> None:
    """The browser then tells what is wrong, or shows it after all."""
    page = new_page()
    page.goto("/search?q=strom")
    page.evaluate(MARK_DOCUMENT)
    times: list[str] = []

    def answer(route: Route) -> None:
        times.append(route.request.resource_type)
        if route.request.resource_type == "document":
            route.continue_()
        elif kind == "fails":
            route.abort("aborted")
        elif kind == "is no page":
            route.fulfill(body="Bitte anmelden", content_type="text/plain")
        elif kind == "is an error":
            route.fulfill(status=200, body="<body class=error><main id=main><h1>Fehler</h1></main>")

    page.route(re.compile("sort=newest"), answer)
    page.get_by_role("link", name="Neueste zuerst").click()
    page.wait_for_function("() => window.isSame === undefined", timeout=20_000)
    expect(page).to_have_url(re.compile("sort=newest$"))
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    assert times == ["fetch", "document"]
    page.go_back()
    expect(page).to_have_url(re.compile("q=strom$"))


def test_the_arrows_go_from_result_to_result(page: Page) -> None:
    """From a title only, and not beyond the ends, where they scroll as ever."""
    titles = page.locator(".hits h2 a")
    titles.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(titles.nth(2)).to_be_focused()
    assert page.evaluate(HIDDEN_FOCUS) == ""
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(titles.first).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+ArrowDown")
    expect(titles.first).to_be_focused()
    for place in range(1, 10):
        page.keyboard.press("ArrowDown")
        expect(titles.nth(place)).to_be_focused()
        assert page.evaluate(HIDDEN_FOCUS) == ""
    page.locator(".hits .tags a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hits .tags a").first).to_be_focused()


@pytest.mark.parametrize("url", ["/search?q=strom&tag=Energie", "/article/lichtbogen?q=strom"])
@pytest.mark.parametrize("has_clipboard", [True, False])
def test_the_link_is_copied(new_page: NewPage, url: str, has_clipboard: bool) -> None:
    """By the clipboard of pages with TLS, or as before it; an article's is the lasting one."""
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    if not has_clipboard:
        page.add_init_script(
            "window.board = navigator.clipboard;"
            "Object.defineProperty(Navigator.prototype, 'clipboard', { get() {} })"
        )
    page.goto(url)
    for fold in page.locator(".cite summary").all():
        fold.click()
    button = page.get_by_role("button", name="Link kopieren")
    button.focus()
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("Link kopiert")
    done = page.get_by_role("button", name="Link kopiert")
    expect(done).to_be_focused()
    board = "navigator.clipboard" if has_clipboard else "window.board"
    copied = page.evaluate(f"{board}.readText()")
    assert copied == page.url if "search" in url else copied.endswith("/article/lichtbogen")
    assert copied.startswith("http://")


def test_values_are_found_while_typing(page: Page) -> None:
    """In the group of the filter, in any spelling; a value is chosen in place."""
    page.goto("/search")
    page.evaluate(MARK_DOCUMENT)
    field = page.get_by_label("Schlagwort enthält")
    expect(field).to_be_visible()
    field.press_sequentially("wasser")
    found = page.locator(".box li")
    expect(found.first).to_be_visible()
    for each in found.all_inner_texts():
        assert "wasser" in each.lower()
    expect(status(page)).to_have_text(re.compile("Schlagw"))
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=f"Filter entfernen: {name}").first).to_be_visible()
    expect(found).to_have_count(0)
    # The results have so few that there is no field any more.
    expect(field).to_have_count(0)
    expect(page.locator(".filters [type=checkbox]").first).to_be_focused()
    assert is_same_document(page)


def test_a_list_of_values_follows_what_is_typed(new_page: NewPage) -> None:
    """No step of the history for each letter; every letter stays."""
    page = new_page()
    page.goto("/")
    page.goto("/schlagwoerter")
    page.evaluate(MARK_DOCUMENT)
    field = page.get_by_label("Schlagwort enthält")
    field.press_sequentially("wass", delay=60)
    expect(status(page)).to_have_text(re.compile(r"^\d+ Schlagw"))
    page.wait_for_function("() => location.search === '?contains=wass'")
    expect(field).to_have_value("wass")
    expect(field).to_be_focused()
    field.fill("zzzz")
    expect(status(page)).to_have_text("0 Schlagwörter mit „zzzz“")
    field.fill("")
    page.wait_for_function("() => location.search === ''")
    assert is_same_document(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/$"))


def test_a_phone_shows_the_results_when_filters_are_applied(new_page: NewPage) -> None:
    """The panel stays open while boxes are chosen, and folds by its button."""
    page = new_page(has_touch=True, viewport={"width": 320, "height": 640})
    page.goto("/search?q=strom")
    page.locator(".filters > details > summary").tap()
    box(page, "Energie").tap()
    expect(status(page)).to_have_text("5 Treffer für „strom“")
    expect(box(page, "Energie")).to_be_in_viewport()
    page.get_by_role("button", name="Filter anwenden").tap()
    expect(box(page, "Energie")).to_be_hidden()
    expect(heading(page)).to_be_in_viewport()


def test_hostile_values_do_nothing_in_place(page: Page) -> None:
    """Neither in results nor in the box of values."""
    for words in ("gefahrgut", "<img src=x onerror=alert(1)>", "'\"><script>alert(1)</script>"):
        page.get_by_label("Suchbegriff").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_function("text => document.title.includes(text)", arg=words)
        expect(status(page)).to_contain_text(words)
    page.goto("/search")
    page.get_by_label("Schlagwort enthält").press_sequentially("img src")
    expect(page.locator(".box li").first).to_contain_text("<img src")
    assert page.evaluate("document.scripts.length + document.images.length") == 1


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus; nothing on the way is covered or out of sight."""
    for _ in range(150):
        page.keyboard.press(key)
        assert page.evaluate(HIDDEN_FOCUS) in ("", "body")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (320, 640)])
@pytest.mark.parametrize("has_script", [True, False])
def test_the_keyboard_alone_leads_through_everything(
    new_page: NewPage, has_script: bool, width: int, height: int
) -> None:
    """Search, filter, chip, page, result: each is reached by Tab, and can be seen."""
    page = new_page(java_script_enabled=has_script, viewport={"width": width, "height": height})
    page.goto("/")
    tab_to(page, page.get_by_label("Suchbegriff"))
    page.keyboard.type("strom")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    if width == 320:
        tab_to(page, page.locator(".filters > details > summary"))
        page.keyboard.press("Enter")
    tab_to(page, box(page, "Energie"))
    page.keyboard.press("Space")
    if not has_script:
        page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("5 Treffer für „strom“")
    tab_to(page, page.locator(".chip").first)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("12 Treffer für „strom“")
    tab_to(page, page.get_by_role("link", name="Nächste"))
    page.keyboard.press("Enter")
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")
    title = page.locator(".hits h2 a").first
    name = title.inner_text()
    tab_to(page, title)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(name)
    page.go_back()
    expect(page.locator("ol.hits")).to_have_attribute("start", "11")


def test_a_suggestion_is_taken_by_the_keyboard_alone(page: Page) -> None:
    """From the results, and the results of a word come in place."""
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type("erz hochof")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(re.compile("Treffer für „erz Hochofen“"))
    expect(page.get_by_role("combobox", name="Suchbegriff")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("stah")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("listbox")).to_have_count(1)
    assert is_same_document(page)


def test_suggestions_that_are_not_ready_are_asked_for_again(page: Page) -> None:
    """A server that has just started has none yet, and says so."""
    answers: list[bool] = []

    def answer(route: Route) -> None:
        answers.append(len(answers) >= 2)
        if answers[-1]:
            route.continue_()
        else:
            route.fulfill(json={"query": "", "suggestions": [], "is_complete": False})

    page.route("**/api/v1/suggest*", answer)
    page.get_by_label("Suchbegriff").fill("")
    page.get_by_label("Suchbegriff").press_sequentially("stah")
    expect(page.get_by_role("option").first).to_be_visible()
    assert answers == [False, False, True]


def test_a_bar_of_the_histogram_narrows_in_place(page: Page) -> None:
    """By the keyboard, too; the focus is never lost."""
    bar = page.locator(".histogram a").first
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_be_visible()
    assert page.evaluate(HIDDEN_FOCUS) == ""
    assert "from=" in page.url
    assert is_same_document(page)


def test_the_keyboard_goes_from_year_to_year(page: Page) -> None:
    """The focus stays on the link to the next period while there is one."""
    page.goto("/search?from=2022&to=2022")
    page.evaluate("window.isSame = true")
    after = page.locator("#period-after")
    name = after.inner_text().split(":")[0]
    after.press("Enter")
    expect(page.locator(".histogram strong")).to_have_text(name)
    expect(page.locator("#period-before")).to_have_text(re.compile("2022"))
    assert page.evaluate(HIDDEN_FOCUS) == ""
    assert page.evaluate("window.isSame")


def test_a_language_is_another_page(page: Page) -> None:
    """As the script's words change, too."""
    page.get_by_role("link", name="English").click()
    expect(heading(page)).to_have_text("12 results for “strom”")
    assert not is_same_document(page)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_nothing_after_changes(new_page: NewPage, color_scheme: str, width: int) -> None:
    """Results that were changed in place, with the box of values in use."""
    page = new_page(color_scheme=color_scheme, viewport={"width": width, "height": 800})
    page.goto("/search")
    page.evaluate("document.querySelector('.filters details').open = true")
    page.get_by_label("Schlagwort enthält").press_sequentially("wasser")
    expect(page.locator(".box li").first).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
    page.locator(".box li a").first.click()
    expect(page.locator(".chip").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    violations = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]


def test_without_a_script_there_is_nothing_of_it(new_page: NewPage) -> None:
    """No button that does nothing."""
    page = new_page(java_script_enabled=False)
    for url in ("/search?q=strom", "/article/lichtbogen"):
        page.goto(url)
        expect(page.get_by_role("button", name="Link kopieren")).to_have_count(0)
        expect(page.get_by_text("wirkt sofort")).to_be_hidden()
