"""Where pages are kept, and what is remembered of them."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.page_origin import origin_path, page_origin
from searchapp.website.page_address import page_address
from searchapp.website.page_store import PageStore, StoredPage, file_name, open_store

HOST = "example.org"
HEADERS = {"content_type": "text/html", "etag": '"1"', "last_modified": ""}


def address(path: str) -> str:
    found = page_address(f"https://{HOST}{path}")
    assert found is not None
    return found


def next_page(store: PageStore) -> StoredPage:
    page = store.next([HOST])
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index"),
        ("/artikel/", "artikel/index"),
        ("/artikel/eins.html", "artikel/eins"),
        ("/artikel/eins.PHP?id=7", "artikel/eins_id=7"),
        ("/gr%C3%B6%C3%9Fe", "größe"),
        ("/a/16.1.2024", "a/16.1.2024"),
        ("/x.html/y", "x.html_/y"),
        ("/.git/config", "_git/config"),
        ("/a%2Fb", "a_b"),
        ("/a b:c", "a_b_c"),
    ],
)
def test_files_have_the_names_of_their_addresses(path: str, name: str) -> None:
    """Which make ids that people can read."""
    assert file_name(address(path)) == f"{HOST}/{name}"


@given(st.text(max_size=300))
def test_no_name_leaves_the_folder(text: str) -> None:
    """Nor is hidden, or too long for a file system."""
    url = page_address(f"https://{HOST}/{text}")
    if url is None:
        return
    for part in file_name(url).split("/"):
        assert part not in ("", ".", "..")
        assert part[0] != "."
        assert len(part.encode()) < 200
        assert part.isprintable()


def test_addresses_are_asked_once_in_a_run_and_again_in_the_next(tmp_path: Path) -> None:
    """The nearest first; what was broken off goes on."""
    with open_store(tmp_path) as store:
        assert not store.begin(HOST)
        store.add([address("/tief")], depth=3)
        store.add([address("/"), address("/a")], depth=0)
        asked: list[str] = []
        while len(asked) < 2:
            page = next_page(store)
            asked.append(page.url)
            assert store.save(page, b"<p>x", ".html", HEADERS) == "new"
            store.add([page.url], depth=1)
    with open_store(tmp_path) as store:
        assert store.begin(HOST)
        page = next_page(store)
        assert asked == [address("/"), address("/a")]
        assert page.url == address("/tief")
        store.done(page, failed=True)
        assert store.next([HOST]) is None
    with open_store(tmp_path) as store:
        assert not store.begin(HOST)
        assert store.counts([HOST]) == (3, 2)
        assert store.counts(["other.example"]) == (0, 0)


def test_a_page_is_written_only_when_it_changes(tmp_path: Path) -> None:
    """So that an update need not read it again; the server's note is always the latest."""
    with open_store(tmp_path) as store:
        store.begin(HOST)
        store.add([address("/a")], depth=0)
        store.save(next_page(store), b"<p>eins", ".html", HEADERS)
        store.begin(HOST)
        page = next_page(store)
        assert page.file == tmp_path / HOST / "a.html"
        before = page.file.stat().st_mtime_ns
        assert store.save(page, b"<p>eins", ".html", HEADERS | {"etag": '"2"'}) == "unchanged"
        assert page.file.stat().st_mtime_ns == before
        origin = page_origin(page.file)
        assert origin is not None
        assert (origin.url, origin.etag) == (page.url, '"2"')
        assert store.save(page, b"<p>zwei", ".html", HEADERS) == "changed"
        assert page.file.read_bytes() == b"<p>zwei"
        assert store.save(page, b"%PDF-", ".pdf", HEADERS) == "changed"
        assert not page.file.exists()
        (left,) = [each for each in (tmp_path / HOST).iterdir() if each.name[0] != "."]
        assert left.name == "a.pdf"


def test_a_file_that_was_deleted_or_replaced_is_asked_anew(tmp_path: Path) -> None:
    """There is no use in a page that has not changed and is not there."""
    with open_store(tmp_path) as store:
        store.begin(HOST)
        store.add([address("/a")], depth=0)
        store.save(next_page(store), b"<p>eins", ".html", HEADERS)
        page = store.page(address("/a"))
        assert page is not None
        assert page.file is not None
        assert store.origin(page) is not None
        page.file.write_bytes(b"von Hand")
        assert store.origin(page) is None
        page.file.unlink()
        assert store.origin(page) is None
        store.drop(page, same_as=None)
        assert store.page(address("/a")) is None
        assert not origin_path(page.file).parent.exists()


def test_a_page_that_was_not_stored_to_its_end_is_no_other_page(tmp_path: Path) -> None:
    """Its file is written last, so that none is left of which nobody knows whose it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_store(tmp_path) as store:
        store.begin(HOST)
        store.add([address("/a")], depth=0)
        page = next_page(store)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with pytest.raises(OSError, match="large"):
                store.save(page, b"x" * 200_000, ".html", HEADERS)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert origin_path(tmp_path / HOST / "a.html").exists()
        assert store.save(page, b"<p>eins", ".html", HEADERS) == "new"
        (left,) = [each for each in (tmp_path / HOST).iterdir() if each.name[0] != "."]
        assert left.name == "a.html"
