"""What readers look for, on the command line."""

from __future__ import annotations

from pathlib import Path

from searchapp.query_store import QueryCounter, QueryStore
from tests.commands.running import invoke, invoke_json, write_articles


def test_queries_are_listed_with_their_steps(tmp_path: Path) -> None:
    """All, or those that found nothing; as text and as JSON."""
    write_articles(tmp_path / "seeds", 3)
    invoke("rebuild")
    path = tmp_path / "queries.sqlite"
    store = QueryStore(path, 30)
    store.prepare()
    counter = QueryCounter(store)
    for query, total in (("Stahl", 3), ("Stahl", 3), ("Xqzvwpf", 0)):
        counter.count(query, total)
    counter.write()
    text = invoke("queries", "--query-store", str(path)).stdout
    assert text.splitlines()[:2] == ["asked  empty  query", "2      0      Stahl"]
    assert "No article has “Xqzvwpf”" in text
    (missed,) = invoke_json("queries", "--missed", "--query-store", str(path))
    assert (missed["query"], missed["times"], missed["step"]) == ("Xqzvwpf", 1, "unknown_word")
    assert len(missed["last_day"]) == 10


def test_a_line_is_tried_without_a_store(tmp_path: Path) -> None:
    """It says what would change, and where to write it; nothing is written."""
    write_articles(tmp_path / "seeds", 3)
    invoke("rebuild")
    text = invoke("queries", "--try", "Xqzvwpf = Stahl").stdout
    assert "Xqzvwpf  0          3" in text
    assert text.endswith("it holds at once:\n[synonyms]\nXqzvwpf = Stahl\n")
    change = invoke_json("queries", "--try", "Xqzvwpf = Stahl")
    assert change["changes"] == [{"query": "Xqzvwpf", "now": 0, "then": 3}]
    refused = invoke("queries", "--try", "Eisen", status=2)
    assert "write LKW = Lastwagen" in refused.stderr


def test_without_a_store_it_is_said_how_to_have_one(tmp_path: Path) -> None:
    """The name of the setting, and nothing else is asked of the index."""
    assert "SEARCHAPP_QUERY_STORE" in invoke("queries", status=2).stderr
    missing = invoke("queries", "--query-store", str(tmp_path / "fehlt.sqlite"), status=2)
    assert "there is no such file" in missing.stderr
