"""The kind of patrol for an expected mix of offences: a declared table, not something learned.

Nothing here says that one kind of patrol prevents more than another. It is a convention, which a force edits with its patrol policy.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.choices import OffenceGroup as Group

VEHICLE, FOOT, BICYCLE, MOTORCYCLE = "Vehicle Patrol", "Foot Patrol", "Bicycle Patrol", "Motorcycle Patrol"
PATROL_TYPES = (VEHICLE, FOOT, BICYCLE, MOTORCYCLE)  # of equal ones the first is suggested
NO_PATROL = ""  # offences that no patrol meets, or that patrols themselves discover

DECLARED: Mapping[int, str] = {
    Group.HOMICIDE: VEHICLE,
    Group.SEXUAL: FOOT,
    Group.ROBBERY: FOOT,
    Group.ASSAULT: FOOT,
    Group.BURGLARY: VEHICLE,
    Group.VEHICLE_THEFT: MOTORCYCLE,
    Group.THEFT_FROM_VEHICLE: BICYCLE,
    Group.THEFT: FOOT,
    Group.DAMAGE: BICYCLE,
    Group.DISORDER: FOOT,
    Group.OTHER: VEHICLE,
    Group.FRAUD: NO_PATROL,
    Group.DRUGS: NO_PATROL,
    Group.WEAPONS: NO_PATROL,
}


def suggested_patrol(mix: Mapping[int, float], table: Mapping[int, str] = DECLARED) -> str:
    """The kind of patrol that the table declares for the largest part of the expected offences.

    `mix` holds the expected number (any unit, zeros allowed) by offence group (`OffenceGroup`); `table` the kind by group, that of
    the policy in force where there is one. Expected numbers of groups of one kind are added up. Offences that patrols discover
    (drugs, weapons) and groups that the table gives no kind count for nothing. "" when nothing is left to patrol for.
    """
    expected = dict.fromkeys(PATROL_TYPES, 0.0)
    for group, number in mix.items():
        kind = NO_PATROL if Group(group).is_discovered else table.get(int(group), NO_PATROL)
        if kind in expected:
            expected[kind] += max(0.0, number)
    most = max(expected, key=lambda kind: expected[kind])
    return most if expected[most] > 0 else NO_PATROL
