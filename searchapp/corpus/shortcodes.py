"""Takes the shortcodes of WordPress and its plugins out of the HTML of a post.

A shortcode is a name in brackets that has attributes, an end, an underscore or a known name. Other
words in brackets are text: "[sic]", "[…]", "[Anm. d. Red.]". Rules of the Shortcode API
(developer.wordpress.org/plugins/shortcodes).
"""

from __future__ import annotations

import re

_SHORTCODE = re.compile(
    r"\[(?P<escape>\[?)(?P<end>/?)(?P<name>[A-Za-z][\w-]{0,60})"
    r"(?P<attributes>(?:[\s/](?:=\s*\"[^\"<>]{0,500}\"|=\s*'[^'<>]{0,500}'|[^\[\]])*+)?)\]"
    r"(?P<escape_end>\]?)"
)
_ATTRIBUTE = re.compile(r"[\w-]\s*=\s*\S")
_ADDRESS = re.compile(r"\s+https?://\S+\s*/?")
_SHOWN = re.compile(r"\b(?:caption|text)\s*=\s*(?P<quote>[\"'])(?P<text>[^\"'\[\]]*)(?P=quote)")
# What stands between these is no text: code in base64, programs, addresses.
_HIDDEN_BLOCK = re.compile(
    r"\[(?P<name>vc_raw_html|vc_raw_js|fusion_code|et_pb_code|gmap|script)\b[^\[\]]*\]"
    r"[^\[\]]*\[/(?P=name)\]"
)
_ADDRESS_BETWEEN = re.compile(
    r"(?P<begin>\[[A-Za-z][\w-]{0,60}[^\[\]]*\])\s*https?://[^\s\[\]<>]+\s*(?=\[/)"
)
_KNOWN = frozenset((
    "toc", "gallery", "caption", "audio", "video", "playlist", "embed", "contact-form", "divider",
    "ngg", "nggallery", "slideshow", "slider", "sitemap", "googlemap", "map", "archives", "more",
    "youtube", "vimeo", "products", "cart", "checkout", "row", "column", "clear", "spacer",
    "formidable", "gravityform", "tablepress", "table", "button", "searchform", "login",
    "loginform",
    "pdf", "download", "downloads", "events", "calendar", "kalender", "social", "share", "related",
))  # fmt: skip


def without_shortcodes(html: str) -> str:
    """The HTML without shortcodes. What stands between two of them stays, and so do captions."""
    if "[" not in html:
        return html
    html = _ADDRESS_BETWEEN.sub(r"\g<begin>", _HIDDEN_BLOCK.sub("", html))
    ended = {match["name"] for match in _SHORTCODE.finditer(html) if match["end"]}

    def replaced(match: re.Match[str]) -> str:
        name, attributes = match["name"], match["attributes"]
        if match["escape"] and match["escape_end"]:
            return match[0][1:-1]  # [[gallery]] shows how one is written.
        is_one = (
            name in ended
            or "_" in name
            or name.lower() in _KNOWN
            or _ATTRIBUTE.search(attributes)
            or _ADDRESS.fullmatch(attributes)
        )
        if not is_one:
            return match[0]
        shown = "".join(f"\n\n{found['text']}\n\n" for found in _SHOWN.finditer(attributes))
        return match["escape"] + shown + match["escape_end"]

    return _SHORTCODE.sub(replaced, html)
