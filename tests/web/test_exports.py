"""A list of results as a file."""

from __future__ import annotations

import csv
import http.client
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from searchapp import searching
from searchapp.errors import SearchTimeout
from searchapp.indexing import rebuild
from searchapp.result_json import article_fields
from searchapp.settings import Limits, Settings
from searchapp.web import create_app
from searchapp.web.exports import FORMS, FORMULA_SIGNS, csv_rows, harmless, ris_records
from tests.sources import article, write_lines
from tests.web.html import get


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a table as a spreadsheet reads them."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_all_forms_hold_the_same_articles(client: FlaskClient) -> None:
    """Those of the page of results, in its order."""
    search = "q=strom&sort=oldest&tag=Energie"
    wanted = [
        hit["id"]
        for hit in client.get(f"/api/v1/search?{search}&per_page=100").json["hits"]  # type: ignore[index]
    ]
    assert len(wanted) > 3
    table = client.get(f"/export.csv?{search}")
    assert [row["id"] for row in rows_of(table.text)] == wanted
    assert table.headers["Content-Disposition"] == 'attachment; filename="articles.csv"'
    lines = client.get(f"/export.jsonl?{search}").text.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records] == wanted
    assert records[0]["page_url"] == f"http://localhost/article/{wanted[0]}"
    ris = client.get(f"/export.ris?{search}").text
    assert [line[6:] for line in ris.split("\r\n") if line.startswith("ID  - ")] == wanted
    assert ris.count("TY  - NEWS\r\n") == ris.count("\r\nER  - \r\n") == len(wanted)


def test_the_page_links_its_files(client: FlaskClient) -> None:
    """With all of its filters, whatever page is shown."""
    page = get(client, "/search?q=strom&tag=Energie&sort=newest&page=2&per_page=2")
    for name, form in (("CSV", "csv"), ("JSON Lines", "jsonl"), ("RIS", "ris")):
        assert page.link(name) == f"/export.{form}?q=strom&tag=Energie&sort=newest"
        assert client.get(page.link(name)).status_code == 200


def test_what_is_wrong_is_told_by_the_status(client: FlaskClient) -> None:
    """Before anything is sent."""
    assert client.get("/export.pdf").status_code == 404
    assert client.get("/export.csv?from=gestern").status_code == 400
    assert client.get(f"/export.csv?q={'x' * 501}").status_code == 413
    assert client.get("/export.csv?after=x").status_code == 400


@pytest.mark.parametrize("form", FORMS)
def test_a_list_without_articles(client: FlaskClient, form: str) -> None:
    """Is an empty file, with the names of its columns where there are such."""
    text = client.get(f"/export.{form}?q=xqzvwpf").text
    assert text == FORMS[form].head


@pytest.fixture
def long_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """An application with 25 articles, of which an export has ten, read three at a time."""
    monkeypatch.setattr(searching, "BATCH", 3)
    articles = [article(f"n{number:02}", body="Wort") for number in range(25)]
    settings = Settings(
        seeds=(write_lines(tmp_path / "a.jsonl", articles),),
        index=tmp_path / "index",
        workers=1,
        time_budget_s=20.0,
        limits=replace(Limits(), max_results_depth=10),
    )
    rebuild(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["searchapp"].close()


@pytest.mark.parametrize("search", ["", "?q=wort", "?q=wort&sort=oldest"])
def test_a_long_list_goes_on_where_a_file_ends(long_list: FlaskClient, search: str) -> None:
    """Every hit is in one of the files, once."""
    found, sizes, url = [], [], f"/export.jsonl{search}"
    while url:
        response = long_list.get(url)
        found += [json.loads(line)["id"] for line in response.text.splitlines()]
        sizes.append(response.text.count("\n"))
        link = response.headers.get("Link", "")
        url = link.partition("<")[2].partition(">")[0]
        assert not link or link.endswith('; rel="next"')
    assert sizes == [10, 10, 5]
    assert sorted(found) == [f"n{number:02}" for number in range(25)]


def test_an_export_that_is_left_leaves_the_index(long_list: FlaskClient) -> None:
    """Whoever goes away in the middle, or asks for the head only, keeps nothing open."""
    response = long_list.get("/export.csv", buffered=False)
    next(response.iter_encoded())
    response.close()
    assert long_list.head("/export.csv").status_code == 200
    service = long_list.application.extensions["searchapp"]
    assert service._index._served.users == 0


def test_a_file_that_cannot_be_finished_is_broken_off(long_list: FlaskClient) -> None:
    """When the time runs out in the middle: it must not look whole."""
    service = long_list.application.extensions["searchapp"]
    response = long_list.get("/export.csv", buffered=False)
    parts = response.iter_encoded()
    assert b"n00" in next(parts)
    service.settings = replace(service.settings, time_budget_s=1e-9)
    with pytest.raises(SearchTimeout):
        list(parts)
    response.close()
    assert service._index._served.users == 0


def test_a_real_server_streams(live_server: str) -> None:
    """The file, its head alone, and that nothing has changed."""
    connection = http.client.HTTPConnection(urlsplit(live_server).netloc, timeout=60)
    with closing(connection):
        answers = []
        tag = ""
        for method in ("HEAD", "GET", "GET"):
            connection.request(method, "/export.jsonl", headers={"If-None-Match": tag})
            response = connection.getresponse()
            answers.append((method, response.status, response.read().count(b"\n")))
            tag = (response.getheader("ETag") or "") if method == "GET" else ""
    assert answers == [("HEAD", 200, 0), ("GET", 200, 26), ("GET", 304, 0)]


@given(st.text() | st.builds("{}{}".format, st.sampled_from([*FORMULA_SIGNS]), st.text()))
def test_no_cell_is_a_formula(text: str) -> None:
    """And none that is not would be is changed."""
    cell = harmless(text)
    assert cell[:1] not in FORMULA_SIGNS
    assert cell in (text, f"'{text}")


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("Stahl = Eisen", "Stahl = Eisen"),
        ("", ""),
    ],
)
def test_cells(cell: str, wanted: str) -> None:
    """An apostrophe makes a text of what would be a formula."""
    assert harmless(cell) == wanted


def test_no_value_adds_a_row_or_a_field() -> None:
    """Quotes, separators and ends of lines stay inside of their cell or line."""
    evil = 'a",=1\r\nER  - \r\nTY  - BOOK\n\u2028;'
    record = article_fields(article("a", title=evil, tags=(evil,), authors=(evil,), source=evil))
    (row,) = csv.reader(io.StringIO(csv_rows([record]), newline=""))
    assert row[1] == evil
    ris = ris_records([record])
    assert ris.count("\r\nER  - ") == 1
    assert [line[:6] for line in ris.split("\r\n")][:3] == ["TY  - ", "ID  - ", "TI  - "]
    assert "\n" not in ris.replace("\r\n", "")
