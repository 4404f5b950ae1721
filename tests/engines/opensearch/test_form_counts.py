"""Forms are counted the same in any number of runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.opensearch.form_counts import FormCounts, merged_counts

articles = st.lists(st.sets(st.text("aäß^…\U0001f642", min_size=1, max_size=4), max_size=6))


@given(articles, articles, st.integers(1, 10), st.booleans())
def test_runs_add_up_to_the_counts(
    base: list[set[str]], added: list[set[str]], most: int, is_removed: bool
) -> None:
    """What an update removes is taken from what its base has; a form of none is left out."""
    before = Counter(form for forms in base for form in forms)
    removed = base[::2] if is_removed else []
    expected = before + Counter(form for forms in added for form in forms)
    expected -= Counter(form for forms in removed for form in forms)
    with TemporaryDirectory() as folder:
        both = [FormCounts(Path(folder), name, most=most) for name in ("0", "1")]
        for number, forms in enumerate(added):
            both[number % 2].add(forms)
        for forms in removed:
            both[0].remove(forms)
        for each in both:
            each.write()
        rows = sorted((form.encode(), count) for form, count in before.items())
        merged = list(merged_counts(Path(folder), rows))
    assert dict(merged) == dict(expected)
    assert merged == sorted(merged, key=lambda row: row[0].encode())
