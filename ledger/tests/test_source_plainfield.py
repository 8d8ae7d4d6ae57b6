"""Plainfield: reports told by day, time and offence, what had been predicted for them, and patrols of predicted places."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from ledger.choices import OffenceGroup
from ledger.imports.moments import LocalMoment
from ledger.imports.undo import undo
from ledger.models import Agency, CrimePrediction, ImportRun, Incident, PatrolVisit
from ledger.tests.import_files import EXAMPLES, loaded, said

CRIMES, PATROLS = "plainfield-crimes", "plainfield-patrols"
REPORTS, MATCHED = EXAMPLES / CRIMES / "reports.csv", EXAMPLES / CRIMES / "matched.csv"
DOSAGE, BAD = EXAMPLES / PATROLS / "dosage.csv", EXAMPLES / PATROLS / "bad.csv"
MISCHIEF = "2020-02-24 08:39 CRIMINAL MISCHIEF"
ROBBERY = "2020-02-25 17:53 ROBBERY - STRONG ARM - HIGHWAY"

pytestmark = pytest.mark.django_db


def noticed(report: Any) -> dict[str, list[int]]:
    return {
        note["what"].split(":")[0].split(",")[0]: note["first"] for note in report.notes.get("noticed", [])
    }


def test_a_report_is_an_incident_of_plainfield() -> None:
    report = loaded(REPORTS, CRIMES)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (6, 6, 0)
    agency = Agency.objects.get()
    assert (agency.name, agency.country.name, agency.time_zone) == (
        "Plainfield Police Division",
        "USA",
        "America/New_York",
    )
    incident = Incident.objects.get(key=ROBBERY)
    assert (incident.group, incident.words) == (OffenceGroup.ROBBERY, "ROBBERY - STRONG ARM - HIGHWAY")
    assert (incident.occurred_on, incident.occurred_at, incident.month) == (
        date(2020, 2, 25),
        time(17, 53),
        date(2020, 2, 1),
    )
    assert (incident.place, incident.latitude, incident.reported_on) == (
        "Grant Av && West 3rd St",
        None,
        None,
    )
    assert not CrimePrediction.objects.exists()


def test_midnight_is_a_time_here_and_words_have_single_blanks() -> None:
    loaded(REPORTS, CRIMES)
    incident = Incident.objects.get(occurred_at=time(0))
    assert incident.words == "LRCNY BTWN $50 & $200 - FROM AUTO/NOT PARTS"
    assert incident.group == OffenceGroup.THEFT_FROM_VEHICLE


def test_what_is_odd_is_counted() -> None:
    assert noticed(loaded(REPORTS, CRIMES)) == {
        "lay in another municipality": [4],
        "named an offence that is in no table here": [6],
    }
    assert noticed(loaded(MATCHED, CRIMES)) == {"gave a longitude east of Greenwich (a lost sign?)": [4]}


def test_equal_reports_are_counted_and_both_files_tell_of_the_same_ones() -> None:
    loaded(REPORTS, CRIMES)
    keys = Incident.objects.filter(key__startswith=MISCHIEF).order_by("key").values_list("key", flat=True)
    assert list(keys) == [MISCHIEF, f"{MISCHIEF}#2", f"{MISCHIEF}#3"]
    loaded(MATCHED, CRIMES)
    assert Incident.objects.count() == 6


def test_the_matched_file_gives_points_and_a_longitude_without_its_sign_is_none() -> None:
    loaded(MATCHED, CRIMES)
    points = dict(Incident.objects.values_list("key", "latitude"))
    assert points == {MISCHIEF: 40.623889, f"{MISCHIEF}#2": 40.61, ROBBERY: None} | {
        key: None for key in points if "LRCNY" in key
    }


@pytest.mark.parametrize("first", [REPORTS, MATCHED])
def test_what_had_been_predicted_comes_in_whichever_file_is_first(first: Any) -> None:
    loaded(first, CRIMES)
    report = loaded(MATCHED, CRIMES)
    assert (report.rows_new, report.rows_same) == ((4, 0) if first is REPORTS else (0, 4))
    found = CrimePrediction.objects.values_list("incident_key", "would_fit", "count", "predicted")
    assert {key.replace("LRCNY", "")[:20]: told for key, *told in found} == {
        MISCHIEF[:20]: ["", 2, "Motor Vehicle Theft"],
        "2020-02-25 00:00  BT": ["", 0, ""],
        ROBBERY[:20]: ["Aggravated Assault|Gun Crimes|Robbery", 3, "Aggravated Assault|Robbery"],
    }
    assert set(found.filter(incident_key__startswith=MISCHIEF).values_list("incident_key", "count")) == {
        (MISCHIEF, 0),
        (f"{MISCHIEF}#2", 2),
    }
    assert set(CrimePrediction.objects.values_list("incident_key", flat=True)) <= set(
        Incident.objects.values_list("key", flat=True)
    )


def test_an_undo_takes_the_predictions_out_of_force_too() -> None:
    loaded(MATCHED, CRIMES)
    undo(ImportRun.objects.get(), None, "the wrong town")
    assert not CrimePrediction.objects.current().exists()
    assert loaded(MATCHED, CRIMES).rows_new == 4


def test_a_visit_is_a_time_on_the_clocks_of_new_jersey() -> None:
    report = loaded(DOSAGE, PATROLS)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (5, 5, 0)
    first, second, *_ = PatrolVisit.objects.order_by("import_row")
    assert (first.started_at, first.ended_at) == (
        datetime(2020, 1, 12, 14, 50, tzinfo=UTC),
        datetime(2020, 1, 12, 15, 15, tzinfo=UTC),
    )
    assert (second.started_at, second.minutes) == (datetime(2020, 7, 17, 3, 28, tzinfo=UTC), 36.0)
    assert (first.unit, first.place, first.latitude, first.longitude) == (
        "101",
        "LIBERTY ST & WEST 4TH ST",
        40.61268,
        -74.42541,
    )
    assert (second.latitude, second.longitude) == (None, None)


def test_kinds_of_patrol_have_one_spelling_and_equal_visits_are_kept_apart() -> None:
    loaded(DOSAGE, PATROLS)
    assert list(PatrolVisit.objects.order_by("import_row").values_list("kind", flat=True)) == [
        "HOTSPOT PATROL",
        "PROACTIVE PATROL",
        "HOTSPOT PATROL",
        "FOOT PATROL",
        "FOOT PATROL",
    ]
    assert loaded(DOSAGE, PATROLS).rows_same == 5


def test_lines_that_sum_up_and_blank_lines_are_no_visits_and_are_counted() -> None:
    passed = loaded(DOSAGE, PATROLS).notes["passed_over"]
    assert passed["rows"] == 4
    assert passed["first"][2:] == ["Averages,,,,,,,,21.69", "5 record(s),,,,,,,,"]


def test_visits_that_contradict_themselves_are_kept_and_named() -> None:
    report = loaded(DOSAGE, PATROLS)
    assert noticed(report) == {
        "ended before they began": [3],
        "told another time spent than from start to end": [3],
    }


def test_what_is_no_visit_is_told_cell_by_cell() -> None:
    report = loaded(BAD, PATROLS)
    assert said(report) == [
        (1, "Started"),
        (2, "Started"),
        (3, "Started"),
        (4, "Ended"),
        (5, "Time Spent"),
        (6, "Longitude"),
        (7, "Started"),
        (7, "Ended"),
    ]
    assert report.errors[0].message == "is not a moment written as M/D/YYYY H:MM, or the clocks skipped it"
    assert report.errors[-1].message == "is in the future"
    assert (report.rows_read, report.rows_refused) == (8, 7), "a line that has more than a sum is a visit"
    assert not PatrolVisit.objects.exists()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("11/1/2020 1:30", "2020-11-01T01:30:00-04:00"),
        ("11/1/2020 2:30", "2020-11-01T02:30:00-05:00"),
        ("3/8/2020 2:30", None),
        ("3/8/2020 3:00", "2020-03-08T03:00:00-04:00"),
        ("1/12/0202 9:50", None),
        ("1/12/2020", None),
    ],
)
def test_moments_of_the_days_on_which_clocks_change(text: str, read: str | None) -> None:
    assert LocalMoment("at", place="America/New_York")._read(text) == read
