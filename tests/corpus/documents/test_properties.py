"""Properties that say something, and those that programs fill in."""

from __future__ import annotations

import pytest

from searchapp.corpus.documents.properties import sensible_authors, sensible_day, sensible_title


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - Dokument1",
        "Microsoft Word - Bericht_final_v3.doc",
        "Unbenannt 1",
        "untitled",
        "PowerPoint-Präsentation",
        "Word Document",
        "layout_07",
        "jahresheft",
        "Einladung.indd",
        "C:\\Users\\Ute\\brief",
        "http://localhost:8000/druck",
        "Scan_20230104",
        "(anonymous)",
        "Unknown Title",
        "12",
        "",
        None,
    ],
)
def test_titles_of_programs_and_files(title: str | None) -> None:
    """They are none."""
    assert sensible_title(title, file_stem="Jahresheft") == ""


@pytest.mark.parametrize(
    "title",
    [
        "Satzung",
        "Der 1. FC und sein Stadion",
        "Die Akte Titel",
        "Scan, Druck und Kopie",
        "Jahr 2023",
    ],
)
def test_titles_of_people(title: str) -> None:
    """They stay as they are."""
    assert sensible_title(title, file_stem="datei") == title


def test_a_title_behind_the_name_of_a_program() -> None:
    """The rest is the title."""
    assert sensible_title("Microsoft Word - Bericht zur Lage") == "Bericht zur Lage"


def test_authors() -> None:
    """Several are apart; login names, addresses and programs are none."""
    assert sensible_authors("Ute Meyer; Dr. Jens Ohm") == ["Ute Meyer", "Dr. Jens Ohm"]
    for nobody in (
        "Admin",
        "Unknown Author",
        "user",
        "Benutzer",
        "python-docx",
        "LibreOffice",
        "ute@example.org",
        "",
    ):
        assert sensible_authors(nobody) == []
    assert sensible_authors(None) == []


def test_days() -> None:
    """Between the first documents and today."""
    assert sensible_day("2023-05-04T09:30:00Z") == "2023-05-04"
    for wrong in ("1970-01-01", "1601-01-01", "2999-01-01", "gestern", "", None):
        assert sensible_day(wrong) is None
