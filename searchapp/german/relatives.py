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

_PREFIXES = """
    ab an auf aus be bei dar durch ein emp ent er fort ge her heraus herein hin hinaus hinein hinter
    los miss mit nach nieder über um unter ver voll vor voran vorbei weg wider wieder zer zu zurück
    zusammen
"""
_PREFIXED = re.compile(
    rf"(?:{'|'.join(sorted(_PREFIXES.split(), key=len, reverse=True))})[a-zäöüß]{{3,}}"
)
"""A verb with a prefix. Nouns of such verbs are hardly ever older than the verb, and keep its
meaning: `Besuch`, `Verkauf`, `Hersteller`. Simple ones have to be known: `Spiel`, not `Wein`."""

_ADJECTIVE_ENDINGS = ("lich", "isch", "ig")
_QUALITY_ENDINGS = ("heit", "keit", "igkeit")


def relatives(key: str, is_lemma: Callable[[str], bool]) -> tuple[str, ...]:
    """The relatives of a key that are words of the dictionary, each once, in a fixed order.

    is_lemma: whether a key is that of a dictionary word.
    """
    found = dict.fromkeys(each for each in _derivations(key) if each != key)
    return tuple(
        each for each in found if frozenset((key, each)) not in _STRANGERS and is_lemma(each)
    )


def _derivations(key: str) -> Iterator[str]:
    if key[:1].isupper():
        yield from _of_noun(key.lower())
    else:
        if key.endswith(("en", "eln", "ern")):
            yield from _of_verb(key)
        yield from _of_adjective(key)
    yield from _PAIRS.get(key, ())


def _of_verb(verb: str) -> Iterator[str]:
    """`handeln` -> `Handeln`, `Handlung`; `gründen` -> `Gründung`; `besuchen` -> `Besuch`."""
    yield with_capital(verb)
    stem = verb[:-2] if verb.endswith("en") else verb[:-1]
    noun = with_capital(stem)
    yield noun + "ung"
    if stem.endswith("el"):
        yield noun[:-2] + "lung"
    if stem.endswith("ier"):
        yield noun[:-3] + "ation"
    if _PREFIXED.fullmatch(verb):
        yield from (noun, noun + "e", noun + "er")


def _of_noun(noun: str) -> Iterator[str]:
    """The same the other way round; `Politik` -> `politisch`, `Beruf` -> `beruflich`."""
    if noun.endswith(("en", "eln", "ern")):
        yield noun
    if noun.endswith("ung"):
        yield from (noun[:-3] + "en", noun[:-3] + "n")
        if noun.endswith("lung"):
            yield noun[:-4] + "eln"
    if noun.endswith("ation"):
        yield noun[:-5] + "ieren"
    if _PREFIXED.fullmatch(noun):
        yield from (noun + "en", noun + "n")
        if noun.endswith("er"):
            yield from (noun[:-2] + "en", noun[:-1] + "n")
    for ending in _QUALITY_ENDINGS:
        if noun.endswith(ending):
            yield noun.removesuffix(ending)
    for stem in dict.fromkeys((noun, noun.removesuffix("e"))):
        yield from (stem + ending for ending in _ADJECTIVE_ENDINGS)
    if noun.endswith("ik"):
        yield noun[:-2] + "isch"


def _of_adjective(adjective: str) -> Iterator[str]:
    """`sicher` -> `Sicherheit`; `politisch` -> `Politik`; `sprachlich` -> `Sprache`."""
    yield from (with_capital(adjective) + ending for ending in _QUALITY_ENDINGS)
    for ending in _ADJECTIVE_ENDINGS:
        stem = adjective.removesuffix(ending)
        if stem != adjective:
            noun = with_capital(stem)
            yield from (noun, noun + "e")
            if ending == "isch":
                yield noun + "ik"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split():
        first, _, second = pair.partition("/")
        yield first, second


_STRANGERS = frozenset(
    frozenset(pair)
    for pair in _pairs(
        """
        Abteilung/abteilen Fassung/fassen Innung/innen Losung/losen Richtung/richten
        Verfassung/verfassen Währung/währen Zeitung/zeiten

        Angelegenheit/angelegen Einzelheit/einzeln Gelegenheit/gelegen Mehrheit/mehr
        Verlegenheit/verlegen

        Abkommen/abkommen Ansehen/ansehen Aufkommen/aufkommen Baden/baden Bergen/bergen
        Einkommen/einkommen Franken/franken Gallen/gallen Graben/graben Kosten/kosten Laden/laden
        Morgen/morgen Norden/norden Passen/passen Polen/polen Posten/posten Rahmen/rahmen
        Rasen/rasen Regen/regen Rücken/rücken Ungarn/ungarn Unternehmen/unternehmen
        Verfahren/verfahren Vergehen/vergehen Vermögen/vermögen Wagen/wagen Westen/westen
        Eigen/eigen

        Abfall/abfallen Anhalt/anhalten Beruf/berufen Berg/bergen Beton/betonen Einfall/einfallen
        Erfolg/erfolgen Gebiet/gebieten Gebot/geboten Gebühr/gebühren Gefahr/gefahren Gehör/gehören
        Mitte/mitten Niederschlag/niederschlagen Umfang/umfangen Vertrag/vertragen
        Ableger/ablegen Anger/angen Erlanger/erlangen Unternehmer/unternehmen

        Art/artig Atlant/atlantisch Bill/billig Empire/empirisch End/endlich Ende/endlich
        Fähe/fähig Folge/folglich Gewalt/gewaltig Heil/heilig Herr/herrlich Leid/leidlich
        Log/logisch Loge/logisch Reich/reichlich Roman/romanisch Wicht/wichtig
        """
    )
)
"""Pairs that follow a rule and do not belong together."""

_PAIRS: defaultdict[str, list[str]] = defaultdict(list)
"""Relatives of a key by no rule: a simple verb and its noun, a change of the stem's vowel."""
for _first, _second in _pairs(
    """
    Antwort/antworten Arbeit/arbeiten Bau/bauen Bitte/bitten Blick/blicken Blut/bluten
    Bremse/bremsen Dank/danken Dauer/dauern Ehre/ehren Ende/enden Ernte/ernten Fang/fangen
    Film/filmen Fisch/fischen Folge/folgen Form/formen Frage/fragen Glaube/glauben Grenze/grenzen
    Handel/handeln Hass/hassen Heirat/heiraten Hunger/hungern Kauf/kaufen Keim/keimen Klage/klagen
    Lager/lagern Lauf/laufen Lehre/lehren Leid/leiden Liebe/lieben Lob/loben Lüge/lügen
    Mangel/mangeln Miete/mieten Mord/morden Pflanze/pflanzen Pflege/pflegen Plan/planen
    Probe/proben Raub/rauben Rede/reden Regel/regeln Reise/reisen Reiz/reizen Ruf/rufen Ruhe/ruhen
    Schlaf/schlafen Schlag/schlagen Sieg/siegen Sitz/sitzen Sorge/sorgen Speicher/speichern
    Spende/spenden Sperre/sperren Spiegel/spiegeln Spiel/spielen Start/starten Stopp/stoppen
    Strafe/strafen Strahl/strahlen Streik/streiken Streit/streiten Suche/suchen Tanz/tanzen
    Taufe/taufen Tausch/tauschen Teil/teilen Test/testen Urteil/urteilen Wandel/wandeln
    Wechsel/wechseln Wende/wenden Wert/werten Ziel/zielen Zweifel/zweifeln

    Angebot/anbieten Fahrt/fahren Flug/fliegen Hilfe/helfen Kampf/kämpfen Schutz/schützen
    Verbot/verbieten Wahl/wählen Wunsch/wünschen

    Europa/europäisch Export/exportieren Import/importieren Industrie/industriell
    Investition/investieren Effizienz/effizient Produktion/produzieren
    Nord/Norden Ost/Osten Süd/Süden West/Westen
    """
):
    _PAIRS[_first].append(_second)
    _PAIRS[_second].append(_first)
