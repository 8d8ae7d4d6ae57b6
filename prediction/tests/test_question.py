"""What is known of a stop: labels, sources' words, other names, places that lie in each other; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.models import Area
from ledger.tests.factories import make_agency, make_post
from prediction.features import spot_of
from prediction.stops.question import MOST_CHARACTERS, Known, QuestionError, read
from prediction.stops.words import StopWords
from prediction.tests.served import violation

pytestmark = pytest.mark.django_db


def known(**data: Any) -> Known:
    return read(data, StopWords())


def refused(**data: Any) -> dict[str, list[str]]:
    with pytest.raises(QuestionError) as caught:
        known(**data)
    return caught.value.errors


def test_nothing_known_is_a_question_too() -> None:
    assert known() == Known({}, {})


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ({"hour": 22}, {"hour": 22, "part_of_day": 1}),
        ({"hour": "5"}, {"hour": 5, "part_of_day": 2}),
        ({"time": "10:21"}, {"hour": 10, "part_of_day": 3}),
        ({"stop_time": "1921"}, {"hour": 19, "part_of_day": 4}),
        ({"weekday": "sunday"}, {"weekday": 7, "part_of_week": 2}),
        ({"date": "2026-11-20"}, {"weekday": 5, "part_of_week": 1}),
        ({"stop_type": "vehicular"}, {"stop_type": 1}),
        ({"vehicle_type": "Bicycle"}, {"stop_type": 3}),
        ({"searched": True, "drugs": "no"}, {"searched": 1, "drugs": 0}),
        ({"search_conducted": "TRUE", "drugs_related_stop": "false"}, {"searched": 1, "drugs": 0}),
        ({"duration": "16-30 Min"}, {"duration_band": 2}),
        ({"duration": 45}, {"duration_band": 3}),
        ({"stop_duration": "30+ min"}, {"duration_band": 3}),
        ({"hour": 3.0}, {"hour": 3, "part_of_day": 1}),
        ({"hour": "", "weekday": None}, {}),
    ],
)
def test_words_become_codes(data: dict[str, Any], codes: dict[str, int]) -> None:
    assert known(**data).codes == codes


def test_a_violation_by_label_or_by_a_sources_word() -> None:
    code = violation("DUI")
    assert known(violation="dui").codes == known(violation="Drunk Driving").codes == {"violation": code}


def test_a_post_tells_agency_and_country_and_an_area_its_agency() -> None:
    agency = make_agency()
    post = make_post("River bridge", agency)
    area = Area.objects.create(name="North", kind="beat", agency=agency)
    place = {"agency": agency.pk, "country": agency.country_id}
    assert known(post="river bridge").codes == {"spot": spot_of(post=post.pk), **place}
    assert known(area="North").codes == {"spot": spot_of(area=area.pk), **place}
    assert known(district="North").given == {"area": "North"}
    assert known(agency="Riverton Police").codes == place
    assert known(country_name="India").codes == {"country": agency.country_id}


def test_of_posts_of_one_name_the_agency_tells_which_is_meant() -> None:
    first, second = make_agency(), make_agency("Lakeside Police")
    make_post("Bridge", first)
    other = make_post("Bridge", second)
    assert "several of the name" in refused(post="Bridge")["post"][0]
    assert known(post="Bridge", agency="Lakeside Police").codes["spot"] == spot_of(post=other.pk)


def test_places_that_do_not_lie_in_each_other_are_refused() -> None:
    make_post("Bridge", make_agency())
    make_agency("Lakeside Police", "Canada")
    Area.objects.create(name="North", kind="beat")
    assert "another agency" in refused(post="Bridge", agency="Lakeside Police")["post"][0]
    assert "another country" in refused(agency="Riverton Police", country="Canada")["country"][0]
    assert "not both" in refused(post="Bridge", area="North")["area"][0]


def test_what_contradicts_itself_is_refused() -> None:
    assert "differ" in refused(time="10:21", hour=11)["hour"][0]
    assert known(time="10:21", hour=10).codes["hour"] == 10
    assert "another day" in refused(date="2026-11-20", weekday="Monday")["weekday"][0]
    assert "more than once" in refused(hour=10, stop_type="Vehicle", vehicle_type="Bicycle")["stop_type"][0]


@pytest.mark.parametrize(
    "name",
    [
        "race",
        "gender",
        "sex",
        "age",
        "driver_race",
        "driver_gender",
        "driver_age",
        "age_band",
        "subject_race",
        "ethnicity",
    ],
)
def test_race_gender_and_age_are_never_taken(name: str) -> None:
    assert "never an input" in refused(**{name: "anything"})[name][0]


def test_a_vehicle_is_no_input_and_its_number_is_not_repeated() -> None:
    errors = refused(vehicle_number="AB12CDE")
    assert "never an input" in errors["vehicle_number"][0]
    assert "AB12CDE" not in str(errors)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        ({"violation": "Speding"}, "violation", "Did you mean Speeding?"),
        ({"violation": "xyz"}, "violation", "is not known here"),
        ({"agency": "Nowhere"}, "agency", "is not known here"),
        ({"hour": 24}, "hour", "from 0 to 23"),
        ({"hour": -1}, "hour", "from 0 to 23"),
        ({"hour": 9.5}, "hour", "from 0 to 23"),
        ({"time": "25:00"}, "time", "not a time of day"),
        ({"date": "31/02/2026"}, "date", "not a day of the calendar"),
        ({"searched": "perhaps"}, "searched", "neither yes nor no"),
        ({"duration": 0}, "duration", "is no duration"),
        ({"duration": 1441}, "duration", "is no duration"),
        ({"duration": "long"}, "duration", "is no duration"),
        ({"stop_type": "Unknown"}, "stop_type", "is not known here"),
        ({"colour": "red"}, "colour", "There is no such input"),
        ({"hour": [1, 2]}, "hour", "not a single value"),
        ({"hour": {"a": 1}}, "hour", "not a single value"),
        ({"violation": "\0"}, "violation", "unprintable"),
        ({"violation": "x" * (MOST_CHARACTERS + 1)}, "violation", "longer than"),
        ({"hour": float("nan")}, "hour", "from 0 to 23"),
        ({"hour": "９"}, "hour", "from 0 to 23"),
    ],
)
def test_what_cannot_be_understood_is_told_at_its_name(data: dict[str, Any], name: str, says: str) -> None:
    assert says in " ".join(refused(**data)[name])


def test_what_is_known_only_afterwards_is_marked() -> None:
    assert not known(hour=3, stop_type="Vehicle").afterwards
    for data in ({"searched": "no"}, {"drugs": "yes"}, {"duration": "5"}):
        assert known(**data).afterwards


def test_what_was_given_is_told_as_a_person_would_write_it() -> None:
    assert known(
        violation="drunk driving", time="1021", searched=True, duration=45, date="2026-11-20"
    ).given == {
        "violation": "DUI",
        "time": "10:21",
        "searched": "yes",
        "duration": "30+ Min",
        "date": "20/11/2026",
    }
