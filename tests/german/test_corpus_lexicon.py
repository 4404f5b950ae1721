"""What a corpus adds to the lexicon of the dictionary."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from searchapp.errors import IndexDamaged
from searchapp.german.corpus_lexicon import learn_from_corpus
from searchapp.german.lexicon import DICTIONARY, Lexicon, use_dictionary
from searchapp.german.lexicon_builder import learn_lexicon
from tests.lexicon import small_dictionary

Teach = Callable[[Mapping[str, int]], Lexicon]


@pytest.fixture
def teach(tmp_path: Path) -> Teach:
    """Gives the lexicon that has learned from words, each with how often it occurs."""

    def taught(surface_counts: Mapping[str, int]) -> Lexicon:
        folder = tmp_path / "lexicon"
        shutil.rmtree(folder, ignore_errors=True)
        learn_from_corpus(surface_counts, folder)
        return Lexicon.open(folder)

    return taught


def shown(lexicon: Lexicon, form: str) -> str:
    """The parts of a form as "text(base)|…"."""
    return "|".join(f"{form[part.start : part.end]}({part.base})" for part in lexicon.parts(form))


def test_frequent_nouns_that_no_dictionary_knows_are_parts(teach: Teach, lexicon: Lexicon) -> None:
    """Before and behind known parts and each other."""
    taught = teach({"Quorgel": 9, "Flimbax": 7, "Haus": 5})
    assert lexicon.parts("quorgelanlagen") == lexicon.parts("stahlquorgel") == ()
    assert shown(taught, "quorgelanlagen") == "quorgel(Quorgel)|anlagen(Anlage)"
    assert shown(taught, "stahlquorgel") == "stahl(Stahl)|quorgel(Quorgel)"
    assert shown(taught, "quorgelflimbax") == "quorgel(Quorgel)|flimbax(Flimbax)"


@pytest.mark.parametrize(
    "words",
    [{"Quorgel": 4}, {"Quorgel": 9, "quorgel": 2}, {"quorgel": 90}, {"Quo1gel": 9}, {}],
)
def test_rare_and_small_words_are_no_nouns(teach: Teach, words: dict[str, int]) -> None:
    """They are misspelt or foreign more often than not."""
    assert teach(words).parts("quorgelanlagen") == ()


def test_linking_elements_are_those_that_the_corpus_shows(teach: Teach) -> None:
    """With another part behind them; the base is the noun."""
    words = {"Quorgel": 9, "Flimbe": 9}
    assert teach(words).parts("quorgelsanlage") == ()
    taught = teach({**words, "Quorgelsfabrik": 2, "Flimbfabrik": 2})
    assert shown(taught, "quorgelsanlage") == "quorgels(Quorgel)|anlage(Anlage)"
    assert shown(taught, "flimbanlage") == "flimb(Flimbe)|anlage(Anlage)"


def test_frequent_compounds_of_new_nouns_are_no_parts(teach: Teach) -> None:
    """A split gives the smallest parts, however often the whole occurs."""
    taught = teach({"Quorgel": 9, "Quorgelfabrik": 9})
    assert shown(taught, "quorgelfabrikdach") == "quorgel(Quorgel)|fabrik(Fabrik)|dach(Dach)"


def test_known_nouns_cost_less_where_they_are_frequent(teach: Teach, lexicon: Lexicon) -> None:
    """Else a rare noun of the dictionary would be no part in a corpus that is about it."""
    assert lexicon.parts("nasapreis") == ()
    assert shown(teach({"NASA": 3000}), "nasapreis") == "nasa(Nasa)|preis(Preis)"


def test_a_word_that_is_always_capital_is_no_form_of_a_verb(teach: Teach, lexicon: Lexicon) -> None:
    """Sankt Gallen did not sink."""
    assert lexicon.readings("sankt").small == "sinken"
    assert teach({"Sankt": 50, "sankt": 1}).readings("sankt").small == "Sankt"
    assert teach({"Sankt": 50, "sankt": 9}).readings("sankt").small == "sinken"


def test_words_that_the_corpus_writes_small_are_whole(teach: Teach, lexicon: Lexicon) -> None:
    """They look like compounds by chance, or are adjectives made of them."""
    assert lexicon.parts("stahlindustriegerechte") != ()
    taught = teach({"stahlindustriegerechte": 2, "stahlindustrie": 2, "Stahlindustrie": 9})
    assert taught.parts("stahlindustriegerechte") == ()
    assert taught.parts("stahlindustrie") != ()


def test_what_the_corpus_lacks_stays_as_it_was(teach: Teach, lexicon: Lexicon) -> None:
    """Renumbered pieces keep their costs and base forms."""
    taught = teach({"Quorgel": 9, "Quorgelsfabrik": 2, "Aaxu": 9, "Zyxu": 9})
    for form in ("absichtserklärungen", "ärztekammer", "schulhöfe", "impfstoffe", "minister"):
        assert taught.look_up(form) == lexicon.look_up(form)


def test_equal_words_give_equal_lexicons(teach: Teach, lexicon: Lexicon) -> None:
    """In any order; other words give another fingerprint."""
    words = {"Quorgel": 9, "Flimbax": 7, "floh": 40, "stahlindustriegerechte": 3}
    fingerprint = teach(words).fingerprint
    assert teach(dict(reversed(words.items()))).fingerprint == fingerprint
    assert teach({"Quorgel": 9}).fingerprint != fingerprint != lexicon.fingerprint


def test_no_words_are_enough(teach: Teach, lexicon: Lexicon) -> None:
    """A corpus of numbers and signs teaches nothing."""
    assert teach({"1.000": 9, "C++": 5}).look_up("stahlindustrie") == lexicon.look_up(
        "stahlindustrie"
    )


def test_names_of_places_and_families_are_whole(teach: Teach, lexicon: Lexicon) -> None:
    """They are frequent and have no forms but with "s"; a plural shows that it is no name."""
    assert () not in (lexicon.parts("apfelstein"), lexicon.parts("kirschfeld"))
    taught = teach({"Apfelstein": 9, "Apfelsteins": 3, "Kirschfeld": 9, "Kirschfeldes": 1})
    assert taught.parts("apfelstein") == ()
    assert taught.parts("kirschfeld") != ()
    assert teach({"Apfelstein": 4}).parts("apfelstein") != ()


def test_only_what_the_corpus_changes_is_written(tmp_path: Path) -> None:
    """The rest is mapped from the package, which no corpus changes."""
    before = {path.name: path.read_bytes() for path in DICTIONARY.iterdir()}
    for noun in ("Quorgel", "Flimbax"):
        learn_from_corpus({noun: 9}, tmp_path / noun)
        taught = Lexicon.open(tmp_path / noun)
        assert bool(taught.parts("quorgelanlagen")) == (noun == "Quorgel")
        assert bool(taught.parts("flimbaxanlagen")) == (noun == "Flimbax")
        names = {path.name for path in (tmp_path / noun).iterdir()}
        assert "modifiers.trie" in names
        assert not names & {"forms.trie", "capitals.forms.npy", "capitals.lemmas.npy"}
    assert before == {path.name: path.read_bytes() for path in DICTIONARY.iterdir()}


def test_a_lexicon_that_adds_nothing_is_one_small_file(tmp_path: Path, lexicon: Lexicon) -> None:
    """And knows what the dictionary knows."""
    use_dictionary(tmp_path / "lexicon")
    assert [path.name for path in (tmp_path / "lexicon").iterdir()] == ["lexicon.json"]
    used = Lexicon.open(tmp_path / "lexicon")
    for form in ("häuser", "ging", "stahlindustrie", "xyzzy"):
        assert used.look_up(form) == lexicon.look_up(form)


def test_a_lexicon_of_another_dictionary_is_refused(tmp_path: Path) -> None:
    """Its numbers would mean other words."""
    learn_lexicon(tmp_path / "small", small_dictionary())
    learn_from_corpus({"Quorgel": 9}, tmp_path / "corpus", tmp_path / "small")
    assert Lexicon.open(tmp_path / "corpus", tmp_path / "small").readings("ging").small == "gehen"
    with pytest.raises(IndexDamaged, match=r"another dictionary.*searchapp rebuild"):
        Lexicon.open(tmp_path / "corpus")


def test_a_dictionary_that_was_replaced_meanwhile_is_noticed(tmp_path: Path) -> None:
    """A server that goes on while the package is renewed maps no files that do not fit."""
    base, corpus = tmp_path / "base", tmp_path / "corpus"
    learn_lexicon(base, small_dictionary())
    learn_from_corpus({"Quorgel": 9}, corpus, base)
    Lexicon.open(corpus, base).close()
    shutil.rmtree(base)
    learn_lexicon(base, {"ging": "gehen"})
    with pytest.raises(IndexDamaged, match="another dictionary"):
        Lexicon.open(corpus, base)
