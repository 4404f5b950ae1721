"""Queries as JSON: what cannot be seen from what they find on a real node."""

from __future__ import annotations

from math import log1p, sqrt

import pytest

from searchapp.engines.evaluation.bm25 import K1, idf
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AnyTerm,
    Coordinated,
    Entry,
    Or,
    Place,
    Wanted,
    WeightedTerms,
    WordPlan,
)
from searchapp.engines.fields import LEAD, TEXT, exact_field
from searchapp.engines.opensearch.query_json import (
    NOTHING,
    Statistics,
    Term,
    plan_terms,
    query_json,
)

STEEL = WeightedTerms((Entry(TEXT, ("Stahl",), 2.0),))


def statistics(**doc_freqs: int) -> Statistics:
    """Of an index of a hundred texts, given the articles with some terms of them."""
    terms = {Term("tokens.text", text): count for text, count in doc_freqs.items()}
    return Statistics(terms, {"tokens.text": 100})


def test_a_weight_is_divided_by_the_idf_that_the_cluster_multiplies_with() -> None:
    """So that what is left is our weight, times BM25's share of the frequency."""
    query = query_json(STEEL, statistics(kStahl=10))
    its_idf = log1p(90.5 / 10.5)
    assert its_idf == pytest.approx(idf(10, 100))
    assert query == {
        "term": {
            "tokens.text": {"value": "kStahl", "boost": pytest.approx(2.0 * (K1 + 1) / its_idf)}
        }
    }


def test_terms_that_count_as_one_are_asked_for_at_one_place() -> None:
    plan = WeightedTerms((Entry(TEXT, ("Stahl", "Eisen"), 1.0),))
    query = query_json(plan, statistics(kStahl=10, kEisen=30))
    assert query == {
        "match": {
            "tokens.text": {
                "query": "kStahl|kEisen",
                "analyzer": "token_text",
                "boost": pytest.approx((K1 + 1) / log1p(70.5 / 30.5)),
            }
        }
    }


def test_a_phrase_mixes_keys_and_exact_forms() -> None:
    places = (Place(TEXT, ("Stahl",)), Place(exact_field(TEXT), ("werke", "werkes")))
    query = query_json(Adjacent(places, 3.0), statistics(kStahl=10))
    phrase = query["match_phrase"]["tokens.text"]
    assert phrase["query"] == "kStahl ewerke|ewerkes"


def test_what_has_no_terms_finds_nothing() -> None:
    """A wildcard may stand for no word; in a phrase, too."""
    none = statistics()
    assert query_json(AnyTerm(exact_field(TEXT), ()), none) == NOTHING
    assert query_json(Or(()), none) == NOTHING
    places = (Place(TEXT, ("Stahl",)), Place(exact_field(TEXT), ()))
    assert query_json(Adjacent(places, 1.0), none) == NOTHING


def test_a_penalty_leaves_a_part_of_what_it_is_for() -> None:
    """Boosts below 0 are refused; what a penalty is for is found by the first entry."""
    plan = WeightedTerms((*STEEL.entries, Entry(exact_field(TEXT), ("stal",), -0.4)))
    assert query_json(plan, statistics()) == {
        "boosting": {
            "positive": query_json(STEEL, statistics()),
            "negative": {"terms": {"tokens.text": ["estal"]}},
            "negative_boost": pytest.approx(0.8),
        }
    }


def test_the_terms_of_a_plan_are_those_that_its_query_asks_for() -> None:
    lead = WeightedTerms((Entry(LEAD, ("Rhein",), 1.0),))
    plan = And((STEEL, Coordinated((Wanted(1.0, WordPlan(lead, STEEL)),), 0.5)))
    assert set(plan_terms(plan)) == {Term("tokens.text", "kStahl"), Term("tokens.text", "lRhein")}


@pytest.mark.parametrize("share", [1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0])
def test_a_line_stands_for_the_root_of_the_share(share: float) -> None:
    words = tuple(Wanted(telling, WordPlan(STEEL)) for telling in (share, 1 - share))
    query = query_json(Coordinated(words, 0.5), statistics())
    (text,) = query["bool"]["must"]
    least, first, *_ = text["function_score"]["functions"]
    assert least["weight"] + first["weight"] == pytest.approx(sqrt(share), abs=0.05)
