"""Reads pages as a browser does, so that tests need not match strings."""

from __future__ import annotations

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse


class Page:
    """A parsed page with the few questions that tests ask."""

    def __init__(self, response: TestResponse) -> None:
        assert response.mimetype == "text/html"
        self.response = response
        self.root = html.document_fromstring(response.text)

    def texts(self, xpath: str) -> list[str]:
        """The text of each matching element, white space joined."""
        return [" ".join(each.text_content().split()) for each in self.root.xpath(xpath)]

    def text(self, xpath: str) -> str:
        """The text of the one matching element."""
        (text,) = self.texts(xpath)
        return text

    def values(self, xpath: str) -> list[str]:
        """The matching attributes' values."""
        return [str(each) for each in self.root.xpath(xpath)]

    def count(self, xpath: str) -> int:
        """How many elements match."""
        return len(self.root.xpath(xpath))

    def link(self, text: str) -> str:
        """The target of the one link whose text is (or begins with) this."""
        (href,) = {
            str(each.get("href"))
            for each in self.root.xpath("//a")
            if " ".join(each.text_content().split()).startswith(text)
        }
        return href

    @property
    def hit_titles(self) -> list[str]:
        """The titles of the hits, in order."""
        return self.texts("//ol[@class='hits']//h2")


def get(client: FlaskClient, url: str, *, status: int = 200, lang: str = "") -> Page:
    """Fetch and parse a page; `lang` is what the browser prefers."""
    headers = {"Accept-Language": lang} if lang else {}
    response = client.get(url, headers=headers)
    assert response.status_code == status, response.text
    return Page(response)
