"""Normalizes and stems single words."""

from __future__ import annotations

import re
import unicodedata

import Stemmer  # type: ignore[import-not-found]  # a compiled module without stubs

from searchapp.german.digraphs import with_umlauts

MAX_FORM_CHARS = 128
"""Longer forms are cut: no German word is longer, and index terms have to be bounded."""

# NFKC makes up to 18 characters of one, and NFD text has up to 4 for one. A cut after this many
# leaves the first MAX_FORM_CHARS of the form as they are, and bounds the work for one word.
_MAX_SURFACE_CHARS = 4 * MAX_FORM_CHARS

_UNWANTED = re.compile("[\\s'\u2018\u2019\u02bc`\u00b4\u00ad\u200b-\u200d\u2060\ufeff]")
_PLAIN = re.compile(f"[A-Za-zÄÖÜäöüß0-9]{{1,{MAX_FORM_CHARS}}}")
"""Matches nearly all German words; they only have to be lower-cased."""
_GROUPED_NUMBER = re.compile(r"[0-9]{1,3}(?:[.][0-9]{3})+(?:,[0-9]+)?")

_WITHOUT_UMLAUT = str.maketrans("äöü", "aou")


def normalized(word: str) -> str:
    """The form of a word: NFKC, lower case, without apostrophes and zero-width characters.

    Lower-cased and not case-folded, because "Maße" and "Masse" are different words.
    At most MAX_FORM_CHARS characters; empty only if the word is.
    """
    if _PLAIN.fullmatch(word):
        return word.lower()
    form = unicodedata.normalize("NFKC", _UNWANTED.sub("", word[:_MAX_SURFACE_CHARS])).lower()
    if not form.isascii():
        # Lower case may decompose: "İ" becomes "i" and U+0307, which "istanbul" lacks.
        form = unicodedata.normalize("NFKC", form.replace("i\u0307", "i"))
        form = _UNWANTED.sub("", form)
    return form[:MAX_FORM_CHARS] or word[:MAX_FORM_CHARS]


class GermanStemmer:
    """Snowball's German stemmer. Not safe for use by several threads at once."""

    def __init__(self) -> None:
        self._snowball = Stemmer.Stemmer("german")
        # Callers remember stems.
        self._snowball.maxCacheSize = 0

    def stem(self, form: str) -> str:
        """The stem of a normalized form; for a number, the number without grouping points.

        Snowball takes the umlauts away at last, by which strangers meet ("schon", "schön"). They
        are given back: what it does before only cuts the end off, once "ae" is written as "ä".
        """
        if "." in form and _GROUPED_NUMBER.fullmatch(form):
            return form.replace(".", "")
        spelled = with_umlauts(form.replace("ß", "ss"))
        stem: str = self._snowball.stemWord(spelled)
        kept = spelled[: len(stem)]
        return kept if kept.translate(_WITHOUT_UMLAUT) == stem else stem or form


def stemmer_version() -> str:
    """The version of the stemmer in use, for fingerprints."""
    return f"PyStemmer {Stemmer.version()} german"
