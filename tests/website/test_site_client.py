"""One answer, from the machine that was checked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from searchapp.website import network_guard
from searchapp.website.network_guard import NetworkGuard
from searchapp.website.page_address import page_address
from searchapp.website.site_client import NoAnswer, SiteClient
from tests.website.small_site import Reply, Site, Visit

Ask = Callable[[str], bytes]


@pytest.fixture
def client(site: Site) -> Iterator[SiteClient]:
    """A client that may ask the site."""
    guard = NetworkGuard.naming([site.url])
    with closing(SiteClient(guard, "test", timeout_s=5)) as client:
        yield client


def test_the_connection_is_kept_and_made_anew(site: Site, client: SiteClient) -> None:
    """Also by a server that closes it without a word."""
    ports: list[int] = []

    def page(visit: Visit) -> None:
        ports.append(visit.client_address[1])
        visit.answer(Reply("x"))
        visit.close_connection = len(ports) == 3

    site.pages["/"] = page
    for _ in range(5):
        assert client.get(f"{site.url}/", max_bytes=9).body == b"x"
    assert len(set(ports)) == 2


def test_no_more_is_read_than_was_asked_for(site: Site, client: SiteClient) -> None:
    """The rest is not waited for."""
    site.pages["/"] = Reply("abcdef")
    answer = client.get(f"{site.url}/", max_bytes=3)
    assert (answer.body, answer.is_cut) == (b"abc", True)
    answer = client.get(f"{site.url}/", max_bytes=6)
    assert (answer.body, answer.is_cut) == (b"abcdef", False)
    answer = client.get(f"{site.url}/", max_bytes=6, is_wanted=lambda _: False)
    assert (answer.body, answer.status) == (b"", 200)


def test_other_hosts_are_not_asked(site: Site, client: SiteClient) -> None:
    """A port of the same machine that was not named is another host."""
    with pytest.raises(NoAnswer, match="none of the hosts that were named"):
        client.get(f"http://127.0.0.1:{site.server_port + 1}/", max_bytes=9)


def test_nobody_there_is_told() -> None:
    """As what may pass."""
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with closing(SiteClient(NetworkGuard.naming([url]), "test", timeout_s=5)) as client:
        with pytest.raises(NoAnswer, match=r"cannot be reached \(Connection refused\)") as caught:
            client.get(f"{url}/", max_bytes=9)
        assert caught.value.is_passing


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means a public address when it is checked, and this machine afterwards.

    The real look-up is replaced, since no name here does that.
    """
    real = socket.getaddrinfo
    looked_up: list[str] = []

    def rebinding(host: str, *args: object, **kwargs: object) -> object:
        if host != "rebind.example":
            return real(host, *args, **kwargs)  # type: ignore[arg-type]
        looked_up.append(host)
        found = "192.0.2.1" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, site.server_port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    # A documentation address stands for a public one: nobody answers there.
    monkeypatch.setattr(network_guard, "is_public", lambda ip: str(ip) == "192.0.2.1")
    address = page_address(f"http://rebind.example:{site.server_port}/")
    assert address is not None
    with closing(SiteClient(NetworkGuard.naming([address]), "test", timeout_s=0.5)) as client:
        with pytest.raises(NoAnswer, match=r"in time|cannot be reached"):
            client.get(address, max_bytes=9)
        with pytest.raises(NoAnswer, match=r"is at 127\.0\.0\.1, which is no public address"):
            client.get(address, max_bytes=9)
    assert site.asked == []


@pytest.mark.parametrize("is_trusted", [True, False])
def test_certificates_are_checked_by_name(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_trusted: bool
) -> None:
    """Though the connection goes to an address; one of a stranger is told, not tried again."""
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server_side)
    site.socket = server_side.wrap_socket(site.socket, server_side=True)
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    site.pages["/"] = Reply("sicher")
    port = site.server_port
    guard = NetworkGuard.naming([f"https://localhost:{port}/", f"https://127.0.0.1:{port}/"])
    with closing(SiteClient(guard, "test", timeout_s=5)) as client:
        if is_trusted:
            assert client.get(f"https://localhost:{port}/", max_bytes=9).body == b"sicher"
        name = "127.0.0.1" if is_trusted else "localhost"
        with pytest.raises(NoAnswer, match="has no valid certificate") as caught:
            client.get(f"https://{name}:{port}/", max_bytes=9)
        assert not caught.value.is_passing
