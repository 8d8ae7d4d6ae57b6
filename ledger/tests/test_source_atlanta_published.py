"""The published files of Atlanta, counted a second way that shares nothing with ours. Skipped where not at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

from insights.tests.conftest import kept_for_now
from ledger.choices import OffenceGroup
from ledger.imports.report import Report
from ledger.models import Agency, Area, Incident
from ledger.tests.import_files import SHARED, loaded

KIND = "atlanta-crime"
FOLDER = SHARED / "atlanta-cobra"
OLD, NEW, LATER = "COBRA-2020-OldRMS-09292020.csv", "COBRA-2020(NEW RMS 9-30 12-31).csv", "COBRA-2021.csv"
IN_BOTH = "202491964"  # an assault of 5 September in the old system, of 26 September in the new one

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout"),
]

# Rows as the description of the files counts them; refused and repeated rows as looked up in the files, by id.
READ = {OLD: 14_831, NEW: 7_249, LATER: 21_397}
REFUSED = {
    OLD: set(),
    NEW: {
        "203211166",
        "203070154",
        "203370114",
        "202840586",
        "202691885",
    },  # 1010, 0220, end 0202, 1929, end 1930
    LATER: {"210480696", "211121071", "211641068"},  # 1922, end 2120, end 1800
}
REPEATED = {OLD: 1, NEW: 4, LATER: 3}  # by neighbourhood only
GROUPS = {
    "HOMICIDE": OffenceGroup.HOMICIDE,
    "MANSLAUGHTER": OffenceGroup.HOMICIDE,
    "AGG ASSAULT": OffenceGroup.ASSAULT,
    "ROBBERY": OffenceGroup.ROBBERY,
    "BURGLARY": OffenceGroup.BURGLARY,
    "AUTO THEFT": OffenceGroup.VEHICLE_THEFT,
    "LARCENY-FROM VEHICLE": OffenceGroup.THEFT_FROM_VEHICLE,
    "LARCENY-NON VEHICLE": OffenceGroup.THEFT,
}


@pytest.fixture(scope="module")
def reports(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Report]]:
    """The three files loaded one after the other, for all tests of this module."""
    with kept_for_now(django_db_blocker):
        yield {name: loaded(FOLDER / name, KIND, partial=True) for name in READ}


@cache
def published(name: str) -> pd.DataFrame:
    """The rows that should be stored of a file alone: without the refused and the repeated ones."""
    frame = pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert len(frame) == READ[name]
    frame = frame[~frame.offense_id.isin(REFUSED[name])]
    repeated = frame.duplicated([column for column in frame if column not in ("neighborhood", "npu")])
    assert int(repeated.sum()) == REPEATED[name]
    return frame[~repeated].replace({"NA": "", "NULL": ""})


def new_in(name: str) -> pd.DataFrame:
    """The rows that add an incident after the files before. One id and offence of the old system is in the new one too."""
    frame = published(name)
    return frame[frame.offense_id != IN_BOTH] if name == NEW else frame


def stored(name: str, *fields: str) -> Counter[Any]:
    rows = Incident.objects.filter(import_run__file_name=name).values_list(*fields)
    return Counter(row[0] if len(fields) == 1 else row for row in rows)


def day(text: str) -> date | None:
    if not text:
        return None
    month, number, year = text.split("/")
    return date(int(year), int(month), int(number))


def words(column: pd.Series) -> Counter[Any]:
    return Counter(text.strip() or None for text in column)


@pytest.mark.parametrize("name", READ)
def test_a_published_file_is_in_the_ledger_as_published(name: str, reports: dict[str, Report]) -> None:
    rows, report, refused = new_in(name), reports[name], len(REFUSED[name])
    same = REPEATED[name] + (name == NEW)
    assert (report.rows_read, report.rows_refused, report.rows_same) == (READ[name], refused, same)
    assert len(rows) == report.rows_new == READ[name] - refused - same
    assert stored(name, "reported_on") == Counter(map(day, rows.rpt_date))
    assert stored(name, "occurred_on") == Counter(map(day, rows.occur_date))
    assert stored(name, "ended_on") == Counter(map(day, rows.poss_date))
    assert stored(name, "reported_imputed") == {False: len(rows)}
    assert stored(name, "group") == Counter(GROUPS[text] for text in rows.UC2_Literal)
    assert stored(name, "words") == Counter(rows.UC2_Literal)
    assert stored(name, "area__name") == words(rows.neighborhood)
    assert stored(name, "beat__name") == words(rows.beat.replace("Out of Jurisdiction", ""))
    times = [text.zfill(5) if text else None for text in rows.occur_time]
    clocks = Counter(f"{at:%H:%M}" if at else None for at in stored(name, "occurred_at").elements())
    assert clocks == Counter(None if text in ("00:00", "00:01") else text for text in times)
    if "ibr_code" in rows:
        assert stored(name, "offence_id") == Counter(rows.ibr_code)


@pytest.mark.parametrize(("name", "without"), [(OLD, 71), (NEW, 0), (LATER, 0)])
def test_every_published_point_is_at_its_place(name: str, without: int, reports: dict[str, Report]) -> None:
    points = Counter(
        (round(float(row.lat), 6), round(float(row.long), 6)) if row.lat != "0" else (None, None)
        for row in new_in(name).itertuples()
    )
    assert points[(None, None)] == without
    assert stored(name, "latitude", "longitude") == points


def test_what_is_odd_is_counted_as_the_description_counts_it(reports: dict[str, Report]) -> None:
    """Of the rows that are not refused: one of the ends before the beginning is of the year 1930, one of 1800."""
    counts = {
        name: {note["what"].split(":")[0].split(",")[0]: note["rows"] for note in report.notes["noticed"]}
        for name, report in reports.items()
    }
    assert counts[OLD]["gave the coordinates 0"] == 71
    assert [counts[name]["began on a day after the report"] for name in (NEW, LATER)] == [7, 8]
    assert [counts[name]["began on a day after the end"] for name in (NEW, LATER)] == [10 - 1, 20 - 1]
    assert counts[NEW]["lay outside of the jurisdiction"] == 7


def test_locations_in_three_lines_become_one(reports: dict[str, Report]) -> None:
    lines = [text.split("\n") for text in published(LATER).location]
    assert {line[2] for line in lines} == {"UNITED STATES"}
    assert stored(LATER, "place") == Counter(
        " ".join(f"{street}, {city}".split()) for street, city, _ in lines
    )


def test_old_and_new_system_share_two_ids_and_the_later_file_none(reports: dict[str, Report]) -> None:
    """One has another offence in each; the other counts as the incident that is there already."""
    ids = {name: set(published(name).offense_id) for name in READ}
    assert ids[OLD] & ids[NEW] == {IN_BOTH, "202720096"}
    assert not (ids[OLD] | ids[NEW]) & ids[LATER]
    assert Incident.objects.filter(key__startswith="202720096").count() == 2
    assert Incident.objects.get(key=f"{IN_BOTH}-13A").import_run.file_name == OLD
    assert Incident.objects.current().count() == sum(len(new_in(name)) for name in READ) == 43_460
    assert loaded(FOLDER / NEW, KIND, partial=True).rows_new == 0
    assert Agency.objects.get().name == "Atlanta Police Department"
    assert set(Area.objects.filter(kind="zone").values_list("name", flat=True)) == set("1234567")


def test_the_department_s_own_daily_totals_agree(reports: dict[str, Report]) -> None:
    """By day of report, until both end: within 1 %. The totals are of another state of the records."""
    totals = pd.read_csv(FOLDER / "CRIMES BY YEAR.csv", encoding="utf-8-sig", parse_dates=["Date"])
    theirs = totals[totals["Date"].between("2020-01-01", "2021-06-30")]["Total Crime"].sum()
    ours = Incident.objects.current().filter(reported_on__range=("2020-01-01", "2021-06-30")).count()
    assert (theirs, ours) == (31_634, 31_862)


@pytest.mark.parametrize(("name", "heap"), [(OLD, 1.1), (NEW, 2.6), (LATER, 2.7)])
def test_midnight_is_heaped_in_the_new_system_and_the_minute_after_it_in_both(name: str, heap: float) -> None:
    """What the page says of midnight: how often it is written, against the mean of eleven and of one o'clock."""
    written = Counter(published(name).occur_time.str.zfill(5))
    assert written["00:00"] / (written["23:00"] + written["01:00"]) * 2 == pytest.approx(heap, abs=0.1)
    assert written["00:01"] > 10 * max(written["23:01"], written["01:01"])
