"""From incidents in the ledger to a run in use, and the table that answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ledger.choices import OffenceGroup
from ledger.imports import undo
from ledger.models import Agency, Area, ImportRun, Incident
from ledger.tests.factories import make_agency, make_user
from prediction import jobs, nightly, runs
from prediction.crime import rates, training
from prediction.crime.offences import CHOICES, GROUPS, KNOWN, VICTIM_REPORTED, Known, choice_named
from prediction.models import CrimeRate, JobAct, ModelRun, PredictionJob, RunState
from prediction.tests.crime import made_up

MONTH = date(2025, 7, 1)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The made-up city, trained once; all of it is taken back at the end of the module."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        agency = made_up.make_city()
        out = StringIO()
        call_command("train", "crime", json=True, stdout=out)
        yield {"agency": agency, "told": json.loads(out.getvalue()), "run": runs.in_use("crime")}
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


pytestmark = pytest.mark.django_db


def area(name: str) -> Area:
    return Area.objects.get(name=name)


def test_every_group_of_offences_says_how_it_comes_to_be_known() -> None:
    assert set(KNOWN) == set(OffenceGroup)
    assert {one for one in OffenceGroup if one.is_discovered} == {
        one for one, how in KNOWN.items() if how is Known.POLICE
    }
    assert OffenceGroup.DRUGS not in VICTIM_REPORTED
    assert choice_named("vehicle-theft").groups == (OffenceGroup.VEHICLE_THEFT,)
    assert choice_named("reported").groups == VICTIM_REPORTED
    assert choice_named("no such") is None
    assert len({one.name for one in CHOICES}) == len(CHOICES)


def test_the_first_run_is_in_use_with_rivals_and_an_open_gate(city: dict[str, Any]) -> None:
    told, run = city["told"], city["run"]
    assert (told["kind"], told["gate"], told["state"]) == ("crime", "open", "in use")
    assert told["run"] == str(run.key)
    names = [row["rival"] for row in told["rivals"]]
    assert names[0] == told["served"] == "shrunk Poisson rate"
    assert {"area × hour mean", "same month last year", "random forest as ATLShield trains it"} <= set(names)
    assert told["scores"][0] == "deviance"
    by_name = {row["rival"]: row for row in told["rivals"]}
    assert by_name["area × hour mean"]["difference"]["value"] == 0
    assert by_name["the same as ATLShield shows it"]["bias"]["value"] > 3
    best = min(by_name, key=lambda name: by_name[name]["deviance"]["value"])
    assert best in ("shrunk Poisson rate", "area × hour mean")  # the city has the pattern of the latter
    assert told["judged"][-1] == "2025-06"
    assert told["data"]["incidents"] == run.data_rows


def test_what_says_no_hour_or_area_is_left_out_and_counted(city: dict[str, Any]) -> None:
    left = city["run"].serving["agencies"][str(city["agency"].pk)]["left_out"]
    cut = date(2024, 8, 31)  # the last day before the gap may be cut
    covered = Incident.objects.filter(occurred_on__lte=city["run"].data_last).exclude(occurred_on=cut)
    assert left["incidents"] == covered.count()
    assert left["hour"] == covered.filter(occurred_at=None).count()
    assert left["place"]["area"] == covered.filter(area=None).count()
    located = covered.exclude(occurred_at=None).exclude(area=None).count()
    assert city["run"].data_rows == located
    held = CrimeRate.objects.filter(run=city["run"], area__kind="neighbourhood")
    assert sum(held.values_list("incidents", flat=True)) == located


def test_two_months_without_a_file_are_not_covered(city: dict[str, Any]) -> None:
    covered = city["run"].serving["agencies"][str(city["agency"].pk)]["covered"]
    assert [one[0] for one in covered] == ["2024-01-01", "2024-11-01"]
    assert covered[0][1] <= "2024-08-31"
    assert covered[1][1] == "2025-06-29"  # the last day may be cut


def test_expected_incidents_are_close_to_what_they_were_drawn_from(city: dict[str, Any]) -> None:
    known = 0.95 * 0.98  # share of incidents that say both hour and area
    for name in ("Docks", "Market"):
        for group in (made_up.ROBBERY, made_up.THEFT):
            found = rates.expected([area(name).pk], MONTH, [group])
            assert len(found) == 168
            total = sum(one.count for one in found)
            assert total == pytest.approx(known * 31 * made_up.rates()[name, group].sum(), rel=0.15)
    night = {one.hour: one.expected for one in rates.expected([area("Docks").pk], MONTH) if one.weekday == 6}
    assert night[22] > 2.5 * night[10]


def test_rows_are_in_order_and_say_how_often_the_hour_passes(city: dict[str, Any]) -> None:
    found = rates.expected([area("Hill").pk], MONTH)
    assert [(one.weekday, one.hour) for one in found] == [(d, h) for d in range(1, 8) for h in range(24)]
    assert {one.weekday: one.hours for one in found} == {
        1: 4,
        2: 5,
        3: 5,
        4: 5,
        5: 4,
        6: 4,
        7: 4,
    }  # July 2025
    march = rates.expected([area("Hill").pk], date(2025, 3, 30))
    assert [one.hours for one in march if one.weekday == 7][:3] == [5, 4, 5]  # at 1:00 the clock goes to 2:00
    assert all(one.low <= one.expected and one.low <= one.high for one in found)


def test_groups_add_up_and_weights_weigh(city: dict[str, Any]) -> None:
    pk = area("Docks").pk
    every = rates.expected([pk], MONTH)
    apart = rates.expected_by_group([pk], MONTH)
    assert {one.group for one in apart} == {made_up.ROBBERY, made_up.THEFT}
    sums = np.zeros(168)
    for one in apart:
        sums[(one.weekday - 1) * 24 + one.hour] += one.expected
    assert [one.expected for one in every] == pytest.approx(sums.tolist())
    doubled = rates.expected([pk], MONTH, [made_up.ROBBERY], [2.0])
    single = rates.expected([pk], MONTH, [made_up.ROBBERY])
    assert [one.expected for one in doubled] == pytest.approx([2 * one.expected for one in single])


def test_an_area_without_incidents_is_left_out_not_zero(city: dict[str, Any]) -> None:
    empty = Area.objects.create(agency=city["agency"], kind="neighbourhood", name="Nowhere")
    assert rates.expected([empty.pk], MONTH) == []
    assert rates.areas_with_rates(kind="neighbourhood") == sorted(area(name).pk for name in made_up.NAMES)
    assert rates.areas_with_rates(kind="zone", agency=city["agency"].pk) == [area("1").pk]


def test_nothing_is_expected_while_no_run_is_in_use(city: dict[str, Any]) -> None:
    runs.switch_off("crime", reason="Tried.")
    assert rates.served() is None
    assert rates.expected([area("Docks").pk], MONTH) == rates.expected_by_group([1], MONTH) == []
    assert rates.areas_with_rates() == []


def test_bands_are_thirds_of_all_hours_of_all_areas(city: dict[str, Any]) -> None:
    told = city["run"].serving["agencies"][str(city["agency"].pk)]
    moderate, high = told["bands"]["neighbourhood"]["all"]["all"]
    held = [CrimeRate.objects.filter(run=city["run"], area__name=name) for name in made_up.NAMES]
    means = np.array(
        [np.sum([one.rates for one in rows], axis=0).reshape(7, 24).mean(axis=0) for rows in held]
    )
    assert (moderate, high) == pytest.approx(np.quantile(means, [1 / 3, 2 / 3]).tolist(), rel=1e-4)


def test_a_refit_by_night_takes_over_but_not_one_that_somebody_asked_for(
    city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prediction.crime.backtest.RIVALS", training.RIVALS[:4])
    by_hand = PredictionJob.objects.create(act=JobAct.TRAIN, subject="crime", user=make_user("Analyst"))
    jobs.work(by_hand.pk, lambda: None)
    assert runs.in_use("crime") == city["run"]
    by_night = PredictionJob.objects.create(act=JobAct.TRAIN, subject="crime")
    jobs.work(by_night.pk, lambda: None)
    taken = runs.in_use("crime")
    by_night.refresh_from_db()
    assert str(taken.key) == by_night.results["crime"] != str(city["run"].key)
    assert "by the same method" in taken.note
    city["run"].refresh_from_db()
    assert city["run"].state == RunState.RETIRED
    assert taken.digest == city["run"].digest  # the same incidents


def test_a_refit_whose_gate_is_closed_stays_a_candidate(city: dict[str, Any]) -> None:
    closed = ModelRun.objects.get(pk=city["run"].pk)
    closed.pk, closed.key, closed.state, closed.gate = None, "0" * 32, RunState.CANDIDATE, "closed"
    closed.save()
    assert not runs.put_refit_in_use(closed)
    assert runs.in_use("crime") == city["run"]


def test_an_import_of_incidents_or_its_undoing_asks_for_new_rates(
    city: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = ImportRun.objects.get(file_name="made-up.csv")
        undo.undo(run, make_user("Analyst"), "Tried.")
    assert jobs.under_way(JobAct.TRAIN, "crime") is not None
    assert nightly.is_due("crime")


def test_by_night_nothing_is_due_while_no_incident_came(city: dict[str, Any]) -> None:
    assert not nightly.is_due("crime")


def test_undone_incidents_count_no_more_and_too_little_is_said(city: dict[str, Any]) -> None:
    undo.undo(ImportRun.objects.get(file_name="made-up.csv"), make_user("Analyst"), "Tried.")
    with pytest.raises(CommandError, match="has too few incidents with a day, an hour and an area"):
        call_command("train", "crime")


def test_a_force_without_hours_is_told_so_while_others_are_learned(
    city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prediction.crime.backtest.RIVALS", training.RIVALS[:4])
    monthly = make_agency("Northshire Police")
    run = ImportRun.objects.get(file_name="made-up.csv")
    Incident.objects.create(import_run=run, import_row=1, agency=monthly, key="x", month=date(2025, 1, 1))
    call_command("train", "crime", use=True, stdout=StringIO())
    told = rates.served().agencies
    assert "why" in told[monthly.pk]
    assert told[city["agency"].pk]["gate"] == "open"


def test_a_rate_has_168_hours(city: dict[str, Any]) -> None:
    one = CrimeRate.objects.filter(run=city["run"]).first()
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE prediction_crimerate SET rates = '{1}' WHERE run_id = %s AND area_id = %s",
            [one.run_id, one.area_id],
        )
    assert len(GROUPS) == len(OffenceGroup)
    assert Agency.objects.filter(pk=one.agency_id).exists()
