"""A few named facts and the number that must come out, worked out by hand."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from insights import cubes
from insights.catalogue import find
from insights.filters import Filters
from insights.viewer import Viewer
from ledger import signals
from ledger.models import Person, Stop
from ledger.tests.factories import make_agency, make_stop

pytestmark = pytest.mark.django_db


def rows(slug: str, **filters: str) -> list[dict[str, Any]]:
    insight = find(slug)
    assert insight is not None
    return insight.answer(Filters.read(filters), Viewer.system()).rows


def with_passenger(**fields: Any) -> None:
    """A stop of two persons, both as given."""
    stop = make_stop(**fields)
    person = Person.objects.get(stop=stop)
    Person.objects.create(stop=stop, position=2, searched=person.searched, arrested=person.arrested)
    signals.stop_corrected.send(sender=with_passenger, old_id=stop.pk, new_id=stop.pk)


def test_vehicles_count_stops_and_not_persons() -> None:
    with_passenger(vehicle="AB1", drugs=True, searched=True)
    for _ in range(2):
        make_stop(vehicle="CD2", drugs=True, searched=True)
    assert rows("top-drug-vehicles") == [{"vehicle": "CD2", "stops": 2}, {"vehicle": "AB1", "stops": 1}]
    assert rows("most-searched-vehicles")[1] == {"vehicle": "AB1", "stops": 1, "searches": 1}
    assert sum(row["stops"] for row in rows("stops-by-hour")) == 4


def test_the_vehicles_stopped_most_are_counted_by_stops_and_not_by_persons() -> None:
    for _ in range(2):
        with_passenger(vehicle="AB1")
    for _ in range(3):
        make_stop(vehicle="CD2", drugs=None, searched=None)
    make_stop(vehicle="")
    assert rows("most-stopped-vehicles") == [{"vehicle": "CD2", "stops": 3}, {"vehicle": "AB1", "stops": 2}]


def test_a_vehicle_with_few_persons_a_stop_is_not_lost_behind_those_with_many() -> None:
    """Ten vehicles with two persons in one stop lead by persons; the one with two stops of one person is first."""
    for number in range(10):
        with_passenger(vehicle=f"P{number}")
    for _ in range(2):
        make_stop(vehicle="ALONE")
    make_stop(vehicle="AAA")
    found = rows("most-stopped-vehicles")
    assert found[0] == {"vehicle": "ALONE", "stops": 2}
    assert [row["vehicle"] for row in found[1:]] == ["AAA", *(f"P{number}" for number in range(8))]


def test_the_commonest_violations_come_first_and_the_unknown_has_its_place() -> None:
    for violation, times in (("DUI", 2), ("Speeding", 3), (None, 1)):
        for _ in range(times):
            make_stop(violation=violation)
    found = [(row["violation"], row["stops"], row["share"]) for row in rows("most-common-violations")]
    assert found == [("Speeding", 3, 1 / 2), ("DUI", 2, 1 / 3), ("Unknown", 1, 1 / 6)]


def test_each_hour_has_its_own_rates_with_intervals() -> None:
    for at, searched, arrested in (
        (time(2, 0), True, True),
        (time(2, 59), True, None),
        (time(3, 0), False, False),
        (None, True, False),
    ):
        make_stop(at=at, searched=searched, arrested=arrested)
    found = {row["hour"]: row for row in rows("rates-by-hour")}
    assert list(found) == [2, 3, None]
    two = found[2]
    assert [two[key] for key in ("stops", "searches", "search_rate", "arrests", "arrest_rate")] == [
        2,
        2,
        1,
        1,
        0.5,
    ]
    assert (two["arrest_low"], two["arrest_high"]) == pytest.approx((0.0945312, 0.9054688), abs=1e-7)
    assert (found[3]["arrest_rate"], found[None]["search_rate"]) == (0, 1)


def test_ties_of_vehicles_go_by_number_also_at_the_tenth_place() -> None:
    for number in range(14):
        make_stop(vehicle=f"Z{13 - number:02}", drugs=True)
    assert [row["vehicle"] for row in rows("top-drug-vehicles")] == [f"Z{number:02}" for number in range(10)]


def test_stops_of_searched_vehicles_are_all_their_stops() -> None:
    make_stop(vehicle="AB1", searched=True)
    make_stop(vehicle="AB1", searched=False)
    make_stop(vehicle="NEVER", searched=False)
    assert rows("most-searched-vehicles") == [{"vehicle": "AB1", "stops": 2, "searches": 1}]


def test_an_erased_vehicle_is_counted_no_more() -> None:
    stop, other = make_stop(vehicle="AB1", drugs=True), make_stop(vehicle="AB1")
    for _ in range(2):
        signals.vehicle_erased.send(sender=None, stop_id=stop.pk)
    assert rows("top-drug-vehicles") == []
    assert rows("most-stopped-vehicles") == [{"vehicle": "AB1", "stops": 1}]
    signals.vehicle_erased.send(sender=None, stop_id=other.pk)
    assert cubes.differences() == {}


def test_night_crosses_midnight() -> None:
    for at, arrested in (
        (time(19, 59), False),
        (time(20, 0), True),
        (time(4, 59), True),
        (time(5, 0), False),
        (None, True),
    ):
        make_stop(at=at, arrested=arrested)
    assert [(row["period"], row["stops"], row["arrests"]) for row in rows("night-arrest-rate")] == [
        ("Day", 2, 0),
        ("Night", 2, 2),
        ("Unknown", 1, 1),
    ]


def test_either_counts_who_is_searched_and_arrested_once() -> None:
    for searched, arrested in ((True, True), (True, False), (False, True), (False, False), (None, None)):
        make_stop(searched=searched, arrested=arrested)
    (row,) = rows("violations-leading-to-search-or-arrest")
    assert (row["stops"], row["searches"], row["arrests"], row["either"], row["rate"]) == (5, 2, 2, 3, 0.6)


def test_minutes_win_over_bands_and_unknown_durations_enter_no_mean() -> None:
    make_stop(stop={"duration_minutes": 12, "duration_band": 3})
    make_stop(stop={"duration_band": 1})
    make_stop()
    (row,) = rows("duration-by-violation")
    assert (row["stops"], row["mean_minutes"], row["share_0_15"], row["durations"]) == (
        3,
        (12 + 7.5) / 2,
        1.0,
        2,
    )


def test_a_violation_without_any_duration_has_no_mean() -> None:
    make_stop()
    (row,) = rows("duration-by-violation")
    assert (row["mean_minutes"], row["share_0_15"], row["share_30_plus"]) == (None, None, None)


def test_under_25_takes_24_and_leaves_25_and_unknown_out() -> None:
    for age in (24, 25, None, 1):
        make_stop(age=age)
    assert rows("violations-under-25") == [{"violation": "Speeding", "stops": 2, "share": 1.0}]


def test_ten_stops_are_enough_for_the_top_five_and_nine_are_not() -> None:
    for violation, count in (("DUI", 10), ("Signal", 9)):
        for _ in range(count):
            make_stop(violation=violation, arrested=True)
    assert [row["violation"] for row in rows("top-arrest-violations")] == ["DUI"]


def test_running_totals_and_changes_stay_inside_their_country() -> None:
    for country, year, count in (("India", 2024, 2), ("India", 2025, 3), ("USA", 2025, 4)):
        for _ in range(count):
            make_stop(agency=make_agency(country, country), on=date(year, 5, 5))
    found = [
        (r["country"], r["year"], r["running_stops"], r["change"]) for r in rows("yearly-stops-and-arrests")
    ]
    assert found == [("India", 2024, 2, None), ("India", 2025, 5, 0.5), ("USA", 2025, 4, None)]


def test_groups_without_a_value_are_unknown_and_shown() -> None:
    make_stop(at=None, violation=None, race=None, gender=0, age=None)
    assert rows("stops-by-hour") == [{"hour": None, "stops": 1, "share": 1.0}]
    assert rows("driver-demographics-by-country")[0] | {"country": "", "stops": 0, "share": 0} == {
        "country": "",
        "age_band": "Unknown",
        "gender": "Unknown",
        "race": "Unknown",
        "stops": 0,
        "share": 0,
    }
    assert rows("violations-rarely-enforced")[0]["violation"] == "Unknown"


def test_a_correction_counts_once_and_as_corrected() -> None:
    before = make_stop(violation="Speeding")
    fields = {"number": before.number, "version": 2, "supersedes": before, "agency": before.agency}
    after = Stop.objects.create(stopped_on=before.stopped_on, violation=None, **fields)
    Person.objects.create(stop=after)
    signals.stop_corrected.send(sender=None, old_id=before.pk, new_id=after.pk)
    assert [(row["violation"], row["stops"]) for row in rows("violations-rarely-enforced")] == [
        ("Unknown", 1)
    ]
