"""When the sun sets and dusk ends, on the local clock, from latitude, longitude and time zone. Plain Python.

The equations of the NOAA solar calculator (after Meeus, Astronomical Algorithms, 1991), good to about a minute below
72° of latitude. Sunset: the upper edge of the sun at the horizon, refraction included (90.833° from the zenith).
Dusk: the end of civil twilight, the centre of the sun at −6°, when unlit faces can no longer be told apart.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from math import acos, asin, cos, degrees, radians, sin, tan

SUNSET, DUSK = 90.833, 96.0
J2000 = date(2000, 1, 1).toordinal()


@dataclass(frozen=True)
class Evening:
    """Minutes of the local day. None where the sun does not set, or dusk does not end, before midnight."""

    day: date
    sunset: int | None
    dusk: int | None


@dataclass(frozen=True)
class Position:
    """Degrees north and east."""

    latitude: float
    longitude: float


def evenings(first: date, last: date, position: Position, time_zone: str) -> list[Evening]:
    """Every day from the first to the last, both included."""
    zone = zoneinfo.ZoneInfo(time_zone)
    days = (first + timedelta(days=index) for index in range((last - first).days + 1))
    return [
        Evening(day, _local_minute(day, position, zone, SUNSET), _local_minute(day, position, zone, DUSK))
        for day in days
    ]


def _local_minute(day: date, position: Position, zone: zoneinfo.ZoneInfo, zenith: float) -> int | None:
    """When the sun, going down, reaches the angle from the zenith: nearest minute of the day on the local clock."""
    minute = _minute_of_utc(day, position, zenith, 1080.0 - 4 * position.longitude)
    if minute is not None:
        minute = _minute_of_utc(day, position, zenith, minute)
    if minute is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment = (midnight + timedelta(minutes=minute)).astimezone(zone)
    passed = (
        (moment.date() - day).days * 1440
        + moment.hour * 60
        + moment.minute
        + (1 if moment.second >= 30 else 0)
    )
    return passed if 0 <= passed < 1440 else None


def _minute_of_utc(day: date, position: Position, zenith: float, about: float) -> float | None:
    """Minute of the UTC day of the going down, with the sun's place taken at the minute `about`."""
    century = (day.toordinal() - J2000 + about / 1440 - 0.5) / 36525
    declination, equation = _sun(century)
    latitude = radians(position.latitude)
    cosine = cos(radians(zenith)) / (cos(latitude) * cos(declination)) - tan(latitude) * tan(declination)
    if not -1 <= cosine <= 1:
        return None
    return 720 - 4 * position.longitude - equation + 4 * degrees(acos(cosine))


def _sun(century: float) -> tuple[float, float]:
    """Declination in radians and equation of time in minutes, Julian centuries after 1 January 2000, noon."""
    mean_longitude = radians((280.46646 + century * (36000.76983 + century * 0.0003032)) % 360)
    anomaly = radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + sin(3 * anomaly) * 0.000289
    )
    node = radians(125.04 - 1934.136 * century)
    longitude = mean_longitude + radians(centre - 0.00569 - 0.00478 * sin(node))
    obliquity = 23 + (26 + (21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))) / 60) / 60
    tilt = radians(obliquity + 0.00256 * cos(node))
    y = tan(tilt / 2) ** 2
    equation = (
        y * sin(2 * mean_longitude)
        - 2 * eccentricity * sin(anomaly)
        + 4 * eccentricity * y * sin(anomaly) * cos(2 * mean_longitude)
        - 0.5 * y * y * sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * sin(2 * anomaly)
    )
    return asin(sin(tilt) * sin(longitude)), 4 * degrees(equation)


def clock_changes(time_zone: str, years: range) -> list[date]:
    """Days on which the local clock is put forward or back."""
    zone = zoneinfo.ZoneInfo(time_zone)
    found = []
    for year in years:
        day, end = date(year, 1, 1), date(year, 12, 31)
        while day <= end:
            after = day + timedelta(days=1)
            if _offset(day, zone) != _offset(after, zone):
                found.append(day)
            day = after
    return found


def _offset(day: date, zone: zoneinfo.ZoneInfo) -> timedelta | None:
    return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()


@cache
def position_of_zone(time_zone: str) -> Position | None:
    """The main town of a time zone, from the zone table; None for a zone without a place, such as UTC.

    A stand-in for an agency whose own position is not known: within one zone sunset may differ by an hour.
    """
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) > 2 and not line.startswith("#") and fields[2] == time_zone:
            north, east = _split_signs(fields[1])
            return Position(_degrees(north), _degrees(east))
    return None


def _split_signs(text: str) -> tuple[str, str]:
    """`+513030-0000731` in its two signed parts."""
    at = max(text.rfind("+"), text.rfind("-"))
    return text[:at], text[at:]


def _degrees(text: str) -> float:
    """±DDMM, ±DDDMM, ±DDMMSS or ±DDDMMSS."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    seconds = int(digits[-2:]) if len(digits) >= 6 else 0
    body = digits[:-2] if len(digits) >= 6 else digits
    return sign * (int(body[:-2]) + int(body[-2:]) / 60 + seconds / 3600)
