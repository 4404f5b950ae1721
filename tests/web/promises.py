"""The counts that pages show beside what can be chosen, and random searches to look at them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask.testing import FlaskClient

from tests.web.date_bars import bars_of
from tests.web.html import Page

FORM = "(//form[@id='search']//input | //input[@form='search'])"
_NUMBER = re.compile(r"\+?\d[\d.]*")


@dataclass(frozen=True)
class Promise:
    """A number beside a link or a box of a page: the total of the search that it leads to.

    kind: where it stands. is_added: whether it comes on top of the total of the page.
    """

    kind: str
    url: str
    number: int
    is_added: bool = False

    def total(self, now: int) -> int:
        """What is found after the click, beside what is found now."""
        return self.number + now if self.is_added else self.number


def promises(page: Page) -> Iterator[Promise]:
    """All promises of a German page of results."""
    for item in page.root.xpath("//aside//li[.//input[not(@checked)]]"):
        (box,) = item.xpath(".//input")
        (count,) = item.xpath(".//*[@class='count']/text()")
        pairs = [*_form_pairs(page), (box.get("name"), box.get("value"))]
        yield _promise(f"box of {box.get('name')}", f"/search?{urlencode(pairs)}", count)
    for name, url in bars_of(page).items():
        yield _promise("bar", url, name.rpartition(": ")[2])
    for item in page.root.xpath("//ul[@class='chips']/li[.//*[@class='count']]"):
        yield _promise("chip", item.xpath("a/@href")[0], item.xpath("*[@class='count']/text()")[0])
    for link in page.root.xpath("//main//nav[@class='tags']/a"):
        yield _promise("related word", link.get("href"), link.xpath("*[@class='count']/text()")[0])


def list_promises(page: Page) -> Iterator[Promise]:
    """Those of a page of values, but for the chosen ones."""
    for item in page.root.xpath("//ul[@class='values']/li[not(a[@class='chip'])]"):
        count = item.xpath("*[@class='count']/text()")[0]
        yield _promise("value", item.xpath("a/@href")[0], count)


def found(client: FlaskClient, url: str) -> tuple[Page, int]:
    """The page of results, of a value or of a list at an address, and the total that it tells."""
    response = client.get(url, follow_redirects=True)
    assert response.status_code == 200, url
    page = Page(response)
    (heading,) = page.texts("//main//h1")
    if response.request.path == "/search":
        number = _NUMBER.match(heading)
        return page, int(number[0].replace(".", "")) if number else 0
    numbers = page.texts("//main/p[@class='meta'][a]/a[1]")
    number = _NUMBER.search(numbers[0]) if numbers else None
    return page, int(number[0].replace(".", "")) if number else 0


@dataclass(frozen=True)
class Searches:
    """Makes random searches of words and of the values of facets, by the parameters' names."""

    words: list[str]
    values: dict[str, list[str]]

    def url(self, draw: random.Random) -> str:
        """The address of one: query, filters, dates, exact words and any of the tags, or some."""
        pairs = [("q", self._query(draw))]
        for name, values in self.values.items():
            if values and draw.random() < 0.35:
                pairs += [(name, draw.choice(values)) for _ in range(draw.choice((1, 1, 2, 3)))]
        for name in ("exact", "any"):
            if draw.random() < (0.2 if name == "exact" else 0.4):
                pairs.append((name, "1"))
        years = self.values.get("year")
        for name in ("from", "to"):
            if years and draw.random() < 0.2:
                pairs.append((name, draw.choice(years)))
        return f"/search?{urlencode([pair for pair in pairs if pair[1]])}"

    def _query(self, draw: random.Random) -> str:
        one, two = draw.choice(self.words), draw.choice(self.words)
        cut = draw.randrange(len(one))
        return draw.choice(
            [
                *("", "", one, one, one, f"{one} {two}", f"{one} ODER {two}", f"{one} -{two}"),
                *(one[:cut] + one[cut + 1 :], f"{one[: max(3, cut)]}*", f'"{one}" {two}'),
            ]
        )


def _promise(kind: str, url: str, text: str) -> Promise:
    number = _NUMBER.match(text.strip())
    assert number, (kind, url, text)
    return Promise(kind, url, int(number[0].replace(".", "")), number[0].startswith("+"))


def _form_pairs(page: Page) -> list[tuple[str, str]]:
    """What the form of a page would send as it stands."""
    return [
        (str(each.get("name")), str(each.get("value") or ""))
        for each in page.root.xpath(FORM)
        if each.get("type") not in ("checkbox", "radio") or "checked" in each.attrib
    ]
