"""Markdown with front matter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.corpus.conftest import Read, read_paths

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
        "Erz.", "Koks.", "Zitat", "x = 1", "A; B.", "1; 2.",
    ]  # fmt: skip


def test_heading_that_repeats_the_title_is_no_text(read: Read) -> None:
    """Another heading is."""
    front = "---\ntitle: Der Deich\n---\n"
    assert read("a.md", f"{front}# Der *Deich*\n\nText.").article.body == "Text."
    assert read("a.md", f"{front}# Ein Damm\n\nText.").article.body == "Ein Damm\n\nText."


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


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "front", "what"),
    [
        ("a.md", "draft: true", "is a draft"),
        ("a.md", "Draft: yes", "is a draft"),
        ("a.md", "published: false", "is not published"),
        ("a.md", "status: draft", "is a draft"),
        ("a.md", "status: private", "is not public"),
        ("a.md", "publishDate: 2999-01-01", "is planned for a later day"),
        ("a.md", "date: 1.1.2999", "is planned for a later day"),
        ("a.md", "date: 2020-01-01\npublish_date: 2999-01-01T10:00:00Z", "is planned"),
        ("a.md", "expiryDate: 2020-01-01", "has expired"),
        ("_drafts/a.md", "title: A", "is a draft"),
        ("2999-01-01-a.md", "title: A", "is planned for a later day"),
    ],
)
def test_what_a_site_does_not_show_is_left_out(
    tmp_path: Path, name: str, front: str, what: str
) -> None:
    """Drafts, and articles before and after their time: told as a warning, not as a fault."""
    outcome = read_paths(write(tmp_path, name, f"---\n{front}\n---\nText."))
    assert not outcome.articles
    assert what in outcome.warning


@pytest.mark.parametrize(
    "front",
    ["draft: false", "published: true", "status: published", "status: offen",
     "publishDate: 1.1.2020", "expiryDate: 2999-01-01",
     "date: 2999-01-01\npublishDate: 2020-01-01"],
)  # fmt: skip
def test_what_a_site_shows_is_read(read: Read, front: str) -> None:
    """And "published: true" is not taken for a date."""
    outcome = read("a.md", f"---\n{front}\n---\nText.")
    assert outcome.article.body == "Text."
    assert not outcome.problems


@pytest.mark.parametrize(
    ("name", "front", "day"),
    [
        ("2021-03-04-deich.md", "title: A", "2021-03-04"),
        ("_posts/2021-3-4-deich.md", "published: true", "2021-03-04"),
        ("2021-03-04-deich/index.md", "title: A", "2021-03-04"),
        ("2021-03-04-deich.md", "date: 2020-01-02", "2020-01-02"),
        ("2021-03-0412.md", "title: A", None),
        ("2021-99-04-deich.md", "title: A", None),
    ],
)
def test_the_day_in_a_name(tmp_path: Path, name: str, front: str, day: str | None) -> None:
    """Is the date of an article that has no other."""
    article = read_paths(write(tmp_path, name, f"---\n{front}\n---\nText.")).articles[0]
    assert article.date == (dt.date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("name", "front", "tags"),
    [
        ("_posts/a.md", "tags: krokus biene", ("krokus", "biene")),
        ("2021-03-04-a.md", "tags: krokus biene\ncategories: garten beet",
         ("krokus", "biene", "garten", "beet")),
        ("a.md", "layout: post\ntags: krokus biene", ("krokus", "biene")),
        ("_posts/a.md", "tags: Grüner Stahl, Koks", ("Grüner Stahl", "Koks")),
        ("_posts/a.md", "tags: [Grüner Stahl]", ("Grüner Stahl",)),
        ("_posts/a.md", "tag: Grüner Stahl", ("Grüner Stahl",)),
        ("a.md", "tags: Grüner Stahl", ("Grüner Stahl",)),
        ("a.md", "tags: [A]\nkeywords: B, C\ncategory: D\nSchlagworte: [A, E]",
         ("A", "B", "C", "E", "D")),
    ],
)  # fmt: skip
def test_tags_of_a_page(tmp_path: Path, name: str, front: str, tags: tuple[str, ...]) -> None:
    """All names of tags count together; in a page of Jekyll blanks separate them."""
    outcome = read_paths(write(tmp_path, name, f"---\n{front}\n---\nText."))
    assert outcome.article.tags == tags


def test_a_page_without_text_has_its_description(read: Read) -> None:
    """Which else is for search engines; a teaser is text that stands before the rest."""
    front = "---\ntitle: A\ndescription: Kurz gesagt.\nteaser: Der Anfang.\n---\n"
    assert read("a.md", front).article.body == "Der Anfang.\n\nKurz gesagt."
    assert read("a.md", front + "Text.").article.body == "Der Anfang.\n\nText."
    assert read("a.md", front + "Der Anfang. Text.").article.body == "Der Anfang. Text."
