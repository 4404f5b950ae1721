"""Whatever happens to the bytes of a generation: the same answers as before, or a clear error."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from searchapp.deadline import NEVER
from searchapp.engines.base import FacetRequest, PageRequest, Typed
from searchapp.engines.columnar.generation import COLUMNS, SUGGESTIONS
from searchapp.errors import IndexDamaged
from searchapp.facets import FACETS, Filters
from searchapp.generations import Generation, Manifest, check_files, file_digests
from searchapp.model import Article
from tests.engines.building import MANY, build, revise, tree_of
from tests.engines.columnar.segments import WORDS
from tests.engines.columnar.test_snapshot import ENGINE

QUERIES = (
    "",
    "Haus",
    "=Häuser",
    '"EU Kommission"',
    "Stahl*",
    "Komission~",
    "titel:Haus ODER schlagwort:Stahl",
    "Haus -Stahl",
    "autor:Redaktion",
    "datum:2024",
)
FRAME = b"\x28\xb5\x2f\xfd"
"""How a compressed block begins: the bytes after it say how to read the rest."""


def answers(folder: Path, ids: Sequence[str]) -> list[object]:
    """Everything that a generation can be asked, all of its files read."""
    found: list[object] = []
    with closing(ENGINE.open(folder)) as snapshot:
        found += [snapshot.doc_count]
        for query in QUERIES:
            tree = tree_of(query)
            facets = [FacetRequest(facet, MANY) for facet in FACETS]
            page = PageRequest(limit=MANY, facets=facets)
            found.append(snapshot.search(tree, Filters(), page, deadline=NEVER))
            found += [snapshot.article(each, tree, deadline=NEVER) for each in ids]
        found.append(snapshot.corrections("komission", limit=5, deadline=NEVER))
        found.append(snapshot.suggestions(Typed("ko", "ko"), limit=5, deadline=NEVER))
        found += [snapshot.related(each, limit=5, deadline=NEVER) for each in ids[:2]]
    return found


class Victim:
    """A generation of three segments with deletions, whose files are altered one at a time."""

    def __init__(self, folder: Path) -> None:
        chance = random.Random(7)

        def article(number: int) -> Article:
            return Article(
                id=f"id{number}",
                title=" ".join(chance.choices(WORDS, k=3)),
                body=" ".join(chance.choices(WORDS, k=60)),
                tags=tuple(dict.fromkeys(chance.choices(WORDS, k=2))),
                authors=tuple(chance.sample(("Redaktion", "Stahl"), chance.randint(0, 2))),
            )

        articles = [article(number) for number in range(70)]
        folder.mkdir()
        base = build(ENGINE, folder / "0", articles[:50])
        base = revise(ENGINE, folder / "1", base, ["id3", "id4"], articles[50:60])
        built = revise(ENGINE, folder / "2", base, ["id5", "id51"], articles[60:])
        # Copied: files of an update are links to those of the generation before.
        self.folder = Path(shutil.copytree(built, folder / "copy"))
        self.ids = [each.id for each in articles]
        self.files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        self.before = answers(self.folder, self.ids)
        digests = file_digests(self.folder)
        manifest = Manifest(1, "", "", "", 66, 0, "", "", 0.0, digests)
        self.generation = Generation("", self.folder, manifest)

    def check_altered(self, path: Path, content: bytes | None) -> None:
        """With other content, or without the file: an error that names it, or no difference."""
        original = path.read_bytes()
        if content == original:
            return
        try:
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            self._check_answers(path)
            with pytest.raises(IndexDamaged) as found:
                check_files(self.generation)
            assert found.value.where == str(path)
            assert "searchapp rebuild" in found.value.remedy
        finally:
            path.write_bytes(original)

    def _check_answers(self, path: Path) -> None:
        try:
            found = answers(self.folder, self.ids)
        except IndexDamaged as error:
            refusal = error
        else:
            assert found == self.before
            return
        assert Path(refusal.where) in (path, path.parent)
        assert "searchapp" in refusal.remedy


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    """Its files are as they were after each test."""
    return Victim(tmp_path_factory.mktemp("fuzz") / "generations")


def altered(content: bytes, chance: random.Random) -> bytes:
    """The content with a byte flipped or overwritten, a stretch cut out, or more behind it."""
    if not content:
        return b"\x00"
    place = chance.randrange(len(content))
    frames = content.count(FRAME)
    if frames and chance.random() < 0.3:
        for _ in range(chance.randint(1, frames)):
            place = content.find(FRAME, place) + len(FRAME) + chance.randrange(6)
    changed = bytearray(content)
    match chance.choice(("bit", "bit", "byte", "end", "stretch", "zeros", "twice", "more")):
        case "bit":
            changed[place] ^= 1 << chance.randrange(8)
        case "byte":
            changed[place] = chance.randrange(256)
        case "end":
            del changed[place:]
        case "stretch":
            del changed[place : place + chance.choice((1, 8, 1000))]
        case "zeros":
            changed[place : place + 64] = bytes(len(changed[place : place + 64]))
        case "twice":
            changed[place:place] = changed[place : place + 40]
        case "more":
            changed += bytes([chance.randrange(256)])
    return bytes(changed)


def test_altered_bytes_are_an_error_or_make_no_difference(victim: Victim) -> None:
    """Never a wrong answer, never another exception, in any file; verify names the file."""
    for number in range(settings().max_examples):
        path = victim.files[number % len(victim.files)]
        chance = random.Random(number)
        try:
            victim.check_altered(path, altered(path.read_bytes(), chance))
        except BaseException as error:
            error.add_note(f"case {number}, {path.relative_to(victim.folder)}")
            raise


def test_missing_and_empty_files_are_an_error(victim: Victim) -> None:
    """Each of them, one after the other."""
    for path in victim.files:
        for content in (None, b""):
            victim.check_altered(path, content)


def test_files_of_another_generation_are_told(victim: Victim, tmp_path: Path) -> None:
    """Sound by themselves, but not those that belong here."""
    other = build(ENGINE, tmp_path / "other", [Article("id0", "Haus", "Ein anderes Haus")])
    for name in ("0000.segment", "segments"):
        original = (victim.folder / name).read_bytes()
        (victim.folder / name).write_bytes((other / name).read_bytes())
        with pytest.raises(IndexDamaged, match=r"0000.segment.*another generation"):
            ENGINE.open(victim.folder)
        (victim.folder / name).write_bytes(original)
    columns = shutil.move(victim.folder / COLUMNS, tmp_path / COLUMNS)
    shutil.copy(other / COLUMNS, victim.folder / COLUMNS)
    with pytest.raises(IndexDamaged, match="columns are of 1 documents, the segments of 70"):
        ENGINE.open(victim.folder)
    (victim.folder / COLUMNS).unlink()
    shutil.move(columns, victim.folder / COLUMNS)
    suggestions = shutil.move(victim.folder / SUGGESTIONS, tmp_path / SUGGESTIONS)
    shutil.copy(other / SUGGESTIONS, victim.folder / SUGGESTIONS)
    with pytest.raises(IndexDamaged, match="another generation"):
        ENGINE.open(victim.folder)
    (victim.folder / SUGGESTIONS).unlink()
    shutil.move(suggestions, victim.folder / SUGGESTIONS)
    assert answers(victim.folder, victim.ids) == victim.before
