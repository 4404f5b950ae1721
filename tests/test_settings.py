"""Where settings come from, and which values are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.settings import Limits, Ranking, Settings, usable_cores, variable_names


def test_an_option_wins_over_the_environment_and_that_over_the_default() -> None:
    """An option that was not given is None; an empty variable says nothing."""
    environ = {
        "SEARCHAPP_SEEDS": os.pathsep.join(("a", "b/c.jsonl")),
        "SEARCHAPP_ENGINE": "whoosh",
        "SEARCHAPP_PORT": "81",
        "SEARCHAPP_TIME_BUDGET_S": "0.5",
        "SEARCHAPP_EXCEPTIONS": "my.txt",
        "SEARCHAPP_SITE_NAME": "",
        "SEARCHAPP_MAX_PER_PAGE": "7",
    }
    settings = Settings.from_environ(environ, port=82, host=None)
    assert settings == Settings(
        seeds=(Path("a"), Path("b/c.jsonl")),
        engine="whoosh",
        port=82,
        time_budget_s=0.5,
        exceptions=Path("my.txt"),
        limits=Limits(max_per_page=7),
    )
    assert Settings.from_environ({}) == Settings()


def test_ranking_weights_have_no_variable() -> None:
    """Nor do groups: only single values of an installation are configured."""
    names = variable_names()
    assert {"SEARCHAPP_INDEX", "SEARCHAPP_MAX_EXPANSIONS"} <= set(names)
    assert not [name for name in names if "RANKING" in name or "LIMITS" in name]
    environ = {"SEARCHAPP_TITLE": "9", "SEARCHAPP_RANKING": "9", "SEARCHAPP_TITLE_WEIGHT": "9"}
    assert Settings.from_environ(environ) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("PORT", "70000", "SEARCHAPP_PORT: 70000 is out of range; use 0 to 65535"),
        ("WORKERS", "-1", "use 0 or more"),
        ("THREADS", "0", "use 1 or more"),
        ("MAX_PER_PAGE", "0", "SEARCHAPP_MAX_PER_PAGE: 0 is out of range; use 1 or more"),
        ("TIME_BUDGET_S", "0", "use above 0"),
        ("TIME_BUDGET_S", "bald", "SEARCHAPP_TIME_BUDGET_S: 'bald' is not a number"),
        ("LOG_QUERIES", "vielleicht", "'vielleicht' is neither 0 nor 1; use 1 for yes"),
        ("LOG_FORMAT", "xml", "SEARCHAPP_LOG_FORMAT: 'xml' is out of range; use text or json"),
        ("KEEP_QUERIES_DAYS", "0", "use 1 or more"),
        ("MAX_INDEX_AGE_H", "-1", "use 0 or more"),
        ("MAX_EXPANSIONS", "1.5", "'1.5' is not a number; the default is 500"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(name: str, text: str, message: str) -> None:
    """And what would be a good one."""
    with pytest.raises(BadSetting) as caught:
        Settings.from_environ({f"SEARCHAPP_{name}": text})
    assert message in str(caught.value)


def test_options_are_checked_too() -> None:
    """Wherever a value comes from."""
    with pytest.raises(BadSetting, match="SEARCHAPP_MEMORY_MB"):
        Settings().changed(memory_mb=0)


def test_settings_can_be_assigned_by_name_to_be_compared() -> None:
    """Limits by the name of their variable, weights as ranking.title, each as its type."""
    base = Settings(engine="whoosh", workers=1)
    assert base.assigned({}) == base
    changed = base.assigned({"max_expansions": "7", "ranking.title": "2", "engine": "columnar"})
    assert changed == Settings(
        engine="columnar", workers=1, limits=Limits(max_expansions=7), ranking=Ranking(title=2.0)
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index", "x"),
        ("seeds", "x"),
        ("limits", "1"),
        ("title", "1"),
        ("nonsense", "1"),
        ("max_expansions", "many"),
        ("max_expansions", "0"),
        ("ranking.title", "11"),
    ],
)
def test_an_assignment_that_cannot_be_compared_is_refused(name: str, text: str) -> None:
    """What is unknown or out of range, and what an evaluation sets itself."""
    with pytest.raises(BadSetting):
        Settings().assigned({name: text})


def test_cores_are_counted_where_the_system_does_not_say_which_are_usable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """macOS has no `sched_getaffinity`."""
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_cores() == (os.cpu_count() or 1)
    assert Settings().worker_count == usable_cores()
    assert Settings(workers=3).worker_count == 3
