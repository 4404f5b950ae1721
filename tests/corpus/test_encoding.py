"""Bytes become text, whatever they are written in, and never raise."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from searchapp.corpus.encoding import MAX_RECORD_BYTES
from tests.corpus.conftest import Read, read_paths

TEXT = "Grüße aus Köln\n\nDie Häuser sind größer als früher, und überall wächst die Fläche.\n"
RECORD = '{"title": "Grüße aus Köln", "body": "Die Häuser sind größer, überall."}\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(("name", "content"), [("a.txt", TEXT), ("a.jsonl", RECORD)])
def test_unicode_needs_no_word(read: Read, encoding: str, name: str, content: str) -> None:
    """UTF-8 with and without a mark, and UTF-16 with one, are read without a report."""
    outcome = read(name, content.encode(encoding))
    assert outcome.article.title == "Grüße aus Köln"
    assert not outcome.problems


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850", "mac_roman"])
@pytest.mark.parametrize(("name", "content"), [("a.txt", TEXT), ("a.jsonl", RECORD)])
def test_older_encodings_are_detected_and_reported(
    read: Read, encoding: str, name: str, content: str
) -> None:
    """Umlauts come out right, and the report names the encoding that was taken."""
    outcome = read(name, content.encode(encoding))
    assert outcome.article.title == "Grüße aus Köln"
    assert "größer" in outcome.article.body
    assert f"{name}:1: is not UTF-8, read as " in outcome.warning


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
@pytest.mark.parametrize(
    "line",
    [
        "Die Fähre legt ab.",
        "Öltank leckt",
        "Im Café öffnet die Küche. Übergang und Ärger über Größe",
        "Straße 7",
        "Die Grünen fordern: »Mehr Radwege«.",
    ],
)
def test_one_short_line_is_enough(read: Read, encoding: str, line: str) -> None:
    """A table may have a single umlaut, far below its top."""
    table = f"titel,text\nEins,Kein Umlaut\nZwei,{line!r}\n".encode(encoding)
    assert read("a.csv", table).articles[1].body == repr(line)


@pytest.mark.parametrize("line", ["„Gut so“, sagt er.", "Er sagt – nun – nichts…", "Das ist’s"])
def test_signs_without_umlauts_are_those_of_windows(read: Read, line: str) -> None:
    """By far the most frequent of the older encodings."""
    assert read("a.txt", f"Titel: A\n\n{line}\n".encode("cp1252")).article.body == line


def test_encoding_of_a_large_file_is_detected_late(read: Read) -> None:
    """The first umlaut may stand megabytes below the top; lines before it are untouched."""
    lines = [b'{"title": "Nummer %d"}\n' % n for n in range(20_000)]
    outcome = read("a.jsonl", b"".join(lines) + RECORD.encode("cp1252"))
    assert len(outcome.articles) == 20_001
    assert outcome.articles[-1].title == "Grüße aus Köln"
    assert "a.jsonl:20001: is not UTF-8" in outcome.warning


def test_declared_encoding_is_believed(read: Read) -> None:
    """XML and HTML name their encoding themselves."""
    xml = '<?xml version="1.0" encoding="iso-8859-2"?><rss><channel><item><title>Łódź</title>'
    outcome = read("a.xml", f"{xml}</item></channel></rss>".encode("iso-8859-2"))
    assert outcome.article.title == "Łódź"
    page = "<meta charset='iso-8859-2'><title>Łódź</title><p>Die Stadt Łódź in Polen.</p>"
    assert "Łódź" in read("a.html", page.encode("iso-8859-2")).article.body


def test_wrongly_declared_encoding_does_no_harm(read: Read) -> None:
    """Feeds that claim UTF-8 and are not, and pages that claim nonsense, are still read."""
    xml = '<?xml version="1.0" encoding="utf-8"?><rss><channel><item><title>Köln am Rhein'
    outcome = read("a.xml", f"{xml}</title></item></channel></rss>".encode("cp1252"))
    assert outcome.article.title == "Köln am Rhein"
    assert "read as cp1252" in outcome.warning
    page = "<meta charset='rot13'><title>Köln</title><p>Die Häuser sind größer.</p>"
    assert "Häuser" in read("a.html", page.encode("cp1252")).article.body


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".xml"])
@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, bytes(range(256)) * 20, b"ab\x00cd"]
)
def test_binary_files_are_left_out(read: Read, suffix: str, content: bytes) -> None:
    """A picture with the wrong name is one report, not a thousand."""
    assert "is not a text file" in read("a" + suffix, content).error


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".xml"])
def test_empty_files_are_left_out(read: Read, suffix: str) -> None:
    """An empty file is reported, in every format."""
    assert "is empty" in read("a" + suffix, b"").error


def test_a_stray_zero_byte_does_not_cost_the_article(read: Read) -> None:
    """One control character in a long text is cleaned away."""
    article = read("a.txt", b"Stahl\x00werk ist gro\xc3\x9f. " * 3 + b"Text. " * 1000).article
    assert "\x00" not in article.body


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
def test_packed_files_are_unpacked(read: Read, suffix: str) -> None:
    """Any format may be packed; the id does not hold the suffixes."""
    pack = lzma.compress if suffix == ".xz" else gzip.compress
    assert read("a.txt" + suffix, pack(TEXT.encode())).article.id == "a"
    assert read("b.jsonl" + suffix, pack(RECORD.encode())).article.id == "b-1"


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
def test_cut_packed_file_gives_what_is_there(read: Read, suffix: str) -> None:
    """A download that broke off: the records before the cut, and a report."""
    pack = lzma.compress if suffix == ".xz" else gzip.compress
    lines = [f'{{"title": "Nummer {n}", "x": {hash(n * n)}}}\n' for n in range(20_000)]
    packed = pack("".join(lines).encode())
    outcome = read("a.jsonl" + suffix, packed[: len(packed) // 2])
    assert 100 < len(outcome.articles) < 20_000
    assert str(outcome.problems[-1]).endswith(": is cut short; copy the file again, completely")
    assert read("b.jsonl" + suffix, packed[:10]).articles == []
    assert "cannot be read" in read("c.jsonl" + suffix, b"not packed at all").error


def test_record_beyond_the_limit_is_left_out(tmp_path: Path) -> None:
    """A line of more than 64 MB, as a packed bomb would have, costs only itself."""
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"title": "davor"}\n{"title": "')
        for _ in range(MAX_RECORD_BYTES // 2**20 + 1):
            file.write(b"a" * 2**20)
        file.write(b'"}\n{"title": "danach"}\n')
    outcome = read_paths(path)
    assert [each.title for each in outcome.articles] == ["davor", "danach"]
    assert "bomb.jsonl.gz:2: is larger than 64 MB" in str(outcome.problems[0])


@pytest.mark.parametrize(
    "name", ["idna", "punycode", "undefined", "rot13", "unicode_escape", "raw-unicode-escape",
             "utf-7", "hz", "replacement", "x-user-defined", "mbcs", "base64", "nothing"]
)  # fmt: skip
def test_a_name_that_no_browser_knows_is_no_encoding(read: Read, name: str) -> None:
    """Python has codecs that fail, and that are none of text: detection takes their place."""
    page = f"<meta charset={name}><title>Grüße</title><p>Die Häuser sind größer als früher.</p>"
    outcome = read("a.html", page.encode("cp1252"))
    assert outcome.article.title == "Grüße"
    assert "is not UTF-8, read as " in outcome.warning
    feed = f'<?xml version="1.0" encoding="{name}"?><rss><channel><item><title>Grüße</title>'
    outcome = read("a.xml", f"{feed}</item></channel></rss>".encode("cp1252"))
    assert outcome.article.title == "Grüße"


@pytest.mark.parametrize("name", ["latin1", "IBM850", "cp437", "Shift_JIS", "iso-8859-15"])
def test_a_declared_name_may_be_any_label(read: Read, name: str) -> None:
    """Those of the web, and those of DOS."""
    page = f"<meta charset={name}><title>Text</title><p>Kohle und Stahl aus Köln</p>"
    encoded = page.replace("ö", "" if name == "Shift_JIS" else "ö").encode(name) + b"\x81\x40"
    assert len(read("a.html", encoded).articles) == 1


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz", "a.jsonl", "a.csv.xz"])
def test_a_file_of_line_ends_is_given_up(tmp_path: Path, name: str) -> None:
    """It is told where the empty lines were too many; what came before is kept."""
    content = (b'{"title": "a"}' if "jsonl" in name else b"title\nx") + b"\n" * 3_000_000
    if name.endswith(".gz"):
        content = gzip.compress(content)
    elif name.endswith(".xz"):
        content = lzma.compress(content)
    path = tmp_path / name
    path.write_bytes(content)
    outcome = read_paths(path)
    assert len(outcome.articles) == 1
    [problem] = outcome.problems
    assert problem.severity == "error"
    assert "has more than 100,000 empty lines in a row; take them out; " in str(problem)
    assert int(problem.where.rpartition(":")[2]) == 100_002 + ("csv" in name)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_packed_bomb_is_not_unpacked_to_its_end(tmp_path: Path, suffix: str) -> None:
    """Text is not packed to a thousandth: what is, is told, and the reading ends."""
    path = tmp_path / f"a{suffix}.gz"
    head = {".jsonl": b'{"title": "a"}\n', ".csv": b"title\n"}[suffix]
    piece = (b" " * 65_535 + b"\n") * 16
    path.write_bytes(gzip.compress(head) + gzip.compress(piece) * 320)
    problems = [str(each) for each in read_paths(path).problems]
    assert sum("unpacks to more than 200 times its size; unpack it" in each for each in problems)
