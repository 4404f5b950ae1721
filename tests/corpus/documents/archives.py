"""Archives of XML files, made as small as a document can be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of named parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return packed.getvalue()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document with this in its <w:body>, and more parts."""
    document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return archive({"word/document.xml": document} | dict(more or {}))


def core(title: str = "", creator: str = "", created: str = "") -> dict[str, str | bytes]:
    """The core properties of a Word document."""
    return {
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t">'
        f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>"
        f"<dcterms:created>{created}</dcterms:created></cp:coreProperties>"
    }
