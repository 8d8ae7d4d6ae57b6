"""Patrol plans of our own under the audit: visits by area and day, against who lives there and what was reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from insights.audit import bodies, store
from insights.audit.bodies import Offer
from ledger.models import Agency, Area, AreaFigure, ImportRun, Incident
from ledger.tests.factories import make_agency, make_user
from ledger.tests.stops import signed_in
from prediction import audited_plans
from prediction.models import PatrolPlan, PatrolVerdict
from prediction.tests.patrol.made_up import make_plan

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
BEATS = [f"{number}" for number in range(101, 113)]


@pytest.fixture
def agency() -> Agency:
    """Twelve beats; one more person in a hundred is Black in each further one."""
    made = make_agency("Riverton Police")
    run = ImportRun.objects.create(source="census-figures", file_name="people.csv")
    for at, name in enumerate(BEATS):
        beat = Area.objects.create(agency=made, kind="beat", name=name)
        for measure, value in (("population", 100), ("black", at)):
            AreaFigure.objects.create(
                import_run=run, import_row=at + 1, area=beat, measure=measure, value=value
            )
    return made


def plan_of(agency: Agency, visits: dict[str, int], day: date = DAY) -> PatrolPlan:
    return make_plan(agency, day, areas=[{"name": name, "visits": number} for name, number in visits.items()])


def report(agency: Agency, beat: str, day: date) -> None:
    run = ImportRun.objects.create(source="atlanta-crime", file_name="crimes.csv")
    area = Area.objects.get(agency=agency, name=beat)
    Incident.objects.create(
        import_run=run,
        import_row=1,
        agency=agency,
        key=f"{beat} {day}",
        month=day,
        occurred_on=day,
        beat=area,
    )


def offer() -> Offer:
    (found,) = audited_plans.offers()
    return found


def test_visits_fall_on_areas_and_on_who_lives_there(agency: Agency) -> None:
    plan_of(agency, {"112": 6, "111": 3, "101": 0})
    plan_of(agency, {"112": 2, "110": 1}, DAY + timedelta(days=1))
    made = store.audit(offer())
    assert (made.ours, made.figures["areas"], made.figures["predictions"], made.figures["told"]) == (
        True,
        12,
        12,
        True,
    )
    assert made.figures["buckets"]["most"]["names"] == ["111", "112"]
    assert made.figures["groups"]["black"]["shares"]["most"]["value"] == pytest.approx((10 + 11) / 200)
    page = signed_in("Policymaker").get(f"/audit/{made.slug}/").content.decode()
    assert "Patrol plans of Riverton Police (by beat)" in page
    assert "Our own forecasts are audited like those of others." in page


def test_visits_are_set_against_what_was_reported_on_their_days(agency: Agency) -> None:
    plan_of(agency, {"112": 4, "111": 1})
    for beat, day in (
        ("112", DAY),
        ("101", DAY),
        ("111", DAY + timedelta(days=1)),
        ("112", DAY - timedelta(days=1)),
    ):
        report(agency, beat, day)
    made = store.audit(offer())
    assert made.outcome == {
        "right": 4,
        "made": 5,
        "hit_share": 0.8,
        "foreseen": 1,
        "reports": 2,  # of the day of the plan
        "recall": 0.5,
    }


def test_a_shift_past_midnight_covers_both_days(agency: Agency) -> None:
    plan = plan_of(agency, {"112": 1})
    plan.start, plan.hours = 22, 8
    spots = list(audited_plans._spots(plan))
    assert [(one.day, one.until) for one in spots] == [(DAY, DAY + timedelta(days=1))]
    plan.hours = 2
    assert [one.until for one in audited_plans._spots(plan)] == [DAY]


def test_a_refused_plan_is_left_out_and_another_plan_asks_for_an_audit_anew(agency: Agency) -> None:
    plan = plan_of(agency, {"112": 1})
    store.audit(offer())
    assert [one.slug for one in store.outdated()] == []
    other = plan_of(agency, {"112": 9})
    assert [one.slug for one in store.outdated()] == [f"patrol-plans-beat-{agency.pk}"]
    PatrolVerdict.objects.create(plan=other, approved=False, reason="no", user=make_user("Supervisor"))
    assert store.audit(offer()).figures["predictions"] == 1
    PatrolVerdict.objects.create(plan=plan, approved=False, reason="no", user=make_user("Supervisor"))
    assert list(audited_plans.offers()) == []
    assert any(name == "our own plans" for name in bodies._SOURCES)
