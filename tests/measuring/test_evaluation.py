"""`searchapp evaluate`: a set worked out by hand, withheld tags, comparisons."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from searchapp.commands.cli import main
from searchapp.errors import BadRelevanceSet, Problem
from searchapp.measuring.evaluation import compare, evaluate
from searchapp.measuring.relevance_metrics import METRICS
from searchapp.measuring.relevance_sets import read_relevance_set
from searchapp.model import SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.shared_data import SAMPLES, SEEDS, shared_path

DOCS: tuple[dict[str, object], ...] = (
    {"id": "wind", "title": "Windkraft", "body": "Der Wind treibt die Anlage.", "tags": ["Kohle"]},
    {"id": "stahl", "title": "Stahl", "body": "Aus Eisen und Koks wird Stahl."},
    {"id": "eisen", "title": "Eisen", "body": "Eisen rostet an der Luft und im Wasser."},
    {"id": "wald", "title": "Wald", "body": "Im Wald stehen Buchen."},
)
QUERIES = {"q1": "Wind", "q2": "Eisen", "q3": "Buchen", "q4": "Kohle"}
JUDGMENTS = {
    "q1": {"wind": 1},  # found first
    "q2": {"stahl": 2, "eisen": 1},  # both found, the title with the word first
    "q3": {"stahl": 1},  # not found
    "q4": {"wind": 1},  # found by its tag only
}
BOUND = Settings(workers=1)


def write_set(
    folder: Path,
    *,
    queries: Mapping[str, str] = QUERIES,
    judgments: Mapping[str, Mapping[str, int]] = JUDGMENTS,
    docs: Sequence[Mapping[str, object]] = DOCS,
    header: str = "",
) -> Path:
    """A relevance set as a folder; without `docs` it holds no articles."""
    folder.mkdir(exist_ok=True)
    write_lines(folder / "queries.jsonl", [{"id": i, "text": t} for i, t in queries.items()])
    lines = [f"{q}\t{d}\t{r}\n" for q, each in judgments.items() for d, r in each.items()]
    (folder / "qrels.tsv").write_text(header + "".join(lines))
    if docs:
        write_lines(folder / "docs.jsonl", docs)
    return folder


def write_lines(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in records))


def invoke(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, args)])


def invoke_json(*args: str | Path) -> dict[str, Any]:
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


# Evaluations


def test_a_small_set_has_the_metrics_worked_out_by_hand(tmp_path: Path) -> None:
    """Found first, found in the wrong order, not found, and found by a withheld tag only."""
    (found,) = evaluate(read_relevance_set(write_set(tmp_path)), [BOUND])
    assert found.rankings["q1"] == ("wind",)
    assert found.rankings["q2"] == ("eisen", "stahl")
    ndcg_q2 = (1 / math.log2(2) + 2 / math.log2(3)) / (2 / math.log2(2) + 1 / math.log2(3))
    assert found.mean("ndcg@10") == pytest.approx(100 * (1 + ndcg_q2) / 4)
    assert found.mean("recall@10") == found.mean("recall@100") == pytest.approx(50)
    assert found.mean("mrr@10") == pytest.approx(50)


def test_tags_are_withheld(tmp_path: Path) -> None:
    """A query that was made from a tag does not find the tag."""
    (found,) = evaluate(read_relevance_set(write_set(tmp_path)), [BOUND])
    assert found.rankings["q4"] == ()


def test_ranked_ids_are_those_of_the_result_page(service: SearchService) -> None:
    """What is measured is what a reader sees."""
    request = SearchRequest(query="Stahl ODER Wind", per_page=7)
    page = service.search(request)
    assert page.hits
    assert service.ranked_ids(request) == tuple(hit.id for hit in page.hits)


def test_refused_queries_count_as_finding_nothing(tmp_path: Path) -> None:
    """A query that is too long is told, and lowers the mean."""
    queries = {"q1": "Wind", "long": "Wind " * 200}
    judgments = {"q1": {"wind": 1}, "long": {"wind": 1}}
    folder = write_set(tmp_path, queries=queries, judgments=judgments)
    (found,) = evaluate(read_relevance_set(folder), [BOUND])
    assert found.refused == ("long",)
    assert found.mean("ndcg@10") == pytest.approx(50)
    assert "finding nothing: 1 (long)" in invoke(folder).stdout


def test_any_text_is_a_query(tmp_path: Path) -> None:
    """Operators, odd letters and nothing at all are searched as a reader's."""
    texts = ['"', "NICHT Wind", "\ud800\x00", "", "titel:", "((((", "wind* ~2", "=Wind"]
    queries = {f"q{number}": text for number, text in enumerate(texts)}
    folder = write_set(tmp_path, queries=queries, judgments={each: {"wind": 1} for each in queries})
    assert invoke_json(folder)["refused"] == 0


# Corpora


def test_only_the_listed_articles_are_searched(tmp_path: Path) -> None:
    """By doc_ids.txt in the folder, or by --doc-ids, which wins; so does --docs."""
    folder = write_set(tmp_path / "set", docs=())
    docs = tmp_path / "articles.jsonl"
    write_lines(docs, DOCS)
    (folder / "doc_ids.txt").write_text("wind\n\neisen\nunknown\n")
    report = invoke_json(folder, "--docs", docs)
    assert (report["articles"], report["missing"]) == (2, 2)
    other_ids = tmp_path / "ids.txt"
    other_ids.write_text("\ufeffwind\nstahl\neisen\n")
    assert invoke_json(folder, "--docs", docs, "--doc-ids", other_ids)["articles"] == 3


def test_articles_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """With the place in the file that the user gave, and without stopping."""
    folder = write_set(tmp_path, docs=(*DOCS, DOCS[0]))
    with (folder / "docs.jsonl").open("a") as file:
        file.write("{nonsense\n")
    problems: list[Problem] = []
    (found,) = evaluate(read_relevance_set(folder), [BOUND], on_problem=problems.append)
    assert found.articles == len(DOCS)
    assert [each.where for each in problems] == [f"{folder}/docs.jsonl:{n}" for n in (5, 6)]
    result = invoke(folder)
    assert result.exit_code == 0
    assert "docs.jsonl:6: is not JSON" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "the folder holds no docs.jsonl; name the articles with --docs"),
        (("--docs", "absent.jsonl"), "absent.jsonl: there is no such file"),
        (("--docs", "empty.jsonl"), "empty.jsonl: holds no article"),
        (
            ("--docs", "others.jsonl"),
            "others.jsonl: holds none of the relevant articles, as 'wind'",
        ),
    ],
)
def test_a_corpus_that_does_not_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], message: str
) -> None:
    """Rather than measured as 0."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("")
    write_lines(tmp_path / "others.jsonl", [{"id": "x", "title": "X", "body": "Y"}])
    result = invoke(write_set(tmp_path / "set", docs=()), *options)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr


# Comparisons


def test_equal_settings_do_not_differ(tmp_path: Path) -> None:
    """No difference, an interval of no width, a p-value of 1; the index is built once."""
    first, second = evaluate(read_relevance_set(write_set(tmp_path)), [BOUND, BOUND])
    assert first.rankings == second.rankings
    assert first.index_seconds > 0 == second.index_seconds
    for each in compare(first, second).values():
        assert (each.mean, each.interval, each.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_a_setting_that_matters_makes_a_difference(tmp_path: Path) -> None:
    """Ten queries of three words that one setting refuses: the gain of the other is certain."""
    queries = {f"q{number}": "Wind treibt Anlage" for number in range(10)}
    judgments = {each: {"wind": 1} for each in queries}
    folder = write_set(tmp_path, queries=queries, judgments=judgments)
    report = invoke_json(folder, "--compare", "max_query_words=2")
    assert report["ndcg@10"] == 100
    other = report["compare"]
    assert other["settings"] == {"max_query_words": "2"}
    assert (other["ndcg@10"], other["refused"]) == (0, 10)
    difference = other["differences"]["ndcg@10"]
    assert (difference["mean"], difference["interval"]) == (-100, [-100, -100])
    assert difference["p_value"] < 0.01
    text = invoke(folder, "--compare", "max_query_words=2").stdout
    assert "With max_query_words=2: 4 articles; 10 queries" in text
    assert "-100.0" in text


@pytest.mark.parametrize("assignment", ["max_expansions", "nonsense=1", "max_expansions=many"])
def test_a_comparison_that_cannot_be_understood_is_wrong_usage(
    tmp_path: Path, assignment: str
) -> None:
    """Status 2, before anything is indexed."""
    result = invoke(write_set(tmp_path), "--compare", assignment)
    assert result.exit_code == 2
    assert result.stderr


# The command


def test_the_json_object_is_the_contract(tmp_path: Path) -> None:
    """Only the object is printed; metrics from 0 to 100, each inside its interval."""
    report = invoke_json(write_set(tmp_path, header="query-id\tcorpus-id\tscore\n"))
    assert report["queries"] == len(QUERIES)
    assert set(report["intervals"]) == set(METRICS)
    for name in METRICS:
        low, high = report["intervals"][name]
        assert 0 <= low <= report[name] <= high <= 100
    assert (report["refused"], report["unjudged"], report["missing"]) == (0, 0, 0)


def test_the_text_shows_every_metric_and_what_limits_it(tmp_path: Path) -> None:
    """Queries without a relevant article are left out, and that is said."""
    folder = write_set(
        tmp_path,
        queries={**QUERIES, "q5": "Luft"},
        judgments={**JUDGMENTS, "q1": {"wind": 1, "gone": 1}},
    )
    result = invoke(folder)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "4 articles indexed in" in result.stdout
    for name in METRICS:
        assert f"\n{name} " in result.stdout
    assert "not among the articles, counted as not found: 1" in result.stdout
    assert "having no relevant article: 1" in result.stdout


def test_a_limit_takes_queries_from_the_whole_file(tmp_path: Path) -> None:
    """The first queries of a file are often alike."""
    queries = {f"q{number}": "Wind" for number in range(10)}
    folder = write_set(tmp_path, queries=queries, judgments={each: {"wind": 1} for each in queries})
    relevance_set = read_relevance_set(folder)
    assert list(relevance_set.spread(3).queries) == ["q0", "q3", "q6"]
    assert relevance_set.spread(99) is relevance_set
    assert invoke_json(folder, "--limit", "3")["queries"] == 3


def test_without_the_extra_one_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    """Before any work, and without a traceback."""
    code = (
        "import sys; sys.modules['ir_measures'] = None\n"
        "from searchapp.commands.cli import main\n"
        f"main(['evaluate', {str(write_set(tmp_path))!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "pip install 'searchapp[evaluate]'" in done.stderr


def test_questions_about_the_seeds_find_their_articles() -> None:
    """Each question has one article, which is among the first."""
    relevance_set = read_relevance_set(SAMPLES / "questions", docs=SEEDS)
    (found,) = evaluate(relevance_set, [BOUND])
    assert found.mean("ndcg@10") > 90


@pytest.mark.shared
def test_the_questions_of_xquad_find_their_paragraphs() -> None:
    """A floor under the relevance of real questions: the stock stemmers reach 94.7 on all."""
    relevance_set = read_relevance_set(shared_path("qrels/xquad_de")).spread(200)
    (found,) = evaluate(relevance_set, [BOUND])
    assert found.mean("ndcg@10") > 90


def test_errors_of_a_set_reach_the_user(tmp_path: Path) -> None:
    """As one sentence with status 1; what they say is tested in test_relevance_sets."""
    with pytest.raises(BadRelevanceSet):
        read_relevance_set(tmp_path / "absent")
    result = invoke(tmp_path / "absent")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
