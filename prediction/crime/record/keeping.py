"""Keeping forecasts when a run is put in use, and scoring them when their month is covered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from ledger.choices import AreaKind
from ledger.models import Area
from prediction.crime.coverage import days_of, first_of, month_of, stretches_of
from prediction.crime.history import PLACES
from prediction.crime.land import square_kilometres
from prediction.crime.offences import GROUPS
from prediction.crime.rates import KIND, Served, expected
from prediction.crime.record.scoring import scored
from prediction.crime.statements import statement
from prediction.models import CrimeForecast, CrimeScore, ModelRun

MONTHS_KEPT = 3  # whole months after the newest incidents, for each run that is put in use


def keep_forecasts(run: ModelRun) -> list[CrimeForecast]:
    """Keep what a run expects of the months that its incidents do not reach, for every force with an open gate.

    What was said before in the same words is not kept twice.
    """
    if run.kind != KIND:
        return []
    score_due()
    served, kept = Served(run), []
    for agency, told in served.agencies.items():
        if told.get("gate") != "open":
            continue
        last = date.fromisoformat(told["covered"][-1][1])
        known = max(
            _covered(agency), default=last
        )  # a run that is rolled back to may know less than the ledger
        for ahead in range(1, MONTHS_KEPT + 1):
            month = first_of(month_of(last) + ahead)
            if month > known:
                kept.append(_keep(served, agency, told, month, last))
    return kept


def _keep(run: Served, agency: int, told: dict[str, Any], month: date, last: date) -> CrimeForecast:
    body = body_of(run, agency, told, month)
    found, _ = CrimeForecast.objects.get_or_create(
        agency_id=agency,
        month=month,
        digest=digest_of(body),
        defaults={"run": run.run, "kind": told["finest"], "learned_until": last, "body": body},
    )
    return found


def body_of(run: Served, agency: int, told: dict[str, Any], month: date) -> dict[str, Any]:
    """Expected counts of the month by area and hour, with what scoring needs beside them."""
    rates = run.run.crime_rates.filter(agency=agency, area__kind=told["finest"])
    ids = list(rates.order_by("area_id").values_list("area_id", flat=True).distinct())
    areas = Area.objects.in_bulk(ids)
    recent = _recent(agency, told, ids)
    hours: dict[int, list[float]] = {pk: [0.0] * 24 for pk in ids}
    for one in expected(ids, month, GROUPS, run=run):
        if one.agency == agency:
            hours[one.area][one.hour] += one.count
    return {
        "areas": [
            {
                "area": pk,
                "name": areas[pk].name,
                "km2": square_kilometres(areas[pk].boundary),
                "recent": recent.get(pk, 0),
                "hours": [round(value, 6) for value in hours[pk]],
            }
            for pk in ids
        ],
        "spread": {level: told["spread"][told["finest"]][level]["all"] for level in ("area", "month")},
    }


def _recent(agency: int, told: dict[str, Any], areas: list[int]) -> dict[int, int]:
    """Incidents of the twelve months up to the newest ones, by area."""
    last = date.fromisoformat(told["covered"][-1][1])
    since = first_of(month_of(last) - 11)
    found: dict[int, int] = {}
    for place in range(12):
        for (area, _), number in happened_in(
            agency, told["finest"], first_of(month_of(since) + place)
        ).items():
            found[area] = found.get(area, 0) + number
    return found


def happened_in(agency: int, kind: str, month: date) -> dict[tuple[int, int], int]:
    """Incidents of a month by area and hour of the day; those without either stay out, as they do in the forecast."""
    sql = statement("crime_happened").replace("{place}", PLACES.get(AreaKind(kind), "area"))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"agency": agency, "month": month})
        return {(area, hour): number for area, hour, number in cursor.fetchall()}


def score_due() -> list[CrimeScore]:
    """Score every kept forecast whose whole month is covered by now; one whose incidents changed is scored anew."""
    covered: dict[int, set[date]] = {}
    found = []
    for forecast in CrimeForecast.objects.defer("body").order_by("id"):
        days = covered.setdefault(forecast.agency_id, _covered(forecast.agency_id))
        if set(days_of(forecast.month)) <= days:
            score = _score(forecast)
            if score is not None:
                found.append(score)
    return found


def _covered(agency: int) -> set[date]:
    return {day for one in stretches_of(agency) for day in one.days}


def _score(forecast: CrimeForecast) -> CrimeScore | None:
    """A new score; None where what happened was scored already."""
    happened = happened_in(forecast.agency_id, forecast.kind, forecast.month)
    digest = digest_of(sorted([area, hour, number] for (area, hour), number in happened.items()))
    with transaction.atomic():
        score, made = CrimeScore.objects.get_or_create(
            forecast=forecast, digest=digest, defaults={"figures": scored(forecast.body, happened)}
        )
    return score if made else None


def digest_of(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def newest_scores(forecasts: Iterable[CrimeForecast]) -> dict[int, CrimeScore]:
    """The newest score of each forecast that has one."""
    scores = CrimeScore.objects.filter(forecast__in=list(forecasts)).order_by("id")
    return {score.forecast_id: score for score in scores}
