"""What a query looks for in a text, in terms of tokens: used to mark the matches of a hit.

An engine compiles the query tree to its own queries and to targets; the targets say which
tokens of a stored text are the reason of the hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from searchapp.model import Span, Token

Key = Literal["stem", "form"]


@dataclass(frozen=True, slots=True)
class Target:
    """One sought thing: a phrase of consecutive words, each given by its accepted keys.

    word: the number of the query word that this stands for.
    fields: where it may match.
    key: whether `sequence` holds stems or exact forms.
    sequence: the accepted keys of each consecutive word; a plain word is a sequence of one.
    """

    word: int
    fields: frozenset[str]
    key: Key
    sequence: tuple[frozenset[str], ...]


def find_spans(tokens: Sequence[Token], field: str, targets: Iterable[Target]) -> list[Span]:
    """The stretches of a text that match: sorted and disjoint, the longer of two overlapping.

    tokens: all tokens of the text. The words of a phrase are marked one by one.
    """
    found: list[Span] = []
    words: dict[Key, dict[str, int]] = {"stem": {}, "form": {}}
    phrases: list[Target] = []
    for target in targets:
        if field not in target.fields:
            continue
        if len(target.sequence) > 1:
            phrases.append(target)
        else:
            for key in target.sequence[0]:
                words[target.key].setdefault(key, target.word)
    stems, forms = words["stem"], words["form"]
    if stems:
        found += [Span(t.start, t.end, stems[t.stem]) for t in tokens if t.stem in stems]
    if forms:
        found += [Span(t.start, t.end, forms[t.form]) for t in tokens if t.form in forms]
    for phrase in phrases:
        found += _find_phrase(tokens, phrase)
    return _disjoint(found)


def _find_phrase(tokens: Sequence[Token], phrase: Target) -> list[Span]:
    by_position: dict[int, list[Token]] = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
    found = []
    for position in by_position:
        run = []
        for offset, accepted in enumerate(phrase.sequence):
            # The last token of a position is the shortest: the part, not the joined whole.
            for token in reversed(by_position.get(position + offset, [])):
                if getattr(token, phrase.key) in accepted:
                    run.append(token)
                    break
            else:
                break
        if len(run) == len(phrase.sequence):
            found += [Span(token.start, token.end, phrase.word) for token in run]
    return found


def _disjoint(spans: list[Span]) -> list[Span]:
    spans.sort(key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
