"""Where and why an article matches: highlight terms are looked for among its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import NO_MATCHES, UNKNOWN_MATCHES, ArticleMatches
from searchapp.engines.meaning import MARKED_FIELDS, HighlightKey, HighlightTerm
from searchapp.errors import SearchTimeout
from searchapp.german import Analyzer
from searchapp.german.forms import HEAD_MARK, plain_form, separated_words, with_capital
from searchapp.german.stems import normalized
from searchapp.model import Article, MarkedText, Reason, Span, Token, smallest

MARKING_SHARE = 0.5
"""Of the time that is left, for the matches of one article."""

TokenKey = Literal["key", "form", "part"]
"""A kind of key that a token has: its own, its form, or that of one of its parts."""


class Match(NamedTuple):
    """A matched span [start, end) of a text: all of `token`, or one of its parts.

    sought: which of the accepted keys of the highlight term it is.
    """

    start: int
    end: int
    word: int
    key: HighlightKey
    token: Token
    sought: str


def sought_keys(terms: Iterable[HighlightTerm]) -> set[tuple[TokenKey, str]]:
    """The keys by which a token of a title, body or tag can match: no other token is a match."""
    kinds: dict[HighlightKey, TokenKey] = {
        "key": "key",
        "form": "form",
        "separated": "key",
        "relative": "key",
        "part": "part",
        "spread": "key",
    }
    return {
        ("part" if key.startswith(HEAD_MARK) else kinds[accepted.kind], key)
        for term in terms
        if term.fields & MARKED_FIELDS
        for accepted in term.sequence
        for key in accepted.keys
    }


def article_matches(
    article: Article,
    terms: Sequence[HighlightTerm],
    analyzer: Analyzer,
    deadline: Deadline = NEVER,
) -> ArticleMatches:
    """All matches of an article, whose texts are analyzed for it; see `Highlighter.matches`."""
    if not terms:
        return NO_MATCHES
    return Highlighter(terms).matches(
        analyzer.analyze(article.indexed_title),
        analyzer.analyze(article.body),
        [analyzer.analyze(tag) for tag in article.tags],
        deadline,
    )


def in_time(find: Callable[[Deadline], ArticleMatches], deadline: Deadline) -> ArticleMatches:
    """What is found in a part of the time that is left, or that nothing is known.

    One very long article must not take the time of all that are shown with it.
    """
    try:
        return find(deadline.part(MARKING_SHARE))
    except SearchTimeout:
        return UNKNOWN_MATCHES


class Highlighter:
    """Finds the terms of one query in the articles of a page."""

    def __init__(self, terms: Sequence[HighlightTerm]) -> None:
        self._targets = terms
        self._title, self._body, self._tags = (
            _FieldTerms(terms, field) for field in ("title", "body", "tags")
        )

    def matches(
        self,
        title: Sequence[Token],
        body: Sequence[Token],
        tags: Sequence[Sequence[Token]],
        deadline: Deadline = NEVER,
    ) -> ArticleMatches:
        """All matches of an article, given the tokens of its title, of its body and of each tag.

        Tokens are in the order of `Analyzer.analyze`; those without any of the `sought_keys` may
        be left out. The parts of a compound query word are marked, and given as reason, only
        where the article holds all of them and not the word itself. A reason is given for each
        word that matched only by a verb apart from its particle, by relatives, inside of
        compounds, by its parts, or by irregular forms. Raises SearchTimeout.
        """
        terms = self._targets
        in_title = self._title.matches_in(title, deadline)
        in_body = self._body.matches_in(body, deadline)
        in_tags = [self._tags.matches_in(tag, deadline) for tag in tags] if any(tags) else []
        everything = [*in_title, *in_body, *chain.from_iterable(in_tags)]
        if any(match.key == "spread" for match in everything):
            spread_out = _spread_out(everything, terms)
            in_title, in_body, everything, *in_tags = (
                [match for match in each if match.key != "spread" or match.word in spread_out]
                for each in (in_title, in_body, everything, *in_tags)
            )
        words = frozenset(match.word for match in everything)
        reasons = []
        for word in sorted(words):
            deadline.check()
            if reason := _reason(word, [m for m in everything if m.word == word], terms):
                reasons.append(reason)
        deadline.check()
        return ArticleMatches(
            _spans(in_title),
            _spans(in_body),
            tuple(reasons),
            words,
            tags=tuple(map(_spans, in_tags)) if any(in_tags) else (),
        )


def _spread_out(matches: Sequence[Match], terms: Sequence[HighlightTerm]) -> set[int]:
    """The compound query words that are matched by all of their parts, but not as a whole."""
    whole = {match.word for match in matches if match.key not in ("part", "spread")}
    found = {(match.word, match.sought) for match in matches if match.key == "spread"}
    return {
        term.number
        for term in terms
        if term.kind == "spread"
        and term.number not in whole
        and all(any((term.number, key) in found for key in part.keys) for part in term.sequence)
    }


class _FieldTerms:
    """The keys sought in one field, by kind; each with the number of its query word."""

    def __init__(self, terms: Iterable[HighlightTerm], field: str) -> None:
        words: dict[HighlightKey, dict[str, int]] = {
            "key": {},
            "form": {},
            "separated": {},
            "relative": {},
            "part": {},
        }
        self.phrases: list[HighlightTerm] = []
        # Each by itself, for several compounds may have the same part.
        self.compounds: list[tuple[int, frozenset[str], dict[str, int]]] = []
        for term in terms:
            if field not in term.fields:
                continue
            kind, keys = term.sequence[0]
            if kind == "spread":
                sought = frozenset(key for part in term.sequence for key in part.keys)
                heads = {key: term.number for key in sought if key.startswith(HEAD_MARK)}
                self.compounds.append((term.number, sought, heads))
            elif len(term.sequence) > 1:
                self.phrases.append(term)
            else:
                for key in keys:
                    words[kind].setdefault(key, term.number)
        self.keys, self.forms, self.parts = words["key"], words["form"], words["part"]
        self.separated, self.relatives = words["separated"], words["relative"]

    def matches_in(self, tokens: Sequence[Token], deadline: Deadline) -> list[Match]:
        """All matches in a text, in no order and overlapping.

        tokens: those of the text that have any of the `sought_keys`, or more. The words of a
        phrase are matches one by one.
        """
        if not tokens:
            return []
        deadline.check()
        keys, forms, parts = self.keys, self.forms, self.parts
        separated, relatives = self.separated, self.relatives
        # Of each kind by itself: which match comes first decides what is told of a word.
        by_key: list[Match] = []
        by_form: list[Match] = []
        by_separated: list[Match] = []
        by_relative: list[Match] = []
        by_part: list[Match] = []
        for token in tokens:
            _, start, end, _, form, key, _, its_parts = token
            if key in keys:
                by_key.append(_match((start, end, keys[key], "key", token, key)))
            if form in forms:
                by_form.append(_match((start, end, forms[form], "form", token, form)))
            if key in separated:
                by_separated.append(_match((start, end, separated[key], "separated", token, key)))
            if key in relatives:
                by_relative.append(_match((start, end, relatives[key], "relative", token, key)))
            if its_parts and parts:
                by_part += _find_parts(token, parts, "part")
        found = [*by_key, *by_form, *by_separated, *by_relative, *by_part]
        for word, sought, heads in self.compounds:
            deadline.check()
            for token in tokens:
                if token.key in sought:
                    found.append(Match(token.start, token.end, word, "spread", token, token.key))
                if heads and token.parts:
                    found += _find_parts(token, heads, "spread")
        for phrase in self.phrases:
            deadline.check()
            found += _find_phrase(tokens, phrase)
        return found


_match = partial(tuple.__new__, Match)
"""Half the time of Match(...), which goes through Python code."""


def _find_parts(token: Token, sought: Mapping[str, int], key: HighlightKey) -> list[Match]:
    sought_parts = [part for part in token.parts if part.key in sought]
    if not sought_parts:
        return []
    places = _places(token.surface, token.form)
    matches = []
    for part in sought_parts:
        # An odd word is marked whole.
        start, end = (
            (places[part.start], places[part.end - 1] + 1) if places else (0, len(token.surface))
        )
        match = (token.start + start, token.start + end, sought[part.key], key, token, part.key)
        matches.append(_match(match))
    return matches


def _places(word: str, form: str) -> Sequence[int]:
    """Where in a word as written the characters of its form stand, which lacks its signs.

    "hpvimpfung" has its fourth letter at place 4 of "HPV-Impfung". Empty for a word whose form has
    more or fewer letters and digits.
    """
    length = len(plain_form(form))
    if len(word) == length:
        return range(length)
    places = [place for place, character in enumerate(word) if character.isalnum()]
    return places if len(places) == length else ()


def _reason(word: int, matches: Sequence[Match], terms: Sequence[HighlightTerm]) -> Reason | None:
    keys = {match.key for match in matches}
    if "form" in keys:
        return None
    if "key" in keys:
        return _lemma_reason(word, matches, terms)
    if "separated" in keys:
        match = next(match for match in matches if match.key == "separated")
        return Reason("separated", word, MarkedText(" … ".join(separated_words(match.token.form))))
    if "relative" in keys:
        match = next(match for match in matches if match.key == "relative")
        return Reason("relative", word, MarkedText(_word_of(match.token)))
    if "part" in keys:
        match = next(match for match in matches if match.key == "part")
        return Reason("part", word, _split_word(match))
    # One word for each part.
    shown = {
        part: next((_word_of(match.token) for match in matches if match.sought in part.keys), "")
        for term in terms
        if term.kind == "spread" and term.number == word
        for part in term.sequence
    }
    return Reason(
        "parts", word, MarkedText(" … ".join(dict.fromkeys(filter(None, shown.values()))))
    )


_WITHOUT_UMLAUTS = str.maketrans("äöü", "aou")
_SAME_LETTERS = 3
"""Forms that begin with the same letters look alike: nobody wonders why they were found."""


def _lemma_reason(
    word: int, matches: Sequence[Match], terms: Sequence[HighlightTerm]
) -> Reason | None:
    """The irregular form that a word was found by, unless a regular form is matched, too."""
    own = [term for term in terms if term.number == word]
    if any(len(term.sequence) > 1 and term.kind != "spread" for term in own):
        return None  # "EU-Kommission" was found as two words, which look like it, too.
    typed = {term.typed for term in own if term.typed}
    beginnings = {form.translate(_WITHOUT_UMLAUTS)[:_SAME_LETTERS] for form in typed}
    through = [match.token for match in matches if match.key == "key"]
    if not beginnings or any(
        token.form.translate(_WITHOUT_UMLAUTS)[:_SAME_LETTERS] in beginnings for token in through
    ):
        return None
    return Reason("lemma", word, MarkedText(_word_of(through[0])))


def _split_word(match: Match) -> MarkedText:
    """The compound that a part was found in, the part marked, signs or points between the parts."""
    parts, word = match.token.parts, _word_of(match.token)
    start, end, _ = next(part for part in parts if part.key == match.sought)
    places = _places(word, match.token.form)
    if not places:
        return MarkedText(word)
    borders = [each.start for each in smallest(parts)[1:]]
    borders = [border for border in borders if border <= start or border >= end]
    text = ""
    marks = []
    for begin, behind in pairwise((0, *borders, len(places))):
        part = word[places[begin] : places[behind - 1] + 1]
        if begin == start:
            marks.append((len(text), len(text) + len(part)))
        text += part
        if behind < len(places):
            # A hyphen stands between parts, too.
            text += word[places[behind - 1] + 1 : places[behind]] or "·"
    return MarkedText(text, tuple(marks))


def _word_of(token: Token) -> str:
    """What a token stands for: "Einfuhr" for the fragment of "Ein- und Ausfuhr"."""
    surface, form = token.surface, plain_form(token.form)
    short = normalized(surface)
    if not surface.isalpha() or len(short) != len(surface) or len(form) <= len(short):
        return surface
    if form.startswith(short):
        return surface + form[len(short) :]
    if form.endswith(short):
        return with_capital(form) if token.key[:1].isupper() else form
    return surface


def _find_phrase(tokens: Sequence[Token], phrase: HighlightTerm) -> list[Match]:
    by_position: dict[int, list[Token]] = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
    found = []
    for position in by_position:
        run = []
        for offset, (kind, keys) in enumerate(phrase.sequence):
            # The last token of a position is the shortest: the part, not the joined whole.
            for token in reversed(by_position.get(position + offset, [])):
                if getattr(token, kind) in keys:
                    run.append(Match(token.start, token.end, phrase.number, kind, token, token.key))
                    break
            else:
                break
        if len(run) == len(phrase.sequence):
            found += run
    return found


def _spans(matches: Iterable[Match]) -> tuple[Span, ...]:
    """The spans of some matches, sorted and disjoint; of two that overlap, the longer one."""
    # Of equal ones the first.
    ordered = sorted(
        [(start, -end, number, word) for number, (start, end, word, *_) in enumerate(matches)]
    )
    kept: list[Span] = []
    last = -1
    for start, negative_end, _, word in ordered:
        if start >= last:
            last = -negative_end
            kept.append(Span(start, last, word))
    return tuple(kept)
