"""All forms of front matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.front_matter import FrontMatterError, read_front_matter

FORMS = {
    "yaml": "---\ntitle: Der Deich\ntags: [a, b]\n---\n{}",
    "yaml with dots": "\n---  \r\ntitle: Der Deich\r\ntags:\r\n- a\r\n- b\r\n...\r\n{}",
    "toml": "+++\ntitle = 'Der Deich'\ntags = ['a', 'b']\n+++\n{}",
    "tables": "+++\ntitle = 'Der Deich'\n[taxonomies]\ntags = ['a', 'b']\n+++\n{}",
    "params": "---\ntitle: Der Deich\nparams:\n  tags: [a, b]\n---\n{}",
    "json": '{{\n"title": "Der Deich",\n"tags": ["a", "b"]\n}}\n{}',
    "header": "title: Der Deich\ntags: a\n    b\n\n{}",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("text", ["Ein Text.\n\n---\n\n+++\n{x}", ""])
def test_forms(form: str, text: str) -> None:
    """The same values, and the text that follows."""
    page = read_front_matter(form.format(text))
    named = {name: page.values[name] for name in ("title", "tags")}
    assert named == {"title": "Der Deich", "tags": ["a", "b"]}
    assert page.content.strip() == text


def test_values_of_toml_are_as_json_has_them() -> None:
    """Dates are texts."""
    page = read_front_matter("+++\ndate = 2021-07-20T10:00:00+02:00\na = [2021-07-20]\n+++\n")
    assert page.values == {"date": "2021-07-20T10:00:00+02:00", "a": ["2021-07-20"]}


def test_header_of_pelican() -> None:
    """Any names beside the title; lines may go on."""
    page = read_front_matter(
        "Title: Muscheln\nDate: 2021-03-04 10:20\nMeine Notiz: x\nSummary: Kurz\n  und gut\n\nText."
    )
    assert page.values == {"title": "Muscheln", "date": "2021-03-04 10:20", "meine notiz": "x"}
    assert page.content.strip() == "Text."


def test_title_block_of_pandoc() -> None:
    """Up to three lines, which may go on."""
    page = read_front_matter("% Der Deich\n  und das Meer\n% Anna A; Bert B\n\nText.")
    assert page.values == {"title": "Der Deich\n  und das Meer", "author": ["Anna A", "Bert B"]}
    assert page.content == "\nText."


@pytest.mark.parametrize(
    "text",
    [
        "Achtung: Heute kommt Sturm.\n\nText.",
        "Autor: Eva Moll\nHeute im Blatt: ein Sturm\n\nText.",
        "Autor: Eva Moll\nund so weiter.",
        "Text: alles\n\nmehr",
        "https://example.org/a\n\nText.",
        "---\nEin Text.\n---\nNoch einer.",
        "+++ Eilmeldung +++\n\nText.",
        "{{< youtube abc >}}\n\nText.",
        "{% include x %}\nText.",
        "{: .lead}\nText.",
        "100 % Text.",
        "%%\nText.",
        "",
    ],
)
def test_texts_are_no_front_matter(text: str) -> None:
    """Nothing of them is lost."""
    page = read_front_matter(text)
    assert (page.values, page.content) == ({}, text)


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("---\na: 1\nb: [x\n---\n", "is not YAML", 4),
        ("+++\na = 1\nb = \n+++\n", "is not TOML", 3),
        ('{"a": 1,\n"b" 2}\n', "is not JSON", 2),
        (f"+++\na = '{'x' * 200_000}'\n+++\n", "too long", 1),
        ('{"a":' * 100_000, "is not JSON", None),
    ],
)
def test_broken_front_matter(text: str, what: str, line: int | None) -> None:
    """Tells the language and the line."""
    with pytest.raises(FrontMatterError, match=what) as raised:
        read_front_matter(text)
    assert raised.value.args[1] == line


@given(st.text("+-.{}%:\n a1\"'[]=&*", max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    """And without values the text is whole."""
    try:
        page = read_front_matter(text)
    except FrontMatterError:
        return
    assert page.content in text.replace("\r", "\n")
