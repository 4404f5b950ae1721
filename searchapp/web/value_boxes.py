"""The boxes of a facet's values as HTML: a page has hundreds of them, too many for a template."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from searchapp.model import FacetCount
from searchapp.web.translated_templates import shown_number


def value_boxes(param: str, values: Iterable[FacetCount], locale: str) -> Markup:
    """A list with a checkbox for each value.

    A number with a plus is what a value adds to the results, see `FacetCount`.
    param: of the facet. locale: that of the numbers, as in `i18n.FORMATS`.
    """
    boxes = []
    for value, count, selected, added in values:
        text = escape(value)
        checked = " checked" if selected else ""
        number = shown_number(count, locale) if added is None else f"+{shown_number(added, locale)}"
        boxes.append(
            f'  <li><label><input type="checkbox" form="search" name="{param}" value="{text}"'
            f'{checked}><span class="value" lang="de">{text}</span> <span class="count">{number}'
            "</span></label></li>\n"
        )
    return Markup(f"<ul>\n{''.join(boxes)}</ul>\n")  # Only values could hold markup.
