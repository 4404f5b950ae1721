"""The boxes of a facet's values."""

from __future__ import annotations

from searchapp.model import FacetCount
from searchapp.web.value_boxes import value_boxes


def test_values_are_escaped_and_numbers_are_those_of_the_language() -> None:
    """Nothing of a value becomes markup, in an attribute or in the text."""
    html = value_boxes("tag", [FacetCount('<b> "x" & y', 1234, True), FacetCount("z", 2)], "de")
    assert html == (
        '<ul>\n  <li><label><input type="checkbox" form="search" name="tag"'
        ' value="&lt;b&gt; &#34;x&#34; &amp; y" checked><span class="value" lang="de">'
        '&lt;b&gt; &#34;x&#34; &amp; y</span> <span class="count">1.234</span></label></li>\n'
        '  <li><label><input type="checkbox" form="search" name="tag" value="z">'
        '<span class="value" lang="de">z</span> <span class="count">2</span></label></li>\n</ul>\n'
    )
