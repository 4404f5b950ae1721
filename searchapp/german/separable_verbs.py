"""Finds separated verbs: "fing … an" is a form of "anfangen".

In a main clause the particle of a separable verb stands at the end of the clause, and its finite
verb in the first or second place. A preposition never ends a clause. So a particle that does is
nearly always that of a verb, and its verb is the nearest finite one before it that makes a verb of
the dictionary with it:

    Er *gab* den Plan nach drei Jahren *auf*.              -> aufgeben
    Sie *nahm*, wie er schrieb, am Gipfel *teil* und ...   -> teilnehmen

The search ends with the sentence, and at any other finite verb: then the clause is that verb's.
What stands in brackets, and a clause inserted between commas, are passed over. Adverbs that end a
clause without a verb of their own ("von Anfang an", "ab und zu") are told by the words around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from searchapp.german.function_words import FINITE_VERBS, FUNCTION_WORDS
from searchapp.german.sentences import INNER_ABBREVIATIONS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PREPOSITIONS = _words("ab an auf aus bei durch gegenüber mit nach über um unter vor zu")
"""The particles that are prepositions, too."""

_ALWAYS_PARTICLES = _PREPOSITIONS | _words(
    """
    auseinander aneinander beisammen dar dran ein einher empor entgegen entzwei fehl fest fort heim
    her herab heran herauf heraus herbei herein hernieder herüber herum herunter hervor hierher hin
    hinab hinan hinauf hinaus hindurch hinein hintan hinterher hinüber hinunter hinweg hinzu hoch
    inne kehrt los nach nieder preis quer raus rein rauf rüber rückwärts rum runter statt teil
    überein umher vor voran voraus vorbei vorüber vorweg vorwärts weg weiter wett wider wieder
    zunichte zurecht zurück zusammen zustande zuteil zuvor zuwider
    """
)

_OF_FEW_VERBS = {
    "acht": _words("geben"),
    "bekannt": _words("geben machen"),
    "bereit": _words("erklären stellen halten stehen liegen legen"),
    "da": _words("stehen liegen sitzen bleiben"),
    "dagegen": _words("halten sprechen"),
    "davon": _words("tragen laufen kommen schleichen fahren fliegen"),
    "dazu": _words("gehören lernen verdienen gewinnen zählen"),
    "fern": _words("bleiben halten"),
    "fertig": _words("stellen bringen machen"),
    "frei": _words("geben lassen setzen stellen sprechen halten legen kommen machen schalten"),
    "gleich": _words("setzen stellen kommen tun ziehen"),
    "haus": _words("halten"),
    "irre": _words("führen"),
    "kaputt": _words("machen gehen"),
    "kennen": _words("lernen"),
    "klar": _words("machen stellen kommen"),
    "kund": _words("tun geben machen"),
    "leer": _words("stehen laufen"),
    "leid": _words("tun"),
    "maß": _words("halten"),
    "nahe": _words("legen liegen stehen bringen kommen gehen"),
    "offen": _words("legen stehen lassen halten"),
    "richtig": _words("stellen"),
    "schief": _words("gehen"),
    "sicher": _words("stellen gehen"),
    "stand": _words("halten"),
    "still": _words("legen stehen halten"),
    "tot": _words("schlagen schießen"),
    "übrig": _words("bleiben lassen behalten"),
    "voll": _words("laufen"),
    "wahr": _words("nehmen machen"),
}
"""Words of other kinds that make a verb with few others: "das ist bekannt", but "gab bekannt"."""

PARTICLES = _ALWAYS_PARTICLES | _OF_FEW_VERBS.keys()
"""What may stand apart from its verb."""

_MAX_PARTICLE_CHARS = max(map(len, PARTICLES)) + 1

MAX_WORDS = 30
"""Words before the particle among which its verb is looked for."""

MAX_REMEMBERED = 100_000
"""Pairs, and forms, whose answers are remembered, in about 30 MB."""

CONJUNCTIONS = _words(
    "und oder sowie aber sondern doch denn bzw beziehungsweise als wie bis dass daß weil"
)
"""What may follow the end of a clause without a comma."""

_JOINING = _words("und oder sowie aber sondern doch denn")

_SUBORDINATING = _words(
    """
    der die das den dem dessen deren denen welche welcher welches welchem welchen was wer wen wem
    wo wie weil dass daß ob wenn als da damit während nachdem bevor obwohl obgleich indem sodass
    falls sobald solange soweit sofern seit seitdem bis um ohne statt anstatt
    womit wodurch worauf woraus worin woran wobei wofür wovon wozu wogegen wonach worüber
    """
)
"""The first words of subordinate clauses, relative ones among them."""

_ALL_PREPOSITIONS = _PREPOSITIONS | _words(
    "in für gegen von ohne wegen trotz zwischen hinter neben seit bis während"
)

_DETERMINERS = _words(
    """
    der die das den dem des ein eine einer eines einem einen kein keine keiner keines keinem keinen
    dieser diese dieses diesem diesen jede jeder jedes jedem jeden alle aller allen viele vieler
    vielen einige einiger einigen mehrere mehrerer mehreren beide beider beiden im am zum zur vom
    beim ins ans ihr ihre ihrer ihren ihrem ihres seine seiner seinen seinem seines unsere unserer
    unseren meine meiner meinen deren dessen sehr so zu
    """
)
"""After one of them a word that looks like a verb in the plural is an adjective, or an infinitive
after "zu"."""

_WITHOUT_PARTICLE = _words("sein werden können müssen wollen sollen dürfen mögen")
"""Verbs with which a particle is an adverb: "das Licht ist aus", "ich muss weg"."""
_AUXILIARIES = FINITE_VERBS - {"gewesen", "worden"}
_NO_VERBS = (FUNCTION_WORDS - FINITE_VERBS) | _JOINING | {"bitte"}

_SINCE = re.compile(
    r"anfang|beginn|anbeginn|tage?|moment|augenblick|zeitpunkt|stunde|stelle|jahre?n?|zeit|geburt|kind"
    r"|kindheit|jugend|klein|jung|grund|da|dann|nun|jetzt|heute|hier|dort|[0-9]+"
    r"|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
)
"""Between "von" and an adverb: "von Anfang an", "vom ersten Tag an", "von klein auf"."""
_AMOUNT = re.compile(r"viel|hoch|hohe|groß|lang|weit|oft|alt|stark")
"""Behind a preposition and "wie": "mit wie vielen", "ab wie hohem"."""
_POSTPOSITION = re.compile(
    r"(?:.*(?:meinung|ansicht|auffassung)|angaben?|einschätzung|überzeugung|erachtens|dem|namen?)"
)
"""Before "nach": "meiner Meinung nach"."""

_CLAUSE_END = re.compile(
    r"""[\"'“”„»«’)\]]* (?: [.,:;!?…)\]\n] | \s* (?:\Z|\n) | \s+ (?: [(\[–—] | -(?:\s|\Z) ) )""",
    re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?:;\n•|]")
_INSEPARABLE = re.compile(
    r"(?:be|emp|ent|er|ge|hinter|miss|über|unter|ver|voll|wider|zer).+|.+iert(?:en?)?"
)
"""Finite forms of verbs that take no particle. Most look like participles ("verteilt",
"orientierte"), which stand between a verb and its particle."""
_PRESENT_PARTICIPLE = re.compile(r"(.+n)d(?:e[mnrs]?)?")
_INFLECTED_PARTICIPLE = re.compile(r".+(?:ene[mnrs]?|te[mrs])")
_GE_STEM = re.compile(r"(ge.{3,}?)(?:e?t(?:e(?:n|t|st)?)?|e?st|en?)")
_OPENING = frozenset("\"„“‚»«('")

_NO_VERB, _OTHER_VERB = -1, -2

_NEITHER, _OTHER, _SURE, _IMPERATIVE, _UNCERTAIN = range(1, 6)
"""What a word may be beside a particle: no verb; another verb; a finite form that makes a verb with
it; such a form that only begins a sentence; and one that may be something else, too: adjectives,
infinitives and participles look like it ("lange Hosen", "zu nehmen", "verteilt").
"""


class Words(NamedTuple):
    """Some words of a text, one after the other: exact forms without marks, starts and ends."""

    forms: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


class SeparableVerbs:
    """Finds separated verbs; remembers what it asked the dictionary.

    Answers do not depend on what was asked before, so that threads may share one.
    """

    def __init__(self, lemma: Callable[[str], str | None]) -> None:
        """lemma: gives the dictionary form of a form that is written in lower case."""
        self._lemma = lemma
        self._kinds: dict[tuple[str, str], int] = {}
        self._finite: dict[str, bool] = {}

    def verb_of(self, text: str, words: Words, particle: int) -> int | None:
        """The number of the finite verb that belongs to a word, if that is its particle.

        words: MAX_WORDS + 1 before the particle and two after it, where the text has as many.
        Takes time linear in their number and in the gaps between them.
        """
        if not _ends_clause(text, words, particle):
            return None
        first = max(0, particle - MAX_WORDS)
        end = particle + 1
        in_brackets = False
        while end > first:
            begin, border = _stretch(text, words, first, end)
            if end > particle and _is_adverb(words, begin, particle):
                return None
            is_inserted = end <= particle and border == "," and self._is_inserted(words, begin, end)
            if not in_brackets and not is_inserted:
                verb = self._verb_between(text, words, begin, end, particle, border)
                if verb != _NO_VERB:
                    return verb if verb >= 0 else None
            if border == ")":
                in_brackets = True
            elif border == "(" and in_brackets:
                in_brackets = False
            elif border != ",":
                return None
            end = begin
        return None

    def infinitive(self, particle: str, form: str) -> str | None:
        """The separable verb that a particle and a finite form make; None if there is none."""
        return next(self._possible_infinitives(particle, form), None)

    def _kind(self, particle: str, form: str) -> int:
        infinitive = self.infinitive(particle, form)
        if infinitive is None:
            is_other = self._is_finite(form) and not _INSEPARABLE.fullmatch(form)
            kind = _OTHER if is_other else _NEITHER
        elif infinitive == particle + form + "en":
            # "Ruf an!", or no verb at all ("rund").
            kind = _IMPERATIVE
        elif infinitive in (particle + form, particle + form + "n") or _INSEPARABLE.fullmatch(form):
            kind = _UNCERTAIN
        else:
            kind = _SURE
        if len(self._kinds) >= MAX_REMEMBERED:
            self._kinds.clear()
        self._kinds[particle, form] = kind
        return kind

    def _possible_infinitives(self, particle: str, form: str) -> Iterator[str]:
        if (
            form in _NO_VERBS
            or _INFLECTED_PARTICIPLE.fullmatch(form)
            or self._is_present_participle(form)
        ):
            return
        few = _OF_FEW_VERBS.get(particle)
        for verb in self._possible_verbs(particle, form):
            infinitive = particle + verb
            if (
                verb not in _WITHOUT_PARTICLE
                and (few is None or verb in few)
                and self._lemma(infinitive) == infinitive
                and self._is_verb(verb)
                and not self._is_joined(verb)
            ):
                yield infinitive

    def _possible_verbs(self, particle: str, form: str) -> Iterator[str]:
        lemma = self._lemma(form)
        if form.startswith("ge") and not (lemma and lemma.startswith("ge")):
            # Not a participle, which stands at no place of a finite verb: "gehört" is of "gehören".
            match = _GE_STEM.fullmatch(form)
            if match:
                yield match[1] + "en"
            return
        if lemma and lemma.endswith("n"):
            yield lemma
        if form.endswith("n"):
            yield form
        if not form.endswith("e") or form.endswith("te"):
            # Of "brach" the dictionary may know only the adjective, but "zusammenbrach" as a verb.
            joined = self._lemma(particle + form)
            if joined and joined.startswith(particle) and joined.endswith("n"):
                yield joined[len(particle) :]

    def _is_inserted(self, words: Words, begin: int, end: int) -> bool:
        """Whether the words between two commas are a subordinate clause."""
        opening = words.forms[begin]
        if opening in _ALL_PREPOSITIONS and begin + 1 < end:
            opening = words.forms[begin + 1]
        last = words.forms[end - 1]
        return opening in _SUBORDINATING and (self._is_finite(last) or self._is_verb(last))

    def _verb_between(
        self,
        text: str,
        words: Words,
        begin: int,
        end: int,
        particle: int,
        border: str,
    ) -> int:
        """The number of the verb among some words, _OTHER_VERB, or _NO_VERB."""
        forms, starts, kinds = words.forms, words.starts, self._kinds
        uncertain = _NO_VERB
        for number in range(min(end, particle) - 1, begin - 1, -1):
            form = forms[number]
            if form in _NO_VERBS:
                if uncertain >= 0 and form in _JOINING:
                    return uncertain
                continue
            if not text[starts[number]].islower() and not (number == begin and border == "."):
                continue
            pair = forms[particle], form
            kind = kinds.get(pair) or self._kind(*pair)
            if kind == _NEITHER or not _stands_alone(text, starts[number], words.ends[number]):
                continue
            if kind == _OTHER:
                return _OTHER_VERB
            if kind == _SURE or (kind == _IMPERATIVE and number == begin):
                return number
            if kind == _UNCERTAIN and uncertain < 0:
                # Another verb before it is likelier.
                before = forms[number - 1] if number > begin else ""
                if before not in _DETERMINERS or (number == begin + 1 and before != "zu"):
                    uncertain = number
        return uncertain

    def _is_finite(self, form: str) -> bool:
        """Whether a form is surely a finite one of a verb that is not separable."""
        if form in _AUXILIARIES:
            return True
        known = self._finite.get(form)
        if known is None:
            lemma = self._lemma(form)
            known = (
                lemma is not None
                and not form.startswith(lemma)
                and form not in _NO_VERBS
                and (not form.endswith("e") or form.endswith("te"))
                and (not form.startswith("ge") or lemma.startswith("ge"))
                and not self._is_present_participle(form)
                and self._is_verb(lemma)
                and not self._is_joined(lemma)
            )
            if len(self._finite) >= MAX_REMEMBERED:
                self._finite.clear()
            self._finite[form] = known
        return known

    def _is_verb(self, word: str) -> bool:
        """Whether a word is an infinitive: nouns and adjectives end with an n, too."""
        if not word.endswith("n"):
            return False
        stem = word[:-1].removesuffix("e")
        return any(self._lemma(stem + ending) == word for ending in ("t", "et", "st", "te", "e"))

    def _is_present_participle(self, form: str) -> bool:
        match = _PRESENT_PARTICIPLE.fullmatch(form)
        return match is not None and self._is_verb(match[1])

    def _is_joined(self, lemma: str) -> bool:
        """Whether a verb begins with a particle, so that its finite forms end a clause."""
        return any(
            lemma[:cut] in PARTICLES and self._is_verb(lemma[cut:])
            for cut in range(2, len(lemma) - 2)
        )


def is_separable(infinitive: str) -> bool:
    """Whether a verb may have a particle that stands apart."""
    return infinitive.endswith("n") and any(
        infinitive[:cut] in PARTICLES for cut in range(2, min(_MAX_PARTICLE_CHARS, len(infinitive)))
    )


def _ends_clause(text: str, words: Words, particle: int) -> bool:
    """Whether a clause ends behind a word."""
    form, start, end = words.forms[particle], words.starts[particle], words.ends[particle]
    if not text[start].islower() or (start and not text[start - 1].isspace()):
        return False
    following, after = (*words.forms[particle + 1 : particle + 3], "", "")[:2]
    gap = text[end : words.starts[particle + 1]] if following else ""
    if len(gap) != 1 and _CLAUSE_END.match(text, end):
        # No list of prepositions: "auf, unter und neben dem Tisch", "vor, sondern auch nach dem".
        return not (
            form in _PREPOSITIONS
            and gap.strip() == ","
            and (
                (following in _ALL_PREPOSITIONS and after in _JOINING)
                or (following == "sondern" and (after == "auch" or after in _ALL_PREPOSITIONS))
            )
        )
    if following not in CONJUNCTIONS or not gap.isspace():
        return False
    # Not so "vor und nach dem Krieg", "ab und zu", "nach wie vor", "mit wie vielen", "ein oder
    # zwei", "weiter als".
    return not (
        form in ("wieder", "weiter")
        or after in PARTICLES
        or (form in _PREPOSITIONS and after in _ALL_PREPOSITIONS)
        or (form in _PREPOSITIONS and following == "wie" and _AMOUNT.match(after))
        or (form == "ein" and (following in ("oder", "bis") or after.endswith("selbe")))
    )


def _is_adverb(words: Words, begin: int, particle: int) -> bool:
    """Whether the words before a particle, from `begin` on, make an adverb of it."""
    form = words.forms[particle]
    before = words.forms[max(begin, particle - 5) : particle]
    if len(before) < 2:
        return False
    if before[-1] in ("und", "oder", "wie") and before[-2] in PARTICLES:
        return True  # "auf und ab", "nach wie vor"
    if before[-1] == "darüber":
        return True  # "darüber hinaus"
    if form == "nach":
        return _POSTPOSITION.fullmatch(before[-1]) is not None
    if "von" not in before and "vom" not in before:
        return False
    if form == "aus":
        # "von hier aus", "von deutscher Seite aus"; but "sie gehen von drei Fällen aus".
        return before[-2] in ("von", "vom") or before[-1] in ("seite", "sicht", "haus")
    return form in ("an", "ab", "auf") and _SINCE.fullmatch(before[-1]) is not None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a word is no part of a chain, of an address or of a file name."""
    return (not start or text[start - 1].isspace() or text[start - 1] in _OPENING) and text[
        end : end + 1
    ] not in ("-", "/", ".", "_")


def _stretch(text: str, words: Words, first: int, end: int) -> tuple[int, str]:
    """Where the words before `end` begin that no comma and no bracket parts, and what does.

    The border is "." for the end of a sentence, a comma also for a dash, a bracket, or "" where
    `first` is reached without any.
    """
    starts, ends = words.starts, words.ends
    begin = end - 1
    while True:
        if not begin:
            return begin, "."
        gap = text[ends[begin - 1] : starts[begin]]
        if gap != " " and gap:
            if _SENTENCE_END.search(gap) and not _goes_on(text, words, begin, gap):
                return begin, "."
            if ")" in gap:
                return begin, ")"
            if "(" in gap:
                return begin, "("
            if "," in gap or " – " in gap or " - " in gap:
                return begin, ","
        if begin == first:
            return begin, ""
        begin -= 1


def _goes_on(text: str, words: Words, begin: int, gap: str) -> bool:
    """Whether a point before a word does not end the sentence."""
    if not gap.startswith(".") or _SENTENCE_END.search(gap, 1):
        return False
    form = words.forms[begin - 1]
    return (
        text[words.starts[begin]].islower()
        or len(form) == 1
        or form in INNER_ABBREVIATIONS
        or (form.isdigit() and len(form) <= 2)
    )
