"""The application as Flask's own command finds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.settings import ENV_PREFIX, Settings
from searchapp.web import create_app


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with an application of its own, `site_of_steel`, and a seed."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Ein Artikel über Stahl.\n")
    (tmp_path / "site_of_steel.py").write_text(
        "from pathlib import Path\n"
        "from searchapp.settings import Settings\n"
        "from searchapp.web import create_app\n"
        "app = create_app(Settings(seeds=(Path('seeds'),), index=Path('its_index'), workers=1))\n"
    )
    return tmp_path


def run_flask(
    *args: str, app: str, folder: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run Flask's command in a process of its own, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", app, *args],
        cwd=folder,
        env={**os.environ, ENV_PREFIX + "WORKERS": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_flask_rebuilds_the_index(project: Path) -> None:
    """`flask --app searchapp.web rebuild` does what `searchapp rebuild` does."""
    done = run_flask("rebuild", app="searchapp.web", folder=project, SEARCHAPP_INDEX="by_variable")
    assert done.returncode == 0, done.stderr
    assert "1 article in" in done.stdout
    assert (project / "by_variable" / "CURRENT").is_file()


def test_flask_rebuilds_with_the_settings_of_the_application(project: Path) -> None:
    """Not with those of the environment; an option changes them."""
    for args, index in (((), "its_index"), (("--index", "by_option"), "by_option")):
        done = run_flask(
            "rebuild", *args, app="site_of_steel", folder=project, SEARCHAPP_INDEX="by_variable"
        )
        assert done.returncode == 0, done.stderr
        assert (project / index / "CURRENT").is_file()
    assert not (project / "by_variable").exists()


@pytest.mark.parametrize("options", [[], ["--strict"]])
def test_a_failed_rebuild_is_one_sentence(project: Path, options: list[str]) -> None:
    """Exit status 1, no stack trace."""
    arguments = ["rebuild", "--seeds", "nichts", *options]
    done = run_flask(*arguments, app="site_of_steel", folder=project)
    assert done.returncode == 1
    assert "nichts: there is no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_application_can_be_made_before_its_index(project: Path, settings: Settings) -> None:
    """The index is opened by the first request, and again after the service was closed."""
    app = create_app(Settings(index=project / "index"))
    assert app.test_client().get("/readyz").status_code == 503
    app = create_app(settings)
    for _ in range(2):
        assert app.test_client().get("/readyz").status_code == 200
        app.extensions["searchapp"].close()


def test_a_wrong_setting_is_found_when_the_application_is_made() -> None:
    """And not by its first reader."""
    with pytest.raises(BadSetting, match="there is no engine 'lupe'"):
        create_app(Settings(engine="lupe"))
