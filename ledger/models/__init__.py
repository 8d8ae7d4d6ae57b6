from ledger.models.agency import Agency, Area, Country, Officer, Post
from ledger.models.audit import AuditEvent, ReviewDecision
from ledger.models.codes import Contraband, Race, SearchBasis, Violation
from ledger.models.figures import (
    AreaBoundary,
    AreaFigure,
    PublishedRate,
    SensitivePlace,
    SurveyFigure,
    VendorDepartment,
    VendorPrediction,
)
from ledger.models.imports import ColumnMapping, ImportedKey, ImportKey, ImportRun, ImportUndo, RefusedRow
from ledger.models.incidents import (
    CrimePrediction,
    Imported,
    Incident,
    IncidentOutcome,
    Offence,
    OffenceEntry,
    PatrolVisit,
)
from ledger.models.stop import Draft, Person, Stop, StopPrivate, Vehicle

__all__ = [
    "Agency",
    "Area",
    "AreaBoundary",
    "AreaFigure",
    "AuditEvent",
    "ColumnMapping",
    "Contraband",
    "Country",
    "CrimePrediction",
    "Draft",
    "ImportKey",
    "ImportRun",
    "ImportUndo",
    "Imported",
    "ImportedKey",
    "Incident",
    "IncidentOutcome",
    "Offence",
    "OffenceEntry",
    "Officer",
    "PatrolVisit",
    "Person",
    "Post",
    "PublishedRate",
    "Race",
    "RefusedRow",
    "ReviewDecision",
    "SearchBasis",
    "SensitivePlace",
    "Stop",
    "StopPrivate",
    "SurveyFigure",
    "Vehicle",
    "VendorDepartment",
    "VendorPrediction",
    "Violation",
]
