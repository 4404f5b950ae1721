"""HTML fragments become readable text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.html_text import (
    MANY_TAGS,
    MAX_DEPTH,
    bounded_html,
    html_to_text,
    text_of_maybe_html,
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Ein <b>fetter</b> Satz.</p><p>Zwei.</p>", "Ein fetter Satz.\n\nZwei."),
        ("Zeile<br>Zwei<br/>Drei", "Zeile\nZwei\nDrei"),
        ("<ul><li>Eins</li><li>Zwei!</li></ul>", "Eins.\n\nZwei!"),
        ("<ol><li>Obst<ul><li>Apfel</li><li></li></ul></li></ol>", "Obst:\n\nApfel."),
        ("<li><p>Mehl (500 g)</p></li><li><b>Salz</b>\n", "Mehl (500 g).\n\nSalz."),
        ("<dl><dt>Koks</dt><dd>Brennstoff</dd></dl>", "Koks:\n\nBrennstoff."),
        ("<img src=x alt='Ein Ofen'> glüht", "Ein Ofen glüht"),
        ("<a href='x'>Link</a>text", "Linktext"),
        ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A; B.\n\nC."),
        (
            "<tr><td><p>A</p></td><td><div>B</div></td></tr><tr><td></td><td>C</td></tr>",
            "A; B.\n\nC.",
        ),
        ("<tr><td><p>A</p><p>B</p></td><td>C</td></tr>", "A\n\nB;\n\nC."),
        ("&bdquo;Ja&ldquo; &amp; 5 &lt; 6", "„Ja“ & 5 < 6"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("kein <Markup", "kein"),
        ("", ""),
    ],
)
def test_what_a_reader_sees_stays(html: str, text: str) -> None:
    """Blocks are paragraphs, inline elements leave no trace, scripts never show."""
    assert html_to_text(html) == text


def test_plain_text_is_left_alone() -> None:
    """A feed's plain description may hold signs that look like HTML."""
    for text in (
        "5 < 6 & 7 > 3\nzwei",
        "Mit <Enter> bestätigen, <Strg> + <b> drücken",
        "a<b und c>d, i<n",
        "Das <a> ist kein Verweis",
        "<https://example.org/> <anna@example.org>",
        "if (a </ b) -> <!x>",
    ):
        assert text_of_maybe_html(text) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Ein <b>fetter</b> Satz", "Ein fetter Satz"),
        ("Eins<br>Zwei", "Eins\nZwei"),
        ("<P>Ein Satz", "Ein Satz"),
        ("<!-- wp:paragraph -->Text", "Text"),
        ("Der <a href='x'>Verweis", "Der Verweis"),
        ("Eins <i>kursiv</i>.\n\nZwei &lt;Enter&gt;.", "Eins kursiv.\n\nZwei <Enter>."),
    ],
)
def test_html_is_known_by_its_elements(html: str, text: str) -> None:
    """An end, an element without one, an attribute or a comment; empty lines part paragraphs."""
    assert text_of_maybe_html(html) == text


def test_deep_nesting_is_read() -> None:
    """A hundred thousand open elements neither crash nor hang."""
    assert "tief" in html_to_text("<div>" * 100_000 + "tief")


@given(st.text() | st.text("<>/&;!-[]ab\"'= \x00", max_size=200))
def test_no_fragment_raises(html: str) -> None:
    """Fragments come from strangers."""
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + "Text" + "</span>" * 200_000,
        "<div></b>" * 200_000 + "Text",
        "<b><i>" * 200_000 + "Text" + "</p>" * 200_000,
        "<b>" * 200_000 + "Text" + "<p>" * 200_000,
    ],
)
def test_ends_of_nothing_take_no_time(html: str) -> None:
    """libxml2 would look through 200,000 open elements for each: for minutes."""
    assert html_to_text(html) == "Text"
    assert bounded_html(html).count("<") <= 200_000 + 2 * MAX_DEPTH


def test_bounds_leave_a_large_page_as_it_is() -> None:
    """However many elements it has, with ends that may be left out and with those of XHTML."""
    page = "<ul><li>Eins<li>Zwei<br></ul><p>Drei <b>vier</b><span/><table><tr><td>5</table>"
    page *= MANY_TAGS // 10
    assert bounded_html(page) == page
