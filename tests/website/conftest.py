"""A site for each test, and a way to fetch it without pauses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from searchapp.errors import Problem
from searchapp.website.site_fetch import FetchPlan, FetchReport, fetch
from tests.website.small_site import Site, small_site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site without pages."""
    with small_site() as site:
        yield site


@dataclass
class Fetched:
    """A report, and the problems that were told."""

    report: FetchReport
    problems: list[Problem] = field(default_factory=list)

    def told(self, path: str) -> str:
        """What was told of the one address that ends so."""
        (problem,) = [each for each in self.problems if each.where.endswith(path)]
        return problem.what


Fetch = Callable[..., Fetched]


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Fetch:
    """Fetch the site into `tmp_path / "pages"`; keywords are those of the plan."""

    def run(*starts: str, **values: Any) -> Fetched:
        problems: list[Problem] = []
        usual = FetchPlan((site.url,), tmp_path / "pages", delay_s=0.0, timeout_s=5.0)
        plan = dataclasses.replace(usual, sites=starts or usual.sites, **values)
        return Fetched(fetch(plan, on_problem=problems.append), problems)

    return run


@pytest.fixture
def files(site: Site, tmp_path: Path) -> Callable[[], set[str]]:
    """The files that hold pages, below the folder of the host."""

    def files() -> set[str]:
        top = tmp_path / "pages" / site.host.replace(":", "_")
        found = (path for path in top.rglob("*") if path.is_file())
        return {path.relative_to(top).as_posix() for path in found if path.name[0] != "."}

    return files
