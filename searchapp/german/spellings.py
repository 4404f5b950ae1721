"""Writes a word as it is usually spelled, so that old, permitted and Austrian spellings meet in it.

Source: the official rules of 2006 (Amtliche Regelung, with its list of words) and what they and
those of 1996 replaced. Of two permitted spellings one is chosen: "Fotografie", "Potenzial", but
"Spaghetti". Words of foreign origin lose their accents, so that "Café" and "Cafe" meet.

Most rules replace a stem wherever it stands, so that inflected forms and compounds follow; it is
long enough to stand in no other word. What is too short for that is replaced as a whole word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import groupby


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


_WORDS = _pairs("""
    ballettanz:balletttanz bittag:bitttag bittage:bitttage boß:boss cheque:scheck cheques:schecks
    dritteil:drittteil feber:februar febers:februars fön:föhn föne:föhne fönen:föhnen föns:föhns
    gemse:gämse gemsen:gämsen kode:code kodes:codes kollier:collier kolliers:colliers kord:cord
    korps:corps krem:creme kreme:creme kremes:cremes löß:löss missionär:missionar
    missionäre:missionare missionären:missionaren missionärs:missionars moire:moiree mop:mopp
    passee:passé rallies:rallyes rally:rallye rauh:rau roulett:roulette scharm:charme schi:ski
    schier:skier schiern:skiern schis:skis sosse:soße sossen:soßen tip:tipp tips:tipps vodka:wodka
    iod:jod wechte:wächte wechten:wächten
    zierat:zierrat zierate:zierrate zieraten:zierraten zierats:zierrats zirka:circa
    """)

_STEMS = _pairs("""
    affaire:affäre ajatollah:ayatollah azeton:aceton canossa:kanossa circus:zirkus cobalt:kobalt
    cocain:kokain codex:kodex kadmium:cadmium katode:kathode klementine:clementine
    litteratur:literatur nicotin:nikotin portrait:porträt silicium:silizium trecking:trekking
    äthanol:ethanol äthyl:ethyl
    alpdruck:albdruck alpdrück:albdrück alptraum:albtraum alpträum:albträum anbendel:anbändel
    aufwändig:aufwendig behend:behänd belemmer:belämmer bonboniere:bonbonniere bouquet:bukett
    bravur:bravour broccoli:brokkoli büfett:buffet büffet:buffet calcium:kalzium calvinis:kalvinis
    carbid:karbid carbonat:karbonat carcinom:karzinom carotin:karotin casino:kasino
    catchup:ketchup cellophan:zellophan chansonier:chansonnier cigarett:zigarett cigarre:zigarre
    codier:kodier coffein:koffein cortison:kortison dekolletee:dekollete delphin:delfin
    diarrhoe:diarrhö discoth:diskoth drainage:dränage drainier:dränier durchbleu:durchbläu
    einbleu:einbläu exposee:expose fassette:facette frisör:friseur frisöse:friseuse
    frisösen:friseusen friteuse:fritteuse fritier:frittier frottee:frotte getto:ghetto
    graphem:grafem graphik:grafik graphisch:grafisch graphit:grafit grapholog:grafolog
    greuel:gräuel greulich:gräulich grislibär:grizzlybär grislybär:grizzlybär handikap:handicap
    hämorrid:hämorrhoid jockei:jockey jogurt:joghurt justitiab:justiziab justitiar:justiziar
    justitiell:justiziell jäheit:jähheit jänner:januar kabrio:cabrio kanapee:canape
    ketschup:ketchup klub:club kognak:cognac kommissär:kommissar kommunikee:kommunique kupee:coupe
    kupon:coupon kusine:cousine känguruh:känguru kücken:küken maffia:mafia maffios:mafios
    majonaise:mayonnaise majonäse:mayonnaise maläse:malaise mayonaise:mayonnaise mohär:mohair
    myrre:myrrhe müesli:müsli negligee:neglige nessessaire:necessaire nessessär:necessaire
    nugat:nougat ordonanz:ordonnanz oxyd:oxid papiermaschee:papiermache pappmaschee:pappmache
    penicillin:penizillin phantas:fantas placier:platzier platitude:plattitüde
    platitüde:plattitüde plazier:platzier plissee:plisse polonäse:polonaise portmonee:portemonnaie
    pretios:prezios quentchen:quäntchen quentlein:quäntlein renommee:renomme resümee:resume
    roheit:rohheit rommee:romme saisonier:saisonnier scharmant:charmant schifahr:skifahr
    schigebiet:skigebiet schikoree:chicoree schikurs:skikurs schilang:skilang schilift:skilift
    schiläuf:skiläuf schipist:skipist schirennen:skirennen schisport:skisport schispring:skispring
    schistock:skistock schitour:skitour schiurlaub:skiurlaub schneuz:schnäuz
    schnürbendel:schnürbändel schofför:chauffeur schrimp:shrimp selbständig:selbstständig
    sketsch:sketch soufflee:souffle spagetti:spaghetti steptanz:stepptanz
    steptänz:stepptänz stukkat:stuckat symphoni:sinfoni tendentiös:tendenziös tolpatsch:tollpatsch
    transchier:tranchier tunell:tunnel tunfisch:thunfisch varietee:variete verbleu:verbläu
    wagon:waggon wandale:vandale wandalis:vandalis yacht:jacht yoghurt:joghurt yogurt:joghurt
    zerbleu:zerbläu zirrose:zirrhose zäheit:zähheit überschwenglich:überschwänglich
    """)

_TRIPLED = """
    schiff: fahr
    stoff: fahr fabrik farb färb faser fäser fetzen fenster folie fülle fähig förder filter fäden
    griff: festig
    kontroll: lampe lämp leucht liste
    metall: lager legier löt
    stall: latern leute lüft
    still: leben leg lieg
    schnell: läuf laufe lebig lebe laster
    fall: linie laub leitung lösung
    woll: lappen
    null: leiter linie lösung
    roll: laden läden
    fußball: länder legend lehr liga landes landsch
    handball: länder legend lehr liga landes
    ball: lokal
    müll: lader lager leute laster
    protokoll: liste
    schall: leit loch löcher lehre
    voll: laufen läuf last leib
    zoll: linie
    hell: licht leucht lodernd
    kristall: leucht linse luster lüster
    aquarell: landsch
    modell: landsch
    bestell: liste
    geröll: lawin
    abfall: lager
    programm: musik macher mittel modul magazin manager mitglied methode mappe
    schwimm: meister
    stamm: mutter mütter miete mannsch morphem
    schlamm: masse
    kamm: macher molch muschel minze
    klemm: mappe
    kämm: maschin
    dämm: mittel material matte
    gramm: molekül
    stemm: meißel
    brenn: nessel
    gewinn: nummer niveau
    kenn: nummer
    tann: nadel
    kipp: punkt
    klapp: pult
    krepp: papier
    stepp: pullover
    mopp: politur
    geschirr: reinig rückgabe
    sperr: riegel räder
    bett: tuch tücher
    blatt: telegramm tiefe
    ballett: tänz theater
    schnitt: technik tiefe
    schritt: tempo
    wett: turn tauch
    fett: teil topf
    watt: tiefe
    jackett: tasche
    werkstatt: termin
    violett: ton
    """
"""Before 1996, of three equal consonants before a vowel one was left out: `Schiff|ahrt`.
First parts, and beginnings of second parts; "Vollautomat" and "Kontrollamt" leave nothing out."""

for _line in _TRIPLED.strip().splitlines():
    _first, _seconds = _line.split(":")
    for _second in _seconds.split():
        _STEMS[_first.strip() + _second[1:]] = _first.strip() + _second

_SHORT_VOWEL = re.compile(
    "(?<![aeiou])eß|(?<![aeu])iß|yß|daß|[lknb]aß|[lkn]äß|(?:(?<!s)|gebirgs|lands|triebs)p[aä]ß|h[aä]ß|faß|(?<!ge)fäß"
    "|bläß|[kp]raß|gräß|schl[oöuü]ß|(?<!g)r[oö]ß|amboß|koloß|goß|noß|fl[uü]ß|[gk][uü]ß|n[uü]ß"
    "|boß(?!el)|löß|dußl|täßch"
    "|muß(?!e)|müß(?!ig)|sch[uü]ß|druß|w[uü]ß|rußl"
    "|(?:ge|be|er|ver|zer|ab|an|auf|aus|ein|durch|vor)schoß|geschöß|schößling|(?:zer|ver|um|ab|aus|über)floß"
)
"""What "ß" became "ss" behind in 1996. It stays behind a long vowel: "Straße", "Gruß", "Floß"."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # "Photon" is no picture.
        ("photo(?!n(?:$|s$|en|ik|isch))", "foto"),
        ("(?<=[aeioy])graph", "graf"),
        # "Siphon", "Persephone" and the English "Smartphone" have one spelling.
        ("(?<!si)(?<!se)(?<!s)(?<!smart)(?<!head)(?<!^i)phon(?!d)(?!es?$(?<=^phone))", "fon"),
        ("(?<!expon)enti(?=al|ell|om)", "enzi"),
        ("stanti(?=al|ell)", "stanzi"),
        ("(?<!ä)(?<!^e)numerier", "nummerier"),
        ("(?<![bgt])(?<!^f)(?<!gf)rauh(?!eit|[aäou])", "rau"),
        ("gems(?=böck|bock|leder|wild|bart|jäg)", "gäms"),
        ("panter(?=$|n$|s$)|^panter", "panther"),
        ("(?<=[efhikmr])tip(?=s?$)", "tipp"),
        ("(?<!non)stop(?=s?$)", "stopp"),
        ("stengel(?!d)", "stängel"),
        ("katarr(?!h)", "katarrh"),
        ("karamel(?!l)", "karamell"),
        ("sauce(?!r)", "soße"),
        ("(?<!s)chimär", "schimär"),
        # Swiss: "ss" behind a diphthong, at the end of the stem.
        ("(?<=ei|ie)ss(?=e[mnrs]?$|ende?[mnrs]?$|t$|er[nes]{0,2}$)", "ß"),
        ("alptr(?=aum|äum)", "albtr"),
    )
)


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, which tries each letter once."""
    branches = []
    for first, group in groupby(sorted(words), key=lambda word: word[:1]):
        rests = [word[1:] for word in group]
        branches.append(re.escape(first) + (f"(?:{_any_of(rests)})" if first else ""))
    return "|".join(reversed(branches))  # A longer word before its beginning.


_UNUSUAL = (
    *_STEMS,
    *"alptr chimär eiss enti gems graph iess karamel katarr numerier panter phon".split(),
    *"photo rauh sauce stanti stengel stop tip".split(),
)
"""What a word must have, or an odd letter, or be one of _WORDS, to be written otherwise. Most words
have nothing."""
_ODD_LETTER = "[^\\x00-\\x7fäöü]"
_FEW_WORDS = 500
"""Looking for each of _UNUSUAL in so many words takes as long as compiling them, which would be a
twentieth of the start of a program that reads a query."""


class _FirstWords:
    """Tells of some words whether they may be unusual, and then has the expression compiled."""

    def __init__(self) -> None:
        self._count = 0
        self._odd = re.compile(_ODD_LETTER)

    def search(self, form: str) -> object:
        """As the `search` of the expression: None for a usual word."""
        global _search
        self._count += 1
        if self._count > _FEW_WORDS:
            _search = re.compile(f"{_ODD_LETTER}|{_any_of(_UNUSUAL)}").search
            return _search(form)
        return self._odd.search(form) or any(each in form for each in _UNUSUAL) or None


_search: Callable[[str], object] = _FirstWords().search


@cache
def _stem() -> re.Pattern[str]:
    return re.compile(_any_of(_STEMS))


_WITH_ACCENT = frozenset(
    "rosé rosés passé bébé bébés bête bêten maté pâté frappé lamé abrégé nestlé pré coupés".split()
)
"""Without their accents these would be other words: "Rose"."""
_ACCENTED = re.compile("[^\\x00-\\x7fäöüß]")
_UNDECOMPOSED = {"ø": "o", "ł": "l", "đ": "d", "ı": "i"}


_NOT_SWISS = frozenset(
    """Chaussee Chausseebaum Hausse Kohlhaussen Krankenhausserie Spielvoraussetzung
    Strafaussetzung Voraussetzung aussehen aussehend aussenden aussendend aussetzen aussetzend
    voraussehbar voraussehen voraussehend voraussetzen voraussetzend""".split()
)
"""Words that the dictionary has with "ß", too, or leads to it, but that are never written so."""

_STRANGERS = frozenset(("Busse", "Masse", "bosseln", "fusseln"))
"""Words that are others with "ß"."""


def usual_spelling(form: str) -> str:
    """The usual spelling of a normalized form; the form itself if there is no other.

    The usual spelling of a usual spelling is itself. Takes a microsecond for most words.
    """
    form = _WORDS.get(form, form)
    if _search(form) is None:
        return form
    if form not in _WITH_ACCENT:
        form = _ACCENTED.sub(_without_accent, form)
    form = _SHORT_VOWEL.sub(lambda match: match[0].replace("ß", "ss"), form)
    form = _stem().sub(lambda match: _STEMS[match[0]], form)
    for pattern, replacement in _RULES:
        form = pattern.sub(replacement, form)
    return _WORDS.get(form, form)


def in_usual_spelling(dictionary: Mapping[str, str]) -> dict[str, str]:
    """The dictionary with its forms and lemmas in their usual spelling, the case of both kept.

    Where it has a form in several spellings, the lemma of the usual one holds: "schloß" may be
    read as another word than "schloss".
    """
    lemmas: dict[str, str] = {}
    usual: dict[str, str] = {}
    other: list[tuple[str, str]] = []
    for form, lemma in dictionary.items():
        if lemma not in lemmas:
            lemmas[lemma] = _usual_word(lemma)
        word = _usual_word(form)
        if word == form:
            usual[form] = lemmas[lemma]
        else:
            other.append((word, lemmas[lemma]))
    for word, lemma in other:
        usual.setdefault(word, lemma)
    swiss = [word for word, lemma in usual.items() if word == lemma and _is_swiss(word, usual)]
    usual.update((word, word.replace("ss", "ß")) for word in swiss)
    for word in _NOT_SWISS & usual.keys():
        usual[word] = usual[word.replace("ss", "ß")] = word
    return usual


def _is_swiss(word: str, usual: Mapping[str, str]) -> bool:
    """Whether a dictionary form is written with "ß" outside of Switzerland: "süss", not "Masse"."""
    if "ss" not in word or word in _NOT_SWISS or word in _STRANGERS:
        return False
    german = word.replace("ss", "ß")
    return usual.get(german) == german and _usual_word(german) == german


def _usual_word(word: str) -> str:
    form = word.lower()
    spelled = usual_spelling(form)
    if spelled == form:
        return word
    return spelled[:1].upper() + spelled[1:] if word[:1].isupper() else spelled


def _without_accent(match: re.Match[str]) -> str:
    letter = match[0]
    plain = _UNDECOMPOSED.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return plain if plain.isascii() else letter
