from ledger.models.agency import Agency, Area, Country, Officer, Post
from ledger.models.audit import AuditEvent, ReviewDecision
from ledger.models.codes import Contraband, Race, SearchBasis, Violation
from ledger.models.imports import ImportKey, ImportRun, ImportUndo, RefusedRow
from ledger.models.stop import Draft, Person, Stop, StopPrivate, Vehicle

__all__ = [
    "Agency",
    "Area",
    "AuditEvent",
    "Contraband",
    "Country",
    "Draft",
    "ImportKey",
    "ImportRun",
    "ImportUndo",
    "Officer",
    "Person",
    "Post",
    "Race",
    "RefusedRow",
    "ReviewDecision",
    "SearchBasis",
    "Stop",
    "StopPrivate",
    "Vehicle",
    "Violation",
]
