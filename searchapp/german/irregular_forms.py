"""Forms of nouns that a dictionary made by machine leads to another noun, or nowhere.

They are foreign plurals ("Indizes" is no form of "Indiz"), nouns with two nominatives ("der
Friede", "der Frieden"), persons named by a participle, and women.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from searchapp.german.nominal_adjectives import nominal_adjectives
from searchapp.german.nouns_in_e import nouns_in_e

_TABLE = """
Abdomen Abdomens Abdomina
Adverb Adverbs Adverbien Adverbium
Agenda Agenden
Agens Agenzien
Appendix Appendizes Appendices
Ass Asse Asses Assen
Atlas Atlasse Atlasses Atlassen Atlanten
Bakterium Bakteriums Bakterien Bakterie
Ballerina Ballerinas Ballerinen Ballerine
Basis Basen
Bazillus Bazillen Bazille
Bonus Boni Bonusse Bonussen
Bär Bäre Bären Bärs
Codex Codices
Corpus Corpora
Dosis Dosen
Drache Drachen Drachens
Epos Epen
Espresso Espressos Espressi
Examen Examens Examina
Faktum Fakten Fakta
Fels Felsen Felsens
Femininum Feminina
Forum Foren Fora
Fossil Fossils Fossile Fossilien Fossilie
Frieden Friede Friedens
Funke Funken Funkens
Genus Genera
Glaube Glauben Glaubens
Globus Globen Globusse Globussen
Haufen Haufe Haufens
Herz Herzen Herzens
Hirte Hirt Hirten
Index Indexe Indexes Indexen Indizes Indices
Ingredienz Ingredienzien Ingrediens
Job Jobs
Junge Jungen Jungs Jungens
Kaktus Kakteen Kaktee Kaktusse Kaktussen
Kasten Kastens Kästen
Karzinom Karzinoms Karzinome Karzinomen Carcinom Carcinoms Carcinome Carcinomen
Klima Klimas Klimata
Kodex Kodexe Kodizes
Komma Kommas Kommata
Konstante Konstanten
Korpus Korpora Korpusse
Krise Krisen Krisis
Lexikon Lexikons Lexika Lexiken
Maskulinum Maskulina
Matrix Matrizen Matrices
Mineral Minerals Minerale Mineralien
Modus Modi
Motor Motors Motoren
Name Namen Namens
Neutrum Neutra Neutren
Nomen Nomens Nomina
Numerus Numeri
Opus Opera
Party Partys Parties
Partizip Partizips Partizipien Partizipium
Pole Polin
Pronomen Pronomens Pronomina
Reagenz Reagenzien Reagens
Rhombus Rhomben
Russe Russin
Sachse Sächsin
Samen Same Samens
Schaden Schade Schadens Schäden
Schema Schemas Schemata
Schütze Schützin
Simplex Simplizia
Skala Skalen Skale
Taube Tauben
Taxi Taxis Taxen
Tempus Tempora
Terminus Termini
Textil Textilien Textilie
Thema Themas Themata Themen
Trauma Traumas Traumata Traumen
Typ Typs Typen
Türke Türkin
Ultimatum Ultimaten Ultimata
Universum Universen
Weise Weisen
Wille Willen Willens
Zauberer Zauberin
"""
"""A noun a line, each with forms that lead to it. They count at the end of a compound, too."""

_GENITIVES = """
Adobes Airlines Amazons Arafats Arbeitsförderungsgesetzes Asiens Bachtins Bambis Beckers Bernhards
Bills Blairs Boots Brandes Brüssels Chinas Codes Conrads Consultants Countys Dinges Disneys
Donaldsons Fellinis Friedrichs Gabriels Games Gazastreifens Gurlitts Haiders Handkes Hannovers
Hitlers Instruments Jacksons Jandls Jelzins Kids Klerks Kohls Labs Lankas Lateinamerikas Liquids
Michaels Moldawiens Müllers Networks Niedersachsens Nigerias Nintendos Ostjerusalems Papas Points
Rabins Rohmers Romanes Russlands Sachsens Schröders Schönhubers Services Siegers Simons Sports
Sprints Sticks
""".split()
"""Genitives, mostly of names, for which the dictionary has no lemma. It cannot be told by rule:
"Engels", "Peters" and "Fonds" are words of their own."""

_COMPARED_WITH_UMLAUT = """
alt arm blass dumm fromm gesund glatt grob hart jung kalt karg klug krank krumm kurz lang nass rot
scharf schmal schwach schwarz stark warm
""".split()
_COMPARED_FROM_ANOTHER_STEM = {
    **dict.fromkeys(("nahe", "näher"), "nah"),
    **dict.fromkeys(("mehr", "meiste", "meistem", "meisten", "meistes"), "viel"),
}
"""Forms that the dictionary lacks. "meist" is an adverb of its own, "meister" may be the noun."""

_ADJECTIVE_ENDINGS = ("e", "em", "en", "er", "es")
_UMLAUT = {"a": "ä", "o": "ö", "u": "ü"}
_WHITE = ("weiße", "weißem", "weißen", "weißer", "weißes")
_WITHOUT_UMLAUT = str.maketrans("äöüÄÖÜ", "aouAOU")
_SHORTEST_END = 5
"""Shorter forms do not count at the end of a compound: "Steppen" ends with "Epen"."""


def irregular_forms(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each irregular form that the dictionary lacks or has wrong, with its lemma.

    dictionary: form -> lemma, as `searchapp.german.completed_dictionary` has it.
    """
    # "weiß" is a form of "wissen": the adjective is called by another form of its own.
    yield from ((form, "weiße") for form in _WHITE if form in dictionary)
    yield from nominal_adjectives(dictionary)
    yield from nouns_in_e(dictionary)
    yield from _women(dictionary)
    yield from _nouns(dictionary)
    for form in _GENITIVES:
        if dictionary.get(form) == form:
            noun = form[:-2]
            yield form, noun if form.endswith("es") and noun in dictionary else form[:-1]
    yield from _comparisons(dictionary)


def _nouns(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    noun_of_end: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        noun, *forms = line.split()
        if noun in dictionary:
            yield noun, noun
            yield from ((form, noun) for form in forms)
        noun_of_end.update((form.lower(), noun.lower()) for form in forms)
    ends = tuple(end for end in noun_of_end if len(end) >= _SHORTEST_END)
    for form, known in dictionary.items():
        if form.endswith(ends) and form[0].isupper():
            end = next(end for end in ends if form.endswith(end))
            lemma = form.removesuffix(end) + noun_of_end[end]
            if dictionary.get(lemma) == lemma or (
                # "Götterfunken", but not the infinitive "Dazwischenfunken".
                known == form and end.endswith("en") and form.lower() not in dictionary
            ):
                yield form, lemma


def _women(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Feminine nouns of persons with the masculine: "Kolleg:innen" must find both.

    `Kollegin -> Kollege`, `Ärztin -> Arzt`, `Beamtin -> Beamter`, `Wanderin -> Wanderer`.
    """
    for plural in dictionary:
        if plural.endswith("innen") and plural[:1].isupper():
            woman = plural[:-3]
            if dictionary.get(woman) == woman and dictionary[plural] == woman:
                man = _masculine(woman[:-2], dictionary)
                if man is not None:
                    yield woman, man


def _masculine(stem: str, dictionary: Mapping[str, str]) -> str | None:
    *_, last = stem.split("-")
    plain = stem[: -len(last)] + last.translate(_WITHOUT_UMLAUT)
    if plain == stem or stem.endswith("er"):
        men = (stem + "e", stem, stem + "er", plain)
    else:
        men = (plain, plain + "e", stem, stem + "e")
    for man in men:
        lemma = dictionary.get(man)
        if lemma == man or (lemma == man + "r" and man.endswith("e")):
            return lemma
    return None


def _comparisons(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Comparatives and superlatives with another vowel, or from another stem."""
    for adjective in _COMPARED_WITH_UMLAUT:
        stem = "".join(_UMLAUT.get(letter, letter) for letter in adjective)
        superlative = stem + ("est" if stem[-1] in "dtsßz" else "st")
        comparative = stem + "er"
        forms = [comparative]
        forms += (each + end for each in (comparative, superlative) for end in _ADJECTIVE_ENDINGS)
        for form in forms:
            known = dictionary.get(form, form)
            if known == form or not known.endswith("n"):  # "längst" is a form of "längen", too.
                yield form, adjective
    yield from _COMPARED_FROM_ANOTHER_STEM.items()
