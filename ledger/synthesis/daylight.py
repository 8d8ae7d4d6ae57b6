"""Whether it is light: from the height of the sun over a made-up force's town, by a short formula of its own.

The tests of fairness reckon the sun by another, longer formula (`insights.fairness.sun`), so that what is planted here
and what is looked for there do not rest on the same lines.
"""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from ledger.synthesis.calendar import Month
from ledger.synthesis.places import Force

CIVIL_DUSK = -6.0  # degrees of the sun below which faces can no longer be told apart without a lamp


def is_light(month: Month, minute: Any, force: Force) -> Any:
    """For minutes since the month began, on the force's own clock: whether the sun is above the end of civil dusk."""
    return sun_height(month, minute, force) > CIVIL_DUSK


def sun_height(month: Month, minute: Any, force: Force) -> Any:
    """Degrees of the sun above the horizon (Spencer 1971: Fourier series of declination and equation of time)."""
    import numpy as np

    begin = datetime(month.year, month.month, 1)
    day_of_year = begin.timetuple().tm_yday - 1 + np.asarray(minute) / 1440
    turn = 2 * np.pi * day_of_year / 365.25
    declination = (
        0.006918 - 0.399912 * np.cos(turn) + 0.070257 * np.sin(turn) - 0.006758 * np.cos(2 * turn)
        + 0.000907 * np.sin(2 * turn) - 0.002697 * np.cos(3 * turn) + 0.00148 * np.sin(3 * turn)
    )  # fmt: skip
    minutes_ahead = 229.18 * (
        0.000075 + 0.001868 * np.cos(turn) - 0.032077 * np.sin(turn) - 0.014615 * np.cos(2 * turn)
        - 0.040849 * np.sin(2 * turn)
    )  # fmt: skip
    solar = minute % 1440 + minutes_ahead + 4 * force.longitude - _offsets(month, minute, force)
    angle, north = np.radians(solar / 4 - 180), np.radians(force.latitude)
    height = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(angle)
    return np.degrees(np.arcsin(height.clip(-1, 1)))


def _offsets(month: Month, minute: Any, force: Force) -> Any:
    """Minutes of the local clock ahead of UTC; of each day, as they are at noon."""
    import numpy as np

    zone = zoneinfo.ZoneInfo(force.time_zone)
    noons = [
        datetime(month.year, month.month, 1, 12, tzinfo=zone) + timedelta(days=day)
        for day in range(month.days)
    ]
    offsets = [noon.utcoffset() or timedelta() for noon in noons]
    return np.array([offset.total_seconds() / 60 for offset in offsets])[np.asarray(minute) // 1440]
