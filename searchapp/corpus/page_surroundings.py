"""Knows what stands around articles on web pages: by the names of elements and by phrases.

Collected by hand from how the pages of papers, broadcasters and blogs are usually built, German
and English. An entry belongs to no site; it only has to be wrong for the text of an article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

LABEL_CHARS = 200
"""Only in shorter blocks do phrases such as "Lesen Sie auch" speak for the whole block."""
START_CHARS = 60
SOLICITATION_CHARS = 400
MAX_LEAD_ELEMENTS = 40
"""An element with more inside of it is no lead and no heading."""

_NAMING = ("id", "class", "data-testid", "data-area", "data-component", "data-gu-name", "role")
_LEAD_NAMING = (*_NAMING, "itemprop", "data-manual")
_NAME_CHARS = 1000
_WORD_IN_NAME = re.compile("[A-Z]?[a-zäöü]+|[A-Z]+")
_FOREIGN_TAGS = frozenset(("aside", "footer", "form", "address"))
_FOREIGN_WORD = re.compile(
    r"""(?:
    ads?|anzeigen?|advert\w*|werbung|sponsor\w*|outbrain|taboola|plista|promo\w*|shop|push
    |donat\w*|spenden?|shar(?:e|es|ing)|social\w*|teilen|sociable|sharedaddy|addtoany
    |newsletters?|signup|subscri\w*|paywall\w*|piano|login|regist(?:er|ration)
    |related\w*|recommend\w*|empfehlung\w*|recirc\w*|yarpp|relatedposts|teasers?|teaserlist
    |trending|meistgelesen|comments?|kommentare|leserkommentare|commentlinks|disqus|respond
    |community|feedback|umfrage|poll|voting|survey|cookies?|consent|gdpr|datenschutz|impressum
    |captions?|bildunterschrift|bildtext|credits?|copyright|originator
    |galler(?:y|ies)|galerie|bildergalerie|slideshow|carousel|tweets?|twitter|instagram|facebook
    |youtube|tiktok|videos?|player|podcasts?|audio|affiliates?|surveys?|bylines?|timestamps?|pubdate|lesedauer|taglist|schlagworte|breadcrumbs?
    |brotkrumen|navi|navigation|navbar|pagination|pager|sidebar|\w*footer\w*|sectfoot
    |infobox|factbox|faktenbox|infokasten|promobox)""",
    re.VERBOSE,
)
"""Words in the names of elements that hold something else than the article."""
_FOREIGN_PAIRS = (
    {"info", "box"}, {"fact", "box"}, {"most", "read"}, {"most", "viewed"}, {"read", "more"},
    {"rich", "link"}, {"visually", "hidden"}, {"screen", "reader"}, {"sr", "only"}, {"back", "top"},
)  # fmt: skip
_DOUBTFUL_WORD = re.compile(
    r"""(?:
    abo|author\w*|autor\w*|banner|bild|bilder|cards?|contact|date|datum|discussion
    |disclaimer|embed\w*|forum|fotos?|hinweis|hint|images?|keywords|kontakt|mehr|menu|meta\w*
    |modal|overlay|photos?|pictures?|popular|popup|posted|privacy|quellen?|slider
    |sources?|tags?|toolbar|tools|tooltip|topics|verfasser|weitere|widgets?)""",
    re.VERBOSE,
)
"""Such words that the article's own paragraphs have in their names too."""
_READERS_WORD = re.compile("comments?|kommentare|leserkommentare|disqus|respond|community|forum")
_LEAD_NAME = re.compile(
    "teaser|lead|intro|vorspann|standfirst|subtitle|summary|dek|abstract|anriss|^description"
)

_FOREIGN_PHRASE = re.compile(
    r"""\W*(?:
    lesen\ sie\ (?:auch|mehr|hier|dazu)|lesetipp|auch\ interessant|das\ könnte\ (?:sie|dich)\ auch
    |mehr\ (?:zum\ thema|zu\ diesem\ thema|dazu|artikel|nachrichten|news)
    |weitere\ (?:nachrichten|artikel|themen|informationen|meldungen|storys|texte)\ (?:zu|aus|von)
    |passend\ dazu|siehe\ auch|ähnliche\ (?:artikel|beiträge)
    |jetzt\ (?:abonnieren|anmelden|kostenlos|registrieren|testen|weiterlesen)
    |empfohlener\ (?:redaktioneller|externer)\ inhalt|externer\ inhalt
    |empfehlungen?\ der\ redaktion|verwendete\ quellen|bildquelle|©|copyright\ |\(c\)
    |(?:quellen?|fotos?|bild|grafik|stand|themen|tags|schlagworte|schlagwörter|buchtipp):
    |per\ mail|auf\ facebook|artikel\ (?:drucken|teilen|weiterempfehlen|vorlesen|hören)
    |zur\ startseite|veröffentlicht\ (?:am|von)|erstellt\ am|aktualisiert\ am|\d+\ kommentare?
    |schreibe\ einen\ kommentar|diskutieren\ sie|unser\ buchtipp
    |rückfragen\ bitte|original-content\ von|pressekontakt|über\ dieses\ thema\ berichtete
    |read\ (?:more|next|also)|sign\ up\ (?:to|for)|share\ this|follow\ us|most\ (?:read|viewed)
    |(?:this\ )?story\ continues|\+\+\+\ (?:sie|alle|mehr|hier)|our\ standards
    |(?:additional\ )?reporting\ by|editing\ by|skip\ (?:advertisement|to)|getty\ images
    |(?:à\ )?lire\ (?:aussi|plus)|voir\ aussi|il\ vous\ reste|publié\ le|la\ suite\ est\ réservée
    |lee\ también|leer\ más|publicado\ el|leggi\ anche|lees\ ook|les\ også|läs\ (?:också|även)
    )(?:$|[^\w-]|(?<=[: ]))""",
    re.VERBOSE | re.IGNORECASE,
)
"""How short blocks begin that lead elsewhere or tell about the page."""
_FOREIGN_START = re.compile(
    r"""\W*(?:anzeige|werbung|advertisement|sponsored|newsletter|weiterlesen|abonnieren|teilen|drucken
    |merken|nach\ oben|lesedauer|lesezeit|aktualisiert|stand|kommentare?|copyright|related|more\ on
    |subscribe|share|zum\ thema|mehr\ (?:zu|aus|von)|weitere\ \w+|weiterführende\ links|themen|tags
    |schlagworte|schlagwörter|empfehlungen|surftipps|hintergrund|zur\ person|info)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""How labels begin; sentences begin so too: "Werbung für Tabak wird verboten."."""
_SENTENCE = re.compile(r"""[.!?…]["”“»«’')\]]*$""")
_SOLICITATION = re.compile(
    r"(?=.*(?:newsletter|push-|whatsapp-kanal|telegram-kanal|probeabo|digitalabo))"
    r"(?=.*(?:anmeld|melden sie sich|abonn|informiert sie|kostenlos|aktivieren|folgen sie|postfach"
    r"|sign up|subscribe|inbox|testen))",
    re.IGNORECASE | re.DOTALL,
)
"""An invitation to read something else regularly."""
_BYLINE = re.compile(
    r"(?:(?:Ein \w+ )?[Vv]on|By|Text|Interview|Protokoll):?"
    r"(?: (?:und|and|&|[A-ZÄÖÜ][\w.’'-]*,?|[a-z]{2,3}(?= )))+(?: ?\([^)]*\))?"
)
_CREDITED = re.compile(
    r"\((?:Quelle|Fotos?|Bild|Archivbild|Symbolbild|Symbolfoto|Archiv)\b[^)]*\)?$"
    r"|(?:Fotos?|Bild|Quelle|Grafik|Picture|Photo|Credit): ?[^.:]{2,60}$|©[^.]{2,60}$"
    r"|\b(?:Lesedauer|Lesezeit)\b|\bmin read\b"
)
"""A caption, which names who made the picture, and the line of the date and the time to read."""
_TIME = re.compile(
    r"(?:[a-zäö]{2,10}[.,]* )?(?:\d{1,2}\. ?(?:\d{1,2}\. ?|[a-zä]{3,9}\.? )|[a-z]{3,9} \d{1,2}, )"
    r"\d{4}(?:\W{0,3}(?:um |at )?\d{1,2}[:.]\d\d(?: ?uhr| ?[ap]m)?)?(?: [a-z]{3})?"
    r"|[\d.:/ -]*(?:\d\s*uhr|\d{4}(?:,? \d\d[.:]\d\d)?)",
    re.IGNORECASE,
)


def is_label(text: str) -> bool:
    """True for short texts around an article: bylines, captions, times, what leads elsewhere."""
    if len(text) <= SOLICITATION_CHARS and _SOLICITATION.match(text):
        return True
    return len(text) <= LABEL_CHARS and bool(
        _FOREIGN_PHRASE.match(text)
        or (len(text) <= START_CHARS and _FOREIGN_START.match(text) and not _SENTENCE.search(text))
        or _CREDITED.search(text)
        or _BYLINE.fullmatch(text)
        or _TIME.fullmatch(text)
    )


@dataclass(frozen=True, slots=True)
class Sound:
    """What an element's tag and names say about it.

    foreign: it is of what stands around articles.
    doubtful: it may be, but articles have such names too.
    readers: it holds comments, which may be longer than the article.
    """

    foreign: bool
    doubtful: bool
    readers: bool


def sound_of(element: HtmlElement) -> Sound:
    """What the tag and names of an element say about it."""
    names = " ".join(name for key in _NAMING if (name := element.get(key)))
    sound = _sound_of_names(names[:_NAME_CHARS])
    return _FOREIGN_SOUND if element.tag in _FOREIGN_TAGS and not sound.readers else sound


@lru_cache(maxsize=4096)  # The pages of a site have the same names.
def _sound_of_names(names: str) -> Sound:
    words = {word.lower() for word in _WORD_IN_NAME.findall(names)}
    return Sound(
        foreign=any(map(_FOREIGN_WORD.fullmatch, words))
        or any(pair <= words for pair in _FOREIGN_PAIRS),
        doubtful=any(map(_DOUBTFUL_WORD.fullmatch, words)),
        readers=any(map(_READERS_WORD.fullmatch, words)),
    )


_FOREIGN_SOUND = Sound(foreign=True, doubtful=False, readers=False)


def is_named_lead(element: HtmlElement) -> bool:
    """True for "article-teaser" and its like, unless it links to another article."""
    names = " ".join(element.get(key) or "" for key in _LEAD_NAMING).strip()
    if not _LEAD_NAME.search(names[:_NAME_CHARS].lower()):
        return False
    inside = list(islice(element.iter(), 1, MAX_LEAD_ELEMENTS))
    linking = ("a", "h1", "h3", "h4", "article")
    return len(inside) < MAX_LEAD_ELEMENTS - 1 and all(each.tag not in linking for each in inside)
