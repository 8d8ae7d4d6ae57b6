from insights.models.audit import AuditMap, PredictionAudit
from insights.models.comparisons import Comparison
from insights.models.cubes import (
    CUBES,
    SUMMARIES,
    AgePlaceYear,
    AllYear,
    Clock,
    ClockCountry,
    Cube,
    ResultYear,
    Summary,
    VehicleCount,
    Who,
    WhoAgencyYear,
    WhoCountry,
    WhoPlaceYear,
    WhoYear,
)
from insights.models.events import Event
from insights.models.facts import StopFact
from insights.models.fairness import Benchmark, FairnessRun, RunState
from insights.models.profile import ImportReport, ProfileRun
from insights.models.saved import DefaultView, SavedView
from insights.models.trust import TrustStudy

__all__ = [
    "CUBES",
    "SUMMARIES",
    "AgePlaceYear",
    "AllYear",
    "AuditMap",
    "Benchmark",
    "Clock",
    "ClockCountry",
    "Comparison",
    "Cube",
    "DefaultView",
    "Event",
    "FairnessRun",
    "ImportReport",
    "PredictionAudit",
    "ProfileRun",
    "ResultYear",
    "RunState",
    "SavedView",
    "StopFact",
    "Summary",
    "TrustStudy",
    "VehicleCount",
    "Who",
    "WhoAgencyYear",
    "WhoCountry",
    "WhoPlaceYear",
    "WhoYear",
]
