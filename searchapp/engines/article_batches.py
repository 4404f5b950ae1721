"""Articles on their way to the processes that index them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from searchapp.engines.generation_lexicon import LearningBuffer
from searchapp.model import Article

BATCH_CHARS = 500_000
"""Text sent to a worker at once: large enough to make the transfer cheap."""

Batch = list[Article]


class ArticleBatches:
    """Holds articles back until the lexicon has been learned from them, then sends some at once."""

    def __init__(self, send: Callable[[Batch], None], *, learning: Path | None) -> None:
        """send: is given each full batch. learning: the folder of the generation whose lexicon is
        to be learned; None where it is there already."""
        self._send = send
        self._learning = LearningBuffer(learning) if learning else None
        self._batch: Batch = []
        self._chars = 0

    def add(self, article: Article) -> None:
        """Take an article. Raises what `send` does, and OSError."""
        if self._learning is None:
            self._take(article)
        elif self._learning.add(article):
            self._learn()

    def rest(self) -> Batch:
        """The articles that have not been sent, once there are no more; the lexicon is there then.

        Raises as `add`.
        """
        self._learn()
        batch, self._batch, self._chars = self._batch, [], 0
        return batch

    def _learn(self) -> None:
        if self._learning is not None:
            learning, self._learning = self._learning, None
            learning.learn()
            for article in learning.articles:
                self._take(article)

    def _take(self, article: Article) -> None:
        self._batch.append(article)
        self._chars += len(article.body) + len(article.title) + 200
        if self._chars >= BATCH_CHARS:
            batch, self._batch, self._chars = self._batch, [], 0
            self._send(batch)
