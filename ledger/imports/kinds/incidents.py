"""Reported crime: incidents, what became of them, offence codes, patrols."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from ledger.imports import sql
from ledger.imports.kind import Kind
from ledger.models import ImportRun, Incident, IncidentOutcome, OffenceEntry, PatrolVisit
from ledger.offences import CODE_LIST


class Incidents(Kind):
    """Incidents by their key: the source's id, with the offence where one report names several.

    Where the source has no id, the key is made of what does not change between extracts, and equal ones are counted
    (`apart`). `area_kind` and `area_name` name the area that forecasts are made for; an area of the kind `lsoa` belongs to
    no agency and is told by its code where one is given, any other belongs to the incident's. `month` is any day of it.

    A part of a record with `predictions` is no incident but says what had been predicted for the one of its key: how many,
    of which types (`predicted`), and which types would have been right (`would_fit`).
    """

    name = "incidents"
    plural = "incidents"
    model = Incident
    identity = ("key", "predictions")
    not_later = {"reported_on": "", "occurred_on": "occurred_at", "month": ""}
    targets = {
        "agency": "text NOT NULL",
        "key": "text NOT NULL",
        "offence": "text",
        "group": "smallint",
        "words": "text",
        "reported_on": "date",
        "reported_imputed": "boolean",
        "month": "date NOT NULL",
        "occurred_on": "date",
        "occurred_at": "time",
        "ended_on": "date",
        "ended_at": "time",
        "beat": "text",
        "zone": "text",
        "area_kind": "text",
        "area_name": "text",
        "area_code": "text",
        "place": "text",
        "latitude": "double precision",
        "longitude": "double precision",
        "outcome": "text",
        "predictions": "integer",
        "predicted": "text",
        "would_fit": "text",
    }

    def write(self, run: ImportRun) -> None:
        sql.run("import_area_names")
        sql.run("import_incident_areas")
        super().write(run)
        sql.run("insert_crime_predictions", {"run": run.pk})


class IncidentOutcomes(Kind):
    """What became of crimes, by the crime's key. `month` is any day of the month of the outcome."""

    name = "incident-outcomes"
    plural = "outcomes of crimes"
    model = IncidentOutcome
    not_later = {"month": ""}
    targets = {
        "agency": "text NOT NULL",
        "incident_key": "text NOT NULL",
        "month": "date NOT NULL",
        "outcome": "text NOT NULL",
    }


class PatrolVisits(Kind):
    """Time that units spent at places. Moments carry their offset from UTC."""

    name = "patrol-visits"
    plural = "patrol visits"
    model = PatrolVisit
    targets = {
        "agency": "text NOT NULL",
        "unit": "text",
        "kind": "text",
        "place": "text",
        "latitude": "double precision",
        "longitude": "double precision",
        "started_at": "timestamptz",
        "ended_at": "timestamptz",
        "minutes": "double precision",
    }


class Offences(Kind):
    """Offence codes. A code says what the newest current import says of it, else what the built-in list says."""

    name = "offences"
    plural = "offence codes"
    model = OffenceEntry
    has_agency = False
    targets = {
        "code": "text NOT NULL",
        "offence_name": "text NOT NULL",
        "category": "text NOT NULL",
        "against": "text NOT NULL",
        "group": "text NOT NULL",
        "our_group": "smallint NOT NULL",
    }

    def after_change(self, run: ImportRun) -> None:
        built_in = (settings.BASE_DIR / CODE_LIST).read_text(encoding="utf-8")
        with connection.cursor() as cursor:
            cursor.execute(sql.statement("offences_follow"), {"run": run.pk, "built_in": built_in})
