"""Folders and files: what is read, in which order, and what is said about the rest."""

from __future__ import annotations

import gzip
import lzma
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.corpus import SUFFIXES, formats, read_articles, source_bytes
from searchapp.errors import Problem, SourceNotFound
from tests.corpus.conftest import read_paths


def write(folder: Path, *names: str) -> None:
    """Write a small article into each of some files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Titel: {path.stem}\n\nText von {path.stem}.\n")


def test_folders_are_read_in_the_order_of_names(tmp_path: Path) -> None:
    """The same folder always gives the same articles in the same order."""
    write(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "ä.txt", "c/README.txt")
    ids = [each.id for each in read_paths(tmp_path).articles]
    assert ids == ["a/b/c", "a/z", "a", "b", "c/README", "ä"]


@pytest.mark.parametrize("guarded", [True, False])
def test_articles_and_problems_come_in_the_order_of_files(tmp_path: Path, guarded: bool) -> None:
    """Though folders are looked through, and files begun, before their turn."""
    write(tmp_path, "a.txt", "b.doc", "d.txt", "e/a.txt", "e/b.txt", "f.odg", "h.txt")
    for name in ("c.jsonl", "e/aa.jsonl", "g.jsonl"):
        (tmp_path / name).write_text('{"title": "Eisen"}\n{"title"\n')
    told: list[str] = []
    tell = told.append
    for article in read_articles(
        [tmp_path],
        report=lambda problem: tell(problem.where),
        begin=lambda file: None if file.stem == "e/b" else replace(file, id_stem=f"x{file.stem}"),
        guarded=guarded,
    ):
        tell(article.id)
    assert [each.removeprefix(f"{tmp_path}/") for each in told] == [
        *("xa", "b.doc:1", "xc-1", "c.jsonl:2", "xd", "xe/a", "xe/aa-1", "e/aa.jsonl:2"),
        *("f.odg:1", "xg-1", "g.jsonl:2", "xh"),
    ]


def test_origin_is_the_path_as_the_user_would_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative paths stay relative."""
    write(tmp_path, "seeds/x/a.txt")
    monkeypatch.chdir(tmp_path)
    assert read_paths(Path("seeds")).article.origin == "seeds/x/a.txt"


def test_hidden_and_unknown_files(tmp_path: Path) -> None:
    """Hidden ones are passed over in silence, each unknown suffix is told once."""
    write(tmp_path, "a.txt", ".b.txt", ".git/c.txt", "d.png", "e.PNG", "f.doc", "LICENSE", "g.TXT")
    outcome = read_paths(tmp_path)
    assert [each.id for each in outcome.articles] == ["a", "g"]
    assert sorted(each.what for each in outcome.problems) == [
        "files ending in .doc are not read",
        "files ending in .png are not read",
        "files without a suffix are not read",
    ]
    assert {each.severity for each in outcome.problems} == {"warning"}
    told = {each.what.split()[3]: each.remedy for each in outcome.problems if "." in each.what}
    assert told[".doc"] == "if they are articles, save them as .docx"
    assert told[".png"].startswith("use one of .atom .csv .docx")


def test_what_programs_leave_behind_is_passed_over(tmp_path: Path) -> None:
    """Else Word would be told of whenever somebody writes; folders are looked into."""
    names = ("~$chronik.docx", "Thumbs.db", "Desktop.ini", "a.md~", "#a.md#", "a.docx.tmp", "a.bak")
    write(tmp_path, *names, "alt.bak/b.txt", "c~/d.txt")
    outcome = read_paths(tmp_path)
    assert [each.id for each in outcome.articles] == ["alt.bak/b", "c~/d"]
    assert not outcome.problems


def test_a_file_given_by_itself(tmp_path: Path) -> None:
    """It is read though hidden; that it cannot be read is an error."""
    write(tmp_path, ".a.txt", "b.png")
    assert read_paths(tmp_path / ".a.txt").article.id == ".a"
    assert "b.png:1: files ending in .png are not read" in read_paths(tmp_path / "b.png").error


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    """A link to a folder above is not followed; one to another folder is."""
    write(tmp_path, "seeds/a/b.txt", "elsewhere/c.txt")
    (tmp_path / "seeds/a/loop").symlink_to(tmp_path / "seeds")
    (tmp_path / "seeds/other").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "seeds/gone.txt").symlink_to(tmp_path / "nowhere")
    outcome = read_paths(tmp_path / "seeds")
    assert [each.id for each in outcome.articles] == ["a/b", "other/c"]
    assert "gone.txt:1: leads nowhere (No such file or directory)" in str(outcome.problems[0])


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """A folder and a file in it may both be given."""
    write(tmp_path, "a.txt", "b.txt")
    outcome = read_paths(tmp_path / "b.txt", tmp_path, tmp_path)
    assert [each.id for each in outcome.articles] == ["b", "a"]
    assert not outcome.problems


def test_missing_path_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """At the call: a typing error must not cost the articles of a published index."""
    write(tmp_path, "a.txt")
    with pytest.raises(SourceNotFound, match=r"there is no such file or folder; give --seeds"):
        read_articles([tmp_path, tmp_path / "seds"], report=lambda _: None)


def test_things_that_are_not_files(tmp_path: Path) -> None:
    """A folder named like an article is a folder; a pipe is not waited for."""
    write(tmp_path, "x.txt/a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    outcome = read_paths(tmp_path)
    assert [each.id for each in outcome.articles] == ["x.txt/a"]
    assert "pipe.txt:1: is not a regular file" in str(outcome.problems[0])


def test_denied_access_is_reported() -> None:
    """A file and a folder without read permission; the rest is read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, "a.txt", "b.txt", "c/d.txt")
        folder.chmod(0o755)
        (folder / "a.txt").chmod(0)
        (folder / "c").chmod(0)
        is_root = os.geteuid() == 0
        if is_root:  # Root may read everything.
            os.seteuid(65534)
        try:
            outcome = read_paths(folder)
        finally:
            if is_root:
                os.seteuid(0)
            (folder / "c").chmod(0o755)
    assert [each.id for each in outcome.articles] == ["b"]
    assert [str(each).removeprefix(name) for each in outcome.problems] == [
        "/a.txt:1: may not be read; give read permission or take it out",
        "/c:1: cannot be listed (Permission denied); give read permission or take it out",
    ]


def test_strange_names_are_printable_in_reports(tmp_path: Path) -> None:
    """A file name may hold line ends, and bytes that are no text."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\nb\xff.txt")).write_text("Text hier.")
    article = read_paths(tmp_path).article
    assert article.id.isprintable()
    assert article.origin.isprintable()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", "\n\n"), ("a.json", "[]"), ("a.csv", "title,body\n"), ("a.xml", "<rss/>")],
)
def test_file_without_articles_is_reported(tmp_path: Path, name: str, content: str) -> None:
    """Nothing wrong, and nothing in it: worth a look."""
    (tmp_path / name).write_text(content)
    outcome = read_paths(tmp_path)
    assert not outcome.articles
    assert f"{name}:1: holds no articles" in outcome.warning


def test_skipped_files_are_not_opened(tmp_path: Path) -> None:
    """A file for which `begin` returns None gives no articles; another may get another stem."""
    write(tmp_path, "a.txt", "b.txt")
    problems: list[Problem] = []
    articles = read_articles(
        [tmp_path],
        report=problems.append,
        begin=lambda file: None if file.path.name == "a.txt" else replace(file, id_stem="x"),
    )
    assert [each.id for each in articles] == ["x"]


def test_position_grows_to_the_size_of_all_files(tmp_path: Path) -> None:
    """Packed files count as they are on disk, skipped ones as done, and waiting ones in the end."""
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / "c.txt").write_text("Text von c.\nSchlagworte\nlinzdonaustahlwerk\n")
    lines = "".join(f'{{"title": "{n}", "body": "{n * 7919}"}}\n' for n in range(20_000))
    (tmp_path / "d.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
    (tmp_path / "e.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    positions: list[int] = []
    articles = read_articles(
        [tmp_path],
        report=lambda _: None,
        begin=lambda file: None if file.path.name == "a.txt" else file,
        on_read=positions.append,
    )
    assert sum(1 for _ in articles) == 40_002
    assert positions == sorted(positions)
    assert positions[-1] == source_bytes([tmp_path])
    assert len(set(positions)) > 10


def test_glued_tags_are_split_with_the_tags_of_all_other_articles(tmp_path: Path) -> None:
    """They come last, so that tags of articles behind them, and of the old index, help."""
    write(tmp_path, "b.txt")
    (tmp_path / "a.txt").write_text("Text von a.\nSchlagworte\nlinzdonaustahlwerk\n")
    (tmp_path / "z.jsonl").write_text('{"title": "z", "tags": ["donau", "stahlwerk"]}\n')
    problems: list[Problem] = []
    articles = list(read_articles([tmp_path], report=problems.append, known_tags={"linz": 3}))
    assert [each.id for each in articles] == ["b", "z-1", "a"]
    assert articles[-1].tags == ("linz", "donau", "stahlwerk")
    assert not problems


def test_glued_tags_that_cannot_be_told_apart_stay_one_tag(tmp_path: Path) -> None:
    """No guess: one tag, and a report with the line of the tags."""
    (tmp_path / "a.txt").write_text("Titel: T\n\nText.\nSchlagworte\nqwrtzuxqpyvkjhgfbnmqwrtzxv\n")
    outcome = read_paths(tmp_path)
    assert outcome.article.tags == ("qwrtzuxqpyvkjhgfbnmqwrtzxv",)
    assert "a.txt:5: tags that ran together" in outcome.warning


@pytest.mark.parametrize("suffix", [*sorted(SUFFIXES), ".txt.gz", ".jsonl.xz"])
def test_no_bytes_raise(suffix: str, tmp_path: Path) -> None:
    """Whatever a file holds, reading ends, with articles or with a report."""
    pieces = st.sampled_from(
        [b"---\n", b"title: x\n", b'{"title": "a"}\n', b"title,body\n", b'"', b"<rss><item>",
         b"<title>t</title></item>", b"<!DOCTYPE a>", b"<p>", b"</html>", b"&#", b"\xff\xfe",
         b"\xef\xbb\xbf", b"Schlagworte\n", b"Datum: ", b"\x1f\x8b\x08", b"\xfd7zXZ\x00", b"[["]
    )  # fmt: skip

    @settings(max_examples=settings().max_examples // 2)
    @given(st.binary(max_size=300) | st.lists(pieces | st.binary(max_size=9)).map(b"".join))
    def check(content: bytes) -> None:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        outcome = read_paths(path)
        assert outcome.articles or outcome.problems

    check()


def test_a_file_with_nothing_but_errors_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many in a row, each of which is counted; what came before is kept."""
    most = 20_000
    assert most < formats.MAX_ERRORS_IN_A_ROW
    monkeypatch.setattr(formats, "MAX_ERRORS_IN_A_ROW", most)
    lines = b'{"title": "Gut"}\n' + b"x\n" * (most + 1)
    (tmp_path / "a.jsonl").write_bytes(lines + b'{"title": "Vergeblich"}\n')
    outcome = read_paths(tmp_path)
    assert [each.title for each in outcome.articles] == ["Gut"]
    assert sum(each.count for each in outcome.problems) == most + 2
    assert len(outcome.problems) == 12
    assert any("has no article in more than 20,000 records" in str(p) for p in outcome.problems)
