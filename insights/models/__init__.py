from insights.models.cubes import (
    CUBES,
    AllYear,
    Clock,
    ClockCountry,
    Cube,
    ResultYear,
    Who,
    WhoCountry,
    WhoYear,
)
from insights.models.facts import StopFact

__all__ = [
    "CUBES",
    "AllYear",
    "Clock",
    "ClockCountry",
    "Cube",
    "ResultYear",
    "StopFact",
    "Who",
    "WhoCountry",
    "WhoYear",
]
