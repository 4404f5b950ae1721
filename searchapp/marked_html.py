"""The one place where marked text becomes HTML: every part escaped, `<mark>` the only tag."""

from __future__ import annotations

from markupsafe import Markup, escape

from searchapp.model import MarkedText


def marked_html(marked: MarkedText) -> Markup:
    """The text escaped for HTML (element content or a quoted attribute), its marks in `<mark>`.

    Without its tags and unescaped, the result is `marked.text` again.
    """
    text = marked.text
    pieces: list[str] = []
    done = 0
    for start, end in marked.marks:
        pieces += (escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>")
        done = end
    pieces.append(escape(text[done:]))
    return Markup("".join(pieces))  # every piece is escaped above
