"""When a crime took place, from when until when, and when it was reported: what cannot be, and what is odd.

Works on cleaned columns `reported_on`, `occurred_on`, `ended_on` (days as text, each perhaps with a time behind it),
`occurred_at` and `ended_at` (times). Contradictions are kept as recorded; only what cannot be is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

    Mask = pd.Series
    Found = Iterable[tuple[Mask, str, str]]  # which rows, the column to name, why

OLDEST = 1900
LIFETIME = 75  # years between an occurrence and its report that nobody lives to see
LONG_AGO = 10  # years that make one look twice
NO_DAY = "-"  # stands for a report date that is none; sorts before every date


def days(frame: pd.DataFrame, name: str) -> Texts:
    """The days of a column; missing where it has none."""
    found = texts(frame, name).str[:10]
    return found.where(found != NO_DAY)


def times(frame: pd.DataFrame, day: str, time: str) -> Texts:
    """The times of day, from a column of their own or from behind the day."""
    behind = texts(frame, day).str[11:19]
    return texts(frame, time).fillna(behind.where(behind != ""))


def texts(frame: pd.DataFrame, name: str) -> Texts:
    """A column of the frame, of missing texts where the file lacks it."""
    import pandas as pd

    return pd.Series(frame.get(name), index=frame.index, dtype="str")


def reported(frame: pd.DataFrame) -> Texts:
    """The day of the report, else that of the end, else that of the start."""
    return days(frame, "reported_on").fillna(days(frame, "ended_on")).fillna(days(frame, "occurred_on"))


def impossible(frame: pd.DataFrame, year_of_report: Texts, today: Texts) -> Found:
    """Dates that cannot be. `year_of_report` is the likely year where one is wrong; `today` is the agency's day."""
    year = year_of_report.astype("float")
    for name in ("occurred_on", "ended_on"):
        told = days(frame, name).str[:4].astype("float")
        wrong = (told < OLDEST) | (year - told > LIFETIME)
        for likely in sorted(year_of_report[wrong].fillna("").unique()):
            yield wrong & (year_of_report.fillna("") == likely), name, _about_year(likely)
    yield days(frame, "ended_on") > today, "ended_on", "is in the future"
    yield (
        reported(frame).isna(),
        "reported_on",
        "is empty, and so are the start and the end: nothing dates the row",
    )


def _about_year(likely: str) -> str:
    return "is of a year that cannot be" + (
        f"; {likely}, the year of the report, is likely meant" if likely else ""
    )


def odd(frame: pd.DataFrame, no_time: tuple[str, ...]) -> Iterable[tuple[Mask, str]]:
    """What contradicts itself or is missing, and is taken in as recorded. `no_time` are times that stand for none."""
    report, start, end = (days(frame, name) for name in ("reported_on", "occurred_on", "ended_on"))
    begun, over = times(frame, "occurred_on", "occurred_at"), times(frame, "ended_on", "ended_at")
    years = report.str[:4].astype("float") - start.str[:4].astype("float")
    yield (
        report.isna(),
        "gave no valid report date: that of the end, else of the start, stands for it and is marked",
    )
    yield start.isna(), "gave no date of occurrence: the month is that of the report"
    yield start > report, "began on a day after the report"
    yield start > end, "began on a day after the end"
    both = ~begun.isin(no_time) & ~over.isin(no_time)
    yield both & (start == end) & (begun > over), "began at a time after the end, on the same day"
    yield years > LONG_AGO, f"began more than {LONG_AGO} years before the report"
