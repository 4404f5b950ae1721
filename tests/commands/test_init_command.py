"""`searchapp init`, and commands with the file that it writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searchapp.installation.deployment import PARTS
from searchapp.settings import FILE_VARIABLE
from tests.commands.running import invoke, invoke_json, write_articles


def test_init_writes_settings_that_change_nothing(tmp_path: Path) -> None:
    """And that commands in the folder read."""
    write_articles(tmp_path / "seeds", 2)
    assert invoke("init").stdout == "searchapp.toml is written\n"
    assert invoke_json("rebuild")["articles"] == 2
    path = tmp_path / "searchapp.toml"
    path.write_text(
        path.read_text("utf-8").replace("# max_query_words = 32", "max_query_words = 1")
    )
    assert "more than the 1 that" in invoke("search", "zwei Wörter", status=1).stderr
    path.write_text('engine = "x"\n')
    assert "searchapp.toml:1: engine: " in invoke("info", status=2).stderr
    assert "searchapp.toml" not in invoke("info", "--engine", "y", status=2).stderr


def test_a_file_elsewhere_is_named_and_its_folder_is_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the option or the variable; a command leaves the environment as it was."""
    home = tmp_path / "archiv"
    home.mkdir()
    write_articles(home / "seeds", 2)
    invoke("init", home)
    file = home / "searchapp.toml"
    assert invoke_json("rebuild", "--settings", file)["articles"] == 2
    assert FILE_VARIABLE not in os.environ
    assert (home / "index" / "CURRENT").exists()
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    assert invoke_json("info")["articles"] == 2
    assert "cannot be read" in invoke("info", "--settings", "none.toml", status=2).stderr


def test_what_is_there_stays(tmp_path: Path) -> None:
    """Unless --force says else, and then the settings do if other files are asked for."""
    settings = tmp_path / "searchapp.toml"
    settings.write_text("port = 8123\n")
    assert "is there already, and stays as it is" in invoke("init").stdout
    invoke("init", "--systemd", "--container", "--nginx", "--caddy", "--domain", "a.example")
    names = {name for part in PARTS.values() for name in part}
    assert {each.name for each in tmp_path.iterdir()} == {*names, "searchapp.toml"}
    assert "proxy_pass http://127.0.0.1:8123;" in (tmp_path / "nginx.conf").read_text()
    settings.write_text("port = 8124\n")
    said = invoke("init", "--nginx").stdout
    assert "nginx.conf is there already" in said
    assert "8123" in (tmp_path / "nginx.conf").read_text()
    invoke("init", "--nginx", "--force")
    assert "8124" in (tmp_path / "nginx.conf").read_text()
    assert settings.read_text() == "port = 8124\n"
    invoke("init", "--force")
    assert settings.read_text().startswith("# Settings of searchapp")


def test_what_is_left_to_do_can_be_copied(tmp_path: Path) -> None:
    """Commands have whole paths; what a proxy needs is told until it is set."""
    said = invoke("init", "--systemd", "--nginx").stdout
    assert f" {tmp_path}/searchapp.service " in said
    assert "install -D " in said  # Not every system has all the folders.
    assert f"/searchapp doctor --settings {tmp_path}/searchapp.toml" in said
    assert "Set trusted_proxies = 1 in searchapp.toml" in said
    (tmp_path / "searchapp.toml").write_text("trusted_proxies = 1\n")
    assert "trusted_proxies" not in invoke("init", "--nginx", "--force").stdout
