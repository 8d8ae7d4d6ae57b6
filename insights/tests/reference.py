"""The questions a second time, by pandas, straight from a file in the SecureCheck format.

It imports nothing of the product and follows docs of the questions only, so that an error on one side shows as a
difference. Every answer is a list of rows; those in `ORDERED` are also in the order that the question fixes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd

Z = NormalDist().inv_cdf(0.975)
YES = {"yes", "true", "1"}
ORDERED = (
    "top-drug-vehicles",
    "most-searched-vehicles",
    "violations-under-25",
    "violations-rarely-enforced",
    "top-arrest-violations",
    "most-common-violations",
    "most-stopped-vehicles",
)
GENDERS = {"M": "Male", "F": "Female"}
OUTCOMES = {"Ticket": "Citation"}
WORDS = {"ticket": "citation", "f": "female", "m": "male", "drunk driving": "dui"}
MINUTES = {"0-15 Min": 7.5, "16-30 Min": 23.0, "30+ Min": 45.0}
EDGES, BANDS = [0, 18, 25, 35, 45, 55, 65, 200], ["0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"]
Rows = list[dict[str, Any]]


def read(path: Path) -> pd.DataFrame:
    """The stops of a file, one a row; what was not recorded is missing or, as a group, “Unknown”."""
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    days = pd.to_datetime(text["stop_date"], format="%Y-%m-%d")
    ages = pd.to_numeric(text["driver_age"], errors="coerce")
    frame = pd.DataFrame(
        {
            "day": days,
            "year": days.dt.year,
            "month": days.dt.month,
            "hour": pd.to_numeric(text["stop_time"].str.split(":").str[0], errors="coerce"),
            "country": text["country_name"],
            "agency": text["country_name"],
            "violation": text["violation"].replace("", "Unknown"),
            "race": text["driver_race"].replace("", "Unknown"),
            "gender": text["driver_gender"].replace(GENDERS).replace("", "Unknown"),
            "outcome": text["stop_outcome"].replace(OUTCOMES).replace("", "Unknown"),
            "age": ages,
            "age_band": pd.cut(ages, EDGES, right=False, labels=BANDS).astype(object).fillna("Unknown"),
            "minutes": text["stop_duration"].map(MINUTES),
            "vehicle": text["vehicle_number"],
        }
    )
    for name, column in (
        ("searched", "search_conducted"),
        ("arrested", "is_arrested"),
        ("drugs", "drugs_related_stop"),
    ):
        frame[name] = text[column] == "TRUE"
        frame[f"not_{name}"] = text[column] == "FALSE"
    return frame


def within(frame: pd.DataFrame, filters: dict[str, str]) -> pd.DataFrame:
    """The rows that pass every filter."""
    kept = pd.Series(True, index=frame.index)
    for name, value in filters.items():
        if name in ("searched", "arrested", "drugs"):
            kept &= frame[name] if value.lower() in YES else frame[f"not_{name}"]
        elif name in ("age_min", "age_max"):
            kept &= frame["age"] >= int(value) if name == "age_min" else frame["age"] <= int(value)
        elif name in ("date_after", "date_before"):
            kept &= frame["day"] >= value if name == "date_after" else frame["day"] <= value
        elif name == "vehicle":
            kept &= frame["vehicle"] == value
        elif not name.startswith("hour"):
            kept &= frame[name].str.lower() == WORDS.get(value.lower(), value.lower())
    if "hour_min" in filters or "hour_max" in filters:
        first, last = int(filters.get("hour_min", 0)), int(filters.get("hour_max", 23))
        hours = range(first, last + 1) if first <= last else [*range(first, 24), *range(last + 1)]
        kept &= frame["hour"].isin(list(hours))
    return frame[kept]


def interval(part: int, whole: int) -> tuple[float, float]:
    """Both roots of (p - part/whole)² = z² p (1 - p) / whole."""
    a, b, c = whole + Z * Z, -(2 * part + Z * Z), part * part / whole
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def counted(group: pd.DataFrame, *names: str) -> dict[str, Any]:
    """Number of rows and of those with each mark."""
    columns = {"searches": "searched", "arrests": "arrested", "drug_stops": "drugs"}
    out: dict[str, Any] = {"stops": len(group)}
    for name in names:
        out[name] = int(
            (group["searched"] | group["arrested"]).sum() if name == "either" else group[columns[name]].sum()
        )
    return out


def rated(row: dict[str, Any], of: str, prefix: str = "") -> dict[str, Any]:
    low, high = interval(row[of], row["stops"])
    rate = {f"{prefix}rate": row[of] / row["stops"], f"{prefix}low": low, f"{prefix}high": high}
    return {**row, **rate}


def by(frame: pd.DataFrame, *names: str) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    """Groups with their names; a missing hour is a group of its own."""
    found = []
    for key, group in frame.groupby(list(names), dropna=False):
        values: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)
        labels = {name: None if pd.isna(value) else value for name, value in zip(names, values, strict=True)}
        found.append(({n: int(v) if isinstance(v, float) else v for n, v in labels.items()}, group))
    return found


def rates(frame: pd.DataFrame, of: str, *names: str) -> Rows:
    return [{**labels, **rated(counted(group, of), of)} for labels, group in by(frame, *names)]


def shares(frame: pd.DataFrame, names: tuple[str, ...], whole: tuple[str, ...] = ()) -> Rows:
    rows = []
    for labels, group in by(frame, *names):
        same = frame
        for name in whole:
            same = same[same[name] == labels[name]]
        rows.append({**labels, "stops": len(group), "share": len(group) / len(same)})
    return rows


def vehicles(frame: pd.DataFrame, mark: str) -> list[tuple[str, int]]:
    counts = frame[frame[mark] & (frame["vehicle"] != "")].groupby("vehicle").size()
    return sorted(
        ((str(name), int(count)) for name, count in counts.items()), key=lambda one: (-one[1], one[0])
    )[:10]


def most_stopped(frame: pd.DataFrame) -> Rows:
    return [{"vehicle": name, "stops": n} for name, n in vehicles(frame.assign(any=True), "any")]


def top_drug_vehicles(frame: pd.DataFrame) -> Rows:
    return [{"vehicle": name, "stops": count} for name, count in vehicles(frame, "drugs")]


def most_searched_vehicles(frame: pd.DataFrame) -> Rows:
    total = frame.groupby("vehicle").size()
    return [
        {"vehicle": n, "stops": int(total[n]), "searches": count} for n, count in vehicles(frame, "searched")
    ]


def durations(frame: pd.DataFrame) -> Rows:
    rows = []
    for labels, group in by(frame, "violation"):
        known = group["minutes"].dropna()
        parts = {
            name: (known == minutes).sum() / len(known) if len(known) else None
            for name, minutes in (("share_0_15", 7.5), ("share_16_30", 23.0), ("share_30_plus", 45.0))
        }
        mean = known.sum() / len(known) if len(known) else None
        rows.append({**labels, "stops": len(group), "mean_minutes": mean, **parts, "durations": len(known)})
    return rows


def night(frame: pd.DataFrame) -> Rows:
    period = frame["hour"].map(
        lambda hour: (
            "Unknown" if pd.isna(hour) else "Night" if hour in (20, 21, 22, 23, 0, 1, 2, 3, 4) else "Day"
        )
    )
    return rates(frame.assign(period=period), "arrests", "period")


def night_summary(frame: pd.DataFrame) -> dict[str, Any]:
    rows = {row["period"]: row for row in night(frame)}
    if not all(rows.get(name, {}).get("arrests") for name in ("Night", "Day")):
        return {"ratio": None, "low": None, "high": None}
    a, n = rows["Night"]["arrests"], rows["Night"]["stops"]
    b, m = rows["Day"]["arrests"], rows["Day"]["stops"]
    ratio, spread = (a / n) / (b / m), Z * sqrt((n - a) / (a * n) + (m - b) / (b * m))
    return {"ratio": ratio, "low": exp(log(ratio) - spread), "high": exp(log(ratio) + spread)}


def search_or_arrest(frame: pd.DataFrame) -> Rows:
    rows = []
    for labels, group in by(frame, "violation"):
        row = counted(group, "searches", "arrests", "either")
        row = rated(rated(rated(row, "searches", "search_"), "arrests", "arrest_"), "either")
        rows.append({**labels, **row})
    return rows


def under_25(frame: pd.DataFrame) -> Rows:
    rows = shares(frame[frame["age"] < 25], ("violation",))
    return sorted(rows, key=lambda row: (-row["stops"], row["violation"]))


def rarely(frame: pd.DataFrame) -> Rows:
    return sorted(rates(frame, "either", "violation"), key=lambda row: (row["rate"], row["violation"]))


def yearly(frame: pd.DataFrame) -> Rows:
    rows = rates(frame, "arrests", "country", "year")
    for country in {row["country"] for row in rows}:
        before, stops, arrests = None, 0, 0
        for row in sorted((row for row in rows if row["country"] == country), key=lambda row: row["year"]):
            stops, arrests = stops + row["stops"], arrests + row["arrests"]
            row |= {"running_stops": stops, "running_arrests": arrests}
            row["change"] = None if before is None else row["stops"] / before - 1
            before = row["stops"]
    return rows


def ranked(frame: pd.DataFrame) -> Rows:
    rows = [
        {key: value for key, value in row.items() if key not in ("either", "rate", "low", "high")}
        for row in search_or_arrest(frame)
    ]
    for row in rows:
        for kind in ("search", "arrest"):
            row[f"{kind}_rank"] = 1 + sum(other[f"{kind}_rate"] > row[f"{kind}_rate"] for other in rows)
    return rows


def by_hour(frame: pd.DataFrame) -> Rows:
    rows = []
    for labels, group in by(frame, "hour"):
        row = counted(group, "searches", "arrests")
        rows.append({**labels, **rated(rated(row, "searches", "search_"), "arrests", "arrest_")})
    return rows


def common(frame: pd.DataFrame) -> Rows:
    return sorted(shares(frame, ("violation",)), key=lambda row: (-row["stops"], row["violation"]))


def top_arrests(frame: pd.DataFrame) -> Rows:
    rows = [row for row in rates(frame, "arrests", "violation") if row["stops"] >= 10]
    return sorted(rows, key=lambda row: (-row["rate"], row["violation"]))[:5]


QUESTIONS: dict[str, Callable[[pd.DataFrame], Rows]] = {
    "top-drug-vehicles": top_drug_vehicles,
    "most-searched-vehicles": most_searched_vehicles,
    "arrest-rate-by-age-band": lambda frame: rates(frame, "arrests", "age_band"),
    "gender-by-country": lambda frame: shares(frame, ("country", "gender"), ("country",)),
    "search-rate-by-race-and-gender": lambda frame: rates(frame, "searches", "race", "gender"),
    "stops-by-hour": lambda frame: shares(frame, ("hour",)),
    "duration-by-violation": durations,
    "night-arrest-rate": night,
    "violations-leading-to-search-or-arrest": search_or_arrest,
    "violations-under-25": under_25,
    "violations-rarely-enforced": rarely,
    "drug-rate-by-country": lambda frame: rates(frame, "drug_stops", "country"),
    "arrest-rate-by-country-and-violation": lambda frame: rates(frame, "arrests", "country", "violation"),
    "searches-by-country": lambda frame: rates(frame, "searches", "country"),
    "yearly-stops-and-arrests": yearly,
    "violation-trends-by-age-and-race": lambda frame: shares(
        frame, ("year", "age_band", "race", "violation"), ("year", "age_band", "race")
    ),
    "stops-over-time": lambda frame: [
        {**labels, "stops": len(group)} for labels, group in by(frame, "year", "month", "hour")
    ],
    "high-search-and-arrest-violations": ranked,
    "driver-demographics-by-country": lambda frame: shares(
        frame, ("country", "age_band", "gender", "race"), ("country",)
    ),
    "top-arrest-violations": top_arrests,
    "most-common-violations": common,
    "most-stopped-vehicles": most_stopped,
    "rates-by-hour": by_hour,
}
