"""The seed text form, with everything that it may hold."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import Read, read_paths
from tests.shared_data import shared_path

BODY = "Der erste Absatz über Stahl. Er ist kurz.\nDer zweite Absatz."


@pytest.mark.shared
def test_seed_article() -> None:
    """The article that the project exists for: source, 22 tags, no invented date."""
    outcome = read_paths(shared_path("seeds"))
    article = outcome.article
    assert article.title.startswith("Am 16. Januar besuchte eine Delegation von SMS group")
    assert article.title.endswith("…")
    assert article.source == "SMS group"
    assert article.date is None
    assert article.tags == (
        "China", "CO2", "Dekarbonisierung", "Emissionen", "Entwicklung", "EU", "Förderung",
        "Forschung", "Industrie", "Klima", "Kooperation", "Produktion", "Service", "SMS group",
        "Stahl", "Stahlherstellung", "Stahlindustrie", "Stahlunternehmen", "Umwelt",
        "Unternehmen", "USA", "Zusammenarbeit",
    )  # fmt: skip
    assert len(article.body.split("\n\n")) == 8
    assert not outcome.problems


def test_all_labelled_lines(read: Read) -> None:
    """Title, date, author, source, section and address may stand above the text."""
    article = read(
        "a.txt",
        "Titel: Stahl: ein Stoff\nDatum: 5. März 2024\nAutor: A. Meier (dpa)\nQuelle: dpa\n"
        f"Ressort: Wirtschaft\nURL: https://example.org/a\n\n{BODY}\n",
    ).article
    assert article.title == "Stahl: ein Stoff"
    assert article.date == dt.date(2024, 3, 5)
    assert (article.author, article.source) == ("A. Meier (dpa)", "dpa")
    assert article.section == "Wirtschaft"
    assert article.url == "https://example.org/a"
    assert article.body == BODY.replace("\n", "\n\n")
    assert (article.id, article.origin[-5:]) == ("a", "a.txt")


@pytest.mark.parametrize(
    "head",
    ["Stahl aus Wasserstoff\n\n", "\nStahl aus Wasserstoff\n\n", "Titel:   Stahl aus Wasserstoff\n",
     "Datum: 2024-03-05\n\nStahl aus Wasserstoff\n\n",
     "Stahl aus Wasserstoff\nDatum: 2024-03-05\n\n"],
)  # fmt: skip
def test_title_lines(read: Read, head: str) -> None:
    """A short first line with an empty line below is the title, with or without a date."""
    article = read("a.txt", head + BODY).article
    assert article.title == "Stahl aus Wasserstoff"
    assert article.body == BODY.replace("\n", "\n\n")
    assert article.date == (dt.date(2024, 3, 5) if "Datum" in head else None)


@pytest.mark.parametrize("line", ["Ein ganzer Satz steht hier.\n\n", "Ohne Leerzeile danach\n"])
def test_first_lines_that_are_text(read: Read, line: str) -> None:
    """A sentence, or a line that the text goes on below, is no title of its own."""
    article = read("a.txt", line + BODY).article
    assert article.body.startswith(line.strip())


@pytest.mark.parametrize(
    "footer",
    [
        "Schlagworte\nStahl\nIG Metall\n1. FC Union",
        "Schlagworte:\nStahl, IG Metall, 1. FC Union",
        "Schlagwörter\nStahl; IG Metall; 1. FC Union",
        "Schlagwörter: Stahl, IG Metall; 1. FC Union",
        "Tags: Stahl | IG Metall | 1. FC Union",
        "Tags\n- Stahl\n- IG Metall\n- 1. FC Union",
        "Themen: #Stahl #IG Metall #1. FC Union",
        "THEMEN\n\nStahl · IG Metall · 1. FC Union\n\n",
        "Weitere Themen\nStahl,\nIG Metall,\nStahl,\n1. FC Union",
    ],
)
@pytest.mark.parametrize("source_first", [True, False])
def test_tag_blocks(read: Read, footer: str, source_first: bool) -> None:
    """Every label and separator, with the source above or below."""
    source = "(Quelle: SMS group)"
    tail = f"{source}\n{footer}" if source_first else f"{footer}\n{source}"
    article = read("a.txt", f"{BODY}\n{tail}\n").article
    assert article.tags == ("Stahl", "IG Metall", "1. FC Union")
    assert article.source == "SMS group"
    assert article.body == BODY.replace("\n", "\n\n")


@pytest.mark.parametrize(
    "footer",
    ["Schlagworte\nChinaStahl", "SchlagworteChinaStahl", "Schlagworte: ChinaStahl",
     "Themen ChinaStahl", "THEMEN\nChinaStahl"],
)  # fmt: skip
def test_glued_tags_are_split(read: Read, footer: str) -> None:
    """Tags that ran together, even into their label."""
    article = read("a.txt", f"{BODY}\n{footer}").article
    assert article.tags == ("China", "Stahl")
    assert article.body == BODY.replace("\n", "\n\n")


def test_a_category_stays_beside_glued_tags(read: Read) -> None:
    """It is a tag of its own, and the section."""
    article = read("a.txt", f"Kategorie: Industrie\n\n{BODY}\n\nSchlagworte\nChinaEUStahl").article
    assert article.section == "Industrie"
    assert article.tags == ("Industrie", "China", "EU", "Stahl")


def test_one_word_is_one_tag(read: Read) -> None:
    """A single tag is not glued."""
    assert read("a.txt", f"{BODY}\nSchlagworte\nStahl").article.tags == ("Stahl",)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("(Quelle: SMS group)", "SMS group"),
        ("Quelle: dpa", "dpa"),
        ("(Quellen: dpa, Reuters)", "dpa, Reuters"),
        ("[Quelle: dpa].", "dpa"),
        ("Mehr nicht. (Quelle: dpa)", "dpa"),
    ],
)
def test_source_lines(read: Read, line: str, source: str) -> None:
    """The source in its usual spellings, on a line of its own or at the end of the text."""
    article = read("a.txt", f"{BODY}\n{line}").article
    assert article.source == source
    assert "Quelle" not in article.body


@pytest.mark.parametrize(
    "tail",
    [
        "Themen\nAm Ende der Woche war alles wieder so wie davor.",
        "Themenabende gibt es jeden Monat",
        "Tagsüber scheint die Sonne über dem Werk",
        "Themen der Woche waren Stahl und Klima",
        "Die Quelle: ein Bach, der aus dem Berg kommt und ins Tal fließt",
    ],
)
def test_text_that_looks_like_a_footer_stays_text(read: Read, tail: str) -> None:
    """Words such as Themen also stand in articles."""
    article = read("a.txt", f"{BODY}\n{tail}").article
    assert article.tags == ()
    assert article.source is None
    assert article.body.endswith(tail.rpartition("\n")[2])


def test_date_without_a_year_is_none(read: Read) -> None:
    """The article is read, the date that cannot be known is reported."""
    outcome = read("a.txt", f"Datum: Am 16. Januar\n\n{BODY}")
    assert outcome.article.date is None
    assert "a.txt:1: date 'Am 16. Januar' is not understood" in outcome.warning


def test_title_alone_is_an_article(read: Read) -> None:
    """An article without text still has its title and tags."""
    article = read("a.txt", "Titel: Stahl\n\nSchlagworte\nChina, EU\n").article
    assert (article.title, article.body, article.tags) == ("Stahl", "", ("China", "EU"))


@pytest.mark.parametrize("content", ["   \n\n", "Schlagworte\nStahl, China", "Datum: 2024-03-05"])
def test_nothing_to_read_is_reported(read: Read, content: str) -> None:
    """Neither a title nor a text: no article."""
    assert read("a.txt", content).error


def test_bounds(read: Read) -> None:
    """Two million characters and a tag of four hundred are read."""
    tag = "Stahl" * 80
    article = read("a.txt", f"{'Stahl ist hart. ' * 125_000}\nSchlagworte\n{tag}, EU\n").article
    assert len(article.body) == 125_000 * 16 - 1
    assert article.tags == (tag, "EU")
