"""Shortcodes of WordPress and its plugins."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.shortcodes import without_shortcodes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("A[gallery]B", "AB"),
        ('A[gallery ids="1,2"]B', "AB"),
        ('[caption id="a" width="3"]Ein Bild[/caption]', "Ein Bild"),
        ("[gallery caption='Ein Bild']", "Ein Bild"),
        ('[vc_row full="x"][vc_column width="1/2"]Text[/vc_column][/vc_row]', "Text"),
        ('[et_pb_text admin_label="Text" _builder="4.0"]<p>A</p>[/et_pb_text]', "<p>A</p>"),
        ('[vc_custom_heading text="Die Überschrift" use="x"]', "Die Überschrift"),
        ("[vc_raw_html]JTNDcCUzRQ==[/vc_raw_html]Text", "Text"),
        ("[embed]https://video.example/1[/embed]Text", "Text"),
        ("[youtube https://video.example/1]Text", "Text"),
        ("[su_divider]Text[my-box /]", "Text[my-box /]"),
        ('[my-box art="[x]" /]Text', "Text"),
        ("[zitat]Text[/zitat]", "Text"),
        ("[[gallery]]", "[gallery]"),
        ("[/et_pb_section]Text", "Text"),
    ],
)
def test_shortcodes_go(html: str, text: str) -> None:
    """What stands between two of them stays, and so do captions and headings."""
    assert without_shortcodes(html).strip() == text


@pytest.mark.parametrize(
    "html",
    ["[sic]", "[sic!]", "[…]", "[...]", "[1]", "[ ]", "[Anm. d. Red.]", "[am 5. März]",
     "[Foto: dpa]", "[Müller]", "[nicht wahr]", "[a", "b]",
     "[siehe https://example.org und mehr]", "[PDF, 3 MB]"],
)  # fmt: skip
def test_words_in_brackets_stay(html: str) -> None:
    """They are of the author."""
    assert without_shortcodes(f"Er sagte {html} nichts.") == f"Er sagte {html} nichts."


@pytest.mark.parametrize("piece", ["[a ", "[a b='", "[vc_raw_html]", "[a]http://x ", "[", '[a ="'])
def test_time_is_linear(piece: str) -> None:
    """A megabyte of beginnings without an end."""
    start = time.process_time()
    without_shortcodes(piece * (2**20 // len(piece)))
    assert time.process_time() - start < 20


@given(st.text("[]/ a_=\"'https:.x", max_size=200))
def test_no_text_raises(html: str) -> None:
    """Whatever is put together."""
    assert isinstance(without_shortcodes(html), str)
