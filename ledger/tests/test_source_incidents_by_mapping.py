"""Reported crime from any table: the same crimes in other words are the same records; what is not declared is not guessed."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from ledger import offences
from ledger.choices import OffenceGroup
from ledger.imports import engine, rights
from ledger.imports.guessing import guess
from ledger.imports.reader import Unreadable
from ledger.imports.report import Report
from ledger.imports.samples import Beginning
from ledger.imports.sources import recognised
from ledger.models import Agency, ImportRun, Incident
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import (
    EXAMPLES,
    SHARED,
    checked,
    known_by_hand,
    parts_of,
    read_as,
    said,
    source,
)

KIND = "incidents-by-mapping"
CITY, MONTHS = EXAMPLES / KIND / "city.csv", EXAMPLES / KIND / "months.csv"
SAID = {"dates": "year-month-day"}
MAPPING = source(KIND)


def take(
    path: Path,
    columns: dict[str, str] | None = None,
    agency: str = "",
    user: User | None = None,
    known: Agency | None = None,
    **values: str,
) -> Report:
    run = ImportRun.objects.create(
        source=KIND,
        file_name=path.name,
        options={"columns": columns or {}, "values": SAID | {"country": "USA"} | values},
        notes={"agency": agency} if agency else {},
        agency=known,
        user=user,
        partial=True,
    )
    return engine.load(run, path)


def city(**values: str) -> Any:
    return read_as(KIND, CITY, **SAID, **values)[0]


def rows(**values: str) -> dict[int, dict[str, Any]]:
    return {part["row"]: part for part in parts_of(city(**values))}


def test_a_row_is_understood_under_names_in_any_spelling() -> None:
    assert rows()[1] == {
        "row": 1,
        "agency": "Riverton Police",
        "key": "R-1001",
        "apart": "f",
        "offence": "220",
        "words": "BURGLARY",
        "month": "2024-01-05",
        "occurred_on": "2024-01-05",
        "occurred_at": "14:30:00",
        "ended_on": "2024-01-05",
        "reported_on": "2024-01-06",
        "reported_imputed": "f",
        "beat": "0123",
        "area_kind": "neighbourhood",
        "area_name": "Old Town",
        "place": "1200 BLOCK MAIN ST",
        "latitude": "41.823456",
        "longitude": "-71.412345",
        "outcome": "Open",
    }


def test_the_time_behind_a_day_counts_midnight_is_none_and_half_a_point_is_no_point() -> None:
    found = rows()
    assert found[2]["occurred_at"] == "23:10:00"
    assert "occurred_at" not in found[4]
    assert not {"latitude", "longitude"} & {*found[2], *found[4]}
    assert (found[2]["group"], found[4]["group"]) == (
        str(OffenceGroup.THEFT.value),
        str(OffenceGroup.DAMAGE.value),
    )
    assert "group" not in found[6], "nobody knows what loud music is: it counts as other"


def test_a_missing_or_broken_report_date_is_taken_from_the_end_then_the_start_and_marked() -> None:
    found = rows()
    assert [(found[row]["reported_on"], found[row]["reported_imputed"]) for row in (2, 4, 6)] == [
        ("2024-01-06", "f"),
        ("2024-01-07", "t"),
        ("2024-01-08", "t"),
    ]
    assert found[6]["month"] == "2024-01-08"


def test_what_cannot_be_is_refused_with_the_likely_year_and_is_not_guessed() -> None:
    assert [(one.row, one.column, one.message) for one in city().complaints] == [
        (
            7,
            "Date of Occurrence",
            "is of a year that cannot be; 2024, the year of the report, is likely meant",
        ),
        (8, "", "gives no day and no month: nothing dates the row"),
        (9, "IBR code", "is not an offence code of the NIBRS, such as 13A or 220"),
    ]
    kept = rows(others="leave the field unknown")
    assert "offence" not in kept[9]
    assert kept[9]["group"] == str(OffenceGroup.ASSAULT.value)


def test_what_is_odd_is_counted() -> None:
    noticed = city().noticed
    assert noticed["named an offence that is in no table here, and counted as “Other”"] == [6]
    assert noticed["had one coordinate only, or the point 0, 0: their point is unknown"] == [2, 4, 5]
    lost = "had the number of a report before them with another offence, and added nothing"
    assert noticed[lost] == [3]
    assert lost not in city(again="another offence of its report").noticed


def test_a_number_that_comes_again_is_one_incident_or_as_is_said_another_offence() -> None:
    assert [rows()[row]["key"] for row in (2, 3)] == ["R-1002"] * 2
    each = rows(again="another offence of its report")
    assert [each[row]["key"] for row in (2, 3)] == ["R-1002-Theft", "R-1002-120"]


@pytest.mark.django_db
def test_incidents_are_stored_once_whatever_is_loaded_again() -> None:
    report = take(CITY)
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (9, 5, 1, 3)
    first = Incident.objects.get(key="R-1001")
    assert (first.offence_id, first.group, first.occurred_at) == ("220", OffenceGroup.BURGLARY, time(14, 30))
    assert first.area is not None
    assert (first.area.name, first.area.kind, str(first.beat)) == ("Old Town", "neighbourhood", "0123")
    assert (first.agency.name, first.month, first.import_row) == ("Riverton Police", date(2024, 1, 1), 1)
    twins = (
        Incident.objects.filter(key__startswith="2024-01-07").order_by("key").values_list("key", flat=True)
    )
    assert list(twins) == [
        "2024-01-07 ? CRIMINAL DAMAGE HARBOUR RD",
        "2024-01-07 ? CRIMINAL DAMAGE HARBOUR RD#2",
    ]
    assert take(CITY).rows_new == 0
    assert take(CITY, again="another offence of its report").rows_new > 0, "said to be told apart otherwise"


@pytest.mark.django_db
def test_a_file_of_months_has_no_days() -> None:
    columns = {"area_name": "LSOA"}
    report = take(MONTHS, columns, agency="Essex Police", area="lsoa")
    assert said(report) == [(3, "Month"), (3, "")]
    found = Incident.objects.order_by("month")
    assert [(one.month, one.occurred_on, one.reported_on, one.group) for one in found] == [
        (date(2024, 1, 1), None, None, OffenceGroup.THEFT_FROM_VEHICLE),
        (date(2024, 2, 1), None, None, OffenceGroup.THEFT),
    ]
    assert [one.area and (one.area.name, one.area.agency) for one in found] == [
        ("E01000001", None),
        ("E01000002", None),
    ]


@pytest.mark.django_db
def test_one_of_the_columns_that_date_a_row_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Crime type,Area\nBurglary,North\n")
    assert "lacks the column “occurred_on”" in take(path, agency="Riverton Police").message
    bound = MAPPING.for_file("a.csv", {"columns": {"occurred_on": "", "reported_on": ""}, "values": SAID})
    with pytest.raises(Unreadable, match="lacks the column"):
        bound.places(["date", "report_date"])
    assert "how days are written" in checked(path, KIND, agency="Riverton Police").message


def test_it_is_never_recognised_by_itself_and_columns_are_guessed() -> None:
    assert recognised(["Case Number", "Date of Occurrence", "Primary Type"]) is None
    table = Beginning(
        ["Number of report", "Date occurred on", "Zeit", "Kind", "Lat"],
        [["7", "2024-01-05", "08:15", "Burglary", "41.5"], ["8", "2024-01-06", "09:15", "Drugs", "41.6"]],
        [],
    )
    assert guess(MAPPING, table, known_by_hand()) == {
        "report": "Number of report",
        "occurred_on": "Date occurred on",
        "occurred_at": "Zeit",
        "group": "Kind",
        "latitude": "Lat",
    }


@pytest.mark.django_db
def test_a_supervisor_imports_the_own_agencys_crimes_only() -> None:
    own, other = make_agency("Lakeside Police"), make_agency("Riverton Police")
    supervisor = make_user("Supervisor", own)
    assert MAPPING in rights.sources_for(supervisor)
    assert MAPPING not in rights.sources_for(make_user("Officer", own))
    assert MAPPING not in rights.sources_for(make_user("Policymaker"))
    assert MAPPING not in rights.sources_for(make_user("Administrator"))
    report = take(CITY, user=supervisor, known=own)
    assert (report.rows_new, report.rows_refused) == (0, 9)
    assert "is not for your agency" in take(CITY, user=supervisor, known=other).message
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("Motor Vehicle Theft", OffenceGroup.VEHICLE_THEFT),
        (" BURGLARY-residence ", OffenceGroup.BURGLARY),
        ("Violence and sexual offences", OffenceGroup.ASSAULT),
        ("Battery", OffenceGroup.ASSAULT),
        ("Other", OffenceGroup.OTHER),
        ("Possession of stolen property", None),
        ("", None),
    ],
)
def test_words_are_found_in_the_tables_as_a_whole_or_not_at_all(
    words: str, group: OffenceGroup | None
) -> None:
    assert offences.group_of_words(words) == group


@pytest.mark.skipif(not SHARED.exists(), reason="published files are not here")
@pytest.mark.django_db
def test_a_published_file_read_by_hand_counts_as_its_own_source_and_as_the_csv_module() -> None:
    """A month of Durham: the same rows by choice of columns as by the source that knows them."""
    (path,) = SHARED.rglob("2019-01-durham-street.csv")
    columns = {
        "report": "Crime ID", "agency": "Reported by", "words": "Crime type", "area_name": "LSOA name",
        "place": "Location", "outcome": "Last outcome category",
    }  # fmt: skip
    said = {"area": "lsoa", "country": "United Kingdom", "zone": "Europe/London"}
    assert take(path, columns, again="another offence of its report", **said).rows_new == 1_275
    report = take(path, columns, **said)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with_id = {row["Crime ID"] for row in rows} - {""}
    without = sum(not row["Crime ID"] for row in rows)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (6_465, len(with_id), 0)
    assert Incident.objects.count() == len(with_id) + without == 6_453
    found = Counter(Incident.objects.filter(key__in=with_id).values_list("words", flat=True))
    assert found == Counter({row["Crime ID"]: row["Crime type"] for row in rows if row["Crime ID"]}.values())
