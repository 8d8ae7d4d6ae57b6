from insights.models.comparisons import Comparison
from insights.models.cubes import (
    CUBES,
    SUMMARIES,
    AllYear,
    Clock,
    ClockCountry,
    Cube,
    ResultYear,
    Summary,
    VehicleCount,
    Who,
    WhoCountry,
    WhoYear,
)
from insights.models.facts import StopFact

__all__ = [
    "CUBES",
    "SUMMARIES",
    "AllYear",
    "Clock",
    "ClockCountry",
    "Comparison",
    "Cube",
    "ResultYear",
    "StopFact",
    "Summary",
    "VehicleCount",
    "Who",
    "WhoCountry",
    "WhoYear",
]
