"""Starting or joining the database, and staying counted among its users for life."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from securecheck.postgres.address import NAME, ServerProblem, data_folder, read_url
from securecheck.postgres.binaries import OLDEST
from securecheck.postgres.cluster import Cluster, State
from securecheck.postgres.configuration import SUPERUSER
from securecheck.postgres.locks import Lock, alone

GATE_SECONDS = 120.0
HOUSE = Path(__file__).resolve().parents[2]  # where the `securecheck` package lies
_held: dict[Path, Lock] = {}  # the shared lock of each cluster this process uses


def join() -> None:
    """Make the database answer: the one DATABASE_URL names, else the embedded one."""
    address = os.environ.get("DATABASE_URL", "").strip()
    if address:
        reach(address)
    else:
        join_cluster(Cluster(data_folder()))


def reach(address: str) -> None:
    """Refuse in plain words when a server named by DATABASE_URL does not answer or is too old."""
    import psycopg

    read_url(address)
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise ServerProblem(f"The database named by DATABASE_URL cannot be used: {reason}") from None
    if version < OLDEST * 10000:
        raise ServerProblem(
            f"The server named by DATABASE_URL is PostgreSQL {version // 10000}; "
            f"SecureCheck needs {OLDEST} or newer."
        )


def join_cluster(cluster: Cluster, *, throwaway: bool = False) -> None:
    """Start the embedded server or join it. A throwaway cluster is removed when its last user is gone."""
    try:
        with alone(cluster.lock("gate"), GATE_SECONDS):
            _count_in(cluster)
            _watch(cluster, throwaway)  # first, so that no server is ever without one, whoever is killed when
            if (state := cluster.settled()) is State.DOWN:
                cluster.start()
                state = cluster.settled()
            if state is not State.READY:
                _make_database(cluster)
    except TimeoutError:
        raise ServerProblem(
            f"Another process has been starting or stopping the database in {cluster.data} for two minutes. "
            "End it, then try again."
        ) from None
    except OSError as error:
        raise ServerProblem(sentence(error, cluster.data)) from error


def leave() -> None:
    """Stop using the database now; with nobody else left, the embedded one stops at once. Most processes just end."""
    if not os.environ.get("DATABASE_URL", "").strip():
        leave_cluster(Cluster(data_folder()))


def leave_cluster(cluster: Cluster) -> None:
    """Stop using a cluster, and stop its server unless others use it: what the guardian does, without its linger."""
    if cluster.data not in _held:
        return
    try:
        with alone(cluster.lock("gate"), GATE_SECONDS):
            _held.pop(cluster.data).close()
            clients = Lock(cluster.lock("clients"))
            if _soon_alone(clients):
                cluster.stop()
                _dismiss_guardian(cluster)
            clients.close()
    except (OSError, ServerProblem):
        pass  # the guardian sees to it


def _soon_alone(clients: Lock) -> bool:
    """Whether no other user is left; the guardian, which waits for just that, may hold the lock for an instant."""
    for _ in range(10):
        if clients.try_alone():
            return True
        time.sleep(0.02)
    return False


def sentence(error: OSError, folder: Path) -> str:
    """What went wrong with the data folder, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder} is full. Free some space (200 MB will do) and start again."
    if error.errno == errno.ENOLCK:
        return (
            f"The file system of {folder} knows no locks. Set SECURECHECK_DATA to a folder on a local disk."
        )
    reason = (error.strerror or str(error)).lower()
    return (
        f"The data folder {folder} cannot be used ({reason}). "
        "Let this account write there, or set SECURECHECK_DATA to another folder."
    )


def _count_in(cluster: Cluster) -> None:
    """Hold the shared lock that says: this process uses the server."""
    held = _held.get(cluster.data)
    if held and held.is_current():
        return
    _held[cluster.data] = Lock(cluster.lock("clients")).share()


def _make_database(cluster: Cluster) -> None:
    """The application's role, which is no superuser but may make test databases, and the database it owns."""
    import psycopg

    try:
        _create(cluster)
    except psycopg.errors.DiskFull:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ServerProblem(f"The database could not be made: {reason}. Its log is {cluster.log}.") from None


def _create(cluster: Cluster) -> None:
    with cluster.connect(SUPERUSER, "postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB NOSUPERUSER")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")


def _dismiss_guardian(cluster: Cluster) -> None:
    """End the guardian, whose work is done; its lock file holds its number for as long as it holds the lock."""
    guardian = Lock(cluster.lock("guardian"))
    if not guardian.try_alone() and (number := guardian.read()).isdigit():
        os.kill(int(number), signal.SIGTERM)
    guardian.close()


def _watch(cluster: Cluster, throwaway: bool) -> None:
    """See to it that a guardian runs, which stops the server after its last user."""
    guardian = Lock(cluster.lock("guardian"))
    free = guardian.try_alone()
    guardian.close()
    if not free:
        return
    command = [sys.executable, "-m", "securecheck.postgres", "guardian", str(cluster.data)]
    command += ["--throwaway"] if throwaway else []
    subprocess.run(command, cwd=HOUSE, stdin=subprocess.DEVNULL, check=True, start_new_session=True)
