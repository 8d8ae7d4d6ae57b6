"""Pages by key: the database goes straight to where a page begins, however far down it lies.

A key is written as people read it, `2026-10-31.4711` (day and number of the person) or `4711` alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from insights.filters import Facts, FilterError

# name in the address → the fields of the key, newest or highest first where it begins with a minus
ORDERS: dict[str, tuple[str, ...]] = {
    "-date": ("-day", "-id"),
    "date": ("day", "id"),
    "-entry": ("-id",),
    "entry": ("id",),
}
DEFAULT = "-date"
KEY = re.compile(r"(?:(?P<day>\d{4}-\d{2}-\d{2})\.)?(?P<id>\d{1,18})", re.ASCII)
Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """An order, and the key behind or before which a page begins."""

    order: str = DEFAULT
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, params: Any) -> Place:
        """From an address. Raises `FilterError` for what is no order and no key."""
        place = cls(params.get("sort") or DEFAULT, params.get("after", ""), params.get("before", ""))
        if place.order not in ORDERS:
            offered = ", ".join(ORDERS)
            raise FilterError({"": [f"Rows are not sorted by “{place.order[:40]}”. Choose from: {offered}."]})
        for key in (place.after, place.before):
            if key:
                place.values(key)
        return place

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.removeprefix("-") for field in ORDERS[self.order])

    def values(self, key: str) -> dict[str, Any]:
        """The fields of a key. Raises `FilterError` when it does not fit the order."""
        found = KEY.fullmatch(key)
        try:
            day = date.fromisoformat(found["day"]) if found and found["day"] else None
        except ValueError:
            found = None
        if found is None or ("day" in self.fields) != (day is not None):
            raise FilterError({"": [f"“{key[:40]}” is no place in this list. Begin at the first page."]})
        return {"day": day, "id": int(found["id"])} if day else {"id": int(found["id"])}

    def key_of(self, row: Row) -> str:
        return f"{row['day'].isoformat()}.{row['id']}" if "day" in self.fields else str(row["id"])


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys by which the pages beside it are found; empty where there is none."""

    rows: list[Row]
    earlier: str
    later: str


def page_of(facts: Facts, place: Place, columns: tuple[str, ...], size: int) -> Page:
    """The rows behind a key (or before one), in the place's order; one more is read to know whether any follow."""
    back = bool(place.before)
    chosen = facts.filter(_beyond(place, place.before, True) if back else _beyond(place, place.after, False))
    ordered: QuerySet[Any, Row] = chosen.order_by(*_order(place, back)).values(*columns)
    found = list(ordered[: size + 1])
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    first, last = (place.key_of(rows[0]), place.key_of(rows[-1])) if rows else ("", "")
    if back:
        return Page(rows, first if more else "", last)
    return Page(rows, first if place.after else "", last if more else "")


def _order(place: Place, back: bool) -> list[str]:
    order = ORDERS[place.order]
    return [_turned(field) for field in order] if back else list(order)


def _turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _beyond(place: Place, key: str, back: bool) -> Q:
    """Rows behind a key in an order (or before it), written so that an index on the first field serves."""
    if not key:
        return Q()
    values = place.values(key)
    falls = ORDERS[place.order][0].startswith("-") != back
    side = "lt" if falls else "gt"
    if "day" not in values:
        return Q(**{f"id__{side}": values["id"]})
    beside = Q(**{f"day__{side}": values["day"]}) | Q(**{f"id__{side}": values["id"]})
    return Q(**{f"day__{side}e": values["day"]}) & beside
