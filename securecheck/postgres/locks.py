"""Locks between processes. The kernel drops them when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self


class Lock:
    """One lock file, opened by this process; not handed on to programs it starts."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self.handle: int = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> Self:
        """Hold together with others; waits for whoever holds it alone."""
        fcntl.flock(self.handle, fcntl.LOCK_SH)
        return self

    def wait_alone(self) -> None:
        """Wait, however long, until nobody else holds it; then hold it alone."""
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def try_alone(self) -> bool:
        """Hold it alone if that is possible at once."""
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self.handle)

    def write(self, text: str) -> None:
        """Leave a word in the lock file; only its lone holder does."""
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, text.encode(), 0)

    def read(self) -> str:
        return os.pread(self.handle, 100, 0).decode()

    def is_current(self) -> bool:
        """False when the file was removed or replaced since, so that others now lock another one."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(self.handle))
        except FileNotFoundError:
            return False


@contextmanager
def alone(path: Path, seconds: float) -> Iterator[None]:
    """Hold a lock alone for a while; TimeoutError when others do not let go of it."""
    lock, deadline = Lock(path), time.monotonic() + seconds
    try:
        while not (lock.try_alone() and lock.is_current()):
            if not lock.is_current():
                lock.close()
                lock = Lock(path)
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.02)
        yield
    finally:
        lock.close()
