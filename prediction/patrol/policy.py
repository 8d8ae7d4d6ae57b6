"""What a patrol plan weighs and how far it may go: choices of a force, not findings. Kept by version, and with every plan.

Only offences that victims report can have a weight. What patrols discover would draw patrols to where they have been (see
`prediction/tests/patrol/test_feedback.py`), so it is left out of every plan, not weighted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ledger.choices import OffenceGroup as Group
from prediction.crime.offences import VICTIM_REPORTED
from prediction.patrol.types import DECLARED

MINUTES = (10, 16)  # of a visit: Koper, Justice Quarterly 12 (1995)
HEAVIEST = 1000.0
SEVERITY: Mapping[int, float] = {
    Group.HOMICIDE: 50.0,
    Group.SEXUAL: 20.0,
    Group.ROBBERY: 8.0,
    Group.ASSAULT: 8.0,
    Group.BURGLARY: 4.0,
    Group.VEHICLE_THEFT: 3.0,
    Group.THEFT_FROM_VEHICLE: 1.0,
    Group.THEFT: 1.0,
    Group.DAMAGE: 1.0,
    Group.FRAUD: 0.0,  # no patrol meets it
}


@dataclass(frozen=True)
class Policy:
    """`floor`: visits that every area has at least in a shift. `cap`: how many times its share of reported harm an area's share of
    visits may be. `explore`: share of visits that go to areas drawn by lot. `travel`: minutes between two visits."""

    severity: Mapping[int, float] = field(default_factory=lambda: dict(SEVERITY))
    types: Mapping[int, str] = field(default_factory=lambda: dict(DECLARED))
    floor: int = 0
    cap: float = 2.0
    explore: float = 0.1
    travel: int = 4

    @property
    def groups(self) -> tuple[int, ...]:
        """The offences that count: reported by victims, with a weight."""
        return tuple(group for group in VICTIM_REPORTED if self.severity.get(group, 0.0) > 0)

    @property
    def visits_an_hour(self) -> int:
        """That one unit can make when every visit takes as long as the longest."""
        return 60 // (MINUTES[1] + self.travel)

    @property
    def limits(self) -> str:
        """All but the weights, in sentences."""
        least = (
            f"Every area gets {self.floor} visit{'' if self.floor == 1 else 's'} or more in a shift."
            if self.floor
            else "No area is sure of a visit."
        )
        return (
            f"{least} An area’s share of the visits is at most {self.cap:g} times its share of the reported harm. "
            f"{self.explore * 100:g}% of the visits are drawn by lot. "
            f"Between two visits lie {self.travel} minute{'' if self.travel == 1 else 's'}."
        )

    def told(self) -> dict[str, Any]:
        return {
            "severity": {str(group): weight for group, weight in self.severity.items()},
            "types": {str(group): kind for group, kind in self.types.items()},
            "floor": self.floor,
            "cap": self.cap,
            "explore": self.explore,
            "travel": self.travel,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        return cls(
            severity={int(group): float(weight) for group, weight in told["severity"].items()},
            types={int(group): str(kind) for group, kind in told["types"].items()},
            floor=int(told["floor"]),
            cap=float(told["cap"]),
            explore=float(told["explore"]),
            travel=int(told["travel"]),
        )


# What besides enforcement could be done about the offences that lead in an area. One of these stands beside every suggestion.
NOT_ENFORCEMENT: Mapping[int, str] = {
    Group.HOMICIDE: "Ask violence prevention and outreach workers to be there; offer support to families and witnesses.",
    Group.SEXUAL: "Ask premises and transport about lighting and safe ways home; make victim support known.",
    Group.ROBBERY: "Walk the ways to stops and stations with the council: lighting, cameras, sight lines.",
    Group.ASSAULT: "Talk with the managers of bars and venues about closing times, staff and late transport.",
    Group.BURGLARY: "Call on recent victims and their neighbours with advice on locks, lights and alarms.",
    Group.VEHICLE_THEFT: "Hand out steering locks and advice; ask owners of car parks for barriers and lighting.",
    Group.THEFT_FROM_VEHICLE: "Put up signs and leaflets about things left in cars; ask for lighting of car parks.",
    Group.THEFT: "Advise shops on layout and staffing; offer marking of bicycles and parcels left at doors.",
    Group.DAMAGE: "Have damage mended within days; ask schools and youth work to be part of it.",
}
ANYWHERE = "Be there and talk with people: ask what worries them, and what would help."
