"""Chooses the excerpts of a stored text that show best why it matches."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from searchapp.model import Article, MarkedText, Snippet, Span

SNIPPET_CHARS = 220
MAX_SNIPPETS = 2
TEASER_CHARS = 160
SENTENCE_SIGNS = ".!?)“”»«"
"""After these there is nothing that an "…" would promise."""

_AFTER_TITLE = " \n\t,;:.!?–-"
_MIN_CHARS = 40
_SENTENCE_SLACK = 60
"""How far a fragment is moved or shortened to begin or end with a sentence, in characters."""

# A full stop ends a sentence only before a capital or a quotation mark, and not after a number
# ("16. Januar"), a single letter ("z. B.") or a usual abbreviation. The lookbehinds come after the
# stop, so that they are tried at stops only and not at each character of the text.
_SENTENCE_END = re.compile(
    r"[.!?…](?<!\b\d.)(?<!\b\d\d.)(?<!\b\w.)(?<!\bDr.)(?<!\bProf.)(?<!\bNr.)(?<!\bca.)"
    r"(?<!\bAbs.)(?<!\bArt.)(?<!\bbzw.)(?<!\bvgl.)(?<!\busw.)(?<!\bSt.)"
    r"[“”\"»«’)\]]*\s+(?=[„“\"»«‚(]*[A-ZÄÖÜ0-9])"
    r"|\n+"
)
_SPACE = re.compile(r"\s")


def best_snippets(
    text: str,
    spans: Sequence[Span],
    *,
    max_snippets: int = MAX_SNIPPETS,
    max_chars: int = SNIPPET_CHARS,
) -> tuple[Snippet, ...]:
    """The fragments of `text` that hold the most distinct matched words, in text order.

    text: the stored original, neither folded nor escaped.
    spans: sorted, disjoint offsets into `text`.
    max_chars: length of a fragment, at least 40; a longer word is cut.
    The first fragment holds the most distinct words. Each further one holds the most words that
    were not shown yet, then the most matches. Ties go to the earliest fragment. Fragments begin
    and end at a sentence or paragraph if one is near, else at a word. Without spans, the only
    fragment is the beginning of the text; a blank text has none.
    Raises ValueError if max_chars < 40.
    """
    if max_chars < _MIN_CHARS:
        raise ValueError(f"max_chars is {max_chars}, must be at least {_MIN_CHARS}")
    if not text.strip():
        return ()
    if len(text) <= max_chars:
        return (_excerpt(text, 0, len(text), spans),)
    if not spans:
        return (_excerpt(text, *_fit(text, 0, 0, max_chars), ()),)
    windows: list[tuple[int, int]] = []
    shown: set[int] = set()
    free = list(spans)
    while free and len(windows) < max_snippets:
        first, last = _densest(free, shown, max_chars)
        start, end = _fit(text, free[first].start, free[last].end, max_chars)
        # Fragments do not overlap. (A run of free spans has no earlier fragment inside: a fragment
        # would be at least as long as the run may be.)
        start = max([start, *(e for _, e in windows if e <= free[first].start)])
        end = min([end, *(s for s, _ in windows if s >= free[last].end)])
        windows.append((start, end))
        shown.update(span.word for span in spans if start <= span.start and span.end <= end)
        free = [span for span in free if span.end <= start or span.start >= end]
    return tuple(_excerpt(text, start, end, spans) for start, end in sorted(windows))


def teaser(article: Article, *, max_chars: int = TEASER_CHARS) -> str:
    """The beginning of an article's text, or what follows the title that was made of it; or ""."""
    text = article.body
    before = ""
    if article.title_is_derived:
        text = text[len(article.title.removesuffix("…")) :].lstrip(_AFTER_TITLE)
        before = "… " if article.title.endswith("…") else ""
    # No more is looked at than what may be shown: a text may be a book.
    for snippet in best_snippets(text[: 2 * max_chars], (), max_chars=max_chars):
        shown = " ".join(snippet.marked.text.split())
        is_whole = snippet.end == len(text.rstrip()) or shown[-1] in SENTENCE_SIGNS
        return f"{before}{shown}" if is_whole else f"{before}{shown} …"
    return ""


def _densest(spans: Sequence[Span], shown: set[int], max_chars: int) -> tuple[int, int]:
    """The best run of spans within max_chars: the indices of its first and last span.

    It has the most words that are not shown yet, then the most words, then the most matches; of
    several such runs it is the earliest.
    """
    best, best_value = (0, 0), (-1, -1, -1)
    words: dict[int, int] = {}
    first = new = 0
    for last, (_, end, word) in enumerate(spans):
        if word in words:
            words[word] += 1
        else:
            words[word] = 1
            new += word not in shown
        while first < last and end - spans[first].start > max_chars:
            left = spans[first].word
            words[left] -= 1
            if not words[left]:
                del words[left]
                new -= left not in shown
            first += 1
        value = (new, len(words), last - first + 1)
        if value > best_value:
            best, best_value = (first, last), value
    return best


def _fit(text: str, first: int, last: int, max_chars: int) -> tuple[int, int]:
    """Start and end of a fragment of at most max_chars around text[first:last].

    It is cut at the ends of sentences or words.
    """
    if last - first >= max_chars:
        return first, first + max_chars
    spare = max_chars - (last - first)
    # Two thirds of the context come after the match: what follows a word explains it more often.
    start = _start(text, max(0, first - spare // 3), first, max(0, last - max_chars))
    end = _end(text, last, min(len(text), start + max_chars))
    if end == len(text):
        start = min(start, _start(text, max(0, end - max_chars), first, max(0, end - max_chars)))
    return start, end


def _start(text: str, wanted: int, first: int, earliest: int) -> int:
    """Where a fragment begins: near `wanted`, in [earliest, first]."""
    if wanted == 0:
        return 0
    low, high = max(earliest, wanted - _SENTENCE_SLACK), min(first, wanted + _SENTENCE_SLACK)
    # From a little before, so that the end of a sentence at `low` is seen whole.
    ends = [m.end() for m in _SENTENCE_END.finditer(text, max(0, low - 10), high + 1)]
    ends = [end for end in ends if low <= end <= first]
    if ends:
        return min(ends, key=lambda end: abs(end - wanted))
    if text[wanted - 1].isspace():
        return wanted
    gap = _SPACE.search(text, wanted, first)
    return gap.end() if gap else first


def _end(text: str, last: int, latest: int) -> int:
    """Where a fragment ends: in [last, latest], as late as possible."""
    if latest >= len(text):
        return len(text)
    low = max(last, latest - _SENTENCE_SLACK)
    ends = [m.start() + 1 for m in _SENTENCE_END.finditer(text, low, min(len(text), latest + 2))]
    ends = [end for end in ends if low <= end <= latest]
    if ends:
        return ends[-1]
    gap = max(text.rfind(" ", last, latest + 1), text.rfind("\n", last, latest + 1))
    return gap if gap >= last else latest


def _excerpt(text: str, start: int, end: int, spans: Sequence[Span]) -> Snippet:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    first = bisect_left(spans, start, key=lambda span: span.start)
    last = bisect_right(spans, end, key=lambda span: span.end)
    marks = tuple((span.start - start, span.end - start) for span in spans[first:last])
    return Snippet(MarkedText(text[start:end], marks), start, end, first + 1)
