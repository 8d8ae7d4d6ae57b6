"""The published files of Plainfield, counted a second way, and the study's own results from what is stored. Skipped where not
at hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from insights.tests.conftest import kept_for_now
from ledger import offences
from ledger.imports.report import Report
from ledger.models import CrimePrediction, Incident, PatrolVisit
from ledger.tests.import_files import SHARED, loaded

FOLDER = SHARED / "markup-plainfield"
MATCHED, DOSAGE = "crime_with_predictions.csv", "plainfield_dosage.csv"
OPRA = "Opra Request Dated 24FEB18 to 01JAN19 in CSV format.csv"
NEW_YORK = ZoneInfo("America/New_York")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout"),
]


@pytest.fixture(scope="module")
def reports(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Report]]:
    with kept_for_now(django_db_blocker):
        yield {
            MATCHED: loaded(FOLDER / MATCHED, "plainfield-crimes"),
            OPRA: loaded(FOLDER / OPRA, "plainfield-crimes"),
            DOSAGE: loaded(FOLDER / DOSAGE, "plainfield-patrols"),
        }


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def stored(name: str, *fields: str) -> Counter[Any]:
    found = Incident.objects.filter(import_run__file_name=name).values_list(*fields)
    return Counter(row[0] if len(fields) == 1 else row for row in found)


def test_the_matched_reports_are_in_the_ledger_as_published(reports: dict[str, Report]) -> None:
    published, report = rows(MATCHED), reports[MATCHED]
    assert (report.rows_read, report.rows_new, report.rows_refused) == (3_225, 3_225, 0)
    assert len(published) == 3_225
    at = [datetime.strptime(f"{row['date']} {row['time']}", "%m/%d/%Y %H:%M") for row in published]
    assert stored(MATCHED, "occurred_on", "occurred_at") == Counter((one.date(), one.time()) for one in at)
    assert stored(MATCHED, "words") == Counter(" ".join(row["description"].split()) for row in published)
    assert stored(MATCHED, "group") == Counter(
        offences.group_of_new_jersey(row["description"]) for row in published
    )
    assert stored(MATCHED, "place") == Counter(" ".join(row["address"].split()) for row in published)
    points = Counter(
        (round(float(row["lat"]), 6), round(float(row["lon"]), 6))
        if row["lat"] and float(row["lon"]) < 0
        else (None, None)
        for row in published
    )
    assert points[(None, None)] == 69 + 1
    assert stored(MATCHED, "latitude", "longitude") == points


def test_both_files_tell_of_the_same_reports(reports: dict[str, Report]) -> None:
    """The matched file leaves out the nine exact duplicates of the other one, and nothing else."""
    published = rows(OPRA)
    assert len(published) == 3_234
    duplicates = Counter(tuple(row.values()) for row in published)
    extra = Counter({row: count - 1 for row, count in duplicates.items() if count > 1})
    assert sum(extra.values()) == 9
    assert (reports[OPRA].rows_new, reports[OPRA].rows_same, reports[OPRA].rows_refused) == (9, 3_225, 0)
    assert Incident.objects.current().count() == 3_234
    added = Counter(row[4] for row in extra.elements())
    assert stored(OPRA, "words") == Counter({" ".join(word.split()): count for word, count in added.items()})
    notes = {note["what"]: note["rows"] for note in reports[OPRA].notes["noticed"]}
    assert notes["lay in another municipality"] == 33


def types(text: str) -> set[str]:
    return set(text.split("|")) - {""}


def test_the_study_s_results_follow_from_what_is_stored(reports: dict[str, Report]) -> None:
    """Published: of the crimes that could be predicted 34 were, by 64 predictions."""
    found = list(CrimePrediction.objects.current())
    assert len(found) == 3_225
    assert sum(bool(one.would_fit) for one in found) == 340
    assert sum(one.count > 0 for one in found) == 608
    right = [one for one in found if types(one.would_fit) & types(one.predicted)]
    assert (len(right), sum(one.count for one in right)) == (34, 64)
    keys = set(Incident.objects.values_list("key", flat=True))
    assert {one.incident_key for one in found} <= keys


def test_the_patrols_are_in_the_ledger_as_published(reports: dict[str, Report]) -> None:
    published = [row for row in rows(DOSAGE) if row["Started"]]
    report = reports[DOSAGE]
    assert (report.rows_read, report.rows_new, report.rows_refused) == (411, 411, 0)
    assert report.notes["passed_over"]["rows"] == 6
    form = "%m/%d/%Y %H:%M"
    moments = Counter(
        (
            datetime.strptime(row["Started"], form).replace(tzinfo=NEW_YORK),
            datetime.strptime(row["Ended"], form).replace(tzinfo=NEW_YORK),
            float(row["Time Spent"]),
        )
        for row in published
    )
    assert Counter(PatrolVisit.objects.values_list("started_at", "ended_at", "minutes")) == moments
    kinds = Counter(
        "HOTSPOT PATROL" if "HOTSPOT" in row["Inc Type"] else "PROACTIVE PATROL" for row in published
    )
    assert Counter(PatrolVisit.objects.values_list("kind", flat=True)) == kinds
    assert Counter(PatrolVisit.objects.values_list("unit", flat=True)) == Counter(
        row["Unit ID"] for row in published
    )
    assert PatrolVisit.objects.filter(latitude=None).count() == 3


def test_the_sums_at_the_end_of_the_file_are_those_of_the_visits(reports: dict[str, Report]) -> None:
    last = (FOLDER / DOSAGE).read_text().splitlines()[-2:]
    minutes = list(PatrolVisit.objects.values_list("minutes", flat=True))
    assert last[0].startswith("Averages,")
    assert float(last[0].rpartition(",")[2]) == pytest.approx(mean(minutes), abs=1e-6)
    assert last[1].startswith(f"{len(minutes)} record(s)")
