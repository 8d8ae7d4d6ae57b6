"""Rules of consistency, lateness, and how plates are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from ledger.choices import Flag
from ledger.flags import content_flags, is_late
from ledger.plates import near_plates, normal_plate
from ledger.tests.stops import WHO, entry


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person, flags",
    [
        ({"outcome": 5, "arrested": False}, Flag.ARREST_MISMATCH),
        ({"outcome": 2, "arrested": True}, Flag.ARREST_MISMATCH),
        ({"outcome": 0, "arrested": True}, 0),
        ({"outcome": 5, "arrested": None}, 0),
        ({"searched": True}, Flag.SEARCH_MISMATCH),
        ({"searched": False, "search_bases": (1,)}, Flag.SEARCH_MISMATCH),
        ({"searched": None, "search_bases": (1,)}, 0),
        ({"searched": True, "search_bases": (1,), "contraband": (1,)}, Flag.DRUGS_MISMATCH),
        ({"searched": True, "search_bases": (1,), "contraband": (2,)}, 0),
    ],
)
def test_contradictions_are_flagged_and_the_unknown_contradicts_nothing(
    person: dict[str, Any], flags: int
) -> None:
    what = entry(drugs_related=False, persons=(WHO, replace(WHO, **person)))
    assert content_flags(what, drugs={1}) == flags


@pytest.mark.parametrize("days, late", [(0, False), (1, False), (2, True)])
def test_late_is_counted_in_days_of_24_hours(days: int, late: bool) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert is_late(now.date() - timedelta(days=days), time(12, 0), now, max_days=1) is late


def test_where_no_day_is_granted_the_day_of_the_stop_counts() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert not is_late(now.date(), time(0, 1), now, max_days=0)
    assert is_late(now.date() - timedelta(days=1), time(23, 59), now, max_days=0)


@pytest.mark.parametrize(
    "typed, plate",
    [
        (" lb76 kbp ", "LB76KBP"),
        ("MH-12-AB-1234", "MH12AB1234"),
        ("ＡＢ１２", "AB12"),
        ("ÄB1", None),
        ("", None),
        ("A" * 21, None),
    ],
)
def test_plates_are_written_one_way(typed: str, plate: str | None) -> None:
    assert normal_plate(typed) == plate


def test_near_plates_are_one_slip_away() -> None:
    near = near_plates("LB10O")
    assert {"LBI0O", "LBIO0", "LB1O", "LB10", "LB100", "XLB10O", "LB109"} <= near
    assert "LB10O" not in near
    assert "LB1" not in near
