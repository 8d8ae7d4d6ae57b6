"""Servers that a test starts and asks."""

from __future__ import annotations

import subprocess
import time
import urllib.request

import pytest


def wait_until_up(name: str, address: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until an address answers; fail when the server has ended, or the seconds are over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  our own address
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"The {name} server did not begin to serve.")
