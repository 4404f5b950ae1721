"""How a text of the source is marked for translation, and what a translation is."""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str], str]
"""Takes an English sentence and returns it in another language, as `gettext` does."""


def N_(text: str) -> str:  # noqa: N802  # gettext's name for it: its tools look for calls
    """Mark a text for translation; it is returned as it is."""
    return text
