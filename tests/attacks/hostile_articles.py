"""Articles whose every text tries to be more than a text."""

from __future__ import annotations

import random

from searchapp.model import Article
from tests.sources import article

WORD = "Hochofen"
"""In every article, so that all are found."""
SEEDS = (
    "</script><script>alert(1)</script>",
    "</title></style></textarea></svg><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "<a href=javascript:alert(1)>Klick</a>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><script>alert(1)</script-->",
    "]]><script>alert(1)</script><![CDATA[",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3C;script&#x3E;alert(1)",
    "{{7*7}}{% for x in config %}${7*7}#{7*7}",
    "%(query)s %s {0} {query}",
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\u00a0=1+1",
    ';=1+1,"=2+2"',
    "\r\nTY  - BOOK\r\nTI  - anderes",
    "}\n@article{x, title={anderes}}",
    "\u202egnp.exe\u2066\u2067",
    "\u0000\u0001\u0008\u001b[31m\u007f\u0085\u2028\u2029",
    "\ufeff\ufffe\uffff",
    "🎉\U0001f468\u200d\U0001f469",
    "<mark>falsch</mark> <b>fett",
    "x" * 3_000,
    "<div>" * 400 + "tief",
    "a\u0301" * 300,
    'NICHT ODER UND (( "*? schlagwort:',
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\tjavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    'https://example.org/"><script>alert(1)</script>',
    "https://example.org/?a='onclick='alert(1)",
    "//example.org/<script>",
    "https://user:pass@example.org/",
    "/artikel/1",
)
IDS = (
    "a",
    "../..",
    "a/b?c=d#e",
    "%2e%2e%2f",
    "<script>",
    "\"'>",
    "ä ö",
    "..",
    "~",
    "a//b",
    "x" * 200,
)


def hostile_article(draw: random.Random, number: int) -> Article:
    """One whose every field is drawn."""

    def text(words: int) -> str:
        chosen = [draw.choice((WORD, "Koks und Erz.", *SEEDS)) for _ in range(words)]
        return draw.choice((" ", "\n\n", "")).join([*chosen, f" {WORD} "])

    return article(
        f"{draw.choice(IDS)}{number}",
        body=text(draw.randint(0, 12)),
        title=draw.choice((text(1), draw.choice(SEEDS))),
        tags=tuple(
            {draw.choice(SEEDS).strip() or WORD for _ in range(draw.randint(0, 4))} | {WORD}
        ),
        authors=tuple(draw.choice(SEEDS) for _ in range(draw.randint(0, 2))),
        source=draw.choice((None, *SEEDS)),
        section=draw.choice((None, *SEEDS)),
        url=draw.choice((None, *ADDRESSES)),
    )
