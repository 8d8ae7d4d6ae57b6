"""Who sees exact figures, whose vehicles, and what happens to the filters of the others."""

from __future__ import annotations

import pytest

from insights.catalogue import find
from insights.filters import FilterError, Filters
from insights.insight import Answer
from insights.viewer import NO_VEHICLES, Viewer
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
OWN, OTHER = "Riverton Police", "Lakeside Police"


@pytest.fixture(autouse=True)
def agencies() -> None:
    make_agency(OWN)
    make_agency(OTHER)


def vehicles(role: str, **filters: str) -> Answer:
    insight = find("top-drug-vehicles")
    assert insight is not None
    return insight.answer(Filters.read(filters), Viewer.of(make_user(role)))


@pytest.mark.parametrize(
    ("role", "filters", "exact"),
    [
        ("Policymaker", {}, False),
        ("Policymaker", {"agency": OWN}, False),
        ("Analyst", {}, True),
        ("Analyst", {"agency": OTHER}, True),
        *[
            (role, filters, exact)
            for role in ("Officer", "Supervisor")
            for filters, exact in (
                ({}, False),
                ({"agency": OWN}, True),
                ({"agency": OTHER}, False),
                ({"country": "India"}, False),
            )
        ],
    ],
)
def test_who_sees_exact_figures(role: str, filters: dict[str, str], exact: bool) -> None:
    assert Viewer.of(make_user(role)).sees_exact(Filters.read(filters)) is exact


def test_the_command_line_sees_everything() -> None:
    make_stop(vehicle="AB1", drugs=True)
    assert Viewer.system().sees_exact(Filters.read({}))
    assert Viewer.system().sees_vehicles


def test_days_and_ages_stay_as_given_for_those_who_see_exact_figures() -> None:
    given = {"date_after": "2026-02-15", "age_min": "20", "agency": OWN}
    filters = Filters.read(given)
    assert Viewer.of(make_user("Officer")).reach(filters).as_words()["date_after"] == "2026-02-15"
    assert Viewer.of(make_user("Policymaker")).reach(filters).as_words() == {
        "agency": OWN,
        "date_after": "2026-02-01",
        "age_min": 18,
    }


@pytest.mark.parametrize("role", ["Officer", "Supervisor"])
def test_vehicles_are_those_of_the_own_agency_and_the_page_says_so(role: str) -> None:
    make_stop(agency=make_agency(OWN), vehicle="OWN1", drugs=True)
    make_stop(agency=make_agency(OTHER), vehicle="OTHER1", drugs=True)
    answer = vehicles(role)
    assert answer.rows == [{"vehicle": "OWN1", "stops": 1}]
    assert answer.filters == {"agency": OWN}
    assert answer.notes == (f"Vehicles are shown of your own agency only: these are the stops of {OWN}.",)


def test_vehicles_of_another_agency_are_refused() -> None:
    with pytest.raises(FilterError, match=f"agency: You see vehicles of {OWN} only"):
        vehicles("Officer", agency=OTHER)
    viewer = Viewer.of(make_user("Supervisor"))
    with pytest.raises(FilterError, match="only"):
        viewer.reach(Filters.read({"vehicle": "AB1", "agency": OTHER}))


def test_a_filter_by_vehicle_keeps_to_the_own_agency() -> None:
    filters = Viewer.of(make_user("Officer")).reach(Filters.read({"vehicle": "AB1"}))
    assert filters.as_words() == {"agency": OWN, "vehicle": "AB1"}


@pytest.mark.parametrize("role", ["Policymaker", "Analyst", "Administrator"])
def test_others_see_no_vehicles_and_why(role: str) -> None:
    make_stop(vehicle="AB1", drugs=True)
    answer = vehicles(role)
    assert (answer.rows, answer.summary, answer.sql, answer.notes) == ([], {}, "", (NO_VEHICLES,))


def test_an_officer_without_an_agency_reads_no_vehicles() -> None:
    user = make_user("Policymaker")
    assert not Viewer(rows=user.has_perm("ledger.view_stop"), agency=None).sees_vehicles
    assert not Viewer(rows=True, agency=None).sees_vehicles
