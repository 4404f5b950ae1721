"""What an index folder holds: described (`inspect`), checked (`verify`), and its `analyzers`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from searchapp.deadline import NEVER
from searchapp.engines.base import PageRequest, Snapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import IndexDamaged, IndexOutdated, NoIndex
from searchapp.facets import NO_FILTERS
from searchapp.generations import Generation, GenerationStore, check_files, open_current
from searchapp.german import Analyzer
from searchapp.german.exceptions import NO_EXCEPTIONS, load_exceptions
from searchapp.german.forms import is_separated, plain_form
from searchapp.german.lexicon import DICTIONARY, Lexicon
from searchapp.model import Article, Token, WordFamily
from searchapp.query.tree import TEXT, word_of
from searchapp.settings import Settings
from searchapp.translation import N_, NO_TEXT, Message


@dataclass(frozen=True, slots=True)
class IndexState:
    """What an index folder holds.

    refusal: why this program cannot answer from the served generation, or "".
    earlier: the generations that `roll_back` can serve, newest first.
    writer: the process that is writing the index now, or "".
    kept_bytes: the size of what is kept to spare the next build work.
    """

    generation: Generation
    refusal: Message
    earlier: tuple[str, ...]
    writer: Message
    kept_bytes: int = 0


class AnalyzedWord(NamedTuple):
    """A token of a text, and what a query asks for in which the word is written as it is here.

    keys: of its inflected forms, and of those of a verb whose particle stands apart.
    relatives: their keys.
    """

    token: Token
    keys: tuple[str, ...]
    relatives: tuple[str, ...]


def inspect(settings: Settings) -> IndexState:
    """Describe the index folder without checking its files. Raises NoIndex, IndexDamaged."""
    store = GenerationStore(settings.index)
    generation = store.current()
    refusal = NO_TEXT
    try:
        open_current(store, select_engine(settings))
    except IndexOutdated as error:
        refusal = error.what
    earlier = [each.id for each in reversed(store.complete()) if each.id < generation.id]
    return IndexState(generation, refusal, tuple(earlier), store.writer(), store.kept_bytes())


def verify(settings: Settings) -> Generation:
    """Check files, checksums and counts of the served generation, and search in it.

    And the dictionary of the package, which it may be analyzed with.

    Raises NoIndex, IndexDamaged, IndexOutdated.
    """
    engine = select_engine(settings)
    generation = open_current(GenerationStore(settings.index), engine)
    check_files(generation)
    Lexicon.open(DICTIONARY).close()
    with closing(engine.open(generation.folder)) as snapshot:
        check_snapshot(snapshot, generation.manifest.articles, generation.folder)
    return generation


def word_families(settings: Settings, *, limit: int) -> list[WordFamily]:
    """The most frequent words of the served index with which others are joined.

    Raises NoIndex, IndexDamaged, IndexOutdated.
    """
    engine = select_engine(settings)
    generation = open_current(GenerationStore(settings.index), engine)
    with closing(engine.open(generation.folder)) as snapshot:
        return snapshot.word_families(limit=limit, deadline=NEVER)


def check_snapshot(snapshot: Snapshot, articles: int, folder: Path) -> None:
    """Compare the count, and find the newest article by its title. Raises IndexDamaged."""
    remedy = N_("run: searchapp rebuild")
    newest = snapshot.search(
        None, NO_FILTERS, PageRequest("newest", limit=1, marked=False), deadline=NEVER
    )
    for doc_count in (snapshot.doc_count, newest.total):
        if doc_count != articles:
            raise IndexDamaged(
                N_(
                    "the index holds %(doc_count)s articles instead of %(articles)s",
                    doc_count=doc_count,
                    articles=articles,
                ),
                where=str(folder),
                remedy=remedy,
            )
    for article in (hit.article for hit in newest.hits):
        field = TEXT if article.title_is_derived else "title"
        query = word_of(field, article.title)
        found = snapshot.search(query, NO_FILTERS, PageRequest(limit=0), deadline=NEVER)
        stored = snapshot.article(article.id, None, deadline=NEVER)
        if not found.total or stored is None or not _is_beginning(article, stored.article):
            raise IndexDamaged(
                N_("the article %(id)r is not found by its title", id=article.id),
                where=str(folder),
                remedy=remedy,
            )


def _is_beginning(article: Article, whole: Article) -> bool:
    """Whether a hit's article, of which a very long text is cut, is the stored one."""
    fields = [replace(each, body="", page_starts=()) for each in (article, whole)]
    return fields[0] == fields[1] and whole.body.startswith(article.body)


def analyzers(settings: Settings) -> tuple[Analyzer, Analyzer]:
    """The analysis of the served index as it was learned, and with the settings' exceptions.

    Without an index it is that of the dictionary alone.
    Raises IndexDamaged, and BadSetting for a mistake in the file of exceptions.
    """
    engine = select_engine(settings)
    exceptions = load_exceptions(settings.exceptions) if settings.exceptions else NO_EXCEPTIONS
    try:
        lexicon = engine.lexicon(GenerationStore(settings.index).current().folder)
    except NoIndex:
        lexicon = Lexicon.open(DICTIONARY)
    return (
        Analyzer(lexicon.with_exceptions(NO_EXCEPTIONS)),
        Analyzer(lexicon.with_exceptions(exceptions)),
    )


def analyzed_words(text: str, analyzer: Analyzer) -> list[AnalyzedWord]:
    """The words of a text, as an index keeps them and as a query asks for them."""
    return [_analyzed(token, analyzer) for token in analyzer.analyze(text)]


def _analyzed(token: Token, analyzer: Analyzer) -> AnalyzedWord:
    form = plain_form(token.form)
    if not is_separated(form):
        # A fragment stands for a longer word, which is asked for by its own name.
        for word in (*analyzer.sought(token.surface), *analyzer.sought(form)):
            if word.form == form:
                return AnalyzedWord(token, word.keys + word.separated, word.relatives)
    return AnalyzedWord(token, (token.key,), ())
