"""When the sun sets and dusk ends, on the local clock, from latitude, longitude and time zone.

The equations of the NOAA solar calculator (after Meeus, Astronomical Algorithms, 1991), good to about a minute below
72° of latitude. Sunset: the upper edge of the sun at the horizon, refraction included (90.833° from the zenith).
Dusk: the end of civil twilight, the centre of the sun at −6°, when unlit faces can no longer be told apart.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # of float64; products with integer arrays count too

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
    days = [date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1)]
    sunsets, dusks = (
        [None if np.isnan(one) else int(one) for one in minutes]
        for minutes in evening_minutes(first, last, position, time_zone)
    )
    return [Evening(*evening) for evening in zip(days, sunsets, dusks, strict=True)]


def evening_minutes(first: date, last: date, position: Position, time_zone: str) -> tuple[Floats, Floats]:
    """Minute of sunset and of the end of dusk of every day, NaN where there is none: as `evenings`, in arrays."""
    ordinals = np.arange(first.toordinal(), last.toordinal() + 1, dtype=float)
    offsets = np.array(_offsets(first, last, time_zone))
    sunset, dusk = (_local_minutes(ordinals, offsets, position, zenith) for zenith in (SUNSET, DUSK))
    return sunset, dusk


@lru_cache(maxsize=16)
def _offsets(first: date, last: date, time_zone: str) -> tuple[float, ...]:
    """Minutes of the local clock ahead of UTC. Clocks are put forward and back at night, so the afternoon's offset holds
    in the evening. Many agencies share a zone.
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    days = (date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1))
    return tuple(_offset(day, zone, hour=16).total_seconds() / 60 for day in days)


def _local_minutes(ordinals: Floats, offsets: Floats, position: Position, zenith: float) -> Floats:
    """When the sun, going down, reaches the angle from the zenith: nearest minute of each day on the local clock."""
    # How far the clock is ahead of the sun: never more than half a day, also where the date line is drawn around a place.
    ahead = (offsets - 4 * position.longitude + 720) % 1440 - 720
    after_noon: Floats = np.full(len(ordinals), 360.0)
    for _ in range(2):  # first with the sun's place at six o'clock, then at the moment found
        after_noon = _after_noon(ordinals, position, zenith, 720 + after_noon + ahead - offsets)
    minutes = np.round(720 + after_noon + ahead)
    return np.where((minutes >= 0) & (minutes < 1440), minutes, np.nan)


def _after_noon(ordinals: Floats, position: Position, zenith: float, about: Floats) -> Floats:
    """Minutes of the going down after twelve o'clock by the mean sun of the meridian, with the sun's place taken at the
    minute `about` of the UTC day; NaN where it does not go down so far.
    """
    declination, equation = _sun((ordinals - J2000 + about / 1440 - 0.5) / 36525)
    north = np.radians(position.latitude)
    cosine = np.cos(np.radians(zenith)) / (np.cos(north) * np.cos(declination)) - np.tan(north) * np.tan(
        declination
    )
    with np.errstate(invalid="ignore"):
        angle = np.degrees(np.arccos(cosine))
    return np.asarray(4 * angle - equation)


def _sun(century: Floats) -> tuple[Floats, Floats]:
    """Declination in radians and equation of time in minutes, Julian centuries after 1 January 2000, noon."""
    mean_longitude = np.radians((280.46646 + century * (36000.76983 + century * 0.0003032)) % 360)
    anomaly = np.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        np.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + np.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * century)
    longitude = mean_longitude + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    obliquity = 23 + (26 + (21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))) / 60) / 60
    tilt = np.radians(obliquity + 0.00256 * np.cos(node))
    y = np.tan(tilt / 2) ** 2
    equation = (
        y * np.sin(2 * mean_longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * mean_longitude)
        - 0.5 * y * y * np.sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    return np.arcsin(np.sin(tilt) * np.sin(longitude)), np.asarray(4 * np.degrees(equation))


def clock_changes(time_zone: str, years: range) -> list[date]:
    """Days on which the local clock is put forward or back."""
    zone = zoneinfo.ZoneInfo(time_zone)
    first, last = date(years[0], 1, 1).toordinal(), date(years[-1], 12, 31).toordinal()
    days = (date.fromordinal(one) for one in range(first, last + 1))
    return [day for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]


def _offset(day: date, zone: zoneinfo.ZoneInfo, hour: int = 0) -> timedelta:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).utcoffset() or timedelta()


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
