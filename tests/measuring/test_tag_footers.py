"""The figures of the tag splitter: how they are counted, and the goals that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapp.corpus.tags.tag_splitter import split_tags
from searchapp.measuring.tag_footers import FooterReport, TagScore, main, measure_splitter
from tests.shared_data import SAMPLES, shared_path


@pytest.fixture(scope="module")
def measured() -> FooterReport:
    """The report on real footers."""
    return measure_splitter(shared_path("tags/glued_tags.jsonl"))


def test_plain_footers_are_split_without_known_tags() -> None:
    """Nouns one after the other, with and without a label, are no riddle."""
    report = measure_splitter(SAMPLES / "footers.jsonl")
    assert report.unaided.exact_rate == 100, str(report.unaided)


@pytest.mark.parametrize("half", [0, 1])
def test_lists_of_many_kinds_are_split(half: int) -> None:
    """Of lists in the style of papers, clubs and blogs: 88 % exactly right, tag F1 95 %.

    The rules were made with the first half in view; the second was looked at when they stood.
    """
    lists = (SAMPLES / "tag_lists.txt").read_text("utf-8").splitlines()[half::2]
    score = TagScore()
    for line in lists:
        tags = line.split(" | ")
        score.add(tags, split_tags("".join(tags)).tags)
    assert score.lists > 120
    assert score.exact_rate >= 88, str(score)
    assert score.f1 >= 95, str(score)


@pytest.mark.shared
def test_real_footers_are_split_without_known_tags(measured: FooterReport) -> None:
    """Four of five lists are exactly right, and tag F1 is 95 %."""
    assert measured.unaided.exact_rate >= 80, str(measured.unaided)
    assert measured.unaided.f1 >= 95, str(measured.unaided)


@pytest.mark.shared
def test_known_tags_of_other_articles_help(measured: FooterReport) -> None:
    """With one half's tags known, nine of ten lists of the other half are exactly right."""
    for score in measured.halves:
        assert score.exact_rate >= 90, str(score)


def test_rates_are_those_of_the_lists_and_their_tags() -> None:
    """A tag counts where it was found as often as it should; order counts for the list only."""
    score = TagScore()
    assert (score.exact_rate, score.precision, score.recall, score.f1) == (0, 0, 0, 0)
    score.add(("Stahl", "Klima"), ("Stahl", "Klima"))
    score.add(("Stahl", "Klima", "EU"), ("StahlKlima", "EU"))
    score.add(("A", "B"), ("B", "A"))
    assert (score.exact, score.lists, len(score.wrong)) == (1, 3, 2)
    assert (score.right, score.found, score.expected) == (5, 6, 7)
    assert score.precision == pytest.approx(500 / 6)
    assert score.recall == pytest.approx(500 / 7)
    assert score.f1 == pytest.approx(1000 / 13)


def test_the_figures_can_be_printed_by_anyone(tmp_path: Path) -> None:
    """Exact lists and tag F1, unaided and with halves known, and what went wrong."""
    footers = tmp_path / "footers.jsonl"
    rows = [["Stahl", "Klima"], ["Stahl", "EU"], ["Stahl", "Qqqq", "wwww"]]
    footers.write_text(
        "\n".join(json.dumps({"glued": "".join(tags), "tags": tags}) for tags in rows)
    )
    printed = CliRunner().invoke(main, [str(footers)])
    assert printed.exit_code == 0
    assert "without known tags:   2/3 lists right (66.7 %)" in printed.stdout
    assert printed.stdout.count("F1") == 3
    assert "expected: Stahl | Qqqq | wwww" in printed.stdout


@pytest.mark.parametrize("line", ['{"glued": "StahlEU"}', '{"glued": "StahlEU", "tags": [1]}', "?"])
def test_a_line_that_is_no_footer_is_named(line: str, tmp_path: Path) -> None:
    """One sentence with file and line, and no traceback."""
    footers = tmp_path / "footers.jsonl"
    footers.write_text(f'{{"glued": "StahlEU", "tags": ["Stahl", "EU"]}}\n{line}\n')
    printed = CliRunner().invoke(main, [str(footers)])
    assert printed.exit_code == 1
    assert f"Error: {footers}:2: is not" in printed.output
