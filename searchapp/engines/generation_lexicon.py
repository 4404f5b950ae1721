"""The lexicon of a generation, which its articles and the queries on them are analyzed with."""

from __future__ import annotations

from pathlib import Path

from searchapp.german import Analyzer, rules_fingerprint, surface_counts
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import Lexicon, fingerprint_of, use_dictionary
from searchapp.model import Article
from searchapp.steps import step

LEXICON = "lexicon"
"""The folder of the lexicon in a generation."""


LEARNED_CHARS = 5_000_000
"""Characters of the first articles, from which and a dictionary the lexicon is learned."""
LEARNABLE_CHARS = 3_000_000
"""A smaller corpus teaches nothing that is not in the dictionary."""


def open_analyzer(folder: Path, exceptions: Exceptions) -> Analyzer:
    """The analyzer with the lexicon of a generation's folder. Raises IndexDamaged."""
    return Analyzer(Lexicon.open(folder / LEXICON).with_exceptions(exceptions))


def analysis_fingerprint(folder: Path, exceptions: Exceptions) -> str:
    """A text that differs whenever a word could be analyzed otherwise with a generation's lexicon.

    Raises OSError.
    """
    return f"{rules_fingerprint(exceptions)}, learned {fingerprint_of(folder / LEXICON)}"


class LearningBuffer:
    """Holds the first articles back until there are enough to learn the lexicon from."""

    def __init__(self, folder: Path) -> None:
        """folder: of the generation, where the lexicon is written."""
        self._folder = folder / LEXICON
        self.articles: list[Article] = []
        self._chars = 0

    def add(self, article: Article) -> bool:
        """Hold an article back. Returns whether there are enough."""
        self.articles.append(article)
        self._chars += len(article.body) + len(article.title) + 200
        return self._chars >= LEARNED_CHARS

    def learn(self) -> None:
        """Learn the lexicon from the articles that were held back. Raises OSError."""
        # Here and not above: a process that only searches must not pay for it.
        from searchapp.german.corpus_lexicon import learn_from_corpus

        step("articles to learn from read")
        if sum(len(each.body) for each in self.articles) < LEARNABLE_CHARS:
            use_dictionary(self._folder)
        else:
            texts = (f"{each.title}\n{each.body}" for each in self.articles)
            learn_from_corpus(surface_counts(texts), self._folder)
        step("lexicon learned")
