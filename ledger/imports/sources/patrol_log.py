"""A force's own log of patrols: any table that says when a unit came to a place, and when it left or how long it stayed."""

from __future__ import annotations

import copy
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger.imports.kinds import PATROL_VISITS
from ledger.imports.known import Known
from ledger.imports.loose import Loose, LooseDegrees, LooseNumber, LooseText
from ledger.imports.moments import LocalMoment
from ledger.imports.occurrence import texts
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source, country_said

if TYPE_CHECKING:
    import pandas as pd

ORDERS = ("year-month-day or month/day/year", "day/month/year")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
LONGEST = 7 * 24 * 60  # minutes that a visit may be told to last


class LooseMoment(Loose, LocalMoment):
    """A moment under a guessed name, on the clocks that are told of the file."""

    day_first = False

    def __init__(self, *names: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, place="UTC", required=required, may_lack=may_lack)

    def declared(self, zone: str, day_first: bool) -> Self:
        """This column in a file of these clocks and this order of dates."""
        other = copy.copy(self)
        other.place, other.day_first = zoneinfo.ZoneInfo(zone), day_first
        return other

    def _read(self, text: str) -> str | None:
        return super()._read(_DAY_FIRST.sub(r"\2/\1/\3", text, count=1) if self.day_first else text)


class PatrolLog(Source):
    """One row per visit of a unit to a place. The names below are looked for first; any other column can be chosen."""

    name = "patrol-log"
    title = "Log of patrols, any table (you choose the columns)"
    kind = PATROL_VISITS
    by_choice = True
    columns = {
        "started_at": LooseMoment(
            *("started_at", "started", "start", "start_time", "arrived", "arrival", "on_scene", "time_in"),
            required=True,
        ),
        "ended_at": LooseMoment(
            *("ended_at", "ended", "end", "end_time", "left", "departed", "cleared", "time_out"),
            may_lack=True,
        ),
        "minutes": LooseNumber(
            *("minutes", "time_spent", "duration", "duration_minutes"),
            lowest=0,
            highest=LONGEST,
            what="a number of minutes up to a week",
            may_lack=True,
        ),
        "unit": LooseText("unit", "unit_id", "callsign", "call_sign", "vehicle", longest=40, may_lack=True),
        "kind": LooseText("kind", "type", "inc_type", "patrol_type", "activity", longest=60, may_lack=True),
        "place": LooseText("place", "location", "area", "beat", "address", longest=200, may_lack=True),
        "latitude": LooseDegrees("latitude", "lat", limit=90, decimals=6, may_lack=True),
        "longitude": LooseDegrees("longitude", "lon", "lng", "long", limit=180, decimals=6, may_lack=True),
    }
    parameters: ClassVar[dict[str, Parameter]] = {
        "zone": Parameter("Time zone", "Of the clocks by which the log was kept, such as Europe/London."),
        "dates": Parameter("Order of dates", choices=ORDERS, default=ORDERS[0]),
        "country": Parameter("Country", "Of an agency that the ledger does not know yet.", required=False),
    }

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        zone, day_first = bound.values["zone"], bound.values["dates"] == ORDERS[1]
        if zone not in zoneinfo.available_timezones():
            raise Unreadable(f"“{zone[:60]}” is not a time zone. Write it as in Europe/London.")
        bound.columns = {
            target: column.declared(zone, day_first) if isinstance(column, LooseMoment) else column
            for target, column in bound.columns.items()
        }
        return bound

    def country_of(self, agency: str) -> str:
        return country_said(self.values, agency)

    def time_zone_of(self, agency: str) -> str:
        return self.values.get("zone", "") or "UTC"

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        import pandas as pd

        now = pd.Timestamp.now(tz="UTC")
        for name in ("started_at", "ended_at"):
            if name in frame:
                yield (
                    pd.to_datetime(frame[name].astype("str"), utc=True, errors="coerce") > now,
                    name,
                    "is in the future",
                )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str]]:
        import pandas as pd

        if "ended_at" in frame:
            begun, over = (
                pd.to_datetime(frame[name].astype("str"), utc=True, errors="coerce")
                for name in ("started_at", "ended_at")
            )
            yield over < begun, "ended before they began: their end is not used"
        untold = [frame[name].isna() for name in ("ended_at", "minutes") if name in frame]
        nowhere = [~_has_point(frame), *(frame[name].isna() for name in ("place",) if name in frame)]
        for missing, what in ((untold, "tell neither an end nor a length"), (nowhere, "name no place")):
            of_all = pd.Series(True, index=frame.index)
            for one in missing:
                of_all &= one
            yield of_all, what

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Both coordinates or none; 0, 0 is none."""
        if not {"latitude", "longitude"} <= set(frame):
            return frame.drop(columns=["latitude", "longitude"], errors="ignore")
        frame[["latitude", "longitude"]] = frame[["latitude", "longitude"]].where(_has_point(frame))
        return frame


def _has_point(frame: pd.DataFrame) -> pd.Series:
    """Which rows tell both coordinates, and not 0, 0."""
    import pandas as pd

    if not {"latitude", "longitude"} <= set(frame):
        return pd.Series(False, index=frame.index)
    latitude, longitude = (texts(frame, name).astype("float") for name in ("latitude", "longitude"))
    return latitude.notna() & longitude.notna() & ~((latitude == 0) & (longitude == 0))
