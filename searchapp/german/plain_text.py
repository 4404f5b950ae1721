"""The words of plain text, without the tokenizer's patterns.

Compiling those takes a tenth of a second. A command that looks a few plain words up does without:
`searchapp.german.tokenizer` is imported with the first text that has more than plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLAIN_TEXT = re.compile(r"(?:[A-Za-zÄÖÜäöüß]++ ?)*+")
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+")

RawToken = tuple[str, int, int, int, str]
"""(surface, start, end, position, word): `word` is what the token stands for, still in the
case and Unicode form of the text: signs taken out, parts joined, a date as ISO."""


def raw_tokens(text: str) -> Iterator[RawToken]:
    """Yield the tokens of any text; see `searchapp.german.tokenizer.tokenize`."""
    if _PLAIN_TEXT.fullmatch(text):
        return _words(text)
    from searchapp.german.tokenizer import tokenize

    return tokenize(text)


def _words(text: str) -> Iterator[RawToken]:
    for position, match in enumerate(_WORD.finditer(text)):
        surface = match[0]
        yield surface, match.start(), match.end(), position, surface
