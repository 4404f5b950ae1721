"""Units, images and server blocks, read by the programs that they are for."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from searchapp.errors import BadSetting
from searchapp.installation.deployment import PARTS, Deployment, is_loopback
from searchapp.settings import CLUSTER_CREDENTIALS, Settings
from tests.conftest import served
from tests.programs import program

TIMEOUT_S = 60
UNITS = [name for name in PARTS["systemd"] if name.endswith((".service", ".timer"))]
MOST_EXPOSED = {"searchapp.service": 1.5, "searchapp-update.service": 1.0}
"""Of 10: what `systemd-analyze security` says at most."""


def at(folder: Path, **changes: object) -> Deployment:
    """An installation in a folder, with paths in it as its settings file would have them."""
    settings = Settings(seeds=(folder / "seeds",), index=folder / "index").changed(**changes)
    return Deployment(folder, settings)


def write(folder: Path, deployment: Deployment, part: str) -> None:
    for name in PARTS[part]:
        (folder / name).write_text(deployment.text(name), "utf-8")


@pytest.mark.parametrize("name", ["archiv", "Mein Archiv; 100 %", 'a "b" \\c'])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    """Without a word, also where the path of the folder has signs that mean something to it."""
    program("systemd-analyze", package="systemd")
    folder = tmp_path / name
    folder.mkdir()
    write(tmp_path, at(folder), "systemd")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{unit}" for unit in UNITS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "searchapp" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", MOST_EXPOSED)
def test_the_services_can_do_little(unit: str, tmp_path: Path) -> None:
    """As systemd rates them."""
    program("systemd-analyze", package="systemd")
    write(tmp_path, at(tmp_path), "systemd")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"./{unit}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    (score,) = re.findall(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(score) <= MOST_EXPOSED[unit]


def test_the_units_follow_the_settings(tmp_path: Path) -> None:
    """Where the server listens, and what it writes to."""
    unit = at(tmp_path).text("searchapp.service")
    assert f"ReadWritePaths={tmp_path}/index\n" in unit
    assert "IPAddressDeny=any" in unit
    assert "ProtectSystem=strict" in unit
    store = tmp_path / "asked" / "queries.sqlite"
    unit = at(tmp_path, host="0.0.0.0", query_store=store).text("searchapp.service")
    assert f"ReadWritePaths={tmp_path}/index {tmp_path}/asked\n" in unit
    # A folder that may be another's keeps its owner.
    made = at(tmp_path, query_store=store).text("searchapp.tmpfiles").splitlines()[1:]
    assert made == [
        f"d {tmp_path}/index 0750 searchapp searchapp -",
        f"d {tmp_path}/asked :0750 :searchapp :searchapp -",
    ]
    assert "\nIPAddressDeny" not in unit
    unit = at(tmp_path, metrics_listen="192.0.2.1:9100").text("searchapp.service")
    assert "\nIPAddressDeny" not in unit
    assert at(Path("/home/eva/archiv")).text("searchapp.service").count("ProtectHome=read-only")


def test_units_and_container_reach_a_cluster(tmp_path: Path) -> None:
    """With its credentials, which stand in none of the files; the others reach nothing."""
    ca = tmp_path.parent / "ca.pem"
    deployment = at(tmp_path, engine="https://a.example:9200", opensearch_ca=ca)
    for unit in ("searchapp.service", "searchapp-update.service"):
        text = deployment.text(unit)
        assert "\nEnvironmentFile=-/etc/searchapp.env\n" in text
        assert "\nRestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n" in text
        assert "\nIPAddressDeny" not in text
        assert "PrivateNetwork" not in text
        assert "EnvironmentFile" not in at(tmp_path).text(unit)
    assert "\nPrivateNetwork=yes\n" in at(tmp_path).text("searchapp-update.service")
    service = composed(deployment)
    for name in CLUSTER_CREDENTIALS:
        assert service["environment"][name] == f"${{{name}:-}}"
        assert name not in composed(at(tmp_path))["environment"]
    assert str(ca) in [each["source"] for each in service["volumes"] if isinstance(each, dict)]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_addresses_of_the_machine_itself_are_known(host: str) -> None:
    """Whichever way they are written."""
    assert is_loopback(host)
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("example.org")


@pytest.mark.parametrize(
    ("user", "domain"),
    [("a\nUser=root", "a.example"), ("Root", "a.example"), ("a", "a; }"), ("a", ""), ("a", "ä.de")],
)
def test_nothing_odd_gets_into_a_file(user: str, domain: str, tmp_path: Path) -> None:
    """Names are refused that would be more than a name."""
    deployment = Deployment(tmp_path, Settings(), user, domain)
    with pytest.raises(BadSetting, match=r"--(user|domain): "):
        deployment.text("nginx.conf")
    with pytest.raises(BadSetting, match="cannot stand in a unit"):
        at(tmp_path / "a\nb").text("searchapp.service")


def test_the_image_is_run_by_nobody_special(tmp_path: Path) -> None:
    """The user, the health check and the volume; the compose file lets nothing else be written."""
    deployment = at(tmp_path, port=8123)
    lines = deployment.text("Containerfile").splitlines()
    assert "USER 10001:10001" in lines
    assert "VOLUME /var/lib/searchapp" in lines
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    service = composed(deployment)
    assert service["ports"] == ["127.0.0.1:8123:8000"]
    assert service["environment"] == {"SEARCHAPP_TRUSTED_PROXIES": "1"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["data:/var/lib/searchapp", ".:/srv/searchapp:ro"]


def composed(deployment: Deployment) -> dict[str, Any]:
    """The service of the compose file."""
    (service,) = yaml.safe_load(deployment.text("compose.yaml"))["services"].values()
    return dict(service)


def test_the_container_has_what_the_settings_name(tmp_path: Path) -> None:
    """Where they say, also outside of the folder; what is written goes to the volume."""
    folder = tmp_path / "archiv"
    service = composed(
        at(
            folder,
            seeds=(folder / "hefte", folder / "../nebenan", Path("/daten/Mein $Archiv: 2")),
            exceptions=folder / "ausnahmen.txt",
            site=Path("/etc/archiv/site.toml"),
            query_store=Path("/var/lib/archiv/fragen.sqlite"),
            metrics_listen="127.0.0.1:9100",
            trusted_proxies=2,
        )
    )
    mounted = {
        each["source"]: each["target"] for each in service["volumes"] if isinstance(each, dict)
    }
    assert mounted == {
        f"{tmp_path}/nebenan": "/srv/nebenan",
        "/daten/Mein $$Archiv: 2": "/daten/Mein $$Archiv: 2",
        "/etc/archiv": "/etc/archiv",
    }
    assert all(each["read_only"] for each in service["volumes"] if isinstance(each, dict))
    assert service["environment"] == {
        "SEARCHAPP_TRUSTED_PROXIES": "2",
        "SEARCHAPP_METRICS_LISTEN": "0.0.0.0:9100",
        "SEARCHAPP_QUERY_STORE": "/var/lib/searchapp/fragen.sqlite",
    }
    assert service["ports"] == ["127.0.0.1:8000:8000", "127.0.0.1:9100:9100"]


def test_the_templates_are_in_the_package() -> None:
    """A wheel has them, too."""
    data = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert data["tool"]["setuptools"]["package-data"]["searchapp.installation"] == ["files/**"]


@pytest.fixture(params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings
) -> Iterator[tuple[str, ssl.SSLContext]]:
    """A server behind a proxy with our block: the address, and how to trust its certificate."""
    name: str = request.param
    program(name, package="nginx-light" if name == "nginx" else name)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("", 0)) as other:
        port, plain_port = free.getsockname()[1], other.getsockname()[1]
    variables = {"TRUSTED_PROXIES": "1", "RATE_LIMIT": "3 per hour"}
    with served(settings, tmp_path, **variables) as address:
        deployment = at(tmp_path, port=int(address.rpartition(":")[2]))
        if name == "nginx":
            command = _set_up_nginx(tmp_path, deployment.text("nginx.conf"), port, plain_port)
        else:
            command = _set_up_caddy(tmp_path, deployment.text("Caddyfile"), port)
        environ = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        with subprocess.Popen(command, cwd=tmp_path, env=environ) as proxy:
            try:
                context = ssl.create_default_context()
                authority.configure_trust(context)
                _await(port)
                yield f"https://localhost:{port}", context
            finally:
                proxy.terminate()


def _set_up_nginx(folder: Path, block: str, port: int, plain_port: int) -> list[str]:
    """The command that runs it, which has found nothing wrong with the block."""
    block = block.replace("/etc/letsencrypt/live/suche.example.org/fullchain", "cert")
    block = block.replace("/etc/letsencrypt/live/suche.example.org/privkey", "key")
    block = re.sub(r"listen \[.*\n", "", block)
    block = block.replace("listen 443", f"listen 127.0.0.1:{port}")
    block = block.replace("listen 80", f"listen 127.0.0.1:{plain_port}")
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\n"
        f"events {{ }}\nhttp {{ access_log off;\n{block}\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    subprocess.run([*command, "-t"], check=True, timeout=TIMEOUT_S)
    return command


def _set_up_caddy(folder: Path, block: str, port: int) -> list[str]:
    """The command that runs it, which has found nothing wrong with the block."""
    assert "suche.example.org {\n" in block
    block = block.replace(
        "suche.example.org {\n",
        f"https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls cert.pem key.pem\n",
    )
    text = f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{block}"
    (folder / "Caddyfile").write_text(text)
    options = ["--config", "Caddyfile", "--adapter", "caddyfile"]
    subprocess.run(["caddy", "validate", *options], check=True, cwd=folder, timeout=TIMEOUT_S)
    return ["caddy", "run", *options]


def _await(port: int) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the proxy does not listen")


def test_a_proxy_serves_with_our_block(proxied: tuple[str, ssl.SSLContext]) -> None:
    """By HTTPS only; nobody gets a limit of their own by a header; figures are not shown."""
    address, context = proxied
    statuses = []
    for number in range(5):
        request = urllib.request.Request(
            f"{address}/search?q=Stahl", headers={"X-Forwarded-For": f"203.0.113.{number}"}
        )
        try:
            with urllib.request.urlopen(request, context=context, timeout=TIMEOUT_S) as answer:
                statuses.append(answer.status)
                assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
                assert answer.headers["Content-Security-Policy"]
                assert "<mark>Stahl" in answer.read().decode()
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()
    assert statuses == [200, 200, 200, 429, 429]
    with (
        pytest.raises(urllib.error.HTTPError, match="404") as caught,
        urllib.request.urlopen(f"{address}/metrics", context=context, timeout=TIMEOUT_S),
    ):
        pass
    caught.value.close()
