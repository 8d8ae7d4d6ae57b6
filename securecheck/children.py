"""The processes beside `script/server`: started apart from the terminal, restarted when they die, ended with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
LONGEST_PAUSE = 10.0  # seconds between two starts of a child that keeps dying


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()  # open files handed on
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=HOUSE,
            env={**os.environ, **self.variables},
            stdin=subprocess.DEVNULL,
            pass_fds=self.files,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_running(self) -> None:
        """Start it again when it died: soon, or more slowly the more often it dies young."""
        if self.is_running():
            return
        lived = time.monotonic() - self.started
        if lived < self.pause:
            return
        self.pause = min(self.pause * 2, LONGEST_PAUSE) if lived < LONGEST_PAUSE * 2 else 0.5
        code = self.process.returncode if self.process else None
        print(
            f"The {self.name} process ended (code {code}) and is started again.", file=sys.stderr, flush=True
        )
        self.start()


def stop_all(children: list[Child], seconds: float) -> None:
    """Ask all to end; kill, with whatever they started, those that have not within these seconds."""
    running = [child.process for child in children if child.process and child.is_running()]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
    for child in children:
        _kill_group(child)


def _kill_group(child: Child) -> None:
    """What the child left behind in its own group; nothing, after a good end."""
    if child.process is None:
        return
    try:
        os.killpg(child.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """Linux can be told to end a child when its parent is killed; macOS cannot."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
