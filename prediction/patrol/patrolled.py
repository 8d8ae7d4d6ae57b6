"""Which of a plan's visits took place, or in a sentence why that is not known."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from prediction.models import PatrolPlan
from prediction.patrol.comparing import compare
from prediction.patrol.matching import UNKNOWN, places_of
from prediction.patrol.took_place import Log, Shift, log_of, stays_of


def patrolled(plan: PatrolPlan) -> dict[str, Any] | str:
    """The comparison (`comparing.compare`), or why there is none. No record of a patrol is not a record of no patrol."""
    if not plan.is_over:
        return "The shift is not over. The patrols that took place stand here afterwards."
    log = log_of(plan.agency_id)
    found = stays_of(plan)
    if not found:
        return _no_records(plan, log)
    places = places_of(plan)
    placed = [places.of(one.visit) for one in found]
    if all(one.area == UNKNOWN for one in placed):
        return (
            f"Of the {len(found)} patrols that are recorded in this shift none can be put into an area: they name no place that is known here, or "
            "the areas have no boundaries. Whether the planned visits were made is unknown."
        )
    return compare(plan.body, plan.hours, log.knows(Shift.of(plan)), found, placed)


def _no_records(plan: PatrolPlan, log: Log) -> str:
    unknown = "Whether the planned visits were made is unknown; it is not that none was."
    if log.first is None or log.last is None:
        return f"No patrols of {plan.agency} are in the ledger. {unknown}"
    zone = ZoneInfo(plan.agency.time_zone)
    return (
        f"No patrol of {plan.agency} is recorded in this shift; the log in the ledger runs from {_day(log.first, zone)} to "
        f"{_day(log.last, zone)}. {unknown}"
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %B %Y}"
