"""Outlines of the ledger's areas, drawn once and kept in memory until one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from insights.maps.outlines import Geometry, Outlines
from ledger.models import Area

KEPT = 24  # sets of areas, and maps of cells
Drawn = TypeVar("Drawn")
_kept: dict[Hashable, Any] = {}
_lock = Lock()


def outlines_of(areas: QuerySet[Area]) -> Outlines | None:
    """Outlines by the areas' numbers, of those with a boundary; None when none has one.

    All areas of the set share one frame: ask for all that are to be seen together, whether there is a figure for each or not.
    """
    return kept(("areas", *state_of(areas)), lambda: Outlines.drawn(boundaries_of(areas)))


def boundaries_of(areas: QuerySet[Area]) -> dict[Hashable, Geometry]:
    bounded = areas.filter(boundary__isnull=False).order_by("pk")
    return {pk: boundary for pk, boundary in bounded.values_list("pk", "boundary") if boundary}


def state_of(areas: QuerySet[Area]) -> tuple[Hashable, ...]:
    """What changes when one of the areas does: which transaction wrote each row last, and where in PostgreSQL's file it lies."""
    version = RawSQL("ledger_area.xmin::text || ledger_area.ctid::text", ())
    written = areas.filter(boundary__isnull=False).annotate(written=version)
    return tuple(written.order_by("pk").values_list("pk", "written"))


def kept(key: Hashable, draw: Callable[[], Drawn]) -> Drawn:
    """What is drawn for a key, drawn when it is asked for the first time; the oldest are forgotten."""
    with _lock:
        if key in _kept:
            found: Drawn = _kept[key]
            return found
    found = draw()
    with _lock:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = found
    return found
