"""How often each client has asked lately: one table for all processes of a server.

It stands in memory that a process shares with those that are forked from it, and never grows: of
more clients than it has room for, those that ask most stay.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from limits.storage import Storage

BUCKETS = 8192
SLOTS = 8
"""Of a bucket. All 65,536 take 2 MB."""

_SLOT = struct.Struct("<16sdQ")
"""Digest of the key; when the count ends, as `time.monotonic` has it, which is the same in all
processes and does not follow a clock that is set back; the count."""
_BUCKET_BYTES = SLOTS * _SLOT.size


class RequestCounts(Storage):
    """A storage of the library `limits`. Safe for use by threads, and by processes after a fork.

    A process that dies while it counts leaves no lock behind.
    """

    STORAGE_SCHEME = None  # No address stands for it.

    def __init__(self) -> None:
        """Raises OSError if there is no memory or file for it."""
        super().__init__()
        self._file = _unnamed_file(BUCKETS * _BUCKET_BYTES)
        self._table = mmap.mmap(self._file, BUCKETS * _BUCKET_BYTES)
        # So that nobody can find clients that share a bucket.
        self._secret = secrets.token_bytes(16)
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong where this fails; see `limits`."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count, which begins with the first time and ends after `expiry` seconds."""
        digest, bucket = self._place(key)
        now = time.monotonic()
        with self._locked(bucket):
            slot, end, count = self._find(digest, bucket, now)
            if slot is None:
                # An ended count, or else the smallest, makes room.
                slots = self._slots(bucket)
                slot = min(range(SLOTS), key=lambda i: slots[i][2] if slots[i][1] > now else 0)
                end = now + expiry
            self._write(bucket, slot, digest, end, count + amount)
        return count + amount

    def get(self, key: str) -> int:
        """A count, 0 if there is none."""
        digest, bucket = self._place(key)
        with self._locked(bucket):
            return self._find(digest, bucket, time.monotonic())[2]

    def get_expiry(self, key: str) -> float:
        """When a count ends, as `time.time` has it; now if there is none."""
        digest, bucket = self._place(key)
        now = time.monotonic()
        with self._locked(bucket):
            return time.time() + self._find(digest, bucket, now)[1] - now

    def check(self) -> bool:
        """Whether it works."""
        return True

    def reset(self) -> None:
        """Forget all counts."""
        for bucket in range(BUCKETS):
            with self._locked(bucket):
                for slot in range(SLOTS):
                    self._write(bucket, slot, bytes(16), 0.0, 0)

    def clear(self, key: str) -> None:
        """Forget a count."""
        digest, bucket = self._place(key)
        with self._locked(bucket):
            slot, _, _ = self._find(digest, bucket, time.monotonic())
            if slot is not None:
                self._write(bucket, slot, bytes(16), 0.0, 0)

    def _place(self, key: str) -> tuple[bytes, int]:
        """The digest of a key, and the bucket that it is in."""
        text = key.encode("utf-8", "surrogateescape")
        digest = blake2b(text, digest_size=16, key=self._secret).digest()
        return digest, int.from_bytes(digest[:4], "little") % BUCKETS

    @contextmanager
    def _locked(self, bucket: int) -> Iterator[None]:
        """Keep others from a bucket: threads of this process, and other processes."""
        start = bucket * _BUCKET_BYTES
        with self._lock:
            # Not flock(), which belongs to the open file and so to all processes at once.
            fcntl.lockf(self._file, fcntl.LOCK_EX, _BUCKET_BYTES, start)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _BUCKET_BYTES, start)

    def _slots(self, bucket: int) -> list[tuple[bytes, float, int]]:
        start = bucket * _BUCKET_BYTES
        return list(_SLOT.iter_unpack(self._table[start : start + _BUCKET_BYTES]))

    def _find(self, digest: bytes, bucket: int, now: float) -> tuple[int | None, float, int]:
        """The slot of a count that goes on, when it ends, and the count."""
        for slot, (found, end, count) in enumerate(self._slots(bucket)):
            if found == digest and end > now:
                return slot, end, count
        return None, now, 0

    def _write(self, bucket: int, slot: int, digest: bytes, end: float, count: int) -> None:
        place = bucket * _BUCKET_BYTES + slot * _SLOT.size
        _SLOT.pack_into(self._table, place, digest, end, count)


def _unnamed_file(size: int) -> int:
    """The descriptor of a file of zeros that nobody else can open."""
    if hasattr(os, "memfd_create"):  # On Linux: nothing has to be writable for it.
        descriptor = os.memfd_create("searchapp-request-counts")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size)
    return descriptor
