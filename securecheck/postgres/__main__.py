"""`python -m securecheck.postgres guardian DATA [--throwaway]`: started by whoever starts a server, not by hand."""

from __future__ import annotations

import sys
from pathlib import Path

from securecheck.postgres.guardian import guard


def main(arguments: list[str]) -> str | None:
    if len(arguments) < 2 or arguments[0] != "guardian":
        return __doc__
    guard(Path(arguments[1]), throwaway="--throwaway" in arguments[2:])
    return None


sys.exit(main(sys.argv[1:]))
