"""The lexicon of a generation: learned from its first articles, before any of them is indexed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from searchapp.german import Analyzer, surface_counts
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import Lexicon
from searchapp.model import Article

LEXICON = "lexicon"
"""The folder of the lexicon in a generation."""

LEARNED_CHARS = 20_000_000
"""Text of the first articles from which the lexicon is learned: more adds next to no nouns."""
LEARNABLE_CHARS = 3_000_000
"""Less text tells nothing that the dictionary does not know."""


def open_analyzer(folder: Path, exceptions: Exceptions) -> Analyzer:
    """The analyzer with the lexicon of a generation's folder. Raises IndexDamaged."""
    return Analyzer(Lexicon.open(folder / LEXICON).with_exceptions(exceptions))


class LearningBuffer:
    """Holds the first articles back until there are enough to learn from."""

    def __init__(self, folder: Path) -> None:
        """folder: where the lexicon is written, not there yet."""
        self._folder = folder
        self._articles: list[Article] = []
        self._chars = 0

    def add(self, article: Article) -> bool:
        """Hold an article back. Returns whether there are enough."""
        self._articles.append(article)
        self._chars += len(article.body) + len(article.title) + 200
        return self._chars >= LEARNED_CHARS

    def learn(self) -> list[Article]:
        """Learn the lexicon. Returns the articles that were held back."""
        # Here and not above: a process that only searches must not pay for it.
        from searchapp.german.dictionary import copy_dictionary_lexicon

        articles, self._articles = self._articles, []
        if sum(len(each.body) for each in articles) < LEARNABLE_CHARS:
            copy_dictionary_lexicon(self._folder)
        else:
            from searchapp.german.learning import learn_lexicon

            texts = (f"{each.title}\n{each.body}" for each in articles)
            learn_lexicon(surface_counts(texts), self._folder)
        return articles


def link_folder(source: Path, target: Path) -> None:
    """Take over the files of a folder. Each is written only once, so that links are safe."""
    target.mkdir()
    for file in source.iterdir():
        try:
            os.link(file, target / file.name)
        except OSError:  # a file system without hard links
            shutil.copy2(file, target / file.name)
