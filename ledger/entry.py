"""What a person says about a stop: the content of one version, apart from who writes it and when.

Forms make entries, `ledger.recording` writes them. Two entries are equal when they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from ledger.choices import AgeBand, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.models import Person, Stop, StopPrivate

PERSON_FIELDS = (
    "role",
    "gender",
    "race_id",
    "age",
    "age_band",
    "outcome",
    "arrested",
    "searched",
    "frisked",
    "contraband_found",
)
STOP_FIELDS = (
    "agency_id",
    "post_id",
    "area_id",
    "stopped_on",
    "stopped_at",
    "stop_type",
    "duration_minutes",
    "duration_band",
    "violation_id",
    "drugs_related",
    "latitude",
    "longitude",
)
TEXT_FIELDS = ("words", "place", "late_reason")


@dataclass(frozen=True)
class PersonEntry:
    """One person stopped. Marks are as recorded: None is unknown."""

    role: int = PersonRole.UNKNOWN
    gender: int = Gender.UNKNOWN
    race_id: int | None = None
    age: int | None = None
    age_band: int = AgeBand.UNKNOWN
    outcome: int = Outcome.UNKNOWN
    arrested: bool | None = None
    searched: bool | None = None
    frisked: bool | None = None
    contraband_found: bool | None = None
    search_bases: tuple[int, ...] = ()
    contraband: tuple[int, ...] = ()

    @classmethod
    def of(cls, person: Person) -> PersonEntry:
        values: dict[str, Any] = {name: getattr(person, name) for name in PERSON_FIELDS}
        # In a fixed order: the same kinds of search in another order say nothing new.
        values |= {name: tuple(sorted(getattr(person, name))) for name in ("search_bases", "contraband")}
        return cls(**values)

    def row(self, stop: Stop, position: int) -> Person:
        values = {name: getattr(self, name) for name in PERSON_FIELDS}
        lists = {"search_bases": list(self.search_bases), "contraband": list(self.contraband)}
        return Person(stop=stop, position=position, **values, **lists)


@dataclass(frozen=True)
class StopEntry:
    """One stop with its persons, the driver (or the only person) first."""

    agency_id: int
    stopped_on: date
    persons: tuple[PersonEntry, ...]
    stopped_at: time | None = None
    post_id: int | None = None
    area_id: int | None = None
    stop_type: int = StopType.UNKNOWN
    duration_minutes: int | None = None
    duration_band: int = DurationBand.UNKNOWN
    violation_id: int | None = None
    drugs_related: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    vehicle: str = ""
    words: str = ""
    place: str = ""
    late_reason: str = ""

    @classmethod
    def of(cls, stop: Stop) -> StopEntry:
        """The content of a stored version. Costs no query when the stop was read `with_parts`."""
        private = private_of(stop)
        values: dict[str, Any] = {name: getattr(stop, name) for name in STOP_FIELDS}
        values |= {name: getattr(private, name) if private else "" for name in TEXT_FIELDS}
        vehicle = private.vehicle.number if private and private.vehicle else ""
        persons = tuple(PersonEntry.of(person) for person in stop.persons.all())
        return cls(**values, vehicle=vehicle, persons=persons)

    @property
    def has_private_part(self) -> bool:
        return any([self.vehicle, self.words, self.place, self.late_reason])

    def stop_values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in STOP_FIELDS}

    def text_values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXT_FIELDS}


def private_of(stop: Stop) -> StopPrivate | None:
    """The erasable part of a stop; None when it never had one."""
    found: StopPrivate | None = getattr(stop, "private", None)
    return found
