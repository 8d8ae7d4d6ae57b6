"""What hot spots are looked for: sets of offences that are told apart on the map."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.choices import OffenceGroup as Group


@dataclass(frozen=True)
class Subject:
    """`groups`: the offences that count. `noun` completes “Where … lie close together”."""

    name: str
    label: str
    noun: str
    groups: tuple[int, ...]


# Offences that patrols discover follow the patrols, and fraud has no place of its own: neither makes a hot spot.
PLACED = tuple(group.value for group in Group if not group.is_discovered and group != Group.FRAUD)
SUBJECTS: tuple[Subject, ...] = (
    Subject("all", "All reported crimes", "reported crimes", PLACED),
    Subject(
        "violent",
        "Violent crimes",
        "violent crimes",
        (Group.HOMICIDE.value, Group.SEXUAL.value, Group.ROBBERY.value, Group.ASSAULT.value),
    ),
    Subject("burglary", "Burglaries", "burglaries", (Group.BURGLARY.value,)),
    Subject(
        "vehicles",
        "Thefts of and from vehicles",
        "thefts of and from vehicles",
        (Group.VEHICLE_THEFT.value, Group.THEFT_FROM_VEHICLE.value),
    ),
)


def subject_named(name: str) -> Subject | None:
    return next((one for one in SUBJECTS if one.name == name), None)
