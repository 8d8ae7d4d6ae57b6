"""A patrol plan taken away: the page's figures, and nothing that the page keeps from its reader."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from ledger.models import AuditEvent
from ledger.tests.factories import make_agency
from ledger.tests.stops import signed_in
from prediction.models import PatrolPlan
from prediction.tests.patrol.made_up import make_plan
from prediction.tests.taken_away import page_tables, same_in_every_form, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> PatrolPlan:
    return make_plan(make_agency("India", "India"))


def percent(cell: str) -> str:
    return f"{float(cell):.1%}" if cell else "–"


def test_areas_and_exposure_are_the_pages(plan: PatrolPlan) -> None:
    client = signed_in("Analyst")
    tables = page_tables(client, plan.get_absolute_url())
    rows = {row["area"]: row for row in taken(client, plan.get_absolute_url())}
    _, *areas = tables["Areas with visits, those with the most first"]
    assert [area for area, *_ in areas] == [name for name, row in rows.items() if row["visits"] != "0"]
    for area, visits, why in areas:
        row = rows[area]
        assert visits == f"{row['visits']} {row['minutes']} min"
        assert why.startswith(row["reason"])
        assert (
            f"{row['patrol'] or 'No kind of patrol'}, or without enforcement: {row['without_enforcement']}"
            in why
        )
    _, *exposure = tables["Exposure by area, the most minutes first"]
    assert len(exposure) == len(rows)
    for area, minutes, _, per_head, share, reported, ratio in exposure:
        row = rows[area]
        assert (row["minutes"], percent(row["share_of_minutes"]), percent(row["share_of_reported_harm"])) == (
            minutes,
            share,
            reported,
        )
        assert per_head == (f"{float(row['minutes_per_1000']):,.1f}" if row["residents"] else "unknown")
        assert ratio.split()[0] == (f"{float(row['ratio']):.2f}" if row["ratio"] else "–")


def test_the_rounds_are_those_of_the_plan(plan: PatrolPlan) -> None:
    client = signed_in("Analyst")
    names = {one["area"]: one["name"] for one in plan.body["areas"]}
    rows = taken(client, plan.get_absolute_url(), "rounds")
    assert sorted((int(row["unit"]), row["area"], int(row["minutes"])) for row in rows) == sorted(
        (one["unit"], names[one["area"]], one["minutes"]) for one in plan.body["visits"]
    )
    page = client.get(plan.get_absolute_url()).content.decode()
    assert all(f'<span class="at">{row["at"][-5:]}</span> <b>{row["area"]}</b>' in page for row in rows)
    same_in_every_form(client, plan.get_absolute_url(), ["areas", "rounds"])


def may_take_rounds(client: Client, plan: PatrolPlan) -> bool:
    address = plan.get_absolute_url()
    told = client.get(f"{address}?format=json")
    by_json = "rounds" in told.json()["tables"]
    assert ("18:10" in told.content.decode()) is by_json
    assert (client.get(f"{address}?format=csv&table=rounds").status_code == 200) is by_json
    return by_json


def test_when_a_unit_will_be_where_is_taken_by_those_alone_who_see_it(plan: PatrolPlan) -> None:
    assert may_take_rounds(signed_in("Analyst"), plan)
    assert may_take_rounds(signed_in("Officer", agency=make_agency("India", "India")), plan)
    assert not may_take_rounds(signed_in("Policymaker"), plan)
    assert not may_take_rounds(signed_in("Officer", agency=make_agency("Canada", "Canada")), plan)
    over = make_plan(make_agency("India", "India"), day=date(2024, 5, 1))
    assert may_take_rounds(signed_in("Policymaker"), over)


def test_small_counts_of_an_area_are_kept_from_a_policymaker(plan: PatrolPlan) -> None:
    for role, seen in (("Analyst", True), ("Policymaker", False)):
        told = signed_in(role).get(f"{plan.get_absolute_url()}?format=json").content.decode()
        assert ("in the last four weeks of the data: 7" in told) is seen


def test_a_share_of_reported_harm_is_no_count_to_a_policymaker(plan: PatrolPlan) -> None:
    """With six digits it is the count of an area, once the whole is known."""
    areas = [one | {"reported_share": 44 / 1_217} for one in plan.body["areas"]]
    changed = make_plan(plan.agency, areas=areas)
    for role, shown, share in (("Analyst", "3.6%", 44 / 1_217), ("Policymaker", "4.0%", 0.04)):
        client = signed_in(role)
        rows = taken(client, changed.get_absolute_url())
        assert {float(row["share_of_reported_harm"]) for row in rows} == {round(share, 6)}
        _, *exposure = page_tables(client, changed.get_absolute_url())[
            "Exposure by area, the most minutes first"
        ]
        assert {row[5] for row in exposure} == {shown}
        told = [(float(row["ratio"]), float(row["share_of_minutes"])) for row in rows if row["ratio"]]
        assert told
        assert all(ratio == pytest.approx(minutes / share, abs=1e-3) for ratio, minutes in told)


def test_a_download_leaves_a_line_in_the_trail_and_what_is_not_offered_is_refused(plan: PatrolPlan) -> None:
    client = signed_in("Analyst")
    taken(client, plan.get_absolute_url())
    assert AuditEvent.objects.filter(object_kind="patrol", object_id=f"plan-{plan.key}").count() == 1
    for wrong in ("format=pdf", "format=csv&table=secrets"):
        assert client.get(f"{plan.get_absolute_url()}?{wrong}").status_code == 400
