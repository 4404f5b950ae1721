"""Writes an index on disks of some sizes, real ones of memory, which are full at some point.

    unshare --mount python -m tests.attacks.full_disk FOLDER COUNT

mounts one on FOLDER, which only this process sees. For each size and command a line with a JSON
object says how large the disk was beyond what lay on it, what refused to work, and what was lost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path

from searchapp.corpus import SpareProcess
from searchapp.errors import SearchappError
from tests.attacks.served_index import ServedIndex

AMPLE_BYTES = 256 << 20


def main() -> None:
    """Try all sizes, from nothing free to more than enough."""
    disk, count = Path(sys.argv[1]), int(sys.argv[2])
    options = f"size={AMPLE_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)
    with closing(SpareProcess()) as spare:
        served = ServedIndex(disk, spare)
        served.commands()["rebuild"]()
        generation = served.store.current().folder
        needed = sum(path.stat().st_blocks * 512 for path in generation.rglob("*"))
        for number in range(count):
            # While it is written, a small one takes more than it does in the end.
            free_bytes = 4 * needed * number // count
            for command in ("rebuild", "update"):
                result = {"free": free_bytes, "command": command}
                try:
                    result["refused"] = tried(served, disk, command, free_bytes)
                except Exception:
                    result["lost"] = traceback.format_exc(limit=-4)
                print(json.dumps(result), flush=True)


def tried(served: ServedIndex, disk: Path, command: str, free_bytes: int) -> str:
    """Run a command with so much space, and with more again. Returns why it was refused."""
    resize(disk, AMPLE_BYTES)
    served.restore()
    old = served.answers()
    resize(disk, used_bytes(disk) + free_bytes)
    refused = ""
    try:
        served.commands()[command]()
    except SearchappError as error:
        refused = str(error)
        assert "No space left on device" in refused
        served.check(old, served.answers())
    else:
        assert served.answers() != old
        served.check(served.answers())
    resize(disk, AMPLE_BYTES)
    served.check_next_rebuild()
    return refused


def resize(disk: Path, size_bytes: int) -> None:
    """Give a disk another size."""
    subprocess.run(["mount", "-o", f"remount,size={size_bytes}", disk], check=True)


def used_bytes(disk: Path) -> int:
    """What lies on a disk."""
    room = os.statvfs(disk)
    return (room.f_blocks - room.f_bfree) * room.f_frsize


if __name__ == "__main__":
    main()
