"""The forms of strong and irregular verbs, with all their prefixes.

Dictionaries of forms have holes here: a participle that ends at itself (`verloren`), a preterite
that is missing. The table below has the base verbs, the forms follow from it by rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from searchapp.german.verb_prefixes import EITHER, split_prefix

_TABLE = """
backen bäckt buk büke gebacken
befehlen befiehlt befahl befähle,beföhle befohlen
beginnen - begann begänne,begönne begonnen
beißen - biss - gebissen
bergen birgt barg bärge geborgen
bersten birst barst bärste geborsten
bewegen - bewog bewöge bewogen
biegen - bog böge gebogen
bieten - bot böte geboten
binden - band bände gebunden
bitten - bat bäte gebeten
blasen bläst blies - geblasen
bleiben - blieb - geblieben
bleichen - blich - geblichen
braten brät briet - gebraten
brechen bricht brach bräche gebrochen
brennen - brannte brennte gebrannt
bringen - brachte brächte gebracht
denken - dachte dächte gedacht
dingen - dang dänge gedungen
dreschen drischt drosch,drasch drösche gedroschen
dringen - drang dränge gedrungen
dürfen darf durfte dürfte gedurft
empfehlen empfiehlt empfahl empfähle,empföhle empfohlen
erkiesen - erkor erköre erkoren
erlöschen erlischt erlosch erlösche erloschen
erschrecken erschrickt erschrak erschräke erschrocken
essen isst aß äße gegessen
fahren fährt fuhr führe gefahren
fallen fällt fiel - gefallen
fangen fängt fing - gefangen
fechten ficht focht föchte gefochten
finden - fand fände gefunden
flechten flicht flocht flöchte geflochten
fliegen - flog flöge geflogen
fliehen - floh flöhe geflohen
fließen - floss flösse geflossen
fressen frisst fraß fräße gefressen
frieren - fror fröre gefroren
gären - gor göre gegoren
gebären gebiert gebar gebäre geboren
geben gibt gab gäbe gegeben
gedeihen - gedieh - gediehen
gehen - ging - gegangen
gelingen - gelang gelänge gelungen
gelten gilt galt gälte,gölte gegolten
genesen - genas genäse genesen
genießen - genoss genösse genossen
geschehen geschieht geschah geschähe geschehen
gewinnen - gewann gewänne,gewönne gewonnen
gießen - goss gösse gegossen
gleichen - glich - geglichen
gleiten - glitt - geglitten
glimmen - glomm glömme geglommen
graben gräbt grub grübe gegraben
greifen - griff - gegriffen
haben hat hatte hätte gehabt
halten hält hielt - gehalten
hängen - hing - gehangen
hauen - hieb - gehauen
heben - hob,hub höbe,hübe gehoben
heißen - hieß - geheißen
helfen hilft half hälfe,hülfe geholfen
kennen - kannte kennte gekannt
klimmen - klomm klömme geklommen
klingen - klang klänge geklungen
kneifen - kniff - gekniffen
kommen - kam käme gekommen
können kann konnte könnte gekonnt
kreischen - krisch - gekrischen
kriechen - kroch kröche gekrochen
küren - kor köre gekoren
laden lädt lud lüde geladen
lassen lässt ließ - gelassen
laufen läuft lief - gelaufen
leiden - litt - gelitten
leihen - lieh - geliehen
lesen liest las läse gelesen
liegen - lag läge gelegen
lügen - log löge gelogen
mahlen - - - gemahlen
meiden - mied - gemieden
melken milkt molk mölke gemolken
messen misst maß mäße gemessen
misslingen - misslang misslänge misslungen
mögen mag mochte möchte gemocht
müssen muss musste müsste gemusst
nehmen nimmt nahm nähme genommen
nennen - nannte nennte genannt
pfeifen - pfiff - gepfiffen
preisen - pries - gepriesen
quellen quillt quoll quölle gequollen
raten rät riet - geraten
reiben - rieb - gerieben
reißen - riss - gerissen
reiten - ritt - geritten
rennen - rannte rennte gerannt
riechen - roch röche gerochen
ringen - rang ränge gerungen
rinnen - rann ränne,rönne geronnen
rufen - rief - gerufen
salzen - - - gesalzen
saufen säuft soff söffe gesoffen
saugen - sog söge gesogen
schaffen - schuf schüfe geschaffen
schallen - scholl schölle geschollen
scheiden - schied - geschieden
scheinen - schien - geschienen
scheißen - schiss - geschissen
schelten schilt schalt schölte gescholten
scheren - schor schöre geschoren
schieben - schob schöbe geschoben
schießen - schoss schösse geschossen
schinden - schund schünde geschunden
schlafen schläft schlief - geschlafen
schlagen schlägt schlug schlüge geschlagen
schleichen - schlich - geschlichen
schleifen - schliff - geschliffen
schließen - schloss schlösse geschlossen
schlingen - schlang schlänge geschlungen
schmeißen - schmiss - geschmissen
schmelzen schmilzt schmolz schmölze geschmolzen
schnauben - schnob schnöbe geschnoben
schneiden - schnitt - geschnitten
schrecken schrickt schrak schräke geschrocken
schreiben - schrieb - geschrieben
schreien - schrie - geschrien,geschrieen
schreiten - schritt - geschritten
schweigen - schwieg - geschwiegen
schwellen schwillt schwoll schwölle geschwollen
schwimmen - schwamm schwämme,schwömme geschwommen
schwinden - schwand schwände geschwunden
schwingen - schwang schwänge geschwungen
schwören - schwor,schwur schwüre,schwöre geschworen
sehen sieht sah sähe gesehen
senden - sandte - gesandt
sieden - sott sötte gesotten
singen - sang sänge gesungen
sinken - sank sänke gesunken
sinnen - sann sänne,sönne gesonnen
sitzen - saß säße gesessen
sollen soll sollte - gesollt
spalten - - - gespalten
speien - spie - gespien,gespieen
spinnen - spann spänne,spönne gesponnen
spleißen - spliss - gesplissen
sprechen spricht sprach spräche gesprochen
sprießen - spross sprösse gesprossen
springen - sprang spränge gesprungen
stechen sticht stach stäche gestochen
stecken - stak stäke -
stehen - stand stände,stünde gestanden
stehlen stiehlt stahl stähle gestohlen
steigen - stieg - gestiegen
sterben stirbt starb stürbe gestorben
stieben - stob stöbe gestoben
stinken - stank stänke gestunken
stoßen stößt stieß - gestoßen
streichen - strich - gestrichen
streiten - stritt - gestritten
tragen trägt trug trüge getragen
treffen trifft traf träfe getroffen
treiben - trieb - getrieben
treten tritt trat träte getreten
triefen - troff tröffe -
trinken - trank tränke getrunken
trügen - trog tröge getrogen
tun tut tat täte getan
verderben verdirbt verdarb verdürbe verdorben
verdrießen - verdross verdrösse verdrossen
vergessen vergisst vergaß vergäße vergessen
verlieren - verlor verlöre verloren
verzeihen - verzieh - verziehen
wachsen wächst wuchs wüchse gewachsen
wägen - wog wöge gewogen
waschen wäscht wusch wüsche gewaschen
weben - wob wöbe gewoben
weichen - wich - gewichen
weisen - wies - gewiesen
wenden - wandte - gewandt
werben wirbt warb würbe geworben
werden wird wurde,ward würde geworden
werfen wirft warf würfe geworfen
wiegen - wog wöge gewogen
winden - wand wände gewunden
winken - - - gewunken
wissen weiß wusste wüsste gewusst
wollen will wollte - gewollt
wringen - wrang wränge gewrungen
zeihen - zieh - geziehen
ziehen - zog zöge gezogen
zwingen - zwang zwänge gezwungen
"""
"""A line a verb: infinitive, present (er), preterite (ich), subjunctive II (ich), participle.

"-" stands for what is regular, or, for the subjunctive, what equals the preterite (with "e")."""

_WEAK = frozenset(
    """abschaffen abschrecken abspalten anschaffen aufbereiten aufweichen begleiten bereiten
    beringen bescheren beschaffen durchweichen einweichen erhängen erweichen fortschaffen
    handhaben heranschaffen herbeischaffen herschaffen nachbereiten umringen verhängen verleiden
    verschaffen verschrecken vorbereiten wegschaffen zubereiten""".split()
)
"""Verbs that look like a strong verb with a prefix, but are weak."""

ADJECTIVE_ENDINGS = ("", "e", "em", "en", "er", "es")


def strong_verb_forms(infinitives: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The forms of the strong and irregular verbs among some infinitives, each with its infinitive.

    All is in lower case. Participles come with the endings of adjectives, separable verbs as
    they are written in one word (`anfing`, `angefangen`, `anzufangen`). A form may come for
    several verbs (`gestanden` is one of "stehen" and of "gestehen").
    """
    verbs = _base_verbs()
    for infinitive in infinitives:
        for start in range(len(infinitive) - 2):
            verb = verbs.get(infinitive[start:])
            if verb is not None:
                prefixes = split_prefix(infinitive[:start])
                if prefixes is not None and infinitive not in _WEAK:
                    particle, inseparable = prefixes
                    for form in verb.forms(particle, inseparable):
                        yield form, infinitive
                break


def base_verb_forms() -> Iterator[tuple[str, str]]:
    """The forms of the verbs without a prefix that differ from those of a weak verb in their stem.

    Each comes with its infinitive. Subjunctives are left out: "führe" and "dränge" are mostly
    forms of a weak verb. So are two verbs that are rarer than what looks like their forms:
    "gleichen" is mostly an adjective, "zieh" a form of "ziehen".
    """
    for verb in _base_verbs().values():
        if verb.infinitive in ("gleichen", "zeihen"):
            continue
        yield verb.infinitive, verb.infinitive
        for stem in verb.preterites:
            yield from ((stem, verb.infinitive), (stem + "en", verb.infinitive))
        for participle in verb.participles:
            for ending in ADJECTIVE_ENDINGS:
                yield participle + ending, verb.infinitive
        if verb.present:
            yield verb.present, verb.infinitive


def _base_verbs() -> dict[str, _Verb]:
    return {verb.infinitive: verb for verb in map(_Verb.parse, _TABLE.strip().splitlines())}


class _Verb(NamedTuple):
    """A line of the table."""

    infinitive: str
    present: str
    preterites: list[str]
    subjunctives: list[str]
    participles: list[str]

    @classmethod
    def parse(cls, line: str) -> _Verb:
        infinitive, present, *rest = line.split()
        preterites, subjunctives, participles = (
            [] if column == "-" else column.split(",") for column in rest
        )
        return cls(
            infinitive, "" if present == "-" else present, preterites, subjunctives, participles
        )

    @property
    def _stem(self) -> str:
        return self.infinitive.removesuffix("n").removesuffix("e")

    def forms(self, particle: str, inseparable: str) -> Iterator[str]:
        """All forms of this verb with a prefix of two parts, each of which may be empty."""
        prefix = particle + inseparable
        finite = [*self._present(), *self._preterite(), *self._subjunctive(), self.infinitive]
        for form in finite:
            yield prefix + form
        participles = [prefix + self._stem + "end"]
        for participle in self.participles:
            if inseparable:
                participles.append(prefix + self._without_ge(participle))
            else:
                participles.append(particle + participle)
                if particle in EITHER:
                    participles.append(particle + self._without_ge(participle))
        for participle in participles:
            for ending in ADJECTIVE_ENDINGS:
                yield participle + ending
        if particle:
            yield particle + "zu" + inseparable + self.infinitive

    def _without_ge(self, participle: str) -> str:
        """`gebrochen -> brochen`, but `begonnen` and `geschehen` (of geschehen) as they are."""
        if self.infinitive.startswith("ge") or not participle.startswith("ge"):
            return participle
        # "gegessen" has a "g" of its own.
        return participle[3:] if self.infinitive == "essen" else participle[2:]

    def _present(self) -> Iterator[str]:
        stem = self._stem
        yield from (stem, stem + "e", stem + "est", stem + "et")
        if not stem.endswith(("d", "t")):
            yield stem + "t"
            if not stem.endswith(("s", "ß", "z")):
                yield stem + "st"
        if self.present:
            yield self.present
            root = self.present if stem.endswith("t") else self.present.removesuffix("t")
            if root.endswith("st"):
                yield root  # du birst
            else:
                yield root + ("t" if root.endswith(("s", "ß")) else "st")
            if "i" in root:
                yield root  # The imperative, where no other vowel changes.

    def _preterite(self) -> Iterator[str]:
        for stem in self.preterites:
            yield stem
            if stem.endswith("e"):
                yield from (stem + "n", stem + "st", stem + "t")
            else:
                yield stem + "en"
                if stem.endswith(("s", "ß", "d", "t")):
                    yield from (stem + "est", stem + "et")
                if not stem.endswith(("s", "ß")):
                    yield stem + "st"
                if not stem.endswith(("d", "t")):
                    yield stem + "t"

    def _subjunctive(self) -> Iterator[str]:
        for stem in self.subjunctives or self.preterites:
            stem = stem if stem.endswith("e") else stem + "e"
            yield from (stem, stem + "st", stem + "n", stem + "t")
