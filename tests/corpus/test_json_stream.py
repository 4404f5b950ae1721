"""JSON that comes in pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.json_stream import JsonFault, JsonStream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(VALUES), st.integers(1, 30), st.sampled_from([None, 1]))
def test_pieces_make_no_difference(values: list[object], size: int, indent: int | None) -> None:
    """Wherever the text is torn apart, each value is the one that was written."""
    text = json.dumps(values, indent=indent)
    stream = JsonStream(iter([text[at : at + size] for at in range(0, len(text), size)]))
    stream.take("[")
    found = []
    while stream.skip(",") != "]":
        found.append(stream.value())
    stream.take("]")
    assert json.dumps(found) == json.dumps(values)
    assert stream.peek() == ""
    assert stream.read_chars == len(text)
    assert stream.line == text.count("\n") + 1


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ('[\n"a", "b', "Unterminated string", (2, 6)),
        ('[\n\n1, x, "long enough to be read on"]', "Expecting value", (3, 4)),
        ('[{"a": 1 "b": "long enough to be read on"}]', "delimiter", (1, 10)),
        ('["\n", "long enough to be read on"]', "Invalid control character", (1, 3)),
    ],
)
def test_faults_are_told_with_their_place(
    text: str, reason: str, place: tuple[int, int], size: int
) -> None:
    """Line and character, as in the whole text."""
    stream = JsonStream(iter([text[at : at + size] for at in range(0, len(text), size)]))
    stream.take("[")

    def read() -> None:
        while stream.skip(",") != "]":
            stream.value()

    with pytest.raises(JsonFault, match=reason) as raised:
        read()
    what, line = raised.value.args
    assert (line, int(what.rpartition(" ")[2].rstrip(")"))) == place


def test_a_list_of_objects() -> None:
    """Is told from other lists before it is read."""
    for text, is_one in (
        ("[ {}]", True),
        ("[1]", False),
        ("[]", False),
        ("{}", False),
        ("[", False),
    ):
        assert JsonStream(iter(text)).is_list_of_objects() == is_one
