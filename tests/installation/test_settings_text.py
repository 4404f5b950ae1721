"""The file of settings that `searchapp init` writes says what the definitions say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.installation.settings_text import setting_texts, settings_text
from searchapp.settings import FILE_VARIABLE, Settings, defaults


def test_every_setting_is_there_with_its_text() -> None:
    """In the order of the definitions; none is without one."""
    text = settings_text()
    assert re.findall(r"^# (\w+) = ", text, re.MULTILINE) == list(defaults())
    assert set(setting_texts()) == set(defaults())
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("pattern", [r"^# (\w+ = )", r"^# (port = )"])
def test_what_is_commented_out_is_the_default(pattern: str, tmp_path: Path) -> None:
    """The file as it is, or with any line or all lines taken for true, changes nothing."""
    path = tmp_path / "searchapp.toml"
    as_written = settings_text()
    base = replace(Settings(), seeds=(tmp_path / "seeds",), index=tmp_path / "index")
    for text in (as_written, re.sub(pattern, r"\1", as_written, flags=re.MULTILINE)):
        path.write_text(text, "utf-8")
        assert Settings.from_environ({FILE_VARIABLE: str(path)}) == base
