"""What the owner makes of the page, in a TOML file: a sentence, a logo, links, colours, templates.

    sentence = { de = "Alle Hefte seit 1976.", en = "All issues since 1976." }
    style = "farben.css"
    templates = "vorlagen"

    [logo]
    file = "logo.svg"
    dark = "logo-dunkel.svg"
    alt = "Heimatverein Musterstadt"

    [[links]]
    label = { de = "Impressum", en = "Imprint" }
    address = "https://example.org/impressum"

Everything may be left out. A text is one for all languages, or one for each; it is plain. Paths are
relative to the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searchapp.errors import BadSetting
from searchapp.owner_files import read_owner_file, read_owner_text, table_of
from searchapp.settings import variable
from searchapp.translation import N_, Message
from searchapp.web.owner_logo import MAX_BYTES as MAX_LOGO_BYTES
from searchapp.web.owner_logo import NoPicture, picture_size
from searchapp.web.url_state import LOCALES

FOLDER = "own/"
"""What the names of the owner's files begin with, beside the static files of ours."""

MAX_FILE_BYTES = 100_000
MAX_STYLE_BYTES = 60_000
MAX_LINKS = 20
MAX_SENTENCE_CHARS = 300
MAX_LABEL_CHARS = 60

LocalText = Mapping[str, str]
"""A text in each language."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FOREIGN = re.compile(
    r"@import|@font-face|(?:url|src|image-set|image)\((?!\s*[\"']?data:image/)", re.IGNORECASE
)
"""What a style sheet must not load: the policy of the page lets no browser do that."""
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")
"""What a browser takes out of an address, or changes in it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the footer. address: of http, https or mailto, or a path from the root."""

    label: LocalText
    address: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in the head of every page.

    name, dark: of static files; dark is for dark backgrounds, or "". width, height: of the first,
    in whatever unit. alt: what the logo says, if it stands for the name of the site; with "" the
    name stands beside it.
    """

    name: str
    dark: str
    alt: LocalText
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OwnerSite:
    """What the owner says.

    style: a style sheet, or "". templates: a folder. static: the contents of all
    static files of the owner, by name. files: where all this was read, for who keeps answers.
    """

    sentence: LocalText | None = None
    links: tuple[Link, ...] = ()
    logo: Logo | None = None
    style: str = ""
    templates: Path | None = None
    static: Mapping[str, bytes] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


NO_SITE = OwnerSite()


def load_site(path: Path) -> OwnerSite:
    """What the file says, and the files that it names. Raises BadSetting."""
    return _Reader(path).site()


class _Reader:
    """Reads one file, and collects the others that it names."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._static: dict[str, bytes] = {}
        self._files: list[Path] = []

    def site(self) -> OwnerSite:
        text = read_owner_text(self._path, MAX_FILE_BYTES, named_by=variable("site"))
        self._files.append(self._path)
        table: Mapping[str, Any] = table_of(
            text, self._path, N_('write lines like: style = "a.css"')
        )
        self._known("", table, ("sentence", "style", "templates", "logo", "links"))
        sentence = None
        if "sentence" in table:
            sentence = self._text("sentence", table["sentence"], MAX_SENTENCE_CHARS)
        return OwnerSite(
            sentence=sentence,
            links=self._links(table.get("links", [])),
            logo=self._logo(table["logo"]) if "logo" in table else None,
            style=self._style(table["style"]) if "style" in table else "",
            templates=self._folder(table["templates"]) if "templates" in table else None,
            static=self._static,
            files=tuple(self._files),
        )

    def _links(self, value: object) -> tuple[Link, ...]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._bad(
                "links", N_("is no list of tables"), N_("begin each link with [[links]]")
            )
        if len(value) > MAX_LINKS:
            raise self._bad(
                "links",
                N_("has more than %(max_links)s links", max_links=MAX_LINKS),
                N_("leave some out"),
            )
        links = []
        for number, table in enumerate(value, 1):
            key = f"links, number {number}"
            self._known(key, table, ("label", "address"), needed=("label", "address"))
            label = self._text(f"{key}, label", table["label"], MAX_LABEL_CHARS)
            links.append(Link(label, self._address(f"{key}, address", table["address"])))
        return tuple(links)

    def _address(self, key: str, value: object) -> str:
        remedy = N_("write https://…, http://…, mailto:… or a path that begins with /")
        if not isinstance(value, str) or _CONTROLS.search(value):
            raise self._bad(key, N_("is no address (%(value)r)", value=value), remedy)
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError as error:
            raise self._bad(key, N_("is no address (%(error)s)", error=error), remedy) from None
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_mail = parts.scheme == "mailto" and "@" in parts.path and not parts.netloc
        is_path = not parts.scheme and not parts.netloc and value.startswith("/")
        if not (is_web or is_mail or (is_path and not value.startswith("//"))):
            raise self._bad(key, N_("cannot be linked (%(value)r)", value=value), remedy)
        return value

    def _logo(self, table: object) -> Logo:
        if not isinstance(table, dict):
            remedy = N_('write [logo] and below it file = "logo.svg"')
            raise self._bad("logo", N_("is no table"), remedy)
        self._known("logo", table, ("file", "dark", "alt"), needed=("file",))
        name, (width, height) = self._picture("logo, file", table["file"], "logo")
        dark = ""
        if "dark" in table:
            dark, _ = self._picture("logo, dark", table["dark"], "logo-dark")
        empty = dict.fromkeys(LOCALES, "")
        alt = self._text("logo, alt", table["alt"], MAX_LABEL_CHARS) if "alt" in table else empty
        return Logo(name, dark, alt, width, height)

    def _picture(self, key: str, value: object, name: str) -> tuple[str, tuple[int, int]]:
        path = self._place(key, value)
        data = read_owner_file(path, MAX_LOGO_BYTES, named_by=self._named_by(key))
        self._files.append(path)
        kind = path.suffix.lower().removeprefix(".")
        try:
            size = picture_size(kind, data)
        except NoPicture as error:
            remedy = N_("name a picture as .svg, .png or .webp")
            raise self._bad(
                key, N_("%(path)s %(what)s", path=path, what=error.why), remedy
            ) from None
        return self._served(f"{name}.{kind}", data), size

    def _style(self, value: object) -> str:
        path = self._place("style", value)
        text = read_owner_text(path, MAX_STYLE_BYTES, named_by=self._named_by("style"))
        self._files.append(path)
        # As many lines as before, so that what is found keeps its number.
        bare = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        if found := _FOREIGN.search(bare):
            line = bare.count("\n", 0, found.start()) + 1
            raise self._bad(
                "style",
                N_(
                    "%(path)s:%(line)s loads something (%(found)s), which the page forbids",
                    path=path,
                    line=line,
                    found=found[0],
                ),
                N_("leave it out; pictures may stand in the file, as url(data:image/…)"),
            )
        return text

    def _folder(self, value: object) -> Path:
        path = self._place("templates", value)
        if not path.is_dir():
            raise self._bad(
                "templates", N_("%(path)s is no folder", path=path), N_("name one with templates")
            )
        return path

    def _served(self, name: str, data: bytes) -> str:
        self._static[FOLDER + name] = data
        return FOLDER + name

    def _text(self, key: str, value: object, max_chars: int) -> LocalText:
        given = value if isinstance(value, dict) else dict.fromkeys(LOCALES, value)
        self._known(key, given, LOCALES, needed=LOCALES)
        texts = {}
        for locale, text in given.items():
            if not isinstance(text, str) or not text.strip():
                remedy = N_('write "…", or { de = "…", en = "…" }')
                raise self._bad(key, N_("is no text (%(value)r)", value=text), remedy)
            if len(text) > max_chars:
                raise self._bad(
                    key,
                    N_("has more than %(max_chars)s characters", max_chars=max_chars),
                    N_("shorten it"),
                )
            texts[locale] = " ".join(text.split())
        return texts

    def _place(self, key: str, value: object) -> Path:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise self._bad(
                key, N_("is no path (%(value)r)", value=value), N_("name a file beside this one")
            )
        return self._path.parent / value

    def _named_by(self, key: str) -> str:
        return f"{self._path}: {key}"

    def _known(
        self,
        key: str,
        table: Mapping[str, Any],
        names: Sequence[str],
        needed: Sequence[str] = (),
    ) -> None:
        remedy = N_("use %(names)s", names=", ".join(names))
        for name in table:
            if name not in names:
                raise self._bad(key, N_("has an unknown name, %(name)r", name=name), remedy)
        for name in needed:
            if name not in table:
                raise self._bad(key, N_("has no %(name)r", name=name), remedy)

    def _bad(self, key: str, what: Message, remedy: Message) -> BadSetting:
        """key: the place in the file, or "" for the file itself."""
        where = variable("site")
        if not key:
            what = N_("%(named)s %(what)s", named=self._path, what=what)
            return BadSetting(what, where=where, remedy=remedy)
        return BadSetting(
            N_("%(path)s: %(key)s: %(what)s", path=self._path, key=key, what=what),
            where=where,
            remedy=remedy,
        )
