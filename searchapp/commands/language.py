"""The language of the command line: German where the environment asks for it, else English.

Click's own texts are looked up in the same catalog as ours: it asks Python's gettext for them.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from pathlib import Path

import searchapp
from searchapp.translation import Translate, translator

CATALOGS = Path(searchapp.__file__).parent / "web" / "translations"
"""The page's translations; they are read when something is said in another language."""
DOMAIN = "messages"
SOURCE_LANGUAGE = "en"

_NO_CATALOGS = os.devnull
"""A place without catalogs, for gettext."""

_say: Translate = str


def say(text: str) -> str:
    """A marked sentence in the language of the command line."""
    return _say(text)


def speak(language: str) -> None:
    """Say everything in a language from now on."""
    global _say
    is_source = language == SOURCE_LANGUAGE
    gettext.bindtextdomain(DOMAIN, _NO_CATALOGS if is_source else str(CATALOGS))
    _say = str if is_source else translator(_catalog(language))


def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGS, [language])


def asked_language(environ: Mapping[str, str]) -> str:
    """The first language there is of those that the variables of gettext name.

    The first of LC_ALL, LC_MESSAGES and LANG that is set names a locale; unless that is C, those of
    LANGUAGE count instead of it, as the manual of GNU gettext says (2.3.3). The machine need not
    have the locale.
    """
    locales = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, locales), "")
    if _language(locale) in ("C", "POSIX"):
        return SOURCE_LANGUAGE
    for name in (environ.get("LANGUAGE") or locale).split(":"):
        language = _language(name)
        if language == SOURCE_LANGUAGE or (language.isalpha() and _has_catalog(language)):
            return language
    return SOURCE_LANGUAGE


def _language(locale: str) -> str:
    """ "de" of "de_AT.UTF-8@euro"; "C" of "C.UTF-8"."""
    for sign in "@._":
        locale = locale.partition(sign)[0]
    return locale


def _has_catalog(language: str) -> bool:
    return (CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file()
