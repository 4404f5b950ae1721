"""What the owner makes of the page, and what is not taken from the file that says so."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.errors import BadSetting
from searchapp.web.entity_tags import program_state
from searchapp.web.owner_logo import NoPicture, picture_size
from searchapp.web.owner_site import load_site
from tests.web.html import get

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h9"/></svg>'
WHOLE = """
sentence = { de = "Alle Hefte <b>seit</b> 1976.", en = "All issues since 1976." }
style = "farben.css"

[logo]
file = "logo.svg"
dark = "nacht.png"
alt = "Verein & Heimat"

[[links]]
label = { de = "Impressum", en = "Imprint" }
address = "https://example.org/impressum?a=1&b=2"

[[links]]
label = 'Daten"schutz'
address = "/rechtliches/datenschutz"

[[links]]
label = "Post"
address = "mailto:post@example.org"
"""


def png(width: int, height: int) -> bytes:
    """A whole picture, all black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4)
        return len(data).to_bytes(4) + kind + data + check

    head = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" * (width + 1)) * height)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of an owner, with all that WHOLE names beside it."""

    def write(text: str, **files: str | bytes) -> Path:
        contents: dict[str, str | bytes] = {
            "logo.svg": DRAWING,
            "nacht.png": png(3, 2),
            "farben.css": ":root { --accent: #7a1f5c }",
            **{name.replace("_", "."): content for name, content in files.items()},
        }
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(data)
        path = tmp_path / "seite.toml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("lang", "sentence", "imprint"),
    [
        ("de", "Alle Hefte <b>seit</b> 1976.", "Impressum"),
        ("en", "All issues since 1976.", "Imprint"),
    ],
)
def test_the_start_page_is_the_owners(
    make_client: Callable[..., FlaskClient],
    written: Callable[..., Path],
    lang: str,
    sentence: str,
    imprint: str,
) -> None:
    """Sentence and links in the reader's language, all of it plain text."""
    client = make_client(site=written(WHOLE))
    page = get(client, f"/?lang={lang}")
    assert page.text("//p[@class='lead']") == sentence
    assert page.values("//meta[@name='description']/@content")[0].startswith(sentence)
    links = page.root.xpath("//footer/nav[last()]/a")
    assert [(each.text, each.get("href")) for each in links] == [
        (imprint, "https://example.org/impressum?a=1&b=2"),
        ('Daten"schutz', "/rechtliches/datenschutz"),
        ("Post", "mailto:post@example.org"),
    ]
    assert page.values("//a[@class='brand']//img/@alt") == ["Verein & Heimat"]
    assert page.text("//a[@class='brand']") == ""  # The picture says the name.


@pytest.mark.parametrize(
    ("url", "status"),
    [("/search?q=strom", 200), ("/article/lichtbogen", 200), ("/nichts", 404),
     ("/schlagwoerter", 200), ("/api", 200)],
)  # fmt: skip
def test_every_page_leads_to_the_imprint(
    make_client: Callable[..., FlaskClient], written: Callable[..., Path], url: str, status: int
) -> None:
    """Also one that tells of an error."""
    client = make_client(site=written(WHOLE))
    assert get(client, url, status=status, lang="de").link("Impressum")


def test_the_imprint_is_there_without_an_index(
    make_client: Callable[..., FlaskClient], written: Callable[..., Path], tmp_path: Path
) -> None:
    """The duty does not end with the search."""
    client = make_client(site=written(WHOLE), index=tmp_path / "nothing")
    assert get(client, "/", status=503, lang="de").link("Impressum")


def test_files_of_the_owner_are_served_safely(
    make_client: Callable[..., FlaskClient], written: Callable[..., Path]
) -> None:
    """With their type and hash; a drawing that is opened by itself runs nothing."""
    client = make_client(site=written(WHOLE))
    page = get(client, "/")
    (url,) = page.values("//link[@rel='stylesheet']/@href")
    style = client.get(url)
    assert style.mimetype == "text/css"
    assert style.text.endswith("\n:root { --accent: #7a1f5c }")
    assert style.cache_control.immutable
    assert url != get(make_client(), "/").values("//link[@rel='stylesheet']/@href")[0]
    (logo,) = page.values("//img/@src")
    assert page.values("//img/@width | //img/@height") == ["120", "40"]
    drawing = client.get(logo)
    assert drawing.mimetype == "image/svg+xml"
    assert drawing.headers["X-Content-Type-Options"] == "nosniff"
    (policy,) = drawing.headers.getlist("Content-Security-Policy")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    (dark,) = page.values("//picture/source/@srcset")
    assert client.get(dark).mimetype == "image/png"
    assert client.get("/static/own/seite.toml").status_code == 404
    assert client.get("/static/own/../seite.toml").status_code == 404


def test_a_logo_without_words_stands_beside_the_name(
    make_client: Callable[..., FlaskClient], written: Callable[..., Path]
) -> None:
    """And says nothing to a screen reader, which reads the name."""
    client = make_client(site=written('[logo]\nfile = "nacht.png"'), site_name="Werk & Wissen")
    page = get(client, "/")
    assert page.text("//a[@class='brand']") == "Werk & Wissen"
    assert page.values("//a[@class='brand']//img/@alt") == [""]


def test_an_answer_is_new_when_the_owner_changes_a_file(
    make_client: Callable[..., FlaskClient], written: Callable[..., Path]
) -> None:
    """Browsers do not keep the page with the old colours."""
    path = written(WHOLE)
    client = make_client(site=path)
    settings = client.application.extensions["searchapp"].settings
    files = load_site(path).files
    assert {each.name for each in files} == {"seite.toml", "logo.svg", "nacht.png", "farben.css"}
    before = program_state(settings, files)
    (path.parent / "farben.css").write_text(":root { --accent: #223344; }", "utf-8")
    assert program_state(settings, files) != before


LINK = '[[links]]\nlabel = "Impressum"\naddress = '


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", "java\\nscript:alert(1)", "\\u0001javascript:x",
     "data:text/html,x", "vbscript:x", "//evil.example/", "/\\\\evil.example",
     "\\\\\\\\evil.example", "https:evil", "https://", "http://[::1", "ftp://example.org/",
     "impressum.html", "", "https://example.org/a b", "mailto:", "mailto://example.org",
     "https://example.org:port/", "#x"],
)  # fmt: skip
def test_other_addresses_are_refused(written: Callable[..., Path], address: str) -> None:
    """Whatever a browser would make of them."""
    with pytest.raises(BadSetting, match=r"SEARCHAPP_SITE: .*links, number 1, address: .*https://"):
        load_site(written(f'{LINK}"{address}"'))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("links = 3", "links: is no list of tables; begin each link with"),
        ("a = 1\nb", "seite.toml: is no TOML (Expected '=' after a key"),
        ("sentence = ''", "sentence: is no text ('')"),
        ("sentence = 7", "sentence: is no text (7)"),
        ("sentence = { de = 'Nur dies' }", "sentence: has no 'en'; use de, en"),
        ("sentence = { de = 'a', en = 'b', fr = 'c' }", "has an unknown name, 'fr'"),
        (f"sentence = '{'x' * 301}'", "sentence: has more than 300 characters; shorten it"),
        ("title = 'x'", "has an unknown name, 'title'; use sentence, style, templates, logo"),
        ("[[links]]\nlabel = 'x'", "links, number 1: has no 'address'; use label, address"),
        (f"{LINK}3", "address: is no address (3)"),
        ("[[links]]\nlabel = 'x'\naddress = '/'\n" * 21, "links: has more than 20 links"),
        ("logo = 'logo.svg'", "logo: is no table; write [logo]"),
        ("[logo]\nalt = 'x'", "logo: has no 'file'"),
        ("[logo]\nfile = 'keins.png'", "keins.png cannot be read (No such file or directory)"),
        ("[logo]\nfile = '.'", "is no file; correct the path"),
        ("[logo]\nfile = 'farben.css'", "farben.css is neither .svg nor .png nor .webp"),
        ("[logo]\nfile = 'a\\u0000b'", "logo, file:"),
        ("style = ['a']", "style: is no path (['a'])"),
        ("style = '/dev/zero'", "/dev/zero is no file"),
        ("templates = 'farben.css'", "farben.css is no folder; name one with templates"),
    ],
)
def test_what_cannot_be_used_is_named(
    written: Callable[..., Path], text: str, message: str
) -> None:
    """The file, the place in it, and what to do."""
    with pytest.raises(BadSetting) as caught:
        load_site(written(text))
    assert "seite.toml" in str(caught.value)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the reason."""
    with pytest.raises(BadSetting, match=r"keine\.toml cannot be read \(No such file"):
        load_site(tmp_path / "keine.toml")


@pytest.mark.parametrize(
    "style",
    ["@import 'x.css';", "@IMPORT url(x.css);", "@font-face { font-family: x }",
     "a { background: url(https://evil.example/x) }", "a { background: URL( 'x.png' ) }",
     "a { background: image-set('x.png' 1x) }"],
)  # fmt: skip
def test_a_style_sheet_loads_nothing(written: Callable[..., Path], style: str) -> None:
    """The policy of the page would forbid it, with a message in every reader's console."""
    path = written("style = 'farben.css'", farben_css=f"/* eins\nzwei */\n{style}")
    with pytest.raises(BadSetting, match=r"farben\.css:3 loads something"):
        load_site(path)


def test_a_style_sheet_may_hold_pictures(written: Callable[..., Path]) -> None:
    """In itself; and name what it does not load."""
    style = '/* @import */ a { background: url("data:image/svg+xml,%3Csvg/%3E") }'
    assert load_site(written("style = 'farben.css'", farben_css=style)).style


@pytest.mark.parametrize(
    ("files", "what"),
    [({"farben_css": b"\xff"}, "not UTF-8"), ({"farben_css": "a" * 60_001}, "60,000 bytes")],
)
def test_a_style_sheet_is_short_text(
    written: Callable[..., Path], files: dict[str, str | bytes], what: str
) -> None:
    """Every page loads it."""
    with pytest.raises(BadSetting, match=what):
        load_site(written("style = 'farben.css'", **files))


def webp(chunk: bytes, body: bytes) -> bytes:
    data = chunk + len(body).to_bytes(4, "little") + body
    return b"RIFF" + (len(data) + 4).to_bytes(4, "little") + b"WEBP" + data


SVG = '<svg xmlns="http://www.w3.org/2000/svg" {} />'


@pytest.mark.parametrize(
    ("kind", "data", "size"),
    [
        ("png", png(300, 90), (300, 90)),
        ("webp", webp(b"VP8X", bytes(4) + bytes((0x2B, 1, 0, 0x59, 0, 0)) + bytes(9)), (300, 90)),
        ("webp", webp(b"VP8L", b"\x2f" + (299 | 89 << 14).to_bytes(4, "little") + bytes(9)),
         (300, 90)),
        ("webp", webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + bytes((0x2C, 1, 90, 0)) + bytes(9)),
         (300, 90)),
        ("svg", SVG.format('width="30px" height=" 9.4 " viewBox="0 0 1 1"').encode(), (30, 9)),
        ("svg", SVG.format('width="100%" viewBox="-1,-1 60 , 20"').encode(), (60, 20)),
        ("svg", SVG.format('viewBox="0 0 60 20"').encode("utf-16"), (60, 20)),
    ],
)  # fmt: skip
def test_the_size_of_a_picture_is_read(kind: str, data: bytes, size: tuple[int, int]) -> None:
    """So that nothing jumps when it has come."""
    assert picture_size(kind, data) == size


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", b""),
        ("png", b"GIF89a"),
        ("png", png(0, 4)),
        ("webp", png(3, 4)),
        ("webp", webp(b"ABCD", bytes(30))),
        ("svg", b""),
        ("svg", b"<html/>"),
        ("svg", b"<svg viewBox='0 0 1 1'/>"),
        ("svg", SVG.format("").encode()),
        ("svg", SVG.format('viewBox="0 0 0 0"').encode()),
        ("svg", SVG.format('viewBox="0 0 nan inf"').encode()),
        ("svg", SVG.format('viewBox="0 0 1"').encode()),
        ("svg", b"<!DOCTYPE x [<!ENTITY a 'aaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>"),
        ("gif", b"GIF89a"),
    ],
)
def test_what_is_no_picture_is_refused(kind: str, data: bytes) -> None:
    """Whatever its name."""
    with pytest.raises(NoPicture):
        picture_size(kind, data)
