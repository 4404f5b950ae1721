"""Makes an Article of the named values of any source: field names, types, cleaning and bounds.

The readers of all formats use it, so that a key has the same meaning and checks everywhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from searchapp.corpus.bylines import split_byline
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import html_to_text, text_of_maybe_html
from searchapp.corpus.paragraphs import split_paragraphs
from searchapp.corpus.titles import MAX_TITLE_CHARS, cut_at_word, derive_title
from searchapp.dates import article_day
from searchapp.german.text_cleaner import clean_line, clean_text
from searchapp.model import Article
from searchapp.translation import N_, Message

Field = Literal[
    "id", "title", "date", "tags", "category", "author", "source", "section", "url", "lead", "body"
]
State = Literal["draft", "publish", "status", "publish_date", "expiry_date"]

FIELD_NAMES: Mapping[Field, tuple[str, ...]] = {
    "id": ("id", "guid", "kennung", "_id", "@id"),
    "title": ("title", "titel", "headline", "überschrift", "ueberschrift", "schlagzeile",
              "post_title"),
    "date": ("date", "datum", "published", "date_published", "published_at", "datepublished",
             "pubdate", "veröffentlicht", "veroeffentlicht", "erschienen", "erscheinungsdatum",
             "published_time", "publication_date", "pub_date", "post_date", "veröffentlicht_am",
             "erschienen_am", "timestamp", "datecreated", "created", "created_at"),
    "tags": ("tags", "tag", "schlagworte", "schlagwörter", "schlagwoerter", "schlagwort",
             "stichworte", "stichwörter", "themen", "keywords", "keyword", "stichwort", "topics",
             "topic", "labels"),
    "category": ("categories", "category", "kategorien", "kategorie"),
    "author": ("author", "authors", "autor", "autorin", "autoren", "verfasser", "verfasserin",
               "creator", "byline"),
    "source": ("source", "quelle", "quellen", "publisher"),
    "section": ("section", "ressort", "rubrik", "articlesection"),
    "url": ("url", "link", "permalink", "canonical_url", "external_url"),
    "lead": ("lead", "lede", "teaser", "vorspann", "intro", "einleitung", "anriss", "anrisstext",
             "standfirst", "subtitle", "untertitel", "unterzeile"),
    "body": ("body", "text", "content", "inhalt", "artikeltext", "articlebody", "volltext",
             "fulltext", "full_text", "body_text", "post_content", "content_html", "body_html",
             "html", "content_text", "description", "beschreibung", "summary", "zusammenfassung",
             "abstract", "excerpt", "auszug", "post_excerpt"),
}  # fmt: skip
"""The names of each field in sources, German and English; of two in one record the first wins.

Categories are tags, and all names of tags count together. One category also names the section:
the only one, or the first one if the record has tags besides. A lead begins the text, if the text
does not hold it already.
"""

_STATE_NAMES: Mapping[State, tuple[str, ...]] = {
    "draft": ("draft", "is_draft", "entwurf"),
    "publish": ("publish", "is_published"),
    "status": ("status", "post_status"),
    "publish_date": ("publishdate", "publish_date", "publish_at", "sperrfrist", "embargo"),
    "expiry_date": ("expirydate", "expiry_date", "unpublishdate", "expires", "ablaufdatum"),
}
_HIDDEN_STATES: Mapping[str, Message] = {
    **dict.fromkeys(("draft", "drafts", "auto-draft", "entwurf", "idea"), N_("is a draft")),
    **dict.fromkeys(("private", "privat", "hidden", "unpublished", "unveröffentlicht", "skip",
                     "inherit"), N_("is not public")),
    **dict.fromkeys(("future", "scheduled", "geplant"), N_("is planned for later")),
    **dict.fromkeys(("pending", "in review"), N_("waits for its review")),
    **dict.fromkeys(("trash", "papierkorb", "deleted", "gelöscht"), N_("is in the trash")),
}  # fmt: skip
"""The states of articles that WordPress, Pelican and their like do not show. Other words in a field
"status" are about what the article tells."""

_YES_OR_DAY_RANKS = frozenset(
    FIELD_NAMES["date"].index(name) for name in ("published", "veröffentlicht", "veroeffentlicht")
)
_YES = frozenset(("true", "yes", "ja", "on", "1"))
_NO = frozenset(("false", "no", "nein", "off", "0"))
_ALWAYS_HTML = frozenset(("content_html", "body_html", "html"))
_NEVER_HTML = frozenset(("content_text",))
_WRAPPERS = ("rendered", "html", "value", "text", "@value", "#text", "$date", "$oid", "@id")
_WRAPPED: frozenset[Field | State] = frozenset(("id", "title", "date", "url", "lead", "body"))
"""Fields that WordPress, databases and XML wrap into an object, and the key of the value in it."""
_LISTS: frozenset[Field | State] = frozenset(("tags", "category"))

_FIELDS: Mapping[Field | State, Field] = {field: field for field in FIELD_NAMES}
MAX_ID_CHARS = 200
MAX_TAG_CHARS = 1000
MAX_TAGS = 1000
MAX_AUTHORS = 1000
MAX_LINE_CHARS = 2000
"""Of an author, of source and of section."""
MAX_URL_CHARS = 2000

_RANK: Mapping[str, tuple[Field | State, int]] = {
    name: (field, rank)
    for fields in (FIELD_NAMES, _STATE_NAMES)
    for field, names in fields.items()
    for rank, name in enumerate(names)
}
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TAG_SEPARATORS = re.compile(r"[,;|\n]")
_EMPTY: tuple[object, ...] = (None, "", [], {})

# Days, tags and authors recur throughout a corpus.
_known_day = lru_cache(maxsize=2**14)(article_day)
_clean_name = lru_cache(maxsize=2**16)(clean_line)


def _clean_authors(text: str) -> tuple[str, ...]:
    # Cleaned first: a character reference ("M&uuml;ller") ends with the mark that separates names.
    return tuple(name for name in map(clean_line, split_byline(clean_line(text))) if name)


_known_authors = lru_cache(maxsize=2**16)(_clean_authors)


def field_of(name: str) -> Field | None:
    """The field that a key, column or label means, in any case; None for an unknown one."""
    ranked = _ranked(name) if len(name) <= MAX_ID_CHARS else None
    return _FIELDS.get(ranked[0]) if ranked else None


@lru_cache(maxsize=2**12)
def _ranked(name: str) -> tuple[Field | State, int] | None:
    name = unicodedata.normalize("NFC", name).strip("\ufeff \t\n\"'").lower()
    return _RANK.get(name.replace(" ", "_").replace("-", "_"))


def article_from_record(
    record: Mapping[str, object],
    file: ArticleFile,
    *,
    line: int | None = None,
    fallback_id: str,
    may_hold_html: bool = False,
    waits_for_its_day: bool = False,
) -> Article | None:
    """The article that a record of named values holds, or None after reporting why not.

    record: keys as in FIELD_NAMES in any case, others are ignored. Texts are not yet cleaned;
        tags are a list, or a text that is cut at commas, semicolons and bars, and so are
        categories; authors are a list, or a text that names one or several (see `split_byline`).
    line: where the record begins, 1-based; None if it is the whole file.
    fallback_id: for a record without an id of its own.
    may_hold_html: whether texts with HTML elements are HTML; else they are texts about it.
    waits_for_its_day: whether an article with a later date than today is not published yet.

    What says that the public may not read it now (a draft, a later day of publication) is left out
    with a warning, as the systems do that write such records.

    An article without a body has at least a title; one without a title gets the beginning of
    its body. Values that cannot be used are reported as warnings and left out.
    """
    values, body_name = _by_field(record)
    reader = _ValueReader(file, line, may_hold_html)
    if reason := _hidden_because(values, waits_for_its_day):
        reader.warn(reason, N_("it is left out, as on the site that it was written for"))
        return None
    body_value = values.get("body")
    if isinstance(body_value, list) and all(isinstance(part, str) for part in body_value):
        body_value = "\n\n".join(body_value)
    if body_value is not None and not isinstance(body_value, str | int | float):
        file.error(
            N_("body is %(kind)s, not a text", kind=_kind(body_value)),
            N_("make it one text in quotes"),
            line=line,
        )
        return None
    if may_hold_html and body_name in _ALWAYS_HTML:
        body = html_to_text(reader.raw_text("body", body_value))
    elif body_name in _NEVER_HTML:
        body = reader.raw_text("body", body_value)
    else:
        body = reader.text("body", body_value)
    body = split_paragraphs(clean_text(body))
    if isinstance(lead_value := values.get("lead"), str):
        lead = split_paragraphs(clean_text(reader.text("lead", lead_value)))
        if lead.rstrip(" .…") not in body:
            body = f"{lead}\n\n{body}".strip("\n")
    own_title = clean_line(reader.text("title", values.get("title")))
    title = own_title or derive_title(body)
    if not title:
        file.error(
            N_("has neither title nor text"), N_("add a title or a text, or take it out"), line=line
        )
        return None
    if len(title) > MAX_TITLE_CHARS:
        reader.warn(
            N_("title has %(number)s characters", number=len(title)),
            N_("is cut; keep it to one line"),
        )
        title = cut_at_word(title, MAX_TITLE_CHARS)
    categories = reader.tags(values.get("category"))
    section = reader.line("section", values.get("section"))
    if categories and section is None and (len(categories) == 1 or "tags" in values):
        section = categories[0]
    return Article(
        id=reader.id(values.get("id"), fallback_id),
        title=title,
        body=body,
        tags=reader.bounded((*reader.tags(values.get("tags")), *categories)),
        date=reader.date(values.get("date") or values.get("publish_date")),
        authors=reader.authors(values.get("author")),
        source=reader.line("source", values.get("source")),
        section=section,
        url=reader.url(values.get("url")),
        title_is_derived=not own_title,
        origin=file.name if line is None else file.place(line),
    )


def clean_id(text: str) -> str:
    """A printable id on one line of at most MAX_ID_CHARS; a cut one keeps a digest of the rest."""
    identifier = "".join(char for char in clean_line(text) if char.isprintable())
    if len(identifier) > MAX_ID_CHARS:
        digest = hashlib.sha256(identifier.encode()).hexdigest()[:16]
        identifier = f"{identifier[: MAX_ID_CHARS - 17]}-{digest}"
    return identifier


def clean_tags(tags: list[str]) -> tuple[str, ...]:
    """Cleaned tags in their order, without empty and repeated ones."""
    return tuple(dict.fromkeys(tag for tag in map(_clean_name, tags) if tag))


def split_tag_text(text: str) -> list[str]:
    """The tags of a text that separates them by commas, semicolons, bars or line ends."""
    # A character reference ("K&uuml;ste") ends with a separator.
    return _TAG_SEPARATORS.split(clean_text(text) if "&" in text else text)


def _by_field(record: Mapping[str, object]) -> tuple[dict[Field | State, object], str]:
    """The values that are not empty, by field, and the name that the body has.

    The first name in FIELD_NAMES wins; the values of all names of tags are one list.
    """
    values: dict[Field | State, object] = {}
    ranks: dict[Field | State, int] = {}
    for key, value in record.items():
        if value in _EMPTY or len(key) > MAX_ID_CHARS:
            continue
        ranked = _ranked(key)
        if ranked is None:
            continue
        field, rank = ranked
        if type(value) is dict and field in _WRAPPED:
            value = next((value[name] for name in _WRAPPERS if name in value), value)
        if rank in _YES_OR_DAY_RANKS and field == "date" and yes_or_no(value) is not None:
            field = "publish"  # "published: true"
        if field not in values:
            values[field], ranks[field] = value, rank
        elif field in _LISTS:
            values[field] = [*_as_list(values[field]), *_as_list(value)]
        elif rank < ranks[field]:
            values[field], ranks[field] = value, rank
    return values, FIELD_NAMES["body"][ranks["body"]] if "body" in ranks else ""


def _as_list(value: object) -> list[object]:
    if isinstance(value, str):
        return list(split_tag_text(value))
    return value if isinstance(value, list) else [value]


def yes_or_no(value: object) -> bool | None:
    """What a value says that is yes or no; None for any other."""
    if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    if isinstance(value, str) and len(value) <= 5:
        word = value.strip().lower()
        return True if word in _YES else False if word in _NO else None
    return None


def _hidden_because(
    values: Mapping[Field | State, object], waits_for_its_day: bool
) -> Message | None:
    """Why the public may not read an article now; None if it may."""
    if not waits_for_its_day and values.keys().isdisjoint(_STATE_NAMES):
        return None
    if yes_or_no(values.get("draft")):
        return N_("is a draft")
    if yes_or_no(values.get("publish")) is False:
        return N_("is not published")
    status = values.get("status")
    if isinstance(status, str) and (reason := _HIDDEN_STATES.get(status.strip().lower())):
        return reason
    today = dt.date.today()
    planned, expiry = values.get("publish_date"), values.get("expiry_date")
    if planned is None and waits_for_its_day:
        planned = values.get("date")
    if isinstance(planned, str) and (day := article_day(planned)) and day > today:
        return N_("is planned for a later day")
    if isinstance(expiry, str) and (day := article_day(expiry)) and day < today:
        return N_("has expired")
    return None


class _ValueReader:
    """Reads the values of one record, reporting what cannot be used."""

    def __init__(self, file: ArticleFile, line: int | None, may_hold_html: bool) -> None:
        self._file = file
        self._line = line
        self._may_hold_html = may_hold_html

    def warn(self, what: Message, remedy: Message) -> None:
        self._file.warn(what, remedy, line=self._line)

    def text(self, field: Field, value: object) -> str:
        """A text without markup; a number is taken as one. Anything else is reported and ""."""
        text = value if isinstance(value, str) else self.raw_text(field, value)
        return text_of_maybe_html(text) if self._may_hold_html and "<" in text else text

    def raw_text(self, field: Field, value: object) -> str:
        """A text as it is written."""
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            if field != "id":
                self.warn(
                    N_("%(field)s is a number, not a text", field=field), N_("put it in quotes")
                )
            return str(value)
        self.warn(
            N_("%(field)s is %(kind)s, not a text", field=field, kind=_kind(value)),
            N_("is left out; put a text in quotes"),
        )
        return ""

    def line(self, field: Field, value: object) -> str | None:
        """One line, or None; the names of a list are joined by "; "."""
        if isinstance(value, list):
            names = [self._name(each) for each in value]
            if None not in names:
                value = "; ".join(name for name in names if name)
        elif isinstance(value, dict):
            value = self._name(value) or value
        text = self.text(field, value)
        line = _clean_name(text) if len(text) < MAX_TAG_CHARS else clean_line(text)
        if len(line) > MAX_LINE_CHARS:
            self.warn(
                N_("%(field)s has %(number)s characters", field=field, number=len(line)),
                N_("is cut; shorten it"),
            )
            line = cut_at_word(line, MAX_LINE_CHARS)
        return line or None

    def authors(self, value: object) -> tuple[str, ...]:
        """The authors that a list or a text names, without repeated ones, at most MAX_AUTHORS."""
        if isinstance(value, list):
            texts = []
            for each in value:
                text = self._name(each)
                if text is None:
                    self.warn(
                        N_("an author is %(kind)s, not a name", kind=_kind(each)),
                        N_("is left out; write one"),
                    )
                else:
                    texts.append(text)
        else:
            name = self._name(value) if isinstance(value, dict) else None
            texts = [name or self.text("author", value)]
        names = []
        for text in texts:
            split = _known_authors if len(text) < MAX_TAG_CHARS else _clean_authors
            for name in split(text):
                if len(name) > MAX_LINE_CHARS:
                    self.warn(
                        N_("an author has %(number)s characters", number=len(name)),
                        N_("is cut; shorten the name"),
                    )
                    name = cut_at_word(name, MAX_LINE_CHARS)
                names.append(name)
        names = list(dict.fromkeys(names))
        if len(names) > MAX_AUTHORS:
            self.warn(
                N_("has %(number)s authors", number=len(names)),
                N_("only the first %(max_authors)s are kept", max_authors=MAX_AUTHORS),
            )
        return tuple(names[:MAX_AUTHORS])

    def id(self, value: object, fallback: str) -> str:
        return clean_id(self.text("id", value)) or clean_id(fallback) or "article"

    def tags(self, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, str):
            value = split_tag_text(value)
        if not isinstance(value, list):
            self.warn(
                N_("tags are %(kind)s, not a list", kind=_kind(value)),
                N_("are left out; write a list of texts"),
            )
            return ()
        names = []
        for each in value:
            name = each if isinstance(each, str) else self._name(each)
            if name is None:
                self.warn(
                    N_("a tag is %(kind)s, not a text", kind=_kind(each)),
                    N_("is left out; put it in quotes"),
                )
            elif len(name) > MAX_TAG_CHARS:
                self.warn(
                    N_("a tag has %(number)s characters", number=len(name)),
                    N_("is left out; shorten it"),
                )
            else:
                names.append(name)
        return clean_tags(names)

    def bounded(self, tags: Sequence[str]) -> tuple[str, ...]:
        """The tags without repeated ones, at most MAX_TAGS."""
        tags = tuple(dict.fromkeys(tags))
        if len(tags) > MAX_TAGS:
            self.warn(
                N_("has %(number)s tags", number=len(tags)),
                N_("only the first %(max_tags)s are kept", max_tags=MAX_TAGS),
            )
        return tags[:MAX_TAGS]

    def date(self, value: object) -> dt.date | None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            text, date = str(value), article_day(value)
        else:
            text = value if isinstance(value, str) else self.text("date", value)
            if not text.strip():
                return None
            date = _known_day(text) if len(text) <= MAX_ID_CHARS else article_day(text)
        if date is None:
            self.warn(
                N_("date %(shown)s is not understood as a day", shown=_shown(text)),
                N_("the article is indexed without it; write it as 2024-03-05 or 5.3.2024"),
            )
        return date

    def url(self, value: object) -> str | None:
        text = clean_line(self.text("url", value))
        if not text:
            return None
        if len(text) > MAX_URL_CHARS or not _WEB_ADDRESS.fullmatch(text):
            # Anything else could be a script that runs when the link is followed.
            self.warn(
                N_("url %(shown)s is not a web address", shown=_shown(text)),
                N_("is left out; write it with http:// or https://"),
            )
            return None
        return text

    def _name(self, value: object) -> str | None:
        """A name in a list: a text, a number, or an object with a name; None otherwise."""
        if isinstance(value, dict):
            value = next((value[key] for key in ("name", "label", "title") if key in value), None)
        if isinstance(value, bool):
            return None
        return str(value) if isinstance(value, str | int | float) else None


def _kind(value: object) -> Message:
    """What a JSON value is, for a report."""
    match value:
        case bool():
            return N_("true or false")
        case int() | float():
            return N_("a number")
        case list():
            return N_("a list")
        case dict():
            return N_("an object")
    return N_("a %(type)s", type=type(value).__name__)


def _shown(text: str) -> str:
    """A value quoted in a report: short and printable."""
    text = clean_line(text[:200])
    return repr(text if len(text) <= 60 else text[:59] + "…")
