"""The guardian: one small process beside an embedded server that stops it when its last user is gone.

Users hold a shared lock and do nothing at their end, so it does not matter how they end. The guardian runs under the
users' account and outlives them by two seconds, which spares a stop and a start between two commands.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from securecheck.postgres.cluster import Cluster
from securecheck.postgres.locks import Lock

LINGER = 2.0  # seconds


def guard(data: Path, *, throwaway: bool) -> None:
    """Become the guardian unless there is one; the caller's process returns once the guardian stands."""
    cluster = Cluster(data)
    mine = Lock(cluster.lock("guardian"))
    if not mine.try_alone():
        return
    if child := os.fork():
        mine.write(str(child))
        return
    _detach()
    clients, gate = Lock(cluster.lock("clients")), Lock(cluster.lock("gate"))
    while not _stopped(cluster, clients, gate, throwaway):
        pass
    mine.close()  # before the gate opens: whoever comes next must find no guardian and start one
    gate.close()
    os._exit(0)


def _stopped(cluster: Cluster, clients: Lock, gate: Lock, throwaway: bool) -> bool:
    """Wait until no user is left; then stop the server, unless one came back. Ends holding the gate."""
    clients.wait_alone()
    clients.release()
    time.sleep(LINGER)
    gate.wait_alone()
    if not clients.is_current():
        return True  # the folder was removed or put back; whatever runs there now has a guardian of its own
    if not clients.try_alone():
        gate.release()
        return False
    cluster.stop()
    if throwaway:
        shutil.rmtree(cluster.data, ignore_errors=True)
    return True


def _detach() -> None:
    """Let go of the terminal and of the folder the process was started in."""
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(null, stream.fileno())
