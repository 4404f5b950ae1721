"""Ids of articles that have none in their file, and addresses that go on working."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from searchapp.former_ids import CATALOG, FORMER_IDS, PLAIN_CATALOG, unpack_catalog
from searchapp.generations import GenerationStore
from searchapp.index_files import file_digest
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.commands.running import invoke_json
from tests.sources import edit_manifest

COMMANDS = ("update", "rebuild")


def write(name: str, text: str = "") -> Path:
    """An article that says where it stands."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or f"Stahl in {name}.\n")
    return path


def run(command: str, *seeds: str, status: int = 0, **options: Any) -> Any:
    """The report of a command."""
    places = [each for name in seeds or ("seeds",) for each in ("--seeds", name)]
    return invoke_json(command, *places, *options.get("also", ()), status=status)


def origins() -> dict[str, str]:
    """What each served article says, by id."""
    hits = invoke_json("search", "", "--per-page", 100)["hits"]
    return {hit["id"]: hit["title"].removeprefix("Stahl in ").removesuffix(".") for hit in hits}


def address(path: str) -> tuple[int, str]:
    """Status and target of an address of the page."""
    app = create_app(Settings(seeds=(Path("seeds"),), index=Path("index"), workers=1))
    try:
        response = app.test_client().get(path)
        return response.status_code, response.headers.get("Location", "")
    finally:
        app.extensions["searchapp"].close()


def test_same_names_in_many_folders_live_side_by_side() -> None:
    """Page bundles, a mirrored site, tables of years, ten thousand files of a hundred names."""
    names = [
        *("posts/deich/index.md", "posts/damm/index.md", "web/index.html", "web/a/index.html"),
        *(f"k{folder}/{name}.txt" for folder in range(4) for name in range(4)),
    ]
    for name in names:
        write(f"seeds/{name}")
    for year in (2022, 2023):
        write(f"seeds/{year}/artikel.csv", f"title\nStahl in {year}\n")
    report = run("rebuild")
    assert report["articles"] == len(names) + 2
    assert set(origins()) == {
        *("posts/deich", "posts/damm", "web", "web/a", "2022/artikel-2", "2023/artikel-2"),
        *(f"k{folder}/{name}" for folder in range(4) for name in range(4)),
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_an_article_keeps_its_id_when_a_file_of_its_name_comes(command: str) -> None:
    """The new one is told apart: by its suffix beside it, by its source folder elsewhere."""
    write("seeds/b.md")
    write("seeds/c/index.md")
    run("rebuild")
    write("seeds/b.html")
    write("seeds/b.csv", "title\nStahl in b.csv\nStahl in b.csv zwei\n")
    write("seeds/c.md")
    write("more/b.md")
    before = {"b": "seeds/b.md", "c": "seeds/c/index.md"}
    expected = before | {"b.html": "seeds/b.html", "c.md": "seeds/c.md", "more/b": "more/b.md"}
    expected |= {"b.csv-2": "b.csv", "b.csv-3": "b.csv zwei"}
    for _ in range(3):
        run(command, "more", "seeds")
        assert origins() == expected
    # And it keeps the id when the other one goes.
    Path("seeds/b.md").unlink()
    run(command, "more", "seeds")
    del expected["b"]
    assert origins() == expected
    # A file that takes its place is called as it was.
    write("seeds/b.txt")
    run(command, "more", "seeds")
    assert origins() == expected | {"b": "seeds/b.txt"}


def test_sources_of_the_same_names_live_side_by_side() -> None:
    """Folders that are given one by one, and files that are."""
    for year in (2022, 2023):
        write(f"{year}/artikel.txt")
        write(f"alone/{year}/x.txt")
    run("rebuild", "2022", "2023", "alone/2022/x.txt", "alone/2023/x.txt")
    assert origins() == {
        "artikel": "2022/artikel.txt",
        "2023/artikel": "2023/artikel.txt",
        "x": "alone/2022/x.txt",
        "2023/x": "alone/2023/x.txt",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_an_explicit_id_wins_and_the_first_published_stays(command: str) -> None:
    """Whatever comes before it in the order of reading; the message names both places."""
    write("seeds/m.md", "---\nid: x/1\n---\nStahl in m.\n")
    run("rebuild")
    write("seeds/a.md", "---\nid: x/1\n---\nStahl in a.\n")
    report = run(command, status=3)
    assert origins() == {"x/1": "m"}
    (problem,) = report["problems"]
    assert problem["where"] == "seeds/a.md"
    assert problem["what"] == "the id 'x/1' has been used in seeds/m.md"
    # A file that would be called like that by its path is told apart.
    write("seeds/x/1.md")
    run(command, status=3)
    assert origins() == {"x/1": "m", "x/1.md": "seeds/x/1.md"}
    # It moves to another file: nothing is wrong.
    Path("seeds/m.md").unlink()
    run(command)
    assert origins() == {"x/1": "a", "x/1.md": "seeds/x/1.md"}


def as_of_former_times(rename: Callable[[str], str]) -> None:
    """Make the served catalog one of the time when ids were the names of files."""
    generation = GenerationStore(Path("index")).current()
    catalog = generation.folder / PLAIN_CATALOG
    unpack_catalog(generation.folder / CATALOG, catalog)
    (generation.folder / CATALOG).unlink()
    (generation.folder / FORMER_IDS).unlink()
    with closing(sqlite3.connect(catalog)) as database:
        for (old,) in database.execute("SELECT id FROM article").fetchall():
            database.execute("UPDATE article SET id = ? WHERE id = ?", (rename(old), old))
        database.commit()
        database.executescript(
            "DROP INDEX file_stem; DROP INDEX article_alias; DROP TABLE moved;"
            "ALTER TABLE file DROP COLUMN stem; ALTER TABLE article DROP COLUMN alias;"
            "PRAGMA user_version = 0;"
        )
    digest = file_digest(catalog)
    files = {name: tuple(each) for name, each in generation.manifest.files.items()}
    del files[CATALOG], files[FORMER_IDS]
    edit_manifest(generation, files=files | {PLAIN_CATALOG: tuple(digest)})


def test_old_addresses_lead_to_the_articles() -> None:
    """The plain name of a file, where it means one article; with all parameters."""
    for name in ("2022/meldung.md", "ä/über uns.md", "deich/index.md", "damm/index.md"):
        write(f"seeds/{name}")
    write("seeds/2022/artikel.csv", "title\nStahl\nEisen\n")
    run("rebuild")
    assert address("/article/2022/meldung") == (200, "")
    assert address("/article/2022%2Fmeldung") == (200, "")
    assert address("/article/meldung") == (301, "/article/2022/meldung")
    assert address("/article/meldung?q=St%C3%A4hle&hit=2&lang=en") == (
        301,
        "/article/2022/meldung?q=St%C3%A4hle&hit=2&lang=en",
    )
    assert address("/article/%C3%BCber%20uns") == (301, "/article/%C3%A4/%C3%BCber%20uns")
    assert address("/article/artikel-3") == (301, "/article/2022/artikel-3")
    assert address("/export.bib/meldung") == (301, "/export.bib/2022/meldung")
    assert address("/api/v1/articles/meldung") == (301, "/api/v1/articles/2022/meldung")
    assert address("/article/index")[0] == 404  # It means two.
    assert address("/article/nichts")[0] == 404
    # Of a file that comes and one that goes.
    write("seeds/2023/meldung.md")
    Path("seeds/damm/index.md").unlink()
    run("update")
    assert address("/article/meldung")[0] == 404
    assert address("/article/index") == (301, "/article/deich")


ITEM = (
    "<item><title>Stahl {0}</title><wp:post_id>{0}</wp:post_id><wp:status>publish</wp:status>"
    "<wp:post_type>{1}</wp:post_type></item>"
)


def write_export(name: str, site: str, *items: tuple[int, str]) -> None:
    """An export of WordPress with items of these numbers and types."""
    start = "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel>"
    link = f"<link>https://{site}</link>" if site else ""
    write(name, start + link + "".join(ITEM.format(*each) for each in items) + "</channel></rss>")


def test_posts_of_two_sites_and_their_old_addresses() -> None:
    """The number alone was the id of a post: it leads to the post while it means only one."""
    write_export("seeds/garten.xml", "garten.example", (1, "post"), (2, "page"))
    write_export("seeds/koch.xml", "", (2, "post"), (3, "post"))
    run("rebuild")
    assert set(origins()) == {"garten.example/1", "garten.example/2", "koch/2", "koch/3"}
    assert address("/article/1") == (301, "/article/garten.example/1")
    assert address("/article/3") == (301, "/article/koch/3")
    assert address("/article/2")[0] == 404


def test_types_of_wordpress(monkeypatch: pytest.MonkeyPatch) -> None:
    """By option or variable."""
    write_export("seeds/blog.xml", "b.example", (1, "post"), (2, "rezept"), (3, "termin"))
    run("rebuild")
    assert set(origins()) == {"b.example/1"}
    run("rebuild", also=("--types", "post, rezept"))
    assert set(origins()) == {"b.example/1", "b.example/2"}
    monkeypatch.setenv("SEARCHAPP_TYPES", "termin")
    run("rebuild", also=("--accept-loss",))
    assert set(origins()) == {"b.example/3"}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_index_of_former_times_leads_to_the_articles_that_it_had(command: str) -> None:
    """Also where a name means several now: an address is that of the one that was published.

    And nothing is lost by the change of ids, however many they are.
    """
    for number in range(8):
        write(f"seeds/x/{number}.md")
    write("seeds/0/index.md")
    run("rebuild")
    as_of_former_times(lambda now: "index" if now == "0" else now.removeprefix("x/"))
    for number in range(1, 8):
        write(f"seeds/{number}/index.md")
    report = run(command)
    assert report["articles"] == 16
    assert report["kept"] == 0
    expected = {f"{number}.md": f"seeds/{number}/index.md" for number in range(8)}
    expected |= {f"x/{number}": f"seeds/x/{number}.md" for number in range(8)}
    for _ in range(2):
        assert address("/article/index") == (301, "/article/0.md")
        assert address("/article/7") == (301, "/article/x/7")
        assert origins() == expected
        run(command)
