"""Plain text has the same words without the tokenizer's patterns."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from searchapp.german.plain_text import raw_tokens
from searchapp.german.tokenizer import tokenize


@given(st.text("aZäÖß -.1'*:é", max_size=30))
def test_the_tokens_are_those_of_the_tokenizer(text: str) -> None:
    """Whichever of the two ways a text takes."""
    assert list(raw_tokens(text)) == list(tokenize(text))


def test_plain_words_need_no_patterns() -> None:
    """Compiling them would be a third of the time of a search on the command line."""
    code = (
        "import sys; from searchapp.german.plain_text import raw_tokens;"
        "list(raw_tokens('Streik im Stahlwerk'));"
        "print('searchapp.german.tokenizer' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
