"""The same texts as Word documents and as OpenDocument texts, both written by LibreOffice."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.corpus.conftest import read_paths
from tests.corpus.documents import SAMPLES

DECISION = """Segelclub Möwe e. V.

Kosten

Die Versammlung bewilligt siebzigtausend Euro für das neue Dach. Der Rest folgt später.

Gezeichnet: der Vorstand

Dach; 52.000 Euro.

Tor; Holz, 9.000 Euro.

Stahl, 18.000 Euro

Der Kasten am Rand.

Der Bau beginnt im März.

Einstimmig."""


@pytest.mark.parametrize("suffix", ["docx", "odt"])
def test_a_newsletter(suffix: str) -> None:
    """Headings, paragraphs, tables and footnotes; no headers, footers and note marks."""
    outcome = read_paths(SAMPLES / f"vereinsblatt.{suffix}")
    assert not outcome.problems
    expected = (SAMPLES / "expected" / "vereinsblatt.odt.txt").read_text("utf-8")
    article = outcome.article
    assert article.body == expected.removesuffix("\n")
    assert (article.id, article.title) == ("vereinsblatt", "Der Garten am Bahndamm")
    assert (article.author, article.date) == ("Hanna Brückner", dt.date(2023, 5, 4))
    assert not article.page_starts


@pytest.mark.parametrize("suffix", ["docx", "odt"])
def test_tracked_changes_comments_and_frames(suffix: str) -> None:
    """Insertions stand, deletions and comments are gone; the title is known by its style."""
    article = read_paths(SAMPLES / f"beschluss.{suffix}").article
    assert article.body == DECISION
    assert article.title == "Beschluss über die Bootshalle"
    assert (article.author, article.date) == (None, dt.date(2022, 11, 9))
