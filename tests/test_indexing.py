"""Rebuild, update, verify and roll back: an update ends as a rebuild would."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from searchapp import steps
from searchapp.deadline import NEVER
from searchapp.engines.base import FacetRequest, PageRequest
from searchapp.engines.columnar.generation import segment_list
from searchapp.engines.selection import select_engine
from searchapp.errors import (
    IndexDamaged,
    IndexLocked,
    IndexOutdated,
    NoIndex,
    Problem,
    RebuildFailed,
    SourceNotFound,
    StrictProblems,
)
from searchapp.facets import FACETS, Filters
from searchapp.former_ids import CATALOG
from searchapp.generations import Generation, GenerationStore
from searchapp.indexing import rebuild, roll_back, update
from searchapp.inspection import inspect, verify
from searchapp.model import Article, FacetCount, SearchRequest
from searchapp.query import parse_query
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.sources import alter, article, damage_largest, edit_manifest, write_lines


def contents(index: Path) -> tuple[dict[str, Article], list[object]]:
    """All articles of the served generation by id, and what some searches find and count."""
    engine = select_engine(Settings())
    with closing(engine.open(GenerationStore(index).current().folder)) as snapshot:
        searches: list[object] = []
        articles: dict[str, Article] = {}
        for query in ("", "Stahl", "Häuser", "NICHT Stahl", "schlagwort:rot", "datum:2024", "St*"):
            tree = parse_query(query, max_chars=100, max_words=9, max_wildcards=9).tree
            facets = [FacetRequest(facet, 1000) for facet in FACETS]
            page = PageRequest("newest", limit=10_000, facets=facets)
            matches = snapshot.search(tree, Filters(), page, deadline=NEVER)
            found = [hit.article for hit in matches.hits]
            searches.append((matches.total, [each.id for each in found], matches.facets))
            if not query:
                articles = {each.id: each for each in found}
                assert len(articles) == snapshot.doc_count == matches.total
        return articles, searches


class Sources:
    """A folder of sources and its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "seeds"
        self.folder.mkdir()
        self.settings = Settings(seeds=(self.folder,), index=folder / "index", workers=1)
        self.index = self.settings.index

    def write(self, name: str, *lines: Article | str) -> Path:
        return write_lines(self.folder / name, lines)

    def served(self) -> Generation:
        return GenerationStore(self.index).current()

    def articles(self) -> dict[str, Article]:
        return contents(self.index)[0]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


A, B, C = (article(each, f"Stahl {each}") for each in "abc")

# Rebuild


def test_a_rebuild_stores_every_article_whole(sources: Sources) -> None:
    """What was read is what is shown; its origin is in the catalog only."""
    whole = Article(
        id="z/ü 1",
        title="Titel mit „Zeichen“ <b>",
        body="Erster Absatz.\n\nZweiter & letzter.",
        tags=("SMS group", "Öl"),
        date=dt.date(2024, 1, 16),
        authors=("Ö. Müller",),
        source="Quelle",
        url="https://example.org/?a=b&c",
    )
    sources.write("a.jsonl", whole, A)
    report = rebuild(sources.settings)
    assert (report.published, report.articles, report.added, report.left_out) == (True, 2, 2, 0)
    assert report.generation == sources.served().id
    assert sources.articles() == {"z/ü 1": whole, "a": A}


def test_the_same_sources_give_the_same_answers(sources: Sources) -> None:
    """And the same digest, whatever the number of processes."""
    sources.write("a.jsonl", *(article(f"a{n}", "Stahl " * (n % 3)) for n in range(30)))
    rebuild(sources.settings)
    first, digest = contents(sources.index), sources.served().manifest.source_digest
    rebuild(replace(sources.settings, workers=3))
    assert contents(sources.index) == first
    assert sources.served().manifest.source_digest == digest


ODD_TITLES = (
    '1.000.000|Bürger*innen|U.S.A.|16. Dez. 2024|3. 5. 2024|🎉🎉|!?|C++|NICHT|a_b|-|die die|"„|'
    "Lehrer(innen)|²|日本語|d’A|31.02.2024|3,5 %|z. B.|Ein- und Ausfuhr"
)


@pytest.mark.parametrize("title", ODD_TITLES.split("|"))
def test_any_title_passes_the_check_of_a_new_index(sources: Sources, title: str) -> None:
    """The check finds an article by its title, and titles are of any kind."""
    sources.write("a.jsonl", replace(A, title=title))
    rebuild(sources.settings)
    assert verify(sources.settings).manifest.articles == 1


def test_bad_records_are_reported_and_the_rest_is_indexed(sources: Sources) -> None:
    """Each with its place; also an id that was used before, with both places."""
    path = sources.write("a.jsonl", A, "{broken", "[]", B, replace(A, body="noch einmal"))
    problems: list[Problem] = []
    report = rebuild(sources.settings, on_problem=problems.append)
    assert set(sources.articles()) == {"a", "b"}
    assert report.left_out == 3
    assert [each.where for each in problems] == [f"{path}:{line}" for line in (2, 3, 5)]
    assert f"the id 'a' has been used in {path}:1" in str(problems[-1])


def test_strict_publishes_nothing_when_something_was_left_out(sources: Sources) -> None:
    """The served index stays."""
    sources.write("a.jsonl", A)
    served = rebuild(sources.settings, strict=True).generation
    sources.write("a.jsonl", A, "{broken")
    for command in (rebuild, update):
        with pytest.raises(StrictProblems, match="1 problem"):
            command(sources.settings, strict=True)
        assert sources.served().id == served
    assert len(list(sources.index.glob("2*"))) == 1


def test_nothing_to_index_is_an_error(sources: Sources) -> None:
    """Rather than an empty index in the place of a full one."""
    with pytest.raises(RebuildFailed, match=r"no article was found.*--seeds"):
        rebuild(sources.settings)
    sources.write("a.jsonl", A)
    served = rebuild(sources.settings).generation
    sources.write("a.jsonl", "")
    for command in (rebuild, update):
        with pytest.raises(RebuildFailed, match="no article was found"):
            command(sources.settings)
    assert sources.served().id == served


def test_a_missing_source_stops_the_command(sources: Sources) -> None:
    """And no article is removed because of a typing error."""
    sources.write("a.jsonl", A)
    rebuild(sources.settings)
    for command in (rebuild, update):
        with pytest.raises(SourceNotFound, match="no such file"):
            command(replace(sources.settings, seeds=(sources.folder / "none",)))
    assert set(sources.articles()) == {"a"}


def test_a_limited_rebuild_is_completed_by_an_update(sources: Sources) -> None:
    """The files that were not read to their end are read again."""
    sources.write("a.jsonl", A, B)
    sources.write("b.jsonl", C)
    assert rebuild(sources.settings, limit=1).articles == 1
    assert update(sources.settings).articles == 3
    assert update(sources.settings).published is False


def test_a_writer_is_refused_while_another_is_at_work(sources: Sources) -> None:
    """Rebuild, update and rollback alike."""
    sources.write("a.jsonl", A)
    rebuild(sources.settings)
    rebuild(sources.settings)
    with GenerationStore(sources.index).lock():
        for command in (rebuild, update, roll_back):
            with pytest.raises(IndexLocked, match=f"process {os.getpid()}"):
                command(sources.settings)


def test_a_title_of_one_very_long_word_passes_too(sources: Sources) -> None:
    """Index terms are cut, in articles as in queries."""
    sources.write("a.jsonl", replace(A, title="x" * 290))
    rebuild(sources.settings)


def test_fewer_articles_than_are_served_must_be_asked_for_twice(sources: Sources) -> None:
    """A limit left over from a trial must not take articles from readers."""
    sources.write("a.jsonl", A, B, C)
    assert rebuild(sources.settings, limit=2).articles == 2
    rebuild(sources.settings)
    served = sources.served().id
    with pytest.raises(RebuildFailed, match=r"3 articles are served.*--force"):
        rebuild(sources.settings, limit=2)
    assert sources.served().id == served
    assert rebuild(sources.settings, limit=3).articles == 3
    assert rebuild(sources.settings, limit=2, force=True).articles == 2


# Update


def test_an_update_without_a_change_publishes_nothing(sources: Sources) -> None:
    """Also when files were touched, or read again because of a report."""
    path = sources.write("a.jsonl", A, "{broken")
    report = rebuild(sources.settings)
    os.utime(path)
    again = update(sources.settings)
    assert (again.published, again.generation, again.left_out) == (False, report.generation, 1)
    assert again.articles == 1
    assert len(list(sources.index.glob("2*"))) == 1


def test_an_update_opens_only_what_changed(sources: Sources) -> None:
    """A file of the same size and time is not looked into, even if it holds something else."""
    path = sources.write("a.jsonl", A)
    sources.write("b.jsonl", B)
    rebuild(sources.settings)
    state = path.stat()
    path.write_text(path.read_text().replace("Stahl a", "Eisen a"), "utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    sources.write("b.jsonl", replace(B, body="neu"))
    report = update(sources.settings)
    assert (report.added, report.changed, report.removed) == (0, 1, 0)
    assert sources.articles() == {"a": A, "b": replace(B, body="neu")}


def test_an_update_without_an_index_rebuilds_and_says_why(sources: Sources) -> None:
    """None yet, one of other code, or one that is damaged."""
    sources.write("a.jsonl", A)
    report = update(sources.settings)
    assert (report.published, report.added) == (True, 1)
    assert "no index" in report.reason
    edit_manifest(sources.served(), fingerprint="older")
    assert "other analysis" in update(sources.settings).reason
    (sources.served().folder / "columns").write_bytes(b"")
    report = update(sources.settings)
    assert "bytes" in report.reason
    assert (report.published, report.added) == (True, 1)
    verify(sources.settings)
    (sources.index / "CURRENT").write_text("garbage")
    reason = update(sources.settings).reason
    assert (
        reason == f"{sources.index / 'CURRENT'}: the file does not name a generation and its digest"
    )
    verify(sources.settings)
    assert update(sources.settings).reason == ""


def counted_steps(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """A count of the steps that this process takes from now on."""
    taken: Counter[str] = Counter()

    def count(name: str) -> None:
        taken[name] += 1

    monkeypatch.setattr(steps, "on_step", count)
    return taken


def large_segment(sources: Sources) -> Path:
    """The segment that holds most of the articles of the served generation."""
    return max(sources.served().folder.glob("*.segment"), key=lambda path: path.stat().st_size)


def write_large_corpus(sources: Sources) -> None:
    """Enough text for a segment that a small update does not merge."""
    chosen = random.Random(0)
    words = [f"{chosen.getrandbits(40):x}" for _ in range(150_000)]
    bodies = [" ".join(words[start : start + 1000]) for start in range(0, len(words), 1000)]
    sources.write("large.jsonl", *(article(f"l{n}", body) for n, body in enumerate(bodies)))


def test_an_update_reads_no_file_that_it_only_links(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is digested on the way, what is linked keeps its digest.

    Read again for their digests are the catalog alone, the old one, and the new one made of it, and
    the former ids.
    """
    write_large_corpus(sources)
    rebuild(sources.settings)
    segment = large_segment(sources)
    sources.write("a.jsonl", A)
    taken = counted_steps(monkeypatch)
    assert update(sources.settings).added == 1
    assert taken["file digested"] == 3
    assert segment.samefile(large_segment(sources))
    verify(sources.settings)
    assert set(sources.served().manifest.files) == {
        path.relative_to(sources.served().folder).as_posix()
        for path in sources.served().folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_an_update_never_gives_damage_a_digest_of_its_own(sources: Sources) -> None:
    """A damaged file that is linked is found by `verify` as in the generation before."""
    write_large_corpus(sources)
    rebuild(sources.settings)
    alter(large_segment(sources))  # in the middle, where the blocks of a large segment are
    sources.write("a.jsonl", A)
    assert update(sources.settings).reason == ""
    with pytest.raises(IndexDamaged, match="the file has been altered"):
        verify(sources.settings)
    rebuild(sources.settings)
    verify(sources.settings)


def test_an_update_that_must_read_what_is_damaged_says_so(sources: Sources) -> None:
    """The columns are read by every update, the segments by those that merge them."""
    sources.write("a.jsonl", A)
    rebuild(sources.settings)
    served = sources.served().id
    alter(sources.served().folder / "columns")
    sources.write("a.jsonl", B)
    with pytest.raises(IndexDamaged, match="run: searchapp rebuild"):
        update(sources.settings)
    assert sources.served().id == served


@pytest.mark.parametrize("engine", ["columnar", "whoosh"])
@pytest.mark.parametrize("place", [CATALOG, "largest"])
def test_files_without_checksums_are_read_before_an_update(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, engine: str, place: str
) -> None:
    """The catalog; all of the stock codec's files; all where none can be linked."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    chosen = replace(sources.settings, engine=engine)
    sources.write("a.jsonl", A)
    rebuild(chosen)
    if place == CATALOG:
        alter(sources.served().folder / place)
    else:
        damage_largest(alter)(sources.served())
        if engine == "columnar":
            monkeypatch.setattr(os, "link", refuse)
    sources.write("a.jsonl", B)
    assert "altered" in update(chosen).reason
    verify(chosen)
    sources.write("b.jsonl", A)
    assert update(chosen).reason == ""
    verify(chosen)


def test_readers_of_the_old_generation_are_not_disturbed_by_updates(sources: Sources) -> None:
    """The new one shares files with it, and later its folder is deleted."""
    sources.write("a.jsonl", A, B)
    rebuild(sources.settings)
    engine = select_engine(sources.settings)

    def found() -> list[Article]:
        matches = snapshot.search(
            parse_query("Stahl", max_chars=9, max_words=9, max_wildcards=9).tree,
            Filters(),
            PageRequest("oldest"),
            deadline=NEVER,
        )
        return [hit.article for hit in matches.hits]

    folder = sources.served().folder
    with closing(engine.open(folder)) as snapshot:
        for number in range(3):
            sources.write("a.jsonl", replace(A, body=f"Stahl neu {number}"), C)
            update(sources.settings)
            assert found() == [A, B]
        assert not folder.exists()


def test_many_updates_do_not_fragment_the_index(sources: Sources) -> None:
    """The number of segments stays small."""
    sources.write("a.jsonl", *(article(f"a{n}", "Stahl") for n in range(50)))
    rebuild(sources.settings)
    for number in range(30):
        sources.write("b.jsonl", article("b", f"Stahl {number}"), article(f"b{number}", "Eisen"))
        assert update(sources.settings).published
    assert 1 <= len(segment_list(sources.served().folder)) <= 12
    assert len(sources.articles()) == 52


ids = st.sampled_from("abcdef")
records = st.one_of(
    st.builds(
        article,
        ids,
        st.sampled_from(("", "Stahl", "Haus aus Stahl", "Häuser", "Eisen und Holz")),
        tags=st.sampled_from(((), ("rot",), ("rot", "SMS group"), ("blau",))),
        date=st.sampled_from((None, dt.date(2023, 5, 5), dt.date(2024, 1, 16))),
        source=st.sampled_from((None, "Quelle")),
    ),
    st.sampled_from(("{broken", "", '{"id": "a"}', '{"title": 7, "date": "gestern"}')),
)
names = st.sampled_from(("1.jsonl", "2.jsonl", "sub/3.jsonl", "sub/\u00a0x.jsonl", "z.jsonl"))


@dataclass(frozen=True)
class Edit:
    """What happens to a file between two updates."""

    kind: str
    name: str
    other: str
    lines: list[Article | str] = field(default_factory=list)

    def apply(self, folder: Path) -> None:
        """Write it, delete it, move it over another, or move some lines to another."""
        path, other = folder / self.name, folder / self.other
        if self.kind == "write" or not path.exists():
            write_lines(path, self.lines)
        elif self.kind == "delete":
            path.unlink()
        elif self.kind == "rename":
            other.parent.mkdir(exist_ok=True)
            path.rename(other)
        else:
            first, *rest = [*path.read_text("utf-8").splitlines(), ""]
            held = other.read_text("utf-8").splitlines() if other.exists() else []
            write_lines(path, rest)
            write_lines(other, [*held, first] if self.kind == "move" else [first, *held])


edits = st.builds(
    Edit,
    kind=st.sampled_from(("write", "write", "delete", "rename", "move", "move first")),
    name=names,
    other=names,
    lines=st.lists(records, max_size=4),
)


@settings(
    max_examples=settings().max_examples // 5,
    suppress_health_check=[HealthCheck.too_slow],
    # Shrinking a failure would take minutes, for each attempt builds several indexes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(st.lists(st.lists(edits, max_size=3), min_size=1, max_size=4))
def test_an_update_ends_as_a_rebuild_would(steps: list[list[Edit]]) -> None:
    """After any edits: files written, deleted, renamed, ids moved and repeated, bad records."""
    with TemporaryDirectory() as name:
        sources = Sources(Path(name))
        anew = replace(sources.settings, index=Path(name) / "anew")
        sources.write("0.jsonl", article("always", "Stahl"))
        rebuild(sources.settings)
        for step in steps:
            for edit in step:
                edit.apply(sources.folder)
            updated, rebuilt = update(sources.settings), rebuild(anew)
            assert contents(sources.index) == contents(anew.index)
            assert updated.articles == rebuilt.articles
            digests = {
                GenerationStore(each.index).current().manifest.source_digest
                for each in (sources.settings, anew)
            }
            assert len(digests) == 1
        verify(sources.settings)
        assert update(sources.settings).published is False


@pytest.mark.parametrize(
    "name", ["z.jsonl", "z\u00a0.jsonl", "sub\u202e/z\n.jsonl", "z\udcff.jsonl"]
)
def test_an_article_stays_with_its_file_whatever_its_name(sources: Sources, name: str) -> None:
    """Also one that reports show with other characters: the file is there."""
    sources.write(name, A)
    rebuild(sources.settings)
    sources.write("earlier.jsonl", replace(A, body="another"), B)
    rebuild(sources.settings)
    assert sources.articles() == {"a": A, "b": B}
    (sources.folder / name).unlink()
    update(sources.settings)
    assert sources.articles() == {"a": replace(A, body="another"), "b": B}


# Roll back


@pytest.mark.parametrize(
    "change", [{"fingerprint": "older"}, {"format_version": 0}, {"engine": "other"}]
)
def test_an_index_of_other_code_is_refused(sources: Sources, change: dict[str, object]) -> None:
    """By verify, search and rollback, with the command that mends it."""
    sources.write("a.jsonl", A)
    rebuild(sources.settings)
    rebuild(sources.settings)
    earlier = GenerationStore(sources.index).earlier()[0]
    edit_manifest(earlier, **change)
    with pytest.raises(IndexOutdated, match="run: searchapp rebuild"):
        roll_back(sources.settings)
    edit_manifest(sources.served(), **change)
    with pytest.raises(IndexOutdated, match="run: searchapp rebuild"):
        verify(sources.settings)
    service = SearchService(sources.settings)
    with pytest.raises(IndexOutdated, match="run: searchapp rebuild"):
        service.search(SearchRequest())
    assert inspect(sources.settings).refusal


def test_roll_back_serves_the_generation_before(sources: Sources) -> None:
    """Once; the next rebuild goes on from there."""
    sources.write("a.jsonl", A)
    first = rebuild(sources.settings).generation
    sources.write("a.jsonl", B)
    second = rebuild(sources.settings).generation
    assert roll_back(sources.settings).id == first
    assert set(sources.articles()) == {"a"}
    with pytest.raises(NoIndex, match="there is no generation before"):
        roll_back(sources.settings)
    third = update(sources.settings).generation
    assert set(sources.articles()) == {"b"}
    assert {each.id for each in GenerationStore(sources.index).complete()} == {first, third}
    assert second not in {first, third}


def test_roll_back_refuses_a_damaged_generation(sources: Sources) -> None:
    """The served one stays."""
    sources.write("a.jsonl", A)
    rebuild(sources.settings)
    served = rebuild(sources.settings).generation
    earlier = GenerationStore(sources.index).earlier()[0]
    alter(earlier.folder / "columns")
    with pytest.raises(IndexDamaged, match="altered"):
        roll_back(sources.settings)
    assert sources.served().id == served


def test_roll_back_without_an_index_makes_no_folder(sources: Sources) -> None:
    """Nothing is written where nothing is."""
    with pytest.raises(NoIndex):
        roll_back(sources.settings)
    assert not sources.index.exists()


def test_facets_count_what_an_update_left(sources: Sources) -> None:
    """Values that no article has any more are gone."""
    sources.write("a.jsonl", replace(A, tags=("alt",)), replace(B, tags=("bleibt",)))
    rebuild(sources.settings)
    sources.write("a.jsonl", replace(A, tags=("neu",)), replace(B, tags=("bleibt",)))
    update(sources.settings)
    service = SearchService(sources.settings)
    facets = service.search(SearchRequest()).facets
    service.close()
    assert facets["tags"] == (FacetCount("bleibt", 1), FacetCount("neu", 1))
