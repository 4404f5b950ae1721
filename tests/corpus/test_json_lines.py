"""JSON Lines and JSON."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus import read_articles
from searchapp.errors import Problem
from tests.corpus.conftest import Read, count_and_peak_kb, read_paths
from tests.shared_data import shared_path

GOOD = '{"id": "g", "title": "Gut", "body": "Text."}'


def test_all_keys(read: Read) -> None:
    """The keys of the corpora; others are ignored."""
    record = {
        "id": "dip-1", "title": "Stahl", "date": "1983-03-30", "tags": ["A, B", "C"],
        "author": "Anna", "source": "dpa", "url": "https://example.org/", "body": "Eins.\n\nZwei.",
        "type": "x", "wp": 10,
    }  # fmt: skip
    outcome = read("a.jsonl", json.dumps(record) + "\n\n")
    article = outcome.article
    assert (article.id, article.title, article.body) == ("dip-1", "Stahl", "Eins.\n\nZwei.")
    assert article.tags == ("A, B", "C")
    assert article.date == dt.date(1983, 3, 30)
    assert (article.author, article.source, article.url) == ("Anna", "dpa", "https://example.org/")
    assert article.origin.endswith("a.jsonl:1")
    assert not outcome.problems


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "x", "title": "abgeschnit',
        "[1, 2]",
        "null",
        '"Text"',
        "kein JSON",
        '{"title": "a"} {"title": "b"}',
        "[" * 100_000,
        '{"title": ' + "9" * 10_000 + "}",
        '{"id": "x", "date": "2024-03-05"}',
        '{"title": "  ", "body": "\\u200b"}',
        '{"title": "T", "body": {"x": "y"}}',
        '{"title": "T", "body": ["a", 1]}',
    ],
)
def test_a_bad_line_costs_only_itself(read: Read, line: str) -> None:
    """It is reported with its number, and the lines around it are read."""
    outcome = read("a.jsonl", f"{GOOD}\n{line}\n{GOOD}")
    assert [each.title for each in outcome.articles] == ["Gut", "Gut"]
    assert [each.severity for each in outcome.problems] == ["error"]
    assert "a.jsonl:2: " in str(outcome.problems[0])


@pytest.mark.parametrize(
    "content",
    [GOOD, f"[{GOOD}]", f"\n [\n{GOOD}\n]\n", f"{GOOD}\n", '{\n"id": "g",\n"title": "Gut"}'],
)
def test_json_file(read: Read, content: str) -> None:
    """A .json file holds one object or a list."""
    assert read("a.json", content).article.id == "g"


def test_json_list_tells_lines_and_keeps_what_is_whole(read: Read) -> None:
    """A list that breaks off: the records before, and the line where it breaks."""
    outcome = read("a.json", f'[\n{GOOD},\n{{"title": "Zwei"}},\n5,\n{{"title": "Dr\n')
    assert [each.id for each in outcome.articles] == ["g", "a-2"]
    assert [each.origin.rpartition(":")[2] for each in outcome.articles] == ["2", "3"]
    assert [str(each).rpartition("a.json")[2][:3] for each in outcome.problems] == [":4:", ":5:"]
    assert "the list has no end" in str(read("b.json", f"[{GOOD}").problems[0])


ONE = '{"id": "a", "title": "Deich", "text": "Er hält."}'
TWO = '{"id": "b", "title": "Damm", "text": "Er bricht."}'
WRAPPED = {
    "articles": '{{"status": "ok", "articles": [{}, {}]}}',
    "items": '{{"items": [{}, {}], "next": null}}',
    "data in data": '{{"meta": {{"n": 2}}, "data": {{"news": [{}, {}]}}}}',
    "search engine": '{{"hits": {{"total": 2, "hits": [{{"_source": {}}}, {{"_source": {}}}]}}}}',
    "edges": '{{"data": {{"posts": {{"edges": [{{"node": {}}}, {{"node": {}}}]}}}}}}',
    "unknown name": '{{"page": 1, "tags": ["x"], "zwei_texte": [{}, {}]}}',
    "by id": '{{"a": {}, "b": {}}}',
    "of wordpress' kind": "[{}, {}]",
    "sequence": "{}\n{}",
    "two lists": "[{}][{}]",
    "byte order mark": "\ufeff[{}, {}]",
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("indent", [None, 2])
def test_articles_in_an_object(read: Read, wrapped: str, indent: int | None) -> None:
    """Whatever the answer of an interface puts around its list."""
    content = wrapped.format(ONE, TWO)
    if indent and content[0] in "[{" and "\n" not in content and "][" not in content:
        content = json.dumps(json.loads(content), indent=indent)
    outcome = read("a.json", content)
    assert [(each.id, each.title) for each in outcome.articles] == [("a", "Deich"), ("b", "Damm")]
    assert not outcome.problems


@pytest.mark.parametrize(
    "content",
    [
        '{"name": "searchapp", "description": "Eine Suche"}',
        '{"a": 1, "b": [1, 2]}',
        '{"articles": []}',
        '{"items": [{"x": 1}]}',
        "[5]",
        '"Text"',
        "null",
    ],
)
def test_json_that_is_no_article_is_told(read: Read, content: str) -> None:
    """And gives none."""
    assert read("a.json", content).error


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ('{"text": ["Eins.", "Zwei."]}', "Eins.\n\nZwei."),
        ('{"content": {"html": "<p>Eins.</p>"}}', "Eins."),
        ('{"title": "Deich", "summary": "Eins."}', "Eins."),
        ('{"@type": "NewsArticle", "name": "Deich", "description": "Eins."}', "Eins."),
        ('{"id": "1", "attributes": {"title": "Deich", "body": "Eins."}}', "Eins."),
    ],
)
def test_one_article(read: Read, content: str, body: str) -> None:
    """With or without a title, whatever its text is called."""
    assert read("a.json", content).article.body == body


def test_names_around_articles_in_any_case(read: Read) -> None:
    """As those in articles: a description is none of them, and the name of a wrapper is no id."""
    record = {"Title": "Deich", "Text": "Er hält."}
    for content in ({"Summary": "Neues", "Articles": [record]}, {"Artikel": record}):
        article = read("a.json", json.dumps(content)).article
        assert (article.id, article.title, article.body) == ("a-1", "Deich", "Er hält.")
    assert "neither title nor text" in read("a.json", '{"Description": "Eine Suche"}').error


def test_an_article_with_lists_of_objects_is_one(read: Read) -> None:
    """What it refers to, its pictures and authors are no articles."""
    record = {
        "title": "Deich", "url": "https://example.org/1", "description": "Er hält.",
        "related": [{"title": "Damm", "url": "https://example.org/2"}],
        "authors": [{"name": "Eva", "description": "schreibt"}],
    }  # fmt: skip
    article = read("a.json", json.dumps(record)).article
    assert (article.title, article.body, article.authors) == ("Deich", "Er hält.", ("Eva",))
    article = read("a.json", json.dumps(record | {"text": "X.", "items": [{"a": 1}]})).article
    assert article.title == "Deich"


def test_json_feed(read: Read) -> None:
    """Title and authors of the feed are those of its items (jsonfeed.org, version 1.1)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Waldblog",
        "description": "Neues", "authors": [{"name": "Ute Tann"}],
        "items": [
            {"id": 1, "content_html": "<p>Die Fichte <b>fällt</b>.</p>", "tags": ["Forst"],
             "date_published": "2023-05-01T00:10:00+02:00"},
            {"id": "2", "title": "Eichen", "content_text": "a <b>b</b>", "summary": "kurz",
             "author": {"name": "Bo"}, "external_url": "https://example.org/2"},
            {"id": "3", "summary": "Nur kurz"},
        ],
    }  # fmt: skip
    first, second, third = read("feed.json", json.dumps(feed)).articles
    assert (first.id, first.body, first.source) == ("1", "Die Fichte fällt.", "Waldblog")
    assert (first.authors, first.tags) == (("Ute Tann",), ("Forst",))
    assert first.date == dt.date(2023, 5, 1)
    assert (second.body, second.authors) == ("a <b>b</b>", ("Bo",))
    assert second.url == "https://example.org/2"
    assert third.body == "Nur kurz"


POST = {
    "id": 12, "date": "2024-03-05T00:30:00", "date_gmt": "2024-03-04T23:30:00",
    "guid": {"rendered": "https://garten.example/?p=12"}, "slug": "stahl", "status": "publish",
    "type": "post", "link": "https://garten.example/stahl/",
    "title": {"rendered": "Stahl &#038; Eisen"},
    "content": {"rendered": "<p>Text [sic]</p>\n[my_box a=1]", "protected": False},
    "excerpt": {"rendered": "<p>Kurz</p>"}, "author": 3, "categories": [4], "tags": [7],
    "_embedded": {
        "author": [{"id": 3, "name": "Anna Müller"}],
        "wp:term": [[{"name": "Garten", "taxonomy": "category"}],
                    [{"name": "Beet", "taxonomy": "post_tag"}]],
    },
}  # fmt: skip


def test_posts_of_wordpress(read: Read) -> None:
    """Names of authors and terms, the local day, the same id as in an export."""
    outcome = read("a.json", json.dumps([POST]))
    article = outcome.article
    assert (article.id, article.title) == ("garten.example/12", "Stahl & Eisen")
    assert (article.body, article.date) == ("Text [sic]", dt.date(2024, 3, 5))
    assert (article.tags, article.section) == (("Beet", "Garten"), "Garten")
    assert (article.authors, article.url) == (("Anna Müller",), "https://garten.example/stahl/")
    assert not outcome.problems
    bare = {key: value for key, value in POST.items() if key not in ("_embedded", "content")}
    links = {"self": [{"href": "https://a.example/koch/wp-json/wp/v2/posts/12"}]}
    article = read("b.json", json.dumps(bare | {"_links": links})).article
    assert (article.id, article.body, article.tags) == ("a.example/koch/12", "Kurz", ())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"status": "draft"}, "is a draft"),
        ({"status": "future"}, "is planned"),
        ({"content": {"rendered": "", "protected": True}}, "has a password"),
        ({"type": "rezept"}, "use --types post,page,rezept"),
    ],
)
def test_posts_that_a_site_does_not_show(read: Read, change: dict[str, object], what: str) -> None:
    """Are left out, and told."""
    outcome = read("a.json", json.dumps([POST | change]))
    assert not outcome.articles
    assert what in outcome.warning


def test_articles_of_schema_org(read: Read) -> None:
    """In JSON-LD, beside objects that are no articles."""
    graph = [
        {"@type": "Organization", "name": "Das Blatt", "description": "Eine Zeitung"},
        {"@type": ["NewsArticle"], "headline": "Der Deich", "articleBody": "Er hält.",
         "datePublished": "2024-03-05T10:00:00+01:00", "keywords": "Meer, Wind",
         "author": [{"@type": "Person", "@id": "#eva", "name": "Eva"}], "articleSection": "Land",
         "publisher": {"@type": "Organization", "@id": "#b", "name": "Das Blatt"},
         "mainEntityOfPage": {"@type": "WebPage", "@id": "https://example.org/deich"}},
    ]  # fmt: skip
    outcome = read("a.json", json.dumps({"@context": "https://schema.org", "@graph": graph}))
    article = outcome.article
    assert "is no article but of type Organization" in outcome.warning
    assert (article.title, article.body, article.section) == ("Der Deich", "Er hält.", "Land")
    assert (article.authors, article.source) == (("Eva",), "Das Blatt")
    assert (article.tags, article.url) == (("Meer", "Wind"), "https://example.org/deich")


def test_html_in_records(read: Read) -> None:
    """Becomes text where it is HTML."""
    record = {"title": "Der <em>Deich</em>", "text": "<p>Er hält &amp; hält.</p><p>Ja.</p>"}
    article = read("a.jsonl", json.dumps(record)).article
    assert (article.title, article.body) == ("Der Deich", "Er hält & hält.\n\nJa.")
    article = read("a.jsonl", json.dumps({"title": "<Enter>", "text": "a < b, c > d"})).article
    assert (article.title, article.body) == ("<Enter>", "a < b, c > d")


def test_json_under_the_name_of_json_lines(read: Read) -> None:
    """Is read as JSON."""
    content = json.dumps([json.loads(ONE), json.loads(TWO)], indent=1)
    assert [each.id for each in read("a.jsonl", content).articles] == ["a", "b"]


@pytest.mark.slow
def test_a_large_list_takes_little_memory(tmp_path: Path) -> None:
    """Articles are let go of one by one, in an object too."""
    record = json.dumps({"title": "T", "text": "Stahl ist hart. " * 600})
    peaks_kb = []
    for count in (100, 6000):
        path = tmp_path / f"{count}.json"
        path.write_text('{"items": [' + ",\n".join([record] * count) + "]}")
        read_count, peak_kb = count_and_peak_kb(path)
        assert read_count == count
        peaks_kb.append(peak_kb)
    assert path.stat().st_size > 50_000_000
    assert peaks_kb[1] - peaks_kb[0] < 8000


def test_a_line_of_fifty_megabytes(read: Read) -> None:
    """Bodies may be long."""
    body = "Stahl ist hart. " * (50 * 2**16)
    assert len(read("a.jsonl", json.dumps({"body": body})).article.body) == len(body) - 1


@given(
    st.dictionaries(
        st.sampled_from(["id", "Titel", "text", "tags", "Datum", "autor", "url", "source", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=6,
        ),
    )
)
def test_any_record_gives_a_sound_article_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, object]
) -> None:
    """Whatever the types: an article that keeps its promises, or exactly one error."""
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    articles, problems = read_paths(path)
    assert len(articles) + [each.severity for each in problems].count("error") == 1
    for article in articles:
        assert article.id.isprintable()
        assert 0 < len(article.id) <= 200
        assert article.title == " ".join(article.title.split())
        assert article.title
        assert len(set(article.tags)) == len(article.tags)
        assert all(article.tags)
        assert article.url is None or article.url.lower().startswith(("http://", "https://"))
        "".join((article.id, article.title, article.body, *article.tags)).encode()


@pytest.mark.shared
def test_dip21_begins_without_a_problem(tmp_path: Path) -> None:
    """A thousand real records with all their tags."""
    path = tmp_path / "dip21.jsonl"
    with lzma.open(shared_path("corpora/dip21.jsonl.xz"), "rt", encoding="utf-8") as lines:
        path.write_text("".join(itertools.islice(lines, 1000)), encoding="utf-8")
    problems: list[Problem] = []
    articles = list(read_articles([path], report=problems.append))
    assert not problems
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [each.id for each in articles] == [each["id"] for each in records]
    assert sum(len(each.tags) for each in articles) == sum(len(each["tags"]) for each in records)
    assert all(each.date for each in articles)
