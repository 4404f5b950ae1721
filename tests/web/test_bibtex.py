"""BibTeX entries, read by a parser of others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.model import Article
from searchapp.result_json import article_fields
from searchapp.web.bibtex import bibtex_entries, bibtex_key
from tests.sources import article

EVIL = '}},\n@misc{x, title={y}}\\{ "#$%&_^~ \\end{document}\x00\u2028@comment{ %'


def entries(*articles: Article) -> list[Any]:
    """What a parser finds."""
    records = [article_fields(each, lambda one: f"https://example.org/{one}") for each in articles]
    library = parse_string(bibtex_entries(records))
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries)
    return list(library.entries)


def test_an_entry() -> None:
    """All that is known of an article."""
    (entry,) = entries(
        article(
            "zink-1",
            title="Zink & Zinn zu 100 %",
            authors=("Eva Kern", "Ott, Jan", "Bund and Länder"),
            source="Tag_blatt",
            tags=("Zink", "Zinn"),
            date=dt.date(2021, 5, 3),
        )
    )
    assert (entry.entry_type, entry.key) == ("article", "zink-1")
    fields = {name: str(field.value) for name, field in entry.fields_dict.items()}
    assert fields == {
        "title": r"{Zink \& Zinn zu 100 \%}",
        "author": "Eva Kern and Ott, Jan and {Bund and Länder}",
        "journal": r"Tag\_blatt",
        "year": "2021",
        "month": "may",
        "day": "3",
        "url": "https://example.org/zink-1",
        "urldate": dt.date.today().isoformat(),
        "keywords": "Zink, Zinn",
        "langid": "ngerman",
    }


def test_an_article_of_which_little_is_known() -> None:
    """Has a kind that needs no journal, and no empty field."""
    (entry,) = entries(article("a"))
    assert entry.entry_type == "misc"
    assert set(entry.fields_dict) == {"title", "url", "urldate", "langid"}


def test_hostile_values_stay_in_their_fields() -> None:
    """No entry, field or comment of their own, and no command of TeX."""
    evil = article("a", title=EVIL, authors=(EVIL,), source=EVIL, tags=(EVIL,), url=EVIL)
    first, second = entries(evil, article("b"))
    assert set(first.fields_dict) == {
        *("title", "author", "journal", "url", "urldate", "keywords", "langid"),
    }
    assert second.key == "b"
    assert "\\end" not in bibtex_entries([article_fields(evil)])


@given(st.lists(st.text(st.characters() | st.sampled_from('{}\\",@%\n#=')), min_size=4, max_size=4))
def test_any_text_is_read_back(texts: list[str]) -> None:
    """As one entry, its braces in balance."""
    title, author, source, tag = texts
    evil = article("a", title=title, authors=(author,), source=source, tags=(tag,), url=tag)
    text = bibtex_entries([article_fields(evil)])
    assert len(parse_string(text).entries) == 1
    depth = 0
    for sign in text.rstrip():
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("article_id", "key"), [("zink", "zink"), ("zink-2", "zink-2"), ("2024", "a-2024")]
)
def test_simple_ids_are_keys(article_id: str, key: str) -> None:
    """With a letter first."""
    assert bibtex_key(article_id) == key


@given(st.text(min_size=1), st.text(min_size=1))
@example("7", "a-7")
@example("Zink", "zink")
def test_keys_are_plain_and_differ(one: str, other: str) -> None:
    """As the ids do."""
    key = bibtex_key(one)
    assert key.isascii()
    assert key.replace("-", "").isalnum()
    assert key[0].isalpha()
    assert (key.lower() == bibtex_key(other).lower()) == (one == other)
