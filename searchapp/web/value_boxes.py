"""The boxes of a facet's values as HTML: a page has hundreds of them, too many for a template."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from searchapp.model import FacetCount
from searchapp.web.translated_templates import shown_number

KEPT_VALUES = 8192


def value_boxes(param: str, values: Iterable[FacetCount], locale: str) -> Markup:
    """A list with a checkbox for each value.

    A number with a plus is what a value adds to the results, see `FacetCount`.
    param: of the facet. locale: that of the numbers, as in `i18n.FORMATS`.
    """
    boxes = []
    for value, count, selected, added in values:
        box, text = _value(param, value)
        checked = " checked" if selected else ""
        number = shown_number(count, locale) if added is None else f"+{shown_number(added, locale)}"
        boxes.append(f"{box}{checked}>{text}{number}</span></label></li>\n")
    return Markup(f"<ul>\n{''.join(boxes)}</ul>\n")  # Only values could hold markup.


@lru_cache(KEPT_VALUES)
def _value(param: str, value: str) -> tuple[str, str]:
    """What is the same of a value on all pages: its box up to the state, the rest to the number."""
    text = escape(value)
    return (
        f'  <li><label><input type="checkbox" form="search" name="{param}" value="{text}"',
        f'<span class="value" lang="de">{text}</span> <span class="count">',
    )
