"""Pages that were fetched know where they came from."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from searchapp.corpus.article_reader import read_articles
from searchapp.corpus.page_origin import PageOrigin, origin_path, page_origin
from searchapp.errors import Problem
from searchapp.model import Article

ORIGIN = PageOrigin("https://example.org/a?b=1", "2026-01-02T03:04:05+00:00", "0" * 64)
PAGE = """<html><head><title>Größere Öfen</title><link rel="canonical" href="https://wrong.example/">
<meta property="og:url" content="https://wrong.example/"></head><body><article><h1>Größere Öfen</h1>
<p>Im Werk stehen jetzt zwei größere Öfen, die mit Strom aus Österreich betrieben werden.</p>
</article></body></html>"""


def read(folder: Path) -> tuple[list[Article], list[Problem]]:
    problems: list[Problem] = []
    return list(read_articles([folder], report=problems.append, guarded=False)), problems


def store(folder: Path, name: str, body: bytes, origin: PageOrigin) -> Path:
    path = folder / "example.org" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    origin_path(path).write_text(json.dumps(dataclasses.asdict(origin)), "utf-8")
    return path


def test_the_address_is_the_one_that_was_asked(tmp_path: Path) -> None:
    """Whatever the page says, in all formats; the id comes from the path."""
    store(tmp_path, "artikel/1.html", PAGE.encode(), ORIGIN)
    text = "Titel: Stahl\n\nEin Satz.\n\nSchlagworte\nChinaIndien"
    store(tmp_path, "artikel/2.txt", text.encode(), ORIGIN)
    (tmp_path / "eigenes.txt").write_text("Titel: Eigenes\n\nEin Satz.\n", "utf-8")
    articles, _ = read(tmp_path)
    assert {(each.id, each.url) for each in articles} == {
        ("example.org/artikel/1", ORIGIN.url),
        ("example.org/artikel/2", ORIGIN.url),
        ("eigenes", None),
    }


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("text/html; charset=ISO-8859-1", "cp1252"),
        ('text/html;Charset="cp850"', "cp850"),
        ("text/html; charset=idna", "cp1252"),
        ("text/html", "cp1252"),
        ("text/html; charset=utf-8", "utf-8"),
        ("text/html; charset=iso-8859-1", "utf-8"),
    ],
)
def test_the_encoding_that_the_server_states_is_believed(
    tmp_path: Path, header: str, encoding: str
) -> None:
    """Unless it is none, or the page is UTF-8 all the same."""
    origin = dataclasses.replace(ORIGIN, content_type=header)
    store(tmp_path, "a.html", PAGE.encode(encoding), origin)
    ((article,), _) = read(tmp_path)
    assert article.title == "Größere Öfen"
    assert "größere Öfen, die mit Strom aus Österreich" in article.body


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "[" * 10_000, '{"url": 1}', '{"url": "javascript:x"}', "\x00", "7" * 20_000],
)
def test_a_damaged_note_is_none(tmp_path: Path, text: str) -> None:
    """The page is read as any other."""
    path = tmp_path / "a.html"
    path.write_text(PAGE, "utf-8")
    origin_path(path).write_text(text, "utf-8")
    assert page_origin(path) is None
    wrong = dataclasses.asdict(ORIGIN) | {"url": "javascript:alert(1)"}
    origin_path(path).write_text(json.dumps(wrong), "utf-8")
    assert page_origin(path) is None
    ((article,), problems) = read(tmp_path)
    assert (article.id, problems) == ("a", [])
