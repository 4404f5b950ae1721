"""Finds the words of a text, with exact offsets, before they are normalized and stemmed.

What is one word, and what is more than one:

- A hyphen compound, an elision or an ampersand (`EU-Kommission`, `d’Alembert`, `H&M`) yields
  the joined whole (word `EUKommission`) and its parts; the whole shares the position of the
  first part, so that `EU`, `Kommission`, `EUKommission` and the phrase "EU Kommission" find it.
- A gender form (`Lehrer*innen`, `:innen`, `_innen`, `/-innen`, `(innen)`, `jede*r`) is one
  word without its sign, `Kunden/-innen` is `Kundinnen`; `LehrerInnen` is an ordinary word that
  lower-casing brings home.
- A date (`16.01.2024`, `16.01.24`, `16. Jan. 2024`, `2024-01-16`) yields its ISO form and day,
  month name and year at consecutive positions; `31.02.2024` is a plain number.
- A number keeps its inner points, commas and colons (`1.000,50`, `12:30`, `3.11.7`) and the blanks
  between groups of three digits (`1 000 000`); a sign and a unit stay outside (`3,5kg`).
- `%`, `€`, `§` and the like are the words that they stand for: `3,5 %` is `3,5`, `Prozent`.
- A code of capitals and a number (`A 9`, `CO 2`) and a fraction (`1/4`, as in `¼`) yield, like a
  hyphen compound, the joined whole and its parts.
- Initials are one word, with blanks or without (`U.S.A.` is `USA`, `z. B.` is `zB`); `Art.` before
  a number is `Artikel`; `C++` and `C#` keep their signs.
- "/", "_", "." and "@" separate words (`und/oder`, `AC/DC`, file names, addresses).
- `Ein- und Ausfuhr` are the words `Ein`, `und`, `Ausfuhr`.
- Emoji and other symbols are no words. Scripts without blanks between words stay in runs.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

RawToken = tuple[str, int, int, int, str]
"""(surface, start, end, position, word): `word` is what the token stands for, still in the
case and Unicode form of the text: signs and blanks taken out, parts joined, a date as ISO."""

MAX_JOINED_PARTS = 8
"""A chain of more parts than this is no compound and yields only its parts."""

_PLAIN_TEXT = re.compile(r"(?:[A-Za-zÄÖÜäöüß]++ ?)*+")
_PLAIN_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+")
"""These two find the tokens of plain text. The other patterns take a tenth of a second to compile,
which a search for a few words on the command line can do without: each is compiled when it is
first used."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A verbose pattern with the characters of `_mark_class` in place of _MARK."""
    return re.compile(pattern.replace(_MARK, f"[{_mark_class()}]"), re.VERBOSE)


def _mark_class() -> str:
    """The characters that continue a word though `\\w` does not match them, for a [...] class.

    These are the combining marks, so that decomposed text has the same words, and the soft
    hyphen and zero-width characters, which a query that was not cleaned may hold. Marks beyond
    U+FFFF (of ancient scripts) are left out: with them the class is 200 times slower.
    """
    first_mark, last_mark = 0x300, 0xFE2F
    is_mark = [
        unicodedata.category(chr(code))[0] == "M" for code in range(first_mark, last_mark + 2)
    ]
    # As ranges: the patterns name this class a dozen times, and compile in half the time.
    borders = [
        code
        for code, (before, here) in enumerate(pairwise([False, *is_mark]), start=first_mark)
        if before != here
    ]
    ranges = (f"{chr(a)}-{chr(b - 1)}" for a, b in zip(borders[::2], borders[1::2], strict=True))
    return "".join(ranges) + "\u00ad\u200b-\u200d\u2060\ufeff"


_MARK = "<mark>"
_LETTER = r"[^\W\d_]"
_ALNUM = r"[^\W_]"
_HYPHENS = "\\-\u2010-\u2015\u2212"
_APOSTROPHES = "'\u2018\u2019`\u00b4"
_GENDER_SIGNS = "*:_\u00b7\u2022"
_SIGNS = f"{_HYPHENS}{_APOSTROPHES}{_GENDER_SIGNS}/()&.,+#"
CLOSING_SIGNS = ".)+#"
"""The signs that a token may end with: `U.S.A.`, `Bürger(innen)`, `C++`, `C#`."""
_MONTHS = (
    ("Januar", "Jan|Januar|Jänner|Ja\u0308nner"),
    ("Februar", "Feb|Febr|Februar|Feber"),
    ("März", "März|Ma\u0308rz|Mär|Mrz"),
    ("April", "Apr|April"),
    ("Mai", "Mai"),
    ("Juni", "Jun|Juni"),
    ("Juli", "Jul|Juli"),
    ("August", "Aug|August"),
    ("September", "Sep|Sept|September"),
    ("Oktober", "Okt|Oktober"),
    ("November", "Nov|November"),
    ("Dezember", "Dez|Dezember"),
)
_MONTH_NUMBER = {
    spelling.lower(): number
    for number, (_, spellings) in enumerate(_MONTHS, start=1)
    for spelling in spellings.split("|")
}

# All repeats that can be long are possessive ("++", "*+") or bounded: a text of any kind is
# scanned in time linear in its length. A possessive group looks ahead before it takes anything:
# up to Python 3.11.4 it keeps what a last, failed repeat has taken.
_BLANK = "[ \u00a0\u2009\u202f]"
"""A blank that is typed inside of a number or an abbreviation."""

SIGN_WORDS = {
    "%": "Prozent",
    "‰": "Promille",
    "€": "Euro",
    "$": "Dollar",
    "£": "Pfund",
    "§": "Paragraf",
    "§§": "Paragraf",
}
"""Signs that are read as words."""
_SIGN_CHARS = "%‰€$£§"

_NUMBERED = {
    "art": "Artikel",
    "abs": "Absatz",
    "kap": "Kapitel",
    "bd": "Band",
    "jg": "Jahrgang",
    "ziff": "Ziffer",
}
"""Abbreviations, in lower case, that stand for these words before a number; elsewhere they may be
other words, as in "dieser Art."."""

_LONGEST_NUMBERED = max(map(len, _NUMBERED))

_FRACTIONS = frozenset("1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8".split())
"""Those that have a character of their own; other numbers with a slash are seldom fractions."""

_FIRST_YEAR = 1935
"""Of the hundred years that two digits may mean: 16.01.34 is a day of 2034, 16.01.35 of 1935."""

_RUN = rf"{_ALNUM}++(?:{_MARK}++{_ALNUM}*+)*+"
_LETTERS = rf"{_LETTER}++(?:{_MARK}++{_LETTER}*+)*+"
_ONE_LETTER = rf"{_LETTER}{_MARK}{{0,30}}+"
_END = rf"(?! {_ALNUM} | {_MARK} )"

# One link of a chain, or a word of its own where there is no chain.
_ATOM = rf"""(?:
    # 1 000 000: groups of three, not within a longer row of numbers or a telephone number.
    (?<! [+/] ) (?<! [0-9]{_BLANK} )
    [1-9] [0-9]{{0,2}} (?: {_BLANK} [0-9]{{3}} )++ (?: , [0-9]++ )?
    (?! {_BLANK} [0-9] | [.,:{_APOSTROPHES}] [0-9] ) {_END}
  | [0-9]++ (?: (?= [.,:{_APOSTROPHES}] [0-9] ) . [0-9]++ )++  # 1.000,50  12:30  3.11.7  1'000
  | {_ONE_LETTER} (?: \+\+ | \# ) {_END}                    # C++  C#
  | (?= (?: {_ONE_LETTER} ){{3}} ) {_LETTERS}               # gender forms:
    (?: [{_GENDER_SIGNS}] (?i:innen) (?! {_MARK} ) (?: {_LETTERS} )?  # Bürger*innen(rat)
      | [*:\u00b7\u2022] (?i:in) {_END}                       #   Bürger:in
      | [*:] (?i:e[nrsm]?|[nrsm]) {_END}                    #   jede*r  Beamt:e
      | / [{_HYPHENS}]? (?i:innen) {_END}                   #   Bürger/innen
      | / [{_HYPHENS}] (?i:in) {_END}                       #   Bürger/-in
      | \( [{_HYPHENS}]? (?i:in|innen) \)                   #   Bürger(innen)
    )
  | (?= (?: {_ONE_LETTER} ){{4}} ) {_LETTERS}               # Bürger/in, Bürger_in by their
    (?<= (?i:[defgmrt]) ) [/_] (?i:in) {_END}               # endings, but not Bonn/in, und/in
  | {_RUN}
    (?: [{_APOSTROPHES}] (?: {_ONE_LETTER} ){{1,2}}+ {_END} # geht's, but not O'Neill
        (?! [{_APOSTROPHES}] {_ALNUM} )                     # and not rock'n'roll
    )?
)"""
_MONTH_NAME = rf"(?i:{'|'.join(spellings for _, spellings in _MONTHS)}) {_END}"
_JOINER = rf"[{_HYPHENS}{_APOSTROPHES}&]"

_TOKEN = rf"""
    (?P<code>
        (?P<letters> [A-ZÄÖÜ]{{1,2}} ) {_BLANK} (?P<digits> [0-9]{{1,3}} ) {_END}
        # Neither in a row of numbers, nor before the day of a date.
        (?! {_BLANK} [0-9] | [.,:{_APOSTROPHES}] [0-9] | \. \s (?: [0-9] | {_MONTH_NAME} ) )
    )
  | (?P<numbered> (?i:{"|".join(_NUMBERED)}) ) (?= \.? \s? [0-9] )
    # The fast path takes nine words of ten: nothing follows them that could belong to them.
  | (?P<word> [A-Za-zÄÖÜäöüß]{{2,}}+ (?= [\s,.;!?)"“”»«] | \Z ) )
  | (?P<sign> §{{1,2}} | [‰€£] | % (?! {_ALNUM} ) | \$ (?! {_LETTER} ) )
  | (?= {_ALNUM} )  # No other token starts with anything else: fail early between words.
    (?:
        (?P<date>
            (?P<day> [0-9]{{1,2}} ) \. \s?
            (?: (?P<month> [0-9]{{1,2}} ) \. | (?P<month_name> {_MONTH_NAME} ) \.? ) \s?
            (?P<year> [0-9]{{4}} ) (?! [0-9] )
        )
      | (?P<short_date>  # 16.01.24, but neither 1.2.12 nor 3.11.7
            (?P<short_day> [0-9]{{1,2}} ) \. (?P<short_month> [0-9]{{1,2}} ) \.
            (?P<short_year> [0-9]{{2}} ) {_END} (?! [.,:{_APOSTROPHES}] [0-9] )
        )
      | (?P<iso_date> [0-9]{{4}} - [0-9]{{2}} - [0-9]{{2}} ) (?! [0-9] )
      | (?P<initials>
            {_ONE_LETTER} (?: (?= \. {_LETTER} ) \. {_ONE_LETTER} ){{1,9}}+ (?! \.?{_ALNUM} ) \.?
          | {_ONE_LETTER} \. (?: {_BLANK} {_ONE_LETTER} \. ){{1,4}}+ {_END}
        )
      | (?P<fraction>
            (?<! [0-9][/.,] ) (?P<over> [1-7] ) / (?P<under> [2-8] ) {_END} (?! [/.,:] [0-9] )
        )
      | (?P<chain> {_ATOM} (?: (?= {_JOINER} {_ALNUM} ) . {_ATOM} )*+ )
    )
"""

_SEPARATOR = rf"(?! {_ALNUM} | {_MARK} ) [^{_SIGNS}{_SIGN_CHARS}]"

_INITIAL = rf"{_ONE_LETTER} \."
_MONTH_PREFIXES = {spelling[:2].lower() for spelling in _MONTH_NUMBER}
_AFTER_RUN = rf"""
    # Of a date, the day and the month; a number, which may go on; a code or an abbreviation, which
    # may follow a number without a blank.
    (?: (?P<day> (?<! [0-9] ) [0-9]{{1,2}} \. ) | [0-9] (?: \. {_MONTH_NAME} )? \.?
      | (?<! {_LETTER} ) (?: [A-ZÄÖÜ]{{1,2}} | (?i:{"|".join(_NUMBERED)}) \.? )
      | (?P<initial> (?<! {_LETTER} ) {_ONE_LETTER} \. )
    ) \Z
"""

# Before "in" and "innen" an ending goes: Kunde/-in, Kunden/-innen, Bürgern/-innen.
_GENDER_GAP = rf"(?i: (?: (?<=e[lr])n | en? )? [{_GENDER_SIGNS}/(] [{_HYPHENS}]? (?=in) )"
_INNER_SIGNS = rf"[{_GENDER_SIGNS}/(){_HYPHENS}{_APOSTROPHES}.]"


def tokenize(text: str) -> Iterator[RawToken]:
    """Yield the words of a text, sorted by start, a joined whole before its parts.

    Positions count from 0 and do not decrease. `text[start:end] == surface` for every token.
    Takes any string, also one that was not cleaned, in time linear in its length.
    """
    if _PLAIN_TEXT.fullmatch(text):
        for position, word in enumerate(_PLAIN_WORD.finditer(text)):
            yield word[0], *word.span(), position, word[0]
        return
    position = 0
    for match in _compiled(_TOKEN).finditer(text):
        kind = match.lastgroup
        start, end = match.span()
        surface = match[0]
        if kind == "word":
            yield surface, start, end, position, surface
            position += 1
        elif kind == "initials":
            yield surface, start, end, position, "".join(surface.replace(".", "").split())
            position += 1
        elif kind == "sign":
            yield surface, start, end, position, SIGN_WORDS[surface]
            position += 1
        elif kind == "numbered":
            yield surface, start, end, position, _NUMBERED[surface.lower()]
            position += 1
        else:
            assert kind is not None  # Every way to match has a name.
            tokens = _READERS[kind](match, position)
            yield from tokens
            position = tokens[-1][3] + 1


_GROUPED = rf"(?<![0-9]{_BLANK})[1-9][0-9]{{0,2}}(?:{_BLANK}[0-9]{{3}})++(?!{_BLANK}?[0-9])"
_UNIT = rf"{_BLANK}[%‰€$£]"
_MONTH_WORDS = "|".join(spellings for _, spellings in _MONTHS)
WORD_WITH_BLANKS = (
    rf"(?:[0-9]{{1,2}}\.{_BLANK}?(?:[0-9]{{1,2}}\.|(?i:{_MONTH_WORDS})\.?){_BLANK}[0-9]{{4}}"
    rf"|[^\W\d_]\.(?:{_BLANK}[^\W\d_]\.){{1,4}}"
    rf"|[A-ZÄÖÜ]{{1,2}}{_BLANK}[0-9]{{1,3}}(?!{_BLANK}[0-9])"
    rf"|(?i:{'|'.join(_NUMBERED)})\.?{_BLANK}[0-9]++"
    rf"|§{{1,2}}{_BLANK}?[0-9]++"
    rf"|{_GROUPED}(?:,[0-9]++)?(?:{_UNIT})?"
    rf"|[0-9]++(?:[.,][0-9]++)*+{_UNIT})"
)
"""A pattern of what a reader types as one word though it has blanks: a date, `z. B.`, `A 9`,
`Art. 5`, `§ 12`, `1 000 000`, `10 %`. Whether it is, the tokenizer decides."""


# Where can a text be cut without changing its tokens? `searchapp.german.token_arrays` relies on
# these rules, and its tests compare both. Separators are in no token but for the blanks of those
# that `continuations` tells. No token begins with one of the `signs`; only CLOSING_SIGNS end a
# token, ")" only after an "n", and "." only after a single letter; in a token, "/" and "_" are only
# before an "i" or a digit (the hyphen of "/-in" aside). What stands before a token matters only if
# it is a digit, "+" or "/".


def separators(characters: str) -> set[str]:
    """Those of some characters that are in no token, but for single blanks."""
    return set(_compiled(_SEPARATOR).findall(characters))


def signs(characters: str) -> set[str]:
    """Those of some characters that are inside of some tokens and between others.

    No token begins with one, and only CLOSING_SIGNS end one.
    """
    return set(_compiled(f"[{_SIGNS}]").findall(characters))


NUMERAL, MONTH, INITIAL = 1, 2, 4
"""How a run may begin that belongs to the run before: with a digit, a month's name, one letter."""


def continuations(run: str) -> int:
    """How the next run begins if a token goes on, or is decided, after the blank that follows.

    run: characters without a separator. Bits of NUMERAL, MONTH and INITIAL; 0 for nearly all.
    May name more than the tokenizer joins.
    """
    if len(run) > _LONGEST_NUMBERED and run.isalpha():
        return 0
    match = _compiled(_AFTER_RUN).search(run)
    if match is None:
        return 0
    if match["initial"]:
        return INITIAL | NUMERAL
    return NUMERAL | MONTH if match["day"] else NUMERAL


def continues_as(run: str) -> int:
    """Which of NUMERAL, MONTH and INITIAL a run begins with; 0 for nearly all."""
    if run[0] in "0123456789":
        return NUMERAL
    if run[:2].casefold() in _MONTH_PREFIXES:
        return MONTH
    return 0 if run.isalpha() or not _compiled(_INITIAL).match(run) else INITIAL


def _chain(match: re.Match[str], position: int) -> list[RawToken]:
    """The parts of a matched chain, after the joined whole if there is more than one."""
    parts = _parts(match, position)
    # Numbers in a row are a range or a telephone number, not a compound.
    if 1 < len(parts) <= MAX_JOINED_PARTS and not all(map(_is_number, parts)):
        joined = ""
        for _, start, _, _, word in parts:
            ampersand = "&" if match.string[start - 1] == "&" and joined else ""
            joined += ampersand + word
        parts.insert(0, (match[0], *match.span(), position, joined))
    return parts


def _parts(match: re.Match[str], position: int) -> list[RawToken]:
    """Each word and number within a match, at consecutive positions."""
    parts: list[RawToken] = []
    for atom in _compiled(_ATOM).finditer(match.string, *match.span()):
        surface = atom[0]
        word = surface
        if surface[0].isdigit():
            word = "".join(surface.split())  # 1 000 000
        elif not surface.isalnum():
            without_gap = _compiled(_GENDER_GAP).sub("", surface, count=1)
            word = _compiled(_INNER_SIGNS).sub("", without_gap)
        parts.append((surface, *atom.span(), position + len(parts), word))
    return parts


def _is_number(token: RawToken) -> bool:
    return token[0][0].isdigit() and token[0][-1].isdigit()


def _code(match: re.Match[str], position: int) -> list[RawToken]:
    """The whole of a code, `A9`, and its parts."""
    joined = match["letters"] + match["digits"]
    return [
        (match[0], *match.span(), position, joined),
        *_groups(match, position, "letters", "digits"),
    ]


def _fraction(match: re.Match[str], position: int) -> list[RawToken]:
    """A fraction as its character has it, "1⁄4", and its numbers."""
    numbers = _groups(match, position, "over", "under")
    if match[0] not in _FRACTIONS:
        return numbers
    return [(match[0], *match.span(), position, match[0].replace("/", "\u2044")), *numbers]


def _groups(match: re.Match[str], position: int, *names: str) -> list[RawToken]:
    """Some groups of a match, at consecutive positions."""
    return [
        (match[name], *match.span(name), position + offset, match[name])
        for offset, name in enumerate(names)
    ]


def _date(match: re.Match[str], position: int) -> list[RawToken]:
    """The ISO date, day, month name and year of a matched date.

    A day that does not exist is no date: its words and numbers are tokens as they stand.
    """
    surface, (start, end) = match[0], match.span()
    if match.lastgroup == "iso_date":
        year, month, day = map(int, surface.split("-"))
        # Its parts stand in the wrong order for a phrase such as "Januar 2024". They all
        # cover the whole, and so may have the positions of a date that is written out.
        spans = [(start, end)] * 3
    elif match.lastgroup == "short_date":
        groups = ("short_day", "short_month", "short_year")
        day, month, year = (int(match[group]) for group in groups)
        year = (year - _FIRST_YEAR) % 100 + _FIRST_YEAR
        # One digit each is rather a version or the number of a section.
        if surface[1] == surface[3] == "." and year % 100 < 32:
            return _parts(match, position)
        spans = [match.span(group) for group in groups]
    else:
        month_group = "month" if match["month"] else "month_name"
        year, day = int(match["year"]), int(match["day"])
        # Without case, "Maı" and "Auguſt" match too; 0 is no month.
        month = int(match["month"] or _MONTH_NUMBER.get(match["month_name"].lower(), 0))
        spans = [match.span(group) for group in ("day", month_group, "year")]
    try:
        iso = dt.date(year, month, day).isoformat()
    except ValueError:
        return _parts(match, position)
    tokens = [(surface, start, end, position, iso)]
    words = (str(day), _MONTHS[month - 1][0], str(year))
    for offset, ((part_start, part_end), word) in enumerate(zip(spans, words, strict=True)):
        part = match.string[part_start:part_end]
        tokens.append((part, part_start, part_end, position + offset, word))
    return tokens


_READERS = {
    "chain": _chain,
    "code": _code,
    "fraction": _fraction,
    "date": _date,
    "short_date": _date,
    "iso_date": _date,
}
"""What makes the tokens of a match, by the name of its group."""
