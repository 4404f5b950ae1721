"""What rebuild and update say about many problems, and about those that are known."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.commands.running import invoke, invoke_json
from tests.sources import set_time


def places(folder: Path) -> tuple[object, ...]:
    """The options that name the sources and the index below a folder."""
    return ("--seeds", folder / "seeds", "--index", folder / "index", "--workers", 1)


def write(folder: Path, name: str, content: str | bytes) -> None:
    """A source that was written long ago."""
    path = folder / "seeds" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    set_time(path, len(content))


def test_a_hundred_thousand_bad_lines_are_a_few_problems(tmp_path: Path) -> None:
    """Counted exactly; the good lines around them come in."""
    lines = b'{"title": "Davor"}\n' + b"x\n" * 100_000 + b'{"title": "Danach"}\n'
    write(tmp_path, "a.jsonl.gz", gzip.compress(lines))
    report = invoke_json("rebuild", *places(tmp_path), status=None)
    assert report["articles"] == 2
    assert report["left_out"] == 100_000
    assert [each["count"] for each in report["problems"]] == [1] * 10 + [99_990]
    assert report["problems"][-1]["what"].startswith("and 99,990 more like this: is not JSON")


def test_a_known_warning_is_not_told_again(tmp_path: Path) -> None:
    """But counted; -v tells it, and so does a rebuild. A new one is told, and an error always."""
    write(tmp_path, "a.csv", "title,date\nEins,2024-99-99\nZwei,2024-01-01\n")
    write(tmp_path, "b.jsonl", '{"title": "Drei"}\n')
    said = invoke("rebuild", *places(tmp_path)).stderr
    assert "a.csv:2: date '2024-99-99' is not understood" in said
    for _ in range(2):
        report = invoke_json("update", *places(tmp_path))
        assert not report["published"]
        assert (report["warnings"], report["problems"]) == (1, [])
    assert "a.csv:2: date" in invoke("update", "-v", *places(tmp_path)).stderr
    write(tmp_path, "a.csv", "title,date\nNull,2024-01-01\nEins,2024-99-99\nZwei,2024-88-88\n")
    report = invoke_json("update", *places(tmp_path))
    assert [each["what"][:17] for each in report["problems"]] == ["date '2024-88-88'"]
    assert invoke_json("update", *places(tmp_path))["problems"] == []
    write(tmp_path, "c.jsonl", "x\n")
    for _ in range(2):
        report = invoke_json("update", *places(tmp_path), status=None)
        assert [each["severity"] for each in report["problems"]] == ["error"]
    assert len(invoke_json("rebuild", *places(tmp_path), status=None)["problems"]) == 3


def test_a_file_that_only_warns_does_so_once(tmp_path: Path) -> None:
    """Though the update that told it published nothing."""
    write(tmp_path, "a.txt", "Titel: Eins\n\nText.\n")
    invoke("rebuild", *places(tmp_path))
    write(tmp_path, "leer.jsonl", "\n\n")
    assert "holds no articles" in invoke("update", *places(tmp_path), status=None).stderr
    assert "holds no articles" not in invoke("update", *places(tmp_path), status=None).stderr
