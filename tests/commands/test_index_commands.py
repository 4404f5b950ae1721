"""Info, verify and rollback."""

from __future__ import annotations

from pathlib import Path

from searchapp.generations import GenerationStore
from tests.commands.running import invoke, invoke_json, write_articles
from tests.sources import edit_manifest


def test_info_tells_what_is_served(tmp_path: Path) -> None:
    """Generation, sizes, fingerprint, what there is to roll back to, and who is writing."""
    write_articles(tmp_path / "seeds", 2)
    old = invoke_json("rebuild")["generation"]
    report = invoke_json("rebuild")
    state = invoke_json("info")
    assert state["generation"] == report["generation"]
    assert state["articles"] == 2
    assert state["text_bytes"] == report["text_bytes"]
    assert state["index_bytes"] == report["index_bytes"]
    assert state["engine"] == "columnar"
    assert "PyStemmer" in state["fingerprint"]
    assert (state["usable"], state["refusal"], state["writer"]) == (True, None, None)
    assert state["rollback_to"] == [old]
    text = invoke("info").stdout
    assert f"generation   {report['generation']}" in text
    assert "usable       yes" in text


def test_info_lists_the_words_that_find_other_words(tmp_path: Path) -> None:
    """The most frequent first, each with what it finds: a relative, another spelling."""
    (tmp_path / "seeds").mkdir()
    bodies = ("Die Planung und der Plan", "Der Delphin", "Delfine zu planen", "Die Planung ruht")
    (tmp_path / "seeds" / "a.csv").write_text("body\n" + "\n".join(bodies), "utf-8")
    invoke("rebuild")
    assert invoke_json("info", "--joined") == [
        {
            "word": "Delfin",
            "articles": 2,
            "joined": [{"word": "delphin", "articles": 1, "how": "spelling"}],
        },
        {
            "word": "Planung",
            "articles": 2,
            "joined": [{"word": "planen", "articles": 1, "how": "relative"}],
        },
        {
            "word": "Plan",
            "articles": 1,
            "joined": [{"word": "planen", "articles": 1, "how": "relative"}],
        },
        {
            "word": "planen",
            "articles": 1,
            "joined": [
                {"word": "Planung", "articles": 2, "how": "relative"},
                {"word": "Plan", "articles": 1, "how": "relative"},
            ],
        },
    ]
    assert invoke("info", "--joined", "--limit", 2).stdout.splitlines() == [
        "2  Delfin: = delphin 1",
        "2  Planung: ~ planen 1",
    ]


def test_an_index_of_other_analysis_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """`info` says why, `search` and `serve` fail, and all name the command that helps."""
    write_articles(tmp_path / "seeds", 1)
    invoke("rebuild")
    edit_manifest(GenerationStore(tmp_path / "index").current(), fingerprint="of another age")
    state = invoke_json("info")
    assert state["usable"] is False
    assert "of another age" in state["refusal"]
    for args in (("search", "Stahl"), ("verify",), ("serve", "--port", "0")):
        assert "run: searchapp rebuild" in invoke(*args, status=1).stderr


def test_verify_finds_damage(tmp_path: Path) -> None:
    """A whole index is status 0; an altered file is status 1, named, with a remedy."""
    write_articles(tmp_path / "seeds", 2)
    generation = invoke_json("rebuild")["generation"]
    assert f"Generation {generation} is whole: 2 articles" in invoke("verify").stdout
    assert invoke_json("verify") == {"generation": generation, "articles": 2, "whole": True}
    files = (tmp_path / "index" / generation).rglob("*")
    victim = max(files, key=lambda path: path.stat().st_size * path.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    message = invoke("verify", status=1).stderr
    assert victim.name in message
    assert "run: searchapp rebuild" in message


def test_rollback_serves_the_generation_before(tmp_path: Path) -> None:
    """One step back; a second one has nowhere to go."""
    write_articles(tmp_path / "seeds", 2)
    old = invoke_json("rebuild")["generation"]
    write_articles(tmp_path / "seeds", 3)
    invoke("rebuild")
    assert f"Generation {old} is served: 2 articles." in invoke("rollback").stdout
    assert invoke_json("search", "Stahl")["generation"] == old
    assert "no generation before" in invoke("rollback", status=1).stderr
