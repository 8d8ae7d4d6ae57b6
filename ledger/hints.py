"""What an officer is told while a vehicle's number is typed: was it stopped before, is this very stop there already?

It informs and never blocks; it says nothing of what is likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from ledger.flags import is_same_stop
from ledger.forms.fields import ClockField, DayField
from ledger.models import Stop, Vehicle
from ledger.plates import normal_plate
from ledger.querysets import StopQuerySet


@dataclass(frozen=True)
class Hint:
    plate: str
    count: int
    last: Stop
    twin: Stop | None  # a stop so near in time that it may be the same one


def vehicle_of(typed: Any) -> Vehicle | None:
    """The vehicle of a number as typed; None when it was never stopped or the number is none."""
    plate = normal_plate(str(typed or ""))
    return Vehicle.objects.filter(number=plate).first() if plate else None


def hint_at(reach: StopQuerySet, vehicle: Vehicle, on: Any, at: Any) -> Hint | None:
    """Earlier stops of a vehicle among those within reach; None where there are none."""
    stops = reach.of_vehicle(vehicle.number)
    last = stops.with_parts().newest_first().first()
    if last is None:
        return None
    return Hint(
        vehicle.number,
        stops.count(),
        last,
        _twin(reach, vehicle, _read(DayField(), on), _read(ClockField(), at)),
    )


def _twin(reach: StopQuerySet, vehicle: Vehicle, day: date | None, clock: time | None) -> Stop | None:
    if day is None:
        return None
    around = reach.of_vehicle_around(vehicle.number, day).newest_first()
    return next((stop for stop in around if is_same_stop(stop, day, clock)), None)


def _read(field: DayField | ClockField, typed: Any) -> Any:
    """What was typed as a day or time; None where it cannot be read."""
    if isinstance(field, DayField):
        field.today = timezone.now().date()
    try:
        return field.clean(typed)
    except ValidationError:
        return None
