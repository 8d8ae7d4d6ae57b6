"""The kinds of record, in reading order."""

from __future__ import annotations

from ledger.imports.kind import Kind
from ledger.imports.kinds.figures import (
    AreaFigures,
    Areas,
    PublishedRates,
    SensitivePlaces,
    SurveyFigures,
    VendorDepartments,
    VendorPredictions,
)
from ledger.imports.kinds.incidents import IncidentOutcomes, Incidents, Offences, PatrolVisits
from ledger.imports.kinds.stops import Stops

STOPS = Stops()
INCIDENTS = Incidents()
INCIDENT_OUTCOMES = IncidentOutcomes()
PATROL_VISITS = PatrolVisits()
OFFENCES = Offences()
PUBLISHED_RATES = PublishedRates()
SURVEY_FIGURES = SurveyFigures()
VENDOR_DEPARTMENTS = VendorDepartments()
VENDOR_PREDICTIONS = VendorPredictions()
SENSITIVE_PLACES = SensitivePlaces()
AREAS = Areas()
AREA_FIGURES = AreaFigures()

KINDS: list[Kind] = [
    STOPS,
    INCIDENTS,
    INCIDENT_OUTCOMES,
    PATROL_VISITS,
    OFFENCES,
    PUBLISHED_RATES,
    SURVEY_FIGURES,
    VENDOR_DEPARTMENTS,
    VENDOR_PREDICTIONS,
    SENSITIVE_PLACES,
    AREAS,
    AREA_FIGURES,
]
