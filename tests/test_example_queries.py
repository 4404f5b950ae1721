"""Examples of queries: each finds what it says, in every corpus, and is looked for once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searchapp.errors import NoIndex
from searchapp.example_queries import START_EXAMPLES, ExampleQueries, Examples, Keywords
from searchapp.indexing import rebuild
from searchapp.model import SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Limits, Settings

KEYWORDS = Keywords(
    "ODER",
    "NICHT",
    {"title": "titel", "tags": "schlagwort", "author": "autor", "source": "quelle",
     "section": "ressort", "date": "datum"},
    lambda day: day.isoformat(),
)  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes the service on a corpus that is given as a CSV table."""
    services: list[SearchService] = []

    def make(table: str, **changes: Any) -> SearchService:
        (tmp_path / "articles.csv").write_text(table, "utf-8")
        settings = Settings(seeds=(tmp_path / "articles.csv",), index=tmp_path / "index", workers=1)
        rebuild(settings)
        services.append(SearchService(settings.changed(time_budget_s=20.0, **changes)))
        return services[-1]

    yield make
    for service in services:
        service.close()


def check(service: SearchService, examples: Examples) -> None:
    """Each total is that of the search, which answers the query as it stands."""
    assert examples.is_complete
    for name, example in examples.by_name.items():
        page = service.search(SearchRequest(query=example.query))
        assert example.query, name
        assert page.corrected_query is None or not example.total
        if example.total:
            assert page.total == example.total, name
            assert not page.notes, name


def test_start_examples_are_a_word_a_compound_and_two_words(service: SearchService) -> None:
    """All different, all with results."""
    examples = ExampleQueries(service).start()
    check(service, examples)
    found = examples.found()
    assert len(found) == START_EXAMPLES
    assert [len(each.query.split()) for each in found] == [1, 1, 2]
    assert len({each.query for each in found}) == START_EXAMPLES


def test_everything_that_can_be_typed_has_an_example(service: SearchService) -> None:
    """Each of them finds something in the small corpus, and shows what it is about."""
    examples = ExampleQueries(service).help("de", KEYWORDS)
    check(service, examples)
    by_name = examples.by_name
    assert {name for name, each in by_name.items() if not each.total} == set()
    assert by_name["compounds"].finds
    signs = {"phrase": '"', "exact": "=", "either": " ODER ", "without": " NICHT ", "minus": " -",
             "group": "(", "beginning": "*", "ending": "*", "letter": "?", "typo": "~",
             "title": "titel:", "tags": "schlagwort:", "author": "autor:", "source": "quelle:",
             "year": "datum:", "period": "..", "day": "-"}  # fmt: skip
    for name, sign in signs.items():
        assert sign in by_name[name].query, name


def test_other_forms_are_those_of_the_articles(made: Any) -> None:
    """Of a noun, and where no noun has any, of another word."""
    service = made("title,text\nOrt,Wir sehen ein Haus und alte Häuser; die Häuser sind alt.\n")
    bent = ExampleQueries(service).help("de", KEYWORDS).by_name["forms"]
    assert (bent.query, bent.finds) == ("Haus", ("Häuser",))
    service = made("title,text\nOrt,Heute gehen sie fort. Alle sind gegangen. Eine ging.\n")
    bent = ExampleQueries(service).help("de", KEYWORDS).by_name["forms"]
    assert bent.query in {"gehen", "gegangen"}
    assert "ging" in bent.finds


def test_other_processes_have_the_same(service: SearchService) -> None:
    """Readers see one page, whichever process answers."""
    one, two = (ExampleQueries(service) for _ in range(2))
    assert one.start() == two.start()
    assert one.help("de", KEYWORDS) == two.help("de", KEYWORDS)


CORPORA = {
    "one article": "title,text\nHallo,Welt\n",
    "no words": "title,text\n1,2\n3,4\n",
    "no title, no date": "text\nDer Hund bellt laut.\nEin Hund schläft.\n",
    "signs": 'title,text,tags\n"a ""b"" * ?","c ~ = (d) „e“","""x""; *; ~; =y; a:b"\n',
    "capitals": "title,text,tags\nEU UND NATO,NICHT OHNE DIE EU,EU;NATO\n",
    "markup": 'title,text,tags\n<b>x</b>,"<script>alert(1)</script> Die Katze",<i>Katze</i>\n',
    "function words": "title,text,tags\nUnd,und oder nicht,Und;Der;Nicht;Oder\nOder,Der,Und\n",
}


@pytest.mark.parametrize("name", CORPORA)
def test_no_corpus_is_too_small_or_too_odd(made: Any, name: str) -> None:
    """What there is nothing of is left out, or shown without a total; nothing is empty."""
    service = made(CORPORA[name])
    queries = ExampleQueries(service)
    start = queries.start()
    assert start.is_complete
    assert len(start.found()) == len(start.by_name) <= START_EXAMPLES
    helpful = queries.help("de", KEYWORDS)
    for each in (*start.found(), *helpful.found()):
        assert service.search(SearchRequest(query=each.query)).total == each.total
    assert {"words", "phrase", "either"} <= set(helpful.by_name)
    assert ("title" in helpful.by_name) <= ("title" in CORPORA[name].partition("\n")[0])


def test_small_limits_are_kept_to(made: Any) -> None:
    """An owner may allow few hits a page."""
    service = made("title,text,tags\nStahl und Eisen,Das Stahlwerk,Stahl;Eisen\n",
                   limits=Limits(max_per_page=1))  # fmt: skip
    assert [each.query for each in ExampleQueries(service).start().found()][:1] == ["Eisen"]


def test_a_new_generation_has_its_own(made: Any) -> None:
    """The examples are of the articles that are served."""
    service = made("title,text,tags\nHund,Ein Hund,Hund\n")
    queries = ExampleQueries(service)
    assert [each.query for each in queries.start().found()] == ["Hund"]
    made("title,text,tags\nKatze,Eine Katze,Katze\n")
    assert [each.query for each in queries.start().found()] == ["Katze"]


def test_totals_follow_the_synonyms_of_the_owner(made: Any, tmp_path: Path) -> None:
    """Which hold without a new generation."""
    exceptions = tmp_path / "exceptions.txt"
    exceptions.write_text("")
    service = made(
        "title,text,tags\nHund,Ein Hund,Hund\nDackel,Alt,Dackel\n", exceptions=exceptions
    )
    queries = ExampleQueries(service)
    for text, total in (("", 1), ("[synonyme]\nHund = Dackel\n", 2)):
        exceptions.write_text(text)
        totals = {each.query: each.total for each in queries.start().found()}
        assert totals["Hund"] == total


def test_without_time_there_are_none_and_that_is_known(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is not made late by its examples, which come with a later request."""
    queries = ExampleQueries(service)
    monkeypatch.setattr("searchapp.example_queries.RETRY_S", 3600.0)
    monkeypatch.setattr("searchapp.example_queries.START_SHARE", 0.0)
    assert queries.start() == Examples({}, is_complete=False)
    monkeypatch.setattr("searchapp.example_queries.START_SHARE", 1.0)
    assert not queries.start().found()  # Not at once, or a slow machine would try all the time.
    monkeypatch.setattr("searchapp.example_queries.RETRY_S", 0.0)
    monkeypatch.setattr("searchapp.example_queries.START_SHARE", 0.0)
    queries = ExampleQueries(service)
    assert not queries.start().is_complete
    monkeypatch.setattr("searchapp.example_queries.START_SHARE", 1.0)
    assert len(queries.start().found()) == START_EXAMPLES


def test_what_was_found_is_not_looked_for_again(service: SearchService) -> None:
    """The same object: nothing is searched."""
    queries = ExampleQueries(service)
    assert queries.start() is queries.start()
    assert queries.help("de", KEYWORDS) is queries.help("de", KEYWORDS)


def test_without_an_index_that_is_said(tmp_path: Path) -> None:
    """As for a search."""
    with pytest.raises(NoIndex):
        ExampleQueries(SearchService(Settings(index=tmp_path / "none"))).start()
