"""Reads the histogram of a page."""

from __future__ import annotations

from tests.web.html import Page


def bars_of(page: Page) -> dict[str, str]:
    """The address of each bar by its name, in order."""
    links = page.root.xpath("//*[@class='histogram']//svg/a")
    bars = {str(link.find("title").text_content()): str(link.get("href")) for link in links}
    assert len(bars) == len(links)
    return bars
