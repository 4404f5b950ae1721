"""Tells at the end how many cases the differential and the fuzz tests have tried."""

from __future__ import annotations

import pytest

from tests.engines.columnar.effort import TRIED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each kind of case, as "differential: 10,000 cases"."""
    for kind, count in TRIED.items():
        terminalreporter.write_line(f"{kind}: {count:,} cases")
