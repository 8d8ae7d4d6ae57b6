"""Plans held against recorded patrols, worked out a second time: minute by minute, with pandas."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pandas as pd
import pytest

from ledger.models import Agency
from ledger.tests.factories import make_agency
from prediction.models import PatrolPlan
from prediction.tests.patrol.recorded import DAY, NAMES, beats, log, of, plan_of, visit


@pytest.fixture
def agency(db: None) -> Agency:
    return make_agency("Riverton Police", time_zone="Europe/London")


def drawn(random: Random, first: datetime, hours: int) -> list[dict[str, Any]]:
    """Visits in whole minutes, before, in and after the shift, in and out of beats, with and without end, point and length."""
    found = []
    for _ in range(300):
        start = first.astimezone(UTC) + timedelta(minutes=random.randint(-180, 60 * hours + 120))
        long = random.choice((4, 9, 10, 12, 16, 45, 130))
        where = random.choice((0, 0, 1, 2, 3, 7, None))
        row = visit(where, start, random.choice((long, None)))
        row |= {"ended_at": random.choice((start + timedelta(minutes=long), None))}
        row |= {"place": random.choice(("", "Beat 102", "101", "The Mall"))}
        found.append(row)
    return found


def second(plan: PatrolPlan, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Every recorded visit written out minute by minute, then counted with pandas."""
    pks = dict(zip(NAMES, beats(plan.agency, False), strict=True))
    frame = pd.DataFrame(rows)
    span = (
        pd.to_datetime(frame["ended_at"], utc=True) - pd.to_datetime(frame["started_at"], utc=True)
    ).dt.total_seconds() / 60
    frame["length"] = frame["minutes"].astype(float).fillna(span)
    number = (frame["longitude"].astype(float) * 100 // 1).astype("Int64")
    pointed = number.map(dict(enumerate(NAMES))).map(pks).fillna(0)
    spoken = frame["place"].str.removeprefix("Beat ").map(pks).fillna(-1)
    frame["area"] = pointed.where(number.notna(), spoken).astype(int).replace(pks["104"], 0)
    first = pd.Timestamp(datetime(plan.day.year, plan.day.month, plan.day.day, plan.start))
    begun = pd.to_datetime(frame["started_at"], utc=True)
    local = begun.dt.tz_convert("Europe/London").dt.tz_localize(None)
    frame["hour"] = (local - first).dt.total_seconds() // 3600
    minutes = frame[frame["length"].notna()].loc[lambda one: one.index.repeat(one["length"].astype(int))]
    step = pd.to_timedelta(minutes.groupby(level=0).cumcount(), unit="min")
    clock = (begun.loc[minutes.index] + step).dt.tz_convert("Europe/London").dt.tz_localize(None)
    minutes = minutes.assign(hour=((clock - first).dt.total_seconds() // 3600).to_numpy())
    minutes = minutes[(minutes["hour"] >= 0) & (minutes["hour"] < plan.hours)]
    reach = set(minutes.index)
    frame = frame[((frame["hour"] >= 0) | frame.index.isin(list(reach))) & (frame["hour"] < plan.hours)]
    visits = frame.assign(hour=frame["hour"].clip(lower=0)).groupby(["area", "hour"]).size()
    planned = pd.DataFrame(plan.body["visits"]).groupby(["area", "hour"]).size()
    both = pd.concat([planned, visits], axis=1, keys=["planned", "recorded"]).fillna(0)
    spent = minutes.groupby(["area", "hour"]).size()
    return {
        "recorded": len(frame),
        "recorded_minutes": len(minutes),
        "unmeasured": int(frame["length"].isna().sum()),
        "unplaced": int((frame["area"] == -1).sum()),
        "made": int(both.min(axis=1).sum()),
        "minutes_as_planned": int(spent[spent.index.isin(planned.index)].sum()),
        "minutes_outside": int(spent.get(0, pd.Series(dtype=int)).sum()),
        "minutes_unplaced": int(spent.get(-1, pd.Series(dtype=int)).sum()),
        "by_area": minutes.groupby("area").size().to_dict(),
        "by_hour": minutes[minutes["area"] > 0].groupby("hour").size().to_dict(),
    }


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (DAY, 18, 4),
        (DAY, 22, 8),  # over midnight
        (date(2025, 3, 29), 22, 8),  # clocks go forward at 1 in the morning
        (date(2025, 10, 25), 22, 8),  # clocks go back at 2
        (date(2025, 10, 26), 0, 24),
    ],
)
def test_the_comparison_worked_out_a_second_time_with_pandas(
    agency: Agency, day: date, start: int, hours: int
) -> None:
    random = Random(f"{day} {start}")
    visits = [(random.choice((0, 0, 1, 2)), 60 * random.randrange(hours) + 5, 12) for _ in range(40)]
    plan = plan_of(agency, visits, day, start=start, hours=hours)
    rows = drawn(random, plan.begins, hours)
    log(agency, *rows, visit(0, plan.begins - timedelta(days=9)), visit(0, plan.expires + timedelta(days=9)))
    found, again = of(plan), second(plan, rows)
    by_area, by_hour = again.pop("by_area"), again.pop("by_hour")
    assert {name: found[name] for name in again} == {
        name: pytest.approx(value) for name, value in again.items()
    }
    assert found["planned"] == 40
    for one in found["areas"]:
        assert one["recorded_minutes"] == pytest.approx(by_area.get(one["area"], 0))
        assert one["per_1000"] == (
            pytest.approx(1000 * by_area.get(one["area"], 0) / one["residents"]) if one["residents"] else None
        )
    assert {one["hour"]: one["recorded_minutes"] for one in found["by_hour"] if one["recorded_minutes"]} == {
        int(hour): pytest.approx(minutes) for hour, minutes in by_hour.items()
    }
    parts = ("minutes_as_planned", "minutes_else", "minutes_outside", "minutes_unplaced")
    assert sum(found[name] for name in parts) == pytest.approx(found["recorded_minutes"])
    for name in ("planned", "made", "recorded"):
        in_plan = sum(one[name] for one in found["areas"])
        assert sum(one[name] for one in found["by_hour"]) == in_plan
    assert sum(cell[3] for cell in found["cells"]) == 40 * 12
