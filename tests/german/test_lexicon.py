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
from searchapp.german.lexicon import CompoundPart, Lexicon
from searchapp.german.stems import GermanStemmer, normalized

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
        ("häuser", "haus"),
        ("ging", "gehen"),
        ("gegangen", "gehen"),
        ("größte", "groß"),
        ("groesste", "groß"),
        ("grösste", "groß"),
        ("mueller", "müller"),
        ("haeuser", "haus"),
        ("fluß", "fluß"),
        ("kolleginnen", "kollege"),
        ("stahlhochöfen", "stahlhochofen"),
        ("xyzzy", None),
        ("1.000", None),
        ("", None),
    ],
)
def test_forms_have_lemmas(lexicon: Lexicon, form: str, lemma: str | None) -> None:
    """Irregular forms, other spellings, and inflected heads of compounds."""
    assert lexicon.lemma(form) == lemma


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("stahlindustrie", "stahl(stahl)|industrie(industrie)"),
        ("absichtserklärungen", "absichts(absicht)|erklärungen(erklärung)"),
        ("schulhof", "schul(schule)|hof(hof)"),
        ("wörterbuch", "wörter(wort)|buch(buch)"),
        ("ärztekammer", "ärzte(arzt)|kammer(kammer)"),
        ("impfstoffe", "impf(impfen)|stoffe(stoff)"),
        ("elektroauto", "elektro(elektro)|auto(auto)"),
        ("entwicklung", ""),
        ("karton", ""),
        ("reformation", ""),
        ("operationen", ""),
        ("minister", ""),
        ("unterstützung", ""),
        ("eisenerzpreise", "eisen(eisen)|erz(erz)|preise(preis)"),
        ("torhüter", "tor(tor)|hüter(hüter)"),
        ("maschinenbau", "maschinen(maschine)|bau(bau)"),
        ("fahrweise", "fahr(fahren)|weise(weise)"),
        ("teelöffel", "tee(tee)|löffel(löffel)"),
        ("heimweg", "heim(heim)|weg(weg)"),
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
    lemma = lexicon.lemma(form)
    assert lemma is None or lemma == lemma.lower() != ""
    parts = lexicon.parts(form)
    if parts:
        assert len(parts) > 1
        edges = [part.start for part in parts] + [len(form)]
        assert edges[0] == 0
        assert [part.end for part in parts] == edges[1:]
        assert all(part.base for part in parts)


def test_lone_surrogates_are_no_words(lexicon: Lexicon) -> None:
    """Such text cannot be encoded, and must not break the look-up."""
    assert lexicon.lemma("\ud800haus") is None
    assert lexicon.parts("stahl\ud800industrie") == ()


def test_the_key_of_a_part_is_the_key_of_the_simple_word(lexicon: Lexicon) -> None:
    """Else a part would not find, or be found by, the word that it is."""
    stem = GermanStemmer().stem
    for compound, word in [("erdboden", "Erde"), ("sprachkurs", "Sprache"), ("ärztetag", "Ärztin")]:
        base = lexicon.parts(compound)[0].base
        form = normalized(word)
        assert stem(base) == stem(lexicon.lemma(form) or form)


def test_exceptions_win_over_what_was_learned(taught: Lexicon) -> None:
    """Their parts have the bases that were given, or those that the lexicon knows."""
    assert shown(taught.parts("wachstube"), "wachstube") == "wachs(wachs)|tube(tube)"
    assert shown(taught.parts("häuserblock"), "häuserblock") == "häuser(haus)|block(klotz)"
    assert taught.parts("stahlindustrie") == ()
    assert taught.lemma("frug") == "fragen"
    assert taught.lemma("häuser") == "hütte"


def test_readers_never_load_the_dictionary(static_lexicon_folder: Path) -> None:
    """It costs a second and a hundred megabytes in each process."""
    script = (
        "import sys, pathlib; from searchapp.german.lexicon import Lexicon;"
        "lexicon = Lexicon.open(pathlib.Path(sys.argv[1]));"
        "assert lexicon.lemma('ging') == 'gehen' and lexicon.parts('stahlindustrie');"
        "assert not any(name.startswith('simplemma') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(static_lexicon_folder)], check=True)


def test_a_damaged_lexicon_is_refused(static_lexicon_folder: Path, tmp_path: Path) -> None:
    """Each file missing, cut or altered; the message names the folder and the remedy."""
    for name in [file.name for file in static_lexicon_folder.iterdir()]:
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
