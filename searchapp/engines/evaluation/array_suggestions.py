"""What suggestions ask of postings and columns; see `suggester.SuggestionSource`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from searchapp.engines.evaluation.columns import Columns, smallest
from searchapp.engines.evaluation.doc_set import Docs, Integers, Mask
from searchapp.engines.evaluation.plan import PostingsSource
from searchapp.engines.evaluation.suggester import KeyTotals, TitlesWanted
from searchapp.engines.evaluation.suggestion_tables import TitleTable
from searchapp.engines.fields import TEXT, parts_field
from searchapp.model import Article, ArticleLink


class ArraySuggestionSource:
    """Answers as it is read: what is not asked for is not counted."""

    def __init__(
        self,
        titles: TitleTable,
        postings: PostingsSource,
        columns: Columns,
        article: Callable[[int], Article],
        before: Sequence[Sequence[str]],
    ) -> None:
        """before: see `suggester.keys_before`."""
        self._titles = titles
        self._postings = postings
        self._columns = columns
        self._article = article
        self._keys_before = before
        self._read: dict[int, ArticleLink] = {}

    @property
    def doc_count(self) -> int:
        """The number of documents."""
        return self._postings.max_doc

    @property
    def is_behind(self) -> bool:
        """Whether any article has a word before."""
        return self._before is not None

    @cached_property
    def _before(self) -> Mask | None:
        """Which documents have the words before, shape (max_doc,); None if there are none."""
        found: Mask | None = None
        for keys in self._keys_before:
            own = np.zeros(self._postings.max_doc, dtype=np.bool_)
            for field in (TEXT, parts_field(TEXT)):
                own[self._postings.docs_of_any(field, keys)] = True
            both = own if found is None else found & own
            found = both if both.any() else found
        return found

    def totals(self, keys: Iterable[str], *, most: float) -> Iterator[KeyTotals]:
        """See `SuggestionSource.totals`."""
        before = self._before
        for key in keys:
            in_all = self._postings.doc_freq(TEXT, key)
            if before is None:
                yield KeyTotals(in_all)
            elif in_all > most:
                yield KeyTotals(in_all, 0)
            else:
                docs = self._postings.postings(TEXT, key).docs
                yield KeyTotals(in_all, int(np.count_nonzero(before[docs])))

    def titles(self, wanted: Sequence[TitlesWanted], count: int) -> Iterator[Iterable[ArticleLink]]:
        """See `SuggestionSource.titles`."""
        for beginning, key in wanted:
            docs: Docs | Integers
            if key is None:
                docs = self._titles.beginning_with(beginning)
            else:
                docs = self._postings.postings("title", key).docs
                if self._before is not None:
                    docs = docs[self._before[docs]]
            newest = docs[smallest(self._columns.newest.take(docs), count)]
            yield map(self._link, newest.tolist())

    def _link(self, doc: int) -> ArticleLink:
        if doc not in self._read:
            article = self._article(doc)
            self._read[doc] = ArticleLink(article.id, article.title, article.date)
        return self._read[doc]
