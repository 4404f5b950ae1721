"""What stays of a text and what does not."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german import clean_line, clean_text
from searchapp.german.text_cleaner import MAX_MARK_RUN

# Pieces that meet each other's rules, which random text hardly ever does.
SIGNS = st.sampled_from(
    "&#;5aü< \t\n\r\u2028\u00a0\u00ad\u200b\u202e\x00\ud800\u0344\u0f73\u037e\u0308"
)
REFERENCES = st.sampled_from(
    [
        "amp;",
        "lt;",
        "&amp;",
        "&#38;",
        "&#x3c;",
        "&#108;",
        "&shy;",
        "&#769;",
        "&semi;",
        "&NewLine;",
        "&bogus;",
    ]
)
MARKS = st.just("\u0301\u0316" * MAX_MARK_RUN)
HOSTILE_TEXT = st.lists(st.one_of(SIGNS, REFERENCES, MARKS, st.characters()), max_size=40).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("Stahl\u00adindu\u200bstrie\ufeff", "Stahlindustrie", id="invisible"),
        pytest.param("Stahl\u00ad\n  industrie", "Stahlindustrie", id="soft hyphen at a line end"),
        pytest.param("\u202eabc\u2066def\u2069\u200e", "abcdef", id="direction"),
        pytest.param("u\u0308ber A\u030angstro\u0308m", "über Ångström", id="NFC"),
        pytest.param("3,5\u00a0%\u202fund\u2009\u3000mehr\t!", "3,5 % und mehr !", id="spaces"),
        pytest.param("CO2\u2011Ziel EU\u2010Rat", "CO2-Ziel EU-Rat", id="hyphens"),
        pytest.param("1990–2020 — so, −5 °C", "1990–2020 — so, −5 °C", id="dashes stay"),
        pytest.param("a\r\nb\rc\x0bd\u2028e\x85f", "a\nb\nc\nd\ne\nf", id="line ends"),
        pytest.param("a  \n\n \t\n\n b \n", "a\n\nb", id="empty lines"),
        pytest.param("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef", id="controls"),
        pytest.param("a\ud800b\udfffc", "abc", id="lone surrogates"),
        pytest.param("„schön“ CO₂ ½ ﬁ ß ẞ 😀", "„schön“ CO₂ ½ ﬁ ß ẞ 😀", id="no NFKC"),
        pytest.param("", "", id="empty"),
        pytest.param(" \n\t\u00ad\n ", "", id="nothing visible"),
    ],
)
def test_what_readers_do_not_see_is_gone_and_what_they_see_stays(text: str, cleaned: str) -> None:
    """Each rule of the docstring."""
    assert clean_text(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("&bdquo;f&uuml;r&ldquo;", "„für“"),
        ("&#8222;f&#xFC;r&#X201C;", "„für“"),
        ("Stahl&shy;werk&nbsp;7", "Stahlwerk 7"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&amp;lt;b&amp;gt; &amp;amp;uuml;", "<b> ü"),
        ("&&#108;t;", "<"),
        ("F&E, R&D; AT&T;", "F&E, R&D; AT&T;"),
        ("?a=1&copy=2&lang=de", "?a=1&copy=2&lang=de"),
        ("&unbekannt; &uuml &; & ;", "&unbekannt; &uuml &; & ;"),
        ("&#12 Monate;", "&#12 Monate;"),
        ("&#55357;&#xD800;&#0;", "\ufffd\ufffd\ufffd"),
        ("&#99999999999999;", "&#99999999999999;"),
        ("u&#776;ber", "über"),
        ("eins&NewLine;zwei&Tab;drei", "eins\nzwei drei"),
    ],
)
def test_real_character_references_become_text(text: str, cleaned: str) -> None:
    """With a semicolon and a known name or a number; however often they were escaped."""
    assert clean_text(text) == cleaned


def test_a_line_has_no_line_breaks() -> None:
    """Titles and tags are one line whatever the source."""
    assert clean_line("\n Ein\u00a0Titel \r\n\r\n in &bdquo;zwei\u2028Zeilen&ldquo; ") == (
        "Ein Titel in „zwei Zeilen“"
    )


@given(HOSTILE_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What is stored may be read in again, as `update` and exports do."""
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    line = clean_line(text)
    assert clean_line(line) == clean_text(line) == line == clean_line(cleaned)


@given(HOSTILE_TEXT)
def test_clean_text_can_be_stored_and_shown(text: str) -> None:
    """UTF-8 can hold it, it is NFC, and no white space but blanks and line feeds is in it."""
    cleaned = clean_text(text)
    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(char in " \n" for char in cleaned if char.isspace())
    assert "  " not in cleaned
    assert "\n\n\n" not in cleaned
    assert all(line == line.strip() for line in cleaned.split("\n"))


def test_every_single_character_is_cleaned_for_good() -> None:
    """No code point needs a second cleaning or raises."""
    changed = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if clean_text(once := clean_text(f"x{chr(code)}y")) != once
    ]
    assert changed == []


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0344", "\u0f73", "&#769;&#790;"])
def test_piled_up_marks_are_bounded(marks: str) -> None:
    """Ordering a million marks would take hours; a word keeps as many as any language needs."""
    cleaned = clean_text("Zalgo" + marks * 100_000 + "!")
    assert cleaned.startswith("Zalg")
    assert cleaned.endswith("!")
    assert len(cleaned) <= len("Zalgo!") + MAX_MARK_RUN


@pytest.mark.parametrize(
    "unit", [" ", " \n", "\u00a0", "&amp;", "amp;", "&", ";", "&;", "&#5", "–", "\u00ad", "<", "ü "]
)
def test_many_characters_of_anything_are_cleaned(unit: str) -> None:
    """Returns at all only because no step is quadratic."""
    cleaned = clean_text("&" + unit * (400_000 // len(unit)) + "4;")
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("character", ["\u0301", "\u00ad", "\u2010", "\u2028", "\u00a0", "&lt;"])
@pytest.mark.parametrize("cleaner", [clean_text, clean_line])
def test_one_odd_character_in_a_plain_text_is_enough_to_clean_it(
    cleaner: Callable[[str], str], character: str
) -> None:
    """Wherever it stands, a text without it is left as it is."""
    plain = "Über „Haus“ – und Hof, 5 € (1/2)"
    assert cleaner(plain) == plain
    for place in range(len(plain) + 1):
        odd = plain[:place] + "e" + character + plain[place:]
        assert cleaner(odd) != odd
