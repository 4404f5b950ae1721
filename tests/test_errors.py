"""Errors and problems, and the places that they name."""

from __future__ import annotations

from searchapp.errors import file_of


def test_the_file_of_a_place() -> None:
    """With and without a line; a colon in the name is no line."""
    assert file_of("seeds/a.jsonl:17") == "seeds/a.jsonl"
    assert file_of("seeds/a.txt") == "seeds/a.txt"
    assert file_of("seeds/12:30.txt:1") == "seeds/12:30.txt"
