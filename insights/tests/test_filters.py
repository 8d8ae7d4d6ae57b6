"""What filters take, what they keep out, and how they are widened."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.http import QueryDict

from insights.codes import Codes
from insights.filters import NAMES, FilterError, Filters, StopFilter
from insights.models import StopFact
from ledger.models import Violation
from ledger.tests.factories import make_agency, make_post, make_stop

pytestmark = pytest.mark.django_db


def kept(**filters: str) -> int:
    """How many of the facts pass."""
    return Filters.read(filters).facts().count()


def complaint(**filters: str) -> str:
    with pytest.raises(FilterError) as caught:
        Filters.read(filters)
    return str(caught.value)


def test_the_names_of_the_filters_stay_put() -> None:
    due = "country agency post violation outcome race gender age_min age_max date_after date_before hour_min hour_max"
    assert set(NAMES) == {*due.split(), "searched", "arrested", "drugs", "vehicle"}


@pytest.mark.parametrize("word", ["Citation", "citation", " TICKET ", "ticket"])
def test_a_label_and_a_sources_word_mean_the_same_in_any_case(word: str) -> None:
    make_stop(outcome=3)
    make_stop(outcome=2)
    assert kept(outcome=word) == 1
    assert Filters.read({"outcome": word}).as_words() == {"outcome": "Citation"}


def test_each_code_filter_narrows_by_its_own_column() -> None:
    post = make_post()
    make_stop(stop={"post": post}, violation="DUI", race="Asian", gender=2, outcome=5)
    make_stop(agency=make_agency("York", "Canada"))
    for name, word in {
        "country": "India",
        "agency": "Riverton police",
        "post": "river bridge",
        "violation": "drunk driving",
        "race": "asian",
        "gender": "F",
        "outcome": "Arrest Driver",
    }.items():
        assert kept(**{name: word}) == 1, name


@pytest.mark.parametrize("name", ["violation", "race", "gender", "outcome", "post"])
def test_unknown_is_a_label_of_every_code_filter(name: str) -> None:
    make_stop(violation=None, race=None, gender=0, outcome=0)
    make_stop(stop={"post": make_post()})
    assert kept(**{name: "unknown"}) == 1


def test_posts_of_two_agencies_with_one_name_are_both_meant() -> None:
    for agency in (make_agency("A"), make_agency("B")):
        make_stop(agency=agency, stop={"post": make_post("Bridge", agency)})
    assert kept(post="Bridge") == 2
    assert kept(post="Bridge", agency="A") == 1


def test_an_ended_code_can_still_be_asked_for() -> None:
    make_stop(violation="DUI")
    Violation.objects.filter(label="DUI").update(valid_until=date(2000, 1, 1))
    assert kept(violation="DUI") == 1


def test_a_label_goes_before_another_codes_word() -> None:
    Violation.objects.filter(label="Other").update(words=["dui"])
    make_stop(violation="DUI")
    assert kept(violation="DUI") == 1


def test_bounds_are_inclusive() -> None:
    for age, day in ((18, 1), (24, 15), (25, 28)):
        make_stop(age=age, on=date(2026, 2, day))
    assert kept(age_min="18", age_max="24") == 2
    assert kept(date_after="2026-02-15", date_before="2026-02-28") == 2
    assert kept(date_after="15/02/2026", date_before="15/02/2026") == 1


def test_unknown_ages_and_hours_are_within_no_bounds() -> None:
    make_stop(age=None, at=None)
    assert kept(age_max="120") == kept(age_min="0") == kept(hour_max="23") == kept(hour_min="0") == 0
    assert kept() == 1


@pytest.mark.parametrize(
    ("bounds", "passes"),
    [
        ({"age_min": "18", "age_max": "24"}, True),
        ({"age_min": "18"}, True),
        ({"age_max": "24"}, True),
        ({"age_min": "1", "age_max": "120"}, True),
        ({"age_min": "19"}, False),
        ({"age_max": "23"}, False),
    ],
)
def test_a_band_recorded_without_an_age_passes_when_it_lies_wholly_within_the_bounds(
    bounds: dict[str, str], passes: bool
) -> None:
    make_stop(age=None, age_band=2)
    assert kept(**bounds) == int(passes)


@pytest.mark.parametrize(
    ("bounds", "hours"),
    [
        ({"hour_min": "22", "hour_max": "1"}, {22, 23, 0, 1}),
        ({"hour_min": "9", "hour_max": "9"}, {9}),
        ({"hour_min": "20"}, {20, 21, 22, 23}),
        ({"hour_max": "2"}, {0, 1, 2}),
        ({"hour_min": "5", "hour_max": "4"}, set(range(24))),
    ],
)
def test_hours_wrap_over_midnight(bounds: dict[str, str], hours: set[int]) -> None:
    make_stop(at=None)
    for hour in range(24):
        make_stop(at=time(hour, 59))
    assert set(Filters.read(bounds).facts().values_list("hour", flat=True)) == hours


@pytest.mark.parametrize("name", ["searched", "arrested", "drugs"])
def test_a_mark_that_was_not_recorded_is_neither_yes_nor_no(name: str) -> None:
    for mark in (True, False, False, None):
        if name == "drugs":
            make_stop(drugs=mark)
        else:
            make_stop(**{name: mark})
    assert [kept(**{name: yes}) for yes in ("yes", "TRUE", "1")] == [1, 1, 1]
    assert [kept(**{name: no}) for no in ("no", "False", "0")] == [2, 2, 2]


def test_a_vehicle_is_found_however_its_number_is_written() -> None:
    make_stop(vehicle="RJ83PZ4441")
    make_stop(vehicle="RJ83PZ4442")
    assert kept(vehicle="rj 83-pz 4441") == 1
    assert kept(vehicle="NOBODYS1") == 0


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"country": "Indai"}, "country: “Indai” is not known here. Choose from: "),
        ({"colour": "red"}, "There is no filter “colour”. The filters are: country, agency,"),
        ({"age_min": "ten"}, "age_min: “ten” is not an age. Write a whole number from 0 to 120."),
        ({"age_max": "1e30"}, "age_max: “1e30” is not an age."),
        ({"hour_min": "24"}, "hour_min: “24” is not an hour of the day. Write a whole number from 0 to 23."),
        ({"date_after": "30/02/2026"}, "date_after: “30/02/2026” is not a day of the calendar."),
        ({"date_before": "9999-12-31"}, "date_before: The day is outside the years 1900 to 2999."),
        ({"searched": "maybe"}, "searched: “maybe” is neither yes nor no."),
        ({"age_min": "40", "age_max": "20"}, "age_max: The last age is before the first. Exchange them."),
        (
            {"date_after": "2026-02-02", "date_before": "2026-02-01"},
            "date_before: The last day is before the first.",
        ),
        ({"vehicle": "'; drop table"}, "vehicle: Write the number as on the plate"),
        ({"violation": "Speeding\x00"}, "violation: "),
        (
            {"race": "'; DELETE FROM insights_stopfact; --"},
            "race: “'; DELETE FROM insights_stopfact; --” is not known here.",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_plain_sentence(filters: dict[str, str], says: str) -> None:
    assert complaint(**filters).startswith(says)


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = complaint(country="X", age_min="Y")
    assert "country:" in said
    assert "age_min:" in said


def test_a_filter_given_twice_with_different_values_is_refused() -> None:
    twice = StopFilter(QueryDict("country=India&country=USA"), Codes())
    with pytest.raises(FilterError, match="more than once"):
        twice.chosen()
    make_agency("A", "India")
    assert StopFilter(QueryDict("country=India&country=India"), Codes()).chosen().as_words() == {
        "country": "India"
    }


def test_what_a_page_keeps_in_its_address_is_no_filter() -> None:
    chosen = StopFilter(QueryDict("page=2&per_page=50&sort=rate&format=json&country="), Codes()).chosen()
    assert chosen.values == {}


def test_a_filter_nothing_can_pass_gives_no_rows_and_no_error() -> None:
    make_stop()
    assert kept(country="Unknown") == 0


@pytest.mark.parametrize(
    ("given", "widened"),
    [
        ({"date_after": "2026-02-15"}, {"date_after": "2026-02-01"}),
        ({"date_before": "2024-02-10"}, {"date_before": "2024-02-29"}),
        ({"age_min": "20", "age_max": "26"}, {"age_min": 18, "age_max": 34}),
        ({"age_max": "70"}, {"age_max": 120}),
        ({"age_min": "120"}, {"age_min": 65}),
        ({"age_min": "18", "age_max": "24"}, {"age_min": 18, "age_max": 24}),
    ],
)
def test_days_widen_to_months_and_ages_to_bands(given: dict[str, str], widened: dict[str, str | int]) -> None:
    filters = Filters.read(given).widened()
    assert filters.as_words() == widened
    assert filters.widened() == filters


def test_what_was_widened_is_said_and_what_was_not_is_not() -> None:
    assert Filters.read({"date_after": "2026-02-15", "age_min": "20"}).widened().notes == (
        "Days inside a month were widened to the whole month.",
        "Ages inside an age band were widened to the whole band.",
    )
    assert (
        Filters.read({"date_after": "2026-02-01", "date_before": "2026-02-28", "age_min": "18"})
        .widened()
        .notes
        == ()
    )


def test_every_filter_passes_every_fact_that_it_describes() -> None:
    """A stop is found by the labels of its own fact, and by all of them together."""
    make_stop(
        vehicle="AB1",
        age=40,
        at=time(13, 5),
        searched=True,
        arrested=False,
        drugs=True,
        stop={"post": make_post()},
    )
    own = {
        "country": "India",
        "agency": "Riverton Police",
        "post": "River bridge",
        "violation": "Speeding",
        "outcome": "Warning",
        "race": "White",
        "gender": "Male",
        "age_min": "40",
        "age_max": "40",
        "date_after": "2026-03-02",
        "date_before": "2026-03-02",
        "hour_min": "13",
        "hour_max": "13",
        "searched": "yes",
        "arrested": "no",
        "drugs": "yes",
        "vehicle": "AB1",
    }
    assert set(own) == set(NAMES)
    assert kept(**own) == StopFact.objects.count() == 1
    for name, value in own.items():
        assert kept(**{name: value}) == 1, name
