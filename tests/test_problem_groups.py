"""Many problems become few to tell, and none is lost from the count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchapp.errors import Problem
from searchapp.problem_groups import MAX_KINDS, MAX_SHOWN, SHOWN_OF_A_KIND, ProblemGroups
from searchapp.translation import Message


def told(*problems: Problem) -> list[Problem]:
    """What is passed on."""
    passed: list[Problem] = []
    groups = ProblemGroups(passed.append)
    for problem in problems:
        groups.add(problem)
    groups.close()
    return passed


def test_the_first_ten_of_a_kind_and_the_number_of_the_others() -> None:
    """A kind is a sentence, whatever the values in it."""
    passed = told(
        *(
            Problem(f"a.csv:{n}", Message("date '%(n)s.13.' is no day", n=n), Message("mend it"))
            for n in range(1000)
        )
    )
    assert [each.where for each in passed[:-1]] == [f"a.csv:{n}" for n in range(SHOWN_OF_A_KIND)]
    assert str(passed[-1]) == "a.csv: and 990 more like this: date '10.13.' is no day; mend it"
    assert passed[-1].count == 990


def test_the_eleventh_is_told_if_it_is_the_last() -> None:
    """ "1 more" would take as much room."""
    passed = told(
        *(Problem(f"a.csv:{n}", Message("has no title"), Message("add one")) for n in range(11))
    )
    assert str(passed[-1]) == "a.csv:10: has no title; add one"


def test_each_file_has_its_own_ten() -> None:
    """And each sentence, and each severity."""
    problems = [
        Problem(f"{file}:{n}", what, Message("mend it"), severity)
        for file in ("a", "b")
        for n in range(12)
        for what in map(Message, ("x", "y"))
        for severity in ("error", "warning")
    ]
    passed = told(*problems)
    assert [each.where for each in passed if each.count > 1] == ["a"] * 4 + ["b"] * 4
    assert len(passed) == 8 * (SHOWN_OF_A_KIND + 1)


def test_beyond_a_thousand_only_kinds_are_told() -> None:
    """A warning in each of a hundred thousand files; an error is not lost among them."""
    warnings = [
        Problem(f"{n}.txt:1", Message("is not UTF-8"), Message("save it"), "warning")
        for n in range(9000)
    ]
    passed = told(*warnings, Problem("z.txt:1", Message("is empty"), Message("fill it")))
    assert len(passed) == MAX_SHOWN + 2
    assert str(passed[-2]) == "z.txt:1: is empty; fill it"
    assert str(passed[-1]) == (
        "1000.txt: and 8,000 more like this in other files: is not UTF-8; save it"
    )


def test_kinds_are_bounded() -> None:
    """Sentences that all differ are of one kind in the end."""
    letters = [chr(0x4E00 + n) for n in range(5000)]
    passed = told(
        *(
            Problem("a.md:1", Message("is %(each)s", each=each), Message("mend it"))
            for each in letters
        )
    )
    assert len(passed) == MAX_KINDS + SHOWN_OF_A_KIND + 1
    assert sum(each.count for each in passed) == 5000


@given(
    st.lists(
        st.builds(
            Problem,
            st.sampled_from(["a", "a:1", "a:2", "b:1", "c", ""]),
            st.sampled_from(["x", "x 1", "x 22", "y 'a'", "y 'b'", "and 5 more like this: x"]).map(
                Message
            ),
            st.just(Message("mend it")),
            st.sampled_from(["error", "warning"]),
            st.integers(1, 30),
        ),
        max_size=200,
    )
)
def test_counts_are_exact_however_often_they_are_grouped(problems: list[Problem]) -> None:
    """Groups of groups count what the first ones were given."""
    for severity in ("error", "warning"):
        total = sum(each.count for each in problems if each.severity == severity)
        for passed in (told(*problems), told(*told(*problems))):
            assert sum(each.count for each in passed if each.severity == severity) == total
