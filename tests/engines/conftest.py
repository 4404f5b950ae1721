"""Each engine, and open generations of several shapes built by it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from searchapp.engines.base import Engine
from searchapp.engines.selection import ENGINE_NAMES, select_engine
from searchapp.model import Article
from searchapp.settings import Settings
from tests.engines.articles import AUTHORS, SOURCES, TAGS, WORDS, YEARS
from tests.engines.building import Case, build, build_in_parts, revise
from tests.engines.opensearch.contract import (
    indexes_deleted,
    settings_of_node,
    wanted_releases,
)
from tests.oracle import Oracle

Open = Callable[..., Case]

# Without the extra `test-opensearch` the plain test command needs no Java; with it, the tests of
# every engine run on OpenSearch where `--opensearch` asks for that.
collect_ignore = [] if find_spec("jpype") else ["opensearch"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every engine answers alike, and passes the same tests: all that ask for one."""
    if "engine_settings" in metafunc.fixturenames:
        names = [*ENGINE_NAMES, *wanted_releases(metafunc.config)]
        metafunc.parametrize("engine_settings", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The settings that choose each of the engines, and no others."""
    if request.param in ENGINE_NAMES:
        yield Settings(engine=request.param)
    else:
        with settings_of_node(request.param, tmp_path_factory.mktemp("node")) as chosen:
            yield chosen


@pytest.fixture(scope="session")
def engine(engine_settings: Settings) -> Engine:
    """Each of the engines, with the usual settings."""
    return select_engine(engine_settings)


@pytest.fixture(autouse=True)
def _nothing_is_left_in_a_cluster(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test, and not a fixture of several, has built in a cluster is deleted behind it."""
    if "engine_settings" not in request.fixturenames:
        yield
        return
    with indexes_deleted(request.getfixturevalue("engine_settings")):
        yield


def random_articles(count: int, *, seed: int) -> list[Article]:
    """Articles in which every word, tag, source, author and year recurs, and any may be missing."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        length = chance.choice((0, 1, 5, most))
        return " ".join(chance.choices(WORDS, k=length))

    def date() -> dt.date | None:
        day = dt.date(chance.choice(YEARS), chance.randint(1, 3), chance.choice((1, 16, 28)))
        return chance.choice((day, day, None))

    return [
        Article(
            id=f"{chance.choice('abÄ/')}{number}",
            title=text(3) or "Titel",
            body=text(40),
            tags=tuple(dict.fromkeys(chance.choices(TAGS, k=chance.randint(0, 3)))),
            date=date(),
            authors=tuple(dict.fromkeys(chance.choices(AUTHORS, k=chance.randint(0, 2)))),
            source=chance.choice((None, *SOURCES)),
        )
        for number in range(count)
    ]


@pytest.fixture(scope="session")
def cases(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    """Generations with one part, with several, and after updates that removed and replaced.

    An update after each other leads to what an engine merges, if it merges anything.
    """
    folder = tmp_path_factory.mktemp("cases")
    first, second, third = (
        random_articles(60, seed=seed)[n : n + 40] for n, seed in ((0, 1), (9, 2), (20, 3))
    )
    first = [replace(each, id=f"1-{each.id}") for each in first]
    second = [replace(each, id=f"2-{each.id}") for each in second]
    changed = [replace(new, id=old.id) for old, new in zip(first[::3], third, strict=False)]
    kept = [each for each in (*first, *second) if each.id not in {new.id for new in changed}]
    gone = {each.id for each in kept[::4]}
    built = {
        "empty": (build(engine, folder / "empty", []), []),
        "one part": (build(engine, folder / "one", first), first),
        "three parts": (
            build_in_parts(engine, folder / "three", [first, second, []]),
            [*first, *second],
        ),
    }
    updated = revise(
        engine, folder / "updated", built["three parts"][0], [each.id for each in changed], changed
    )
    built["updated"] = (updated, [*kept, *changed])
    thinned = revise(engine, folder / "thinned", updated, sorted(gone), [])
    built["updated twice"] = (
        thinned,
        [each for each in (*kept, *changed) if each.id not in gone],
    )
    merged, held = thinned, {each.id: each for each in built["updated twice"][1]}
    for number, article in enumerate(random_articles(8, seed=4)):
        old = [next(iter(held))]
        new = [replace(article, id=old[0]), replace(article, id=f"4-{number}")]
        merged = revise(engine, folder / f"merged-{number}", merged, old, new)
        del held[old[0]]
        held |= {each.id: each for each in new}
    built["updated often"] = (merged, list(held.values()))
    with ExitStack() as opened:
        yield {
            name: Case(opened.enter_context(closing(engine.open(each))), Oracle(articles))
            for name, (each, articles) in built.items()
        }


@pytest.fixture(
    params=("empty", "one part", "three parts", "updated", "updated twice", "updated often"),
    scope="session",
)
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    """Each of the generations."""
    return cases[request.param]


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Iterator[Open]:
    """A function from articles to the open index that holds them."""
    with ExitStack() as stack:

        def open_index(*articles: Article) -> Case:
            folder = build(engine, tmp_path / str(len(list(tmp_path.iterdir()))), articles)
            return Case(stack.enter_context(closing(engine.open(folder))), Oracle(articles))

        yield open_index
