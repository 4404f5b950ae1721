"""Which spellings of a word meet, and which words stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.german import spellings
from searchapp.german.spellings import in_usual_spelling, usual_spelling
from searchapp.model import smallest
from tests.lexicon import dictionary_analyzer

PAIRS = """
    Photoalbum:Fotoalbum Photographien:Fotografien Geograph:Geograf Paragraphen:Paragrafen
    Bibliographie:Bibliografie Computergraphik:Computergrafik Mikrophone:Mikrofone
    Saxophonist:Saxofonist phantasielos:fantasielos Delphine:Delfine Symphonien:Sinfonien
    potentiell:potenziell substantielle:substanzielle Differentiale:Differenziale
    Justitiar:Justiziar Flußschiffahrt:Flussschifffahrt Stilleben:Stillleben
    Stillegung:Stilllegung Ballettänzerin:Balletttänzerin Brennesseln:Brennnesseln
    Rolläden:Rollläden Schwimmeisterin:Schwimmmeisterin Bettücher:Betttücher
    Fußballänderspiel:Fußballländerspiel Kontrollampen:Kontrolllampen numeriert:nummeriert
    deplaziert:deplatziert placieren:platzieren rauhe:raue Rauhreif:Raureif Stengeln:Stängeln
    aufwändige:aufwendige behende:behände Gemsen:Gämsen Greueltat:Gräueltat schneuzt:schnäuzt
    überschwenglich:überschwänglich Känguruhs:Kängurus Selbständigkeit:Selbstständigkeit
    Mißbrauch:Missbrauch Haß:Hass Prozeßkosten:Prozesskosten wußte:wusste läßt:lässt
    Rußlands:Russlands häßlich:hässlich Kongreß:Kongress Verdruß:Verdruss müßten:müssten
    Eßtisch:Esstisch Imbiß:Imbiss Joghurtbecher:Jogurtbecher Spaghettisauce:Spagettisoße
    Kommuniqué:Kommunikee Varietés:Varietees Chicorée:Schikoree Cafés:Cafes Portemonnaie:Portmonee
    Mayonnaise:Majonäse Ketchup:Ketschup Myrrhe:Myrre Katarrh:Katarr Hämorrhoiden:Hämorriden
    Albträume:Alpträume Tipps:Tips Karamelpudding:Karamellpudding Stukkateure:Stuckateure
    Roheit:Rohheit Zierat:Zierrat Klubs:Clubs Kusinen:Cousinen Frisöre:Friseure Nugat:Nougat
    Känguru:Känguruh Jännerwoche:Januarwoche Waggons:Wagons Büfett:Buffet Erdoğan:Erdogan
    süss:süß gemäss:gemäß begrüssen:begrüßt Gefässe:Gefäß fleissiger:fleißig Stösse:Stoß
    Auslandspässe:Auslandspaß
    Portraits:Porträt Affaire:Affären Nicotin:Nikotin Codex:Kodizes Geheimtips:Geheimtipp
    Autostop:Autostopp Rosapanter:Rosapanther Klementinen:Clementine
    """.split()


def keys(word: str) -> set[str]:
    """What a query for a word finds, as it is and in lower case."""
    analyzer = dictionary_analyzer()
    return {key for text in (word, word.lower()) for key in analyzer.sought(text)[0].keys}


def test_the_first_words_are_written_as_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked through one by one, the others by an expression of all stems."""
    words = [word.lower() for pair in PAIRS for word in pair.split(":")]
    for _ in range(1000):
        usual_spelling("haus")
    later = [usual_spelling(word) for word in words]
    assert later != words
    for word, expected in zip(words, later, strict=True):
        monkeypatch.setattr(spellings, "_search", spellings._FirstWords().search)
        assert usual_spelling(word) == expected


@pytest.mark.parametrize("pair", PAIRS)
def test_two_spellings_of_a_word_meet(pair: str) -> None:
    """Also inflected and in compounds."""
    one, other = pair.split(":")
    analyzer = dictionary_analyzer()
    assert analyzer.keys_of(one).key in keys(other)
    assert analyzer.keys_of(other).key in keys(one)


@pytest.mark.parametrize(
    "word",
    """
    straße maße fuß groß spaß gruß buße floß schoß ruß saß preußen muße müßig gefäß weiß draußen
    graph graf photon siphon phase stiel rest stopfen hoheit brauhaus grauhaarig frequentieren
    wächter vollautomat kontrollamt metallarbeiter ballade bettag aquarellist mittag dennoch
    protokollieren asphalt rhododendron rosé exponential partiell rückgrat enumerieren sendeanstalt
    kommissionär schimäre rock laptop desktop mops tipi kostengeld schlagen
    """.split(),
)
def test_other_words_stay_as_they_are(word: str) -> None:
    """What looks like an unusual spelling and is none."""
    assert usual_spelling(word) == word


@pytest.mark.parametrize("pair", ["Graf:Graph", "Rose:Rosé", "Masse:Maße", "Busse:Buße", "Ass:As"])
def test_strangers_stay_apart(pair: str) -> None:
    """Rules for spellings must not join two words."""
    one, other = pair.split(":")
    analyzer = dictionary_analyzer()
    assert analyzer.keys_of(one).key != analyzer.keys_of(other).key


def test_parts_of_a_compound_are_at_their_places_in_the_word_as_typed() -> None:
    """They are marked there."""
    word = "delphinbecken"
    first, last = smallest(dictionary_analyzer().keys_of(word.capitalize()).parts)
    assert (first.key, word[first.start : first.end]) == ("Delfin", "delphin")
    assert (last.key, word[last.start : last.end]) == ("Becken", "becken")
    assert dictionary_analyzer().keys_of(word.capitalize()).form == word


def test_swiss_words_of_a_dictionary_lead_to_those_with_a_sharp_s() -> None:
    """Unless they are other words, or what stands with "ß" is none."""
    words = "süss süß Masse Maße aussehen außehen Schloß Schloss".split()
    spelled = in_usual_spelling({word: word for word in words})
    assert spelled["süss"] == "süß"
    assert all(spelled[word] == word for word in ("Masse", "Maße", "aussehen", "Schloss"))
    assert spelled["außehen"] == "aussehen"


def test_a_dictionary_is_respelled_with_its_lemmas() -> None:
    """Where it has both spellings, the usual one decides."""
    dictionary = {"Schloß": "Schloß", "schloß": "schloßen", "schloss": "schließen", "Cafés": "Café"}
    assert in_usual_spelling(dictionary) == {
        "Schloss": "Schloss",
        "schloss": "schließen",
        "Cafes": "Cafe",
    }


stems = st.sampled_from([each.lower() for pair in PAIRS for each in pair.split(":")])


@given(st.lists(stems | st.text("aeioußtgrphnlsmkfäé", max_size=4), min_size=1, max_size=3))
def test_a_usual_spelling_is_its_own(pieces: list[str]) -> None:
    """However words are put together."""
    usual = usual_spelling("".join(pieces))
    assert usual_spelling(usual) == usual


@given(st.lists(stems, min_size=1, max_size=3))
def test_parts_lie_in_the_word(pieces: list[str]) -> None:
    """One behind the other, also where the usual spelling is longer or shorter."""
    word = "".join(pieces)
    parts = smallest(dictionary_analyzer().keys_of(word).parts)
    borders = [border for part in parts for border in part[:2]]
    assert borders == sorted(borders)
    assert all(0 <= border <= len(word) for border in borders)
