"""The prefixes of German verbs."""

from __future__ import annotations

INSEPARABLE = frozenset("be emp ent er ge miss ver zer".split())
"""Prefixes that are never separated from their verb."""

EITHER = frozenset("durch hinter über um unter voll wider wieder".split())
"""Prefixes that are separated from some verbs, and from others not."""

SEPARABLE = frozenset(
    """ab abwärts acht an aneinander auf aufeinander aufrecht aufwärts aus auseinander außer bei
    beieinander beisammen bekannt bereit besser bevor blank bloß brach breit da dabei dafür dagegen
    daher dahin dahinter daneben dar daran darauf darüber davon davor dazu dazwischen dicht drauf
    drein durcheinander eigen ein einher empor entgegen entlang entzwei fehl feil fern fertig fest
    fort frei gefangen gegen gegenüber gerade gering gesund glatt gleich groß gut haupt haus heim
    her herab heran herauf heraus herbei herein hernieder herum herunter hervor herüber hierher hin
    hinab hinan hinauf hinaus hindurch hinein hintan hinterher hinunter hinweg hinzu hinüber hoch
    ineinander inne irre kalt kaputt kehrt kennen klar klein knapp kopf krank krumm kund kurz lahm
    leicht los maß miteinander mit nach nahe näher neben nebeneinander nieder not offen preis quer
    ran rauf raus recht rein rück rückwärts rum runter rüber satt scharf schief schlecht schräg
    schwarz schwer sicher sitzen spazieren stand statt stehen still stramm teil tief tot trocken
    übel überein überhand übrig umher unterwegs verloren verrückt vor voran vorauf voraus vorbei
    vorher vorlieb vornüber vorüber vorwärts wach wahr weg weh weis weit weiter wett wichtig wohl
    wund zu zufrieden zugrunde zugute zunichte zurecht zurück zusammen zuvor zuwider zuwege
    übereinander""".split()
)
"""Particles that stand apart from their verb in a main clause, some of them words themselves."""


_BEFORE_PARTICLE = frozenset({"mit", "vor", "weiter", "wieder", "zurück", "zusammen"})


def split_prefix(prefix: str) -> tuple[str, str] | None:
    """The particle and the inseparable rest of a verb's prefix, each may be ""; else None.

    A prefix that is separated from some verbs only counts as a particle.
    """
    if not prefix or prefix in INSEPARABLE:
        return "", prefix
    for end in range(len(prefix), 1, -1):
        particle, rest = prefix[:end], prefix[end:]
        if _is_particle(particle) and (not rest or rest in INSEPARABLE):
            return particle, rest
    # "missverstehen", but neither "beantragen" nor "veranlassen": these are made from nouns.
    return ("", prefix) if prefix == "missver" else None


def _is_particle(text: str) -> bool:
    """Also of two particles, as in "wiederherstellen"."""
    if text in SEPARABLE or text in EITHER:
        return True
    return any(
        text[:end] in _BEFORE_PARTICLE and text[end:] in SEPARABLE
        for end in range(3, len(text) - 1)
    )
