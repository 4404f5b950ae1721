"""Marked text becomes HTML that cannot carry anything but `<mark>`."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from searchapp.marked_html import marked_html
from searchapp.model import MarkedText


@st.composite
def marked_texts(draw: st.DrawFn) -> MarkedText:
    """Any text with sorted, disjoint, non-empty marks."""
    text = draw(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'ä"))))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return MarkedText(text, tuple(pairs))


def unmarked(markup: str) -> str:
    """The text of an HTML fragment that has no other tag than `<mark>`."""
    return html.unescape(re.sub("</?mark>", "", markup))


@given(marked_texts())
def test_without_tags_and_unescaped_it_is_the_text(marked: MarkedText) -> None:
    """Nothing is lost and nothing is added but the marks."""
    assert unmarked(marked_html(marked)) == marked.text


@given(marked_texts())
def test_the_marked_parts_are_what_was_marked(marked: MarkedText) -> None:
    """Each `<mark>` holds exactly the text between its offsets."""
    parts = re.findall("<mark>(.*?)</mark>", marked_html(marked), re.DOTALL)
    assert [html.unescape(part) for part in parts] == [marked.text[a:b] for a, b in marked.marks]


def test_hostile_text_is_escaped_inside_and_outside_of_marks() -> None:
    """A script in an article is shown, never run."""
    marked = MarkedText("<script>alert('x')</script>", ((1, 7),))
    assert marked_html(marked) == ("&lt;<mark>script</mark>&gt;alert(&#39;x&#39;)&lt;/script&gt;")


def test_marks_can_have_ids() -> None:
    """Numbered from the one that is given."""
    marked = MarkedText("a b c", ((0, 1), (4, 5)))
    assert marked_html(marked, 7) == '<mark id="m7">a</mark> b <mark id="m8">c</mark>'
