"""The JSON answer keeps the contract of the command line and the API."""

from __future__ import annotations

import datetime as dt
import json

from searchapp.model import (
    Article,
    FacetCount,
    Histogram,
    Hit,
    MarkedText,
    Note,
    PeriodCount,
    Reason,
    RelatedWord,
    ResultPage,
    SearchRequest,
    Snippet,
)
from searchapp.result_json import answer


def result_page() -> ResultPage:
    """A page with one hit that uses every field."""
    hit = Hit(
        article=Article(
            id="a/1",
            title="Stahl & Eisen",
            body="Vom grünen Stahl",
            tags=("Eisen", "<Stahl>"),
            date=dt.date(2024, 1, 16),
            authors=("A. Autorin", "B. Autor"),
            source="SMS group",
            section="Industrie",
            url="https://example.org/a",
            page_starts=(0, 14),
        ),
        title=MarkedText("Stahl & Eisen", ((0, 5),)),
        score=1.25,
        snippets=(Snippet(MarkedText("grüner Stahl", ((7, 12),)), 10, 22),),
        match_count=2,
        reasons=(Reason("part", 0, MarkedText("Stahl·<industrie>", ((0, 5),))),),
        tags=(MarkedText("Eisen"), MarkedText("<Stahl>", ((1, 6),))),
    )
    return ResultPage(
        request=SearchRequest(query="stahl", page_number=2, per_page=5),
        total=6,
        took_ms=1.5,
        generation="g1",
        hits=(hit,),
        facets={"tags": (FacetCount("Stahl", 6, True),), "year": (FacetCount("2024", 6),)},
        distinct={"tags": 12, "year": 1},
        histogram=Histogram(
            "day", (PeriodCount(dt.date(2024, 1, 16), dt.date(2024, 1, 16), 6),), undated=2
        ),
        did_you_mean="stahls",
        notes=(Note("some_words"),),
        optional_words=("der",),
        related_words=(RelatedWord("Koks", 2, "stahl Koks"),),
        partial=(Hit(Article("b", "Stahl", ""), MarkedText("Stahl"), 0.5, (), missing=("Eisen",)),),
    )


def test_the_answer_has_the_keys_of_the_contract() -> None:
    """Programs may rely on every key, its type and its meaning."""
    assert answer(result_page()) == {
        "query": "stahl",
        "total": 6,
        "page": 2,
        "per_page": 5,
        "offset": 5,
        "last_page": 2,
        "took_ms": 1.5,
        "generation": "g1",
        "hits": [
            {
                "id": "a/1",
                "title": "Stahl & Eisen",
                "title_html": "<mark>Stahl</mark> &amp; Eisen",
                "date": "2024-01-16",
                "author": "A. Autorin; B. Autor",
                "authors": ["A. Autorin", "B. Autor"],
                "source": "SMS group",
                "section": "Industrie",
                "url": "https://example.org/a",
                "tags": ["Eisen", "<Stahl>"],
                "page_url": None,
                "title_marks": [[0, 5]],
                "matched_tags": [
                    {"html": "&lt;<mark>Stahl</mark>&gt;", "text": "<Stahl>", "marks": [[1, 6]]}
                ],
                "score": 1.25,
                "snippets": [
                    {
                        "html": "grüner <mark>Stahl</mark>",
                        "text": "grüner Stahl",
                        "marks": [[7, 12]],
                        "start": 10,
                        "end": 22,
                        "page_number": 2,
                        "page_url": "https://example.org/a#page=2",
                    }
                ],
                "match_count": 2,
                "reasons": [
                    {
                        "kind": "part",
                        "html": "<mark>Stahl</mark>·&lt;industrie&gt;",
                        "text": "Stahl·<industrie>",
                        "marks": [[0, 5]],
                    }
                ],
            }
        ],
        "partial": [
            {
                "id": "b",
                "title": "Stahl",
                "title_html": "Stahl",
                "date": None,
                "author": None,
                "authors": [],
                "source": None,
                "section": None,
                "url": None,
                "tags": [],
                "page_url": None,
                "title_marks": [],
                "matched_tags": [],
                "score": 0.5,
                "snippets": [],
                "match_count": 0,
                "reasons": [],
                "missing": ["Eisen"],
            }
        ],
        "facets": {
            "tags": [{"value": "Stahl", "count": 6, "selected": True, "added": None}],
            "section": [],
            "source": [],
            "author": [],
            "year": [{"value": "2024", "count": 6, "selected": False, "added": None}],
        },
        "distinct": {"tags": 12, "section": 0, "source": 0, "author": 0, "year": 1},
        "histogram": {
            "step": "day",
            "buckets": [{"first": "2024-01-16", "last": "2024-01-16", "count": 6}],
            "undated": 2,
        },
        "did_you_mean": "stahls",
        "optional_words": ["der"],
        "related_words": [{"word": "Koks", "query": "stahl Koks", "total": 2}],
        "notes": ["No article has all of these words. These articles have some of them."],
        "note_details": [
            {
                "kind": "some_words",
                "subject": "",
                "sentence": "No article has all of these words. These articles have some of them.",
            }
        ],
        "links": None,
    }


def test_the_answer_is_plain_json_and_an_undated_article_has_null() -> None:
    """No value needs a special encoder."""
    page = result_page()
    bare = Hit(Article("b", "Ohne Datum", ""), MarkedText("Ohne Datum"), 0.0, ())
    page = ResultPage(page.request, 1, 0.1, "g1", (bare,))
    again = json.loads(json.dumps(answer(page)))
    assert again["hits"][0]["date"] is None
    assert again["did_you_mean"] is None


def test_translated_notes_take_the_place_of_the_english_ones() -> None:
    """The API speaks the reader's language."""
    assert answer(result_page(), ["Ein deutscher Satz."])["notes"] == ["Ein deutscher Satz."]
