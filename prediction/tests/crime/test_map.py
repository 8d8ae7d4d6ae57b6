"""The map of expected crime: figures against a second computation, links, and where it abstains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from insights.tests.conftest import kept_for_now
from ledger.models import Agency, Area, ImportUndo, Incident
from ledger.tests.factories import make_user
from ledger.tests.stops import signed_in
from prediction.crime import mapping
from prediction.crime.history import history_of
from prediction.crime.hours import covered_of
from prediction.crime.rates import expected_by_group, served
from prediction.crime.rivals import RIVALS
from prediction.models import ModelRun
from prediction.patrol.making import Asked, make_plan
from prediction.patrol.planning import Impossible
from prediction.tests.crime.made_up import make_city

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[Agency]:
    with kept_for_now(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        patch.setattr("prediction.crime.backtest.RIVALS", RIVALS[:4])
        agency = make_city()
        call_command("train", "crime", stdout=StringIO())
        for place, area in enumerate(Area.objects.filter(kind="neighbourhood").exclude(name="Hill")):
            x = place / 10
            ring = [[x, 51.0], [x + 0.1, 51.0], [x + 0.1, 51.1], [x, 51.1], [x, 51.0]]
            Area.objects.filter(pk=area.pk).update(boundary={"type": "Polygon", "coordinates": [ring]})
        yield agency


def page(client: Client, **asked: str) -> str:
    reply = client.get(reverse("crime-map"), asked)
    assert reply.status_code == 200
    return " ".join(reply.content.decode().split())


@pytest.mark.parametrize("hour", [None, 21])
def test_expected_counts_are_the_sum_of_all_groups_and_hours(city: Agency, hour: int | None) -> None:
    run = served()
    assert run is not None
    asked = mapping.read(run, {"month": "2025-07", "hour": "" if hour is None else str(hour)})
    for one in mapping.by_area(run, asked):
        rates = expected_by_group([one.area], date(2025, 7, 1))
        by_hand = sum(row.expected * row.hours for row in rates if hour in (None, row.hour))
        assert one.expected == pytest.approx(by_hand)
        assert one.low <= one.expected <= one.high


def test_the_page_shows_map_table_and_links_to_the_hours(city: Agency) -> None:
    told = page(signed_in("Policymaker"), month="2025-07", offence="robbery", kind="neighbourhood")
    docks = Area.objects.get(name="Docks")
    assert "the most are expected in Docks" in told
    assert f"/crime/?month=2025-07&amp;offence=robbery&amp;area={docks.pk}" in told
    assert len(re.findall(r"<tr data-map-row", told)) == 3
    assert len(re.findall(r"<path class=.map-[1-5]. data-key", told)) == 2  # the hill has no boundary
    assert (
        signed_in("Policymaker").get(f"/crime/?area={docks.pk}&month=2025-07&offence=robbery").status_code
        == 200
    )


@pytest.mark.parametrize("offence", ["all", "robbery"])
@pytest.mark.parametrize("hour", [None, 21])
@pytest.mark.parametrize("month", ["2025-07", "2025-08"])
def test_last_year_is_counted_as_by_hand_on_covered_days(
    city: Agency, month: str, hour: int | None, offence: str
) -> None:
    run = served()
    assert run is not None
    asked = mapping.read(run, {"month": month, "hour": "" if hour is None else str(hour), "offence": offence})
    covered = covered_of(asked.told)
    for one in mapping.by_area(run, asked):
        by_hand = [
            incident
            for incident in Incident.objects.filter(area=one.area)
            if incident.occurred_on
            and f"{incident.occurred_on:%Y-%m}" == f"{int(month[:4]) - 1}{month[4:]}"
            and incident.group in asked.choice.groups
            and (hour is None or (incident.occurred_at is not None and incident.occurred_at.hour == hour))
            and any(stretch.first <= incident.occurred_on <= stretch.last for stretch in covered)
        ]
        assert one.last_year == len(by_hand)
        if hour is None:  # the page of the area says the same
            history = history_of(city.pk, one.area, asked.kind, covered)
            assert one.last_year == history.total(asked.year_before, asked.choice.groups)


@pytest.mark.parametrize("kind", ["zone", "neighbourhood"])
def test_the_history_of_an_area_is_counted_as_by_hand(city: Agency, kind: str) -> None:
    run = served()
    assert run is not None
    covered = covered_of(run.agencies[city.pk])
    place = "zone" if kind == "zone" else "area"
    for area in Area.objects.filter(agency=city, kind=kind):
        by_hand = Counter(
            (
                one.month,
                one.group,
                one.occurred_on.weekday() > 4,
                one.occurred_at.hour if one.occurred_at else None,
            )
            for one in Incident.objects.filter(**{place: area}).exclude(occurred_on=None)
            if one.occurred_on
            and any(stretch.first <= one.occurred_on <= stretch.last for stretch in covered)
        )
        assert by_hand
        assert history_of(city.pk, area.pk, kind, covered).counts == by_hand


def test_a_year_before_stands_in_table_tooltip_and_sentence(city: Agency) -> None:
    told = page(signed_in("Policymaker"), month="2025-07")
    run = served()
    assert run is not None
    rows = mapping.by_area(run, mapping.read(run, {"month": "2025-07"}))
    assert all(f'<td class="num">{one.last_year:,}</td></tr>' in told for one in rows)
    assert re.findall(r"; ([\d,]+) recorded the year before</title>", told)
    assert f"In July 2024, {sum(one.last_year or 0 for one in rows):,} were recorded in these areas." in told
    part = page(signed_in("Policymaker"), month="2025-08")
    assert re.search(
        r"In August 2024, [\d,]+ were recorded in these areas on the \d+ of 31 days with data\.", part
    )


def test_a_year_before_that_was_not_recorded_is_unknown_and_not_none(city: Agency) -> None:
    told = page(signed_in("Policymaker"), month="2025-09")
    assert told.count('<td class="num">unknown</td></tr>') == 3
    assert told.count("; unknown recorded the year before</title>") == 2
    assert "Of September 2024 there is no data: what was recorded then is unknown." in told


def test_an_undone_import_leaves_last_year(city: Agency) -> None:
    asked = {"month": "2025-07"}
    assert "In July 2024, 0 were" not in page(signed_in("Analyst"), **asked)
    undone = Incident.objects.earliest("pk").import_run
    ImportUndo.objects.create(import_run=undone, user=make_user("Analyst"), reason="Twice")
    assert "In July 2024, 0 were recorded" in page(signed_in("Analyst"), **asked)


@pytest.mark.parametrize(
    "wrong", [{"month": "1066-01"}, {"hour": "24"}, {"offence": "\0"}, {"kind": "planet"}, {"agency": "x"}]
)
def test_what_is_not_offered_is_answered_with_the_first_choice(city: Agency, wrong: dict[str, str]) -> None:
    assert "All offences expected in" in page(signed_in("Analyst"), **wrong)


def test_without_boundaries_the_table_stands_alone(city: Agency) -> None:
    told = page(signed_in("Analyst"), kind="zone")
    assert "No boundaries of these areas" in told or "Zone" not in told


def test_without_a_forecast_the_map_abstains_in_words(city: Agency) -> None:
    ModelRun.objects.update(state="retired")
    assert "No forecast is in use." in page(signed_in("Policymaker"))


def test_where_the_gate_is_closed_map_and_plan_abstain(city: Agency) -> None:
    run = served()
    assert run is not None
    told = dict(run.run.serving)
    told["agencies"] = {
        pk: {**one, "gate": "closed", "why": "No better than the base rate."}
        for pk, one in told["agencies"].items()
    }
    ModelRun.objects.filter(pk=run.run.pk).update(serving=told)
    assert "No force has a forecast that is better" in page(signed_in("Analyst"))
    with pytest.raises(Impossible, match="No better than the base rate"):
        make_plan(Asked(city, "neighbourhood", date(2025, 7, 5), 20, 8, 2), make_user("Analyst"))
