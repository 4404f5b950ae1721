"""The owner's page in a browser that asks for the password."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from searchapp.settings import Settings
from tests.browser.test_appearance import TOO_WIDE
from tests.web.serving_process import serving

TOKEN = "eine-lange-losung-7f3a"


@pytest.mark.slow
def test_axe_finds_nothing_and_a_line_is_tried_from_the_keyboard(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    """Narrow and wide, light and dark, with long words of strangers."""
    own = {"index": settings.index, "workers": 1, "owner_token": TOKEN}
    own["query_store"] = tmp_path / "queries.sqlite"
    with serving(tmp_path, own) as server:
        for query in ("Strom", "Hochhofen", "x" * 90, "Stahl+Xqzvwpf"):
            assert server.get(f"/search?q={query}")[0] == 200
        for width, scheme in ((320, "dark"), (320, "light"), (1280, "dark"), (1280, "light")):
            context = browser.new_context(
                base_url=server.url,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                http_credentials={"username": "wer auch immer", "password": TOKEN},
                locale="de-DE",
            )
            page = context.new_page()
            page.goto("/owner/queries")
            page.get_by_label("Eine Zeile für die Datei der Ausnahmen").fill("Xqzvwpf = Strom")
            page.keyboard.press("Enter")
            assert "jetzt: 0, dann: 12" in page.locator(".tried").inner_text()
            assert page.evaluate(TOO_WIDE) == 0
            found = Axe().run(page).response["violations"]
            assert not [(each["id"], each["nodes"]) for each in found]
            context.close()
