"""How well a lexicon knows German, by gold lists: `python -m searchapp.measuring.gold FOLDER`.

FOLDER holds `inflections.tsv` (category, forms that should share a key), `traps.tsv` (pairs
that should not), `compounds.tsv` (word, its parts with | at required and . at possible
boundaries, the base forms of required parts) and `noncompounds.txt` (words that must stay
whole; those after "# ambiguous" are not scored). `--corpus FILE` learns from the articles of
a file as well, and not from the dictionary alone.
"""

from __future__ import annotations

import itertools
import json
import lzma
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from searchapp.german.analyzer import Analyzer
from searchapp.german.corpus_lexicon import learn_from_corpus
from searchapp.german.lexicon import DICTIONARY, Lexicon
from searchapp.german.stems import normalized
from searchapp.german.text_cleaner import clean_text
from searchapp.german.tokenizer import tokenize

DERIVATION = "derivation"
"""The category of pairs like Minister and Ministerin, which is shown but not counted."""


@dataclass(slots=True)
class GoldReport:
    """Figures of one lexicon on the gold lists, with the words that went wrong.

    pairs: by category, the number of pairs from one inflection group. apart: those of them that
        do not share a key.
    traps: the number of pairs that must not share a key. merged: those that do.
    right: the number of compounds with all required boundaries and no other. wrong: compounds
        with a boundary where there is none. missed: the rest.
    base_count: the number of required parts that the split separates. bases: those whose base
        has the key of the gold base. other_bases: the rest.
    whole: the number of words that must not be split. split: those that are.
    """

    pairs: Counter[str] = field(default_factory=Counter)
    apart: dict[str, list[str]] = field(default_factory=dict)
    traps: int = 0
    merged: list[str] = field(default_factory=list)
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    bases: int = 0
    base_count: int = 0
    other_bases: list[str] = field(default_factory=list)
    whole: int = 0
    split: list[str] = field(default_factory=list)

    @property
    def under_stemming_percent(self) -> float:
        """Pairs of one group that do not share a key, without those of the category derivation."""
        apart = sum(len(pairs) for name, pairs in self.apart.items() if name != DERIVATION)
        return _percent(apart, self.pairs.total() - self.pairs[DERIVATION])

    @property
    def compounds(self) -> int:
        """The number of compounds."""
        return self.right + len(self.wrong) + len(self.missed)

    @property
    def right_percent(self) -> float:
        """Compounds split as they should be."""
        return _percent(self.right, self.compounds)

    @property
    def wrong_percent(self) -> float:
        """Compounds with a boundary where none is."""
        return _percent(len(self.wrong), self.compounds)

    @property
    def split_percent(self) -> float:
        """Words split that must stay whole."""
        return _percent(len(self.split), self.whole)

    def lines(self) -> Iterator[str]:
        """The figures, each followed by what went wrong."""
        yield f"under-stemming {self.under_stemming_percent:.2f} % (without {DERIVATION})"
        for category, count in self.pairs.items():
            apart = self.apart.get(category, [])
            yield f"  {category:12} {len(apart):4} of {count:4} pairs apart  {', '.join(apart)}"
        yield f"traps merged {len(self.merged)} of {self.traps}  {', '.join(self.merged)}"
        yield (
            f"compounds right {self.right_percent:.1f} %, wrong {self.wrong_percent:.1f} %,"
            f" missed {len(self.missed)} of {self.compounds}"
        )
        yield f"  wrong:  {', '.join(self.wrong)}"
        yield f"  missed: {', '.join(self.missed)}"
        yield (
            f"  base forms right: {self.bases} of {self.base_count}  {', '.join(self.other_bases)}"
        )
        yield (
            f"split though whole {self.split_percent:.1f} % ({len(self.split)} of {self.whole})"
            f"  {', '.join(self.split)}"
        )


def measure(folder: Path, lexicon: Lexicon) -> GoldReport:
    """Measure a lexicon on the gold lists of a folder. Raises OSError if one is missing.

    Two words share a key if a search for one finds the other in the middle of a sentence.
    """
    analyzer = Analyzer(lexicon)

    def meet(first: str, second: str) -> bool:
        (sought,), found = analyzer.sought(first), analyzer.keys_of(second)
        return found.key in sought.keys

    def same(base: str, wanted: str) -> bool:
        return analyzer.keys_of(base).key in analyzer.sought(wanted)[0].keys

    report = GoldReport()
    for category, forms in _rows(folder / "inflections.tsv"):
        for first, second in itertools.combinations(forms.split(), 2):
            report.pairs[category] += 1
            if not meet(first, second) and not meet(second, first):
                report.apart.setdefault(category, []).append(f"{first}/{second}")
    for first, second in _rows(folder / "traps.tsv"):
        report.traps += 1
        if meet(first, second) or meet(second, first):
            report.merged.append(f"{first}/{second}")
    for word, segmentation, bases in _rows(folder / "compounds.tsv"):
        _measure_compound(word, segmentation, bases.split("+"), lexicon, same, report)
    _measure_whole(folder / "noncompounds.txt", lexicon, report)
    return report


def _measure_compound(
    word: str,
    segmentation: str,
    bases: list[str],
    lexicon: Lexicon,
    same: Callable[[str, str], bool],
    report: GoldReport,
) -> None:
    required = _boundaries(segmentation.replace(".", ""), "|")
    possible = _boundaries(segmentation.replace("|", "."), ".")
    parts = lexicon.parts(normalized(word))
    found = {part.start for part in parts[1:]}
    if found - possible:
        report.wrong.append(_shown(word, found))
    elif required - found:
        report.missed.append(f"{_shown(word, found)} ({segmentation})")
    else:
        report.right += 1
    spans = itertools.pairwise([0, *sorted(required), len(word)])
    by_span = {(part.start, part.end): part.base for part in parts}
    for span, base in zip(spans, bases, strict=True):
        if span in by_span:
            report.base_count += 1
            if same(by_span[span], base):
                report.bases += 1
            else:
                report.other_bases.append(f"{word}: {by_span[span]} ({base})")


def _measure_whole(path: Path, lexicon: Lexicon, report: GoldReport) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ambiguous"):
            return
        if line and not line.startswith("#"):
            report.whole += 1
            found = {part.start for part in lexicon.parts(normalized(line))[1:]}
            if found:
                report.split.append(_shown(line, found))


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _boundaries(segmentation: str, sign: str) -> set[int]:
    lengths = itertools.accumulate(len(part) for part in segmentation.split(sign))
    return set(lengths) - {len(segmentation.replace(sign, ""))}


def _shown(word: str, boundaries: set[int]) -> str:
    edges = itertools.pairwise([0, *sorted(boundaries), len(word)])
    return "|".join(word[start:end] for start, end in edges)


def _percent(count: int, total: int) -> float:
    return 100 * count / total if total else 0.0


def surface_counts(path: Path, max_chars: int) -> Counter[str]:
    """How often each surface word occurs in the first articles of a file.

    path: JSON Lines with `title` and `body`, plain or `.xz`. max_chars: where to stop.
    """
    counts: Counter[str] = Counter()
    open_text = lzma.open if path.suffix == ".xz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            for text in (article["title"], article["body"]):
                counts.update(token[0] for token in tokenize(clean_text(text)))
                max_chars -= len(text)
            if max_chars <= 0:
                break
    return counts


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Articles in JSON Lines from which words are learned, too.",
)
@click.option("--max-chars", default=20_000_000, help="How much of the corpus is read.")
def main(folder: Path, corpus: Path | None, max_chars: int) -> None:
    """Print the figures of a lexicon on the gold lists in FOLDER."""
    counts = surface_counts(corpus, max_chars) if corpus else Counter()
    with tempfile.TemporaryDirectory() as temporary:
        lexicon_folder = Path(temporary) / "lexicon"
        if counts:
            learn_from_corpus(counts, lexicon_folder)
        lexicon = Lexicon.open(lexicon_folder if counts else DICTIONARY)
        try:
            report = measure(folder, lexicon)
        except OSError as error:
            raise click.ClickException(
                f"{error.filename}: cannot be read ({error.strerror}); name a folder with"
                " inflections.tsv, traps.tsv, compounds.tsv and noncompounds.txt"
            ) from error
        finally:
            lexicon.close()
        for line in report.lines():
            click.echo(line)


if __name__ == "__main__":
    main()
