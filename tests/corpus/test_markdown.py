"""Markdown with front matter."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import Read

PAGE = """---
Titel: "Stahl: ein Stoff"
Datum: 2024-03-05
Schlagworte: [Stahl, IG Metall, no]
Autor: Anna Müller
Quelle: dpa
Link: https://example.org/stahl
id: 007
---

## Wie es geht

Ein *Absatz* mit **fettem** [Link](https://x.y "t"),
umgebrochen, ![ein Ofen](ofen.png) und `code()`.

- Erz
- Koks

> Zitat

```python
x = 1
```

| A | B |
|---|---|
| 1 | 2 |

<script>alert(1)</script>
"""


def test_front_matter_and_text(read: Read) -> None:
    """All keys, as written, and prose without marks."""
    outcome = read("a.md", PAGE)
    article = outcome.article
    assert not outcome.problems
    assert (article.id, article.title) == ("007", "Stahl: ein Stoff")
    assert article.date == dt.date(2024, 3, 5)
    assert article.tags == ("Stahl", "IG Metall", "no")
    assert (article.author, article.source) == ("Anna Müller", "dpa")
    assert article.url == "https://example.org/stahl"
    assert article.body.split("\n\n") == [
        "Wie es geht",
        "Ein Absatz mit fettem Link, umgebrochen, ein Ofen und code().",
        "Erz", "Koks", "Zitat", "x = 1", "A B", "1 2",
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["# Stahl *hier*\n\nText.", "Stahl *hier*\n===\n\nText."])
def test_first_heading_is_the_title(read: Read, content: str) -> None:
    """Without front matter, and then it is not in the text again."""
    article = read("stahl.markdown", content).article
    assert (article.id, article.title, article.body) == ("stahl", "Stahl hier", "Text.")


def test_tags_as_text_and_list(read: Read) -> None:
    """Front matter of many tools: a list below the key, or a text with commas."""
    assert read("a.md", "---\ntags:\n  - A\n  - B\n---\nText").article.tags == ("A", "B")
    assert read("a.md", "---\nkeywords: A, B\n---\nText").article.tags == ("A", "B")


@pytest.mark.parametrize(
    "content",
    ["---\n\nEin Text.\n\n---\n\nNoch einer.", "---\nEin Text.\n\nNoch einer.", "Ein Text."],
)
def test_rules_are_not_front_matter(read: Read, content: str) -> None:
    """A line of hyphens also is a rule; no text is lost."""
    article = read("a.md", content).article
    assert article.title == "Ein Text"
    assert article.body.startswith("Ein Text.")


@pytest.mark.parametrize(
    "front",
    ["title: [offen", "title: a: b", "\tx: y", "a: *fehlt", "[" * 5000, "x: " + "y" * 200_000],
)
def test_broken_front_matter_is_reported(read: Read, front: str) -> None:
    """With the line, and without a crash."""
    assert "front matter is not YAML" in read("a.md", f"---\n{front}\n---\nText").error


def test_front_matter_makes_no_objects(
    read: Read, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Python's own tags, with which YAML could run a program, are texts."""
    target = tmp_path_factory.getbasetemp() / "hacked"
    front = f"title: !!python/object/apply:os.mkdir ['{target}']"
    read("a.md", f"---\n{front}\n---\nText")
    assert not target.exists()


def test_alias_bomb_is_harmless(read: Read) -> None:
    """A list of lists of lists is not written out."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    outcome = read("a.md", "---\n" + "\n".join(lines) + "\ntags: *a9\n---\nText")
    assert outcome.article.tags == ()


def test_long_article(read: Read) -> None:
    """Half a million characters of Markdown."""
    paragraph = "Stahl ist **hart** und [gut](x). " * 50 + "\n\n"
    article = read("a.md", "# T\n\n" + paragraph * 300).article
    assert article.body.count("\n\n") == 299
