"""Nouns with a last "e" that a dictionary made by machine takes for a form of a shorter noun.

"Schale" is no dative of "Schal", "Patrone" no plural of "Patron". No rule tells them from "Tage"
and "Importe", so that they are listed; where both readings are usual, the commoner one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_NOUNS = """
Akte Bauplane Bulle Elbe Epitome Erle Falle Familienidylle Feime Fenne Flinte Fratze Friese Fritze
Fuge Gefährte Gekröse Gelüste Germane Geläute Gemächte Gere Granate Grimme Göre Halle Halse Hanse
Hecke Herde Hocke Hube Hyazinthe Idylle Ikone Initiale Ische Isobare Kalbe Kapitale Karniese Klapse
Kolchose Koppe Krankenakte Lakritze Laube Laute Lebensgefährte Loge Luke Mandarine Masse Matze Mette
Mizelle Muffe Muse Narzisse Niete Nixe Nocke Orange Ottomane Patrone Pfefferminze Pfrieme Picke
Pinte Plane Plaste Pole Portiere Pumpe Putze Quaste Quelle Rade Randale Range Ranke Rate Ratze Recke
Rinde Ritze Russe Rutsche Saale Schale Schalke Schmelze Schmiede Schnauze Schranke Schrunde Schuppe
Schwäre Schütze Sekte Serpentine Simse Sode Sole Sowchose Spalte Spanne Sprosse Stadionrunde Stakete
Steige Tablette Tanke Tanne Tapete Todesfalle Trasse Tratsche Traufe Triglyphe Triole Trosse Trotte
Tusche Tülle Vakzine Waffenschmiede Warte Wasserfalle Watte Wehe Weinschenke Weißbuche Weste Wichse
Wieke Zinke Zinne
""".split()


def nouns_in_e(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The nouns that the dictionary leads to a shorter noun, and their plurals, with their lemma.

    dictionary: form -> lemma, the case of both kept.
    """
    for noun in _NOUNS:
        shorter = noun[:-1]
        if dictionary.get(noun) == shorter:
            yield noun, noun
            plural = noun + "n"
            if dictionary.get(plural, shorter) == shorter:
                yield plural, noun
