"""The lock file, from which CI installs, fits what `pyproject.toml` asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
LOCK = REPOSITORY / "requirements.lock"
LOCKED_EXTRA = "dev"
ENTRY = re.compile(r"([\w.\[\],-]+)==(\S+)(?: ; (.*?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)")


def asked_for(project: dict[str, Any], extra: str | None = None) -> Iterator[Requirement]:
    """What the project needs, or what an extra adds, with the extras that it names."""
    extras = project["optional-dependencies"]
    for text in extras[extra] if extra else project["dependencies"]:
        requirement = Requirement(text)
        if requirement.name == project["name"]:
            for each in requirement.extras:
                yield from asked_for(project, each)
        else:
            yield requirement


def test_what_is_asked_for_is_locked_in_a_release_that_will_do() -> None:
    """After a change of the requirements the file is made anew; CONTRIBUTING has the command."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    locked: dict[str, list[str]] = {}
    for name, version, *_ in ENTRY.findall(LOCK.read_text("utf-8")):
        locked.setdefault(canonicalize_name(Requirement(name).name), []).append(version)
    wanted = [*asked_for(project), *asked_for(project, LOCKED_EXTRA)]
    assert len(wanted) > 40
    for requirement in wanted:
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement} is not locked"
        assert all(requirement.specifier.contains(each) for each in versions), requirement


def test_every_release_has_its_hashes_and_no_address() -> None:
    """So that whoever serves the files cannot change them."""
    text = LOCK.read_text("utf-8")
    assert ENTRY.sub("", text).strip() == ""
