from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import asin, atan2, cos, degrees, radians, sin
from zoneinfo import ZoneInfo

import pytest

from insights.fairness.sun import Position, clock_changes, evenings, position_of_zone

PHILADELPHIA = Position(39.9525839, -75.1652215)
LONDON = Position(51.5074, -0.1278)


def _clock(minute: int | None) -> str:
    return "never" if minute is None else f"{minute // 60}:{minute % 60:02d}"


def _close(minute: int | None, clock: str, within: int = 2) -> bool:
    hours, minutes = clock.split(":")
    return minute is not None and abs(minute - int(hours) * 60 - int(minutes)) <= within


def test_philadelphia_has_the_evenings_that_open_policing_printed() -> None:
    """Dusk 17:07 to 21:07, sunset 16:37 to 20:35, of their own sun table; ours may differ by two minutes."""
    year = evenings(date(2017, 1, 1), date(2017, 12, 31), PHILADELPHIA, "America/New_York")
    sunsets, dusks = [e.sunset or 0 for e in year], [e.dusk or 0 for e in year]
    assert _close(min(sunsets), "16:37")
    assert _close(max(sunsets), "20:35")
    assert _close(min(dusks), "17:07")
    assert _close(max(dusks), "21:07")


def _almanac(day: date, position: Position, altitude: float) -> float | None:
    """Minute of the UTC day at which the sun sinks below the altitude, by another road: the low-precision coordinates
    of the Astronomical Almanac and a step-by-step search from noon.
    """

    def height(minute: float) -> float:
        days = (day - date(2000, 1, 1)).days + minute / 1440 - 0.5
        anomaly = radians(357.529 + 0.98560028 * days)
        longitude = radians(280.459 + 0.98564736 * days + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
        tilt = radians(23.439 - 0.00000036 * days)
        ascension = atan2(cos(tilt) * sin(longitude), cos(longitude))
        declination = asin(sin(tilt) * sin(longitude))
        turned = radians(280.46061837 + 360.98564736629 * days + position.longitude) - ascension
        north = radians(position.latitude)
        return degrees(asin(sin(north) * sin(declination) + cos(north) * cos(declination) * cos(turned)))

    noon = 720 - 4 * position.longitude
    return next((noon + step / 4 for step in range(4 * 720) if height(noon + step / 4) < altitude), None)


@pytest.mark.parametrize(
    ("position", "zone"),
    [
        (LONDON, "Europe/London"),
        (Position(-33.87, 151.21), "Australia/Sydney"),
        (Position(22.5726, 88.3639), "Asia/Kolkata"),
        (Position(61.2, -149.9), "America/Anchorage"),
    ],
)
@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2024, 6, 21), date(2026, 9, 22), date(2026, 12, 21)])
def test_sunset_and_dusk_are_those_of_another_reckoning(position: Position, zone: str, day: date) -> None:
    evening = evenings(day, day, position, zone)[0]
    for ours, altitude in ((evening.sunset, -0.833), (evening.dusk, -6.0)):
        minute = _almanac(day, position, altitude)
        if minute is None:
            assert ours is None
            continue
        utc = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
        local = utc.astimezone(ZoneInfo(zone))
        theirs = (local.date() - day).days * 1440 + local.hour * 60 + local.minute + local.second / 60
        if theirs < 1440:
            assert ours == pytest.approx(theirs, abs=2.0), _clock(ours)
        else:
            assert ours is None


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Tongatapu", "Pacific/Apia", "Pacific/Chatham", "Asia/Kamchatka"]
)
@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 6, 21)])
def test_evenings_beside_the_date_line_are_those_of_the_local_day(zone: str, day: date) -> None:
    """Tonga keeps the date of Asia at 175° west: its evening begins on the day before by UTC and by longitude."""
    town = position_of_zone(zone)
    assert town is not None
    evening = evenings(day, day, town, zone)[0]
    for ours, altitude in ((evening.sunset, -0.833), (evening.dusk, -6.0)):
        found = {}
        for begin in (day - timedelta(days=1), day):
            minute = _almanac(begin, town, altitude)
            assert minute is not None
            utc = datetime(begin.year, begin.month, begin.day, tzinfo=UTC) + timedelta(minutes=minute)
            local = utc.astimezone(ZoneInfo(zone))
            found[local.date()] = local.hour * 60 + local.minute + local.second / 60
        assert ours == pytest.approx(found[day], abs=2.0), _clock(ours)


def test_in_tromso_the_sun_neither_sets_in_june_nor_rises_in_december_yet_dusk_falls() -> None:
    tromso = Position(69.65, 18.96)
    june, december = (
        evenings(day, day, tromso, "Europe/Oslo")[0] for day in (date(2024, 6, 21), date(2024, 12, 21))
    )
    assert (june.sunset, june.dusk) == (None, None)
    assert december.sunset is None
    assert december.dusk is not None


def test_the_clock_moves_dusk_by_an_hour_when_it_is_put_forward() -> None:
    before, after = evenings(date(2017, 3, 11), date(2017, 3, 12), PHILADELPHIA, "America/New_York")
    assert 58 <= (after.dusk or 0) - (before.dusk or 0) <= 63


def test_changes_of_the_clock() -> None:
    assert clock_changes("America/New_York", range(2017, 2018)) == [date(2017, 3, 12), date(2017, 11, 5)]
    assert clock_changes("Asia/Kolkata", range(2017, 2019)) == []


def test_a_zone_stands_for_its_main_town() -> None:
    london, york = position_of_zone("Europe/London"), position_of_zone("America/New_York")
    assert london is not None
    assert york is not None
    assert (london.latitude, london.longitude) == pytest.approx((51.508, -0.125), abs=0.001)
    assert (york.latitude, york.longitude) == pytest.approx((40.714, -74.006), abs=0.001)
    assert position_of_zone("UTC") is None
