"""What came of plans: kept by night, refused any change, shown on the plan's page and in the record."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from ledger.choices import ImportState, OffenceGroup
from ledger.models import Agency, Area, ImportRun, ImportUndo, Incident, PatrolVisit
from ledger.tests.factories import make_agency, make_user
from ledger.tests.stops import signed_in
from prediction import nightly
from prediction.models import ModelRun, PatrolPlan, PatrolScore
from prediction.patrol.outcome_page import is_small
from prediction.patrol.scoring import outcome_of, score_plans
from prediction.tests.patrol.made_up import make_plan

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 4)


@pytest.fixture
def agency() -> Agency:
    return make_agency("Riverton Police", time_zone="Europe/London")


def report(
    agency: Agency, times: int, at: datetime, name: str = "101", until: date | None = None
) -> ImportRun:
    """Thefts of a beat at a moment, and one report of a later day: the data reaches it."""
    run = ImportRun.objects.create(source="atlanta-crime", file_name="crimes.csv", state=ImportState.LOADED)
    beat = Area.objects.get(agency=agency, kind="beat", name=name)
    last = until or at.date() + timedelta(days=30)
    for number in range(times + 1):
        day = last if number == times else at.date()
        Incident.objects.create(
            import_run=run,
            import_row=number + 1,
            agency=agency,
            key=f"{run.pk}-{number}",
            group=OffenceGroup.THEFT.value,
            month=day.replace(day=1),
            reported_on=day,
            occurred_on=day,
            occurred_at=at.time(),
            beat=beat,
        )
    return run


def patrol(agency: Agency, *moments: tuple[int, int], day: date = DAY) -> ImportRun:
    """Visits of twelve minutes to beat 101, as the log of the day has them."""
    run = ImportRun.objects.create(source="plainfield-patrols", file_name="log.csv", state=ImportState.LOADED)
    for number, (hour, minute) in enumerate(moments, 1):
        start = datetime.combine(day, time(hour, minute), ZoneInfo(agency.time_zone))
        PatrolVisit.objects.create(
            import_run=run, import_row=number, agency=agency, place="Beat 101", started_at=start, minutes=12
        )
    return run


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_by_night_a_shift_that_is_over_is_scored_and_one_that_is_not_is_not(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "ask_for_models", lambda: None)
    over, coming = make_plan(agency, DAY), make_plan(agency)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: over.expires - timedelta(minutes=1))
    patrol(agency, (18, 12), (19, 40))
    nightly.ask_for_work()
    assert not PatrolScore.objects.exists()
    monkeypatch.setattr(timezone, "now", lambda: over.expires + timedelta(hours=7))
    nightly.ask_for_work()
    [score] = PatrolScore.objects.all()
    assert (score.plan, score.figures["reported"]) == (over, None)
    assert (score.figures["patrolled"]["made"], score.figures["patrolled"]["planned"]) == (2, 3)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert coming.begins > now


def test_what_becomes_known_later_is_kept_beside_what_was_known_before(agency: Agency) -> None:
    plan = make_plan(agency, DAY)
    assert score_plans() == []  # nothing is known
    patrol(agency, (18, 12), (19, 40))
    [first] = score_plans()
    assert score_plans() == []
    report(agency, 12, datetime(2025, 7, 4, 18, 30))
    [second] = score_plans()
    assert second.figures["patrolled"] == first.figures["patrolled"]
    found = outcome_of(second.figures["reported"])
    assert (found.counted, found.hits, found.visited, found.cells) == (12, 12, 2, 4)
    assert found.pai == pytest.approx(2.0)
    assert (found.pai_low, found.pai_high) == (
        pytest.approx(1.5150, abs=1e-4),
        pytest.approx(2.0),
    )  # Wilson: 12 of 12
    assert (found.pei, found.pei_low, found.pei_high) == (1.0, pytest.approx(0.7575, abs=1e-4), 1.0)
    [few, middling, many] = second.figures["groups"]
    assert [one["areas"] for one in (few, middling, many)] == [0, 1, 1]
    assert sum(one["patrolled"] for one in second.figures["groups"]) == pytest.approx(1.0)
    late = report(agency, 1, datetime(2025, 7, 4, 19, 30), name="102")
    [third] = score_plans()
    assert third.figures["reported"]["counted"] == 13
    ImportUndo.objects.create(import_run=late, user=make_user("Analyst"))
    [fourth] = score_plans()  # as it was before, and kept as what is newest
    assert fourth.digest == second.digest
    assert list(plan.scores.all()) == [fourth, third, second, first]


@pytest.mark.parametrize(
    "table",
    ["crimeforecast", "crimescore", "patrolplan", "patrolpolicy", "patrolscore", "patrolverdict"],
)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE prediction_{} SET id = id",
        "UPDATE prediction_{} SET {change}",
        "DELETE FROM prediction_{}",
        "INSERT INTO prediction_{} SELECT * FROM prediction_{} ON CONFLICT (id) DO UPDATE SET id = excluded.id",
        "MERGE INTO prediction_{} one USING prediction_{} two ON one.id = two.id WHEN MATCHED THEN DELETE",
    ],
)
def test_nothing_that_is_kept_can_be_altered_by_the_applications_own_role(
    agency: Agency, table: str, sql: str
) -> None:
    plan = make_plan(agency, DAY)
    patrol(agency, (18, 12))
    assert score_plans()
    fill(plan)
    change = {"patrolverdict": "reason = ''", "patrolpolicy": "reason = ''", "crimescore": "figures = '{}'"}
    change |= {"patrolscore": "figures = '{}'"}
    told = sql.replace("{}", table).replace("{change}", change.get(table, "body = '{}'"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone()[1] is False
        cursor.execute(f"SELECT count(*) FROM prediction_{table}")
        assert cursor.fetchone()[0] >= 1
        with pytest.raises(DatabaseError, match="a ledger row is never changed"), transaction.atomic():
            cursor.execute(told)


def fill(plan: PatrolPlan) -> None:
    """A row in each of the other tables."""
    from prediction.models import CrimeForecast, CrimeScore, PatrolPolicy, PatrolVerdict

    user = make_user("Supervisor", agency=plan.agency)
    PatrolVerdict.objects.create(plan=plan, approved=True, reason="Looked at it.", user=user)
    PatrolPolicy.objects.create(body={}, reason="It was asked for.", user=user)
    forecast = CrimeForecast.objects.create(
        run=plan.run,
        agency=plan.agency,
        kind="beat",
        month=date(2025, 7, 1),
        learned_until=date(2025, 6, 30),
        body={},
        digest="x",
    )
    CrimeScore.objects.create(forecast=forecast, figures={}, digest="y")


def test_the_page_tells_what_took_place_beside_what_was_planned(agency: Agency) -> None:
    plan, analyst = make_plan(agency, DAY), signed_in("Analyst")
    told = text(analyst, plan.get_absolute_url())
    assert (
        "No patrols of Riverton Police are in the ledger. Whether the planned visits were made is unknown"
        in told
    )
    patrol(agency, (18, 12), (19, 40))
    report(agency, 12, datetime(2025, 7, 4, 18, 30))
    for kept in (False, True):
        if kept:
            score_plans()
        told = text(analyst, plan.get_absolute_url())
        for part in (
            "Of 3 planned visits 2 were made (66.7%; 20.8% to 93.9%)",
            "2 visits of 24 minutes are recorded: 24 minutes in areas and hours with a planned visit",
            "or by their name (2)",
            "Nothing here says whether patrols prevented crime",
            "PAI 2.0 (1.5 to 2.0), PEI 1.00 (0.76 to 1.00)",
            '<td class="num">6.7</td>',  # 24 minutes for 3,600 residents
            '<th scope="col" class="num">Crimes reported</th>',
        ):
            assert part in told, part
        assert (plan.scores.first() is not None and plan.scores.first().digest in told) is kept
    told = text(signed_in("Policymaker"), plan.get_absolute_url())
    assert "Of 3 planned visits 2 were made" in told
    assert "Crimes reported" not in told


def test_a_difference_that_tells_a_small_count_is_hidden_as_the_count_is(agency: Agency) -> None:
    plan = make_plan(agency, DAY)
    report(agency, 12, datetime(2025, 7, 4, 18, 30))
    policymaker, analyst = signed_in("Policymaker"), signed_in("Analyst")
    assert "12 crimes that victims reported" in text(policymaker, plan.get_absolute_url())
    report(agency, 2, datetime(2025, 7, 4, 18, 30), name="102")
    assert "14 crimes that victims reported" in text(analyst, plan.get_absolute_url())
    assert "are hidden from you" in text(policymaker, plan.get_absolute_url())
    [score] = score_plans()
    assert is_small(outcome_of(score.figures["reported"]))
    for client, seen in ((analyst, 14), (policymaker, None)):
        [row] = json.loads(client.get("/prediction/crime/record/?format=json").content)["plans"]
        assert (row["reported"]["counted"] if seen else row["reported"]) == (seen or "[c]")
        assert row["digest"] == plan.digest
    page = text(policymaker, "/prediction/crime/record/")
    assert page.count("[c]") >= 3


def test_the_record_says_which_visits_were_made_and_unknown_where_nobody_knows(agency: Agency) -> None:
    make_plan(agency, DAY)
    analyst = signed_in("Analyst")
    assert "<td>unknown</td>" in text(analyst, "/prediction/crime/record/")
    patrol(agency, (18, 12), (19, 40))
    score_plans()
    page = text(analyst, "/prediction/crime/record/")
    assert "2 of 3, 66.7% (20.8% to 93.9%)" in page
    assert "many: 0.0% of planned, 0.0% of recorded minutes, 50.0% of harm" in page
    [row] = json.loads(analyst.get("/prediction/crime/record/?format=json").content)["plans"]
    assert (row["reported"], row["patrolled"]["made"], row["scored"] is None) == (None, 2, False)


MONTH = {"month": "2025-06", "happened": 93, "expected": 90.5, "low": 60, "high": 125, "within": True}
MONTH |= {"deviance": 0.53, "deviance_flat": 0.58, "coverage_cells": 0.98, "coverage_areas": 0.96}
MONTH |= {"pai": 3.1, "pai_low": 2.2, "pai_high": 4.0, "pei": None, "flagged_land": 0.1, "by_size": True}
METRICS = {"agency": "Riverton Police", "areas": "beat", "months": [MONTH] * 3}


def test_a_plan_says_how_right_its_forecast_was_on_past_months(agency: Agency) -> None:
    plan = make_plan(agency, DAY)
    analyst = signed_in("Analyst")
    assert "In its back-test" not in text(analyst, plan.get_absolute_url())
    months = [MONTH | {"pai": pai, "pei": pei} for pai, pei in ((3.1, 0.7), (2.2, 0.55), (2.0, None))]
    ModelRun.objects.filter(pk=plan.run_id).update(metrics=METRICS | {"months": months})
    told = text(analyst, plan.get_absolute_url())
    assert "held 2.2 to 3.1 times their share of incidents (PAI) and 0.55 to 0.70 of what" in told
    assert "in 2 months" in told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_plan_that_is_over_is_clean_accessible_and_fits_the_screen(
    page_as: Any, size: str, scheme: str
) -> None:
    from securecheck.tests.browser import assert_accessible, assert_clean

    agency = make_agency("Riverton Police", time_zone="Europe/London")
    plan = make_plan(agency, DAY)
    patrol(agency, (18, 12), (19, 40))
    report(agency, 12, datetime(2025, 7, 4, 18, 30))
    score_plans()
    ModelRun.objects.filter(pk=plan.run_id).update(kind="crime", metrics=METRICS)
    page = page_as("Analyst", size, color_scheme=scheme)
    for address in (plan.get_absolute_url(), "/prediction/crime/record/"):
        page.goto(address)
        assert_clean(page)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        assert_accessible(page)
    assert page.locator(".backtests .tag", has_text="back-test").count() == 3
