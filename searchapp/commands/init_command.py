"""The command that writes what an installation needs: settings, units, an image, server blocks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from searchapp.commands.command import Command
from searchapp.commands.language import say
from searchapp.settings_file import FILE_NAME
from searchapp.translation import N_


@click.command(
    cls=Command,
    help=N_(
        "Write a file of all settings into FOLDER, and what runs an installation there.\n\n"
        "The file is searchapp.toml. What is commented out in it has its default. The other "
        "files follow the settings: write them anew with --force when these have changed. "
        "--force keeps searchapp.toml if something else is asked for, too. Without it files "
        "that are there stay as they are."
    ),
    reads_settings=False,
    examples="""\
searchapp init
searchapp init /srv/searchapp --systemd --nginx --domain suche.example.org
searchapp init --container""",
)
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@click.option("--systemd", is_flag=True, help=N_("Units: the server, and a timer for the update."))
@click.option("--container", is_flag=True, help=N_("Containerfile and compose.yaml."))
@click.option("--nginx", is_flag=True, help=N_("A server block with TLS for nginx."))
@click.option("--caddy", is_flag=True, help=N_("The same for Caddy."))
@click.option("--user", default="searchapp", show_default=True, help=N_("The user of the units."))
@click.option(
    "--domain",
    default="suche.example.org",
    show_default=True,
    help=N_("The name under which readers reach the page."),
)
@click.option("--force", is_flag=True, help=N_("Write files anew that are there already."))
def init(folder: Path, user: str, domain: str, force: bool, **parts: bool) -> None:
    from searchapp.installation.deployment import PARTS, Deployment
    from searchapp.installation.settings_text import settings_text
    from searchapp.settings import FILE_VARIABLE, Settings

    chosen = [part for part, is_chosen in parts.items() if is_chosen]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    _write(path, settings_text(), force=force and not chosen)
    settings = Settings.from_environ({**os.environ, FILE_VARIABLE: str(path)})
    deployment = Deployment(folder, settings, user, domain)
    texts = {name: deployment.text(name) for part in chosen for name in PARTS[part]}
    for name, text in texts.items():
        _write(folder / name, text, force=force)
    if "systemd" in chosen:
        click.echo("\n" + _steps(folder.resolve(), user, PARTS["systemd"]))
    if {"nginx", "caddy"} & {*chosen} and not settings.trusted_proxies:
        told = N_("Set trusted_proxies = 1 in %(path)s, for this proxy tells addresses.", path=path)
        click.echo("\n" + say(told))


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write a file, and say so. Raises OSError."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        click.echo(say(N_("%(path)s is there already, and stays as it is", path=path)))
    else:
        click.echo(say(N_("%(path)s is written", path=path)))


def _steps(folder: Path, user: str, names: tuple[str, ...]) -> str:
    """How the units are installed, as commands."""
    units = " ".join(str(folder / name) for name in names if name.endswith((".service", ".timer")))
    commands = f"""\
  install -D -m 644 {folder / "searchapp.sysusers"} /etc/sysusers.d/searchapp.conf
  install -D -m 644 {folder / "searchapp.tmpfiles"} /etc/tmpfiles.d/searchapp.conf
  systemd-sysusers && systemd-tmpfiles --create
  install -m 644 {units} /etc/systemd/system
  systemctl daemon-reload && systemctl enable --now searchapp.service searchapp-update.timer"""
    program = Path(sys.executable).with_name("searchapp")
    check = f"runuser -u {user} -- {program} doctor --settings {folder / FILE_NAME}"
    return "\n".join(
        (
            say(N_("As root:")),
            commands,
            say(N_("Then, to see whether all is well:")),
            f"  {check}",
        )
    )
