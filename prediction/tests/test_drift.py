"""Drift: found where it was planted, not where nothing changed, told on page, file, command and front page."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import StringIO
from math import log
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from insights.models import StopFact
from ledger.models import AuditEvent
from ledger.tests.stops import signed_in
from prediction import jobs, tasks
from prediction.drift import looking
from prediction.drift.looking import first_of, last_whole_month, look
from prediction.drift.measures import calibration, missing, psi, shift, state_of
from prediction.models import DriftReport, JobAct, JobState, PredictionJob
from prediction.tests.made_up import FIRST, as_facts, drawn
from prediction.tests.served import serve
from prediction.tests.test_jobs import Context

LAST_MONTH = date(2025, 12, 1)


def a_year(seed: int = 1, persons: int = 4_000) -> None:
    """Stops of the whole of 2025."""
    as_facts(drawn(seed, persons, 365))


def measures(report: DriftReport) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in report.measures}


# Figures


def test_psi_follows_its_formula() -> None:
    """Worked out by hand: 60 of 100 and 40 of 100, half a person added to each value."""
    p, q = 60.5 / 101, 40.5 / 101
    expected = (p - q) * log(p / q) + (q - p) * log(q / p)
    assert psi({1: 40, 2: 60}, {1: 60, 2: 40})[0] == pytest.approx(expected)
    assert psi({1: 40, 2: 60}, {1: 40, 2: 60})[0] == 0
    assert psi({1: 40}, {1: 99}) == (0.0, 0.0)
    assert psi({}, {}) == (0.0, 0.0)


def test_of_unchanged_months_hardly_one_in_a_hundred_goes_beyond_chance() -> None:
    random = np.random.default_rng(4)
    shares = random.dirichlet(np.ones(12))
    beyond = 0
    for _ in range(600):
        before, now = random.multinomial(3_000, shares), random.multinomial(250, shares)
        value, chance = psi(dict(enumerate(before.tolist())), dict(enumerate(now.tolist())))
        beyond += value > chance
    assert beyond <= 600 * 0.03


@pytest.mark.parametrize(
    ("value", "chance", "state"),
    [(0.3, 0.05, "drift"), (0.15, 0.05, "watch"), (0.05, 0.01, "ok"), (0.3, 0.4, "ok"), (0.25, 0.1, "drift")],
)
def test_a_state_needs_a_threshold_and_more_than_chance(value: float, chance: float, state: str) -> None:
    assert state_of(value, 0.1, 0.25, chance) == state


def test_a_missing_share_that_jumps_is_drift_and_one_that_may_be_chance_is_not() -> None:
    assert missing("hour", "Hour", (20, 1_000), (60, 300)).state == "drift"
    assert missing("hour", "Hour", (20, 1_000), (30, 330)).state == "watch"
    assert missing("hour", "Hour", (100, 1_000), (10, 60)).state == "ok"
    assert missing("hour", "Hour", (0, 0), (5, 10)).state == "ok"


def test_what_was_said_outside_of_what_happened_is_watched_or_drift() -> None:
    assert calibration("outcome", "Arrest", 0.10, 100, 1_000).state == "ok"
    assert calibration("outcome", "Arrest", 0.122, 100, 1_000).state == "watch"
    assert calibration("outcome", "Arrest", 0.20, 100, 1_000).state == "drift"


def test_a_small_month_tells_nothing() -> None:
    found = shift("psi", "violation", "Violation", {1: 900, 2: 100}, {1: 1, 2: 20})
    assert (found.state, found.value) == ("ok", 0.0)
    assert "too few known to tell" in found.told


# Months


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("newest", "month"),
    [(31, date(2026, 1, 1)), (29, date(2026, 1, 1)), (28, date(2025, 12, 1)), (1, date(2025, 12, 1))],
)
def test_a_month_is_whole_when_its_last_days_have_stops(newest: int, month: date) -> None:
    as_facts(drawn(1, 10, 5))
    StopFact.objects.update(day=date(2026, 1, newest))
    assert last_whole_month() == month


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert first_of(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert first_of(date(2025, 12, 1), 1) == date(2026, 1, 1)
    assert first_of(date(2026, 3, 1), -12) == date(2025, 3, 1)


# Looking


@pytest.mark.django_db
def test_where_nothing_changed_nothing_drifts() -> None:
    a_year()
    report = look()
    assert report.month == LAST_MONTH
    assert (report.reference_first, report.reference_last) == (date(2024, 12, 1), date(2025, 11, 30))
    assert report.state == "ok"
    assert {one["kind"] for one in report.measures} == {"psi", "missing", "base rate"}
    subjects = {one["subject"] for one in report.measures if one["kind"] == "psi"}
    assert subjects == {*looking.LABELS}


@pytest.mark.django_db
def test_a_planted_change_is_found_by_name() -> None:
    a_year()
    december = StopFact.objects.filter(month=12)
    december.filter(violation__in=[1, 2, 3]).update(violation=4)
    december.filter(hour__lt=12).update(hour=-1)
    december.filter(outcome=3).update(outcome=5)
    found = measures(look())
    for name in ("psi violation", "missing hour", "base rate outcome", "base rate violation"):
        assert found[name]["state"] == "drift", name
        assert found[name]["since"] == "2025-12"
    for name in ("psi agency", "psi spot", "missing violation"):
        assert found[name]["state"] == "ok", name


@pytest.mark.django_db
def test_every_count_of_a_measure_is_that_of_the_facts() -> None:
    a_year()
    StopFact.objects.filter(id__lte=300).update(hour=-1)
    found = measures(look())["psi hour"]
    late = StopFact.objects.filter(day__gte=LAST_MONTH)
    assert found["month"] == late.exclude(hour=-1).count()
    assert found["reference"] == StopFact.objects.filter(day__lt=LAST_MONTH).exclude(hour=-1).count()


@pytest.mark.django_db
def test_since_when_is_kept_from_look_to_look_and_forgotten_once_it_is_as_before() -> None:
    a_year()
    DriftReport.objects.create(
        month=date(2025, 10, 1),
        reference_first=FIRST,
        reference_last=FIRST,
        state="drift",
        measures=[{"name": "psi violation", "state": "drift", "since": "2025-09"}],
    )
    StopFact.objects.filter(month=12).update(violation=4)
    assert measures(look())["psi violation"]["since"] == "2025-09"
    StopFact.objects.filter(month=12).delete()
    last = StopFact.objects.order_by("-day")[0]
    StopFact.objects.filter(pk=last.pk).update(day=date(2025, 11, 30))
    assert measures(look())["psi violation"]["since"] == ""


@pytest.mark.django_db
def test_a_run_in_use_is_held_against_stops_that_came_since() -> None:
    """It says 10 % arrests for all and 50 % for violation 2; since then arrests are as drawn, 15 %, whatever the violation."""
    run = serve({(("violation", 2),): (200, 300, 500)}, chain=("violation",), everybody=(4_000, 5_000, 1_000))
    type(run).objects.filter(pk=run.pk).update(data_last=FIRST + timedelta(days=299))
    a_year()
    found = measures(look())["calibration outcome"]
    late = StopFact.objects.filter(day__gt=FIRST + timedelta(days=299))
    persons, second = late.count(), late.filter(violation=2).count()
    said = (0.5 * second + 0.1 * (persons - second)) / persons
    assert f"said {said:.1%}" in found["told"]
    assert f"happened {late.filter(outcome=5).count() / persons:.1%}" in found["told"]
    assert found["month"] == persons


@pytest.mark.django_db
def test_without_stops_or_without_a_month_before_it_says_so() -> None:
    with pytest.raises(CommandError, match="There are no stops yet"):
        call_command("drift", stdout=StringIO())
    as_facts(drawn(1, 200, 31))
    with pytest.raises(CommandError, match="no stops before the last whole month"):
        call_command("drift", stdout=StringIO())
    assert not DriftReport.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_and_keeps_what_it_found() -> None:
    a_year(persons=2_000)
    out = StringIO()
    call_command("drift", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["month"], told["state"]) == ("2025-12", DriftReport.objects.get().state)
    assert {"name", "value", "watch", "drift", "chance", "state", "since"} <= {*told["measures"][0]}
    out = StringIO()
    call_command("drift", stdout=out)
    assert "December 2025 beside 2024-12-01 to 2025-11-30" in out.getvalue()


@pytest.mark.django_db
def test_the_worker_looks_and_says_how_far_it_is() -> None:
    a_year(persons=1_000)
    job = jobs.ask(JobAct.DRIFT)
    tasks.work.func(Context(), job.pk)
    job = PredictionJob.objects.get()
    assert (job.state, DriftReport.objects.count()) == (JobState.DONE, 1)
    assert job.done > 0


# Told


def drifting() -> DriftReport:
    a_year(persons=2_000)
    StopFact.objects.filter(month=12).update(violation=4)
    return look()


def page(role: str, name: str = "prediction-drift") -> str:
    return " ".join(signed_in(role).get(reverse(name)).content.decode().split())


@pytest.mark.django_db
def test_the_page_shows_measure_threshold_and_since_when() -> None:
    drifting()
    told = page("Policymaker")
    assert "Changed much" in told
    assert "Violation: PSI" in told
    assert "2025-12" in told
    assert "0.25" in told
    assert "Look now" not in told
    assert "Look now" in page("Analyst")


@pytest.mark.django_db
def test_who_sees_no_exact_figures_cannot_tell_how_few_lack_a_value() -> None:
    a_year(persons=2_003)
    december = StopFact.objects.filter(month=12).order_by("pk")
    StopFact.objects.filter(pk__in=december.values("pk")[:3]).update(hour=-1)
    run = serve({}, chain=("violation",), everybody=(4_000, 5_000, 1_000))
    type(run).objects.filter(pk=run.pk).update(data_last=FIRST)
    report = look()
    found = measures(report)
    addresses = (reverse("prediction-drift"), reverse("download-drift", args=[report.key]))
    for role, shown in (("Analyst", True), ("Policymaker", False), ("Officer", False)):
        for address in addresses:
            told = signed_in(role).get(address).content.decode()
            table = told[told.index("<table") : told.index("</table>")]
            assert bool(re.search(r"\d%|\d\.\d{3}", table)) is shown, role
            for name in ("missing hour", "calibration outcome"):
                assert (found[name]["told"] in told) is shown, (role, name)
            for name in ("psi hour", "missing hour", "calibration outcome"):
                assert (f'<td class="num">{found[name]["month"]:,}</td>' in told) is shown, (role, name)
            assert ("Hour: missing<" in told) is not shown


@pytest.mark.django_db
def test_the_notice_of_the_front_page_tells_no_more_than_the_page() -> None:
    december = measures(drifting())["psi violation"]
    label, figure = december["told"].split(": ")
    assert re.search(r"\d", figure)
    assert december["told"] in page("Analyst", "home")
    told = page("Supervisor", "home")
    assert december["told"] not in told
    assert f"{label}: PSI" in told


@pytest.mark.django_db
def test_drift_is_a_notice_for_those_who_can_act_until_they_take_note() -> None:
    report = drifting()
    says = "Stops have changed since models were learned from them"
    assert says in page("Supervisor", "home")
    assert says in page("Analyst", "home")
    for role in ("Officer", "Policymaker", "Administrator"):
        assert says not in page(role, "home")
    told = signed_in("Supervisor").post(reverse("note-drift", args=[report.key]), follow=True)
    assert "took note of it" in told.content.decode()
    assert says not in page("Supervisor", "home")
    assert AuditEvent.objects.filter(object_kind="drift", detail__act="noted").count() == 1


@pytest.mark.django_db
def test_what_was_noted_stays_noted_until_something_else_drifts() -> None:
    report = drifting()
    signed_in("Supervisor").post(reverse("note-drift", args=[report.key]))
    assert look().noted_at is not None
    StopFact.objects.filter(month=12).update(hour=3)
    assert look().noted_at is None


@pytest.mark.django_db
def test_the_file_stands_on_its_own_and_comes_as_a_download() -> None:
    report = drifting()
    response = signed_in("Policymaker").get(reverse("download-drift", args=[report.key]))
    told = response.content.decode()
    assert response["Content-Disposition"] == 'attachment; filename="drift-2025-12.html"'
    assert told.startswith("<!doctype html>")
    assert "Violation: PSI" in told
    assert "border-collapse" in told
    assert not any(part in told for part in ("<script", "<link", "src=", "http://", "https://"))


@pytest.mark.django_db
def test_before_anybody_looked_the_page_says_so() -> None:
    assert "Nobody has looked yet" in page("Analyst")
