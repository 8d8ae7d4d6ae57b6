"""Progress in a terminal: one line on the error stream, written over and over. Nothing where that is no terminal."""

from __future__ import annotations

import time
from typing import Any

from ledger.imports.pace import Pace

EVERY = 0.2  # seconds
WIDTH = 78


class Follower:
    """Told the bytes and records read, it shows share, rows, rows a second and the time left."""

    def __init__(self, stream: Any, name: str, total: int) -> None:
        self.stream, self.name, self.total = stream, name, total
        self.shows = bool(stream.isatty())
        self.begun, self.shown, self.all_read = time.monotonic(), 0.0, False

    def __call__(self, done: int, rows: int) -> None:
        now = time.monotonic()
        if not self.shows or (now - self.shown < EVERY and done < self.total):
            return
        self.shown = now
        share = f"{100 * done // self.total}%" if self.total else ""
        pace = Pace(done, self.total, rows, now - self.begun)
        self._write(f"{share:>4} {self.name[-30:]}: {pace}{'; storing' if done >= self.total else ''}")

    def end(self) -> None:
        """Take the line away: what follows is the report."""
        if self.shows:
            self._write("")
            self.stream.write("\r", ending="")

    def _write(self, text: str) -> None:
        self.stream.write("\r" + text[:WIDTH].ljust(WIDTH), style_func=str, ending="")
        self.stream.flush()
