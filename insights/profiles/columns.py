"""Columns summed up in SQL: known, missing, distinct, range, commonest values, and bins for a small histogram."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from insights.profiles.kinds import Column, Kind

SQL = (Path(__file__).parent.parent / "sql" / "profile_column.sql").read_text()
BINS = 12
FEW = 50  # texts of so many distinct values are words of a list, and may be shown
# What the histogram counts by; `low` and `high` are the column's own ends.
BIN = {
    "number": f"CASE WHEN ends.high = ends.low THEN 1 ELSE least(width_bucket(v::float8, ends.low::float8, ends.high::float8, {BINS}), {BINS}) END",
    "date": "to_char(v, 'YYYY-MM')",
    "moment": "to_char(v, 'YYYY-MM')",
    "time": "extract(hour FROM v)::int",
}
# What is grouped instead of the value, where it cannot be ordered or is long.
VALUE = {"yes/no": "v::int", "list": "array_to_string(v, '+')", "nested": "md5(v::text)"}
NO_ENDS = ("code", "text", "list", "yes/no", "nested")
MOST_MONTHS = 48
Summary = dict[str, Any]


def summarise(kind: Kind, rows: Any, column: Column) -> Summary:
    """One column of some records, as plain values that JSON can hold."""
    found = _read(rows, column)
    known, missing = int(found["known"]), int(found["rows"]) - int(found["known"])
    top = found["top"] if column.shown and _is_listable(column, found["distinct_values"]) else None
    return {
        "name": column.path,
        "label": column.label,
        "type": column.type,
        "known": known,
        "missing": missing,
        "distinct": int(found["distinct_values"]),
        "low": _end(column, found["low"]),
        "high": _end(column, found["high"]),
        "top": _in_words(column, top),
        "bins": _bins(column, found),
    }


def _read(rows: Any, column: Column) -> Summary:
    chosen = rows.order_by().values(column.path)
    sql, params = chosen.query.get_compiler("default", elide_empty=False).as_sql()
    missing = "v IS NULL"
    if column.unknown is not None:
        missing += f" OR v = {int(column.unknown)}"
    if column.type == "text":
        missing += " OR v = ''"
    if column.type == "list":
        missing += " OR cardinality(v) = 0"
    value = VALUE.get(column.type, "v")
    before = f"WITH read (v) AS ({sql}), kept AS (SELECT {value} AS v, coalesce({missing}, true) AS missing FROM read)"
    bin_ = BIN.get(column.type, "0")
    text = SQL.replace("{bin}", bin_.replace("%", "%%"))
    if "ends." in bin_:
        text = text.replace("AS n FROM known GROUP BY 1", "AS n FROM known, ends GROUP BY 1")
    with connection.cursor() as cursor:
        cursor.execute(f"{before}\n{text}", params)
        names = [one.name for one in cursor.description or ()]
        found = dict(zip(names, cursor.fetchone(), strict=True))
    return found | {name: json.loads(found[name] or "[]") for name in ("top", "bins")}


def _is_listable(column: Column, distinct: int) -> bool:
    """Whether single values may stand on a page: words of a list, not texts that name somebody."""
    return column.type in ("code", "yes/no", "number", "list") or (column.type == "text" and distinct <= FEW)


def _end(column: Column, value: Any) -> Any:
    """An end of the range, for types that have one."""
    if value is None or column.type in NO_ENDS or not column.shown:
        return None
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return float(value) if column.type == "number" else str(value)


def _in_words(column: Column, top: list[Any] | None) -> list[list[Any]]:
    """Commonest values with their counts, codes as their labels."""
    if not top:
        return []
    if column.type == "yes/no":
        return [["yes" if value else "no", count] for value, count in top]
    words = column.words({value for value, _ in top}) if column.words else {}
    return [[words.get(value, str(value)), count] for value, count in top]


def _bins(column: Column, found: Summary) -> list[list[Any]]:
    """Labels and counts of a small histogram; of codes and marks the commonest values are it."""
    if column.type not in BIN or not found["bins"]:
        return []
    counts = {one: int(count) for one, count in found["bins"]}
    if column.type == "number":
        low, high = float(found["low"]), float(found["high"])
        step = (high - low) / BINS
        return [
            [f"{low + step * place:.6g} to {low + step * (place + 1):.6g}", counts.get(place + 1, 0)]
            for place in range(BINS if step else 1)
        ]
    if column.type == "time":
        return [[f"{hour}:00", counts.get(hour, 0)] for hour in range(24)]
    return _months(counts)


def _months(counts: dict[str, int]) -> list[list[Any]]:
    """Every month from the first to the last, empty ones too; years where that would be too many."""
    first, last = ((int(text[:4]), int(text[5:7])) for text in (min(counts), max(counts)))
    number = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    if number <= MOST_MONTHS:
        months = [divmod(first[0] * 12 + first[1] - 1 + step, 12) for step in range(number)]
        return [[f"{year}-{month + 1:02}", counts.get(f"{year}-{month + 1:02}", 0)] for year, month in months]
    years: dict[str, int] = {str(year): 0 for year in range(first[0], last[0] + 1)}
    if len(years) > 150:
        years = {}
    for month, count in counts.items():
        years[month[:4]] = years.get(month[:4], 0) + count
    return [[year, count] for year, count in sorted(years.items())]
