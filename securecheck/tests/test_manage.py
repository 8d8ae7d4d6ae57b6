"""The commands as programs: what they do when whoever reads along stops."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    """As in `manage.py help | head -1`: no trace, and the code that a shell expects of it."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "help"],
            stdout=closed,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            check=False,
        )
    assert done.stderr.decode() == ""
    assert done.returncode == 141
