"""The query language: what each input is read as, what the reader is told, and its bounds."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, Query
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard
from whoosh.query.wrappers import Not

from searchapp.errors import QueryTooLong
from searchapp.german.text_cleaner import clean_line
from searchapp.messages import NOTE_SENTENCES
from searchapp.query import (
    FIELDS,
    DateRange,
    ExactPhrase,
    ExactTerm,
    ParsedQuery,
    narrowed_line,
    parse_query,
    shortened_query,
)
from searchapp.query.fallbacks import in_any_order, some_words
from searchapp.query.parser import SurfaceParser
from searchapp.query.plain_line import is_plain
from searchapp.query.tree import settled, words_of


def parse(text: str) -> ParsedQuery:
    return parse_query(text, max_chars=100_000, max_words=100_000, max_wildcards=100_000)


def render(tree: Query | None) -> str:
    """A tree in one line: `&`, `|`, `!`, the field before its word unless it is text."""
    if tree is None:
        return "nothing"
    if isinstance(tree, And | Or):
        sign = " & " if isinstance(tree, And) else " | "
        return f"({sign.join(map(render, tree))})"
    if isinstance(tree, AndMaybe):
        return f"({render(tree.a).removeprefix('(').removesuffix(')')}, maybe {render(tree.b)})"
    if isinstance(tree, Not):
        return f"!{render(tree.query)}"
    if isinstance(tree, Every):
        return "ALL"
    if isinstance(tree, DateRange):
        return f"{tree.start or ''}..{tree.end or ''}"
    equals = "=" if isinstance(tree, ExactTerm | ExactPhrase) else ""
    prefix = equals if tree.field() == "text" else f"{tree.field()}:{equals}"
    if isinstance(tree, Phrase):
        assert tree.slop == 1
        return f'{prefix}"{" ".join(tree.words)}"'
    if isinstance(tree, FuzzyTerm):
        return f"{prefix}{tree.text}~{tree.maxdist}"
    if isinstance(tree, Prefix):
        return f"{prefix}{tree.text}*"
    assert isinstance(tree, Term | Wildcard), repr(tree)
    return f"{prefix}{tree.text}"


def subtrees(tree: Query) -> Iterator[Query]:
    yield tree
    for child in tree.children():
        yield from subtrees(child)


SYNTAX = {
    "words": [
        ("", "nothing"),
        (" \t\n", "nothing"),
        ("Stahl", "Stahl"),
        ("Stahl Industrie", "(Stahl & Industrie)"),
        ("Stahl  Stahl", "Stahl"),
        ("stahl und eisen", "(stahl & und & eisen)"),
        ("Sta\u00adhl\u200b", "Stahl"),
        ("Ha\u0308user", "Häuser"),
    ],
    "operators": [
        ("a UND b", "(a & b)"),
        ("a ODER b", "(a | b)"),
        ("NICHT a b", "(!a & b)"),
        ("a UND NICHT b", "(a & !b)"),
        ("a b ODER c d", "((a & b) | (c & d))"),
        ("a ODER b UND c", "(a | (b & c))"),
        ("(a ODER b) UND c", "((a | b) & c)"),
        ("(a ODER b) UND c UND d", "((a | b) & c & d)"),
        ("c (a ODER b)", "(c & (a | b))"),
        ("(a ODER b)UND(c ODER d)", "((a | b) & (c | d))"),
        ("a ODER b ODER (c ODER d)", "(a | b | c | d)"),
        ("NICHT (a ODER b) c", "(!(a | b) & c)"),
        ("NICHT a ODER b", "((ALL & !a) | b)"),
        ("a ODER -b", "(a | (ALL & !b))"),
        ("NICHT NICHT a", "a"),
        ("a NICHT NICHT b", "(a & b)"),
        # A part of a word, for which a hyphen stands, is no exclusion.
        ("Textbau und -gestaltung", "(Textbau & und & -gestaltung)"),
        ("Bund bzw. -land oder -kreis", "(Bund & bzw & -land & oder & -kreis)"),
        ("Hund -katze", "(Hund & !katze)"),
        ("Bund UND -land", "(Bund & !land)"),
        ("-(-a)", "a"),
        ("-(-a -b)", "(ALL & !(ALL & !a & !b))"),
    ],
    "signs": [
        ("-a", "(ALL & !a)"),
        ("-a -b", "(ALL & !a & !b)"),
        ("a -b", "(a & !b)"),
        ('a -"b c"', '(a & !"b c")'),
        ("a -„b c“", '(a & !"b c")'),
        ("a -(b c)", "(a & !(b & c))"),
        ("a -titel:b", "(a & !title:b)"),
        ("a -=b", "(a & !=b)"),
        ("a -*wolle", "(a & !*wolle)"),
        ("+a +b", "(a & b)"),
        ('+"a b" +(c ODER d)', '("a b" & (c | d))'),
    ],
    "phrases": [
        ('"grüner Stahl"', '"grüner Stahl"'),
        ("„grüner Stahl“", '"grüner Stahl"'),
        ("„grüner Stahl”", '"grüner Stahl"'),
        ('„grüner Stahl"', '"grüner Stahl"'),
        ("“grüner Stahl”", '"grüner Stahl"'),
        ("«grüner Stahl»", '"grüner Stahl"'),
        ("»grüner Stahl«", '"grüner Stahl"'),
        ("›grüner Stahl‹", '"grüner Stahl"'),
        ("‚grüner Stahl‘", '"grüner Stahl"'),
        ("＂grüner Stahl＂", '"grüner Stahl"'),
        ("‚wie geht’s‘", '"wie geht’s"'),
        ('"Stahl"', "Stahl"),
        ('"UND"', "UND"),
        ('"a UND (b -c)"', '"a UND b -c"'),
        ('"Stahl, - Eisen!"', '"Stahl Eisen"'),
        ('"" a', "a"),
        ("„Stahl“-Werk", "(Stahl & -Werk)"),
    ],
    "patterns in phrases": [
        ('"roter Back*"', '"roter Back*"'),
        ('="Back* von Ulm"', '="Back* von Ulm"'),
        ('"roter *stein, B?ckst*!"', '"roter *stein B?ckst*"'),
        ('"Was ist ein Back*?"', '"Was ist ein Back*"'),
        ('"die EU-Back* tagt"', '"die EU Back* tagt"'),
        ('"EU-Back*"', '"EU Back*"'),
        ('"Back*"', "Back*"),
        ('="B?ckstein"', "B?ckstein"),
        ('"Maurer*innen und Lehrer*in"', '"Maurer*innen und Lehrer*in"'),
        ('"die Maurer*innen*"', '"die Maurer*innen*"'),
        ('"http://a.de/?q=back* x"', '"http://a.de/?q=back x"'),
        ('titel:"rot* Stein"', 'title:"rot* Stein"'),
    ],
    "exact": [
        ("=Stahl", "=Stahl"),
        ('="grüner Stahl"', '="grüner Stahl"'),
        ('="Stahl"', "=Stahl"),
        ("titel:=Stahl", "title:=Stahl"),
        ("Stahl =Stahl", "(Stahl & =Stahl)"),
    ],
    "patterns": [
        ("Stahl*", "Stahl*"),
        ("Stahl*, Eisen*.", "(Stahl* & Eisen*)"),
        ("w?rd", "w?rd"),
        ("*wort", "*wort"),
        ("*stahl*", "*stahl*"),
        ("st*hl", "st*hl"),
        ("st**hl**", "st*hl*"),
        ("Lehrer*", "Lehrer*"),
        ("EU-Komm*", "EU-Komm*"),
        ("titel:Sta*", "title:Sta*"),
        ("Mitarbeiter*innen*", "Mitarbeiterinnen*"),
        ("Stahl~", "Stahl~1"),
        ("Stahl~1", "Stahl~1"),
        ("Stahl~2", "Stahl~2"),
        ("titel:Stahl~", "title:Stahl~1"),
    ],
    "fields": [
        ("titel:Stahl", "title:Stahl"),
        ("TITEL:Stahl title:Eisen", "(title:Stahl & title:Eisen)"),
        ("text:Stahl", "Stahl"),
        ("schlagwort:a tag:b tags:c schlagworte:d", "(tags:a & tags:b & tags:c & tags:d)"),
        ("Schlagwörter:a", "tags:a"),
        ("autor:a author:b", "(author:a & author:b)"),
        ("quelle:a source:b", "(source:a & source:b)"),
        ("ressort:a rubrik:b section:c", "(section:a & section:b & section:c)"),
        ('schlagwort:"SMS group"', 'tags:"SMS group"'),
        ("schlagwort:„SMS group“", 'tags:"SMS group"'),
        ("titel:(a ODER b) c", "((title:a | title:b) & c)"),
        ("titel:(a autor:b)", "(title:a & author:b)"),
        ("NICHT titel:a b", "(!title:a & b)"),
    ],
    "dates": [
        ("datum:2024", "2024-01-01..2024-12-31"),
        ("date:2024", "2024-01-01..2024-12-31"),
        ("datum:2024-02", "2024-02-01..2024-02-29"),
        ("datum:2024-03-05", "2024-03-05..2024-03-05"),
        ("datum:16.1.2024", "2024-01-16..2024-01-16"),
        ("datum:01.2024", "2024-01-01..2024-01-31"),
        ("datum:2023..2024-06", "2023-01-01..2024-06-30"),
        ("datum:2024..2023", "2023-01-01..2024-12-31"),
        ("datum:1.2.2023..3.2.2023", "2023-02-01..2023-02-03"),
        ("datum:..2024", "..2024-12-31"),
        ("datum:2023..", "2023-01-01.."),
        ("datum:2024, a", "(2024-01-01..2024-12-31 & a)"),
        ("a datum:2024.", "(a & 2024-01-01..2024-12-31)"),
        ('datum:"16. 1. 2024"', "2024-01-16..2024-01-16"),
        ("datum:16.01.24..20240117,", "2024-01-16..2024-01-17"),
        ("datum:„Jän. 2024 .. 16. März 2024“", "2024-01-01..2024-03-16"),
        ("datum:(2020 ODER 2022)", "(2020-01-01..2020-12-31 | 2022-01-01..2022-12-31)"),
        ("a -datum:2024", "(a & !2024-01-01..2024-12-31)"),
    ],
    "plain text that holds signs": [
        ("Was ist Stahl?", "(Was & ist & Stahl)"),
        ("Stahl? Eisen?!", "(Stahl & Eisen)"),
        ("Was ist das ?", "(Was & ist & das)"),
        ("st*hl?", "st*hl"),
        ("Stahl, Eisen; (Kupfer).", "(Stahl & Eisen & Kupfer)"),
        ("https://example.de/a?q=b*c", "https://example.de/a?q=b*c"),
        ("www.example.de/?q=1", "www.example.de/?q=1"),
        ("max@example.de #stahl @max", "(max@example.de & #stahl & @max)"),
        ("12:30 3:1", "(12:30 & 3:1)"),
        ("C++ C#", "(C++ & C#)"),
        ("16.01.2024", "16.01.2024"),
        ("1.000,50 3,5 %", "(1.000,50 & 3,5 %)"),
        ("§ 5", "§ 5"),
        ("§§ 5 BGB", "(§§ 5 & BGB)"),
        ("Art. 7 GG.", "(Art. 7 & GG)"),
        ("1 000 000 Gäste", "(1 000 000 & Gäste)"),
        ("Gäste 4 500,50", "(Gäste & 4 500,50)"),
        ("2023 500 Gäste", "(2023 & 500 & Gäste)"),
        ("0664 123 456", "(0664 & 123 & 456)"),
        ("Stau B 27, heute", "(Stau & B 27 & heute)"),
        ("titel:B 27", "title:B 27"),
        ("-B 27 Stau", "(!B 27 & Stau)"),
        ("Wahl 5 12", "(Wahl & 5 & 12)"),
        ("d. h. Haus", "(d. h. & Haus)"),
        ("16. Jan. 2024 Wien", "(16. Jan. 2024 & Wien)"),
        ('"am 3. Mai 2024"', '"am 3. Mai 2024"'),
        ('"1 000 Gäste"', '"1 000 Gäste"'),
        ("AC/DC und/oder", "(AC/DC & und/oder)"),
        ("EU-Kommission CO2-Emissionen", "(EU-Kommission & CO2-Emissionen)"),
        ("Ein- und Ausfuhr", "(Ein- & und & Ausfuhr)"),
        ("Stahl - Eisen – Kupfer", "(Stahl & Eisen & Kupfer)"),
        ("Berlin–Hamburg", "Berlin–Hamburg"),
        ("Mitarbeiter:innen Lehrer:in", "(Mitarbeiter:innen & Lehrer:in)"),
        ("Mitarbeiter*innen Lehrer*in", "(Mitarbeiter*innen & Lehrer*in)"),
        ("Autor:in Autor:innen", "(Autor:in & Autor:innen)"),
        ("Freund*innenkreis jede*r", "(Freund*innenkreis & jede*r)"),
        ("Lehrer(innen), Schüler", "(Lehrer(innen) & Schüler)"),
        ('5" Rohr', "(5 & Rohr)"),
        ("Fazit: gut", "(Fazit & gut)"),
        ("geht's Rock'n'Roll", "(geht's & Rock'n'Roll)"),
        ("etwa ~5 Tonnen", "(etwa & 5 & Tonnen)"),
        ("--a a--b", "(--a & a--b)"),
        ("+++ a +++", "a"),
        ("()", "nothing"),
        ("−40 Grad", "(−40 & Grad)"),
    ],
}
"""By topic: inputs that give no notes (but that there is nothing to search), and their trees."""


def partly(text: str) -> Query | None:
    """The tree for articles with some of the words of a text."""
    tree = parse(text).tree
    some = some_words(tree) if tree else None
    return some and some.tree


@pytest.mark.parametrize(("text", "tree"), list(itertools.chain.from_iterable(SYNTAX.values())))
def test_the_query_language(text: str, tree: str) -> None:
    """Each input is read as the tree beside it, and the reader is told nothing."""
    parsed = parse(text)
    assert render(parsed.tree) == tree
    assert {note.kind for note in parsed.notes} <= {"nothing_to_search"}


@pytest.mark.parametrize(
    ("text", "tree", "notes"),
    [
        ('"grüner Stahl', "(grüner & Stahl)", [("unbalanced_quote", '"grüner')]),
        ('grüner Stahl"', "(grüner & Stahl)", [("unbalanced_quote", 'Stahl"')]),
        ("(a b", "(a & b)", [("unbalanced_parenthesis", "(")]),
        ("a) b", "(a & b)", [("unbalanced_parenthesis", ")")]),
        (")a(", "a", [("unbalanced_parenthesis", ")"), ("unbalanced_parenthesis", "(")]),
        ("a ODER (b c", "(a | (b & c))", [("unbalanced_parenthesis", "(")]),
        ("UND a", "(UND & a)", [("dangling_operator", "UND")]),
        ("a ODER", "(a & ODER)", [("dangling_operator", "ODER")]),
        ("a NICHT", "(a & NICHT)", [("dangling_operator", "NICHT")]),
        ("OR", "OR", [("dangling_operator", "OR")]),
        ("NOT", "NOT", [("dangling_operator", "NOT")]),
        ("a UND UND b", "(a & UND & b)", [("dangling_operator", "UND")]),
        ("NICHT ODER a", "(NICHT | a)", [("dangling_operator", "NICHT")]),
        ("(a UND) b", "(a & UND & b)", [("dangling_operator", "UND")]),
        ("a ODER ???", "(a & ODER)", [("dangling_operator", "ODER")]),
        ("foo:bar a", "(foo:bar & a)", [("unknown_field", "foo:bar")]),
        ("ſource:a", "ſource:a", [("unknown_field", "ſource:a")]),
        ("TİTEL:a", "TİTEL:a", [("unknown_field", "TİTEL:a")]),
        ('foo:"b c"', '(foo & "b c")', [("unknown_field", "foo:")]),
        ("foo:(b ODER c)", "(foo & (b | c))", [("unknown_field", "foo:")]),
        ("titel:", "titel", [("field_without_value", "titel:")]),
        ("titel: a", "(titel & a)", [("field_without_value", "titel:")]),
        ("(titel:)", "titel", [("field_without_value", "titel:")]),
        ("titel:-a", "titel:-a", [("field_without_value", "titel:-a")]),
        ("titel:autor:a", "titel:autor:a", [("field_without_value", "titel:autor:a")]),
        ("titel:!!", "titel", [("field_without_value", "titel:!!")]),
        ('a titel:""', "a", [("field_without_value", "title:")]),
        (
            "titel:(",
            "titel",
            [("unbalanced_parenthesis", "("), ("field_without_value", "titel:")],
        ),
        ("datum:gestern", "gestern", [("bad_date", "gestern")]),
        ("datum:2024-13", "2024-13", [("bad_date", "2024-13")]),
        ("datum:31.2.2024", "31.2.2024", [("bad_date", "31.2.2024")]),
        ("datum:0000", "0000", [("bad_date", "0000")]),
        ("datum:1..2..3", "1..2..3", [("bad_date", "1..2..3")]),
        ("datum:2024*", "2024", [("bad_date", "2024*")]),
        ('datum:"letztes Jahr"', '"letztes Jahr"', [("bad_date", "letztes Jahr")]),
        ("a *", "a", [("wildcard_as_text", "*")]),
        ("a*", "a", [("wildcard_as_text", "a*")]),
        ("?a*", "a", [("wildcard_as_text", "?a*")]),
        ("index.php?id=3", "index.php?id=3", [("wildcard_as_text", "index.php?id=3")]),
        ('"roter B* Stein"', '"roter B Stein"', [("wildcard_as_text", "B*")]),
        ('"der * Backstein"', '"der Backstein"', [("wildcard_as_text", "*")]),
        ('"* Backstein"', "Backstein", [("wildcard_as_text", "*")]),
        ('"die EU-K* Back*"', '"die EU K Back*"', [("wildcard_as_text", "EU-K*")]),
        ('"a.php?id=3 fehlt"', '"a.php?id=3 fehlt"', [("wildcard_as_text", "a.php?id=3")]),
        ("ab~", "ab", [("fuzzy_as_text", "ab~")]),
        ("Stahl~0.8", "Stahl~0.8", [("fuzzy_as_text", "Stahl~0.8")]),
        ("Stahl~5", "Stahl~2", [("fuzzy_clamped", "Stahl~5")]),
        ("Stahl~" + "9" * 5000, "Stahl~2", [("fuzzy_clamped", "Stahl~" + "9" * 5000)]),
        ("-40 Grad", "(-40 & Grad)", [("minus_number", "-40")]),
        ('"a b"~3', '"a b"', [("phrase_distance", "~3")]),
        ("((((((((((a))))))))))", "a", [("nested_too_deeply", "(")]),
        ("???", "nothing", [("nothing_to_search", "???")]),
        ("!!! - §", "nothing", [("nothing_to_search", "!!! - §")]),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_syntax_read_as_plain_text_is_told(
    text: str, tree: str, notes: list[tuple[str, str]]
) -> None:
    """What cannot be meant as syntax is plain text, and a note names the part."""
    parsed = parse(text)
    assert render(parsed.tree) == tree
    assert [(note.kind, note.subject) for note in parsed.notes] == notes
    assert all(note.kind in NOTE_SENTENCES for note in parsed.notes)


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("a UND b", "a AND b"),
        ("a ODER b", "a OR b"),
        ("a NICHT b", "a NOT b"),
        ("titel:a", "title:a"),
        ("schlagwort:a", "tag:a"),
        ("autor:a", "author:a"),
        ("quelle:a", "source:a"),
        ("datum:2024", "date:2024"),
    ],
)
def test_german_and_english_mean_the_same(german: str, english: str) -> None:
    """Every operator and field has a German and an English name for one thing."""
    assert parse(german).tree == parse(english).tree


def test_words_are_the_positive_ones_in_order() -> None:
    """Excluded words, patterns and dates are no words that a match may hold."""
    parsed = parse('b "c a" -x -(y z) titel:t pre* fuz~ datum:2024 (=e ODER b) -(-d)')
    assert [word.text for word in parsed.words] == ["b", "c", "a", "t", "e", "b", "d"]


CORRECTIONS = {"stahll": "Stahl", "a": "b", "Stahl*": "x", "foo": "bar"}


@pytest.mark.parametrize(
    ("text", "line", "tree"),
    [
        ("stahll", "Stahl", "Stahl"),
        ("sta\u00adhll  werk", "Stahl werk", "(Stahl & werk)"),
        ("stahll stahll eisen", "Stahl Stahl eisen", "(Stahl & eisen)"),
        ("(stahll ODER Stahl) eisen", "(Stahl ODER Stahl) eisen", "(Stahl & eisen)"),
        ("(stahll, ODER b) -stahll", "(Stahl, ODER b) -stahll", "((Stahl | b) & !stahll)"),
        ("„der  stahll“ +=stahll", "„der Stahl“ +=Stahl", '("der Stahl" & =Stahl)'),
        ("titel:stahll stahll*", "titel:Stahl stahll*", "(title:Stahl & stahll*)"),
        ("stahllwerk stahll-werk", "stahllwerk stahll-werk", "(stahllwerk & stahll-werk)"),
        ("https://foo.de foo", "https://foo.de bar", "(https://foo.de & bar)"),
        ("foo:a", "foo:a", "foo:a"),
    ],
)
def test_a_correction_replaces_whole_words_where_they_were_typed(
    text: str, line: str, tree: str
) -> None:
    """In the line that the reader sees and in the tree alike; exclusions stay as they are."""
    corrected = parse(text).corrected(CORRECTIONS)
    assert (corrected.line, render(corrected.tree)) == (line, tree)


@pytest.mark.parametrize(
    ("text", "is_explicit"),
    [
        ("a UND b", True),
        ("(a AND b) ODER c", True),
        ("a +b", True),
        ("a b", False),
        ("a ODER b", False),
        ("C++ b", False),
        ('"R UND B" c', False),
        ("UND a", False),
    ],
)
def test_demands_by_name_are_known_from_the_parser(text: str, is_explicit: bool) -> None:
    """Not from the look of the text: an operator in a phrase, or without sides, demands nothing."""
    assert parse(text).is_explicit == is_explicit


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b c", "((a | b | c) & !(a & b & c))"),
        ("a b c d e", "((a | b | c | d | e) & !(a & b & c & d & e))"),
        ('a "b c"', '((a | "b c") & !(a & "b c"))'),
        ("a (b ODER c)", "((a | b | c) & !(a & (b | c)))"),
        ("a b -c", "((a | b) & !c & !(a & b))"),
        ("a b titel:c datum:2024", "((a | b) & title:c & 2024-01-01..2024-12-31 & !(a & b))"),
        ("a b (c ODER titel:d)", "((a | b) & (c | title:d) & !(a & b))"),
        ("a b (c ODER -d)", "((a | b) & (c | (ALL & !d)) & !(a & b))"),
        ("MAN b", "((MAN | b) & b & !(MAN & b))"),
        ('"der" b c', "((der | b | c) & (b | c) & !(der & b & c))"),
        ("der die", "nothing"),
        ("", "nothing"),
        ("a", "nothing"),
        ("a -b", "nothing"),
        ("a1-b1", "((a1 | b1) & !a1-b1)"),
        ("a1-b1 -c", "((a1 | b1) & !c & !a1-b1)"),
        ("a datum:2024", "nothing"),
        ("titel:a titel:b", "nothing"),
        ("a ODER b", "nothing"),
        ("-a -b", "nothing"),
        ('"a b"', "nothing"),
    ],
)
def test_some_words_are_some_of_the_plain_parts_only(text: str, tree: str) -> None:
    """Some content, and not all that was demanded; exclusions, dates and fields hold as before."""
    assert render(partly(text)) == tree


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x" * 501, "501 characters"),
        (" " * 501, "501 characters"),
        (" ".join(f"w{i}" for i in range(33)), "33 words"),
        ("a " * 33, "33 words"),
        ('"' + "a " * 33 + '"', "33 words"),
        ("-".join("a" * 248) + " b c", "33 words"),
        ("aa* b?b ccc~ -*dd ee*", "5 wildcards"),
        ('aa* "b?b *ccc dd" ="ee* f-gg*"', "5 wildcards"),
    ],
    ids=range(8),
)
def test_queries_beyond_the_bounds_are_refused(text: str, what: str) -> None:
    """A query that is too long, in any way, is refused with a sentence that says by how much."""
    with pytest.raises(QueryTooLong, match=what) as caught:
        parse_query(text, max_chars=500, max_words=32, max_wildcards=4)
    assert caught.value.remedy


def test_queries_at_the_bounds_are_answered() -> None:
    """The bounds themselves are allowed, and operators are no words."""
    text = " UND ".join([*(f"w{i}" for i in range(28)), "aa*", "b?b", "ccc~", "*dd"])
    parsed = parse_query(text, max_chars=len(text), max_words=32, max_wildcards=4)
    assert isinstance(parsed.tree, And)
    assert len(parsed.tree) == 32


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 500,
        ")" * 500,
        "(" * 250 + "a" + ")" * 250,
        "-(" * 160 + "a" + ")" * 160,
        "NICHT (" * 60 + "a" + ")" * 60,
        "NOT " * 124 + "a",
        "NOT -" * 99 + "a",
        "titel:(" * 60 + "a" + ")" * 60,
        "titel:" * 80,
        "a ODER (b UND " * 30 + "c" + ")" * 30,
        '"' * 499,
        "„" * 500,
        "„ " * 250,
        "* " * 250,
        "a~" * 250,
        "&amp;" * 100,
        "a(" * 250,
        "=" * 500,
        "datum:" + "." * 490,
        "\ud800\x00" * 250,
    ],
)
def test_hostile_queries_are_read(bomb: str) -> None:
    """Nesting and repetition neither exhaust the stack nor raise."""
    parsed = parse(bomb)
    assert parsed.tree is None or max_depth(parsed.tree) < 50


def max_depth(tree: Query) -> int:
    return 1 + max(map(max_depth, tree.children()), default=0)


SIGNS = st.text(
    st.sampled_from([*'aB1ß ()"„“”«»‚‘+-*?~:=.&/§\u00ad\u2011\ud800', "\n"]), max_size=60
)
PIECES = st.lists(
    st.sampled_from(
        [
            *("a", "bb", "Stahl*", "w?rd", "wort~2", "=ccc", "-dd", '"e f"', "„g h“", '"', "("),
            *(")", "UND", "ODER", "NICHT", "AND", "OR", "NOT", "-", "+", "titel:", "datum:"),
            *("2024", "..", "?", "*", "~", "foo:", "https://x.de", "Lehrer*in", "-(", "="),
        ]
    ),
    max_size=20,
).flatmap(lambda pieces: st.sampled_from(["".join(pieces), " ".join(pieces)]))
ANYTHING = st.one_of(st.text(max_size=60), SIGNS, PIECES)


@given(ANYTHING)
@example("a ODER (NICHT b) titel:(")
def test_any_text_is_a_query_of_the_promised_shape(text: str) -> None:
    """Nothing raises, parsing twice gives the same, and engines meet only documented shapes."""
    parsed = parse(text)
    assert parsed == parse(text)
    for word in parsed.words:
        assert parsed.line[word.start : word.end] == word.text
    corrected = parsed.corrected(CORRECTIONS)
    assert [CORRECTIONS.get(word.text, word.text) for word in parsed.words] == [
        corrected.line[word.start : word.end] for word in corrected.words
    ]
    demand = parsed.demanded()
    assert (demand is None) == (parsed.tree is None)
    meant = demand and demand.tree
    loosened = parsed.tree and in_any_order(parsed.tree)
    for tree in filter(None, (parsed.tree, partly(text), meant, loosened, corrected.tree)):
        hash(tree)
        if isinstance(tree, AndMaybe):
            assert all(type(leaf) is Term for leaf in tree.b.leaves())
            assert isinstance(tree.b, Term | Or)
        for each in subtrees(tree.a) if isinstance(tree, AndMaybe) else subtrees(tree):
            assert_promised_shape(each)
        if not any(isinstance(each, Every) for each in subtrees(tree)):
            assert tree.normalize() == tree
    assert len(set(parsed.notes)) == len(parsed.notes)
    assert {note.kind for note in parsed.notes} <= set(NOTE_SENTENCES)


def assert_promised_shape(tree: Query) -> None:
    if isinstance(tree, And | Or):
        children = list(tree)
        assert len(children) >= 2
        assert len(set(children)) == len(children)
        assert not any(type(child) is type(tree) for child in children)
        if isinstance(tree, And):
            assert not all(isinstance(child, Not) for child in children)
        else:
            assert not any(isinstance(child, Not | Every) for child in children)
    elif isinstance(tree, Not):
        assert not isinstance(tree.query, Not | Every)
    elif isinstance(tree, Phrase):
        assert len(tree.words) >= 2
        assert all(any(map(str.isalnum, word)) for word in tree.words)
    elif isinstance(tree, DateRange):
        assert tree.start or tree.end
        assert not (tree.start and tree.end) or tree.start <= tree.end
    elif not isinstance(tree, Every):
        assert isinstance(tree, Term | Prefix | Wildcard | FuzzyTerm)
        assert any(map(str.isalnum, tree.text))
        assert not any(map(str.isspace, tree.text))
    if tree.is_leaf() and not isinstance(tree, Every):
        assert tree.field() in FIELDS
        assert (tree.field() == "date") == isinstance(tree, DateRange)


@pytest.mark.parametrize(
    ("text", "tree", "some"),
    [
        ("stahl wasserstoff", "(stahl & wasserstoff)", False),
        ("der stahl", "(stahl, maybe der)", False),
        ("Bericht der Bundesregierung", "(Bericht & Bundesregierung, maybe der)", False),
        ("die", "die", False),
        ("die der", "(die & der)", False),
        ("wie ist der stahl", "(stahl, maybe (wie | ist | der))", False),
        ("Wie rostet Stahl?", "(rostet | Stahl, maybe Wie)", True),
        ("Stahl rostet schnell.", "(Stahl | rostet | schnell)", True),
        ("a1 b1 c1 d1", "(a1 & b1 & c1 & d1)", False),
        ("a1 b1 c1 d1 e1 -f", "((a1 | b1 | c1 | d1 | e1) & !f)", True),
        ("a1 UND b1 UND der UND d1 UND e1", "(a1 & b1 & der & d1 & e1)", False),
        ("wer ist müller -koch", "(müller & !koch, maybe (wer | ist))", False),
        ("Wo ist Müllers Stahl -koch", "((Müllers | Stahl) & !koch, maybe (Wo | ist))", True),
        ('wie ist "grüner stahl"', '("grüner stahl", maybe (wie | ist))', False),
        ('der "die" stahl', "(stahl & die, maybe der)", False),
        ("der =die stahl", "(stahl & =die, maybe der)", False),
        ("der datum:2024", "(der & 2024-01-01..2024-12-31)", False),
        ("titel:wie titel:ist", "(title:wie & title:ist)", False),
        ("der ODER stahl", "(der | stahl)", False),
    ],
)
def test_keywords_are_all_demanded_and_words_of_a_sentence_are_not(
    text: str, tree: str, some: bool
) -> None:
    """Function words are optional beside others; syntax means what it says."""
    demand = parse(text).demanded()
    assert demand is not None
    assert (render(demand.tree), demand.some_are_enough) == (tree, some)


@pytest.mark.parametrize(
    ("text", "optional"),
    [
        ("Herr der Ringe", ["der"]),
        ("Der Herr der Ringe", ["Der", "der"]),
        ("Das Boot", ["Das"]),
        ("Den Haag Gericht", ["Den"]),
        ("MAN Busse", []),
        ("MAN und Scania", ["und"]),
        ("OB Kiel", []),
        ("Kiel OB Wahl", []),
        ("MAN BUSSE", ["MAN"]),
        ("DER STAHL IM BAU", ["DER", "IM"]),
        ("Bin Laden", []),
        ("Ashton Will", []),
        ("Will Ferrell Hamburg", []),
        ("will Ferrell", ["will"]),
        ("Mehr Wohnungen", []),
        ("mehr Wohnungen", ["mehr"]),
        ("Weil am Rhein", ["am"]),
        ("Weil Am Rhein", []),
        ("Würde Alter Pflege", []),
        ("Frankfurt am Main Flughafen", ["am"]),
        ("Wo wohnt Will Ferrell", ["Wo", "Will"]),
        ("Wer leitet MAN heute?", ["Wer"]),
        ("„Das“ Boot", []),
    ],
)
def test_function_words_are_optional_unless_written_as_names(
    text: str, optional: list[str]
) -> None:
    """In capitals, or with a capital that no sentence and no start of a line accounts for."""
    demand = parse(text).demanded()
    assert demand is not None
    assert list(demand.optional) == optional


@given(ANYTHING)
def test_the_parts_of_a_query_are_missing_until_their_words_are_found(text: str) -> None:
    """Each is named once, by the numbers that an engine gives to the words of the tree."""
    tree = parse(text).tree
    some = some_words(tree) if tree else None
    if some:
        count = sum(len(list(part.leaves())) for part in some.parts)
        assert len(some.missing(set())) == len(some.parts) >= 2
        assert some.missing(set(range(count))) == ()


def test_a_missing_part_is_named_as_typed() -> None:
    """Of alternatives one is enough."""
    tree = parse('b "c a" pre* fuz~ (d ODER e) -x').tree
    assert tree is not None
    some = some_words(tree)
    assert some is not None
    assert some.missing({0, 5}) == ("c a", "pre*", "fuz~")
    assert some.missing({1, 2, 3}) == ("b", "d, e")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('"a b"', "(a & b)"),
        ('a ="a b" titel:"d e" -"x y"', '(a & =a & =b & title:d & title:e & !"x y")'),
        ('("a b" ODER c) d', "(((a & b) | c) & d)"),
        ('c "a a"', "(c & a)"),
        ('c "ab* *de EU-f?h"', "(c & ab* & *de & EU & f?h)"),
        ("a b", "nothing"),
        ('-"a b"', "nothing"),
    ],
)
def test_words_of_phrases_in_any_order(text: str, tree: str) -> None:
    """All of them are demanded; None where there is no phrase to loosen."""
    parsed = parse(text).tree
    assert parsed is not None
    assert render(in_any_order(parsed)) == tree


@given(st.lists(st.from_regex(r"[a-zß][a-zäöüß0-9]{0,7}", fullmatch=True), min_size=1, max_size=12))
def test_plain_words_are_searched_as_typed_and_in_order(words: list[str]) -> None:
    """Without signs and capitals there is no syntax: every word is a Term."""
    parsed = parse(" ".join(words))
    distinct = list(dict.fromkeys(words))
    assert [word.text for word in parsed.words] == words
    assert parsed.tree is not None
    leaves = list(parsed.tree.leaves())
    assert leaves == [Term("text", word) for word in distinct]
    assert not parsed.notes


@given(
    st.lists(
        st.sampled_from(("Stahl", "stahl", "Öl-Preis", "ODER", "and", "2024-01-16", "a-b", "x"))
        | st.from_regex(r"[a-zäöüßÉ0-9]{1,6}(-[a-zA-Z]{1,3})?", fullmatch=True),
        min_size=1,
        max_size=9,
    )
)
def test_plain_words_are_read_as_the_parser_reads_them(words: list[str]) -> None:
    """The short way for most queries leads to the same tree, words and count."""
    line = clean_line(" ".join(words))
    if not is_plain(line):
        assert "ODER" in words or re.search(r"\b\w{1,4} [0-9]", line)
        return
    parser = SurfaceParser()
    as_typed = parser.parse(line, normalize=False)
    by_parser = ParsedQuery(line, settled(as_typed), (), tuple(words_of(as_typed)))
    assert not parser.notes
    assert parse(line) == by_parser
    parse_query(line, max_chars=len(line), max_words=parser.word_count, max_wildcards=0)
    with pytest.raises(QueryTooLong):
        parse_query(line, max_chars=len(line), max_words=parser.word_count - 1, max_wildcards=0)


@given(st.dates(), st.dates())
def test_date_ranges_hold_both_their_ends(first: dt.date, last: dt.date) -> None:
    """ISO and German day forms give inclusive ranges, in whichever order they stand."""
    german = f"{last.day}.{last.month}.{last.year:04}"
    start, end = sorted([first, last])
    assert parse(f"datum:{first}..{german}").tree == DateRange(start, end)


@given(st.dates())
def test_a_month_ends_before_the_next_one_begins(day: dt.date) -> None:
    """Both spellings of a month mean its days from the first to the last."""
    tree = parse(f"datum:{day.month}.{day.year:04}").tree
    assert tree == parse(f"datum:{day.year:04}-{day.month}").tree
    assert isinstance(tree, DateRange)
    assert tree.start == day.replace(day=1)
    assert tree.end is not None
    assert (tree.end.year, tree.end.month) == (day.year, day.month)
    assert tree.end == dt.date.max or (tree.end + dt.timedelta(days=1)).day == 1


# A naive oracle: the same expression, written down and evaluated directly.

LETTERS = "abcd"
Document = frozenset[str]
DOCUMENTS = [
    frozenset(words)
    for size in range(len(LETTERS) + 1)
    for words in itertools.combinations(LETTERS, size)
]


def matches(tree: Query, document: Document) -> bool:
    if isinstance(tree, And):
        return all(matches(each, document) for each in tree)
    if isinstance(tree, Or):
        return any(matches(each, document) for each in tree)
    if isinstance(tree, Not):
        return not matches(tree.query, document)
    if isinstance(tree, Every):
        return True
    assert isinstance(tree, Term)
    return tree.text in document


Expression = tuple[str, Callable[[Document], bool], int]
"""A query, what it means, and how tightly its outermost operator binds (3: not at all)."""


def _in_parentheses(expression: Expression, binding: int) -> str:
    text, _, own = expression
    return text if own >= binding else f"({text})"


def _negation(sign: str, inner: Expression) -> Expression:
    return f"{sign}{_in_parentheses(inner, 3)}", lambda doc: not inner[1](doc), 2


def _joined(signs: list[str], binding: int, parts: list[Expression]) -> Expression:
    texts = [_in_parentheses(part, binding) for part in parts]
    joined = texts[0] + "".join(f"{signs[i]}{text}" for i, text in enumerate(texts[1:]))
    test = all if binding == 1 else any
    return joined, lambda doc: test(meaning(doc) for _, meaning, _ in parts), binding


def _compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def joined(signs: list[str], binding: int) -> st.SearchStrategy[Expression]:
        return st.builds(
            _joined,
            st.lists(st.sampled_from(signs), min_size=3, max_size=3),
            st.just(binding),
            st.lists(inner, min_size=2, max_size=4),
        )

    return st.one_of(
        st.builds(_negation, st.sampled_from(["-", "NICHT ", "NOT "]), inner),
        joined([" ", " UND ", " AND "], 1),
        joined([" ODER ", " OR "], 0),
    )


def _word(letter: str) -> Expression:
    return letter, lambda doc: letter in doc, 3


EXPRESSIONS = st.recursive(st.sampled_from(LETTERS).map(_word), _compound, max_leaves=10)


@given(EXPRESSIONS)
@example(_joined([" ODER "], 0, [_word("a"), _joined([" "], 1, [_word("b"), _word("c")])]))
def test_not_binds_tighter_than_and_tighter_than_or(expression: Expression) -> None:
    """A Boolean query matches what it means, over all documents of its words."""
    text, meaning, _ = expression
    parsed = parse(text)
    assume("nested_too_deeply" not in {note.kind for note in parsed.notes})
    assert parsed.tree is not None
    assert not parsed.notes
    found = [document for document in DOCUMENTS if matches(parsed.tree, document)]
    assert found == [document for document in DOCUMENTS if meaning(document)], text


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("eis", "eis"),
        ("  eis  am Stiel ", "  eis  am Stiel "),
        ("eins zwei drei vier fünf", "eins zwei drei vier"),
        ("a1* b2* c3* d", "a1* b2*"),
        ("eislaufen " * 3 + "x" * 50, "eislaufen eislaufen eislaufen"),
        ("x" * 50, ""),
        ("", ""),
    ],
)
def test_a_query_is_shortened_to_its_first_words(text: str, shortened: str) -> None:
    """As many as the limits allow, each whole."""
    assert shortened_query(text, max_chars=40, max_words=4, max_wildcards=2) == shortened


@given(st.text('ab *"()-~\u00ad'), st.integers(0, 40), st.integers(0, 6), st.integers(0, 3))
def test_what_is_shortened_can_be_parsed(
    text: str, max_chars: int, max_words: int, max_wildcards: int
) -> None:
    """Whatever it holds; and it is a beginning of what was typed."""
    limits = {"max_chars": max_chars, "max_words": max_words, "max_wildcards": max_wildcards}
    shortened = shortened_query(text, **limits)
    assert text.startswith(shortened)
    parse_query(shortened, **limits)


@pytest.mark.parametrize(
    ("line", "narrowed"),
    [
        ("stahl", "stahl Koks"),
        ("  stahl   werk ", "stahl werk Koks"),
        ("der stahl", "der stahl Koks"),
        ("+stahl +werk", "+stahl +werk Koks"),
        ('"grüner Stahl" -China', '"grüner Stahl" -China Koks'),
        ("titel:Stahl datum:2024", "titel:Stahl datum:2024 Koks"),
        ("(stahl ODER eisen) werk*", "(stahl ODER eisen) werk* Koks"),
        # It would be one of the alternatives, one of the words that are enough, or excluded.
        ("stahl ODER eisen", None),
        ("stahl NICHT", None),
        ("", None),
        ("Wie macht man den Stahl?", None),
        ("stahl werk eisen erz", None),
        # It is there already, or too much.
        ("stahl Koks", None),
        ("stahl " + "x" * 90, None),
    ],
)
def test_a_line_is_narrowed_by_a_word_if_that_is_all_that_changes(
    line: str, narrowed: str | None
) -> None:
    """A query with the word demands what it did, and the word."""
    limits = {"max_chars": 100, "max_words": 10, "max_wildcards": 2}
    parsed = parse_query(line, **limits)
    demand = parsed.demanded()
    if demand is None:
        assert narrowed is None
        return
    assert narrowed_line(parsed.line, demand, "Koks", **limits) == narrowed
