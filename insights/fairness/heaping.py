"""Do the recorded times pile up on round minutes, or does a shift change inside the window? Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# A stop's true minute is round one time in 60 and ends in 0 or 5 one time in 5; above these shares times were rounded.
# In a window as short as that of the tropics a full hour weighs more: there it needs twice what the window expects.
HOUR_HEAP = 0.05
FIVE_HEAP = 0.40
LEAST = 200  # stops needed to say anything


def heap_warnings(stops: Mapping[int, int], shifts: Sequence[int] = ()) -> list[str]:
    """Warnings in plain words, from stops by minute of the day and the minutes at which shifts change."""
    found = []
    total = sum(stops.values())
    if total >= LEAST:
        hours = sum(count for minute, count in stops.items() if minute % 60 == 0) / total
        fives = sum(count for minute, count in stops.items() if minute % 5 == 0) / total
        window = range(min(stops), max(stops) + 1)
        expected = sum(minute % 60 == 0 for minute in window) / len(window)
        if hours > max(HOUR_HEAP, 2 * expected):
            found.append(
                f"{hours:.0%} of these stops are recorded on a full hour, where {expected:.0%} would be expected."
            )
        if fives > FIVE_HEAP:
            found.append(
                f"{fives:.0%} of these times end in 0 or 5, where 20% would be expected: they were rounded."
            )
    inside = [shift for shift in shifts if stops and min(stops) <= shift <= max(stops)]
    for shift in inside:
        found.append(f"A shift changes at {shift // 60:02d}:{shift % 60:02d}, inside the window.")
    return found
