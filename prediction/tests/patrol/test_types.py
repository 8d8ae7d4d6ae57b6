"""The kind of patrol follows the declared table and the largest part of the expected mix."""

from __future__ import annotations

import pytest

from ledger.choices import OffenceGroup as Group
from prediction.patrol import DECLARED, PATROL_TYPES, suggested_patrol


def test_every_group_of_offences_is_declared() -> None:
    assert set(DECLARED) == set(Group)
    assert set(DECLARED.values()) <= {*PATROL_TYPES, ""}


@pytest.mark.parametrize(
    ("mix", "kind"),
    [
        ({Group.BURGLARY: 2.0, Group.THEFT_FROM_VEHICLE: 1.0}, "Vehicle Patrol"),
        ({Group.BURGLARY: 1.0, Group.THEFT_FROM_VEHICLE: 1.5}, "Bicycle Patrol"),
        ({Group.VEHICLE_THEFT: 0.4, Group.BURGLARY: 0.3}, "Motorcycle Patrol"),
        # 0.3 + 0.3 + 0.1 on foot is more than 0.6, though no group of them alone is.
        ({Group.THEFT: 0.3, Group.ASSAULT: 0.3, Group.ROBBERY: 0.1, Group.BURGLARY: 0.6}, "Foot Patrol"),
        ({Group.BURGLARY: 1.0, Group.THEFT: 1.0}, "Vehicle Patrol"),  # equal: the first of the list
        ({5: 1.0}, "Vehicle Patrol"),  # plain numbers, as tables have them
    ],
)
def test_the_largest_part_decides(mix: dict[int, float], kind: str) -> None:
    assert suggested_patrol(mix) == kind


def test_discovered_offences_never_draw_a_patrol_whatever_the_table_says() -> None:
    table = {**DECLARED, Group.DRUGS: "Vehicle Patrol", Group.WEAPONS: "Vehicle Patrol"}
    assert (
        suggested_patrol({Group.DRUGS: 100.0, Group.WEAPONS: 50.0, Group.THEFT: 0.1}, table) == "Foot Patrol"
    )
    assert suggested_patrol({Group.DRUGS: 100.0}, table) == ""


def test_another_table_is_another_answer() -> None:
    assert suggested_patrol({Group.BURGLARY: 1.0}, {Group.BURGLARY: "Bicycle Patrol"}) == "Bicycle Patrol"


@pytest.mark.parametrize("mix", [{}, {Group.THEFT: 0.0}, {Group.FRAUD: 3.0}, {Group.THEFT: -1.0}])
def test_nothing_to_patrol_for_is_said_by_nothing(mix: dict[int, float]) -> None:
    assert suggested_patrol(mix) == ""


def test_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="99"):
        suggested_patrol({99: 1.0})
