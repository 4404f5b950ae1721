"""Whoosh's query parser with our plugins: German and English operators, all quotation marks.

Text passes through three stages. Taggers cut it into nodes, and leave nothing between them.
Filters, by priority, arrange the nodes: brackets into groups (0), field names onto what follows
them (100), white space away (500), operators made complete (550) and turned into groups (600).
At last each node gives its part of the tree; `words` decides what a single word means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from whoosh.qparser import syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.plugins import FieldsPlugin, GroupPlugin, OperatorsPlugin, TaggingPlugin
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import MultiTerm
from whoosh.query.wrappers import Not

from searchapp.german.suspended_hyphens import Fragment
from searchapp.model import Note
from searchapp.query.patterns import pattern_of
from searchapp.query.plain_line import OPERATORS, word_count
from searchapp.query.tree import TEXT
from searchapp.query.words import (
    FIELD_ALIASES,
    QUOTE_PAIRS,
    QUOTES,
    SPACED_WORD,
    as_fragment,
    is_searchable,
    read_phrase,
    read_word,
)

MAX_DEPTH = 8
"""Parentheses within parentheses; deeper ones are ignored."""

_START = r"(?<![^\s(])"  # of a word: the text begins, or a blank or "(" stands before
_NO_PAIR = "".join(rf"(?<!\b{word} )" for word in ("und", "oder", "sowie", r"bzw\.", "bzw"))
"""Before the - of an exclusion: in "Textverarbeitung und -gestaltung" it stands for a word part."""
_QUOTED = "|".join(f"[{opening}][^{closing}]*[{closing}]" for opening, closing in QUOTE_PAIRS)

Node = Any
"""A syntax.SyntaxNode; Whoosh asks its nodes what they are and have, not for their class."""


class Exclusion(syntax.NotGroup):
    """The operand of NOT; double negation cancels."""

    def query(self, parser: SurfaceParser) -> Query:
        child: Query = self.nodes[0].query(parser).normalize()
        return child.query if isinstance(child, Not) else Not(child)


class WordNode(syntax.TextNode):
    """A word between blanks; see `words.read_word`."""

    def __init__(self, text: str, *, value_follows: bool = False) -> None:
        super().__init__(text)
        self.value_follows = value_follows

    def query(self, parser: SurfaceParser) -> Query:
        word = read_word(
            self.fieldname or TEXT,
            self.text,
            start=self.startchar,
            value_follows=self.value_follows,
            add_note=parser.add_note,
        )
        return parser.counted(as_fragment(word, parser.fragments))


class QuotedNode(syntax.TextNode):
    """A text between quotation marks; see `words.read_phrase`."""

    def __init__(self, text: str, *, behind: int, exact: bool) -> None:
        """behind: characters of the node after the text."""
        super().__init__(text)
        self.behind = behind
        self.exact = exact

    def query(self, parser: SurfaceParser) -> Query:
        return parser.counted(
            read_phrase(
                self.fieldname or TEXT,
                self.text,
                start=self.endchar - self.behind - len(self.text),
                exact=self.exact,
                add_note=parser.add_note,
            )
        )


class WordPlugin(TaggingPlugin):
    """Words: all that no other plugin takes, up to a space, a parenthesis or a phrase.

    A few words have spaces in them (`z. B.`, `1 000`).
    """

    priority = 200
    # Parentheses inside of a word belong to it if they close in it: Lehrer(innen).
    expr = re.compile(
        rf"{SPACED_WORD}|[^\s()](?:[^\s(){QUOTES}]|(?<=\w)[{QUOTES}]|(?<=\w)\([^\s()]*\))*"
    )

    def create(self, _parser: SurfaceParser, match: re.Match[str]) -> WordNode:
        behind = match.string[match.end() : match.end() + 1]
        return WordNode(match[0], value_follows=behind != "" and behind in "(" + QUOTES)


class PhrasePlugin(TaggingPlugin):
    """Phrases between any pair of quotation marks, and exact ones with = before them."""

    expr = re.compile(rf"(?P<exact>=?)(?P<quoted>{_QUOTED})(?P<distance>~[0-9]*)?")

    def create(self, parser: SurfaceParser, match: re.Match[str]) -> QuotedNode:
        if match["distance"]:
            parser.add_note("phrase_distance", match["distance"])
        behind = match.end() - match.end("quoted") + 1
        return QuotedNode(match["quoted"][1:-1], behind=behind, exact=bool(match["exact"]))


class BalancedGroupPlugin(GroupPlugin):
    """Parentheses; those without a partner and those nested too deeply are ignored."""

    def do_groups(self, parser: SurfaceParser, group: syntax.GroupNode) -> Node:
        paired = self._paired(group)
        kept = syntax.AndGroup()
        depth = 0
        for i, node in enumerate(group):
            opens, closes = isinstance(node, self.OpenBracket), isinstance(node, self.CloseBracket)
            if not opens and not closes:
                kept.append(node)
            elif i not in paired:
                parser.add_note("unbalanced_parenthesis", "(" if opens else ")")
            else:
                depth += opens
                if depth <= MAX_DEPTH:
                    kept.append(node)
                else:
                    parser.add_note("nested_too_deeply", "(")
                depth -= closes
        return super().do_groups(parser, kept)

    def _paired(self, group: syntax.GroupNode) -> set[int]:
        paired: set[int] = set()
        opened: list[int] = []
        for i, node in enumerate(group):
            if isinstance(node, self.OpenBracket):
                opened.append(i)
            elif isinstance(node, self.CloseBracket) and opened:
                paired |= {opened.pop(), i}
        return paired


class FieldAliasPlugin(FieldsPlugin):
    """Field names in German and English, applied to the word, phrase or group after them."""

    class FieldTagger(FieldsPlugin.FieldnameTagger):
        def create(
            self, _parser: SurfaceParser, match: re.Match[str]
        ) -> syntax.FieldnameNode | None:
            # Ignoring case, the expression takes ſ for s and ı for i; lower() does not.
            field = FIELD_ALIASES.get(match["name"].lower())
            return syntax.FieldnameNode(field, match[0]) if field else None

    def taggers(self, _parser: SurfaceParser) -> list[tuple[Any, int]]:
        names = "|".join(FIELD_ALIASES)
        a_gender_form = r"in(?:nen)?(?!\w)"  # Autor:in
        no_value = rf"[^\w(=+{QUOTES}]*(?:[\s)]|$)|-|(?:{names}):|{a_gender_form}"
        return [(self.FieldTagger(rf"(?i)(?P<name>{names}):(?!{no_value})"), 0)]

    def do_fieldnames(self, parser: SurfaceParser, group: syntax.GroupNode) -> Node:
        # Without this, an ignored parenthesis could leave a field name with nothing after it.
        for i, node in enumerate(group):
            if isinstance(node, syntax.FieldnameNode) and (
                i + 1 == len(group) or group[i + 1].is_ws()
            ):
                group[i] = _as_word(node, node.original)
        return super().do_fieldnames(parser, group)


class PlusPlugin(TaggingPlugin):
    """A + before a word: it says what holds anyway, so it separates like a space."""

    priority = 100
    expr = re.compile(rf'{_START}\+(?=[\w("=])')

    def create(self, parser: SurfaceParser, _match: re.Match[str]) -> syntax.Whitespace:
        parser.is_explicit = True
        return syntax.Whitespace()


class BilingualOperatorsPlugin(OperatorsPlugin):
    """UND, ODER, NICHT, AND, OR, NOT in capitals, and - before a word but after und and oder.

    NOT binds tighter than AND, AND tighter than OR; a space is an AND.
    """

    def __init__(self) -> None:
        def capitals(operator: str) -> str:
            return rf"(?<![^\s()])(?:{'|'.join(OPERATORS[operator])})(?![^\s()])"

        hyphen = rf"{_START}{_NO_PAIR}-(?=\(|=?(?:[{QUOTES}]|[*?]?[^\W\d_]))"
        exclusion = self.OpTagger(f"{capitals('NOT')}|{hyphen}", Exclusion, syntax.PrefixOperator)
        super().__init__(
            ops=[(exclusion, 0)],
            Not=None,
            And=capitals("AND"),
            Or=capitals("OR"),
            AndNot=None,
            AndMaybe=None,
            Require=None,
        )

    def filters(self, parser: SurfaceParser) -> list[tuple[Callable[..., Node], int]]:
        return [(self.complete, 550), *super().filters(parser)]

    def complete(self, parser: SurfaceParser, group: syntax.GroupNode) -> syntax.AndGroup:
        """Leave out what cannot match, make words of dangling operators, add the ANDs."""
        nodes = _dangling_exclusions_as_words(parser, self._operands(parser, group))
        completed = syntax.AndGroup()
        for i, node in enumerate(nodes):
            has_left = bool(completed) and not isinstance(completed[-1], syntax.Operator)
            has_right = i + 1 < len(nodes) and not _is_infix(nodes[i + 1])
            if _is_infix(node):
                if has_left and has_right:
                    parser.is_explicit |= node.grouptype is syntax.AndGroup
                    completed.append(node)
                    continue
                parser.add_note("dangling_operator", node.text)
                node = _as_word(node, node.text)
            if has_left:
                completed.append(syntax.InfixOperator("", syntax.AndGroup))
            if _is_exclusion(node) and completed and _is_exclusion(completed[-1]):
                completed.pop()
            else:
                completed.append(node)
        return completed

    def _operands(self, parser: SurfaceParser, group: syntax.GroupNode) -> list[Node]:
        """The nodes of a group, its inner groups completed, without what holds no word."""
        nodes: list[Node] = []
        for node in group:
            if isinstance(node, syntax.GroupNode):
                node = self.complete(parser, node)
                if node:
                    nodes.append(node)
            elif not node.is_text() or is_searchable(node.text):
                nodes.append(node)
            elif node.fieldname:
                parser.add_note("field_without_value", f"{node.fieldname}:")
            elif "*" in node.text:
                parser.add_note("wildcard_as_text", node.text)
        return nodes


class SurfaceParser(QueryParser):
    """Parses one query; afterwards the attributes say more about it.

    notes: what was read as plain text though it looked like syntax.
    word_count, wildcard_count: see `parse_query`. is_explicit: see `ParsedQuery`.
    """

    def __init__(self, fragments: Iterable[Fragment] = ()) -> None:
        """fragments: of the query that is going to be parsed."""
        plugins: list[Any] = [
            PlusPlugin(),
            WordPlugin(),
            PhrasePlugin(),
            BalancedGroupPlugin(),
            FieldAliasPlugin(),
            BilingualOperatorsPlugin(),
        ]
        super().__init__(TEXT, None, plugins=plugins)
        self.fragments = {fragment.hyphen: fragment for fragment in fragments}
        self.notes: dict[Note, None] = {}
        self.word_count = 0
        self.wildcard_count = 0
        self.is_explicit = False

    def add_note(self, kind: str, subject: str) -> None:
        """Remember a note once."""
        self.notes[Note(kind, subject)] = None

    def counted(self, query: Query) -> Query:
        """The query itself, its words and wildcards added to the counts."""
        if isinstance(query, Phrase):
            self.word_count += sum(map(word_count, query.words))
            self.wildcard_count += sum(pattern_of(word) is not None for word in query.words)
        elif text := getattr(query, "text", ""):
            self.word_count += word_count(text)
        self.wildcard_count += isinstance(query, MultiTerm)
        return query


def _dangling_exclusions_as_words(parser: SurfaceParser, nodes: list[Node]) -> list[Node]:
    kept: list[Node] = []
    for node in reversed(nodes):
        if _is_exclusion(node) and (not kept or _is_infix(kept[-1])):
            if node.text == "-":
                continue
            parser.add_note("dangling_operator", node.text)
            node = _as_word(node, node.text)
        kept.append(node)
    return kept[::-1]


def _is_infix(node: Node) -> bool:
    return isinstance(node, syntax.InfixOperator)


def _is_exclusion(node: Node) -> bool:
    return isinstance(node, syntax.PrefixOperator)


def _as_word(node: Node, text: str) -> WordNode:
    word = WordNode(text)
    word.set_range(node.startchar, node.endchar)
    return word
