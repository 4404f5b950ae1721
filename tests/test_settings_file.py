"""Settings in a file: what it may say, what wins over it, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.settings import FILE_VARIABLE, Limits, Settings, place_of
from searchapp.settings_file import FILE_NAME


def written(folder: Path, text: str) -> dict[str, str]:
    """An environment that names a file with this text."""
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return {FILE_VARIABLE: str(path)}


def test_the_environment_wins_over_the_file_and_an_option_over_both(tmp_path: Path) -> None:
    """Each value as its type; an empty text says nothing, and paths begin at the file's folder."""
    environ = written(
        tmp_path,
        'seeds = ["a", "/srv/b.jsonl"]\nport = 81\nthreads = 2\nengine = ""\nlog_queries = true\n'
        'time_budget_s = 3\nexceptions = "own.txt"\nmax_per_page = 7\nmax_wildcards = 2\n',
    )
    environ |= {"SEARCHAPP_PORT": "82", "SEARCHAPP_THREADS": "3", "SEARCHAPP_MAX_WILDCARDS": "9"}
    settings = Settings.from_environ(environ, port=83)
    assert settings == Settings(
        seeds=(tmp_path / "a", Path("/srv/b.jsonl")),
        index=tmp_path / "index",
        port=83,
        threads=3,
        log_queries=True,
        time_budget_s=3.0,
        exceptions=tmp_path / "own.txt",
        limits=Limits(max_per_page=7, max_wildcards=9),
    )


def test_the_file_of_the_working_directory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is there, and no other is named; then paths are as short as they were."""
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environ({}) == Settings()
    Path(FILE_NAME).write_text('port = 81\nexceptions = "own.txt"\n')
    assert Settings.from_environ({}) == Settings(port=81, exceptions=Path("own.txt"))
    assert Settings.from_environ(written(tmp_path, "port = 82")).port == 82


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nport = 70000", ":2: port: 70000 is out of range; use 0 to 65535"),
        ("max_per_page = 0", ":1: max_per_page: 0 is out of range; use 1 or more"),
        ('port = "81"', ":1: port: the value is of another kind; use a whole number"),
        ("port = true", ":1: port: the value is of another kind; use a whole number"),
        ("port = 81.0", ":1: port: the value is of another kind; use a whole number"),
        ("log_queries = 1", ":1: log_queries: the value is of another kind; use true or false"),
        ("time_budget_s = nan", ":1: time_budget_s: nan is out of range; use above 0"),
        (f"time_budget_s = {'9' * 400}", ":1: time_budget_s: the number is too large"),
        ("seeds = [1]", ":1: seeds: the value is of another kind; use a list of texts"),
        ("index = 1", ":1: index: the value is of another kind; use a text in quotation marks"),
        ("# prot\nprot = 81", ":2: prot: there is no such setting; did you mean port?"),
        ("[limits]\nmax_per_page = 7", ":1: limits: there is no such setting"),
        ("ranking.title = 2", ":1: ranking: there is no such setting"),
        ("port = \n", "is no TOML (Invalid value (at line 1"),
        ("port = 1\nport = 2\n", "is no TOML (Cannot overwrite a value (at line 2"),
        ("seeds = " + "[" * 100_000, "is no TOML"),
        ("#" * 1_000_001, "has more than 1,000,000 bytes; make it smaller"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """And with what would be right."""
    environ = written(tmp_path, text)
    with pytest.raises(BadSetting) as caught:
        Settings.from_environ(environ)
    assert str(caught.value).startswith(environ[FILE_VARIABLE])
    assert message in str(caught.value)


def test_a_secret_is_not_told(tmp_path: Path) -> None:
    """Neither by an error nor by what Python prints of the file."""
    for text in ('metrics_token = "geheim"', 'metrics_token = ["geheim"]'):
        with pytest.raises(BadSetting, match=r":1: metrics_token: ") as caught:
            Settings.from_environ(written(tmp_path, text))
        assert "geheim" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """One that was named and is not there, and one in another encoding."""
    with pytest.raises(BadSetting, match=r"none\.toml cannot be read \(No such"):
        Settings.from_environ({FILE_VARIABLE: str(tmp_path / "none.toml")})
    (tmp_path / "latin.toml").write_bytes('site_name = "Bücherei"'.encode("latin-1"))
    with pytest.raises(BadSetting, match=r"latin\.toml:1: this line is not UTF-8"):
        Settings.from_environ({FILE_VARIABLE: str(tmp_path / "latin.toml")})


def test_an_error_that_comes_later_is_placed_in_the_file(tmp_path: Path) -> None:
    """Unless the environment says the setting, or the file does not."""
    environ = written(tmp_path, '\n\nengine = "x"\n')
    assert place_of("SEARCHAPP_ENGINE", environ) == f"{environ[FILE_VARIABLE]}:3: engine"
    for where in ("SEARCHAPP_PORT", "--user", "exceptions.txt:3"):
        assert place_of(where, environ) == where
    assert place_of("SEARCHAPP_ENGINE", {**environ, "SEARCHAPP_ENGINE": "y"}) == "SEARCHAPP_ENGINE"
