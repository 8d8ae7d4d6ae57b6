"""One measure in one period: the force, each area against it, and against a year before. The rows of several pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.fairness.intervals import Estimate
from insights.trust import bands
from insights.trust.bands import Design
from insights.trust.figures import FORCE, Measured, a_year_before
from insights.wording import listed

GAP = "The area's share less the force's. The force's figure holds the area's own people too; the interval allows for that."
BAND = "95% Wilson interval of the share, with the number of people assumed or, where the file has it, asked."


@dataclass(frozen=True)
class Level:
    """A share with its band, its gap to the force, and its change since a year before (None where there is no figure)."""

    area: int
    name: str
    share: float
    band: tuple[float | None, float | None]
    gap: Estimate
    change: Estimate

    @property
    def verdict(self) -> str:
        return bands.verdict(self.gap)

    @property
    def moved(self) -> str:
        return bands.verdict(self.change, bands.UP, bands.DOWN)

    def cells(self) -> dict[str, Any]:
        return {
            "share": self.share,
            "share_low": self.band[0],
            "share_high": self.band[1],
            "gap": self.gap.value,
            "gap_low": self.gap.low,
            "gap_high": self.gap.high,
            "against": self.verdict or None,
            "change": self.change.value,
            "change_low": self.change.low,
            "change_high": self.change.high,
            "moved": self.moved or None,
        }


def level(found: Measured, area: int, day: date, design: Design) -> Level | None:
    """None where the area has no figure in the period."""
    figure = found.at(area, day)
    if figure is None:
        return None
    size = found.size(design, area, day)
    force, whole = found.force(day), found.size(design, FORCE, day)
    gap = Estimate()
    if area != FORCE and force is not None:
        gap = bands.against_whole(figure.share, size, force.share, whole)
    before = found.at(area, a_year_before(day))
    change = Estimate()
    if before is not None:
        earlier = found.size(design, area, a_year_before(day))
        change = bands.difference(figure.share, size, before.share, earlier)
    name = "The force" if area == FORCE else found.areas[area].name
    return Level(area, name, figure.share, bands.band(figure.share, size), gap, change)


def quoted(measure: str) -> str:
    """A measure's name in a sentence; one that has quotation marks of its own gets no more."""
    return measure if '"' in measure or "“" in measure else f"“{measure}”"


def levels(found: Measured, day: date, design: Design) -> list[Level]:
    """Every area that has a figure in the period, by name."""
    made = (level(found, area, day, design) for area in found.areas)
    return [one for one in made if one is not None]


def counted(rows: list[Level]) -> dict[str, int]:
    """How many areas lie above, below, and of how many it cannot be told."""
    told = [one.verdict for one in rows]
    return {name: told.count(name) for name in (bands.ABOVE, bands.BELOW, bands.CANNOT_TELL)}


def standing(rows: list[Level], measure: str, when: str, areas: str = "areas") -> str:
    """How the areas stand against the force, in a sentence."""
    found = counted(rows)
    if not sum(found.values()):
        return f"Nothing is known of how many people were asked, so nobody can tell which {areas} differ from the force."
    apart = [
        f"{found[name]} lie{'s' if found[name] == 1 else ''} {name} it" for name in (bands.ABOVE, bands.BELOW)
    ]
    chance = 0.05 * len(rows)
    return (
        f"Of {len(rows)} {areas}, {listed(apart)} on {quoted(measure)} in {when}; of {found[bands.CANNOT_TELL]} it cannot be told. "
        f"If none differed, chance alone would put about {chance:.1f} of {len(rows)} outside."
    )
