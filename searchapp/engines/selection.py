"""Which engine the settings ask for."""

from __future__ import annotations

from searchapp.engines.base import Engine
from searchapp.engines.whoosh_engine import WhooshEngine
from searchapp.errors import BadSetting
from searchapp.settings import Settings

ENGINE_NAMES = ("whoosh",)


def select_engine(settings: Settings) -> Engine:
    """The engine named by the settings. Raises BadSetting for an unknown one."""
    if settings.engine == "whoosh":
        return WhooshEngine(max_expansions=settings.max_expansions)
    raise BadSetting(
        f"there is no engine {settings.engine!r}",
        where="engine",
        remedy=f"use one of: {', '.join(ENGINE_NAMES)}",
    )
