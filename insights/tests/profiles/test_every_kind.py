"""Every kind of record that can be imported is profiled, checked and reported on: from an example of each source."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.conf import settings
from django.utils import timezone

from insights.models import ProfileRun, RunState
from insights.profiles import checks, full_report, presenting, runs
from insights.profiles.kinds import kinds
from insights.tests.profiles.test_profiles import column, profiled, state_of, work
from ledger.models import (
    Area,
    AreaBoundary,
    ImportRun,
    ImportUndo,
    Incident,
    Offence,
    PatrolVisit,
    PublishedRate,
)
from ledger.tests.factories import make_agency, make_stop, make_user
from ledger.tests.import_files import EXAMPLES, SHARED, loaded
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db

BRITISH = {"values": {"zone": "Europe/London"}}
FILES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("boundaries", "beats.geojson", {"options": {"values": {"kind": "beat"}}}),
    ("nibrs-codes", "codes.csv", {}),
    ("atlanta-crime", "cobra-2021.csv", {}),
    ("census-figures", "ACSDT5Y2019.B02001-Data.csv", {}),
    ("london-survey", "borough.csv", {}),
    ("open-policing", "standard.csv", {"agency": "Riverton Police"}),
    ("open-policing-rates", "state.csv", {}),
    ("patrol-log", "log.csv", {"agency": "Riverton Police", "options": BRITISH}),
    ("plainfield-crimes", "matched.csv", {}),
    ("police-uk-outcomes", "2024-04-essex-outcomes.csv", {}),
    ("police-uk-street", "2024-03-essex-street.csv", {}),
    ("predpol-counts", "oldharbour.csv", {}),
    ("predpol-departments", "departments.csv", {}),
    ("sensitive-places", "places.csv", {}),
)


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of a report's table instead of the drawing, which takes seconds."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(full_report, "_drawn", lambda table, title: table.to_csv())


def reported(run: ImportRun) -> str:
    """The rows of a full report."""
    report = full_report.ask(run)
    full_report.write(report.pk, lambda: None)
    report.refresh_from_db()
    assert report.state == RunState.DONE, (run.source, report.message)
    return full_report.path_of(report).read_text()


def test_every_kind_of_record_is_profiled_and_reported_on(plain: None) -> None:
    make_agency("Riverton Police", time_zone="Europe/London")
    for source, name, fields in FILES:
        loaded(EXAMPLES / source / name, source, partial=True, **fields)
    for unit in runs.units():
        profiled(unit.kind.slug, unit.source)
    done = ProfileRun.objects.filter(state=RunState.DONE, rows__gt=0)
    assert set(done.values_list("kind", flat=True)) == set(kinds())
    assert not ProfileRun.objects.exclude(state=RunState.DONE).exists()
    assert all(reported(run) for run in ImportRun.objects.filter(rows_new__gt=0))
    client = signed_in("Analyst")
    for run in done:
        assert client.get(f"/profile/{run.kind}/{run.source}/").status_code == 200


def test_codes_of_letters_are_told_in_words_in_a_full_report(plain: None) -> None:
    loaded(EXAMPLES / "nibrs-codes" / "codes.csv", "nibrs-codes")
    run = ImportRun.objects.get()
    assert "Crime against" not in reported(run)
    made = imported("atlanta-crime")
    incident(made, offence=Offence.objects.get(pk="09A"))
    incident(made)
    text = reported(made)
    assert str(Offence.objects.get(pk="09A")) in text
    assert len(text.splitlines()) == 3


def test_a_boundary_is_counted_and_never_shown() -> None:
    made = imported("boundaries")
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
    for number, boundary in enumerate((shape, shape, {**shape, "type": "MultiPolygon"}, None)):
        area = Area.objects.create(agency=make_agency(), kind="beat", name=f"Beat {number}")
        AreaBoundary.objects.create(import_run=made, import_row=number + 1, area=area, boundary=boundary)
    found = column(profiled("area-boundaries", "boundaries"), "boundary")
    assert (found["type"], found["known"], found["missing"], found["distinct"]) == ("nested", 3, 1, 2)
    assert (found["top"], found["low"], found["bins"]) == ([], None, [])


# When records are from


def imported(source: str) -> ImportRun:
    return ImportRun.objects.create(source=source, file_name="made-up.csv", state="loaded")


def incident(made: ImportRun, **fields: Any) -> Incident:
    number = Incident.objects.count() + 1
    told = {"month": date(2026, 3, 1), "key": f"I{number}", "import_row": number} | fields
    return Incident.objects.create(import_run=made, agency=make_agency(), **told)


def incidents(made: ImportRun, number: int, **fields: Any) -> None:
    """So many incidents of one month, on minutes that are no full hour, reported the day after."""
    begun, agency = Incident.objects.count(), make_agency()
    day = date(2026, 3, 1)
    Incident.objects.bulk_create(
        Incident(
            import_run=made, agency=agency, import_row=begun + place + 1, key=f"I{begun + place}",
            **({"month": day, "occurred_on": day, "occurred_at": f"09:{1 + place % 59:02}", "reported_on": day + timedelta(days=1)} | fields),
        )
        for place in range(number)
    )  # fmt: skip


TOMORROW_BUT_ONE = timezone.localdate() + timedelta(days=2)


@pytest.mark.parametrize(
    ("name", "fields", "state"),
    [
        ("Times heaped at midnight", {"occurred_at": "00:00"}, checks.FAIL),
        ("Times heaped on full hours", {"occurred_at": "11:00"}, checks.FAIL),
        ("Dates in the future", {"reported_on": TOMORROW_BUT_ONE}, checks.FAIL),
        ("Dates in the future", {"month": TOMORROW_BUT_ONE}, checks.FAIL),
        ("Reported before it happened", {"reported_on": date(2026, 2, 28)}, checks.WARN),
        ("Ended before it began", {"ended_on": date(2026, 2, 28)}, checks.WARN),
        ("Reported late", {"reported_on": date(2026, 4, 1)}, checks.WARN),
        ("Places at 0° north, 0° east", {"latitude": 0.0, "longitude": 0.0}, checks.FAIL),
    ],
)
def test_each_check_of_incidents_can_be_made_to_speak(name: str, fields: dict[str, Any], state: str) -> None:
    made = imported("atlanta-crime")
    incidents(made, 200)
    assert state_of(profiled("incidents", "atlanta-crime"), name) == checks.OK
    incidents(made, {checks.FAIL: 60, checks.WARN: 14}[state], **fields)
    assert state_of(profiled("incidents", "atlanta-crime"), name) == state


def test_a_report_a_month_on_is_no_late_one_and_an_imputed_day_tells_nothing() -> None:
    made = imported("atlanta-crime")
    incidents(made, 150)
    incidents(made, 50, reported_on=date(2026, 3, 31))
    incidents(made, 90, reported_on=date(2026, 4, 9), reported_imputed=True)
    [late] = [one for one in profiled("incidents", "atlanta-crime").checks if one["name"] == "Reported late"]
    assert late == {
        "name": "Reported late",
        "state": "ok",
        "says": "0 of 200 (0.0%) were reported over 30 days after they happened.",
    }


def test_months_of_incidents_go_by_reports_and_where_there_are_none_by_the_month() -> None:
    dated, monthly = imported("atlanta-crime"), imported("police-uk-street")
    for number, month in enumerate((1, 2, 3)):
        incidents(dated, 2, month=date(1990 + number, 1, 1), reported_on=date(2026, month, 5))
    for month, count in ((1, 9), (2, 9), (3, 2), (5, 9), (6, 9)):
        bare = {"occurred_on": None, "occurred_at": None, "reported_on": None}
        incidents(monthly, count, month=date(2026, month, 1), **bare)
    said = {one["name"]: one["says"] for one in profiled("incidents", "atlanta-crime").checks}
    assert said["Months without any record"] == said["Months with few records"] == "None."
    run = profiled("incidents", "police-uk-street")
    said = {one["name"]: one["says"] for one in run.checks}
    assert said["Months without any record"].startswith("Riverton Police (1)")
    assert "Mar 2026" in said["Months with few records"]
    assert (run.first_day, run.last_day) == (date(2026, 1, 1), date(2026, 6, 30))


def test_visits_of_patrols_are_checked_on_their_clocks() -> None:
    made, agency = imported("patrol-log"), make_agency()
    midnight = timezone.make_aware(timezone.datetime(2026, 3, 2))
    PatrolVisit.objects.bulk_create(
        PatrolVisit(import_run=made, import_row=one + 1, agency=agency, started_at=midnight, kind="Foot")
        for one in range(200)
    )
    run = profiled("patrol-visits", "patrol-log")
    assert state_of(run, "Times heaped at midnight") == checks.FAIL
    assert (run.first_day, run.last_day) == (date(2026, 3, 2), date(2026, 3, 2))


def test_a_stop_rate_above_one_is_called_out() -> None:
    made = imported("open-policing-rates")
    for number, rate in enumerate((0.1, 1.0)):
        PublishedRate.objects.create(
            import_run=made, import_row=number + 1, state="CO", group="white", stop_rate=rate
        )
    assert state_of(profiled("published-rates", "open-policing-rates"), "Stop rate above 1") == checks.OK
    PublishedRate.objects.create(import_run=made, import_row=3, state="CO", group="black", stop_rate=8.3)
    assert state_of(profiled("published-rates", "open-policing-rates"), "Stop rate above 1") == checks.WARN


@pytest.mark.skipif(not (SHARED / "uk-police-street").exists(), reason="the published files are not there")
def test_published_street_crimes_have_the_period_and_the_counts_that_pandas_gives() -> None:
    path = sorted((SHARED / "uk-police-street").glob("*street.csv"))[0]
    loaded(path, "police-uk-street", partial=True)
    held = Incident.objects.count()
    run = profiled("incidents", "police-uk-street")
    months = pd.PeriodIndex(pd.read_csv(path)["Month"].dropna(), freq="M")
    assert run.rows == held > 0
    assert (run.first_day, run.last_day) == (
        months.min().start_time.date(),
        months.max().end_time.date(),
    )


# What is there no more


def test_what_was_undone_is_in_no_sum_and_its_page_says_so() -> None:
    made = imported("open-policing-rates")
    PublishedRate.objects.create(import_run=made, import_row=1, state="CO", group="white", search_rate=1.4)
    profiled("published-rates", "open-policing-rates")
    assert (runs.standing(None).profiles, runs.standing(None).failures) == (1, 1)
    client, page = signed_in("Analyst"), "/profile/published-rates/open-policing-rates/"
    assert "was undone since" not in client.get(page).content.decode()
    ImportUndo.objects.create(import_run=made, user=make_user("Analyst"), reason="Wrong file")
    assert (runs.standing(None).profiles, runs.standing(None).failures) == (0, 0)
    assert "was undone since" in client.get(page).content.decode()


def test_a_source_without_records_is_told_so_and_an_unknown_one_has_no_page() -> None:
    client = signed_in("Analyst")
    text = client.get("/profile/published-rates/open-policing-rates/").content.decode()
    assert "There are no records of this kind from this source" in text
    assert "Nothing was computed yet" not in text
    assert client.get("/profile/published-rates/unheard-of/").status_code == 404
    assert "There are no records" in client.get("/profile/stops/logged/").content.decode()
    make_stop()
    assert "Nothing was computed yet" in client.get("/profile/stops/logged/").content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", 1_917_549.2, "1,917,549"),
        ("number", -84.54976, "−84.5498"),
        ("number", 0.00729905, "0.00729905"),
        ("number", 12.0, "12"),
        ("moment", "2018-01-12 14:50+00:00", "2018-01-12 14:50"),
        ("time", "09:05:00", "09:05"),
    ],
)
def test_ends_of_a_range_are_written_for_people(kind: str, value: Any, said: str) -> None:
    assert presenting._range({"type": kind, "low": value, "high": value}) == said


def test_reports_are_offered_though_many_imports_of_others_came_since() -> None:
    mine = ImportRun.objects.create(source="nibrs-codes", file_name="codes.csv", state="loaded", rows_new=1)
    agency = make_agency()
    for number in range(20):
        ImportRun.objects.create(
            source="patrol-log", file_name=f"{number}.csv", state="loaded", rows_new=1, agency=agency
        )
    page = signed_in("Analyst").get("/profile/").content.decode()
    assert page.count("/profile/imports/") == page.count(str(mine.key)) == 1


def test_small_shares_are_not_rounded_to_nothing() -> None:
    made = imported("open-policing-rates")
    PublishedRate.objects.bulk_create(
        PublishedRate(import_run=made, import_row=one + 1, state="CO" if one else "", group="white")
        for one in range(400)
    )
    profiled("published-rates", "open-policing-rates")
    page = signed_in("Analyst").get("/profile/published-rates/open-policing-rates/").content.decode()
    assert '1<span class="interval">0.2%</span>' in page
    assert '400<span class="interval">100.0%</span>' in page


def test_the_night_profiles_agencies_whose_supervisors_look() -> None:
    from insights import tasks

    york, leeds = make_agency("York"), make_agency("Leeds")
    make_stop(york)
    make_stop(leeds)
    runs.ask(runs.Unit(kinds()["stops"], ""), york)
    for run in ProfileRun.objects.all():
        work(run)
    tasks.profile_all.func(0)
    asked = ProfileRun.objects.filter(state=RunState.WAITING).values_list("kind", "agency__name")
    assert sorted(asked, key=str) == [
        ("persons", "York"),
        ("persons", None),
        ("stops", "York"),
        ("stops", None),
    ]
