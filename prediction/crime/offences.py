"""How offences of each group come to be known. The one table behind "reported by a victim" and "discovered by police".

Discovered offences follow the police: where they patrol more, more is found. So patrols are planned from what victims and
witnesses report (Ensign and others, Runaway feedback loops in predictive policing, FAT* 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.choices import OffenceGroup as Group


class Known(StrEnum):
    VICTIM = "reported by a victim or a witness"
    POLICE = "discovered by police"
    EITHER = "either: some are reported, some discovered"


KNOWN: Mapping[Group, Known] = {
    Group.HOMICIDE: Known.VICTIM,
    Group.SEXUAL: Known.VICTIM,
    Group.ROBBERY: Known.VICTIM,
    Group.ASSAULT: Known.VICTIM,
    Group.BURGLARY: Known.VICTIM,
    Group.VEHICLE_THEFT: Known.VICTIM,
    Group.THEFT_FROM_VEHICLE: Known.VICTIM,
    Group.THEFT: Known.VICTIM,
    Group.DAMAGE: Known.VICTIM,
    Group.FRAUD: Known.VICTIM,
    Group.DRUGS: Known.POLICE,
    Group.WEAPONS: Known.POLICE,
    Group.DISORDER: Known.EITHER,  # drunkenness and loitering are found, nuisance is called in
    Group.OTHER: Known.EITHER,  # holds both
}
GROUPS: tuple[int, ...] = tuple(group.value for group in Group)  # every group, in order of code
VICTIM_REPORTED: tuple[int, ...] = tuple(group.value for group in Group if KNOWN[group] is Known.VICTIM)


@dataclass(frozen=True)
class Choice:
    """A set of groups that can be asked for: all, those that victims report, or one."""

    name: str  # as in addresses
    label: str
    groups: tuple[int, ...]


CHOICES: tuple[Choice, ...] = (
    Choice("all", "All offences", GROUPS),
    Choice("reported", "Offences reported by victims", VICTIM_REPORTED),
    *(Choice(group.name.lower().replace("_", "-"), str(group.label), (group.value,)) for group in Group),
)


def choice_named(name: str) -> Choice | None:
    return next((one for one in CHOICES if one.name == name), None)
