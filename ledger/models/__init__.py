from ledger.models.agency import Agency, Area, Country, Officer, Post
from ledger.models.audit import AuditEvent, ReviewDecision
from ledger.models.codes import Contraband, Race, SearchBasis, Violation
from ledger.models.figures import AreaFigure, PublishedRate, SurveyFigure, VendorDepartment, VendorPrediction
from ledger.models.imports import ImportKey, ImportRun, ImportUndo, RefusedRow
from ledger.models.incidents import Imported, Incident, IncidentOutcome, Offence, PatrolVisit
from ledger.models.stop import Draft, Person, Stop, StopPrivate, Vehicle

__all__ = [
    "Agency",
    "Area",
    "AreaFigure",
    "AuditEvent",
    "Contraband",
    "Country",
    "Draft",
    "ImportKey",
    "ImportRun",
    "ImportUndo",
    "Imported",
    "Incident",
    "IncidentOutcome",
    "Offence",
    "Officer",
    "PatrolVisit",
    "Person",
    "Post",
    "PublishedRate",
    "Race",
    "RefusedRow",
    "ReviewDecision",
    "SearchBasis",
    "Stop",
    "StopPrivate",
    "SurveyFigure",
    "Vehicle",
    "VendorDepartment",
    "VendorPrediction",
    "Violation",
]
