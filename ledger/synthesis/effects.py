"""What is planted in made-up stops, in figures. Tests recover each; docs/demo.md tells them to people.

All rates are shares of stops unless said otherwise. Nothing else is planted: whatever else an insight finds in a
demo ledger is chance, and tests hold that as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Effects:
    """Strength of each planted effect. `Effects.none()` is the same world without any."""

    # Arrests per stop at night (20:00 to 04:59) over arrests per stop by day, all violations together.
    night_arrest_ratio: float = 1.6
    # Share of DUI among stops by day and by night.
    dui_by_day: float = 0.03
    dui_by_night: float = 0.09
    # Share of Speeding among stops that are not DUI: drivers under 25, and all others.
    speeding_under_25: float = 0.52
    speeding_from_25: float = 0.40
    # In one agency one group is searched at a lower threshold: more searches of it, fewer of them with a hit. The two
    # rates belong together: 8 % carry something, signals of carriers lie 1.38 standard deviations above those of others,
    # and officers search from a chance of 24 % on, that group from 16 % on. So 1.8 times the searches find 31 %.
    threshold_agency: str = "USA"
    threshold_race: str = "Black"
    threshold_search_ratio: float = 1.8
    hit_rate: float = 0.40
    threshold_hit_rate: float = 0.31
    # In another agency one group is stopped more often while officers can see who drives: the odds that a driver stopped
    # is of the group, by daylight (until the end of civil dusk) over those in the dark. In the third agency nothing is.
    veil_agency: str = "Canada"
    veil_race: str = "Black"
    veil_daylight_ratio: float = 1.8
    # Share of drug-related stops in each country.
    drug_rate: dict[str, float] = field(default_factory=lambda: {"Canada": 0.10, "India": 0.05, "USA": 0.08})
    # Typical (median) minutes of a stop without search or arrest, by violation.
    minutes: dict[str, float] = field(
        default_factory=lambda: {"Speeding": 9, "DUI": 26, "Seatbelt": 7, "Signal": 8, "Other": 14}
    )
    # Growth of the number of stops from one year to the next.
    yearly_growth: float = 0.06
    # Shares of rows whose record contradicts itself, and of stops entered twice.
    arrest_contradictions: float = 0.004
    search_contradictions: float = 0.004
    entered_twice: float = 0.001

    @classmethod
    def none(cls) -> Effects:
        """Day like night, young like old, one threshold for all, countries alike, no contradictions."""
        return cls(
            night_arrest_ratio=1.0,
            dui_by_night=cls.dui_by_day,
            speeding_under_25=cls.speeding_from_25,
            threshold_search_ratio=1.0,
            threshold_hit_rate=cls.hit_rate,
            veil_daylight_ratio=1.0,
            drug_rate={"Canada": 0.08, "India": 0.08, "USA": 0.08},
            minutes=dict.fromkeys(VIOLATIONS, 10.0),
            yearly_growth=0.0,
            arrest_contradictions=0.0,
            search_contradictions=0.0,
            entered_twice=0.0,
        )


VIOLATIONS = ("Speeding", "DUI", "Seatbelt", "Signal", "Other")
# How the stops that are neither DUI nor Speeding divide.
REST = {"Seatbelt": 0.34, "Signal": 0.38, "Other": 0.28}
# Arrests per stop by day, before the night's factor.
ARREST_BY_DAY = {"Speeding": 0.04, "DUI": 0.25, "Seatbelt": 0.025, "Signal": 0.035, "Other": 0.11}
# Searches per stop: the country's rate times the violation's factor.
SEARCH_RATE = {"Canada": 0.08, "India": 0.10, "USA": 0.09}
SEARCH_FACTOR = {"Speeding": 0.75, "DUI": 2.0, "Seatbelt": 0.75, "Signal": 0.9, "Other": 1.6}
# What a hit finds.
FINDS = {"Drugs": 0.55, "Alcohol": 0.20, "Weapon": 0.10, "Stolen goods": 0.08, "Other": 0.07}
# Share of those not arrested who get a ticket; the others are warned.
TICKET_RATE = {"Speeding": 0.60, "DUI": 0.80, "Seatbelt": 0.45, "Signal": 0.55, "Other": 0.30}
