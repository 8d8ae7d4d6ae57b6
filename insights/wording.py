"""How figures are written for people. Used by sentences, tables and headlines, so that all say the same."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insights.codes import UNKNOWN
from insights.columns import HIDDEN
from ledger.choices import Weekday


def count(value: int) -> str:
    return f"{value:,}"


def percent(value: float) -> str:
    """One decimal; two for what would else round to nothing."""
    return f"{value:.2%}" if 0 < abs(value) < 0.001 else f"{value:.1%}"


def minutes(value: float) -> str:
    return f"{value:.1f}"


def change(value: float) -> str:
    """A relative change with its sign; a true minus sign."""
    text = f"{value:+.1%}"
    return text.replace("-", "−")


def ratio(value: float) -> str:
    return f"{value:.2f}"


def moved(amount: float, text: str) -> str:
    """“up 1.5 points”: the bare amount, since the word says the direction."""
    if not any(digit in text for digit in "123456789"):
        return "no change"
    return f"{'up' if amount > 0 else 'down'} {text}"


def points(share: float) -> str:
    """A difference of two rates in percentage points, without its sign."""
    return f"{abs(share) * 100:.1f} points"


def signed_points(share: float) -> str:
    """With its sign; what would round to nought has two places, or is nought without a sign."""
    for places in (1, 2):
        text = f"{share * 100:+.{places}f}"
        if float(text):
            return text.replace("-", "−")
    return "0.0"


FORMATS: dict[str, Callable[[Any], str]] = {
    "count": count,
    "percent": percent,
    "minutes": minutes,
    "change": change,
    "ratio": ratio,
}


def written(value: Any, style: str) -> str:
    """A figure in words: hidden ones by their mark, missing ones by a dash."""
    if value is None:
        return UNKNOWN if style in ("text", "number") else "–"
    if value == HIDDEN or style in ("text", "number"):
        return str(value)
    return FORMATS[style](value)


def interval(low: Any, high: Any, style: str = "percent") -> str:
    """“11.9% to 13.6%”; empty when there is none to show."""
    if low in (None, HIDDEN) or high in (None, HIDDEN):
        return ""
    return f"{FORMATS[style](low)} to {FORMATS[style](high)}"


def hour_span(hour: int) -> str:
    return f"{hour}:00 to {hour}:59"


def month_name(year: int, month: int, short: bool = False) -> str:
    return f"{(calendar.month_abbr if short else calendar.month_name)[month]} {year}"


def group_name(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    """What the group of a row is called in a sentence: “India, Male”, “17:00 to 17:59”, “March 2026, Speeding”."""
    parts = [_part_name(row, key) for key in keys if not (key == "year" and {"quarter", "month"} & {*keys})]
    return ", ".join(parts)


def _part_name(row: Mapping[str, Any], key: str) -> str:
    if key == "hour":
        return hour_span(row["hour"])
    if key == "month" and "year" in row:
        return month_name(row["year"], row["month"])
    if key == "quarter":
        return f"quarter {row['quarter']} of {row['year']}"
    return str(row[key])


WEEKDAYS = {str(day.label): day.value for day in Weekday}


def in_calendar(value: Any) -> Any:
    """What a label sorts by: days of the week by their place in it, all else by itself."""
    return f"{WEEKDAYS[value]} {value}" if value in WEEKDAYS else value


def listed(words: Sequence[str], joint: str = "and") -> str:
    """“a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
