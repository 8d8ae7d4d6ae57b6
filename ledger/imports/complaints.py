"""What is wrong with a row: where, what stood there, and why it cannot be taken; and what is odd about rows taken all the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_COLUMN = 120
LONGEST_VALUE = LONGEST_MESSAGE = 300
LONGEST_SENTENCE = 2_000  # about a file as a whole
LONGEST_TEXT = 10_000
MOST_KEPT = 100_000  # errors kept with their values; all are counted
MOST_TEXT = 50_000_000  # characters of all kept records together
FIRST_ROWS = 10  # named of those that are odd in one way


@dataclass(slots=True)
class Complaint:
    """One error. `row` counts records from 1; it is None, and `column` empty, where the file as a whole is meant."""

    row: int | None
    column: str
    value: str
    message: str
    text: str = ""  # the whole record, on its first error only

    def __post_init__(self) -> None:
        self.column = storable(self.column, LONGEST_COLUMN)
        self.value = storable(self.value, LONGEST_VALUE)
        longest = LONGEST_SENTENCE if self.row is None else LONGEST_MESSAGE
        self.message = storable(self.message, longest)  # it may repeat what the file says
        self.text = storable(self.text, LONGEST_TEXT)

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "text"}

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"row {self.row}" if self.row else "", self.column) if part)
        got = f" (got “{self.value[:80]}”)" if self.column else ""
        return f"{place}: {self.message}{got}" if place else self.message


def storable(text: str, longest: int) -> str:
    """Text that PostgreSQL takes (it refuses NUL), cut to a length."""
    plain = text.replace("\0", "\ufffd")
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


@dataclass
class Complaints:
    """The errors of a file: the first ones with all details, all counted by row."""

    kept: list[Complaint] = field(default_factory=list)
    left_off: int = 0
    size: int = 0  # characters of the records that are kept

    def add(self, new: list[Complaint]) -> None:
        for complaint in new:
            if self.left_off or len(self.kept) >= MOST_KEPT or self.size > MOST_TEXT:
                self.left_off += 1
            else:
                self.kept.append(complaint)
                self.size += len(complaint.text)


@dataclass
class Oddities:
    """What is odd about rows that were taken in: how many there are of each kind, and the first of them."""

    found: dict[str, tuple[int, list[int]]] = field(default_factory=dict)

    def add(self, new: dict[str, list[int]]) -> None:
        for what, rows in new.items():
            count, first = self.found.get(what, (0, []))
            self.found[what] = count + len(rows), (first + rows)[:FIRST_ROWS]

    def as_notes(self) -> list[dict[str, Any]]:
        """The commonest first."""
        notes = [{"what": what, "rows": count, "first": first} for what, (count, first) in self.found.items()]
        return sorted(notes, key=lambda note: -int(note["rows"]))
