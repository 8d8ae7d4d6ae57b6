"""How figures are written for people. Used by sentences, tables and headlines, so that all say the same."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from typing import Any

from insights.codes import UNKNOWN
from insights.columns import HIDDEN


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


FORMATS = {"count": count, "percent": percent, "minutes": minutes, "change": change, "ratio": ratio}


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


def listed(words: Sequence[str]) -> str:
    """“a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
