"""Addresses of pages in one spelling, so that a page has one address and is brought once."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

MAX_ADDRESS_CHARS = 2000
_MAX_SEGMENTS = 25
_MAX_REPEATS = 3
"""A path in which a part stands more often (/a/b/a/b/a/b/a/b) comes of a link that is wrong."""

_DEFAULT_PORTS = {"http": 80, "https": 443}

# What campaigns, networks and newsletters add to addresses, and the sessions of old servers. Names
# that may as well choose a page, as "cid" or "source", are not among them.
_NO_CHOICE = re.compile(
    r"(?:utm|pk|mtm|piwik|matomo|hsa)_\w+|(?:fb|g|dc|tw|tt|y)clid|msclkid|gbraid|wbraid|igshid|igsh"
    r"|mc_[ce]id|wt_z?mc|_gl|_ga|xtor|(?:php|j|asp)sess(?:ion)?id\w*|cfid|cftoken"
)
_SESSION = re.compile(r"s|sid|sess|session|session_?id|zenid|oscsid")
_SESSION_VALUE = re.compile(r"(?=[^=]*\d)(?=[^=]*[a-z])[\da-z-]{16,}")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)

# Suffixes of what a page links to and is no page. What has none of them may be one.
_OTHER_FILES = frozenset(
    "jpg jpeg jpe png gif svg svgz webp avif ico bmp tif tiff heic psd ai eps"
    " css js mjs map json woff woff2 ttf otf eot wasm"
    " mp3 mp4 m4a m4v ogg oga ogv opus wav flac avi mov mkv webm wmv mpg mpeg m3u8"
    " zip gz tgz tar bz2 xz 7z rar exe msi dmg iso apk bin deb rpm jar"
    " xls xlsx ods csv ppt pptx odp key ics vcf rss atom xml xsl xsd dtd swf".split()
)


class Origin(NamedTuple):
    """Where an address leads: the scheme, the host as in an address, and the port."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """As it stands in an address and in the header Host."""
        is_default = self.port == _DEFAULT_PORTS[self.scheme]
        return self.host if is_default else f"{self.host}:{self.port}"


def page_address(link: str, base: str = "") -> str | None:
    """The address that a link on the page `base` leads to, or None if it is none of a page.

    Without fragment, default port, session and tracking parameters; percent signs, dots in paths
    and international hosts are spelled as in RFC 3986 and 5891. Never raises.
    """
    parts = _parts(link, base)
    if parts is None:
        return None
    path = _SESSION_IN_PATH.sub("", parts.path or "/")
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS or _repeats(segments):
        return None
    query = "&".join(part for part in (parts.query or "").split("&") if _chooses(part))
    return f"{parts.scheme}://{_origin(parts).netloc}{path}" + (f"?{query}" if query else "")


def origin_of(address: str) -> Origin:
    """Where an address that `page_address` has made leads."""
    return _origin(parse_url(address))


def target_of(address: str) -> str:
    """The path and query of an address, as they are asked for."""
    return parse_url(address).request_uri


def may_be_page(address: str) -> bool:
    """Whether an address could be one of a page, by its suffix."""
    path = target_of(address).partition("?")[0]
    return PurePosixPath(path).suffix[1:].lower() not in _OTHER_FILES


def readable(address: str) -> str:
    """An address without percent signs and control characters, for names of files."""
    text = unquote(address, errors="replace")
    return "".join(char if char.isprintable() else "�" for char in text)


def _parts(link: str, base: str) -> Url | None:
    link = "".join(char for char in link.strip() if char >= " ")
    if not link or len(link) > MAX_ADDRESS_CHARS:
        return None
    try:
        address = urljoin(base, link)
        parts = parse_url(address)
    except (ValueError, LocationParseError):
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.host or parts.auth or "%" in parts.host:
        return None
    return parts if len(parts.url) <= MAX_ADDRESS_CHARS else None


def _origin(parts: Url) -> Origin:
    assert parts.scheme is not None  # `_parts` has seen to it
    assert parts.host is not None
    port = parts.port if parts.port is not None else _DEFAULT_PORTS[parts.scheme]
    return Origin(parts.scheme, parts.host.rstrip("."), port)


def _repeats(segments: list[str]) -> bool:
    return any(segments.count(segment) > _MAX_REPEATS for segment in set(segments))


def _chooses(parameter: str) -> bool:
    """Whether a part of the query may say which page is meant."""
    name, _, value = parameter.lower().partition("=")
    if not name or _NO_CHOICE.fullmatch(name):
        return False
    return not (_SESSION.fullmatch(name) and _SESSION_VALUE.fullmatch(value))
