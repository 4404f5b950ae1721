"""Lets root be refused what an ordinary owner of files is refused, so that tests mean the same."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1 << 1, 1 << 2
"""The capabilities to read and to list whatever the permissions say: see capabilities(7)."""
_SET_SECUREBITS, _NOROOT = 28, 1
"""Programs that root starts get no capabilities."""


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Permissions count, for this thread and the processes that it starts.

    Raises OSError if the system does not let root give up its rights.
    """
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    # Effective, permitted and inheritable ones; the first 32, then the others.
    sets = (ctypes.c_uint32 * 6)()
    _check(libc.capget(header, sets))
    _check(libc.prctl(_SET_SECUREBITS, _NOROOT, 0, 0, 0))
    effective = sets[0]
    sets[0] = effective & ~(_DAC_OVERRIDE | _DAC_READ_SEARCH)
    _check(libc.capset(header, sets))
    try:
        yield
    finally:
        sets[0] = effective
        _check(libc.capset(header, sets))
        _check(libc.prctl(_SET_SECUREBITS, 0, 0, 0, 0))


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
