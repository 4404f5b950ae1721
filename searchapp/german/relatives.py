"""Which words of the dictionary are made of one another: `impfen` and `Impfung`.

Relatives name the same thing in another part of speech; a search for one finds the other, as less
than an inflected form. Two words of one stem are strangers as often as relatives (`Sicherheit` and
`sich`, `Bauer` and `Bau`). So only derivations are followed whose meaning is regular, for one step
and no further, and without changing an umlaut, which would lead from `fordern` to `Förderung`.

Keys are lemmas as the dictionary writes them, nouns with a capital. The rules are those of German
word formation (Fleischer & Barz, Wortbildung der deutschen Gegenwartssprache); what a rule would
take wrongly, and frequent pairs that follow none, are listed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from searchapp.german.forms import with_capital
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.verb_prefixes import INSEPARABLE

_SEPARABLE = """
    ab an auf aus bei dar durch ein fort her heraus herein hin hinaus hinein hinter los mit nach
    nieder über um unter voll vor voran vorbei weg wider wieder zu zurück zusammen
"""
_WITH_PREFIX = re.compile(
    rf"(?:{'|'.join(sorted(INSEPARABLE))})[a-zß]*[aeiouäöüy][a-zäöüß]+(?:en|eln|ern)"
    rf"|(?:{'|'.join(sorted(_SEPARABLE.split(), key=len, reverse=True))})([a-zäöüß]{{3,}})"
)

_NOUN_ENDINGS_OF_ISCH = ("ik", "ie")
_MIN_LETTERS_BEFORE_ISCH = 4
"""Shorter words are others: "Mal" is not in "malisch", nor "Ion" in "ionisch"."""

_WITH_OTHER_VOWEL = (
    ("brechen", "bruch"),
    ("fahren", "fahrt"),
    ("greifen", "griff"),
    ("nehmen", "nahme"),
    ("schließen", "schluss"),
    ("steigen", "stieg"),
    ("stürzen", "sturz"),
    ("treten", "tritt"),
)
"""Verbs whose nouns keep the meaning when both have a prefix: `teilnehmen` and `Teilnahme`. Others
often part: "Vorgang" and "vorgehen", "Verstand" and "verstehen"."""

IsLemma = Callable[[str], bool]


def relatives(key: str, is_lemma: IsLemma) -> tuple[str, ...]:
    """The relatives of a key that are words of the dictionary, each once, in a fixed order.

    Function words have none: "Einheit" is not "ein", nor does "sein" ask for "Sein".
    is_lemma: whether a key is that of a dictionary word.
    """
    if key in FUNCTION_WORDS:
        return ()
    found = dict.fromkeys(each for each in _derivations(key, is_lemma) if each != key)
    return tuple(
        each
        for each in found
        if each not in FUNCTION_WORDS
        and frozenset((key, each)) not in _STRANGERS
        and is_lemma(each)
    )


def _derivations(key: str, is_lemma: IsLemma) -> Iterator[str]:
    if key[:1].isupper():
        yield from _of_noun(key.lower(), is_lemma)
    else:
        if key.endswith(("en", "eln", "ern")):
            yield from _of_verb(key, is_lemma)
        yield from _of_adjective(key, is_lemma)
    yield from _PAIRS.get(key, ())


def _has_prefix(verb: str, is_lemma: IsLemma) -> bool:
    """Whether a word is a verb with a prefix, and not one like "vorhanden".

    Nouns of such verbs are hardly ever older than the verb, and keep its meaning: `Besuch`,
    `Verkauf`, `Hersteller`. Those of simple verbs have to be listed: `Spiel`, not `Wein`.
    """
    match = _WITH_PREFIX.fullmatch(verb)
    return match is not None and (match[1] is None or is_lemma(match[1]))


def _of_verb(verb: str, is_lemma: IsLemma) -> Iterator[str]:
    """`handeln` -> `Handeln`, `Handlung`; `gründen` -> `Gründung`; `besuchen` -> `Besuch`."""
    yield with_capital(verb)
    stem = verb[:-2] if verb.endswith("en") else verb[:-1]
    noun = with_capital(stem)
    yield noun + "ung"
    if stem.endswith("el"):
        yield noun[:-2] + "lung"
    if stem.endswith("ier"):
        yield noun[:-3] + "ation"
    if _has_prefix(verb, is_lemma):
        yield from (noun, noun + "e", noun + "er")
    for simple_verb, its_noun in _WITH_OTHER_VOWEL:
        if verb.endswith(simple_verb) and verb != simple_verb:
            yield with_capital(verb.removesuffix(simple_verb) + its_noun)


def _of_noun(noun: str, is_lemma: IsLemma) -> Iterator[str]:
    """The same the other way round; `Politik` -> `politisch`, `Beruf` -> `beruflich`."""
    if noun.endswith(("en", "eln", "ern")):
        yield noun
    if noun.endswith("ung"):
        yield from (noun[:-3] + "en", noun[:-3] + "n")
        if noun.endswith("lung"):
            yield noun[:-4] + "eln"
    if noun.endswith("ation"):
        yield noun[:-5] + "ieren"
    verbs = [noun + "en", noun + "n"]
    if noun.endswith("er"):
        verbs += [noun[:-2] + "en", noun[:-1] + "n"]
    yield from (verb for verb in verbs if _has_prefix(verb, is_lemma))
    for simple_verb, its_noun in _WITH_OTHER_VOWEL:
        if noun.endswith(its_noun) and noun != its_noun:
            yield noun.removesuffix(its_noun) + simple_verb
    if noun.endswith(("heit", "keit")):
        yield noun[:-4]
    if noun.endswith("igkeit") and not is_lemma(noun[:-4]):
        yield noun[:-6]
    endings = ["lich", "ig"] + ["isch"] * (len(noun) >= _MIN_LETTERS_BEFORE_ISCH)
    for stem in dict.fromkeys((noun, noun.removesuffix("e"))):
        yield from (stem + ending for ending in endings)
    if noun.endswith(_NOUN_ENDINGS_OF_ISCH):
        yield noun[:-2] + "isch"


def _of_adjective(adjective: str, is_lemma: IsLemma) -> Iterator[str]:
    """`sicher` -> `Sicherheit`; `politisch` -> `Politik`; `sprachlich` -> `Sprache`.

    `genau` -> `Genauigkeit`, but the noun of "einmal" is not "Einmaligkeit", which is that of
    "einmalig".
    """
    noun = with_capital(adjective)
    yield from (noun + "heit", noun + "keit")
    if not is_lemma(adjective + "ig"):
        yield noun + "igkeit"
    for ending in ("lich", "ig"):
        if adjective.endswith(ending):
            stem = noun.removesuffix(ending)
            yield from (stem, stem + "e")
    if adjective.endswith("isch"):
        stem = noun.removesuffix("isch")
        nouns = (stem, stem + "e")
        yield from (each for each in nouns if len(each) >= _MIN_LETTERS_BEFORE_ISCH)
        yield from (stem + each for each in _NOUN_ENDINGS_OF_ISCH)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split():
        first, _, second = pair.partition("/")
        yield first, second


_STRANGERS = frozenset(
    frozenset(pair)
    for pair in _pairs(
        """
        Abteilung/abteilen Anforderung/anfordern Behausung/behausen Beziehung/beziehen
        Bildung/bilden Endung/enden Enthaltung/enthalten Ergebung/ergeben Fassung/fassen
        Festung/festen Haltung/halten Innung/innen Losung/losen Richtung/richten Siebung/sieben
        Sitzung/sitzen Stellung/stellen Stimmung/stimmen Verfassung/verfassen Versagung/versagen
        Versuchung/versuchen Vorlesung/vorlesen Währung/währen Wartung/warten Weisung/weisen
        Witterung/wittern Zeitung/zeiten

        Angelegenheit/angelegen Befindlichkeit/befindlich Begebenheit/begeben Eigenheit/eigen
        Einzelheit/einzeln Ergebenheit/ergeben Fertigkeit/fertig Gelegenheit/gelegen Hoheit/ho
        Kleinigkeit/klein Mehrheit/mehr Neuigkeit/neu Örtlichkeit/örtlich Persönlichkeit/persönlich
        Räumlichkeit/räumlich Süßigkeit/süß Verlassenheit/verlassen Verlegenheit/verlegen
        Wenigkeit/wenig

        Abkommen/abkommen Ägypten/ägypten Anliegen/anliegen Ansehen/ansehen Aufkommen/aufkommen
        Baden/baden Befinden/befinden Bergen/bergen Betragen/betragen Buchen/buchen Eichen/eichen
        Eigen/eigen Einkommen/einkommen Eisen/eisen En/en Franken/franken Gallen/gallen Gen/gen
        Graben/graben Hagen/hagen Hausen/hausen Kosten/kosten Laden/laden Marken/marken
        Masern/masern Morgen/morgen Norden/norden Passen/passen Polen/polen Posten/posten
        Rahmen/rahmen Rasen/rasen Regen/regen Rücken/rücken Samen/samen Ungarn/ungarn
        Unternehmen/unternehmen Verfahren/verfahren Vergehen/vergehen Vermögen/vermögen
        Versehen/versehen Wagen/wagen Wesen/wesen Westen/westen

        Abfall/abfallen Ablass/ablassen Ableger/ablegen Abteil/abteilen Anfall/anfallen Anger/angen
        Anhalt/anhalten Anhänger/anhängen Anlass/anlassen Anmut/anmuten Anschlag/anschlagen
        Anzahl/anzahlen Aufschluss/aufschließen Aufseher/aufsehen Aufwind/aufwinden
        Ausdruck/ausdrucken Ausnahme/ausnehmen Ausschlag/ausschlagen Ausweis/ausweisen Beate/beaten
        Begriff/begreifen Belang/belangen Berg/bergen Bering/beringen Beruf/berufen
        Bescheid/bescheiden Besteck/bestecken Beton/betonen Durchfall/durchfallen Einfall/einfallen
        Einhalt/einhalten Einzahl/einzahlen Erfolg/erfolgen Erlanger/erlangen Erlös/erlösen
        Ertrag/ertragen Gebiet/gebieten Gebot/geboten Gebühr/gebühren Gefahr/gefahren Gehör/gehören
        Generation/generieren Genese/genesen Geselle/gesellen Gestalt/gestalten Mitte/mitten
        Nachdruck/nachdrucken Nachlass/nachlassen Niederschlag/niederschlagen Reparation/reparieren
        Situation/situieren Überfahrt/überfahren Übergriff/übergreifen Überzahl/überzahlen
        Umfang/umfangen Unterhalt/unterhalten Unterlauf/unterlaufen Unternehmer/unternehmen
        Unterteil/unterteilen Verein/vereinen Verlass/verlassen Versand/versanden
        Versucher/versuchen Vertrag/vertragen Vorfahr/vorfahren Vorfahrt/vorfahren Zufall/zufallen

        Art/artig Arte/artig Atlant/atlantisch Auguste/augusteisch Ausweis/ausweislich
        Automat/automatisch Bad/badisch Berg/bergisch Bill/billig Böhm/böhmisch Chronik/chronisch
        Dialekt/dialektisch Ehre/ehrlich Eigenart/eigenartig Elektron/elektronisch Empire/empirisch
        End/endlich Ende/endlich Energie/energisch Exemplar/exemplarisch Fähe/fähig Folge/folglich
        Frage/fraglich Fries/friesisch Frühzeit/frühzeitig Galle/gallisch Gegenseite/gegenseitig
        Gehör/gehörig Geist/geistlich Georg/georgisch Geselle/gesellig Gewalt/gewaltig Graf/grafisch
        Güte/gütlich Halt/haltig Hand/handlich Heft/heftig Heil/heilig Heim/heimisch Heim/heimlich
        Herald/heraldisch Herr/herrlich Herz/herzlich Hess/hessisch Hinsicht/hinsichtlich
        Indie/indisch Inn/innig Inner/innerlich Kategorie/kategorisch Kind/kindisch Klasse/klassisch
        Kommissar/kommissarisch Kunde/kundig Kürze/kürzlich Länge/länglich Laute/lautlich Led/ledig
        Leid/leidlich Liebe/lieblich Liste/listig Log/logisch Loge/logisch Lust/lustig
        Maler/malerisch Marke/markig Masse/massig Nichte/nichtig Organ/organisch Partei/parteiisch
        Plastik/plastisch Praktik/praktisch Rede/redlich Reich/reichlich Reife/reiflich Ries/riesig
        Rolle/rollig Roman/romanisch Runde/rundlich Schott/schottisch Sinn/sinnlich State/statisch
        Stelle/stellig Takt/taktisch Therme/thermisch Trage/tragisch Türk/türkisch Vorzeit/vorzeitig
        Welt/weltlich Wende/wendig Weste/westlich Wicht/wichtig Will/willig Wunder/wunderlich
        Zeit/zeitig Zug/zugig
        """
    )
)
"""Pairs that follow a rule and do not belong together."""

_PAIRS: defaultdict[str, list[str]] = defaultdict(list)
"""Relatives of a key by no rule: a simple verb and its noun, a change of the stem's vowel."""
for _first, _second in _pairs(
    """
    Angel/angeln Anker/ankern Antwort/antworten Arbeit/arbeiten Bau/bauen Bitte/bitten Blick/blicken
    Blut/bluten Bremse/bremsen Dank/danken Dauer/dauern Ehre/ehren Ende/enden Erbe/erben
    Ernte/ernten Fang/fangen Film/filmen Fisch/fischen Folge/folgen Form/formen Frage/fragen
    Glaube/glauben Grenze/grenzen Hass/hassen Heirat/heiraten Herrscher/herrschen Hunger/hungern
    Kauf/kaufen Keim/keimen Klage/klagen Lager/lagern Lauf/laufen Lehre/lehren Leid/leiden
    Liebe/lieben Lob/loben Lüge/lügen Mangel/mangeln Miete/mieten Mord/morden Pflanze/pflanzen
    Pflege/pflegen Plan/planen Probe/proben Raub/rauben Rede/reden Regel/regeln Reise/reisen
    Reiz/reizen Ruf/rufen Ruhe/ruhen Schlaf/schlafen Schlag/schlagen Sieg/siegen Sitz/sitzen
    Sorge/sorgen Speicher/speichern Spende/spenden Sperre/sperren Spiegel/spiegeln Spiel/spielen
    Start/starten Stopp/stoppen Strafe/strafen Strahl/strahlen Streik/streiken Streit/streiten
    Suche/suchen Tanz/tanzen Taufe/taufen Tausch/tauschen Teil/teilen Test/testen Urteil/urteilen
    Wandel/wandeln Wechsel/wechseln Wert/werten Ziel/zielen Zweifel/zweifeln

    Angebot/anbieten Fahrt/fahren Flug/fliegen Hilfe/helfen Kampf/kämpfen Schutz/schützen
    Verbot/verbieten Wahl/wählen Wunsch/wünschen

    Europa/europäisch Export/exportieren Import/importieren Industrie/industriell
    Investition/investieren Effizienz/effizient Produktion/produzieren
    Nord/Norden Ost/Osten Süd/Süden West/Westen
    """
):
    _PAIRS[_first].append(_second)
    _PAIRS[_second].append(_first)
