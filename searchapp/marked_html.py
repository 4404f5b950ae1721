"""The one place where marked text becomes HTML: every part escaped, `<mark>` the only tag."""

from __future__ import annotations

from markupsafe import Markup, escape

from searchapp.model import MarkedText


def marked_html(marked: MarkedText, first_number: int | None = None) -> Markup:
    """The text escaped for HTML (element content or a quoted attribute), its marks in `<mark>`.

    Without its tags and unescaped, the result is `marked.text` again.
    first_number: of the first mark; then each has an id to lead to: `m1`, `m2` and so on.
    """
    text = marked.text
    if not marked.marks:
        return escape(text)
    pieces: list[str] = []
    done = 0
    for number, (start, end) in enumerate(marked.marks, start=first_number or 0):
        tag = "<mark>" if first_number is None else f'<mark id="m{number}">'
        pieces += (escape(text[done:start]), tag, escape(text[start:end]), "</mark>")
        done = end
    pieces.append(escape(text[done:]))
    return Markup("".join(pieces))  # every piece is escaped above
