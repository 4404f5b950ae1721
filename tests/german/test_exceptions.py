"""The owner's file of exceptions: what it can say, and how its errors are told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.errors import BadSetting
from searchapp.german import exceptions as exceptions_module
from searchapp.german.exceptions import MAX_FILE_BYTES, NO_EXCEPTIONS, Exceptions, load_exceptions


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its exceptions."""
    return tmp_path / "ausnahmen.txt"


def test_the_example_of_the_documentation_is_understood(file: Path) -> None:
    """What the module's docstring shows, comments and all, can be pasted into a file."""
    docstring = exceptions_module.__doc__ or ""
    example = [line[4:] for line in docstring.splitlines() if line.startswith("    ") or not line]
    file.write_text("\n".join(example), encoding="utf-8")
    assert load_exceptions(file) == Exceptions(
        splits={
            "wachstube": (("wach", ""), ("stube", "")),
            "staubecken": (("stau", ""), ("becken", "")),
        },
        whole=frozenset({"druckerzeugnis"}),
        lemmas={"frug": "fragen"},
        synonyms={"lkw": ("lastwagen", "lastkraftwagen")},
    )


def test_headings_may_be_german_and_words_are_normalized(file: Path) -> None:
    """Case, decomposed umlauts, hyphens and blanks around signs make no difference."""
    file.write_text(
        "\ufeff[TRENNUNGEN]\r\n absichtserkla\u0308rung=Absichts( Absicht ) | erklärung # so\r\n"
        "[Grundformen]\nFRUG = Fragen\n[ganz]\nC#\n[synonyme]\nE-Auto = Elektro-Auto, e-auto\n",
        encoding="utf-8",
    )
    assert load_exceptions(file) == Exceptions(
        splits={"absichtserklärung": (("absichts", "absicht"), ("erklärung", ""))},
        whole=frozenset({"c#"}),
        lemmas={"frug": "fragen"},
        synonyms={"eauto": ("elektroauto",)},
    )


def test_an_empty_file_has_no_exceptions(file: Path) -> None:
    """Comments and headings alone change nothing."""
    file.write_text("# noch nichts\n\n[splits]\n", encoding="utf-8")
    assert load_exceptions(file) == NO_EXCEPTIONS


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("Haus", 1, "before the first heading"),
        ("[splits]\n[häuser]", 2, "is no heading"),
        ("[splits", 1, "is no heading"),
        ("[splits]\n\nHaustür", 3, "has no two sides"),
        ("[splits]\nHaustür = Haustür", 2, "has one part only"),
        ("[splits]\nHaustür = Haus|türen", 2, 'do not join to "haustür"'),
        ("[splits]\nHaustür = Haus||tür", 2, "is no part"),
        ("[splits]\nHaustür = Haus(|tür", 2, "is no part"),
        ("[splits]\nHaustür = Haus|tür\nHaustür = Haust|ür", 3, "decided differently before"),
        ("[splits]\nHaustür = Haus|tür\n[whole]\nhaustür", 4, "both split and never split"),
        ("[whole]\nzwei Wörter", 2, "is not one word"),
        ("[whole]\n" + "a" * 200, 2, "is too long"),
        ("[lemmas]\nging = ", 2, "has no two sides"),
        ("[lemmas]\nging = gehen, laufen", 2, "is not one word"),
        ("[synonyms]\nLKW = LKW", 2, "its own only synonym"),
        ("[synonyms]\nLKW = Lastwagen,,", 2, "is not one word"),
    ],
)
def test_an_error_names_its_line_and_a_remedy(
    file: Path, content: str, line: int, what: str
) -> None:
    """The owner can find and mend every line that is not understood."""
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadSetting) as caught:
        load_exceptions(file)
    assert caught.value.where == f"{file}:{line}"
    assert what in caught.value.what
    assert caught.value.remedy


def test_a_file_that_cannot_be_read_is_a_bad_setting(file: Path) -> None:
    """Missing, a folder, not UTF-8, or as long as no list of exceptions is."""
    with pytest.raises(BadSetting, match=r"SEARCHAPP_EXCEPTIONS: .*cannot be read"):
        load_exceptions(file)
    with pytest.raises(BadSetting, match="is no file"):
        load_exceptions(file.parent)
    file.write_bytes(b"[whole]\nHaus\n\xe4rger\n")
    with pytest.raises(BadSetting, match=":3: this line is not UTF-8"):
        load_exceptions(file)
    file.write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    with pytest.raises(BadSetting, match="has more than 4,000,000 bytes"):
        load_exceptions(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(st.sampled_from("ab|=()[],# \n\u0301ß") | st.characters()) | st.binary())
def test_any_content_is_read_or_refused(file: Path, content: str | bytes) -> None:
    """Nothing but BadSetting is raised, and what is read keeps the promises of its class."""
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "ignore")
    file.write_bytes(b"[splits]\n" + raw)
    try:
        found = load_exceptions(file)
    except BadSetting:
        return
    for word, parts in found.splits.items():
        assert "".join(part for part, _ in parts) == word
        assert len(parts) > 1


def test_exceptions_cannot_be_reassigned() -> None:
    """They are shared by all that read them."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        NO_EXCEPTIONS.whole = frozenset()  # type: ignore[misc]


@pytest.mark.parametrize("line", ["LKW = &", "& = LKW"])
def test_a_synonym_without_a_letter_is_refused(file: Path, line: str) -> None:
    """No query could look it up."""
    file.write_text(f"[synonyms]\n{line}\n", encoding="utf-8")
    with pytest.raises(BadSetting, match=r"ausnahmen\.txt:2"):
        load_exceptions(file)
