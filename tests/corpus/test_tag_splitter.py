"""Tag footers come apart as their authors wrote them, and nothing is lost where they do not."""

from __future__ import annotations

import pytest

from searchapp.corpus.tag_splitter import (
    Evaluation,
    evaluate,
    split_tags,
)
from tests.shared_data import shared_path

SEED_TAGS = (
    "China CO2 Dekarbonisierung Emissionen Entwicklung EU Förderung Forschung Industrie Klima "
    "Kooperation Produktion Service SMS_group Stahl Stahlherstellung Stahlindustrie "
    "Stahlunternehmen Umwelt Unternehmen USA Zusammenarbeit"
)

# Footers as German news sites, blogs, press portals, clubs and towns write them, made up for this
# test from general knowledge: one list a line, tags between bars.
INVENTED = """
Bundestag|CDU|Haushalt|Olaf Scholz|SPD|Steuern
Abgeordnete|AfD|Bundestag|CDU|FDP|Grüne|Linke|SPD
Künstliche Intelligenz|KI|Klima|Rechenzentrum|Stromverbrauch
EU|Energiewende|Ökologie|Ökostrom|Windkraft
ÖPNV|Deutsche Bahn|49-Euro-Ticket|Verkehrswende|Berlin
Automatisierung|Digitalisierung|Industrie 4.0|IoT|KI|Maschinenbau|Robotik
Corona|Covid-19|Impfung|RKI|STIKO
G20|Gipfel|Hamburg|Polizei
Agenda 2030|Entwicklungshilfe|Nachhaltigkeit|SDGs|UN
5G|Ausbau|Bundesnetzagentur|Mobilfunk|Telekom
Apple|iPhone 15|iOS|Smartphone|Tim Cook
eBay|eBay Kleinanzeigen|Online-Handel|PayPal
Facebook|Instagram|LinkedIn|Social Media|TikTok|WhatsApp|YouTube
1. FC Köln|Bundesliga|DFB-Pokal|RB Leipzig|VfB Stuttgart|VfL Wolfsburg
2. Bundesliga|1. FC Nürnberg|Hamburger SV|TSV 1860 München
Emmanuel Macron|Frankreich|Le Pen|Präsidentschaftswahl|Rentenreform
Wladimir Putin|NATO|Ukraine-Krieg|USA|Wolodymyr Selenskyj
Arbeitgeber|DGB|IG Metall|Lohn|Tarifverhandlungen|ver.di|Warnstreik
Feuerwehr|THW|Unwetter|Überschwemmung|Hochwasser
Rathaus|Bürgermeister|Gemeinderat|Kita|Schulen|Bebauungsplan
Stahl|Wasserstoff|thyssenkrupp Steel|Direktreduktion|Duisburg|CO2-Emissionen
Aluminium|Edelstahl|Kupfer|LME|Nickel|Rohstoffe
Lichtbogenofen|Elektrostahl|Schrott|Salzgitter AG|SALCOS|Voestalpine
Rezept|vegan|Kürbis|Herbst|Suppe
Backen|Brot|glutenfrei|Sauerteig
Fotografie|Landschaft|schwarz-weiß|Natur|Nikon D850
DIY|Garten|Hochbeet|Upcycling|Urban Gardening
Linux|Ubuntu|Open Source|GNOME|KDE|Raspberry Pi
JavaScript|PHP|WordPress|Plugin|SEO
Netflix|Serien|Sky|Disney+|Amazon Prime Video
ARD|ZDF|Tatort|Fernsehen|Quoten
Bayern|CSU|Markus Söder|Landtagswahl 2023|Freie Wähler
Elon Musk|SpaceX|Tesla|Twitter|X
McDonald's|Burger King|Fast Food|Ernährung
Krankenhaus|Pflege|Karl Lauterbach|GKV|PKV
BGH|BVerfG|DSGVO|Datenschutz|EuGH|Urteil
Black Friday|E-Commerce|Einzelhandel|HDE|Weihnachtsgeschäft
E-Auto|Elektromobilität|VW|Volkswagen|Wallbox
Alpen|Österreich|Ötztal|Skifahren|Tirol
Äthiopien|Afrika|Entwicklungspolitik|Hungersnot|UNHCR
Literatur|Lesung|Buchmesse|Frankfurt am Main|Roman
Jazz|Konzert|Open Air|Rock 'n' Roll|Stadtpark
Kirche|Papst Leo XIV.|Vatikan|katholische Kirche
Bildung|Schule|digitale Bildung|Lehrkräfte|Tablets
Nachhaltigkeit (12)|Mobilität (7)|Radverkehr (31)|Stadtplanung (4)
#klima|#Wald|#Artenschutz|#BUND
Hunde|Katzen|Tierheim|Tierschutz|Adoption
Wandern|Schwäbische Alb|Bad Urach|Wasserfall
Mathematik|Physik|MINT|Jugend forscht|TU München
Photovoltaik|PV|Balkonkraftwerk|EEG|Solarenergie|Speicher
Erbrecht|Testament|BGB|Familie & Recht
Börse|DAX|EZB|Inflation|Zinsen|Christine Lagarde
Handball|THW Kiel|SG Flensburg-Handewitt|EHF
St. Pauli|Reeperbahn|Hamburg|Kiez
Architektur|Bauhaus|Denkmalschutz|Weimar|19. Jahrhundert
"""


def invented_lists() -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in INVENTED.strip().splitlines()]


@pytest.fixture(scope="module")
def measured() -> Evaluation:
    return evaluate(shared_path("tags/glued_tags.jsonl"))


def test_the_seed_article_has_its_22_tags() -> None:
    """The footer for which the splitter was asked comes apart completely."""
    tags = tuple(tag.replace("_", " ") for tag in SEED_TAGS.split())
    assert len(tags) == 22
    split = split_tags("Schlagworte\n" + "".join(tags))
    assert (split.tags, split.confident) == (tags, True)


def test_real_footers_are_split_without_known_tags(measured: Evaluation) -> None:
    """Four of five lists are exactly right, and tag F1 is 95 %."""
    assert measured.unaided.exact_rate >= 80, str(measured.unaided)
    assert measured.unaided.f1 >= 95, str(measured.unaided)


def test_known_tags_of_other_articles_help(measured: Evaluation) -> None:
    """With one half's tags known, nine of ten lists of the other half are exactly right."""
    for score in measured.halves:
        assert score.exact_rate >= 90, str(score)
