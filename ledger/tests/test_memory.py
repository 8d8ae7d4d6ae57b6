"""The memory that a process says it has held is its own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from ledger.memory import STATUS


def held(program: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", f"from ledger.memory import most_held\n{program}\nprint(most_held())"],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.skipif(not STATUS.exists(), reason="the system has no /proc")
def test_memory_is_what_the_process_held_at_most_and_not_what_began_it() -> None:
    ballast = b"1" * (400 << 20)  # of this process, which begins the others
    assert held("") < 100
    assert 200 <= held("block = b'1' * 200_000_000; del block") < 300
    assert len(ballast)
