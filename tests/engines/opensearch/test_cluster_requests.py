"""Whatever does not answer, or answers wrongly, is told in one sentence, with the remedy."""

from __future__ import annotations

import logging
import pickle
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from searchapp.deadline import Deadline
from searchapp.engines.opensearch import cluster
from searchapp.engines.opensearch.cluster import Cluster, RequestRefused, addresses_of
from searchapp.engines.selection import select_engine
from searchapp.errors import BadSetting, IndexDamaged, IndexUnreadable, SearchTimeout
from searchapp.settings import Settings
from tests.engines.opensearch import cluster as test_cluster
from tests.engines.opensearch.secured import FORBIDDEN, PASSWORD, TOKEN, USER, secured


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (cluster.USER, cluster.PASSWORD, cluster.AUTHORIZATION):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@contextmanager
def silent_server() -> Iterator[str]:
    """It takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def other_server(content_type: str, body: bytes, status: int = 200) -> Iterator[str]:
    """It answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closed_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_nobody_listens() -> None:
    """With the reader's time, or without."""
    address = closed_address()
    for deadline in (Deadline(20), Deadline(float("inf"))):
        with pytest.raises(IndexUnreadable, match=rf"{address}.*refused.*whether it runs"):
            Cluster([address]).request("GET", "/", deadline=deadline)


def test_nobody_answers_in_time() -> None:
    with silent_server() as address, pytest.raises(SearchTimeout):
        Cluster([address]).request("GET", "/", deadline=Deadline(0.3))


def test_a_host_that_is_not_there() -> None:
    with pytest.raises(IndexUnreadable, match=r"cannot be reached \((Name|No|Temporary)"):
        Cluster(["http://no-such-host.invalid:9200"]).request("GET", "/", deadline=Deadline(20))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<title>Welcome</title>"),
        ("text/plain", b"It works"),
        ("application/json", b"[]"),
        ("application/json", b"{"),
        ("application/json", b'{"version": {"number": "8.19.0"}}'),
        ("application/json", b'{"version": "1"}'),
    ],
)
@pytest.mark.parametrize("status", [200, 404])
def test_another_server_answers(content_type: str, body: bytes, status: int) -> None:
    sentence = r"no OpenSearch.*with their ports"
    with (
        other_server(content_type, body, status) as address,
        pytest.raises(IndexUnreadable, match=sentence),
    ):
        Cluster([address]).check_server()


def test_a_release_that_is_not_known_is_refused() -> None:
    body = b'{"version": {"distribution": "opensearch", "number": "1.3.20"}}'
    sentence = r"OpenSearch 1\.3\.20; use release 2 or 3"
    with (
        other_server("application/json", body) as address,
        pytest.raises(IndexUnreadable, match=sentence),
    ):
        Cluster([address]).check_server()


@pytest.mark.parametrize(
    "engine",
    [
        "http://",
        "https://a:9200,https://:9200",
        "https://a:x",
        "https://a:70000",
        "https://a:9200/?x=1",
        "https://a:9200,ftp://b",
    ],
)
def test_what_is_no_address_is_refused(engine: str) -> None:
    with pytest.raises(BadSetting, match=r"no address of a node; write https://host1:9200"):
        select_engine(Settings(engine=engine))


@pytest.mark.parametrize("port", ["9200", "geheim", "geheim:9200"])
def test_a_password_in_an_address_is_refused_and_not_told(port: str) -> None:
    with pytest.raises(BadSetting, match=r"SEARCHAPP_OPENSEARCH_USER") as raised:
        addresses_of(f"https://leser:geheim@host:{port}")
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    "environ",
    [
        {cluster.USER: "leser"},
        {cluster.PASSWORD: "geheim"},
        {cluster.USER: "leser", cluster.PASSWORD: "geheim", cluster.AUTHORIZATION: "Bearer x"},
        {cluster.AUTHORIZATION: "Bearer geheim\nX-Other: 1"},
    ],
)
def test_half_credentials_are_refused(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as raised:
        Cluster(["https://host"])
    assert "geheim" not in str(raised.value)


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    for text in (None, "", "no certificate"):
        if text is not None:
            empty.write_text(text, "utf-8")
        with pytest.raises(BadSetting, match=r"OPENSEARCH_CA.*holds no certificates.*PEM"):
            Cluster(["https://host"], ca=empty)


@pytest.mark.slow
def test_a_node_that_is_gone_is_passed_over(node: test_cluster.Cluster) -> None:
    """Also one that takes connections and does not answer, while the reader waits."""
    with silent_server() as silent:
        for other in (closed_address(), silent):
            asked = Cluster([other, *node.addresses])
            for _ in range(4):
                assert asked.request("GET", "/", deadline=Deadline(20))["version"]
            asked.close()


@pytest.mark.slow
def test_an_index_that_is_not_there(node: test_cluster.Cluster) -> None:
    with pytest.raises(IndexDamaged, match="nichts: the cluster has no such index; run:"):
        Cluster(node.addresses).request("GET", "/nichts/_count")
    with pytest.raises(IndexDamaged):
        Cluster(node.addresses).request("GET", "/nichts/_doc/1", allowed=(404,))


@pytest.mark.slow
def test_what_is_refused_says_why(node: test_cluster.Cluster) -> None:
    with pytest.raises(RequestRefused, match="400 parsing_exception: unknown query") as raised:
        Cluster(node.addresses).request("POST", "/_search", {"query": {"no": {}}})
    assert raised.value.status == 400


@pytest.mark.slow
def test_the_cluster_wants_to_know_who_asks(
    node: test_cluster.Cluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What it is told stands in no error, no log, and no copy for another process."""
    caplog.set_level(logging.DEBUG)
    told = []
    with secured(node.addresses[0]) as address:

        def refused(sentence: str) -> None:
            with pytest.raises(IndexUnreadable, match=sentence) as raised:
                Cluster([address]).check_server()
            told.append(str(raised.value))

        refused(f"does not know this user or password; set {cluster.USER} and {cluster.PASSWORD}")
        monkeypatch.setenv(cluster.USER, USER)
        monkeypatch.setenv(cluster.PASSWORD, PASSWORD + "!")
        refused("does not know this user")
        monkeypatch.setenv(cluster.PASSWORD, PASSWORD)
        asked = Cluster([address])
        asked.check_server()
        with pytest.raises(IndexUnreadable, match=r"no permissions for.*rights that the README"):
            asked.request("PUT", FORBIDDEN)
        copy = pickle.dumps(asked)
        pickle.loads(copy).check_server()
        monkeypatch.delenv(cluster.USER)
        monkeypatch.delenv(cluster.PASSWORD)
        monkeypatch.setenv(cluster.AUTHORIZATION, TOKEN)
        Cluster([address]).check_server()
        told += [caplog.text, repr(asked), repr(vars(asked)), copy.decode("latin-1")]
    assert not [each for each in told if "Gehe!mnis" in each or "abc.def" in each]


@pytest.mark.slow
def test_tls_is_verified(
    node: test_cluster.Cluster,
    authority: trustme.CA,
    ca: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the authority that is named, and for the host that is asked."""
    monkeypatch.setenv(cluster.AUTHORIZATION, TOKEN)
    with secured(node.addresses[0], authority) as address:
        Cluster([address], ca=ca).check_server()
        with pytest.raises(IndexUnreadable, match=r"not accepted.*SEARCHAPP_OPENSEARCH_CA"):
            Cluster([address]).check_server()
        with pytest.raises(IndexUnreadable):
            Cluster([address.replace("https", "http")]).check_server()
    with (
        secured(node.addresses[0], authority, "other.example") as address,
        pytest.raises(IndexUnreadable, match=r"not accepted.*(mismatch|not valid)"),
    ):
        Cluster([address], ca=ca).check_server()
    with pytest.raises(IndexUnreadable, match=r"does not answer by TLS.*http://"):
        Cluster([node.addresses[0].replace("http", "https")], ca=ca).check_server()


@pytest.mark.slow
def test_a_busy_cluster_is_waited_for_as_long_as_the_reader_is() -> None:
    """And asked again meanwhile."""
    answers = b'{"error": {"type": "x", "reason": "queue is full", "root_cause": []}}'
    with other_server("application/json", answers, 429) as address:
        begun = time.monotonic()
        with pytest.raises(IndexUnreadable, match=r"cannot answer now \(queue is full\)"):
            Cluster([address]).request("GET", "/", deadline=Deadline(20))
        assert time.monotonic() - begun < 10
