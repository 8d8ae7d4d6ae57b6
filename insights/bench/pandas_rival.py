"""The questions in pandas over the whole table in memory, as the Streamlit boards answer them, done right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Frame = Any


def _count(frame: Frame, dims: list[str], **marks: str) -> Frame:
    """Rows a group, and how many of them carry each mark; groups in key order."""
    groups = frame.groupby(dims, observed=True, sort=True)
    counted = groups.size().rename("stops").to_frame()
    for name, mark in marks.items():
        counted[name] = groups[mark].sum().astype(int)
    return counted


def _rate(frame: Frame, dims: list[str], mark: str) -> Frame:
    counted = _count(frame, dims, hits=mark)
    counted["rate"] = counted.hits / counted.stops
    return counted


def _share(counted: Frame, within: list[str]) -> Frame:
    total = counted.groupby(level=within).stops.transform("sum") if within else counted.stops.sum()
    counted["share"] = counted.stops / total
    return counted


def _vehicles(frame: Frame, mark: str) -> Frame:
    known = frame[frame.vehicle.notna()].drop_duplicates("stop")
    marked = known[known[mark]].groupby("vehicle").size().rename("marked").reset_index()
    return marked.sort_values(["marked", "vehicle"], ascending=[False, True]).head(10)


def _stopped_vehicles(frame: Frame) -> Frame:
    known = frame[frame.vehicle.notna()].drop_duplicates("stop")
    counted = known.groupby("vehicle").size().rename("stops").reset_index()
    return counted.sort_values(["stops", "vehicle"], ascending=[False, True]).head(10)


def _rates_by_hour(frame: Frame) -> Frame:
    counted = _count(frame, ["hour"], searches="searched", arrests="arrested")
    rates = {name: counted[name] / counted.stops for name in ("searches", "arrests")}
    return counted.assign(s=rates["searches"], a=rates["arrests"])[["stops", "searches", "s", "arrests", "a"]]


def _searched_vehicles(frame: Frame) -> Frame:
    top = _vehicles(frame, "searched")
    stops = frame[frame.vehicle.isin(top.vehicle)].groupby("vehicle").stop.nunique()
    top.insert(1, "stops", top.vehicle.map(stops))
    return top.set_index("vehicle")


def _durations(frame: Frame) -> Frame:
    counted = _count(frame, ["violation"])
    timed = frame[frame.minutes_x10 > 0]
    counted["mean"] = timed.groupby("violation").minutes_x10.mean() / 10
    banded = frame[frame.duration_band > 0]
    for band in (1, 2, 3):
        counted[band] = (banded.duration_band == band).groupby(banded.violation).mean()
    return counted


def _night(frame: Frame) -> Frame:
    period = frame.hour.map(lambda hour: "Unknown" if hour < 0 else "Day" if 5 <= hour <= 19 else "Night")
    return _rate(frame.assign(period=period), ["period"], "arrested")


def _either(frame: Frame) -> Frame:
    frame = frame.assign(either=frame.searched | frame.arrested)
    counted = _count(frame, ["violation"], searches="searched", arrests="arrested", either="either")
    for name, mark in (("s", "searches"), ("a", "arrests"), ("e", "either")):
        counted[name] = counted[mark] / counted.stops
    return counted


def _yearly(frame: Frame) -> Frame:
    counted = _rate(frame, ["country", "year"], "arrested")
    by_country = counted.groupby(level="country")
    counted["running_stops"] = by_country.stops.cumsum()
    counted["running_arrests"] = by_country.hits.cumsum()
    counted["change"] = by_country.stops.pct_change()
    return counted


def _ranked(frame: Frame) -> Frame:
    counted = _either(frame)[["stops", "s", "a"]]
    for name in ("s", "a"):
        counted[f"{name}_rank"] = counted[name].rank(method="min", ascending=False).astype(int)
    return counted


def _top_arrests(frame: Frame) -> Frame:
    counted = _rate(frame, ["violation"], "arrested")
    return counted[counted.stops >= 10].sort_values("rate", ascending=False)


PERSON = ["year", "age_band", "race", "violation"]
DRIVER = ["country", "age_band", "gender", "race"]
QUESTIONS: dict[str, Callable[[Frame], Frame]] = {
    "top-drug-vehicles": lambda f: _vehicles(f, "drugs").set_index("vehicle"),
    "most-searched-vehicles": _searched_vehicles,
    "arrest-rate-by-age-band": lambda f: _rate(f, ["age_band"], "arrested"),
    "gender-by-country": lambda f: _share(_count(f, ["country", "gender"]), ["country"]),
    "search-rate-by-race-and-gender": lambda f: _rate(f, ["race", "gender"], "searched"),
    "stops-by-hour": lambda f: _share(_count(f, ["hour"]), []),
    "duration-by-violation": _durations,
    "night-arrest-rate": _night,
    "violations-leading-to-search-or-arrest": _either,
    "violations-under-25": lambda f: _share(_count(f[(f.age < 25) & (f.age >= 0)], ["violation"]), []),
    "violations-rarely-enforced": lambda f: _rate(f.assign(e=f.searched | f.arrested), ["violation"], "e"),
    "drug-rate-by-country": lambda f: _rate(f, ["country"], "drugs"),
    "arrest-rate-by-country-and-violation": lambda f: _rate(f, ["country", "violation"], "arrested"),
    "searches-by-country": lambda f: _rate(f, ["country"], "searched"),
    "yearly-stops-and-arrests": _yearly,
    "violation-trends-by-age-and-race": lambda f: _share(_count(f, PERSON), ["year", "age_band", "race"]),
    "stops-over-time": lambda f: _count(f, ["year", "month", "hour"]),
    "high-search-and-arrest-violations": _ranked,
    "driver-demographics-by-country": lambda f: _share(_count(f, DRIVER), ["country"]),
    "top-arrest-violations": _top_arrests,
    "most-common-violations": lambda f: _share(_count(f, ["violation"]), []),
    "most-stopped-vehicles": lambda f: _stopped_vehicles(f).set_index("vehicle"),
    "rates-by-hour": _rates_by_hour,
}


def answer(frame: Frame, slug: str) -> list[tuple[Any, ...]]:
    """Rows of a question, keys first, as plain Python values."""
    return [tuple(row) for row in QUESTIONS[slug](frame).reset_index().itertuples(index=False)]
