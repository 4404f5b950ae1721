"""No request goes where it should not."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from searchapp.website.network_guard import HostRefused, NetworkGuard, is_public
from searchapp.website.page_address import origin_of

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]
NOT_PUBLIC = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_is_public(address: str) -> None:
    """Private, of this machine or link, shared, reserved, and these inside of IPv6."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001"])
def test_other_spellings_of_this_machine_are_no_way_in(host: str) -> None:
    """The address that is connected to counts, however it is written."""
    guard = NetworkGuard.naming([f"http://{host}/"])
    with pytest.raises(HostRefused, match=r"no public address|cannot be found"):
        guard.addresses(origin_of(f"http://{host}/"))


def test_what_is_named_by_its_address_may_be_private() -> None:
    """And localhost is this machine; any host with --allow-private."""
    guard = NetworkGuard.naming(["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"])
    assert guard.addresses(origin_of("http://127.0.0.1:8080/")) == ["127.0.0.1"]
    assert set(guard.addresses(origin_of("http://localhost/"))) <= {"127.0.0.1", "::1"}
    assert guard.addresses(origin_of("http://[::1]/")) == ["::1"]


def test_only_named_hosts_and_ports_are_asked() -> None:
    """Without a port those of http and https, with one just that."""
    guard = NetworkGuard.naming(["https://example.org/", "http://127.0.0.1:8080/"])
    for address, is_named in (
        ("http://example.org/x", True),
        ("https://example.org/x", True),
        ("https://example.org:8443/x", False),
        ("https://www.example.org/x", False),
        ("http://127.0.0.1:8080/", True),
        ("http://127.0.0.1/", False),
        ("http://127.0.0.2:8080/", False),
    ):
        assert guard.names(origin_of(address)) == is_named, address
        if not is_named:
            with pytest.raises(HostRefused, match="none of the hosts that were named"):
                guard.addresses(origin_of(address))


def test_a_name_that_means_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several addresses only the public ones are used."""
    answers = ["192.168.0.7"]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (each, 80)) for each in answers]
    )
    guard = NetworkGuard.naming(["http://intern.example/"])
    origin = origin_of("http://intern.example/")
    with pytest.raises(HostRefused, match=r"intern\.example is at 192\.168\.0\.7"):
        guard.addresses(origin)
    answers.append("93.184.215.14")
    assert guard.addresses(origin) == ["93.184.215.14"]
    allowed = NetworkGuard.naming(["http://intern.example/"], allow_private=True)
    assert allowed.addresses(origin) == answers
