"""What a word finds, and in which order: exact form, inflections, other spellings, parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import ArticleMatches, PageRequest, Snapshot, Typed
from searchapp.engines.generation_lexicon import LEARNABLE_CHARS
from searchapp.engines.selection import select_engine
from searchapp.errors import SearchTimeout
from searchapp.model import Article
from searchapp.query import parse_query
from searchapp.query.fallbacks import exactly
from searchapp.settings import Settings
from tests.engines.building import NO_FILTERS, Case, build, tree_of
from tests.oracle import Oracle

Ranked = Callable[..., list[str]]


class Texts:
    """An index of one-sentence articles, asked for the texts that a query finds."""

    def __init__(self, snapshot: Snapshot, articles: list[Article]) -> None:
        self.snapshot = snapshot
        self.articles = {each.id: each for each in articles}
        self.oracle = Oracle(articles)

    def found(self, query: str, *, exact: bool = False) -> list[str]:
        tree = tree_of(query)
        assert tree is not None
        found = self.snapshot.search(
            exactly(tree) if exact else tree, NO_FILTERS, PageRequest(limit=100), deadline=NEVER
        )
        return [hit.article.body for hit in found.hits]

    def reasons(self, query: str, body: str) -> list[tuple[str, str]]:
        return [(each.kind, each.found.text) for each in self._hit(query, body).reasons]

    def marked(self, query: str, body: str) -> list[str]:
        return [body[span.start : span.end] for span in self._hit(query, body).body]

    def _hit(self, query: str, body: str) -> ArticleMatches:
        article = next(each for each in self.articles.values() if each.body == body)
        return Case(self.snapshot, self.oracle).hit(article, query)


@pytest.fixture
def texts(engine_settings: Settings, tmp_path: Path) -> Iterator[Callable[..., Texts]]:
    """A function from bodies, and the lines of a file of exceptions, to an index of them."""
    with ExitStack() as stack:

        def open_index(*bodies: str, exceptions: str = "") -> Texts:
            decided = tmp_path / "exceptions.txt"
            decided.write_text(exceptions, encoding="utf-8")
            engine = select_engine(replace(engine_settings, exceptions=decided))
            articles = [
                Article(id=str(number), title=f"Nummer {number}", body=body)
                for number, body in enumerate(bodies)
            ]
            folder = build(engine, tmp_path / "index", articles)
            return Texts(stack.enter_context(closing(engine.open(folder))), articles)

        yield open_index


@pytest.mark.parametrize(
    ("query", "ranked"),
    [
        (
            "Straße",
            ["Die Straße ist lang", "Die Straßen sind lang", "Die Strasse ist lang",
             "Die Straßenbahn ist lang"],
        ),
        ("Haus", ["Das Haus ist alt", "Die Häuser sind alt", "Das Hochhaus ist alt"]),
        ("Häuser", ["Die Häuser sind alt", "Das Haus ist alt", "Das Hochhaus ist alt"]),
        ("Erklärung", ["Eine Erklärung kam an", "Die Erklärungen kamen an",
                       "Die Absichtserklärung kam an"]),
    ],
)  # fmt: skip
def test_exact_forms_come_before_inflections_spellings_and_parts(
    texts: Callable[..., Texts], query: str, ranked: list[str]
) -> None:
    """For texts that are alike in all else, whatever the order in which they were indexed."""
    index = texts(*reversed(ranked), "Ganz etwas anderes steht hier")
    assert index.found(query) == ranked
    assert index.found(query.lower()) == ranked
    assert index.found(query.upper().replace("SS", "ß")) == ranked


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("ging", "gehen"),
        ("gehen", "gegangen"),
        ("groß", "größte"),
        ("größer", "groß"),
        ("Müller", "Mueller"),
        ("Mitarbeiterinnen", "Mitarbeiter*innen"),
        ("Kollege", "Kolleg:innen"),
    ],
)
def test_irregular_forms_find_each_other(
    texts: Callable[..., Texts], query: str, form: str
) -> None:
    """In both directions, however they are capitalized."""
    index = texts(f"Das Wort {form} steht hier", f"Das Wort {query} steht hier", "Nichts davon")
    assert set(index.found(query)) == {f"Das Wort {word} steht hier" for word in (query, form)}
    assert set(index.found(form.lower())) == set(index.found(query))


def test_a_compound_finds_its_parts_spread_out_and_only_all_of_them(
    texts: Callable[..., Texts],
) -> None:
    """The word itself comes first."""
    index = texts(
        "Die Industrie braucht Stahl", "Die Industrie wächst", "Die Stahlindustrie wächst"
    )
    assert index.found("Stahlindustrie") == [
        "Die Stahlindustrie wächst",
        "Die Industrie braucht Stahl",
    ]


def test_a_compound_stands_for_its_last_part_and_for_no_other(
    texts: Callable[..., Texts],
) -> None:
    """A "Tanzmusik" is a "Musik"; what only has to do with music is none."""
    dance = "Die Schule lehrt auch Tanzmusik"
    index = texts(dance, "Die Schule hat einen Musikverein", "Die Schulbehörde mag Musik")
    assert index.found("Musikschule") == [dance]
    assert set(index.marked("Musikschule", dance)) == {"Schule", "musik"}
    assert index.reasons("Musikschule", dance) == [("parts", "Tanzmusik … Schule")]


def test_a_compound_is_found_in_longer_ones(texts: Callable[..., Texts]) -> None:
    """As one part of them, wherever it stands; not by parts of several words."""
    quarter = "Das Bahnhofsviertel wächst"
    centre = "Der Hauptbahnhof brennt"
    index = texts(quarter, centre, "Der Bahnsteig am Hofgarten ist leer")
    assert set(index.found("Bahnhof")) == {quarter, centre}
    assert index.marked("Bahnhof", quarter) == ["Bahnhofs"]
    assert index.reasons("Bahnhof", quarter) == [("part", "Bahnhofs·viertel")]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Ein- und Verkauf", "Der Verkauf stockt und der Einkauf auch"),
        ("ein- und verkauf", "Der Verkauf stockt und der Einkauf auch"),
        ("Ein-/Verkauf", "Vom Einkauf, Verkauf und Brot"),
        ("Weinbau und -lese", "Nach der Weinlese ruhen Weinbau und Verkauf"),
        ('"Ein- und Verkauf"', "Nur der Ein- und Verkauf von Brot"),
    ],
)
def test_a_fragment_of_a_query_asks_for_the_completed_word(
    texts: Callable[..., Texts], query: str, text: str
) -> None:
    """And not for what is left of it, which stands everywhere."""
    index = texts(text, "Ein Verkauf und eine Lese im Weinbau", "Ein Verkauf")
    assert index.found(query) == [text]


def test_the_reason_for_a_fragment_is_the_completed_word(texts: Callable[..., Texts]) -> None:
    """ "Gefunden über Ein" would tell nobody anything."""
    text = "Der Ein- und Verkauf von Brot"
    index = texts(text)
    assert index.reasons("einkaufen", text) == [("relative", "Einkauf")]
    assert index.marked("einkaufen", text) == ["Ein"]


def test_phrases_match_whole_words_never_parts(texts: Callable[..., Texts]) -> None:
    index = texts("Das hohe Haus brennt", "Das Hochhaus brennt", "Ein Haus brennt")
    assert index.found('"Haus brennt"') == ["Ein Haus brennt", "Das hohe Haus brennt"]


def test_a_capital_tells_the_noun_and_lower_case_may_be_either(
    texts: Callable[..., Texts],
) -> None:
    """What begins a sentence is found as both; the noun does not find the verb's other forms."""
    noun, verb = "Es gibt dort schöne Reisen", "Dort haben sie viel reisen können"
    first, other = "Reisen gibt es dort viele", "Dort ist sie viel gereist"
    singular = "Es gibt dort eine Reise"
    index = texts(noun, verb, first, other, singular)
    assert set(index.found("=Reisen")) == {noun, first}
    assert set(index.found("=reisen")) == {noun, first, verb}
    assert set(index.found("=REISEN")) == {noun, first, verb}
    assert {noun, first, singular} <= set(index.found("Reisen"))
    assert set(index.found("reisen")) == {noun, verb, first, other, singular}
    assert set(index.found("gereist")) >= {verb, first, other}
    assert index.marked("reisen", first) == index.marked("Reisen", first) == ["Reisen"]
    assert index.reasons("reisen", first) == index.reasons("Reisen", first) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"viele Reisen"', {"noun", "loud"}),
        ('"viele reisen"', {"noun", "verb", "loud"}),
        ('"Viele Reise"', {"noun", "loud"}),
        ('"VIELE REISEN"', {"noun", "verb", "loud"}),
        ('"reisen kosten"', {"start", "loud"}),
        ('"Reisen kosten"', {"start", "loud"}),
        ('"gereist viele"', set()),
        ('="viele Reisen"', {"noun", "loud"}),
        ('="viele reisen"', {"noun", "verb", "loud"}),
        ('="viele Reise"', set()),
    ],
)
def test_each_place_of_a_phrase_holds_any_of_what_is_meant(
    texts: Callable[..., Texts], query: str, found: set[str]
) -> None:
    """By keys and by exact forms."""
    bodies = {
        "noun": "Es gibt dort viele Reisen",
        "verb": "Es ist so, dass dort viele reisen",
        "start": "Es war weit. Reisen kosten viel",
        "loud": "VIELE REISEN KOSTEN",
        "apart": "Reisen wollen viele, und das kostet",
    }
    index = texts(*bodies.values())
    assert {name for name, body in bodies.items() if body in index.found(query)} == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"neue Brück*"', {"one": "Neue Brückenpfeiler", "many": "neuen Brücken"}),
        ('"Brück* von Ulm"', {"of": "Brücke von Ulm", "many": "Brücken von Ulm"}),
        ('="neue Brück*"', {"one": "Neue Brückenpfeiler"}),
        ('"neu* *pfeiler"', {"one": "Neue Brückenpfeiler"}),
        ('"*brück* von"', {"of": "Brücke von", "many": "Brücken von", "end": "Zugbrücke von"}),
        ('"Br?cke von"', {"of": "Brücke von"}),
        ('"Bruecke* von"', {"of": "Brücke von", "many": "Brücken von"}),
        ('"die EU-Brück* tagt"', {"union": "Die EU Brückenkommission tagt"}),
        ('"die EU-Brück*"', {"union": "Die EU Brückenkommission"}),
        ('"EU-Brück*"', {"union": "EU Brückenkommission"}),
        ('titel:"Numm* 3"', {"end": ""}),
        ('"von Brück*"', {}),
        ('"Brück* gibtesnicht"', {}),
        ('"gibtes* Brücken"', {}),
        ('"Brücken*"', {"one": "Brückenpfeiler", "many": "Brücken", "union": "Brückenkommission"}),
    ],
)
def test_a_pattern_may_stand_at_any_place_of_a_phrase(
    texts: Callable[..., Texts], query: str, found: dict[str, str]
) -> None:
    """Beside words in their inflected forms, or in those as typed; what stands there is marked."""
    bodies = {
        "one": "Neue Brückenpfeiler stehen dort",
        "of": "Eine Brücke von Ulm",
        "many": "Die neuen Brücken von Ulm",
        "end": "Jede Zugbrücke von Ulm",
        "union": "Die EU-Brückenkommission tagt",
        "spread": "Der neue Plan einer Brücke, und Ulm",
    }
    index = texts(*bodies.values())
    assert {name for name, body in bodies.items() if body in index.found(query)} == set(found)
    for name, words in found.items():
        assert index.marked(query, bodies[name]) == words.split()


def test_a_phrase_with_a_pattern_is_bounded_and_looks_at_the_clock(
    texts: Callable[..., Texts],
) -> None:
    """A pattern stands for so many words, the most frequent ones; that is told."""
    numbers = range(Settings().limits.max_expansions + 100)
    bodies = [f"Dort steht grün{letters(number)} Glas" for number in numbers]
    index = texts(*bodies, "Dort steht grünaaa nicht")
    tree = tree_of('"steht grün* Glas" "Dort steht"')
    found = index.snapshot.search(tree, NO_FILTERS, PageRequest(limit=1), deadline=NEVER)
    assert [note.kind for note in found.notes] == ["expansion_cut"]
    assert found.total in (len(numbers) - 100, len(numbers) - 101)
    with pytest.raises(SearchTimeout):
        index.snapshot.search(tree, NO_FILTERS, PageRequest(limit=1), deadline=Deadline(-1))


def letters(number: int) -> str:
    """A word for a number: another one for each."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def test_a_relative_is_found_after_inflections_and_given_as_reason(
    texts: Callable[..., Texts],
) -> None:
    """Alone and inside of compounds; it is marked."""
    index = texts(
        "Sie wird noch impfen", "Er hat sie geimpft", "Es gibt eine Impfung", "Der Schutz fehlt"
    )
    ranked = ["Sie wird noch impfen", "Er hat sie geimpft", "Es gibt eine Impfung"]
    assert index.found("impfen") == ranked
    assert index.found("=impfen") == ranked[:1]
    assert index.reasons("impfen", ranked[2]) == [("relative", "Impfung")]
    assert index.marked("impfen", ranked[2]) == ["Impfung"]
    assert index.found("Impfung")[0] == ranked[2]
    assert index.found('"eine impfen"') == []


def test_exact_turns_everything_else_off(texts: Callable[..., Texts]) -> None:
    """The same as an equals sign before each word."""
    index = texts("Ein Haus brennt", "Viele Häuser brennen", "Das Hochhaus brennt")
    assert index.found("Haus", exact=True) == ["Ein Haus brennt"]
    assert index.found("=Haus") == ["Ein Haus brennt"]
    assert index.found("haus", exact=True) == ["Ein Haus brennt"]


def test_only_the_matched_part_is_marked_and_given_as_reason(
    texts: Callable[..., Texts],
) -> None:
    """A hit by a part or an irregular form says so; an ordinary hit says nothing."""
    compound = "Die Stahlindustrie wächst"
    index = texts(compound, "Er ging fort", "Er geht fort", "Viel Stahl", "Industrie aus Stahl")
    assert index.marked("Stahl", compound) == ["Stahl"]
    assert index.reasons("Stahl", compound) == [("part", "Stahl·industrie")]
    assert index.marked("Industrie", compound) == ["industrie"]
    assert index.reasons("gehen", "Er ging fort") == [("lemma", "ging")]
    assert index.reasons("gehen", "Er geht fort") == []
    assert index.reasons("Stahl", "Viel Stahl") == []
    assert index.marked("Stahlindustrie", "Industrie aus Stahl") == ["Industrie", "Stahl"]
    kinds = {kind for kind, _ in index.reasons("Stahlindustrie", "Industrie aus Stahl")}
    assert kinds == {"parts"}


def test_the_owners_exceptions_decide(texts: Callable[..., Texts]) -> None:
    """Forced splits and lemmas, words kept whole, synonyms."""
    index = texts(
        "Die Wachstube ist leer",
        "Die Stahlindustrie wächst",
        "Er frug nach",
        "Ein Lastwagen fährt",
        exceptions="[splits]\nWachstube = Wach|stube\n[whole]\nStahlindustrie\n"
        "[lemmas]\nfrug = fragen\n[synonyms]\nLKW = Lastwagen\n",
    )
    assert index.found("Stube") == ["Die Wachstube ist leer"]
    assert index.found("Stahl") == []
    assert index.found("fragen") == ["Er frug nach"]
    assert index.found("LKW") == ["Ein Lastwagen fährt"]


def test_a_synonym_is_not_found_in_compounds(texts: Callable[..., Texts]) -> None:
    """Wherever they stand in a text: no part of one would be marked as what was found."""
    later = "Am Morgen " + "kam noch ein anderer Wagen vorbei und " * 5 + "dann ein Lastwagenfahrer"
    index = texts(
        "Der Lastwagenfahrer schläft",
        later,
        "Der Lastwagen steht",
        exceptions="[synonyms]\nLKW = Lastwagen\n",
    )
    assert index.found("LKW") == ["Der Lastwagen steht"]
    assert len(index.found("Lastwagen")) == 3


def test_a_part_that_is_its_own_compound_ends(texts: Callable[..., Texts]) -> None:
    """The owner's split may name the whole word as the base of a part."""
    index = texts("Die Haustür klemmt", exceptions="[splits]\nHaustür = Haus|tür(Haustür)\n")
    assert index.found("Haus") == ["Die Haustür klemmt"]


SEPARATED = [
    ("beitreten", "Das Land trat 1995 dem Bündnis bei.", ["trat", "bei"], "trat … bei"),
    ("beigetreten", "Das Land trat 1995 dem Bündnis bei.", ["trat", "bei"], "trat … bei"),
    ("abreisen", "Reist ihr morgen ab?", ["Reist", "ab"], "reist … ab"),
    ("ABREISEN", "Reist ihr morgen ab?", ["Reist", "ab"], "reist … ab"),
    ("auspacken", "Er packte Brot ein und Käse aus.", ["packte", "aus"], "packte … aus"),
    ("einpacken", "Er packte Brot ein und Käse aus.", ["packte", "ein"], "packte … ein"),
    ("titel:beitreten", "Das Land trat 1995 dem Bündnis bei.", None, None),
    ("=beitreten", "Das Land trat 1995 dem Bündnis bei.", None, None),
    ('"beitreten will"', "Das Land trat 1995 dem Bündnis bei.", None, None),
    ("treten", "Das Land trat 1995 dem Bündnis bei.", ["trat"], None),
    ("einreisen", "Reist ihr morgen ab?", None, None),
]


@pytest.mark.parametrize(("query", "body", "marked", "reason"), SEPARATED)
def test_a_verb_is_found_where_its_particle_stands_apart(
    texts: Callable[..., Texts],
    query: str,
    body: str,
    marked: list[str] | None,
    reason: str | None,
) -> None:
    """Both are marked, and given as reason; not by the simple verb, nor by exact words."""
    index = texts(*dict.fromkeys(body for _, body, _, _ in SEPARATED))
    assert index.found(query) == ([body] if marked else [])
    if marked:
        assert index.marked(query, body) == marked
        expected = [("separated", reason)] if reason else []
        assert [each for each in index.reasons(query, body) if each[0] != "lemma"] == expected


def test_a_verb_in_one_word_comes_before_one_apart_from_its_particle(
    texts: Callable[..., Texts],
) -> None:
    """In articles that are alike in all else."""
    joined, apart = "Dem Bündnis will es rasch beitreten.", "Dem Bündnis trat es rasch wieder bei."
    index = texts(apart, joined)
    assert index.found("beitreten") == [joined, apart]
    assert index.reasons("beitreten", joined) == []


@pytest.mark.parametrize("query", ["trat*", "*bei", "trat?bei", "trat~", "tratbei~2"])
def test_patterns_and_suggestions_do_not_see_verbs_with_their_particles(
    texts: Callable[..., Texts], query: str
) -> None:
    index = texts("Es trat bei.", "Er vertrat uns.")
    suggestions = index.snapshot.suggestions(Typed("tr", "tr"), limit=9, deadline=NEVER)
    assert [each.text.text for each in suggestions if each.kind == "word"] == ["trat"]
    for body in index.found(query):
        assert "trat bei" not in index.marked(query, body)
        assert [each for each in index.reasons(query, body) if each[0] == "separated"] == []


def test_a_hyphen_compound_needs_no_reason_where_its_words_stand(
    texts: Callable[..., Texts],
) -> None:
    """It is the same word, only written apart."""
    index = texts("Die EU Kommission tagt")
    assert index.reasons("EU-Kommission", "Die EU Kommission tagt") == []


def test_a_part_of_two_query_words_counts_for_both(texts: Callable[..., Texts]) -> None:
    """Each is explained and marked by parts that stand apart."""
    body = "Die Industrie und das Werk brauchen Stahl"
    index = texts(body)
    assert index.found("Stahlindustrie Stahlwerk") == [body]
    assert set(index.marked("Stahlindustrie Stahlwerk", body)) == {"Industrie", "Werk", "Stahl"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Stahlindustie", "stahlindustrie"), ("Wasserstof", "wasserstoff"), ("Stahlpumpe", None)],
)
def test_suggestions_are_words_of_the_corpus_or_compounds_of_them(
    texts: Callable[..., Texts], typed: str, meant: str | None
) -> None:
    """Never a stem, nothing for a compound that is right though the corpus lacks it."""
    index = texts("Die Stahlindustrie wächst", "Der Wasserstoff brennt", "Die Pumpe pumpt Stahl")
    found = index.snapshot.corrections(typed, limit=1, deadline=NEVER)
    assert [each.form for each in found] == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("Fussgaenger*", "Fußgängerzone"),
        ("fußgän*", "Fussgaengerzone"),
        ("*gefaess", "Blutgefäß"),
        ("bl?tgefae*", "Blutgefäße"),
        ("Aerzte*", "Ärztekammer"),
        ("Ärzte*", "Aerztekammer"),
        ("oelge*e", "Ölgemälde"),
        ("Oelgemaelds~", "Ölgemälde"),
        ("Fussgangerzone~", "Fußgängerzone"),
        ("Äpfek~", "Aepfel"),
        ("Aepfek~", "Äpfel"),
    ],
)
def test_wildcards_and_near_words_know_other_spellings(
    texts: Callable[..., Texts], query: str, word: str
) -> None:
    """Umlauts and ß count as the two letters that stand for them, on both sides."""
    text = f"Hier steht {word} im Satz"
    index = texts(text, "Hier steht es nicht", "Die Karte und ein Kahn")
    assert index.found(query) == [text]
    assert index.marked(query, text) == [word]


def test_a_wildcard_finds_no_other_word_by_its_spelling(texts: Callable[..., Texts]) -> None:
    """Where the dictionary has both, they are two words: Buße and Busse, Maße and Masse."""
    index = texts("Die Maße passen", "Die Massen jubeln", "Die Busse fahren", "Er tut Buße")
    assert index.found("Masse*") == ["Die Massen jubeln"]
    assert index.found("Buss*") == ["Die Busse fahren"]
    assert index.found("Buß*") == ["Er tut Buße"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Die Zufahrt bleibt gesperrt", "Abfahrt"),
        ("Seine Ungeduld wuchs", "Geduld"),
        ("Der Zweiakter begann", "Dreiakter"),
        ("Die Stuten grasen", "Stufen"),
        ("Die Halle wird neu gestrichen", "gestochen"),
    ],
)
def test_no_word_of_german_gets_another_in_its_place(
    texts: Callable[..., Texts], text: str, typed: str
) -> None:
    """Not its opposite, nor what looks like it: be the corpus without it, it is right."""
    found = texts(text).snapshot.corrections(typed, limit=5, deadline=NEVER)
    assert found == []


def test_a_known_word_is_offered_another_on_clear_evidence_only(
    texts: Callable[..., Texts],
) -> None:
    """A slip for a word 200 times as frequent, if the dictionary has not found the typed one in an
    article; and never to take its place."""
    index = texts("Der Quaddler schwieg", "Ein Zwist", *["Der Quadler sang im Zwirn"] * 200)
    for typed, offered in (
        ("Quaddler", [("quadler", False)]),
        ("Quadler", []),
        ("Quattler", [("quadler", True)]),
        ("Zwirm", [("zwirn", True)]),
        ("Zwirl", [("zwirn", False)]),
        ("Zwist", []),
        ("Zwiebel", []),
    ):
        found = index.snapshot.corrections(typed, limit=1, deadline=NEVER)
        assert [(each.form, each.may_replace) for each in found] == offered, typed


def test_a_compound_never_seen_is_corrected_by_its_parts(texts: Callable[..., Texts]) -> None:
    """Split, the wrong part corrected, joined again."""
    index = texts("Die Industrie wächst stetig", "Viel Wasserstoff brennt")
    found = index.snapshot.corrections("wasserstoffindustie", limit=1, deadline=NEVER)
    assert [(each.form, each.doc_freq) for each in found] == [("wasserstoffindustrie", 0)]


def test_optional_words_raise_what_is_found_anyway_and_are_not_marked(
    texts: Callable[..., Texts],
) -> None:
    """A little: neither do they find anything, nor do many of them outweigh another word."""
    index = texts("Ofen aus Stahl", "Ofen für Stahl", "Für wen für Öl", "Stahl, Stahl, Ofen, Stahl")
    query = parse_query("Ofen für Stahl", max_chars=100, max_words=10, max_wildcards=0)
    demand = query.demanded()
    assert demand is not None
    found = index.snapshot.search(demand.tree, NO_FILTERS, PageRequest(), deadline=NEVER)
    bodies = [hit.article.body for hit in found.hits]
    assert set(bodies) == {"Ofen aus Stahl", "Ofen für Stahl", "Stahl, Stahl, Ofen, Stahl"}
    assert bodies.index("Ofen für Stahl") < bodies.index("Ofen aus Stahl")
    hit = next(hit for hit in found.hits if hit.article.body == "Ofen für Stahl")
    assert [(span.start, span.end) for span in hit.matches.body] == [(0, 4), (9, 14)]


def test_more_of_the_words_tell_more_than_one_of_them_often(texts: Callable[..., Texts]) -> None:
    """Where some of the words are enough; a word with a hyphen is one of them."""
    often = "Stahl und Stahl, Stahl zu Stahl"
    more = "Zum Zink kommt Stahl, zum Stahl kommt Holz, und vieles andere steht auch noch da"
    found = texts(often, more, "Linz", "Wien", "Der EU-Rat").found
    assert found("Stahl ODER Zink ODER Holz") == [more, often]
    assert found("Stahl ODER Zink ODER EU-Rat")[-1] == often


def test_a_word_has_one_number_wherever_it_stands_in_a_query(texts: Callable[..., Texts]) -> None:
    """So that it is told apart from others, and explained once."""
    index = texts("Stahl", "Stahlwerk", "Ein Werk aus Stahl", "Erz", "Erz und Werk", "Kohle")
    query = "(Stahlwerk Erz) ODER (Stahlwerk Kohle) ODER Stahlwerk ODER Werk"
    case = Case(index.snapshot, index.oracle)
    words = {
        body: case.hit(article, query).words
        for article in index.articles.values()
        if (body := article.body) in index.found(query)
    }
    assert words == {
        "Stahlwerk": {0, 3},
        "Ein Werk aus Stahl": {0, 3},
        "Erz und Werk": {1, 3},
    }
    assert [kind for kind, _ in index.reasons(query, "Ein Werk aus Stahl")] == ["parts"]


@pytest.mark.parametrize("query", ['"Häuser"', '"Stahl"', '"EU-Kommission"'])
def test_a_quoted_word_is_found_as_any_other(texts: Callable[..., Texts], query: str) -> None:
    """It is only demanded in all cases."""
    index = texts(
        "Ein Haus aus Stahl", "Das Stahlwerk", "Die Kommission der EU", "Die EU-Kommission"
    )
    assert index.found(query) == index.found(query.strip('"')) != []


@pytest.mark.slow
def test_nouns_of_a_large_corpus_are_parts_of_compounds(texts: Callable[..., Texts]) -> None:
    """What no dictionary knows is learned where the articles use it often."""
    compound = "Die Quorgelfabrik steht leer"
    sentence = "Der alte Quorgel liegt neben dem neuen Quorgel auf dem Tisch. "
    bodies = [sentence * (LEARNABLE_CHARS // len(sentence) // 10) for _ in range(11)]
    assert texts(compound, *bodies).found("Quorgel")[-1] == compound


NUMBERS = [
    ("16.01.24", "Am 16. Januar 2024 war es"),
    ("16. Jänner 2024", "Am 16.1.2024 war es"),
    ("4 500 000", "Es kamen 4.500.000 Leute"),
    ("4500000", "Es kamen 4 500 000 Leute"),
    ("4.500.000", "Es kamen 4'500'000 Leute"),
    ("§ 12", "Das sagt §§ 12 ff. klar"),
    ("Paragraf 12", "Das sagt §12 klar"),
    ("Art. 7", "Das sagt Artikel 7 klar"),
    ("Artikel 7", "Das sagt Art. 7 klar"),
    ("7 %", "Es sind 7 Prozent mehr"),
    ("7 Prozent", "Es sind 7% mehr"),
    ("¾", "Es sind 3/4 davon"),
    ("3/4", "Es sind ¾ davon"),
    ("B27", "Auf der B 27 staut es"),
    ("B 27", "Auf der B27 staut es"),
    ("CO 2", "Es ist CO₂ drin"),
    ("d.h.", "Es ist, d. h. war, so"),
    ("d. h.", "Es ist, d.h. war, so"),
    ("Mio.", "Es sind 3 Millionen Leute"),
]


def test_numbers_and_abbreviations_are_found_in_every_spelling(
    texts: Callable[..., Texts],
) -> None:
    """As words and between quotation marks, and what is marked is the number."""
    index = texts(*dict.fromkeys(body for _, body in NUMBERS))
    for query, body in NUMBERS:
        assert body in index.found(query), query
        assert body in index.found(f'"{query}"'), query
        assert index.marked(query, body), query


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("Paragrafen", "Zwei Paragraphen gelten"),
        ("Brennesseln", "Dort wachsen Brennnesseln"),
        ("differenziell", "Es ist differentiell"),
        ("Kommunikee", "Das Kommuniqué kam"),
    ],
)
def test_old_and_permitted_spellings_of_a_word_meet(
    texts: Callable[..., Texts], query: str, body: str
) -> None:
    """And what is marked is the word as the text spells it."""
    index = texts(body, "Nichts davon")
    assert index.found(query) == [body]
    assert index.marked(query, body)
    assert index.found(f"={query}") == []


def test_a_number_is_not_another_one(texts: Callable[..., Texts]) -> None:
    """Points and commas are told apart, and a row of numbers is none."""
    index = texts("Es sind 1,234 Meter", "Im Jahr 2023 500 Leute", "Ruf 0664 500 600 an")
    for query in ("1.234", "1 234", "2023500", "500 600", "500600"):
        assert index.found(query) == [], query


SUSPENDED = [
    ("Vorteil", "Die Vor- und Nachteile liegen offen", "Vor"),
    ("Vorteile", "Die Vor- und Nachteile liegen offen", "Vor"),
    ("Nachteile", "Die Vor- und Nachteile liegen offen", "Nachteile"),
    ("Lederware", "Es gab Leder-, Holz- und Metallwaren", "Leder"),
    ("Holzwaren", "Es gab Leder-, Holz- und Metallwaren", "Holz"),
    ("Weinhandel", "Vom Weinbau und -handel lebten sie", "handel"),
    ("Frühschicht", "Er hat Früh-/Spätschicht", "Früh"),
    ('"Frühschicht Spätschicht"', "Er hat Früh-/Spätschicht", "Früh"),
]


def test_suspended_hyphens_are_found_by_the_whole_word(texts: Callable[..., Texts]) -> None:
    """The fragment is marked; typed as in the text, words and phrase find it, too."""
    index = texts(*dict.fromkeys(body for _, body, _ in SUSPENDED))
    for query, body, marked in SUSPENDED:
        assert index.found(query) == [body], query
        assert marked in index.marked(query, body), query
    assert len(index.found("Vor- und Nachteile")) == 1
    assert index.marked('"Vor- und Nachteile"', "Die Vor- und Nachteile liegen offen") == [
        "Vor", "und", "Nachteile"
    ]  # fmt: skip
    assert len(index.found('"Leder-, Holz- und Metallwaren"')) == 1
    assert index.found("Holzhandel") == []
    assert index.marked("Ware", "Es gab Leder-, Holz- und Metallwaren") == [
        "Leder", "Holz", "waren"
    ]  # fmt: skip


def test_families_are_what_a_word_finds_besides_its_forms(texts: Callable[..., Texts]) -> None:
    """Relatives, and spellings but for ae, oe, ue and ss: those no reader takes for others."""
    index = texts(
        "Ein Streik der Müller", "Sie streiken", "Streiks und Strassen", "Die Photographien"
    )
    families = {
        each.word: (each.doc_freq, [tuple(other) for other in each.joined])
        for each in index.snapshot.word_families(limit=9, deadline=NEVER)
    }
    assert families == {
        "Streik": (2, [("streiken", 1, "relative")]),
        "streiken": (1, [("Streik", 2, "relative")]),
        "Fotografie": (1, [("photographien", 1, "spelling")]),
    }
    (first,) = index.snapshot.word_families(limit=1, deadline=NEVER)
    assert first.word == "Streik"


@pytest.mark.parametrize("sentence", ["Die Orgel klingt.", "Der Orgelbauer arbeitet."])
def test_what_an_article_begins_with_it_is_about(
    texts: Callable[..., Texts], sentence: str
) -> None:
    """Of two texts with the same words, in any order of indexing; inside of compounds, too."""
    rest = "Danach steht hier lange nichts anderes von Belang. " * 6
    early, late = f"{sentence} {rest}", f"{rest} {sentence}"
    assert texts(late, early).found("Orgel") == [early, late]


def test_parts_of_words_tell_articles_apart_that_have_some_of_the_words(
    texts: Callable[..., Texts],
) -> None:
    """A part of a compound, or of a word with hyphens, finds no article by itself."""
    query = "(Weimar OR Orgelmusik OR UN-Kommission)"
    plain = "Er kam nach Weimar und blieb dort sehr gern"
    orgel = "Er kam nach Weimar und hörte dort die Orgel"
    kommission = "Er kam nach Weimar und wählte die Kommission"
    index = texts(plain, orgel, kommission, "Eine Orgel steht dort", "Die Kommission tagt dort")
    found = index.found(query)
    assert set(found[:2]) == {orgel, kommission}
    assert found[2:] == [plain]
