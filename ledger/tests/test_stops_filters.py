from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import Person
from ledger.tests.factories import make_agency, make_post, make_stop
from ledger.tests.stops import list_page, listed, signed_in, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in()


FILTERS: list[tuple[str, dict[str, Any]]] = [
    ("vehicle=lb-76 kbp", {"vehicle": "LB76KBP"}),
    ("date_after=2026-03-05", {"on": date(2026, 3, 5)}),
    ("date_after=05/03/2026", {"on": date(2026, 3, 5)}),
    ("date_before=2026-03-01", {"on": date(2026, 3, 1)}),
    ("violation=dui", {"violation": "DUI"}),
    ("violation=drunk driving", {"violation": "DUI"}),
    ("violation=Unknown", {"violation": None}),
    ("outcome=Arrest", {"outcome": 5}),
    ("outcome=ticket", {"outcome": 3}),
    ("race=Black", {"race": "Black"}),
    ("race=unknown", {"race": None}),
    ("gender=f", {"gender": 2}),
    ("age_min=31", {"age": 31}),
    ("age_max=29", {"age": 29}),
    ("hour_min=22", {"at": time(22, 59)}),
    ("hour_min=22&hour_max=4", {"at": time(4, 59)}),
    ("searched=yes", {"searched": True}),
    ("arrested=true", {"arrested": True}),
    ("drugs=1", {"drugs": True}),
]


@pytest.mark.parametrize("query, fields", FILTERS, ids=[query for query, _ in FILTERS])
def test_a_filter_keeps_what_fits_and_drops_the_rest(
    officer: Client, query: str, fields: dict[str, Any]
) -> None:
    make_stop()
    wanted = make_stop(**fields)
    assert listed(officer, f"?{query}") == [wanted]


def test_post_officer_and_agency_are_filters(officer: Client) -> None:
    post = make_post("Ring road")
    wanted = make_stop(stop={"post": post, "officer": user_of(officer).officer})
    make_stop()
    assert listed(officer, "?post=ring road") == [wanted]
    assert listed(officer, "?post=Unknown") != [wanted]
    assert listed(officer, f"?officer={wanted.officer}") == [wanted]
    assert len(listed(officer, "?agency=Riverton Police&country=india")) == 2


def test_several_labels_of_one_filter_widen_it(officer: Client) -> None:
    for violation in ("DUI", "Speeding", "Signal"):
        make_stop(violation=violation)
    assert len(listed(officer, "?violation=DUI&violation=Signal")) == 2


def test_facts_of_persons_must_hold_for_one_and_the_same_person(officer: Client) -> None:
    stop = make_stop(outcome=2, gender=1)
    Person.objects.create(stop=stop, position=2, outcome=5, gender=2)
    assert listed(officer, "?outcome=Arrest&gender=Female") == [stop]
    assert listed(officer, "?outcome=Arrest&gender=Male") == []


def test_a_stop_of_two_matching_persons_is_listed_once(officer: Client) -> None:
    stop = make_stop(outcome=5)
    Person.objects.create(stop=stop, position=2, outcome=5)
    assert listed(officer, "?outcome=Arrest") == [stop]


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("violation=Flying", "“Flying” is not known here. Choose from: Speeding, DUI"),
        ("date_after=2026-02-30", "not a day of the calendar"),
        ("date_before=soon", "not a day of the calendar"),
        ("age_min=" + "9" * 40, "not an age"),
        ("hour_max=24", "not an hour of the day"),
        ("searched=maybe", "neither yes nor no"),
        ("vehicle=%3Cscript%3E", "letters A–Z and digits"),
        ("date_after=2026-03-02&date_before=2026-03-01", "The last day is before the first"),
        ("violatoin=DUI", "There is no filter “violatoin”"),
        ("agency=Elsewhere Police", "is not known here"),
        ("outcome=%00", "is not known here"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_said_and_lists_nothing(
    officer: Client, query: str, sentence: str
) -> None:
    make_agency("Elsewhere Police")
    make_stop()
    page = list_page(officer, f"?{query}")
    assert sentence in page
    assert "Nothing is listed" in page
    assert "SC-0" not in page


def test_chips_take_one_filter_away_each(officer: Client) -> None:
    make_stop(violation="DUI", outcome=5)
    response: Any = officer.get(
        reverse("stops") + "?violation=DUI&violation=Speeding&outcome=Arrest&sort=post&page=3"
    )
    chips = {(chip.label, chip.value): chip.remove_url for chip in response.context["chips"]}
    assert chips["Violation", "DUI"] == "/stops/?violation=Speeding&outcome=Arrest&sort=post"
    assert chips["Outcome", "Arrest"] == "/stops/?violation=DUI&violation=Speeding&sort=post"
    assert response.context["clear_url"] == "/stops/?sort=post"


def test_an_empty_list_says_which_filter_to_drop(officer: Client) -> None:
    make_stop(violation="DUI", outcome=2)
    page = list_page(officer, "?violation=DUI&outcome=Arrest")
    assert "Without “Outcome: Arrest” there is 1" in page
    assert "Without “Violation: DUI”" not in page


def test_where_no_single_filter_helps_all_are_to_be_dropped(officer: Client) -> None:
    make_stop(violation="DUI", outcome=2)
    assert "Dropping a single one does not help" in list_page(officer, "?violation=Signal&outcome=Arrest")
