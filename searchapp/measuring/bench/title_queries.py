"""The queries of a run: drawn from the titles of the corpus, or read from a file.

People search for what articles are about, so the words are those of titles. Drawn are queries of
one to three words; several words come from the same title, joined by AND or by OR, so that an
AND of them has an answer. The words of a query are from one band of document frequency:

- `rare`: in at most 0.1 % of the articles, but in two at least,
- `medium`: in at most 1 %,
- `common`: in more than that,
- `mixed`: any of these.

Function words (*der, und, nicht*) are not drawn, nor words of more than a quarter of the titles,
such as "G-SIG" in those of parliamentary records: nobody searches for them. Frequencies are those
of the written words, in lower case, over titles and texts. Queries are drawn with a
fixed seed and from articles without their copies, so that a repeated corpus gets the same ones.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from searchapp.errors import BadBenchmark, system_reason
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.measuring.bench.bench_articles import BenchCorpus
from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.translation import N_

SEED = 2024
RARE_SHARE = 0.001
MEDIUM_SHARE = 0.01
MIN_DOC_FREQ = 2
MAX_TITLE_SHARE = 0.25

_SHAPES = ((1, False), (2, False), (2, True), (3, False), (3, True))
"""Number of words, and whether any of them is enough."""
_BANDS = ("rare", "medium", "common", "mixed")
_AND, _OR = ("UND", "AND"), ("ODER", "OR")
_OPERATORS = frozenset(each.lower() for each in (*_AND, *_OR, "NICHT", "NOT", "NEAR", "IN", "TO"))
"""Words that some engine reads as syntax."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_MAX_TITLE_WORDS = 20


def draw_queries(corpus: BenchCorpus, count: int) -> list[BenchQuery]:
    """At most `count` different queries, as described above, of all shapes and bands in turn.

    Fewer where the titles do not have them. Raises BadBenchmark if no query can be drawn.
    """
    doc_freq: Counter[str] = Counter()
    titles = []
    documents = 0
    for article in corpus.distinct_articles():
        doc_freq.update(set(_words(f"{article.title}\n{article.body}")))
        titles.append(article.title)
        documents += 1
    random.Random(SEED).shuffle(titles)
    title_freq = Counter(word for title in titles for word in set(_words(title)))
    excluded = FUNCTION_WORDS | _OPERATORS
    excluded |= {word for word, n in title_freq.items() if n > MAX_TITLE_SHARE * documents}
    excluded |= {word for word, n in doc_freq.items() if n < MIN_DOC_FREQ}
    words_by_title = [_title_words(title, excluded) for title in titles]
    bands = {
        word: _band(doc_freq[word.lower()] / documents)
        for words in words_by_title
        for word in words
    }
    used: set[tuple[tuple[str, ...], bool]] = set()
    kinds = list(itertools.product(_SHAPES, _BANDS))
    random.Random(SEED).shuffle(kinds)
    draws = []
    for number, (shape, band) in enumerate(kinds):
        # Each kind begins at titles of its own.
        start = number * len(words_by_title) // len(kinds)
        turned = itertools.chain(words_by_title[start:], words_by_title[:start])
        draws.append(_draw(turned, bands, *shape, band, used))
    # In turn, so that the first ones of a long list are as balanced as all of them.
    in_turn = (query for row in itertools.zip_longest(*draws) for query in row if query)
    queries = list(itertools.islice(in_turn, count))
    if not queries:
        raise BadBenchmark(
            N_("no title has a word that another article has, too"),
            remedy=N_("give a larger corpus, or queries of your own with --queries"),
        )
    return queries


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _title_words(title: str, excluded: frozenset[str]) -> list[str]:
    """The first words of a title as written, each once, without those `excluded` in lower case."""
    words = {word.lower(): word for word in _WORD.findall(title)[:_MAX_TITLE_WORDS]}
    return [word for lower, word in words.items() if lower not in excluded]


def _band(share: float) -> str:
    """The band of a word in this share of the articles."""
    return "rare" if share <= RARE_SHARE else "medium" if share <= MEDIUM_SHARE else "common"


def _draw(
    words_by_title: Iterable[Sequence[str]],
    bands: Mapping[str, str],
    number: int,
    any_word: bool,
    band: str,
    used: set[tuple[tuple[str, ...], bool]],
) -> Iterator[BenchQuery]:
    """Queries of a kind that are not `used`, to which they are added; at most one a title."""
    rng = random.Random(f"{SEED} {number} {any_word} {band}")
    for words in words_by_title:
        fitting = [word for word in words if band in ("mixed", bands[word])]
        if len(fitting) < number:
            continue
        drawn = tuple(fitting[place] for place in sorted(rng.sample(range(len(fitting)), number)))
        if (drawn, any_word) not in used:
            used.add((drawn, any_word))
            yield BenchQuery(drawn, any_word, band)


def read_queries(path: Path) -> list[BenchQuery]:
    """The queries of a file, one a line: words that must all match, or with ODER between all.

    All engines must read them in the same way, so that words have letters and digits only.
    Raises BadBenchmark for other lines and for a file without queries.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else N_("not UTF-8")
        raise BadBenchmark(
            N_("cannot be read (%(reason)s)", reason=reason),
            where=str(path),
            remedy=N_("give --queries a text file with one query a line"),
        ) from error
    queries = [
        _parse(line.split(), f"{path}:{number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not queries:
        raise BadBenchmark(N_("holds no query"), where=str(path), remedy=N_("write one a line"))
    return queries


def _parse(parts: Sequence[str], where: str) -> BenchQuery:
    operators = set(parts[1::2])
    any_word = len(parts) > 1 and operators <= set(_OR)
    words = tuple(parts[::2] if any_word or (operators and operators <= set(_AND)) else parts)
    wrong = [each for each in words if not each.isalnum() or each.lower() in _OPERATORS]
    if wrong:
        raise BadBenchmark(
            N_("%(wrong)r cannot be searched for in all engines", wrong=wrong[0]),
            where=where,
            remedy=N_("use words of letters and digits, or words with ODER between all of them"),
        )
    return BenchQuery(words, any_word)
