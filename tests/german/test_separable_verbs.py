"""Which verb a particle belongs to, over a small dictionary."""

from __future__ import annotations

import pytest

from searchapp.german.separable_verbs import PARTICLES, SeparableVerbs, Words, is_separable
from searchapp.german.stems import normalized
from searchapp.german.tokenizer import tokenize

VERBS = {
    "geben": "gibt gebt gebe gab gaben",
    "nehmen": "nimmt nehmt nehme nahm nahmen",
    "fangen": "fängt fangt fange fing fingen",
    "ziehen": "zieht ziehe zog zogen",
    "stellen": "stellt stelle stellte stellten",
    "rufen": "ruf ruft rufe rief riefen",
    "hören": "hört höre hörte hörten gehört",
    "gehören": "gehöre gehörte gehörten",
    "gehen": "geht gehe ging gingen",
    "machen": "macht mache machte machten",
    "langen": "langt lange langte",
    "brechen": "bricht brecht breche",
    "führen": "führt führe führte führten",
    "kennen": "kennt kenne kannte",
    "erkennen": "erkennt erkenne erkannte",
    "laufen": "läuft lauft laufe lief liefen laufend",
    "sagen": "sagt sage sagte sagten",
    "verteilen": "verteilt verteile verteilte",
    "schicken": "schickt schicke schickte geschickt",
    "haben": "hat habt habe hatte hatten",
    "fallen": "fällt fallt falle fiel fielen",
    "steigen": "steigt steige stieg stiegen",
    "pflanzen": "pflanzt pflanze pflanzte",
}
SEPARABLE = (
    "aufgeben bekanntgeben nachgeben teilnehmen annehmen abnehmen anfangen anziehen ausziehen"
    " umziehen anstellen vorstellen sicherstellen anrufen aufhören angehören anlangen aufgehen"
    " ausgehen untergehen weitermachen anerkennen ausführen ablaufen zulaufen innehaben auffallen"
    " ansteigen zusammenbrechen einpflanzen"
)
LEMMAS = {
    **{form: verb for verb, forms in VERBS.items() for form in (verb, *forms.split())},
    **{verb: verb for verb in SEPARABLE.split()},
    "brach": "brach",
    "zusammenbrach": "zusammenbrechen",
    "muss": "müssen",
    "müsst": "müssen",
    "anmüssen": "anmüssen",
}


def found(text: str) -> list[str]:
    """The separated verbs of a text, each as "verb … particle: infinitive"."""
    verbs = SeparableVerbs(LEMMAS.get)
    tokens = list(tokenize(text))
    words = Words(
        [normalized(word) for *_, word in tokens],
        [start for _, start, *_ in tokens],
        [end for _, _, end, *_ in tokens],
    )
    pairs = []
    for particle, form in enumerate(words.forms):
        verb = verbs.verb_of(text, words, particle) if form in PARTICLES else None
        if verb is not None:
            infinitive = verbs.infinitive(form, words.forms[verb])
            pairs.append(f"{words.forms[verb]} … {form}: {infinitive}")
    return pairs


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Die Chorprobe fing mit einer Stunde Verspätung an.", "fing … an: anfangen"),
        ("Am Lauf nahmen zwanzig Schulen teil", "nahmen … teil: teilnehmen"),
        ("Der Verein gab am 3. Mai auf, weil Dr. K. fehlte.", "gab … auf: aufgeben"),
        ("Fängt der Film schon an?", "fängt … an: anfangen"),
        ("Ruf an!", "ruf … an: anrufen"),
        ("Sie zogen nach Ulm um und feierten.", "zogen … um: umziehen"),
        ("Das Dach brach zusammen (siehe Bild).", "brach … zusammen: zusammenbrechen"),
        ("Er gehört der Gruppe an.", "gehört … an: angehören"),
        ("Man erkannte den Sieg an.", "erkannte … an: anerkennen"),
        ("Sie hatten den Vorsitz inne.", "hatten … inne: innehaben"),
        ("Der Verband gab den Termin bekannt.", "gab … bekannt: bekanntgeben"),
        ("Das Wasser steigt – wie man sah – schnell an.", "steigt … an: ansteigen"),
        ("Er zog lange Strümpfe an.", "zog … an: anziehen"),
        ("Er führte den auf alle Räume verteilt gesagten Satz aus.", "führte … aus: ausführen"),
    ],
)
def test_a_particle_at_the_end_of_a_clause_belongs_to_the_finite_verb_before_it(
    text: str, verb: str
) -> None:
    assert found(text) == [verb]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Er gab, wie er sagte, nach drei Jahren auf.", "gab … auf: aufgeben"),
        ("Sie nahm die Karte, die er schickte, gern an.", "nahm … an: annehmen"),
        ("Sie stellte Hunde, Katzen und Vögel vor.", "stellte … vor: vorstellen"),
        ("Er gab (er sagte es kaum) auf.", "gab … auf: aufgeben"),
    ],
)
def test_what_is_inserted_is_passed_over(text: str, verb: str) -> None:
    assert found(text) == [verb]


def test_a_verb_may_have_two_particles_and_a_sentence_two_verbs() -> None:
    assert found("Er zog die Jacke an und die Schuhe aus.") == [
        "zog … an: anziehen",
        "zog … aus: ausziehen",
    ]
    assert found("Das Eis bricht, sie hören auf, er gibt nach.") == [
        "hören … auf: aufhören",
        "gibt … nach: nachgeben",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Er rief laut und ging an Land.",
        "Sie stellte das Buch auf den Tisch.",
        "Er zog den Stecker.",
        # Another sentence, another verb.
        "Sie fing den Ball. Das Licht geht an.",
        "Er fing den Ball und sagte etwas an.",
        # Adverbs.
        "Er stellte die Frage von Anfang an.",
        "Sie stellte ihn vom ersten Tag an.",
        "Sie gab ab und zu Konzerte.",
        "Er lief auf und ab.",
        "Sie gab ihrer Meinung nach zu viel.",
        "Er führte das Heer von Wien aus.",
        "Das gab darüber hinaus Ärger.",
        "Er muss von weit her an.",
        # Prepositions of a question, or that share their noun.
        "Sie nahmen Brot, und an wie vielen Tagen.",
        "Er nahm vor und nach dem Essen Pillen.",
        "Er ging auf, unter und neben dem Tisch.",
        # Adjectives that make a verb with few others.
        "Das hat er gehört, und es ist bekannt.",
        # No finite verb: an infinitive, an adjective.
        "Die laufend gehörten Lieder, ab.",
        "Um die zu nehmen, an.",
        # Parts of a chain.
        "Er nahm auf- und abwärts, zu-",
    ],
)
def test_what_only_looks_like_it_is_none(text: str) -> None:
    assert found(text) == []


def test_a_verb_is_looked_for_among_the_words_before_only() -> None:
    assert found("Er nahm " + "Brot " * 30 + "an.") == []
    assert found("Er nahm " + "Brot " * 29 + "an.") == ["nahm … an: annehmen"]


def test_words_around_the_window_make_no_difference() -> None:
    """Indexing looks at a window of a text; the answer is that of the whole text."""
    text = "Alle kamen. Er gab, wie er sagte, nach drei Jahren auf. Dann gab sie nach."
    verbs = SeparableVerbs(LEMMAS.get)
    tokens = list(tokenize(text))
    words = Words(
        [normalized(token[4]) for token in tokens],
        [token[1] for token in tokens],
        [token[2] for token in tokens],
    )
    particle = words.forms.index("auf")
    window = Words(words.forms[2:13], words.starts[2:13], words.ends[2:13])
    assert verbs.verb_of(text, words, particle) == 3
    assert verbs.verb_of(text, window, particle - 2) == 1


def test_a_separable_verb_begins_with_a_particle() -> None:
    assert is_separable("teilnehmen")
    assert is_separable("wahrnehmen")
    assert not is_separable("nehmen")
    assert not is_separable("Anfang")
    assert not is_separable("an")
