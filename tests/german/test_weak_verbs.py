"""The forms of weak verbs."""

from __future__ import annotations

import pytest

from searchapp.german.weak_verbs import weak_verb_forms

VERBS = frozenset(
    """betteln führen einführen ordnen abordnen studieren schmieren teilen beteiligen stellen
    herstellen wiederherstellen setzen übersetzen trauen vertrauen anvertrauen atmen lernen
    schmutzen verschmutzen""".split()
)
FORMS = frozenset({"gebettelt", "geschmiert"})


@pytest.mark.parametrize(
    ("infinitive", "forms", "others"),
    [
        ("führen", "führte geführt geführte führend führender", "geführtte zuführen"),
        ("einführen", "eingeführt eingeführten einzuführen einführend", "geeinführt"),
        ("abordnen", "abgeordnet abgeordnete abordnete abzuordnen", "abgeordnt"),
        ("studieren", "studiert studierter studierende", "gestudiert"),
        ("schmieren", "geschmiert geschmierte", "schmierter"),
        ("beteiligen", "beteiligt beteiligte beteiligtem", "gebeteiligt"),
        ("betteln", "gebettelt gebettelte bettelnd", ""),
        ("wiederherstellen", "wiederhergestellt wiederherzustellen", "wiedergeherstellt"),
        ("übersetzen", "übersetzt übersetzte übergesetzt übersetzend", "geübersetzt"),
        ("anvertrauen", "anvertraut anvertraute anzuvertrauen", "angevertraut"),
        ("atmen", "atmete atmetest geatmet", "atmte"),
        ("lernen", "lernte gelernt gelernte", "lernete"),
        ("verschmutzen", "verschmutzt verschmutzte verschmutztes", "geverschmutzt"),
    ],
)
def test_a_verb_has_its_forms(infinitive: str, forms: str, others: str) -> None:
    """Whether the participle has "ge" follows from the prefixes, or from what is known."""
    found = set(weak_verb_forms(infinitive, VERBS, FORMS))
    assert set(forms.split()) <= found
    assert not set(others.split()) & found
