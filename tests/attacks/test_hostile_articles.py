"""Hostile articles through every page, feed, export and answer: they stay texts in all of them."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import feedparser  # type: ignore[import-untyped]
import rispy  # type: ignore[import-untyped]
from bibtexparser.entrypoint import parse_string
from lxml import etree, html

from searchapp.corpus.records import clean_id
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web.url_state import rest_of_path
from tests.attacks.asker import Answer, Asker
from tests.attacks.hostile_articles import SEEDS, WORD, hostile_article
from tests.attacks.tally import Tally, extent
from tests.sources import write_lines
from tests.web.serving_process import serving

SEED = 17
OF_ARTICLES = ("/article/", "/api/v1/articles/", "/export.")
"""Addresses that lead to something."""
FOREIGN = (
    "//script[not(@src or @type='application/ld+json')] | //script[@src and not(starts-with(@src,"
    " '/'))] | //img | //iframe | //style | //math | //svg[@onload] | //object | //embed | //base"
    " | //*[local-name()='animate' or local-name()='mglyph'] | //meta[@http-equiv]"
)
HANDLERS = "//@*[starts-with(name(), 'on') or name() = 'srcdoc' or name() = 'style']"
ADDRESSES = "//@href | //@src | //@action | //@formaction"
SAFE_ADDRESS = re.compile(r"(?:/|#|\?|https?://|mailto:)")
FORMULA = re.compile(r"[\s\u00a0\u200b\ufeff\x00]*[=+\-@＝＋－＠]")


def check_page(answer: Answer) -> None:
    """No element, attribute or address comes from a text, and the title is one."""
    root = html.document_fromstring(answer.body)
    assert not root.xpath(FOREIGN), etree.tostring(root.xpath(FOREIGN)[0])[:200]
    assert not root.xpath(HANDLERS), root.xpath(HANDLERS)[0]
    assert len(root.xpath("//head/title")) == 1
    for address in root.xpath(ADDRESSES):
        assert SAFE_ADDRESS.match(address), address
    for data in root.xpath("//script[@type='application/ld+json']"):
        assert isinstance(json.loads(data.text), dict)


def check_feed(answer: Answer) -> None:
    """It is XML for a strict parser, and what it holds is no markup but for what is escaped."""
    root = etree.fromstring(answer.body, etree.XMLParser(resolve_entities=False))
    parsed = feedparser.parse(answer.body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    atom = "{http://www.w3.org/2005/Atom}"
    assert {each.tag for each in root.iter()} <= {
        f"{atom}{name}"
        for name in "feed id title subtitle updated author name link entry published summary"
        " category content rights source generator icon".split()
    }
    for link in root.iter(f"{atom}link"):
        assert SAFE_ADDRESS.match(link.get("href", "")), link.get("href")
    for text in root.iter(f"{atom}summary", f"{atom}title", f"{atom}content"):
        if text.get("type") == "html" and text.text:
            inner = html.fragment_fromstring(text.text, create_parent="div")
            assert not inner.xpath(".//*[local-name() != 'mark' and local-name() != 'p']")


def check_xml(answer: Answer) -> None:
    """A strict parser reads it."""
    etree.fromstring(answer.body, etree.XMLParser(resolve_entities=False))


def check_csv(answer: Answer) -> None:
    """A row an article, and no cell is a formula."""
    head, *rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))
    assert rows
    for row in rows:
        assert len(row) == len(head)
        for cell in row:
            # An apostrophe before it makes it a text.
            assert not FORMULA.match(cell), cell[:80]


def check_json(answer: Answer) -> None:
    """It is JSON, and no browser takes it for a page."""
    found = json.loads(answer.body)
    for each in strings(found, "html"):
        assert "<" not in re.sub(r"</?mark>", "", each), each[:200]


def strings(value: object, name: str) -> Iterator[str]:
    """All texts of a JSON value that have a name."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == name and isinstance(each, str):
                yield each
            yield from strings(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, name)


def check_json_lines(answer: Answer) -> None:
    """An object a line."""
    for line in answer.body.decode().split("\n")[:-1]:
        assert json.loads(line)["title"]


def check_ris(answer: Answer) -> None:
    """Each record is one that we wrote."""
    records = rispy.loads(answer.body.decode())
    assert records
    assert all(each["type_of_reference"] == "NEWS" for each in records)
    assert answer.body.count(b"\nER  - ") == len(records)


def check_bibtex(answer: Answer) -> None:
    """Each entry is one that we wrote."""
    library = parse_string(answer.body.decode())
    assert not library.failed_blocks
    assert library.entries
    assert not {each.key for each in library.entries} & {"x"}  # what an article wrote of its own


CHECKS: dict[str, Callable[[Answer], None]] = {
    "text/html": check_page,
    "application/atom+xml": check_feed,
    "application/xml": check_xml,
    "application/opensearchdescription+xml": check_xml,
    "text/csv": check_csv,
    "application/json": check_json,
    "application/problem+json": check_json,
    "application/x-suggestions+json": check_json,
    "application/x-ndjson": check_json_lines,
    "application/x-research-info-systems": check_ris,
    "application/x-bibtex": check_bibtex,
    "text/plain": lambda _: None,
}
"""By media type; another one fails."""


def paths(ids: list[str]) -> Iterator[str]:
    """All addresses at which a text of an article may be told."""
    query = urlencode({"q": WORD})
    yield from ("/", "/hilfe", "/sitemap.xml", "/opensearch.xml", "/api/v1/info")
    yield from ("/schlagwoerter", "/autoren", "/quellen", "/search", "/search/values?facet=tags")
    for page in range(1, 4):
        yield from (f"/search?{query}&page={page}", f"/api/v1/search?{query}&page={page}")
    yield from (f"/feed.atom?{query}", "/feed.atom")
    yield from (f"/export.{form}?{query}" for form in ("csv", "jsonl", "ris", "bib"))
    yield from (f"/api/v1/{kind}" for kind in ("tags", "authors", "sources"))
    for text in SEEDS:
        typed = urlencode({"q": text[:100]})
        value = quote(text.strip()[:200], safe="")
        yield from (f"/search?{typed}", f"/feed.atom?{typed}", f"/api/v1/suggest?{typed}")
        yield from (f"/suggest?{typed}", f"/search?{query}&{urlencode({'tag': text[:200]})}")
        if value and value.strip("."):
            yield from (f"/schlagwoerter/{value}", f"/autoren/{value}", f"/quellen/{value}")
    for each in ids:
        quoted = rest_of_path(each)
        yield from (f"/article/{quoted}", f"/article/{quoted}?{query}&hit=1")
        yield from (f"/api/v1/articles/{quoted}", f"/api/v1/articles/{quoted}?format=text")
        yield from (f"/export.{form}/{quoted}" for form in ("ris", "bib", "csv"))


def test_no_text_of_an_article_is_executed_anywhere(tmp_path: Path, tally: Tally) -> None:
    """Parsed as those do who read it, and looked through for anything that acts."""
    draw = random.Random(SEED)
    articles = [hostile_article(draw, number) for number in range(extent(24, 400))]
    settings = Settings(
        seeds=(write_lines(tmp_path / "a.jsonl", articles),), index=tmp_path / "index", workers=1
    )
    report = rebuild(settings)
    assert report.articles == len(articles)
    ids = [clean_id(each.id) for each in articles]
    given = {"index": settings.index, "workers": 1, "time_budget_s": 20, "site_name": SEEDS[0]}
    missing = 0
    with serving(tmp_path, given) as server:
        asker = Asker(server.url)
        for path in paths(ids[:: extent(3, 1)]):
            with tally.attempt(path[:200]):
                answer = asker.get(path, Accept_Language="de")
                if answer.status in (301, 302, 303, 307, 308):
                    location = answer.headers["Location"]
                    answer = asker.get(location.removeprefix("http://searchapp.example"))
                assert answer.status in (200, 404), answer.status
                missing += answer.status == 404
                assert answer.status == 200 or not path.startswith(OF_ARTICLES)
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                CHECKS[answer.headers.get_content_type()](answer)
    tally.notes.append(f"{len(articles)} articles, {missing} answers of 404")
