"""Which warnings an earlier run has told, so that an update tells only of new ones.

They are found anew at each update, since their files are read again: what was mended need not be
known, and what waits for its day comes in.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from searchapp.corpus.files import path_text
from searchapp.errors import Problem, file_of

MAX_TOLD = 100_000
"""Beyond these a warning may be told again."""


class ToldWarnings:
    """The warnings of this run and of the one before, in a file beside the generations.

    It may be lost, and is: then all warnings are told once more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._met: set[str] = set()
        try:
            self._before = frozenset(path.read_text("ascii").split())
        except (OSError, UnicodeDecodeError):
            self._before = frozenset()

    def is_told(self, problem: Problem) -> bool:
        """Whether an earlier run has told the same of the same file, on whichever line."""
        file = Path(file_of(problem.where)).absolute()
        text = f"{path_text(file)}\n{problem.what}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=8).hexdigest()
        if len(self._met) < MAX_TOLD:
            self._met.add(digest)
        return digest in self._before

    def save(self, *, is_complete: bool) -> None:
        """Keep the warnings of this run, and those of the one before unless all files were met."""
        kept = self._met if is_complete else self._met | self._before
        if kept == self._before:
            return
        draft = self._path.with_name(self._path.name + ".new")
        with suppress(OSError):
            draft.write_text("\n".join(sorted(kept)), "ascii")
            draft.replace(self._path)
