"""What a process id says about a process."""

from __future__ import annotations

import os


def is_running(process_id: int) -> bool:
    """Whether there may be a process with this id, of whatever user."""
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # another user's
    return True
