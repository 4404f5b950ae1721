"""The forms of strong and irregular verbs."""

from __future__ import annotations

import pytest

from searchapp.german.strong_verbs import strong_verb_forms

INFINITIVES = """
abbrechen backen beantragen begleiten bereiten besteigen bitten dürfen einladen erschrecken essen
gefallen halten heiraten laden lesen mitbringen missverstehen nehmen raten reiben schaffen
stehen gestehen sterben stoßen teilnehmen treten tun verlieren vorenthalten wissen übersetzen
überwinden anerkennen wiedererkennen treffen triefen
""".split()


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("verlieren", "verliert verlor verlorst verloren verlöre verlorene verlorenem"),
        ("sterben", "stirbt stirbst stirb starb starben stürbe gestorben gestorbenen sterbend"),
        ("nehmen", "nimmt nimmst nimm nahm nahmt nähme genommen"),
        ("halten", "hält hältst hielt hieltest hieltet hielte gehalten"),
        ("laden", "lädt lädst lud luden lüde geladen"),
        ("stoßen", "stößt stieß stießest stießen gestoßen"),
        ("essen", "isst iss aß aßen äße gegessen"),
        ("lesen", "liest lies las lasen läse gelesene"),
        ("treten", "tritt trittst trat traten tratet getreten"),
        ("wissen", "weiß weißt wusste wussten wüsste gewusst"),
        ("dürfen", "darf darfst durfte dürfte gedurft"),
        ("tun", "tut tat taten täte getan tuend"),
        ("abbrechen", "abbricht abbrach abgebrochen abgebrochenes abzubrechen"),
        ("teilnehmen", "teilnimmt teilnahm teilgenommen teilzunehmen teilnehmend"),
        ("mitbringen", "mitbrachte mitgebracht mitzubringen"),
        ("vorenthalten", "vorenthielt vorzuenthalten"),
        ("anerkennen", "anerkannte anerkannt anzuerkennen"),
        ("wiedererkennen", "wiedererkannte wiedererkannt wiederzuerkennen"),
        ("missverstehen", "missverstand missverstanden"),
        ("überwinden", "überwand überwunden überwundene"),
        ("besteigen", "bestieg bestiegen"),
        ("gefallen", "gefällt gefiel gefielen"),
        ("gestehen", "gestand gestanden"),
    ],
)
def test_a_verb_has_its_forms(infinitive: str, forms: str) -> None:
    """Base verbs and prefixed ones, finite forms, participles with endings, and "zu"."""
    found = {form for form, verb in strong_verb_forms(INFINITIVES) if verb == infinitive}
    assert set(forms.split()) <= found


def test_a_form_may_belong_to_several_verbs() -> None:
    """Both are given; who asks must choose."""
    verbs = {verb for form, verb in strong_verb_forms(INFINITIVES) if form == "gestanden"}
    assert verbs == {"stehen", "gestehen"}


@pytest.mark.parametrize("weak", ["bereiten", "begleiten", "beantragen", "heiraten", "übersetzen"])
def test_a_weak_verb_is_not_taken_for_a_strong_one(weak: str) -> None:
    """It ends like one, but is made from a noun, or has no such prefix."""
    assert weak not in {verb for _, verb in strong_verb_forms(INFINITIVES)}


def test_no_form_is_made_of_nothing() -> None:
    """Forms are lower-case words without blanks."""
    assert all(form.isalpha() and form.islower() for form, _ in strong_verb_forms(INFINITIVES))
