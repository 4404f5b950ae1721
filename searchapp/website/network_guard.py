"""Which machines may be asked: the hosts that were named, at addresses of the public network.

A name is looked up once, each address that it has is checked, and the connection goes to one of
those that passed, so that a name which means another machine a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from searchapp.errors import system_reason
from searchapp.translation import N_, Message
from searchapp.website.page_address import Origin, origin_of

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10"))
)
"""Beyond what `ipaddress` of all supported versions of Python knows (IANA's special registries)."""


class HostRefused(Exception):
    """A host that is not named, cannot be found, or has no address that may be asked."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class NetworkGuard:
    """hosts: the (host, port) that may be asked. allow_private: at whatever address they are."""

    hosts: frozenset[tuple[str, int]]
    allow_private: bool = False

    @classmethod
    def naming(cls, addresses: Iterable[str], *, allow_private: bool = False) -> NetworkGuard:
        """A guard that lets through the hosts of some addresses.

        At the port that stands in the address; where none does, at those of http and https.
        """
        hosts = set()
        for origin in map(origin_of, addresses):
            ports = (80, 443) if origin.netloc == origin.host else (origin.port,)
            hosts |= {(origin.host, port) for port in ports}
        return cls(frozenset(hosts), allow_private)

    def names(self, origin: Origin) -> bool:
        """Whether the host was named."""
        return (origin.host, origin.port) in self.hosts

    def addresses(self, origin: Origin) -> list[str]:
        """The IP addresses to which a connection may go, at least one. Raises HostRefused."""
        if not self.names(origin):
            raise HostRefused(
                N_("%(netloc)s is none of the hosts that were named", netloc=origin.netloc)
            )
        host = origin.host.strip("[]")
        try:
            found = socket.getaddrinfo(host, origin.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reason = system_reason(error)
            raise HostRefused(
                N_("%(host)s cannot be found (%(reason)s)", host=host, reason=reason)
            ) from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        allowed = [each for each in addresses if self.allow_private or _may_be(host, each)]
        if not allowed:
            raise HostRefused(
                N_(
                    "%(host)s is at %(addresses)s, which is no public address",
                    host=host,
                    addresses=addresses[0],
                )
            )
        return allowed


def _may_be(host: str, address: str) -> bool:
    """Whether a host may be at an address: a public one, or the very one that was named."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    try:
        return ipaddress.ip_address(host) == ip
    except ValueError:
        return ip.is_loopback if host == "localhost" else is_public(ip)


def is_public(ip: _Address) -> bool:
    """Whether an address is one of the public network, also that of IPv4 inside of IPv6."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    special = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local
    return ip.is_global and not special and not any(ip in network for network in _NOT_PUBLIC)
