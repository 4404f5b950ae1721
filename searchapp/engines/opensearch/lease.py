"""Who is writing: one process at a time, on whatever machine, as long as it lives.

A document of the cluster names the holder, who writes it anew every few seconds. Whoever finds it
unchanged for a minute takes it: no clocks of two machines are compared. Each writing names the
state that it replaces, so that of two who take it one is refused.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.opensearch.cluster import EXISTS, Cluster, RequestRefused
from searchapp.engines.opensearch.index_names import lease_index
from searchapp.errors import (
    IndexDamaged,
    IndexLocked,
    IndexUnreadable,
    RebuildFailed,
    SearchappError,
    SearchTimeout,
)
from searchapp.process_ids import is_running
from searchapp.steps import step
from searchapp.translation import N_

RENEWAL_S = 10.0
LOST_S = 60.0
"""Without a renewal, after which another writer takes the lease."""
GIVEN_UP_S = 45.0
"""Without a renewal, after which its holder takes it for lost: well before another has it."""
_LOOK_S = 0.5
_CONFLICT = 409


class _State(NamedTuple):
    """The document, as it was read. sequence: what the cluster numbers its states by."""

    sequence: tuple[int, int]
    values: dict[str, Any]


class Lease:
    """Held from now on, until it is released."""

    def __init__(
        self, cluster: Cluster, prefix: str, *, renewal_s: float = RENEWAL_S, lost_s: float = LOST_S
    ) -> None:
        """Wait for a writer that may be dead. Raises IndexLocked, which names one that is not.

        renewal_s, lost_s: as RENEWAL_S and LOST_S, for tests.
        """
        self._cluster = cluster
        self._index = lease_index(prefix)
        self._given_up_s = lost_s * GIVEN_UP_S / LOST_S
        self._renewal_s = renewal_s
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._values = {
            "holder": f"{socket.gethostname()}, process {os.getpid()}, {now}",
            "process": os.getpid(),
            "processes": _processes(),
            "token": secrets.token_hex(16),
        }
        self._is_lost = False
        self._renewed = time.monotonic()
        self._sequence = self._acquired(lost_s)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()
        step("lease taken")

    def check(self) -> None:
        """Raise RebuildFailed if another writer may have it by now."""
        if self._is_lost or time.monotonic() - self._renewed > self._given_up_s:
            raise RebuildFailed(
                N_("the cluster could not be told for too long that this process is writing"),
                where=self._cluster.where,
                remedy=N_("look at the health of the cluster, then start again"),
            )

    def release(self) -> None:
        """Let the next writer have it at once. It may be released twice."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._thread.join()
        if not self._is_lost:
            self._values = {"holder": ""}
            # Of a conflict: the answer to the last renewal, or to this, was lost.
            with suppress(SearchappError, _Conflict):
                self._write(self._sequence, Deadline(self._renewal_s))

    def _acquired(self, lost_s: float) -> tuple[int, int]:
        first: _State | None = None
        since = time.monotonic()
        while True:
            state = self._read()
            if state is not None and state.values.get("token") == self._values["token"]:
                return state.sequence  # A first answer was lost.
            if first is None or state is None:
                first = state
            is_free = state is None or not state.values.get("holder") or _is_dead(state.values)
            if is_free or time.monotonic() - since > lost_s:
                with suppress(_Conflict):
                    self._renewed = time.monotonic()
                    return self._write(state and state.sequence)
                first, since = None, time.monotonic()
            elif state is not None and first is not None and state.sequence != first.sequence:
                raise IndexLocked(
                    N_(
                        "another process is writing this index (%(writer)s)",
                        writer=state.values["holder"],
                    ),
                    where=self._cluster.where,
                    remedy=N_("wait until it is done, or end it"),
                )
            time.sleep(_LOOK_S)

    def _keep(self) -> None:
        while not self._ended.wait(self._renewal_s):
            begun = time.monotonic()
            try:
                self._sequence = self._renewal()
            except _Conflict:
                self._is_lost = True
                return
            except (IndexUnreadable, IndexDamaged, SearchTimeout):
                continue  # It may pass, and `check` counts the time.
            self._renewed = begun

    def _renewal(self) -> tuple[int, int]:
        deadline = Deadline(self._renewal_s)
        try:
            return self._write(self._sequence, deadline)
        except _Conflict:
            state = self._read(deadline)
            if state is None or state.values.get("token") != self._values["token"]:
                raise
            return state.sequence  # It was this process itself, whose answer was lost.

    def _read(self, deadline: Deadline | None = None) -> _State | None:
        path = f"/{self._index}/_doc/writer"
        try:
            found = self._cluster.request("GET", path, deadline=deadline or NEVER, allowed=(404,))
        except IndexDamaged:  # There is no such index yet.
            return None
        if not found["found"]:
            return None
        return _State((found["_seq_no"], found["_primary_term"]), found["_source"])

    def _write(
        self, replaced: tuple[int, int] | None, deadline: Deadline | None = None
    ) -> tuple[int, int]:
        """Write the document. Raises _Conflict if its state is no longer the one replaced."""
        deadline = deadline or NEVER
        params = {"op_type": "create"}
        if replaced is None:
            self._make_index(deadline)
        else:
            params = {"if_seq_no": str(replaced[0]), "if_primary_term": str(replaced[1])}
        path = f"/{self._index}/_doc/writer"
        try:
            answer = self._cluster.request("PUT", path, self._values, params, deadline=deadline)
        except RequestRefused as error:
            if error.status == _CONFLICT:
                raise _Conflict from error
            raise
        return answer["_seq_no"], answer["_primary_term"]

    def _make_index(self, deadline: Deadline) -> None:
        body = {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {"dynamic": False},
        }
        try:
            self._cluster.request("PUT", f"/{self._index}", body, deadline=deadline)
        except RequestRefused as error:
            if error.reason_kind != EXISTS:
                raise


class _Conflict(Exception):
    """Somebody else has written the document."""


def _processes() -> str:
    """Which processes this system can see: equal where a process id means the same; or ""."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux
        return ""


def _is_dead(values: dict[str, Any]) -> bool:
    """Whether a holder was a process of this system that has ended."""
    processes = _processes()
    number = values.get("process")
    is_known = processes and values.get("processes") == processes and isinstance(number, int)
    return bool(is_known) and not is_running(int(str(number)))
