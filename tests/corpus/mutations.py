"""Files of every format with something wrong in them, as disks, editors and strangers make them.

    python -m tests.corpus.mutations [COUNT]

reads COUNT of them (20,000), and tells which broke a reader, and which were the slowest.
"""

from __future__ import annotations

import gzip
import lzma
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from searchapp.corpus import SUFFIXES
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.formats import articles_in
from searchapp.errors import Problem

DOCUMENTS = Path(__file__).parents[1] / "samples" / "documents"
LONGEST_BYTES = 200_000

_ITEM = (
    "<item><title>Stahl &amp; Eisen</title><link>https://example.org/1</link>"
    "<pubDate>Tue, 05 Mar 2024 10:00:00 +0100</pubDate><category>Stahl</category>"
    "<description><![CDATA[<p>Der <b>Stahl</b> aus K&ouml;ln.</p><ul><li>Eins<li>Zwei</ul>]]>"
    "</description></item>"
)
_FEED = (
    '<?xml version="1.0" encoding="utf-8"?><rss><channel><title>Blog</title>'
    f"{_ITEM * 3}</channel></rss>"
)
_PAGE = (
    "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>Stahl</title>"
    '<meta name="author" content="Eva Kern"><meta property="article:published_time" '
    'content="2024-03-05"><script type="application/ld+json">{"@type": "NewsArticle", '
    '"headline": "Stahl aus Köln", "author": [{"name": "Eva Kern"}]}</script></head><body><nav>'
    "<a href=/>Start</a></nav><article><h1>Stahl aus Köln</h1><p class=lead>Ein Vorspann.</p>"
    "<p>Der Stahl der Zukunft entsteht ohne Kohle, sagen die Leute im Werk.</p><table><tr><td>1"
    "<td>2</table></article></body></html>"
)
_RECORD = (
    '{"id": "a-1", "title": "Stahl", "date": "5. März 2024", "tags": ["Eisen", "Köln"], '
    '"author": "Eva Kern", "content_html": "<p>Der <i>Stahl</i></p>"}'
)
_TEXT_SEEDS = {
    ".txt": "Titel: Stahl\nDatum: 5. März 2024\n\nDer Stahl aus Köln.\n(Quelle: Werk)\n"
    "Schlagworte\nChinaEUStahl\n",
    ".md": "---\ntitle: Stahl\ndate: 2024-03-05\ntags: [Eisen, Köln]\n---\n# Stahl\n\n* eins\n"
    "* zwei\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEin [Link](https://example.org) und `Code`.\n",
    ".jsonl": f"{_RECORD}\n" * 3,
    ".json": f"[{_RECORD},\n{_RECORD}]",
    ".csv": 'id;title;date;tags;body\n1;"Stahl ""neu""";5.3.2024;"Eisen, Köln";"Zeile\nzwei"\n'
    "2;Zwei;;;Text\n",
    ".html": _PAGE,
    ".xml": _FEED,
}
_ALIKE = {
    ".markdown": ".md",
    ".ndjson": ".jsonl",
    ".htm": ".html",
    ".rss": ".xml",
    ".atom": ".xml",
}
_SNIPPETS = (
    b"<", b">", b"&", b'"', b"'", b"\\", b"\0", b"\xff", b"\xc3", b"\n", b"\r", b"\t", b"{", b"}",
    b"[", b"]", b"---\n", b"+++\n", b"<!--", b"-->", b"<![CDATA[", b"]]>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#x110000;", b"<div>", b"</span>",
    b"</p>", b"<table>", b"<script>", b"<svg>", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b",
    b"PK\x03\x04", b"charset=idna", b'encoding="undefined"', b"99999999999999", b"-1", b"1e999",
    b"NaN", b"null", b"true", b"\\ud800", b"2024-13-99", b"endobj", b"stream\n", b"/Kids",
    b"xmlns:a='b'", b"sep=;", b"draft: true", b"{{", b"{%", b"](", b"```", b"$$", b"\xe2\x80\xae",
    b"\xcc\x88",
)  # fmt: skip


def seeds(suffix: str) -> list[bytes]:
    """Good files of a format."""
    if suffix in (".pdf", ".docx", ".odt", ".epub"):
        return [path.read_bytes() for path in sorted(DOCUMENTS.glob(f"*{suffix}"))]
    return [_TEXT_SEEDS[_ALIKE.get(suffix, suffix)].encode()]


def mutated(rng: random.Random, content: bytes) -> bytes:
    """The content with one to eight things wrong."""
    for _ in range(rng.randint(1, 8)):
        start = rng.randrange(len(content) + 1)
        end = min(len(content), start + int(rng.expovariate(1 / 20)))
        piece = content[start:end]
        changes: tuple[Callable[[], bytes], ...] = (
            lambda: rng.choice(_SNIPPETS),
            lambda: rng.choice(_SNIPPETS) * rng.choice((2, 50, 3000)),
            lambda: b"",
            lambda: piece * rng.choice((2, 10, 500)),  # noqa: B023, called at once
            lambda: rng.randbytes(max(1, len(piece))),  # noqa: B023
            lambda: bytes(byte ^ 1 << rng.randrange(8) for byte in piece),  # noqa: B023
        )
        content = content[:start] + rng.choice(changes)() + content[end:]
        if rng.random() < 0.05:
            content = content[: rng.randrange(len(content) + 1)]
    return content[:LONGEST_BYTES]


def mutated_file(folder: Path, suffix: str, number: int) -> Path:
    """A file that is wrong in its own way; some are packed, before or after that."""
    rng = random.Random(f"{suffix} {number}")
    content = mutated(rng, rng.choice(seeds(suffix)))
    packing = rng.random()
    if packing < 0.05:
        content, suffix = mutated(rng, gzip.compress(content)), f"{suffix}.gz"
    elif packing < 0.1:
        content, suffix = mutated(rng, lzma.compress(content)), f"{suffix}.xz"
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    return path


def exceptions_of(path: Path) -> list[str]:
    """What a reader raised over a file, as it is told; it should be nothing."""
    problems: list[Problem] = []
    for article in articles_in(ArticleFile(path, problems.append)):
        assert article
    return [str(each) for each in problems if "please report it" in each.remedy]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    times: list[tuple[float, str, int]] = []
    raised = 0
    suffixes = sorted(SUFFIXES)
    with tempfile.TemporaryDirectory() as name:
        for number in range(count):
            suffix = suffixes[number % len(suffixes)]
            path = mutated_file(Path(name), suffix, number)
            began = time.process_time()
            for each in exceptions_of(path):
                raised += 1
                print(suffix, number, each, flush=True)
            times.append((time.process_time() - began, path.name, number))
            path.unlink()
    print(f"{count} files, {raised} exceptions; slowest:", *sorted(times)[-5:], sep="\n")


if __name__ == "__main__":
    main()
