"""What processes inherit from the one that starts them."""

from __future__ import annotations

import signal
import threading

from searchapp.processes import interrupts_ignored


def test_interrupts_are_ignored_meanwhile_and_heard_again_afterwards() -> None:
    """What is ignored at its start is ignored by a process for good."""
    before = signal.getsignal(signal.SIGINT)
    with interrupts_ignored():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_start_processes_too() -> None:
    """They may not change signals, and do not try."""
    failures: list[BaseException] = []

    def start() -> None:
        try:
            with interrupts_ignored():
                pass
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert not failures
