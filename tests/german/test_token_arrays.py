"""Arrays of tokens of many texts: the tokens of the analyzer, whatever the texts."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.corpus import read_articles
from searchapp.german import Analyzer, token_arrays
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.model import Article
from tests.german.indexed_tokens import indexed, tokens
from tests.lexicon import dictionary_analyzer
from tests.shared_data import SEEDS, shared_path

ANALYZER = Analyzer()

# What meets the rules of words and dates, with and without what parts them.
PIECES = [
    *(
        "Haus",
        "häuser",
        "MÄRZ",
        "Ma\u0308rz",
        "Jan",
        "Januar",
        "Maı",
        "ſept",
        "Juni5",
        "in",
        "innen",
    ),
    *("1", "16", "31", "2024", "2024.", "20245", "16.", "01.", "16.01.", "16.Jan.", "1.000,50"),
    *("16. Jan. 2024", "16. 01. 2024", "2024-01-16", "3.11.7", "12:30", "U.S.A.", "z.B.", "C++"),
    *("Mitarbeiter*innen", "EU-Kommission", "d’Alembert", "geht's", "H&M", "AC/DC", "Ein-", "@"),
    *(
        "Bürger(innen)",
        "Kunden/-innen",
        "Lehrer/in",
        "jede*r",
        "Kolleg_innen",
        "Nr.5",
        "v.H.",
        "S.",
    ),
    *(
        "1 000",
        "1 000 000",
        "1\u202f000",
        "5 10 000 5",
        "+49 664 123",
        "0664/123 456",
        "000",
        "A",
        "B",
    ),
    *(
        "A 9",
        "CO 2",
        "z. B.",
        "i. d. R.",
        "z.",
        "1/4",
        "2020/1/2",
        "Art",
        "Abs.",
        "§",
        "§§",
        "€",
        "5%",
    ),
    *("16.01.24", "3.10.90", "1.2.12", "$", "$a", "%20", "9", "ä.", "a\u0308."),
    *("-", "–", ".", ",", ":", ";", "/", "(", ")", "*", "_", "&", "'", "+", "#", "%", "„", "“"),
    *(" ", " ", " ", "  ", "\n", "\t", "\r\n", "\xa0", "\u2028", "\u3000", "\x1c", "\x85", "\x00"),
    *(
        "\u0301",
        "\u0308",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\ufeff",
        "😀",
        "👩\u200d🔬",
        "日本",
        "İ",
        "ǆ",
    ),
    *("\ud800", "\U0001d165", "\U00010400", "\u1680", "²", "½", "٣", "\ufdfa", "x" * 50, "1." * 30),
]
HOSTILE_TEXT = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=20).map("".join)
BATCHES = st.lists(HOSTILE_TEXT | st.text(), max_size=5)


@given(BATCHES, BATCHES)
@example(["am 16.", "Januar 2024"], [])
@example(["am 16. ", " Januar", "2024"], ["16. Januar", "2024"])
@example(["16. Januar 2024 16. Jan. 2024-01-16", "16.Jan. 2024"], ["16. 01. 2024.16. Mai 2024"])
@example(["16.Jan. 2024 16. Jan. 2024. 16.\nJan. 2024, 16. Jan.  2024"], ["16.", "Jan. 2024"])
@example(
    ["5 1 000 5. 100 000", "/1 000 a/1 000 +1 000 (1 000) 1 000,50.", "A 9. Jan A 9. 5"], ["A 9"]
)
@example(
    ["Art. 5 Art.5 Art 5 Abs.\n7 dieser Art. Art 5", "x 1/4 2/1/4 5,1/2 /1/2"], ["z. B. i.d. R."]
)
@example(["16.01.24A 9", "1.5B 27 1.5Art. 5 1,5Abs 5"], ["3.11.7z. B. 2,5u. A. 2024A 9 x5A 9"])
@example(["", "Haus", "\u0301Haus", "-", "Haus-", "-Haus"], [""])
@example(["Bürger(innen) Bürger/in. (Lehrer/-innen) Kolleg_innen und/oder AC/DC_x"], [])
@example(["U.S.A. z.B. (v.H.) d. h. Haus. C++. C#, 's '90 geht's' rock'n'roll H&M &"], [])
def test_the_tokens_are_those_of_the_analyzer(first: list[str], second: list[str]) -> None:
    """Of every text, whatever its neighbours are and whatever was analyzed before."""
    analyzer = BatchAnalyzer(ANALYZER)
    for texts in (first, second, first):
        assert tokens(analyzer, texts) == [indexed(ANALYZER.analyze(text)) for text in texts]


_SENTENCE_PIECES = (
    *("Er", "sie", "Fing", "fing", "gab", "zog", "nahmen", "den Ball", "die", "wie er sagte"),
    *("und", "sondern", "an", "auf", "teil", "zu", "von Anfang", "Auf- und Abstieg", "(", ")"),
    *(",", ".", "!", "\n", " - ", "-", "am 3. Mai 2024", "z. B.", "„", "“", "Waren", "EU-Haus"),
)


@given(st.lists(st.lists(st.sampled_from(_SENTENCE_PIECES), max_size=40).map(" ".join), max_size=4))
@example(["Er gab auf", "Gib", "und zog aus,", "unter und über", "von Anfang", "an.", "an", "-"])
@example(["Er fing das " + "Haus " * 28 + "an", "Er fing das " + "Haus " * 29 + "an"])
def test_separated_verbs_are_those_of_the_analyzer(texts: list[str]) -> None:
    """Whatever stands before the text, or behind it, in the batch."""
    analyzer = dictionary_analyzer()
    assert tokens(BatchAnalyzer(analyzer), texts) == [
        indexed(analyzer.analyze(text)) for text in texts
    ]


# Words of two readings and what may stand before them, where a capital tells something or not.
_READINGS = ("Waren", "waren", "WAREN", "Reise", "REISEN", "reise", "MAN", "man", "DAS", "Häuser")
_BETWEEN = (" ", ". ", "\n", "! „", ": ", " (", ", ", "-", " – ", "- und ", "…", " " * 8, "\n• ")
_CAPITALS = st.lists(
    st.sampled_from(_READINGS) | st.sampled_from(_BETWEEN) | st.sampled_from(PIECES), max_size=16
).map("".join)


@given(st.lists(_CAPITALS, max_size=4), st.lists(_CAPITALS, max_size=4))
@example(["Haus", " " * 8 + "Reise"], [" " * 9 + "Reise", " " * 7 + "Reise"])
@example(["viel" + " " * 12 + "REISEN", "Reise"], ["Waren- und Reiseverkehr.", "Reise"])
def test_both_readings_are_those_of_the_analyzer(first: list[str], second: list[str]) -> None:
    """Where a text begins does not depend on the texts before it."""
    analyzer = dictionary_analyzer()
    batch_analyzer = BatchAnalyzer(analyzer)
    for texts in (first, second, first):
        assert tokens(batch_analyzer, texts) == [indexed(analyzer.analyze(text)) for text in texts]


def test_forms_of_two_readings_have_two_numbers() -> None:
    """The second is there as soon as the first: a text may hold the noun alone."""
    analyzer = BatchAnalyzer(dictionary_analyzer())
    arrays = analyzer.analyze(["die Reisen", "Reisen", "reisen"])
    assert analyzer.known.texts == ["die", "reisen^", "reisen"]
    assert arrays.forms.tolist() == [0, 1, 1, 2, 2]
    assert arrays.positions.tolist() == [0, 1, 0, 0, 0]
    assert arrays.starts.tolist() == [0, 4, 0, 0, 0]
    assert arrays.bounds.tolist() == [0, 2, 4, 5]


def first_articles(corpus: str) -> list[Article]:
    """The first ones of the seeds, or of a large corpus."""
    path = SEEDS if corpus == "seeds" else shared_path(f"corpora/{corpus}.jsonl.xz")
    return list(islice(read_articles([path], report=print), 60))


@pytest.mark.parametrize(
    "corpus",
    [
        "seeds",
        pytest.param("dip21", marks=pytest.mark.shared),
        pytest.param("wiki", marks=[pytest.mark.shared, pytest.mark.slow]),
    ],
)
def test_real_articles_have_the_tokens_of_the_analyzer(corpus: str) -> None:
    """With the dictionary's lemmas and parts, in batches of several sizes."""
    analyzer = dictionary_analyzer()
    articles = first_articles(corpus)
    texts = [text for article in articles for text in (article.title, article.body)]
    batch_analyzer = BatchAnalyzer(analyzer)
    for size in (1, 7, len(texts)):
        for first in range(0, len(texts), size):
            some = texts[first : first + size]
            assert tokens(batch_analyzer, some) == [
                indexed(analyzer.analyze(text)) for text in some
            ]


def test_the_arrays_are_what_they_say() -> None:
    """Types, shapes, and numbers in the order of first occurrence."""
    analyzer = BatchAnalyzer(ANALYZER)
    arrays = analyzer.analyze(["Das Haus, das EU-Haus", "", "haus"])
    assert analyzer.known.texts == ["das", "haus", "euhaus", "eu"]
    assert arrays.forms.tolist() == [0, 1, 0, 2, 3, 1, 1]
    assert arrays.starts.tolist() == [0, 4, 10, 14, 14, 17, 0]
    assert arrays.ends.tolist() == [3, 8, 13, 21, 16, 21, 4]
    assert arrays.positions.tolist() == [0, 1, 2, 3, 3, 4, 0]
    assert arrays.bounds.tolist() == [0, 6, 6, 7]
    assert [each.dtype for each in arrays] == [np.int32] * 4 + [np.int64]
    assert all(each.flags.c_contiguous and each.flags.writeable for each in arrays)


@given(
    st.lists(
        st.sampled_from([*_READINGS, *PIECES]).filter(str.isalpha)
        | st.text(min_size=1).filter(str.isalpha)
    )
)
@example(["Impfen", "Impfen", "mrd", "x" * 50, "ǆ"])
def test_keys_of_words_are_those_of_the_analyzer(words: list[str]) -> None:
    """Also of those that are met again."""
    analyzer = dictionary_analyzer()
    batch_analyzer = BatchAnalyzer(analyzer)
    for _ in range(2):
        assert batch_analyzer.keys(words) == analyzer.keys(words)


@pytest.mark.parametrize("texts", [[], [""], ["", " \n", "…"]])
def test_batches_without_words_have_no_tokens(texts: list[str]) -> None:
    """The arrays keep their types, and `bounds` has a place for every text."""
    arrays = BatchAnalyzer(ANALYZER).analyze(texts)
    assert [each.dtype for each in arrays] == [np.int32] * 4 + [np.int64]
    assert arrays.bounds.tolist() == [0] * (len(texts) + 1)
    assert all(len(each) == 0 for each in arrays[:4])


def test_form_numbers_stay_until_they_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also beyond the memory of runs, which is bounded; after `forget` they start anew."""
    monkeypatch.setattr(token_arrays, "MAX_REMEMBERED_ROWS", 4)
    analyzer = BatchAnalyzer(ANALYZER)
    before = [analyzer.analyze([f"Haus {word}", word]) for word in ("eins", "zwei", "drei")]
    known = analyzer.known
    again = [analyzer.analyze([f"Haus {word}", word]) for word in ("eins", "zwei", "drei")]
    for left, right in zip(before, again, strict=True):
        assert [each.tolist() for each in left] == [each.tolist() for each in right]
    assert known.texts == ["haus", "eins", "zwei", "drei"]
    analyzer.forget()
    assert analyzer.analyze(["drei"]).forms.tolist() == [0]
    assert analyzer.known.texts == ["drei"]
    assert len(known) == 4


def test_memory_of_runs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one batch more than the limit, also for runs too long to be found again."""
    monkeypatch.setattr(token_arrays, "MAX_REMEMBERED_ROWS", 50)
    analyzer = BatchAnalyzer(ANALYZER)
    for number in range(100):
        texts = [f"a{number} " + f"b{number}-" * 20]
        assert tokens(analyzer, texts) == [indexed(ANALYZER.analyze(texts[0]))]
        assert analyzer._runs.row_count() < 50 + 30


def test_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one batch more than the limit, also for words in any case, which are all one form."""
    monkeypatch.setattr(token_arrays, "MAX_REMEMBERED_ROWS", 10)
    monkeypatch.setattr(token_arrays, "MAX_NUMBERED_WORDS", 10)
    analyzer = BatchAnalyzer(ANALYZER)
    for word in ("haus", "Haus", "HAUS", "hAUS", "haUS", "HAus", "hauS", "HAuS", "haUs", "HaUS"):
        texts = [f"{word}{number}" for number in range(4)]
        assert tokens(analyzer, texts) == [indexed(ANALYZER.analyze(text)) for text in texts]
        assert len(analyzer._word_numbers) <= 10 + 4
    assert len(analyzer.known) == 4


def test_a_batch_too_large_for_its_offsets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how large it was and what to do."""
    monkeypatch.setattr(token_arrays, "MAX_BATCH_CHARS", 20)
    analyzer = BatchAnalyzer(ANALYZER)
    assert len(analyzer.analyze(["x" * 12]).forms) == 1
    with pytest.raises(ValueError, match=r"2 texts has 32 code points.*analyze fewer"):
        analyzer.analyze(["x" * 10, "y" * 10])
