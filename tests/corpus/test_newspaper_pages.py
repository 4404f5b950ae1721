"""Pages built as German papers build theirs, with invented texts, give their text and no more.

Beside each page of samples/pages stands what a reader would call the article: kicker, headline,
lead and text. Words are compared, with how often each of them occurs.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from searchapp.model import Article
from tests.corpus.conftest import read_paths

PAGES = sorted((Path(__file__).parents[1] / "samples" / "pages").glob("*.html"))


def article_of(page: Path) -> Article:
    """The one article of a page that has no problems."""
    outcome = read_paths(page)
    assert not outcome.problems
    return outcome.article


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many words the truth has, how many were found, and how many are in both."""

    true: int
    found: int
    both: int

    @property
    def recall(self) -> float:
        """The share of the true words that were found."""
        return self.both / self.true

    @property
    def foreign(self) -> float:
        """The share of what was found that is not true."""
        return 1 - self.both / self.found


def overlap(page: Path) -> Overlap:
    """Compare the article of a page with its true text."""
    article = article_of(page)
    true = words_of(page.with_suffix(".txt").read_text("utf-8"))
    found = words_of(f"{article.title}\n{article.body}")
    return Overlap(true.total(), found.total(), (true & found).total())


def words_of(text: str) -> Counter[str]:
    """The words of a text in small letters, counted."""
    return Counter(re.findall(r"\w+", text.lower()))


def test_recall_and_foreign_text_of_all_pages() -> None:
    """At least 95 % of the true words are found, and at most 5 % of what is found is foreign."""
    assert len(PAGES) >= 20
    overlaps = [overlap(page) for page in PAGES]
    both = sum(each.both for each in overlaps)
    recall = both / sum(each.true for each in overlaps)
    foreign = 1 - both / sum(each.found for each in overlaps)
    print(f"recall {100 * recall:.1f} %, foreign {100 * foreign:.1f} %")
    assert recall >= 0.95
    assert foreign <= 0.05


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page(page: Path) -> None:
    """No page is bad behind a good mean; what surrounds articles is in none."""
    found = overlap(page)
    assert found.recall >= 0.95
    assert found.foreign <= 0.05
    body = article_of(page).body
    for foreign in ("Lesen Sie auch", "Mehr zum Thema", "Cookies", "Newsletter", "Foto:", "|--"):
        assert foreign not in body


SAID = {
    "faz_stil": (("Hanna Quast", "Ole Brink"), "2023-02-14", "Bahn"),
    "sz_stil": (("Lena Holm",), "2022-05-09", "Bürgermeister"),
    "zeit_stil": (("Mara Zink",), "2021-12-01", "Melatonin"),
    "welt_stil": (("Viktor Thal",), "2024-01-17", "Tiny House"),
    "amp_seite": (("Tom Ahlers",), "2022-10-04", "Kommunen"),
    "tonline_stil": (("Kim Rode",), "2023-09-30", "Ratgeber"),
    "ippen_stil": (("Resi Obermaier",), "2023-09-14", "Brauchtum"),
    "react_endlos": (("Carl Ebert",), "2023-12-03", None),
    "spiegel_stil": (("DER SPATEN",), "2020-08-21", "Archäologie"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_pages_state(name: str) -> None:
    """Authors, date and tags, from JSON-LD and <meta>."""
    authors, date, tag = SAID[name]
    article = article_of(next(page for page in PAGES if page.stem == name))
    assert article.author is not None
    assert all(author in article.author for author in authors)
    assert str(article.date) == date
    assert tag is None or tag in article.tags
