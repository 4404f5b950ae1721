"""What a reader can be told about the way in which a query was read."""

from __future__ import annotations

from searchapp.model import Note

NOTE_KINDS: dict[str, str] = {
    "unbalanced_quote": "The quotation mark in {subject} has no partner: it was ignored.",
    "unbalanced_parenthesis": "A parenthesis has no partner: it was ignored.",
    "nested_too_deeply": "Parentheses are nested too deeply: the innermost were ignored.",
    "dangling_operator": "{subject} has nothing to join here: it was searched for as a word.",
    "unknown_field": "There is no field of the name in {subject}: it was read as plain words.",
    "field_without_value": "{subject} names a field without a value: it was read as plain words.",
    "bad_date": "{subject} is not a date such as 2024, 2024-03, 16.1.2024 or 2023..2024: "
    "it was searched for as a word.",
    "wildcard_as_text": "A wildcard needs two letters or digits beside it: "
    "{subject} was read as plain words.",
    "fuzzy_as_text": "The sign ~ needs a word of three letters or more before it and 1, 2 or "
    "nothing behind it: {subject} was read as plain words.",
    "fuzzy_clamped": "Words can differ in one or two letters: {subject} was read as that.",
    "minus_number": "{subject} was read as a number: to exclude it, write NOT before it.",
    "phrase_distance": "Words in quotation marks match side by side: {subject} was ignored.",
    "nothing_to_search": "There is no word to search for in {subject}.",
}
"""Every kind of note that the parser gives, with its English sentence.

The kinds are stable: the page translates by kind. `{subject}` is the part of the query that the
note is about, as it was typed, in quotation marks.
"""


def note(kind: str, subject: str) -> Note:
    """A note of one of the NOTE_KINDS about a part of the query."""
    return Note(kind, NOTE_KINDS[kind].format(subject=f"“{subject}”"), subject)
