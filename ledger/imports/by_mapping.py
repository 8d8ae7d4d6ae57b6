"""Sources for tables in any layout: whoever imports says which column is which, and how days and times are written."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.choices import AreaKind
from ledger.imports import declared
from ledger.imports.columns import AgencyName, Choice, Code, Text
from ledger.imports.declared import DeclaredDay, DeclaredTime
from ledger.imports.loose import Loose
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source, country_said

if TYPE_CHECKING:
    import pandas as pd

MIDNIGHT = "00:00:00"
REFUSE, LEAVE = "refuse the row", "leave the field unknown"


class LooseAgency(Loose, AgencyName): ...


class LooseBand(Loose, Choice): ...


class LooseOwnText(Loose, Text): ...


def dates_and_times() -> dict[str, Parameter]:
    """What must be said of any table: how days and times are written, and what becomes of words that are in no list."""
    return {
        "dates": Parameter(
            "How days are written",
            "Years first (2024-02-01) and names of months (1 Feb 2024) are understood in any case.",
            choices=tuple(declared.ORDERS),
        ),
        "times": Parameter(
            "How times are written", choices=(declared.HOURS, declared.DIGITS), default=declared.HOURS
        ),
        "others": Parameter(
            "What a word that is in no list of ours does", choices=(REFUSE, LEAVE), default=REFUSE
        ),
    }


def area_and_place(area: AreaKind) -> dict[str, Parameter]:
    """What may be said of the areas in a column, and of agencies that the ledger does not know yet."""
    return {
        "area": Parameter(
            "Kind of area",
            "Of the column chosen as area.",
            choices=tuple(kind.value for kind in AreaKind),
            default=area.value,
        ),
        "country": Parameter("Country", "Of an agency that the ledger does not know yet.", required=False),
        "zone": Parameter(
            "Time zone",
            "Such as Europe/London: of a new agency, and where times carry their offset from UTC.",
            required=False,
        ),
    }


class ByMapping(Source):
    """A table whose columns are chosen. It is never recognised: whoever imports says what its rows are."""

    by_choice = True
    parameters: ClassVar[dict[str, Parameter]]

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        zone = _checked_zone(bound.values["zone"])
        bound.columns = {
            target: self._declared(column, bound.values, zone) for target, column in bound.columns.items()
        }
        return bound

    def _declared(self, column: Any, values: Mapping[str, str], zone: str) -> Any:
        """A column as the file at hand writes it."""
        if isinstance(column, DeclaredDay):
            return column.declared(values["dates"], zone)
        if isinstance(column, DeclaredTime):
            return column.declared(values["times"])
        if values["others"] == LEAVE and self.has_list(column):
            column = copy.copy(column)
            column.lenient = True
        return column

    def has_list(self, column: Any) -> bool:
        """Whether a column takes the words of a list only."""
        return isinstance(column, Choice | Code)

    def country_of(self, agency: str) -> str:
        return country_said(self.values, agency)

    def time_zone_of(self, agency: str) -> str:
        return self.values.get("zone", "") or "UTC"

    def take_area(self, frame: pd.DataFrame) -> None:
        """The kind of the areas, as it was said."""
        if "area_name" in frame:
            frame["area_kind"] = frame["area_name"].map(lambda _: self.values["area"], na_action="ignore")


def take_moment(frame: pd.DataFrame, day: str, time: str) -> None:
    """A time behind the day counts where no column has one. Midnight sharp there stands for no time."""
    import pandas as pd

    moment = frame[day].astype("str")
    frame[day], behind = moment.str[:10], moment.str[11:]
    behind = behind.where((behind != "") & (behind != MIDNIGHT))
    own = pd.Series(frame.get(time), index=frame.index, dtype="str")
    frame[time] = own.fillna(behind)


def _checked_zone(name: str) -> str:
    """The name of a time zone, if it is one."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(
            f"“{name[:60]}” is no time zone. Write it as Europe/London or America/New_York."
        ) from None
