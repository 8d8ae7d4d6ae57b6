"""One embedded server: its folder, its life. Whoever calls these holds the gate lock (see joining.py)."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from securecheck.postgres import binaries, configuration, processes
from securecheck.postgres.account import Account, own_account, server_account
from securecheck.postgres.address import NAME, PORT, ServerProblem, socket_folder

SECONDS_TO_START = 60  # recovery after a crash may need a while
LEAST_FREE = 150 * configuration.MB  # a new cluster takes 40 MB and some log


class State(Enum):
    """What a caller at the socket meets."""

    READY = "ready"
    EMPTY = "runs, but our role or database is not made yet"
    BUSY = "is starting or stopping"
    DOWN = "nobody answers"


MET = {
    State.BUSY: (
        "starting up",
        "shutting down",
        "not yet accepting",
        "recovery mode",
        "timeout",
        "closed the connection",
        "reset by peer",
    ),
    State.READY: ("too many", "remaining connection slots"),  # it serves others
    State.EMPTY: (f'role "{NAME}" does not exist', f'database "{NAME}" does not exist'),
    State.DOWN: ("No such file", "refused"),
}


@dataclass
class Cluster:
    """The embedded server of one data folder. `durable=False` is for tests: faster, and lost with the power."""

    data: Path
    durable: bool = True
    sockets: Path = field(init=False)

    def __post_init__(self) -> None:
        self.sockets = socket_folder(self.data)

    @property
    def folder(self) -> Path:
        return self.data / "postgres"

    @property
    def files(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def mark(self) -> str:
        """Tells this cluster's processes from all others on the machine."""
        return f"{NAME}-{hashlib.sha256(os.fsencode(os.path.realpath(self.folder))).hexdigest()[:12]}"

    def lock(self, name: str) -> Path:
        return self.data / "locks" / f"{name}.lock"

    @cached_property
    def account(self) -> Account:
        return server_account(self.files)

    def connect(self, role: str = NAME, name: str = NAME) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=role, dbname=name, connect_timeout=5, autocommit=True
        )

    def state(self) -> State:
        """Judged by connecting, since a process number proves nothing."""
        import psycopg

        if not (self.sockets / f".s.PGSQL.{PORT}").exists():
            return State.DOWN
        self.account.check(self.sockets)
        try:
            self.connect().close()
        except psycopg.OperationalError as error:
            return self._met(str(error))
        return State.READY

    def _met(self, refusal: str) -> State:
        """The server's own words tell its state; libpq hands on no code for a refused connection."""
        for state, words in MET.items():
            if any(word in refusal for word in words):
                return state
        raise ServerProblem(f"The database refuses to be used: {refusal.strip().splitlines()[-1]}")

    def settled(self) -> State:
        """The state once starting or stopping, of whoever's doing, is over."""
        deadline = time.monotonic() + SECONDS_TO_START
        while (state := self.state()) is State.BUSY:
            if time.monotonic() > deadline:
                raise ServerProblem(f"The database does not answer. Its log is {self.log}.")
            time.sleep(0.05)
        return state

    def start(self) -> None:
        """Bring the server up, making the cluster first if there is none."""
        self.account.folder(self.folder)
        self.account.folder(self.sockets)
        programs = binaries.find(self.account, self._major(), self.files)
        if not self.files.exists():
            self._make(programs)
        self._clear()
        self._configure()
        self._launch(programs)

    def stop(self) -> None:
        """Stop the server as it asks to be stopped; its children end with it."""
        ways = (signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)
        processes.end(self._postmaster(), self.mark, *ways)
        processes.end(processes.servers(self.mark), self.mark, (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

    def _major(self) -> int | None:
        """The major version that made the data; None when there is none yet."""
        if not self.files.exists():
            return None
        try:
            return int((self.files / "PG_VERSION").read_text())
        except (FileNotFoundError, ValueError):
            raise ServerProblem(
                f"{self.files} is not a PostgreSQL data folder. Put the right one back, or move it out of the way."
            ) from None

    def _make(self, programs: binaries.Binaries) -> None:
        """A new cluster, made aside and moved into place whole, so that a kill leaves nothing half-made."""
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        aside = self.folder / "data.new"
        shutil.rmtree(aside, ignore_errors=True)
        with self._seen() as (place, start, handles):
            command = [programs.program("initdb"), "-D", f"{place}/data.new", "-U", configuration.SUPERUSER]
            command += ["-A", "peer", "-E", "UTF8", *programs.locale()]
            command += [] if self.durable else ["--no-sync"]
            code, said = self.account.run(command, start, pass_fds=handles)
        if code:
            shutil.rmtree(aside, ignore_errors=True)
            raise self._failure("The database could not be made", said)
        stock = (aside / "postgresql.conf").read_text()
        self.account.write(aside / "postgresql.conf", f"{stock}\n{configuration.INCLUDE}\n")
        aside.rename(self.files)

    def _configure(self) -> None:
        inside = self.folder in self.sockets.parents
        sockets = (
            "../socket" if inside else str(self.sockets)
        )  # relative to the data: any length, and it may move
        write = self.account.write
        write(self.files / "securecheck.conf", configuration.settings(sockets, durable=self.durable))
        write(self.files / "pg_hba.conf", configuration.sign_in())
        write(self.files / "pg_ident.conf", configuration.identities({"root", own_account().name}))

    def _clear(self) -> None:
        """End what is left of a server that does not answer and remove the marks it left."""
        self.stop()
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _launch(self, programs: binaries.Binaries) -> None:
        self._keep_log_short()
        already = self.log.stat().st_size if self.log.exists() else 0
        with self._seen() as (place, start, handles):
            command = [programs.program("pg_ctl"), "start", "-w", "-s", "-t", str(SECONDS_TO_START)]
            command += [
                "-D",
                f"{place}/data",
                "-l",
                f"{place}/server.log",
                "-o",
                f"-c cluster_name={self.mark}",
            ]
            code, said = self.account.run(command, start, pass_fds=handles)
        if code:
            said = self._logged_since(already) + said
            raise self._failure("PostgreSQL did not start", said)

    def _logged_since(self, position: int) -> str:
        if not self.log.exists():
            return ""
        with self.log.open(errors="replace") as log:
            log.seek(position)
            return log.read()

    @contextmanager
    def _seen(self) -> Iterator[tuple[str, Path, tuple[int, ...]]]:
        """The folder as the server's account reaches it, where to start, and the open files to hand over for that.

        Another account may not be able to pass through the parent folders (a private home, a temporary folder of
        root's), whose rights are not ours to change. Linux lets it start from the folder opened by us instead.
        """
        if not self.account.is_other:
            yield ".", self.folder, ()  # no path at all: pg_ctl hands it to a shell
            return
        if sys.platform != "linux":
            yield str(self.folder), Path("/"), ()
            return
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{handle}", Path("/"), (handle,)
        finally:
            os.close(handle)

    def _keep_log_short(self) -> None:
        if self.log.exists() and self.log.stat().st_size > configuration.MB:
            self.log.replace(self.log.with_suffix(".log.old"))

    def _postmaster(self) -> list[int]:
        """The server's main process by its pid file, if that file is there; it may name a process of others."""
        try:
            return [int((self.files / "postmaster.pid").read_text().split()[0])]
        except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
            return []

    def _failure(self, what: str, said: str) -> Exception:
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if "Read-only file system" in said:
            return OSError(errno.EROFS, os.strerror(errno.EROFS))
        lines = [line for line in said.splitlines() if line.strip()] or ["it gave no reason"]
        telling = [
            line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line
        ] or lines
        reason = telling[0].split("FATAL:")[-1].split("PANIC:")[-1].strip()
        return ServerProblem(f"{what}: {reason}. Its log is {self.log}.")
