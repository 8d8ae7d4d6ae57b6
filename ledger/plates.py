"""Vehicle numbers: how they are written down, and which others are easily taken for one."""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from string import ascii_uppercase, digits

PLAIN = re.compile(r"[A-Z0-9]{1,20}")
FILLERS = re.compile(r"[\s\-._·•/]+")
TWINS = {"O": "0", "0": "O", "I": "1", "1": "I"}
MOST_TWINS = 8  # 2 to the power of it spellings; real plates have fewer look-alikes


def normal_plate(text: str) -> str | None:
    """The number in upper case without blanks, dots and dashes; None when it holds anything but A–Z and 0–9."""
    plain = FILLERS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain if PLAIN.fullmatch(plain) else None


def near_plates(plate: str) -> set[str]:
    """Numbers one slip away: O for 0 and I for 1 anywhere, or one character wrong, missing or too many."""
    letters = ascii_uppercase + digits
    parts = [(plate[:i], plate[i:]) for i in range(len(plate) + 1)]
    missing = {left + right[1:] for left, right in parts if right}
    wrong = {left + letter + right[1:] for left, right in parts if right for letter in letters}
    added = {left + letter + right for left, right in parts for letter in letters}
    return {near for near in missing | wrong | added | _look_alikes(plate) if PLAIN.fullmatch(near)} - {plate}


def _look_alikes(plate: str) -> set[str]:
    if sum(letter in TWINS for letter in plate) > MOST_TWINS:
        return set()
    return {"".join(spelling) for spelling in product(*(letter + TWINS.get(letter, "") for letter in plate))}
