"""References of stops: short, checkable by eye and ear, free of personal data.

A reference is the stop's series number in Crockford's base 32 (no I, L, O, U) and a check character by the Luhn
algorithm modulo 32: `SC-00002M4-7`. It notices every single wrong character and nearly all swaps of neighbours.
It is computed both ways, so the ledger stores the number only.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREADINGS = str.maketrans("OIL", "011")
PREFIX = "SC"
WIDTH = 7


def reference_of(number: int) -> str:
    """The reference of a series number."""
    digits, rest = "", number
    while rest:
        rest, digit = divmod(rest, 32)
        digits = ALPHABET[digit] + digits
    body = digits.rjust(WIDTH, "0")
    return f"{PREFIX}-{body}-{_check(body)}"


def number_of(reference: str) -> int | None:
    """The series number of a reference as typed; None when it is malformed or its check fails."""
    text = reference.strip().upper().replace(" ", "").replace("-", "")
    if not text.startswith(PREFIX) or not WIDTH + 3 <= len(text) <= 14:
        return None
    body, check = text[len(PREFIX) : -1].translate(MISREADINGS), text[-1].translate(MISREADINGS)
    if not set(body) <= set(ALPHABET) or _check(body) != check:
        return None
    number = 0
    for character in body:
        number = number * 32 + ALPHABET.index(character)
    return number


def _check(body: str) -> str:
    """Luhn modulo 32: every second digit from the right is doubled and its base-32 digits are added."""
    total = 0
    for place, character in enumerate(reversed(body)):
        doubled = ALPHABET.index(character) * (2 - place % 2)
        total += doubled // 32 + doubled % 32
    return ALPHABET[-total % 32]
