"""Forms of nouns that a dictionary made by machine leads to another noun, or nowhere.

They are foreign plurals ("Indizes" is no form of "Indiz"), nouns with two nominatives ("der
Friede", "der Frieden"), persons named by a participle, and women.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_TABLE = """
Abdomen Abdomens Abdomina
Adverb Adverbs Adverbien Adverbium
Agens Agenzien
Appendix Appendizes Appendices
Atlas Atlasse Atlasses Atlassen Atlanten
Bonus Boni Bonusse Bonussen
Codex Codices
Corpus Corpora
Epos Epen
Espresso Espressos Espressi
Examen Examens Examina
Faktum Fakten Fakta
Fels Felsen Felsens
Femininum Feminina
Forum Foren Fora
Fossil Fossils Fossile Fossilien
Frieden Friede Friedens
Funke Funken Funkens
Genus Genera
Glaube Glauben Glaubens
Globus Globen Globusse Globussen
Haufen Haufe Haufens
Herz Herzen Herzens
Index Indexe Indexes Indexen Indizes Indices
Job Jobs
Kaktus Kakteen Kaktusse Kaktussen
Kasten Kastens Kästen
Karzinom Karzinoms Karzinome Karzinomen Carcinom Carcinoms Carcinome Carcinomen
Klima Klimas Klimata
Kodex Kodexe Kodizes
Komma Kommas Kommata
Korpus Korpora Korpusse
Lexikon Lexikons Lexika Lexiken
Maskulinum Maskulina
Matrix Matrizen Matrices
Mineral Minerals Minerale Mineralien
Modus Modi
Name Namen Namens
Neutrum Neutra Neutren
Nomen Nomens Nomina
Numerus Numeri
Opus Opera
Party Partys Parties
Partizip Partizips Partizipien Partizipium
Pronomen Pronomens Pronomina
Samen Same Samens
Schaden Schade Schadens Schäden
Schema Schemas Schemata
Simplex Simplizia
Tempus Tempora
Terminus Termini
Thema Themas Themata Themen
Trauma Traumas Traumata Traumen
Universum Universen
Wille Willen Willens
"""
"""A noun a line, each with forms that lead to it. They count at the end of a compound, too."""

_GENITIVES = """
Arbeitsförderungsgesetzes Brandes Dinges
Adobes Amazons Arafats Asiens Bachtins Blairs Brüssels Chinas Disneys Donaldsons Fellinis
Gazastreifens Gurlitts Haiders Handkes Hannovers Hitlers Jandls Jelzins Kohls Lankas Lateinamerikas
Moldawiens Niedersachsens Nigerias Nintendos Ostjerusalems Rabins Rohmers Russlands Sachsens
Schönhubers Schröders
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
_NOMINAL_ADJECTIVE_ENDINGS = ("e", "er", "en", "em")
_UMLAUT = {"a": "ä", "o": "ö", "u": "ü"}
_WITHOUT_UMLAUT = str.maketrans("äöüÄÖÜ", "aouAOU")
_SHORTEST_END = 5
"""Shorter forms do not count at the end of a compound: "Steppen" ends with "Epen"."""


def irregular_forms(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each irregular form that the dictionary lacks or has wrong, with its lemma.

    dictionary: form -> lemma, as `searchapp.german.completed_dictionary` has it.
    """
    yield from _nouns(dictionary)
    for form in _GENITIVES:
        if dictionary.get(form) == form:
            noun = form[:-2]
            yield form, noun if form.endswith("es") and noun in dictionary else form[:-1]
    yield from _nominal_adjectives(dictionary)
    yield from _women(dictionary)
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


def _nominal_adjectives(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """All forms of persons named by a participle, each with one and the same lemma.

    `Abgeordnete`, `Abgeordneter`, `Abgeordneten`, `Abgeordnetem` are one noun, whichever of them
    a dictionary leads to which. A dictionary has the form with "em" of no other nouns.
    """
    for dative in dictionary:
        if dative.endswith("em") and dative[0].isupper():
            stem = dative[:-2]
            participle = stem.lower()
            if participle.endswith("end") or (
                # A lemma of its own is an adjective: "die Alten", "das Rechte".
                participle.endswith(("en", "t"))
                and dictionary.get(participle, participle) != participle
            ):
                forms = [stem + ending for ending in _NOMINAL_ADJECTIVE_ENDINGS]
                if all(form in dictionary for form in forms):
                    lemma = forms[1] if dictionary[forms[0]] == forms[1] else forms[0]
                    yield from ((form, lemma) for form in forms)


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
