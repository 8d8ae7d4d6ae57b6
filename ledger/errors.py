"""What went wrong elsewhere, in one line."""

from __future__ import annotations


def first_line(error: BaseException) -> str:
    """The first line of what an error says; its name where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
