"""The README's commands for backup and restore, carried out under a running server."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from searchapp.errors import IndexLocked
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from tests.commands.running import SCRIPT, TIMEOUT_S, write_articles
from tests.conftest import served

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
BACKUP, RESTORE = re.findall(
    r"```sh\n(.*?)```", README.partition("### Backup and restore")[2].partition("###")[0], re.DOTALL
)


def carry_out(commands: str, folder: Path) -> None:
    """Run a block of the README, as it stands, in another folder."""
    commands = commands.replace("/srv/searchapp", str(folder))
    commands = commands.replace("runuser -u searchapp -- ", "")  # Here all is one user's.
    commands = commands.replace(".venv/bin/searchapp", str(SCRIPT))
    subprocess.run(["sh", "-e", "-c", commands], check=True, timeout=TIMEOUT_S)


def articles(address: str) -> int:
    with urllib.request.urlopen(f"{address}/api/v1/search?q=Stahl", timeout=TIMEOUT_S) as answer:
        return int(json.load(answer)["total"])


def test_an_index_is_saved_and_restored_under_a_running_server(tmp_path: Path) -> None:
    """Its answers are those of the backup, then those of the articles as they are by now."""
    settings = Settings(seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1)
    (tmp_path / "searchapp.toml").write_text("workers = 1\n")
    write_articles(tmp_path / "seeds", 3)
    rebuild(settings)
    (tmp_path / "server").mkdir()
    with served(settings, tmp_path / "server") as address:
        assert articles(address) == 3
        carry_out(BACKUP, tmp_path)
        write_articles(tmp_path / "seeds", 1)
        rebuild(settings)
        _await(address, 1)
        *until_restored, update = RESTORE.strip().splitlines()
        assert update.endswith(" update")
        carry_out("\n".join(until_restored), tmp_path)
        _await(address, 3)
        carry_out(f"cd /srv/searchapp\n{update}", tmp_path)
        _await(address, 1)


def test_nothing_is_written_while_a_backup_is_made(tmp_path: Path) -> None:
    """A writer is told that another one is at work, and changes nothing."""
    settings = Settings(seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1)
    write_articles(tmp_path / "seeds", 1)
    rebuild(settings)
    command = ["flock", "index/.lock", "sh", "-c", "echo locked; read _"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(IndexLocked):
            rebuild(settings)
        holder.communicate(b"\n", timeout=TIMEOUT_S)
    rebuild(settings)


def _await(address: str, count: int) -> None:
    """Wait until the server answers with so many articles."""
    deadline = time.monotonic() + TIMEOUT_S
    while articles(address) != count:
        assert time.monotonic() < deadline
        time.sleep(0.1)
