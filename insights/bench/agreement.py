"""Whether ours, DuckDB and pandas give the same answer: every group, every figure, floats to 1e-9 of their size."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose, isnan
from typing import Any

from insights.codes import Codes
from insights.insight import Answer

LABELS = ("vehicle", "period", "country", "year", "month", "hour", "age_band", "race", "gender", "violation")
# The columns of ours in the order in which the rivals give them.
COLUMNS: dict[str, str] = {
    "top-drug-vehicles": "vehicle stops",
    "most-searched-vehicles": "vehicle stops searches",
    "arrest-rate-by-age-band": "age_band stops arrests rate",
    "gender-by-country": "country gender stops share",
    "search-rate-by-race-and-gender": "race gender stops searches rate",
    "stops-by-hour": "hour stops share",
    "duration-by-violation": "violation stops mean_minutes share_0_15 share_16_30 share_30_plus",
    "night-arrest-rate": "period stops arrests rate",
    "violations-leading-to-search-or-arrest": (
        "violation stops searches arrests either search_rate arrest_rate rate"
    ),
    "violations-under-25": "violation stops share",
    "violations-rarely-enforced": "violation stops either rate",
    "drug-rate-by-country": "country stops drug_stops rate",
    "arrest-rate-by-country-and-violation": "country violation stops arrests rate",
    "searches-by-country": "country stops searches rate",
    "yearly-stops-and-arrests": ("country year stops arrests rate running_stops running_arrests change"),
    "violation-trends-by-age-and-race": "year age_band race violation stops share",
    "stops-over-time": "year month hour stops",
    "high-search-and-arrest-violations": "violation stops search_rate arrest_rate search_rank arrest_rank",
    "driver-demographics-by-country": "country age_band gender race stops share",
    "top-arrest-violations": "violation stops arrests rate",
    "most-common-violations": "violation stops share",
    "most-stopped-vehicles": "vehicle stops",
    "rates-by-hour": "hour stops searches search_rate arrests arrest_rate",
}
# Ties go by label, which the rivals do not know: they give the whole list, and the cut is looked at here.
CUT = {"top-arrest-violations": "rate"}
Table = dict[tuple[Any, ...], tuple[Any, ...]]  # figures by group


def columns_of(slug: str) -> list[str]:
    return COLUMNS[slug].split()


def ours(answer: Answer, codes: Codes) -> Table:
    """The answer by codes, as the rivals hold them."""
    names = columns_of(answer.slug)
    kept = [
        name
        for name in names
        if name in LABELS and name in ("country", "race", "gender", "violation", "age_band")
    ]
    code_of = {name: {label: code for code, label in codes.labels(name).items()} for name in kept}
    rows = []
    for row in answer.rows:
        values = dict(row)
        for name in kept:
            values[name] = code_of[name][row[name]]
        if "vehicle" in names:
            values["vehicle"] = int(row["vehicle"].lstrip("B"))  # as the drawn ledger numbers them
        if "hour" in names and values["hour"] is None:
            values["hour"] = -1
        rows.append([values[name] for name in names])
    return theirs(answer.slug, rows)


def theirs(slug: str, rows: Iterable[Iterable[Any]]) -> Table:
    places = [place for place, name in enumerate(columns_of(slug)) if name in LABELS]
    table: Table = {}
    for row in rows:
        values = [_plain(value) for value in row]
        key = tuple(values[place] for place in places)
        table[key] = tuple(value for place, value in enumerate(values) if place not in places)
    return table


def _plain(value: Any) -> Any:
    """A Python figure; what is no number is None, and numpy's and DuckDB's own kinds are left behind."""
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    if isnan(number):
        return None
    return int(number) if number.is_integer() else number


def difference(slug: str, one: Table, other: Table) -> str:
    """The first difference between ours and a rival's in words; empty when there is none."""
    if slug in CUT:
        place = [name for name in columns_of(slug) if name not in LABELS].index(CUT[slug])
        left_out = [values[place] for key, values in other.items() if key not in one]
        if left_out and max(left_out) > min((values[place] for values in one.values()), default=-1):
            return f"{slug}: a group that belongs to the first is left out"
        other = {key: other[key] for key in other if key in one}
    if one.keys() != other.keys():
        return f"{slug}: groups {sorted(map(str, one.keys() ^ other.keys()))[:4]}"
    for key, figures in one.items():
        for name, left, right in zip(
            [name for name in columns_of(slug) if name not in LABELS], figures, other[key], strict=True
        ):
            if not _same(left, right):
                return f"{slug} {key} {name}: {left!r} and {right!r}"
    return ""


def _same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    return isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
