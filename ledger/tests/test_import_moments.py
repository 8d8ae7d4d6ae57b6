"""Days and moments as files of the USA write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports.moments import Moment

NEW_YORK = ZoneInfo("America/New_York")


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(
        r"([0-9]{1,2}/[0-9]{1,2}|0?[1-9]/[12][0-9])/[0-9]{4} (0?[1-9]|1[0-9]):[0-5][0-9](:[0-9]{2})? [AP]M",
        fullmatch=True,
    )
)
def test_any_moment_is_read_as_python_reads_it_or_refused(text: str) -> None:
    form = "%m/%d/%Y %I:%M:%S %p" if text.count(":") == 2 else "%m/%d/%Y %I:%M %p"
    try:
        expected = datetime.strptime(text, form).isoformat(" ")
    except ValueError:
        expected = None
    assert Moment("at")._read(text) == expected


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("5/19/2021", "2021-05-19"),
        ("2021-05-19", "2021-05-19"),
        ("1010-10-30", "1010-10-30"),
        ("12/30/2021 12:00:00 AM", "2021-12-30 00:00:00"),
        ("12/30/2021 12:00:00 pm", "2021-12-30 12:00:00"),
        ("1/12/2018 9:50", "2018-01-12 09:50:00"),
        ("2018-02-24 08:39:00", "2018-02-24 08:39:00"),
        ("2/29/2021", None),
        ("30/5/2021", None),
        ("5/19/21", None),
        ("5/19/2021 13:00 PM", None),
        ("0000-01-01", None),
        ("٥/19/2021", None),
        ("5/19/2021 noon", None),
    ],
)
def test_moments_are_read_in_two_forms(text: str, read: str | None) -> None:
    assert Moment("at")._read(text) == read


def test_a_moment_in_utc_falls_on_the_clocks_as_python_tells() -> None:
    column = Moment("at").written_in_utc("America/New_York")
    for month in range(1, 13):
        moment = datetime(2021, month, 15, 3, 30, tzinfo=ZoneInfo("UTC"))
        local = moment.astimezone(NEW_YORK).replace(tzinfo=None)
        assert column._read(f"{month}/15/2021 3:30 AM") == local.isoformat(" ")
    assert column._read("5/19/2021") == "2021-05-19"
    assert column._read("0001-01-01 03:00") is None
