"""`searchapp bench`: a whole run on a small corpus, with all peers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from searchapp.commands.bench_report import report_object, report_text
from searchapp.commands.cli import main
from searchapp.measuring.bench import bench_run
from searchapp.measuring.bench.bench_figures import BenchReport
from searchapp.measuring.bench.bench_run import chosen_peers
from searchapp.measuring.bench.contenders import NAMES, OURS, PEERS
from searchapp.settings import Settings
from tests.child_processes import children_of
from tests.measuring.bench.corpora import DOCUMENTS, articles
from tests.measuring.bench.test_measured_process import is_running

PERCENTILES = {"p50", "p95", "p99"}
FEW = ("--query-count", "6", "--rounds", "1")


def invoke(*args: str | int | Path) -> Result:
    return CliRunner().invoke(main, ["bench", *map(str, args)])


def invoke_json(*args: str | int | Path) -> dict[str, Any]:
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def check_engine(found: dict[str, Any], documents: int, text_bytes: int) -> None:
    """The keys that the design promises, and that its figures fit together."""
    assert found["documents"] == documents
    assert found["index_bytes"] > 0
    assert found["docs_s"] * found["index_seconds"] == pytest.approx(documents, rel=0.02)
    assert found["index_mb_s"] * found["index_seconds"] == pytest.approx(text_bytes / 1e6, rel=0.02)
    for part in ("search_ms", "facets_ms", "snippets_ms", "page_ms"):
        assert set(found[part]) == PERCENTILES
        assert 0 < found[part]["p50"] <= found[part]["p95"] <= found[part]["p99"]
    assert 0 < found["serving_memory_bytes"] <= found["serving_resident_bytes"]
    assert 0 < found["peak_memory_bytes"] <= found["peak_resident_bytes"]
    assert found["cold_start_ms"] > 0
    assert found["hits"] == found["marked_hits"] > 0


@pytest.fixture(scope="module")
def report(bench_source: Path) -> BenchReport:
    """A run with ours and FTS5, the quickest peer."""
    return run(bench_source, ["fts5"])


def run(source: Path, peers: list[str]) -> BenchReport:
    """A run with six queries, asked once."""
    return bench_run.bench(source, Settings(), peers=peers, query_count=6, rounds=1)


@pytest.mark.slow
def test_a_run_measures_every_engine(bench_source: Path, tmp_path: Path) -> None:
    """All figures for all engines on the same corpus, and nothing is left behind."""
    report = invoke_json(bench_source, *FEW, "--work-dir", tmp_path)
    text_bytes = sum(len(f"{each.title}{each.body}".encode()) for each in articles())
    assert report["corpus"] == {
        "documents": DOCUMENTS,
        "distinct_documents": DOCUMENTS,
        "text_bytes": text_bytes,
    }
    assert set(report["engines"]) == set(NAMES)
    for found in report["engines"].values():
        check_engine(found, DOCUMENTS, text_bytes)
    rebuilt = report["engines"][OURS]["rebuild"]
    assert rebuilt["index_bytes"] == report["engines"][OURS]["index_bytes"]
    assert len(report["queries"]) == 6
    for query in report["queries"]:
        assert len(set(query["matches"].values())) == 1, "all words have one form only"
        assert set(query["page_ms"]) == set(NAMES) - {"whoosh"}
    assert report["missing_peers"] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_repeated_corpus_has_as_many_times_the_matches(
    bench_source: Path, tmp_path: Path
) -> None:
    """The same queries find each article again in every copy."""
    queries = tmp_path / "queries.txt"
    queries.write_text("Nickel\nTitan ODER Chrom\n")
    report = invoke_json(
        bench_source, "--documents", 3 * DOCUMENTS, "--peers", "fts5", "--queries", queries, *FEW
    )
    assert report["corpus"]["documents"] == 3 * DOCUMENTS
    assert report["corpus"]["distinct_documents"] == DOCUMENTS
    for query, found in zip(("Nickel", "Titan ODER Chrom"), report["queries"], strict=True):
        words = query.split(" ODER ")
        once = [each for each in articles() if any(word in each.body for word in words)]
        assert found["query"] == query
        assert found["matches"] == dict.fromkeys((OURS, "fts5"), 3 * len(once))


@pytest.mark.slow
def test_whoosh_gets_a_part_of_a_large_corpus_and_so_does_ours(
    bench_source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoosh's ratios are to ours with the same documents and queries, and the number is stated."""
    monkeypatch.setattr(bench_run, "WHOOSH_DOCUMENTS", 60)
    monkeypatch.setattr(bench_run, "WHOOSH_QUERIES", 4)
    measured = run(bench_source, ["fts5", "whoosh"])
    report: Any = report_object(measured, [])
    assert report["engines"]["whoosh"]["documents"] == 60
    assert report["engines"][OURS]["documents"] == DOCUMENTS
    assert len(report["queries"]) == 6
    stock = report["stock_codec"]
    assert set(stock["engines"]) == {OURS, "whoosh"}
    assert stock["corpus"]["documents"] == 60
    assert stock["engines"]["whoosh"] == report["engines"]["whoosh"]
    assert len(stock["queries"]) == 4
    first, second = report_text(measured, []).split("\n\n")
    assert f"{DOCUMENTS} documents with" in first
    assert first.splitlines()[2].split() == [OURS, "fts5", "ratio"]
    assert "60 documents with" in second
    assert second.splitlines()[1].split() == [OURS, "whoosh", "ratio"]


@pytest.mark.slow
def test_the_table_has_ratios(report: BenchReport) -> None:
    """Each figure of ours stands beside that of each peer and their ratio."""
    lines = report_text(report, ["tantivy"]).splitlines()
    assert "Python" in lines[0]
    assert lines[2].split() == [OURS, "fts5", "ratio"]
    row = next(line for line in lines if line.startswith("page, p50, ms"))
    ours, peer, ratio = map(float, row.split()[-3:])
    assert ratio == pytest.approx(ours / peer, rel=0.02)
    assert any(line.startswith("The whole `searchapp rebuild`") for line in lines)
    assert lines[-1] == "Left out, not installed: tantivy; pip install 'searchapp[bench]'"


@pytest.mark.slow
def test_matches_are_told_for_each_query(report: BenchReport) -> None:
    """Time per match can be compared with a run on another number of documents."""
    found: Any = report_object(report, [])
    ours = found["engines"][OURS]
    matches = sorted(query["matches"][OURS] for query in found["queries"])
    assert ours["matches"]["p50"] == pytest.approx((matches[2] + matches[3]) / 2)
    expected = 1000 * ours["page_ms"]["p50"] / ours["matches"]["p50"]
    assert ours["page_ms_per_1000_matches"] == pytest.approx(expected, rel=0.02)


@pytest.mark.slow
def test_ours_alone_can_be_measured(bench_source: Path) -> None:
    """`--peers none` needs no peer."""
    result = invoke(bench_source, "--peers", "none", *FEW)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[2].split() == [OURS]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("missing.jsonl",), 1, "missing.jsonl: there is no such file; give a corpus"),
        (("empty.jsonl",), 1, "empty.jsonl: holds no article; give a corpus"),
        (("metals.jsonl", "--peers", "solr"), 2, "there is no peer 'solr'; use tantivy, fts5"),
        (("metals.jsonl", "--queries", "none.txt"), 1, "none.txt: cannot be read"),
        (("metals.jsonl", "--work-dir", "none"), 1, "none: there is no such folder"),
        (("metals.jsonl", "--documents", "0"), 2, "0 is not in the range"),
        (("metals.jsonl", "--engine", "solr"), 2, "there is no engine 'solr'"),
    ],
)
def test_mistakes_are_one_sentence(
    bench_source: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
    sentence: str,
) -> None:
    """What, where, remedy; before anything is indexed."""
    monkeypatch.chdir(bench_source.parent)
    Path("empty.jsonl").touch()
    result = invoke(*arguments)
    assert result.exit_code == status
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_a_peer_that_is_not_installed_is_left_out(tmp_path: Path) -> None:
    """It is an error only if it was asked for by name, with the command that installs it."""
    code = "raise ImportError('not here')"
    (tmp_path / "tantivy.py").write_text(code)
    command = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from searchapp.measuring.bench.bench_run import BenchReport, chosen_peers
from searchapp.errors import MissingExtra
print(chosen_peers(None))
try:
    chosen_peers(["fts5", "tantivy"])
except MissingExtra as error:
    print(error)
"""
    ended = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    left, error = ended.stdout.splitlines()
    assert left == "(['fts5', 'whoosh'], ['tantivy'])"
    assert "tantivy" in error
    assert "pip install 'searchapp[bench]'" in error


def test_all_peers_are_there() -> None:
    """The extra `test` brings them: no test of this package is without one."""
    assert chosen_peers(None) == (list(PEERS), [])
    assert chosen_peers(["whoosh", "fts5"]) == (["fts5", "whoosh"], [])


def test_an_interrupted_run_leaves_nothing(bench_source: Path, tmp_path: Path) -> None:
    """Ctrl-C while indexing ends all processes, deletes the folder, and says so."""
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    command = [sys.executable, "-m", "searchapp", "bench", str(bench_source), "--peers", "none"]
    options = ["--documents", "2000000", "--work-dir", str(work_dir)]
    with subprocess.Popen(
        [*command, *options], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not (children := child_pids(process.pid, work_dir)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert children
        os.killpg(process.pid, signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == 130
    assert messages == "searchapp: interrupted\n"
    assert list(work_dir.iterdir()) == []
    while any(map(is_running, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, children))


def child_pids(pid: int, work_dir: Path) -> list[int]:
    """The children of a run once it has begun to index."""
    if not list(work_dir.glob("*/searchapp")):
        return []
    return children_of(pid)


def test_cold_starts_keep_their_compiled_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where Python may write none: an installed program has them."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environ = bench_run._with_bytecode(tmp_path)
    subprocess.run([sys.executable, "-c", "import searchapp.dates"], env=environ, check=True)
    assert list((tmp_path / "bytecode").rglob("dates.*.pyc"))
