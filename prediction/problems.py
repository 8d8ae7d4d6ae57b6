"""What may go wrong, in sentences for people."""

from __future__ import annotations


class TooLittle(Exception):
    """There is not enough to learn from; the text says what there is and what is needed."""
