"""The prefixes of verbs."""

from __future__ import annotations

import pytest

from searchapp.german.verb_prefixes import split_prefix


@pytest.mark.parametrize(
    ("prefix", "parts"),
    [
        ("", ("", "")),
        ("ver", ("", "ver")),
        ("ab", ("ab", "")),
        ("vorent", ("vor", "ent")),
        ("wiederher", ("wiederher", "")),
        ("wiederer", ("wieder", "er")),
        ("missver", ("", "missver")),
        ("über", ("über", "")),
        ("bean", None),
        ("hei", None),
    ],
)
def test_a_prefix_has_a_particle_and_a_rest(prefix: str, parts: tuple[str, str] | None) -> None:
    """An inseparable prefix never stands before a particle: "beantragen" is weak."""
    assert split_prefix(prefix) == parts
