"""How a figure moved in the last whole month, in words. No change is claimed while its interval holds none."""

from __future__ import annotations

from insights.columns import Mean, Rate
from insights.fairness.intervals import Estimate
from insights.findings import ENOUGH
from insights.trend import Trend, a_day
from insights.wording import FORMATS, minutes, month_name, moved, percent, points, signed_points


def month_and_figure(trend: Trend) -> tuple[str, str] | None:
    """The last whole month and its figure: “October 2026”, “12.2%”; None where it is hidden or there is none."""
    if trend.last is None or trend.last.value is None:
        return None
    return month_name(*trend.last.month), FORMATS[trend.column.format](trend.last.value)


def change_in_words(trend: Trend) -> str:
    """The change on the month before, with its interval where it has one."""
    last, before = trend.last, trend.before
    if last is None or before is None:
        return ""
    than = month_name(*before.month, short=True)
    if not trend.comparable or last.value is None:
        known = all(one.value is not None and one.whole is not None for one in (last, before))
        why = f"fewer than {ENOUGH} persons in one of the two" if known else "a figure is not shown"
        return f"not compared with {than}: {why}"
    found = trend.change()
    if isinstance(trend.column, Rate):
        return f"{moved(found.value or 0, points(found.value or 0))} on {than}{_interval(found)}"
    if isinstance(trend.column, Mean):
        return f"{moved(found.value or 0, f'{minutes(abs(found.value or 0))} minutes')} on {than}"
    return f"{a_day(last):,.1f} a day, {moved(found.value or 0, percent(abs(found.value or 0)))} on {than}"


def _interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return ""
    chance = ", so it may be chance" if found.low <= 0 <= found.high else ""
    return f" (95% interval {signed_points(found.low)} to {signed_points(found.high)} points{chance})"
