"""`searchapp doctor` finds what is wrong with real installations, and nothing with a sound one."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild
from searchapp.installation import diagnosis
from searchapp.installation.diagnosis import BAD, ODD, SOUND, diagnose
from searchapp.last_run import FILE as LAST_RUN
from searchapp.settings import ENV_PREFIX, Settings
from tests.commands.running import SCRIPT, TIMEOUT_S
from tests.conftest import CORPUS, served
from tests.sources import edit_manifest


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(autouse=True)
def folder(
    seed_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> Path:
    """The folder of a sound installation, which is the working directory."""
    for name in [*os.environ]:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    (tmp_path / "seeds").symlink_to(CORPUS)
    shutil.copytree(seed_index, tmp_path / "index")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEARCHAPP_PORT", str(free_port))
    return tmp_path


def faults(subject: str) -> list[str]:
    """What is not sound of a subject, each as "severity: what; remedy"."""
    found = [each for each in diagnose() if each.subject == subject]
    assert found
    wrong = [each for each in found if each.severity != SOUND]
    assert all(each.step() for each in wrong)
    return [f"{each.severity}: {each.what()}; {each.step()}" for each in wrong]


def test_a_sound_installation_has_nothing_wrong() -> None:
    """But that tests may run as root; each subject is told."""
    found = list(diagnose())
    assert {each.severity for each in found if each.subject != "user"} == {SOUND}
    assert {each.subject for each in found} - {"user"} == {
        *("program", "settings", "sources", "index", "last run", "space", "temporary files"),
        *("memory", "open files", "clock", "locale", "proxy", "server", "log"),
    }
    assert all(each.what() for each in found)


def test_a_mistake_in_the_settings_is_told_with_its_line(folder: Path) -> None:
    """At once or when the server would find it; without settings nothing else is checked."""
    path = folder / "searchapp.toml"
    path.write_text('engine = "nothing"\n')
    (told,) = faults("settings")
    assert told.startswith("fault: searchapp.toml:1: engine: there is no engine 'nothing'; use ")
    path.write_text('\nrate_limit = "often"\n')
    (told,) = faults("settings")
    assert told.startswith("fault: searchapp.toml:2: rate_limit: 'often' is not a rate limit; ")
    path.write_text("treads = 3\n")
    assert faults("settings") == [
        "fault: searchapp.toml:1: treads: there is no such setting; did you mean threads?"
    ]
    assert [each.subject for each in diagnose()][-1] == "settings"


def test_a_secret_that_everybody_can_read_is_told(folder: Path) -> None:
    """By its name alone."""
    path = folder / "searchapp.toml"
    path.write_text('metrics_token = "0123456789abcdef"\n')
    path.chmod(0o644)
    (told,) = faults("settings")
    assert told.startswith(
        "look: everybody on this machine can read metrics_token in searchapp.toml"
    )
    assert "0123" not in told
    path.chmod(0o640)
    assert faults("settings") == []


def test_a_store_of_queries_without_a_folder_is_told_once(folder: Path) -> None:
    """The server would not start; that nothing could be counted is no news then."""
    (folder / "searchapp.toml").write_text('query_store = "asked/queries.sqlite"\n')
    (told,) = faults("settings")
    assert "asked/queries.sqlite: the store of queries cannot be used" in told
    assert faults("log") == []


def test_numbers_are_told_in_whole_sentences(folder: Path) -> None:
    """Also one and none."""

    def told(subject: str) -> list[str]:
        return [str(each.what()) for each in diagnose() if each.subject == subject]

    (folder / "searchapp.toml").write_text("trusted_proxies = 1\n")
    assert told("settings") == ["searchapp.toml names 1 setting; the others have their defaults"]
    assert told("proxy") == ["1 is trusted; the server listens on 127.0.0.1"]
    (folder / "searchapp.toml").write_text("")
    assert told("settings") == ["searchapp.toml names 0 settings; the others have their defaults"]
    assert told("proxy") == ["none is trusted (trusted_proxies); the server listens on 127.0.0.1"]


def test_sources_and_index_that_are_not_there_are_told(folder: Path) -> None:
    """A source is needed; the first index is built by whoever serves."""
    (folder / "seeds").unlink()
    shutil.rmtree(folder / "index")
    assert faults("sources")[0].startswith("fault: seeds: there is nothing here; ")
    assert faults("index")[0].startswith("look: index: there is no index yet; searchapp rebuild")


def test_an_index_that_cannot_be_used_is_told(folder: Path) -> None:
    """Damage, and the analysis of another version; both with the command that helps."""
    edit_manifest(GenerationStore(folder / "index").current(), fingerprint="other")
    assert "other" in faults("index")[0]
    assert faults("index")[0].endswith("; searchapp rebuild")
    (folder / "index" / "CURRENT").write_text("nonsense")
    assert "CURRENT" in faults("index")[0]
    assert "searchapp rebuild" in faults("index")[0]


def test_an_index_that_strangers_can_write_is_told(folder: Path) -> None:
    """It is trusted like code."""
    (folder / "index").chmod(0o777)
    (told,) = faults("index folder")
    assert told.startswith("fault: index: everybody")
    assert told.endswith("chmod o-w index")


def test_an_index_that_got_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting for it."""
    monkeypatch.setenv("SEARCHAPP_MAX_INDEX_AGE_H", "0.0000001")
    assert "up to date" in faults("index")[0]


def test_what_the_last_run_left_out_is_told(tmp_path: Path, folder: Path) -> None:
    """And one that failed."""
    sources = tmp_path / "other"
    sources.mkdir()
    (sources / "a.txt").write_text("Ein Satz.")
    (sources / "b.jsonl").write_text("{}\n")
    rebuild(Settings(seeds=(sources,), index=folder / "index", workers=1), accept_loss=True)
    assert faults("last run")[0].startswith("look: the last rebuild left out 1 articles")
    state = folder / "index" / LAST_RUN
    state.write_text(json.dumps(json.loads(state.read_text()) | {"error": "index_locked"}))
    assert "failed (index_locked)" in faults("last run")[0]


def test_a_clock_that_is_behind_is_told(folder: Path) -> None:
    """By a generation that was built later than now."""
    edit_manifest(GenerationStore(folder / "index").current(), built_at="2190-01-01T00:00:00+00:00")
    (told,) = faults("clock")
    assert GenerationStore(folder / "index").current_id() in told


@pytest.mark.parametrize(
    ("subject", "variables", "expected"),
    [
        ("memory", {"MEMORY_MB": "100000000"}, "look: a rebuild may take 100000000 MB"),
        ("proxy", {"RATE_LIMIT": "9 per minute"}, "look: with rate_limit set and trusted_proxies"),
        ("proxy", {"HOST": "0.0.0.0"}, "look: the host 0.0.0.0 is reached without a proxy"),
        (
            "proxy",
            {"HOST": "::", "TRUSTED_PROXIES": "1"},
            "look: a proxy is trusted to",
        ),
        ("server", {"HOST": "192.0.2.77"}, "fault: SEARCHAPP_"),
    ],
)
def test_settings_that_do_not_fit_the_machine_are_told(
    subject: str,
    variables: dict[str, str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With what to set instead."""
    for name, value in variables.items():
        monkeypatch.setenv(ENV_PREFIX + name, value)
    assert [told[: len(expected)] for told in faults(subject)] == [expected]


def test_a_disk_that_is_almost_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As all disks are for an index of a million gigabytes."""
    monkeypatch.setattr(diagnosis, "MIN_FREE_BYTES", 10**15)
    assert "MB are free where" in faults("space")[0]


@pytest.fixture
def stranger(free_port: int) -> Iterator[None]:
    """Another program's server on the port."""
    server = http.server.HTTPServer(("127.0.0.1", free_port), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("stranger")
def test_another_program_on_the_port_is_told() -> None:
    """It answers, but not as ours."""
    assert faults("server")[0].startswith("fault: another program answers on port")


def test_our_server_is_known(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And asked whether it is ready, also where it calls its index too old."""
    (tmp_path / "a").mkdir()
    with served(settings, tmp_path / "a") as address:
        monkeypatch.setenv("SEARCHAPP_PORT", address.rpartition(":")[2])
        assert faults("server") == []
    (tmp_path / "b").mkdir()
    with served(settings, tmp_path / "b", MAX_INDEX_AGE_H="0.0000001") as address:
        monkeypatch.setenv("SEARCHAPP_PORT", address.rpartition(":")[2])
        assert (
            "is not ready (index_not_current)" in faults("server")[0]
            or "too_old" in (faults("server")[0])
        )


def in_a_shell(line: str, folder: Path) -> tuple[int, list[dict[str, str]]]:
    """Exit status and findings of the real command, called after a line of the shell."""
    done = subprocess.run(
        ["sh", "-c", f'{line}; exec "$0" doctor --json', SCRIPT],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_limits_and_locale_of_the_process_are_told(folder: Path) -> None:
    """The command ends with 1 where something is in its way."""
    status, found = in_a_shell("ulimit -n 256; export LC_ALL=xx_YY.UTF-8", folder)
    told = {each["subject"]: each for each in found}
    assert told["open files"]["severity"] == BAD
    assert "LimitNOFILE" in told["open files"]["remedy"]
    assert told["locale"]["severity"] == ODD
    assert "LC_ALL=xx_YY.UTF-8" in told["locale"]["what"]
    assert status == 1


def test_the_exit_status_says_how_bad_it_is(folder: Path) -> None:
    """0, or 3 for what deserves a look, as root does."""
    status, found = in_a_shell("export SEARCHAPP_RATE_LIMIT='1 per day'", folder)
    assert (status, BAD in {each["severity"] for each in found}) == (3, False)
