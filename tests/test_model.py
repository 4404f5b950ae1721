"""What the values that travel between the parts say about themselves."""

from __future__ import annotations

from dataclasses import replace

from searchapp.model import Hit, MarkedText, Note, Reason, ResultPage, SearchRequest


def test_words_of_several_reasons_are_named_once() -> None:
    """In the order of the reasons, with all marks in the order of the text."""
    hit = Hit("a", MarkedText("Titel"), None, None, None, None, (), 1.0, ())
    assert hit.found_through == ()
    reasons = (
        Reason("part", 0, MarkedText("Stahl·industrie", ((6, 15),))),
        Reason("lemma", 1, MarkedText("ging")),
        Reason("part", 2, MarkedText("Stahl·industrie", ((0, 5),))),
    )
    assert replace(hit, reasons=reasons).found_through == (
        MarkedText("Stahl·industrie", ((0, 5), (6, 15))),
        MarkedText("ging"),
    )


def test_a_page_knows_which_query_it_answers() -> None:
    """The corrected one, where a note says so; a mere suggestion changes nothing."""
    page = ResultPage(SearchRequest("stahll"), 0, 1.0, "g", did_you_mean="stahl")
    assert page.corrected_query is None
    notes = (Note("any_words"), Note("corrected", "stahl"))
    assert replace(page, notes=notes).corrected_query == "stahl"
