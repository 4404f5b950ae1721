"""Files that run an installation: units of systemd, an image, and server blocks with TLS.

They are the templates of the folder `files`, in which `@name@` stands for what differs.
"""

from __future__ import annotations

import ipaddress
import json
import re
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from os.path import normpath
from pathlib import Path

from searchapp.errors import BadSetting
from searchapp.settings import CLUSTER_CREDENTIALS, Settings, variable
from searchapp.translation import N_

PARTS = {
    "systemd": (
        "searchapp.service",
        "searchapp-update.service",
        "searchapp-update.timer",
        "searchapp.sysusers",
        "searchapp.tmpfiles",
    ),
    "container": ("Containerfile", "compose.yaml"),
    "nginx": ("nginx.conf",),
    "caddy": ("Caddyfile",),
}
"""The files of each part, by the name of its option."""

CONTAINER_FOLDER = Path("/srv/searchapp")
"""Where the image has the folder of the installation, which it only reads."""
CONTAINER_DATA = Path("/var/lib/searchapp")
"""Where it has all that it writes to."""

_PLACEHOLDER = re.compile(r"@(\w+)@")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?)+", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Deployment:
    """An installation to be run.

    folder: where its settings file lies. settings: what that says. user: of the operating system,
    who runs it. domain: the name under which readers reach it.
    """

    folder: Path
    settings: Settings
    user: str = "searchapp"
    domain: str = "suche.example.org"

    def text(self, name: str) -> str:
        """One of the files of PARTS. Raises BadSetting for what cannot be written into it."""
        for option, value, pattern in (
            ("--user", self.user, _USER),
            ("--domain", self.domain, _DOMAIN),
        ):
            if not pattern.fullmatch(value):
                raise BadSetting(
                    N_("%(value)r is no such name", value=value),
                    where=option,
                    remedy=N_("use another"),
                )
        return _filled(name, self._values())

    def _values(self) -> dict[str, str]:
        folder, index = self.folder.resolve(), self.settings.index.resolve()
        command = Path(sys.executable).with_name("searchapp")
        host = self.settings.host
        return {
            "folder": _path(folder),
            "index": _quoted(_path(index)),
            "writable": " ".join(_quoted(_path(each)) for each in self._written(index)),
            "own_folders": self._own_folders(index),
            "command": _quoted(_path(command).replace("$", "$$")),
            "user": self.user,
            "domain": self.domain,
            "port": str(self.settings.port),
            "upstream": _upstream(host, self.settings.port),
            "ports": _indented(self._ports()),
            "environment": _indented(self._container_variables()),
            "mounts": _indented(self._mounts()),
            "home": self._home(folder, index, command),
            "addresses": self._addresses(),
            "network": self._network(),
            "credentials": _CREDENTIALS if self.settings.is_on_cluster else "",
        }

    def _written(self, index: Path) -> list[Path]:
        """The folders that the server writes to."""
        store = self.settings.query_store
        folder = store.resolve().parent if store else index
        return [index] if folder.is_relative_to(index) else [index, folder]

    def _ports(self) -> list[str]:
        """What of the container this machine reaches."""
        ports = [f"- {_yaml(f'127.0.0.1:{self.settings.port}:8000')}"]
        if self.settings.metrics_listen:
            host, _, port = self.settings.metrics_listen.rpartition(":")
            ports.append(f"- {_yaml(f'{host}:{port}:{port}')}")
        return ports

    def _container_variables(self) -> list[str]:
        """Variables for what is another in the container than the settings say."""
        settings = self.settings
        # The published port is for a proxy.
        variables = {"trusted_proxies": str(settings.trusted_proxies or 1)}
        if settings.metrics_listen:
            port = settings.metrics_listen.rpartition(":")[2]
            variables["metrics_listen"] = f"0.0.0.0:{port}"
        if settings.query_store:
            variables["query_store"] = str(CONTAINER_DATA / settings.query_store.name)
        lines = [f"{variable(name)}: {_yaml(value)}" for name, value in variables.items()]
        if settings.is_on_cluster:
            lines += [f"{name}: ${{{name}:-}}" for name in CLUSTER_CREDENTIALS]
        return lines

    def _mounts(self) -> list[str]:
        """The volume, the folder, and what the settings name outside of it, where they say."""
        settings, folder = self.settings, self.folder.absolute()
        named = [settings.exceptions, settings.tag_descriptions, settings.opensearch_ca]
        named += [*settings.seeds, settings.site and settings.site.parent]
        lines = [f"- data:{CONTAINER_DATA}", f"- .:{CONTAINER_FOLDER}:ro"]
        for path in dict.fromkeys(each.absolute() for each in named if each):
            target = path
            if path.is_relative_to(folder):
                target = Path(normpath(CONTAINER_FOLDER / path.relative_to(folder)))
            if not target.is_relative_to(CONTAINER_FOLDER):
                lines += [
                    "- type: bind",
                    f"  source: {_yaml(_checked(normpath(path)))}",
                    f"  target: {_yaml(_checked(str(target)))}",
                    "  read_only: true",
                ]
        return lines

    def _own_folders(self, index: Path) -> str:
        """The lines that make the folders which the server writes to.

        One that is not the index may be another's, too: it keeps its owner if it is there.
        """
        lines = []
        for path in self._written(index):
            sign = "" if path == index else ":"
            lines.append(
                f"d {_quoted(_path(path))} {sign}0750 {sign}{self.user} {sign}{self.user} -"
            )
        return "\n".join(lines)

    def _home(self, *paths: Path) -> str:
        """What of /home the units may see: nothing, unless something of ours lies there."""
        ours = [*paths, *(path.resolve() for path in self.settings.seeds)]
        ours += [Path(sys.executable).resolve(), Path(__file__)]
        homes = [Path("/home"), Path("/root"), Path("/run/user")]
        return (
            "read-only" if any(path.is_relative_to(at) for path in ours for at in homes) else "yes"
        )

    def _addresses(self) -> str:
        """Who may talk to the server: the machine itself, if it listens there only."""
        listening = [self.settings.host]
        if self.settings.metrics_listen:
            listening.append(self.settings.metrics_listen.rpartition(":")[0])
        if self.settings.is_on_cluster:
            return "# It asks a cluster; IPAddressAllow= can say which addresses it may talk to.\n"
        if all(is_loopback(host) for host in listening):
            return "IPAddressAllow=localhost\nIPAddressDeny=any\n"
        return "# It listens to other machines, too; IPAddressAllow= can say to which.\n"

    def _network(self) -> str:
        """What of the network an update may use."""
        if self.settings.is_on_cluster:
            return "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
        return (
            "# It needs no network at all.\n"
            "PrivateNetwork=yes\nRestrictAddressFamilies=AF_UNIX\nIPAddressDeny=any\n"
        )


_CREDENTIALS = """\
# Lines such as SEARCHAPP_OPENSEARCH_USER=name, in a file that only root may read.
EnvironmentFile=-/etc/searchapp.env
"""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _upstream(host: str, port: int) -> str:
    """Where a proxy on the same machine reaches the server."""
    if host in ("0.0.0.0", "::", ""):
        host = "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host.strip("[]") and host[0] != "[" else f"{host}:{port}"


def _path(path: Path) -> str:
    """A path in a unit of systemd."""
    return _checked(str(path)).replace("%", "%%")


def _checked(path: str) -> str:
    """The same path. Raises BadSetting."""
    if _ODD.search(path):
        raise BadSetting(
            N_("the path cannot stand in a unit"), where=repr(path), remedy=N_("rename it")
        )
    return path


def _yaml(text: str) -> str:
    """A text in a compose file, which would put variables in the place of a dollar sign."""
    return json.dumps(text, ensure_ascii=False).replace("$", "$$")


def _indented(lines: list[str]) -> str:
    """Lines of a list or mapping of a service."""
    return textwrap.indent("\n".join(lines), " " * 6)


def _quoted(path: str) -> str:
    """A path as a word of systemd.syntax(7)."""
    if not re.search(r"[\s\"'\\;]", path):
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _filled(name: str, values: Mapping[str, str]) -> str:
    folder = files("searchapp.installation") / "files"
    text = (folder / name).read_text("utf-8")
    text = text.replace("@hardening@", (folder / "hardening.conf").read_text("utf-8").rstrip())
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
