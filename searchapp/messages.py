"""The sentences that readers see: one for every kind of note and for every kind of error.

English is the language of the source. Page and command line look the sentences up in their
translations; a placeholder such as `%(subject)s` is filled in after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchapp.model import Note
from searchapp.translation import N_, Translate

NOTE_SENTENCES = {
    "unbalanced_quote": N_("The quotation mark in “%(subject)s” has no partner and was ignored."),
    "unbalanced_parenthesis": N_("A parenthesis has no partner and was ignored."),
    "nested_too_deeply": N_("Parentheses are nested too deeply; the innermost ones were ignored."),
    "dangling_operator": N_(
        "“%(subject)s” has nothing to join here and was searched for as a word."
    ),
    "unknown_field": N_(
        "There is no field of the name in “%(subject)s”; it was read as plain words."
    ),
    "field_without_value": N_(
        "“%(subject)s” names a field without a value and was read as plain words."
    ),
    "bad_date": N_(
        "“%(subject)s” is not a date such as 2024, 2024-03, 16.1.2024 or 2023..2024 and was "
        "searched for as a word."
    ),
    "wildcard_as_text": N_(
        "A wildcard needs two letters or digits beside it; “%(subject)s” was read as plain words."
    ),
    "fuzzy_as_text": N_(
        "The sign ~ needs a word of three letters or more before it and 1, 2 or nothing behind "
        "it; “%(subject)s” was read as plain words."
    ),
    "fuzzy_clamped": N_(
        "Words can differ in one or two letters; “%(subject)s” was read like that."
    ),
    "minus_number": N_("“%(subject)s” was read as a number. To exclude it, write NOT before it."),
    "phrase_distance": N_(
        "Words in quotation marks match side by side; “%(subject)s” was ignored."
    ),
    "nothing_to_search": N_("There is no word to search for in “%(subject)s”."),
    "corrected": N_("Nothing was found for “%(query)s”. Shown are results for “%(subject)s”."),
    "any_order": N_(
        "Nothing was found for the words in quotation marks side by side. These articles have all "
        "of them."
    ),
    "some_words": N_("No article has all of these words. These articles have some of them."),
    "named_word": N_("“%(subject)s” is taken for a name or a noun, and has to occur."),
    "any_words": N_("Articles with some of the words are shown, those that fit best first."),
    "expansion_cut": N_(
        "“%(subject)s” stands for more words than are looked up; only the most frequent ones "
        "were used."
    ),
}
"""How the query was read or answered, by the kind of a Note; `query` is what was typed."""

STEP_SENTENCES = {
    "none": N_("Results now: %(total)s."),
    "synonym": N_("No article has “%(word)s”. Results with this synonym: %(then)s."),
    "unknown_word": N_(
        "No article has “%(word)s”. Perhaps one is missing; if it has another name here, add that "
        "as a synonym."
    ),
    "missing_article": N_(
        "There are articles with each of the words, and none with all: perhaps one is missing."
    ),
    "unanswered": N_("There was no time to look for a step."),
}
"""What to do about a query, by the step of an Advice of `missed_queries`."""

OPTIONAL_WORDS = N_("Articles without %(words)s are found, too.")
QUOTED_WORD = N_("“%(word)s”")

ERROR_SENTENCES = {
    "bad_request": N_("The address holds something that cannot be understood."),
    "query_too_long": N_(
        "Please search for fewer words: at most %(chars)s characters, %(words)s words and "
        "%(wildcards)s wildcards are possible."
    ),
    "page_too_deep": N_("There is no such page of results. The first page is always there."),
    "cursor_outdated": N_(
        "The index has been renewed, and its results may stand in another order. Please begin "
        "again at the first page."
    ),
    "article_not_found": N_("There is no article at this address. It may have been removed."),
    "search_timeout": N_(
        "The search took too long and was stopped. Please try fewer or longer words, or choose a "
        "filter."
    ),
    "server_busy": N_(
        "Very many people are searching at the moment. Please try again in a few seconds."
    ),
    "no_index": N_(
        "There is no index to search yet. Whoever runs this site can build it with the command "
        "“searchapp rebuild”."
    ),
    "index_outdated": N_(
        "The index does not fit this version of the program. Whoever runs this site can build it "
        "anew with the command “searchapp rebuild”."
    ),
    "index_damaged": N_(
        "The index is damaged. Whoever runs this site can build it anew with the command "
        "“searchapp rebuild”."
    ),
    "index_unreadable": N_(
        "The index cannot be read at the moment. Please try again in a minute; whoever runs this "
        "site finds the reason in the log."
    ),
    "index_not_current": N_(
        "Searches are answered from an older generation: the one that the index names cannot be "
        "used."
    ),
    "index_too_old": N_(
        "The index has not been brought up to date for too long. Whoever runs this site does it "
        "with the command “searchapp update”."
    ),
}
"""For visitors of the page, by the kind of a SearchappError: never a path or a cause.

The command line prints the error itself, which names both for whoever runs the program.
"""


def note_sentences(
    notes: Iterable[Note], query: str, translate: Translate = lambda sentence: sentence
) -> list[str]:
    """The sentence of each note.

    query: as the reader typed it. Raises KeyError for a kind of note that has no sentence.
    """
    return [
        translate(NOTE_SENTENCES[note.kind]) % {"subject": note.subject, "query": query}
        for note in notes
    ]


def optional_words_sentence(
    words: Sequence[str], translate: Translate = lambda sentence: sentence
) -> str:
    """The sentence on function words of a query that need not occur, as typed; at least one.

    It is no note, which a reader should see: nobody is surprised by it, and many queries hold
    such words. Page and command line put it in small print.
    """
    quoted = ", ".join(translate(QUOTED_WORD) % {"word": word} for word in words)
    return translate(OPTIONAL_WORDS) % {"words": quoted}
