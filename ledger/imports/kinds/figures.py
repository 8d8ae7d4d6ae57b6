"""Published figures: rates, surveys, vendors' departments and predictions, figures about areas, boundaries."""

from __future__ import annotations

from ledger.imports import sql
from ledger.imports.kind import Kind
from ledger.models import (
    AreaBoundary,
    AreaFigure,
    ImportRun,
    PublishedRate,
    SensitivePlace,
    SurveyFigure,
    VendorDepartment,
    VendorPrediction,
)


class PublishedRates(Kind):
    """Rows of published tables of stop, search and hit rates by place and group. Rates are fractions from 0 to 1 (a stop
    rate may be larger), counts a year may be fractional."""

    name = "published-rates"
    plural = "published rates"
    model = PublishedRate
    has_agency = False
    targets = {
        "state": "text",
        "city": "text",
        "geography": "text",
        "subgeography": "text",
        "group": "text NOT NULL",
        "search_rate": "double precision",
        "stop_rate": "double precision",
        "hit_rate": "double precision",
        "inferred_threshold": "double precision",
        "stops_per_year": "double precision",
        "stop_rate_n": "double precision",
    }


class SurveyFigures(Kind):
    """Shares of respondents. Without an area the figure is of the whole force."""

    name = "survey-figures"
    plural = "survey figures"
    model = SurveyFigure
    has_agency = False
    not_later = {"period_end": ""}
    targets = {
        "survey": "text NOT NULL",
        "measure": "text NOT NULL",
        "meaning": "text",
        "area_kind": "text",
        "area_name": "text",
        "area_code": "text",
        "group": "text",
        "period_start": "date",
        "period_end": "date NOT NULL",
        "share": "double precision NOT NULL",
        "base": "integer",
    }

    def write(self, run: ImportRun) -> None:
        sql.run("import_areas")
        super().write(run)


class VendorDepartments(Kind):
    """Clients of a vendor of predictions. `active` and an end that is empty: still in use. Each table tells what it knows
    of a client, so several rows may be of one."""

    name = "vendor-departments"
    plural = "departments"
    model = VendorDepartment
    has_agency = False
    not_later = {"first_prediction": "", "last_prediction": ""}
    targets = {
        "client": "text NOT NULL",
        "client_name": "text",
        "ucr_code": "text",
        "first_prediction": "date",
        "last_prediction": "date",
        "confirmed_start": "date",
        "confirmed_end": "date",
        "analysis_start": "date",
        "analysis_end": "date",
        "predictions": "integer",
        "usable": "boolean",
        "active": "boolean",
    }


class VendorPredictions(Kind):
    """Predictions at places: a count over a period, or one dated prediction."""

    name = "vendor-predictions"
    plural = "predictions"
    model = VendorPrediction
    has_agency = False
    targets = {
        "client": "text NOT NULL",
        "label": "text",
        "kind": "text",
        "latitude": "double precision",
        "longitude": "double precision",
        "area_kind": "text",
        "area_name": "text",
        "area_code": "text",
        "predicted_on": "date",
        "count": "integer",
    }

    def write(self, run: ImportRun) -> None:
        sql.run("import_areas")
        super().write(run)


class SensitivePlaces(Kind):
    """Places that predictions should not point at, each with its point and what it is."""

    name = "sensitive-places"
    plural = "sensitive places"
    model = SensitivePlace
    has_agency = False
    targets = {
        "name": "text NOT NULL",
        "kind": "text NOT NULL",
        "latitude": "double precision NOT NULL",
        "longitude": "double precision NOT NULL",
    }


class Areas(Kind):
    """Areas with their boundaries (GeoJSON geometry). An area has the boundary of the newest current import that gives one.

    `area_agency` is the agency whose area it is; most belong to none.
    """

    name = "areas"
    plural = "areas"
    model = AreaBoundary
    has_agency = False
    targets = {
        "area_agency": "text",
        "area_kind": "text NOT NULL",
        "area_name": "text NOT NULL",
        "area_code": "text",
        "boundary": "jsonb",
    }

    def write(self, run: ImportRun) -> None:
        sql.run("import_areas_of_agencies")
        super().write(run)

    def after_change(self, run: ImportRun) -> None:
        sql.run("boundaries_follow", {"run": run.pk})


class AreaFigures(Kind):
    """Figures about the people of areas, with source and year; the first part of a record may bring the boundary."""

    name = "area-figures"
    plural = "figures about areas"
    model = AreaFigure
    has_agency = False
    targets = {
        "area_kind": "text NOT NULL",
        "area_name": "text NOT NULL",
        "area_code": "text",
        "boundary": "jsonb",
        "client": "text",
        "measure": "text NOT NULL",
        "value": "double precision NOT NULL",
        "margin": "double precision",
        "source": "text",
        "year": "smallint",
    }

    def write(self, run: ImportRun) -> None:
        sql.run("import_area_names")
        sql.run("import_areas")
        super().write(run)
        sql.run("insert_areas_of_figures", {"run": run.pk})

    def after_change(self, run: ImportRun) -> None:
        sql.run("boundaries_follow", {"run": run.pk})
