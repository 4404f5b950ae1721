"""How the C library keeps memory that was freed: what a long article took is given back."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""mallopt(3)"""
_ARENAS = 2
_MAPPED_BYTES = 1 << 20
"""What takes as much is mapped by itself, and so is gone when it is freed."""


def give_back_freed_memory() -> None:
    """Let this process have few arenas, and map large arrays and texts by themselves.

    glibc's default gives each thread an arena, and raises the size from which on memory is mapped
    with the first large array: a server of eight threads keeps hundreds of megabytes after a few
    long articles. Elsewhere nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _MAPPED_BYTES)
