"""The owner's logo: which pictures are taken, and how large each one is."""

from __future__ import annotations

import re

from lxml import etree

from searchapp.translation import N_, Message

MAX_BYTES = 100_000
SVG = "svg"

_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")
_NUMBERS = re.compile(r"[\s,]+")


class NoPicture(ValueError):
    """What is not to be read as a picture of its kind; `why` says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def picture_size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels, or in the units of a drawing, at least 1.

    kind: the ending of its name. Raises NoPicture.
    """
    readers = {SVG: _svg_size, "png": _png_size, "webp": _webp_size}
    if kind not in readers:
        raise NoPicture(N_("is neither .svg nor .png nor .webp"))
    width, height = readers[kind](data)
    if width < 1 or height < 1:
        raise NoPicture(N_("says no width and height"))
    return width, height


def _png_size(data: bytes) -> tuple[int, int]:
    """From the first chunk. https://www.w3.org/TR/png-3/#11IHDR"""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        raise NoPicture(N_("is no PNG picture"))
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _webp_size(data: bytes) -> tuple[int, int]:
    """From the first chunk, of one of three kinds. RFC 9649, 2.5 to 2.7"""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        raise NoPicture(N_("is no WebP picture"))
    chunk = data[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") for at in (26, 28))
        return width & 0x3FFF, height & 0x3FFF
    raise NoPicture(N_("is no WebP picture"))


def _svg_size(data: bytes) -> tuple[int, int]:
    """From width and height, else from the viewBox. https://www.w3.org/TR/SVG2/struct.html"""
    # As a file of its own it is served without a right to do anything: scripts in it never run.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NoPicture(N_("is no SVG drawing (%(reason)s)", reason=error.msg)) from None
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise NoPicture(N_("is no SVG drawing (its first element is not svg)"))
    width, height = (_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height"))
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    try:
        _, _, *size = (float(part) for part in _NUMBERS.split(root.get("viewBox", "").strip()))
        across, down = size
        return round(across), round(down)
    except (ValueError, OverflowError):  # too few or many numbers, or none
        raise NoPicture(N_("says neither width and height nor viewBox")) from None
