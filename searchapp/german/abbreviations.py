"""Abbreviations that stand for one word and for no other: "Mrd." is found by "Milliarden".

Abbreviations that are also words, or are used for several ones, are left out ("Art", "Min", "Fr");
`searchapp.german.tokenizer` reads some of those before a number.
"""

from __future__ import annotations

_WORDS = {
    "abb": "Abbildung",
    "bspw": "beispielsweise",
    "bzw": "beziehungsweise",
    "ca": "circa",
    "cm": "Zentimeter",
    "dez": "Dezember",
    "dr": "Doktor",
    "eur": "Euro",
    "evtl": "eventuell",
    "exkl": "exklusive",
    "febr": "Februar",
    "ggf": "gegebenenfalls",
    "gwh": "Gigawattstunde",
    "ha": "Hektar",
    "hrsg": "Herausgeber",
    "inkl": "inklusive",
    "insb": "insbesondere",
    "insbes": "insbesondere",
    "jh": "Jahrhundert",
    "jhd": "Jahrhundert",
    "jhdt": "Jahrhundert",
    "kg": "Kilogramm",
    "km": "Kilometer",
    "kwh": "Kilowattstunde",
    "mill": "Million",
    "mio": "Million",
    "mm": "Millimeter",
    "mrd": "Milliarde",
    "mwh": "Megawattstunde",
    "nov": "November",
    "nr": "Nummer",
    "okt": "Oktober",
    "prof": "Professor",
    "sek": "Sekunde",
    "sept": "September",
    "sog": "sogenannt",
    "st": "Sankt",
    "std": "Stunde",
    "str": "Straße",
    "tel": "Telefon",
    "twh": "Terawattstunde",
    "zzgl": "zuzüglich",
}
_STREET = "str"


def written_out(form: str) -> str | None:
    """The word that a form is short for, or None. form: normalized.

    A street may have a name: "Hauptstr." is "Hauptstraße".
    """
    word = _WORDS.get(form)
    if word is None and form.endswith(_STREET):
        word = form + _WORDS[_STREET][len(_STREET) :]
    return word
