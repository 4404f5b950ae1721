"""The lexicon as analyzers see it, learned from the dictionary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.errors import IndexDamaged
from searchapp.german.exceptions import Exceptions
from searchapp.german.lemmas import UNKNOWN
from searchapp.german.lexicon import CompoundPart, Endings, Lexicon, files_in
from searchapp.german.stems import normalized

EXCEPTIONS = Exceptions(
    splits={
        "wachstube": (("wachs", ""), ("tube", "")),
        "häuserblock": (("häuser", ""), ("block", "klotz")),
    },
    whole=frozenset({"stahlindustrie"}),
    lemmas={"frug": "fragen", "häuser": "hütte"},
    synonyms={"lkw": ("lastwagen",)},
)


@pytest.fixture
def taught(lexicon: Lexicon) -> Lexicon:
    """The lexicon with exceptions."""
    return lexicon.with_exceptions(EXCEPTIONS)


def shown(parts: tuple[CompoundPart, ...], form: str) -> str:
    """Parts as "text(base)|…"."""
    return "|".join(f"{form[part.start : part.end]}({part.base})" for part in parts)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("häuser", "Haus"),
        ("ging", "gehen"),
        ("gegangen", "gehen"),
        ("größte", "groß"),
        ("groesste", "groß"),
        ("grösste", "groß"),
        ("mueller", "Müller"),
        ("haeuser", "Haus"),
        ("fluß", "Fluss"),
        ("kolleginnen", "Kollege"),
        ("stahlhochöfen", "Stahlhochofen"),
        ("xyzzy", None),
        ("1.000", None),
        ("", None),
    ],
)
def test_forms_have_lemmas(lexicon: Lexicon, form: str, lemma: str | None) -> None:
    """Irregular forms, other spellings, and inflected heads of compounds."""
    assert lexicon.readings(form).small == lemma


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("stahlindustrie", "stahl(Stahl)|industrie(Industrie)"),
        ("absichtserklärungen", "absichts(Absicht)|erklärungen(Erklärung)"),
        ("schulhof", "schul(Schule)|hof(Hof)"),
        ("wörterbuch", "wörter(Wort)|buch(Buch)"),
        ("ärztekammer", "ärzte(Arzt)|kammer(Kammer)"),
        ("impfstoffe", "impf(impfen)|stoffe(Stoff)"),
        ("elektroauto", "elektro(elektro)|auto(Auto)"),
        ("entwicklung", ""),
        ("karton", ""),
        ("reformation", ""),
        ("operationen", ""),
        ("minister", ""),
        ("unterstützung", ""),
        ("eisenerzpreise", "eisen(Eisen)|erz(Erz)|preise(Preis)"),
        ("torhüter", "tor(Tor)|hüter(Hüter)"),
        ("maschinenbau", "maschinen(Maschine)|bau(Bau)"),
        ("teelöffel", "tee(Tee)|löffel(Löffel)"),
        ("heimweg", "heim(Heim)|weg(Weg)"),
        ("fahrweise", "fahr(fahren)|weise(Weise)"),
        ("schokolade", ""),
        ("transporte", ""),
        ("verbrauch", ""),
        ("buchstaben", ""),
        ("thailand", ""),
        ("salzburg", ""),
        ("international", ""),
        ("xyzzyqux", ""),
        ("co2emissionen", ""),
    ],
)
def test_compounds_have_parts_and_other_words_none(lexicon: Lexicon, form: str, parts: str) -> None:
    """Spans hold the linking element; bases are dictionary forms."""
    assert shown(lexicon.parts(form), form) == parts


@given(word=st.text(max_size=40) | st.from_regex(r"(?:stahl|haus|es|straße|\W){1,9}"))
def test_any_form_has_an_answer(lexicon: Lexicon, word: str) -> None:
    """Parts cover their word without gaps and have bases, whatever was typed."""
    form = normalized(word)
    for lemma in lexicon.readings(form):
        assert lemma is None or lemma[1:] == lemma[1:].lower() != lemma
    parts = lexicon.parts(form)
    if parts:
        assert len(parts) > 1
        edges = [part.start for part in parts] + [len(form)]
        assert edges[0] == 0
        assert [part.end for part in parts] == edges[1:]
        assert all(part.base for part in parts)


def test_lone_surrogates_are_no_words(lexicon: Lexicon) -> None:
    """Such text cannot be encoded, and must not break the look-up."""
    assert lexicon.readings("\ud800haus") == UNKNOWN
    assert lexicon.parts("stahl\ud800industrie") == ()


def test_exceptions_win_over_what_was_learned(taught: Lexicon) -> None:
    """Their parts have the bases that were given, or those that the lexicon knows."""
    assert shown(taught.parts("wachstube"), "wachstube") == "wachs(Wachs)|tube(Tube)"
    assert shown(taught.parts("häuserblock"), "häuserblock") == "häuser(Haus)|block(Klotz)"
    assert taught.parts("stahlindustrie") == ()
    assert taught.readings("frug").small == "fragen"
    assert taught.readings("häuser").capital == "Hütte"


def test_readers_never_load_the_dictionary(static_lexicon_folder: Path) -> None:
    """It costs a second and a hundred megabytes in each process."""
    script = (
        "import sys, pathlib; from searchapp.german.lexicon import Lexicon;"
        "lexicon = Lexicon.open(pathlib.Path(sys.argv[1]));"
        "assert lexicon.readings('ging').small == 'gehen' and lexicon.parts('stahlindustrie');"
        "assert not any(name.startswith('simplemma') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(static_lexicon_folder)], check=True)


def test_a_damaged_lexicon_is_refused(static_lexicon_folder: Path, tmp_path: Path) -> None:
    """Each file missing, cut or altered; the message names the folder and the remedy."""
    for name in (*files_in(static_lexicon_folder), "lexicon.json"):
        for damage in ("missing", "cut", "altered"):
            folder = tmp_path / f"{name}-{damage}"
            folder.mkdir()
            for file in static_lexicon_folder.iterdir():
                (folder / file.name).symlink_to(file)
            content = (static_lexicon_folder / name).read_bytes()
            (folder / name).unlink()
            if not content:
                content = b"stahlindustrie\n"  # Of an empty file, another content.
            if damage == "cut":
                (folder / name).write_bytes(content[: len(content) // 2])
            elif damage == "altered":
                (folder / name).write_bytes(content[:20] + b"?" + content[21:])
            with pytest.raises(IndexDamaged, match="rebuild"):
                Lexicon.open(folder)


@pytest.mark.parametrize(
    ("form", "small", "capital"),
    [
        ("waren", "sein", "Ware"),
        ("würde", "werden", "Würde"),
        ("spiele", "spielen", "Spiel"),
        ("reif", "reif", "Reif"),
        ("technische", "technisch", "technisch"),
        ("häuser", "Haus", "Haus"),
    ],
)
def test_a_form_of_two_words_has_a_reading_for_each_case(
    lexicon: Lexicon, form: str, small: str, capital: str
) -> None:
    """A form of one word has it in both cases."""
    assert lexicon.readings(form) == (small, capital)


def test_only_dictionary_forms_are_lemmas(lexicon: Lexicon) -> None:
    """As the dictionary writes them."""
    assert lexicon.is_lemma("Haus")
    assert lexicon.is_lemma("gehen")
    assert not any(map(lexicon.is_lemma, ("haus", "Häuser", "ging", "Xyzzy", "")))


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("ging", "gehen"), ("häuser", "Haus"), ("muß", "müssen"), ("gibtesnicht", None)],
)
def test_lemmas_of_small_forms_are_those_of_their_readings(
    lexicon: Lexicon, form: str, lemma: str | None
) -> None:
    """Without a look at compounds."""
    assert lexicon.lemma(form) == lemma
    assert lexicon.readings(form).small == lemma


def test_owners_lemmas_are_those_of_small_forms_too(taught: Lexicon) -> None:
    form, lemma = next(iter(taught.exceptions.lemmas.items()))
    assert taught.lemma(form) == lemma


def test_readings_are_those_that_are_looked_up_with_the_parts(
    lexicon: Lexicon, taught: Lexicon
) -> None:
    """Known or not, respelled, compounds, genitives, numbers, and what the owner said of them."""
    forms = (
        "häuser groesste muß stahlindustrien betontisches selenskyjs merkels d2 2024 gibtesnicht"
    ).split()
    for each in (lexicon, taught):
        named = [*each.exceptions.splits, *each.exceptions.whole, *each.exceptions.lemmas]
        for form in (*forms, *named, ""):
            assert each.readings(form) == each.look_up(form)[0], form


_small_words = st.from_regex("(?:[abegnorsuäöü][abegnorsuäöüß]{0,8})?", fullmatch=True)
_any_words = _small_words | _small_words.map(lambda word: word[:1].upper() + word[1:])


@given(pairs=st.lists(st.tuples(_small_words, _any_words), max_size=8))
def test_an_ending_turns_each_form_into_its_lemma(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    """Nouns get their capital; read from a file, the numbers mean the same."""
    endings = Endings()
    numbers = [endings.number(form, other) for form, other in pairs]
    folder = tmp_path_factory.mktemp("endings")
    endings.save(folder)
    for each in (endings, Endings.open(files_in(folder))):
        for (form, other), number in zip(pairs, numbers, strict=True):
            assert each.apply(form, number) == other
            assert each.number(form, other) == number


def test_words_that_change_alike_share_an_ending() -> None:
    """Whether a noun comes out is a part of it; 0 changes nothing."""
    endings = Endings()
    assert endings.number("gehen", "gehen") == 0
    shared = endings.number("häuser", "Haus")
    assert endings.number("gotteshäuser", "Gotteshaus") == shared
    assert endings.number("haus", "Haus") == endings.number("hof", "Hof") not in (0, shared)
    assert endings.number("gute", "gut") != endings.number("tage", "Tag")
