"""Dates as sources write them -> dates. A date is read or it is None: it is never guessed."""

from __future__ import annotations

import datetime as dt
import re

_MONTH_NAMES = (
    ("januar", "jänner", "jan", "january"),
    ("februar", "feber", "feb", "february"),
    ("märz", "maerz", "mär", "mrz", "march", "mar"),
    ("april", "apr"),
    ("mai", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "okt", "october", "oct"),
    ("november", "nov"),
    ("dezember", "dez", "december", "dec"),
)
_MONTH_NUMBERS = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names}
_MONTH = r"(?P<month_name>[A-Za-zäÄ]{3,9})\.?"
_WEEKDAY = r"(?:[A-Za-z]{2,10}\.?,?\s+)?(?:(?:den|dem)\s+)?"
_CLOCK = r"(?:[T,;\s]\s*(?:um\s+|at\s+|-\s+)?\d{1,2}(?:[:.]\d{2}.*|\s*Uhr.*))?"

_FORMS = tuple(
    re.compile(rf"{form}{_CLOCK}", re.DOTALL | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",  # 2024-03-05, ISO 8601
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        _WEEKDAY + r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",  # 5.3.2024
        _WEEKDAY + r"(?P<day>\d{1,2})\.?\s*" + _MONTH + r"\s+(?P<year>\d{4})",  # 5. März 2024
        _WEEKDAY + _MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_MAX_CHARS = 100


def parse_date(text: str) -> dt.date | None:
    """The day that a text names in full, with or without a time of day; None for anything else.

    Read are ISO 8601, "5.3.2024", "5. März 2024", "Mar 5, 2024" and the forms of mail and feeds
    ("Tue, 05 Mar 2024 10:15:00 +0100"). The day is the one written, in its own time zone.
    Not read: a missing or two-digit year, a month alone, "03/05/2024" (March or May).
    """
    text = text.strip()
    if len(text) > _MAX_CHARS:
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            found = match.groupdict()
            month = found.get("month") or _MONTH_NUMBERS.get(found["month_name"].lower())
            try:
                return dt.date(int(found["year"]), int(month or 0), int(found["day"]))
            except ValueError:
                return None
    return None
