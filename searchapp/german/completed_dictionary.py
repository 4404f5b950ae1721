"""Fills the holes of a dictionary of forms, and mends entries that lead to another word.

A dictionary of forms gives the lemma of each form. It is made by machine from texts and word
lists: forms of rare verbs are missing, participles end at themselves ("verloren"), and plurals
of foreign words lead elsewhere or nowhere. What the language has by rule is added here by rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from searchapp.german.irregular_forms import irregular_forms
from searchapp.german.strong_verbs import ADJECTIVE_ENDINGS, base_verb_forms, strong_verb_forms
from searchapp.german.verb_prefixes import split_prefix
from searchapp.german.weak_verbs import weak_verb_forms

INDEPENDENT_ADJECTIVES = frozenset(
    """
    abgelegen angemessen äußerst befangen bekannt beliebt benommen beredt berühmt besonnen bewandt
    bewusst doppelt durchtrieben entlegen erhaben erneut gediegen gerecht gesamt gesondert gewiss
    gewohnt längst letzt recht samt schlicht seicht teilweise trunken unbefangen verbissen
    vergriffen verrückt verschieden verschollen versessen verwandt verwegen vollkommen willkommen
    zugetan

    abwesend anscheinend anwesend ausreichend bedeutend betreffend dringend eingehend einleuchtend
    entsprechend folgend hervorragend laufend umfassend umgehend vorübergehend während weitgehend
    zwingend
    """.split()
)
"""Words that are not led to the verb whose participle they once were: it means something else, or
hardly anyone uses it. "verschieden" is "different" and not "died",
"gewohnt" has nothing to do with "wohnen", "dringend" is "urgent". "entschieden" and "verloren" are
not among them, since texts use them mostly as forms of their verb."""

_INFLECTED = re.compile(
    r"([a-zäöüß]{3,})e[nms]?|([a-zäöüß]{3,}(?:isch|ig|lich|los|al|ell|är|bar|sam))er"
)


def completed_dictionary(dictionary: Mapping[str, str]) -> dict[str, str]:
    """The dictionary without its holes. Takes two seconds for a million forms.

    dictionary: form -> lemma, the case of both kept; a lemma may have a lemma in turn.
    """
    completed = dict(dictionary)
    _mend_lemmas(completed)
    _complete_verbs(completed)
    _keep_adjectives(completed)
    _complete_adjectives(completed)
    completed.update(list(irregular_forms(completed)))
    return completed


def _mend_lemmas(dictionary: dict[str, str]) -> None:
    """Words that the dictionary leads to a longer one are dictionary forms of their own."""
    mended = [
        form
        for form, lemma in dictionary.items()
        if lemma.endswith((form, form + "n", form + "en"))
        and lemma != form
        and (
            # atmen -> aufatmen
            (lemma.endswith(form) and split_prefix(lemma.removesuffix(form)) is not None)
            # süß -> süßen
            or dictionary.get(form + "em") == form
        )
    ]
    dictionary.update(zip(mended, mended, strict=True))


def _complete_verbs(dictionary: dict[str, str]) -> None:
    candidates = [
        form for form, lemma in dictionary.items() if form == lemma and _may_be_infinitive(form)
    ]
    verbs = sorted((form for form in candidates if _is_verb(form, dictionary)), key=len)
    known = frozenset(verbs)
    strong: dict[str, list[str]] = {}
    for form, infinitive in strong_verb_forms(candidates):
        strong.setdefault(form, []).append(infinitive)
    # "abgefahren" ends at itself, too, but is a participle; "hinzukommen" is no "zu hinkommen".
    participles = {
        form
        for form in candidates
        if form not in known
        and strong.get(form, [form]) != [form]
        and not (form in strong[form] and form.startswith(("dazu", "herzu", "hinzu")))
    }
    mended: dict[str, str] = {}
    strong_verbs = set().union(*strong.values()) - participles
    for form, of_form in strong.items():
        infinitives = [verb for verb in of_form if verb not in participles]
        lemma = dictionary.get(form)
        if not infinitives or form in known or lemma in infinitives:
            continue
        # Another strong verb has no such form, but a weak one may: "einweicht".
        if lemma is None or lemma in strong_verbs or not _is_verb(lemma, dictionary):
            mended[form] = infinitives[0]
    for infinitive in verbs:
        if infinitive in strong_verbs and not _has_weak_preterite(infinitive, dictionary):
            continue
        for form in weak_verb_forms(infinitive, known, dictionary):
            if form not in known and dictionary.get(form, form) == form:
                mended.setdefault(form, infinitive)
    mended |= {
        form: infinitive
        for form, infinitive in base_verb_forms()
        # "gestanden" is "stehen" more often than "gestehen", but "gefallen" is a verb itself.
        if infinitive in dictionary and (form == infinitive or form not in known)
    }
    dictionary.update(mended)


def _may_be_infinitive(form: str) -> bool:
    return form.endswith("n") and form.islower() and form.isalpha()


def _is_verb(form: str, dictionary: Mapping[str, str]) -> bool:
    """Whether a lemma is an infinitive: "verlegt" is a form of "verlegen", but "verdorbt" none."""
    stem = form[:-2] if form.endswith("en") else form[:-1]
    return form in (dictionary.get(stem + "t"), dictionary.get(stem + "et"))


def _has_weak_preterite(infinitive: str, dictionary: Mapping[str, str]) -> bool:
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    return infinitive in (dictionary.get(stem + "te"), dictionary.get(stem + "ete"))


def _keep_adjectives(dictionary: dict[str, str]) -> None:
    for adjective in INDEPENDENT_ADJECTIVES & dictionary.keys():
        for ending in ADJECTIVE_ENDINGS:
            dictionary[adjective + ending] = adjective


def _complete_adjectives(dictionary: dict[str, str]) -> None:
    """Lead forms that end at themselves to their adjective: "mittelfristige", "dubiosen".

    Comparatives ("weiter") and verbs ("billigen") end at themselves rightly.
    """
    for form in [form for form, lemma in dictionary.items() if form == lemma]:
        match = _INFLECTED.fullmatch(form)
        if match is None:
            continue
        adjective = match[1] or match[2]
        if (
            dictionary.get(adjective) == adjective
            and adjective + "em" in dictionary
            and not (form.endswith("n") and _is_verb(form, dictionary))
        ):
            dictionary[form] = adjective
