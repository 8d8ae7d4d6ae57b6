"""How much memory this process has held."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def most_held() -> int:
    """The most that this process has held since it began, in MB.

    Where the system tells only by `getrusage` (macOS), a process that was begun by a larger one is told that one's size.
    """
    if STATUS.exists():
        told = next((line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")), "")
        if told:
            return int(told.split()[1]) * 1024 // 1_000_000
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1_000_000
