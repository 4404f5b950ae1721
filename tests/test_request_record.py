"""What is known of a request in the end."""

from __future__ import annotations

from searchapp.deadline import Deadline
from searchapp.model import SearchRequest
from searchapp.request_record import if_in_time, is_complete, note_error, part, recorded
from searchapp.searching import SearchService


def test_a_search_notes_its_parts_and_its_answer(service: SearchService) -> None:
    """With whoever records, and nowhere else."""
    page = service.search(SearchRequest("Strom"))
    with recorded() as record:
        assert record.parts_s == {}
        found = service.search(SearchRequest("Xqzvwpf"))
    assert record.page is found
    assert record.generation == page.generation
    assert set(record.parts_s) == {
        "index", "search", "corrections", "any_order", "some_words", "snippets"
    }  # fmt: skip
    assert all(seconds >= 0 for seconds in record.parts_s.values())


def test_what_is_left_out_for_want_of_time_is_noted() -> None:
    """By whoever records; what is whole so far is told without one, too."""
    assert is_complete()
    with recorded() as record:
        with if_in_time():
            pass
        assert is_complete()
        with if_in_time():
            Deadline(-1.0).check()
        assert not is_complete()
    assert not record.is_complete
    assert is_complete()


def test_parts_that_come_again_add_up_and_records_do_not_mix() -> None:
    """An error in a part ends it, too."""
    with recorded() as outer:
        with part("a"):
            pass
        with recorded() as inner:
            note_error("inner")
            try:
                with part("b"):
                    raise ValueError
            except ValueError:
                pass
        before = outer.parts_s["a"]
        with part("a"):
            pass
        note_error("outer")
    assert (inner.error, set(inner.parts_s)) == ("inner", {"b"})
    assert (outer.error, set(outer.parts_s)) == ("outer", {"a"})
    assert outer.parts_s["a"] >= before
    with part("nobody records"):
        note_error("nobody records")
