"""Days and moments as files of the USA write them, beside the form YYYY-MM-DD that `columns.Date` reads."""

from __future__ import annotations

import copy
import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from ledger.imports.columns import Column

if TYPE_CHECKING:
    from ledger.imports.columns import Texts
    from ledger.imports.known import Known

OLDEST = 1900
_DAY = r"(?:(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?: ?(?P<half>[AP])M)?"
_FORM = re.compile(rf"{_DAY}(?:[T ]+{_TIME})?", re.ASCII | re.IGNORECASE)


class Moment(Column):
    """A day, with or without a time: `5/19/2021`, `2021-05-19`, `12/30/2021 3:14:05 PM`, `1/12/2018 9:50`.

    Comes out as `2021-05-19` or `2021-05-19 15:14:05`, of any year: a year that cannot be is for the source to judge, which
    knows the other dates of the row.
    """

    complaint = "is not a date written as M/D/YYYY or YYYY-MM-DD, with or without a time"

    zone: ZoneInfo | None = None  # moments are written in UTC and come out on the clocks of this zone

    def written_in_utc(self, zone: str) -> Self:
        """This column in a file whose moments are in UTC, read on the clocks of a zone."""
        other = copy.copy(self)
        other.zone = ZoneInfo(zone)
        return other

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(self._read, na_action="ignore")

    def _read(self, text: str) -> str | None:
        found = _FORM.fullmatch(text)
        if not found:
            return None
        try:
            moment = datetime.combine(_day(found), _time(found))
            if self.zone and found["hour"]:
                moment = moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return None
        return moment.isoformat(" ", "seconds") if found["hour"] else moment.date().isoformat()


class LocalMoment(Moment):
    """A moment on the clocks of a place: `1/12/2018 9:50` becomes `2018-01-12T09:50:00-05:00`. In the hour that comes twice in
    autumn the first is meant; an hour that the clocks skip in spring is no moment."""

    complaint = "is not a moment written as M/D/YYYY H:MM, or the clocks skipped it"

    def __init__(self, *names: str, place: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.place = ZoneInfo(place)

    def _read(self, text: str) -> str | None:
        plain = super()._read(text)
        if not plain or len(plain) == len("2018-01-12"):
            return None
        moment = datetime.fromisoformat(plain).replace(tzinfo=self.place)
        if moment.year < OLDEST or moment.astimezone(UTC).astimezone(self.place) != moment:
            return None
        return moment.isoformat()


def _day(found: re.Match[str]) -> date:
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _time(found: re.Match[str]) -> time:
    """Hours count from 0 to 23, or from 1 to 12 with the half of the day."""
    if not found["hour"]:
        return time(0)
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of half a day")
        hour = hour % 12 + (12 if found["half"].upper() == "P" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0))
