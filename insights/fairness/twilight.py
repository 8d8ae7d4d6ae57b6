"""From stops by day and minute to the cells of the veil-of-darkness test. Plain Python; `cells` does it in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from insights.fairness.sun import Evening
from insights.fairness.tables import Row

DST_DAYS = 30


@dataclass(frozen=True)
class Window:
    """Intertwilight period: the earliest and the latest end of dusk, in minutes of the day."""

    start: int
    end: int


def window_of(evenings: Iterable[Evening]) -> Window | None:
    """None where dusk never ends, as in a polar summer."""
    dusks = [evening.dusk for evening in evenings if evening.dusk is not None]
    return Window(min(dusks), max(dusks)) if dusks else None


def is_dark(minute: int, evening: Evening, at_dusk: bool = False) -> bool | None:
    """Light until sunset, dark after dusk (from dusk itself with `at_dusk`); None between, or without either.

    Open Policing's tutorial keeps stops of the very minute in which dusk ends and counts them as light; here they are neither.
    """
    if evening.sunset is None or evening.dusk is None:
        return None
    if minute > evening.dusk or (at_dusk and minute == evening.dusk):
        return True
    return False if minute <= evening.sunset else None


def twilight_cells(
    rows: Iterable[Row],
    evenings: Iterable[Evening],
    *,
    day: str = "day",
    minute: str = "minute",
    at_dusk: bool = False,
) -> list[dict[str, Any]]:
    """Rows inside the intertwilight period that are light or dark, with the column `dark`."""
    by_day = {evening.day: evening for evening in evenings}
    window = window_of(by_day.values())
    found = []
    for row in rows if window else ():
        evening = by_day.get(row[day])
        if evening is None or window is None or not window.start <= row[minute] <= window.end:
            continue
        dark = is_dark(row[minute], evening, at_dusk)
        if dark is not None:
            found.append({**row, "dark": int(dark)})
    return found


def seasons(changes: Iterable[date], days: int = DST_DAYS) -> Mapping[date, str]:
    """Every day within so many days of a change of the clock, with its season and year: "spring 2026"."""
    found = {}
    for change in changes:
        season = "spring" if change.month < 7 else "autumn"
        for offset in range(-days, days + 1):
            found[change + timedelta(days=offset)] = f"{season} {change.year}"
    return found
