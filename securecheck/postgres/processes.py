"""Which processes are servers of ours. A number alone says little: it may be a zombie's, or long since another's.

Every server is started with a mark of its data folder (PostgreSQL's `cluster_name`), which its command line and those
of its children show to everybody, also where root may not look further into other accounts' processes (containers).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

HAS_PROC = Path("/proc/self/stat").exists()


def serves(pid: int, mark: str) -> bool:
    """Whether this process runs and is a PostgreSQL that carries this mark."""
    if not HAS_PROC:
        return pid in _by_ps(mark, "-p", str(pid))
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False  # it ended meanwhile
    return rest.split()[0] not in "ZX" and name.endswith("(postgres") and mark in command


def servers(mark: str) -> list[int]:
    """Every PostgreSQL process that carries this mark."""
    if not HAS_PROC:
        return _by_ps(mark, "-ax")
    numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in numbers if serves(pid, mark)]


def _by_ps(mark: str, *which: str) -> list[int]:
    """The same where there is no /proc (macOS)."""
    command = ["/bin/ps", "-ww", "-o", "pid=,stat=,command=", *which]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    shown = [line.split(None, 2) for line in lines]
    return [
        int(s[0]) for s in shown if len(s) == 3 and s[1][0] != "Z" and "postgres" in s[2] and mark in s[2]
    ]


def end(pids: Iterable[int], mark: str, *ways: tuple[signal.Signals, float]) -> None:
    """Signal these processes, each way with the seconds to wait for their end before the next, harder one."""
    left = [pid for pid in pids if serves(pid, mark)]
    for way, seconds in ways:
        for pid in left:
            _signal(pid, way)
        deadline = time.monotonic() + seconds
        while (left := [pid for pid in left if serves(pid, mark)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not left:
            return


def _signal(pid: int, way: signal.Signals) -> None:
    try:
        os.kill(pid, way)
    except ProcessLookupError:
        pass
