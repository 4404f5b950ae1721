"""German text in, tokens out.

- Which text is stored and indexed? `text_cleaner`
- What is a word, and where is it? `tokenizer`
- Which forms, stems, lemmas and parts does a word have? `analyzer`, over `stems` and `lexicon`
- How are millions of words analyzed at once? `token_arrays`
- How are two readings of one word told apart in an index? `forms`
- Which parts does a compound have? `compounds`; which pieces are there? `compound_pieces`
- Which lemma does a form of the dictionary have? `lemmas`
- How is the lexicon made of a dictionary? `lexicon_builder`; of a corpus? `corpus_lexicon`
- What did the owner decide about single words? `exceptions`
- How is a word spelt without umlauts and ß? `digraphs`
- How likely was one word typed for another? `typing_errors`
- Which words say how a query is meant? `function_words`

The analyzer is imported when it is asked for: who only cleans text, as a process that reads files,
does not wait for it and numpy.
"""

from typing import TYPE_CHECKING, Any

from searchapp.german.text_cleaner import clean_line, clean_text

if TYPE_CHECKING:
    from searchapp.german.analyzer import Analyzer, rules_fingerprint, surface_counts

__all__ = ["Analyzer", "clean_line", "clean_text", "rules_fingerprint", "surface_counts"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from searchapp.german import analyzer

    return getattr(analyzer, name)
