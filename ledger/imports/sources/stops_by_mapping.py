"""Stops from a table in any layout: whoever imports says which column is which, and how days and times are written."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.choices import AgeBand, AreaKind, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.imports import declared
from ledger.imports.columns import (
    Age,
    AgencyName,
    Choice,
    Code,
    CodeSet,
    Degrees,
    Minutes,
    SearchTypes,
    Text,
    VehicleNumber,
    YesNo,
)
from ledger.imports.declared import DeclaredDay, DeclaredTime
from ledger.imports.known import Known
from ledger.imports.loose import Loose
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source

if TYPE_CHECKING:
    import pandas as pd

MIDNIGHT = "00:00:00"
REFUSE, LEAVE = "refuse the row", "leave the field unknown"
TYPES = {"vehicle": StopType.VEHICLE, "pedestrian": StopType.PEDESTRIAN, "bicycle": StopType.BICYCLE}
ROLES = {
    str(StopType.VEHICLE.value): str(PersonRole.DRIVER.value),
    str(StopType.PEDESTRIAN.value): str(PersonRole.PEDESTRIAN.value),
    str(StopType.BICYCLE.value): str(PersonRole.CYCLIST.value),
}


class LooseAgency(Loose, AgencyName): ...


class LooseAge(Loose, Age): ...


class LooseBand(Loose, Choice): ...


class LooseCode(Loose, Code): ...


class LooseCodes(Loose, CodeSet): ...


class LooseDegrees(Loose, Degrees): ...


class LooseMinutes(Loose, Minutes): ...


class LooseSearches(Loose, SearchTypes): ...


class LooseText(Loose, Text): ...


class LooseVehicle(Loose, VehicleNumber): ...


class LooseYesNo(Loose, YesNo): ...


class StopsByMapping(Source):
    """One row per stop and person. The names below are where a field is looked for first; any other column can be chosen."""

    name = "stops-by-mapping"
    title = "Stops, any table (you choose the columns)"
    by_choice = True
    columns = {
        "stopped_on": DeclaredDay(
            *("stopped_on", "stop_date", "date", "date_of_stop", "stop_datetime", "date_time", "datetime"),
            required=True,
        ),
        "stopped_at": DeclaredTime("stopped_at", "stop_time", "time", "time_of_stop", may_lack=True),
        "agency": LooseAgency("agency", "agency_name", "department", "force", "police_department", may_lack=True),
        "gender": LooseBand("gender", "sex", "driver_gender", "subject_sex", "driver_sex", words=Gender, may_lack=True),
        "age": LooseAge("age", "driver_age", "subject_age", "age_years", may_lack=True),
        "age_band": LooseBand("age_band", "age_group", "age_range", words=AgeBand, may_lack=True),
        "race_id": LooseCode(
            "race", "ethnicity", "driver_race", "subject_race", "race_ethnicity", words="race", may_lack=True
        ),
        "violation_id": LooseCode(
            "violation", "reason", "stop_reason", "reason_for_stop", "offence", "offense", words="violation", may_lack=True
        ),
        "words": LooseText("words", "violation_raw", "description", "notes", "narrative", longest=1000, may_lack=True),
        "outcome": LooseBand(
            "outcome", "stop_outcome", "result", "disposition", "action_taken", words=Outcome, may_lack=True
        ),
        "arrested": LooseYesNo("arrested", "is_arrested", "arrest_made", "arrest", may_lack=True),
        "searched": LooseYesNo("searched", "search_conducted", "search", "was_searched", may_lack=True),
        "search_bases": LooseSearches("search_bases", "search_type", "search_basis", "search_reason", may_lack=True),
        "frisked": LooseYesNo("frisked", "frisk_performed", "frisk", may_lack=True),
        "contraband_found": LooseYesNo("contraband_found", "contraband", "found", "hit", may_lack=True),
        "contraband": LooseCodes("contraband_kinds", "items_found", "contraband_type", words="contraband", may_lack=True),
        "drugs_related": LooseYesNo("drugs_related", "drugs_related_stop", "drug_related", may_lack=True),
        "stop_type": LooseBand("stop_type", "type", "type_of_stop", words=StopType, may_lack=True),
        "duration_minutes": LooseMinutes("duration_minutes", "duration", "minutes", "stop_duration_minutes", may_lack=True),
        "duration_band": LooseBand("duration_band", "stop_duration", words=DurationBand, may_lack=True),
        "vehicle": LooseVehicle(
            "vehicle", "vehicle_number", "plate", "license_plate", "licence_plate", "registration", may_lack=True
        ),
        "post": LooseText("post", "check_post", "station", "unit", longest=80, may_lack=True),
        "officer": LooseText("officer", "officer_id", "badge", "badge_number", longest=20, may_lack=True),
        "area_name": LooseText(
            "area", "district", "beat", "zone", "precinct", "county", "county_name", "neighbourhood", longest=120,
            may_lack=True,
        ),
        "place": LooseText("place", "location", "address", "street", "intersection", longest=300, may_lack=True),
        "latitude": LooseDegrees("latitude", "lat", limit=90, may_lack=True),
        "longitude": LooseDegrees("longitude", "lng", "lon", "long", limit=180, may_lack=True),
    }  # fmt: skip
    parameters: ClassVar[dict[str, Parameter]] = {
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
        "type": Parameter("Kind of stop", "Where no column says it.", choices=tuple(TYPES), required=False),
        "area": Parameter(
            "Kind of area",
            "Of the column chosen as area.",
            choices=tuple(kind.value for kind in AreaKind),
            default=AreaKind.DISTRICT.value,
        ),
        "country": Parameter("Country", "Of an agency that the ledger does not know yet.", required=False),
        "zone": Parameter(
            "Time zone",
            "Such as Europe/London: of a new agency, and where times carry their offset from UTC.",
            required=False,
        ),
    }

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
        if values["others"] == LEAVE and isinstance(column, Choice | Code):
            column = copy.copy(column)
            column.lenient = True
        return column

    def country_of(self, agency: str) -> str:
        country = self.values.get("country", "")
        if not country:
            raise Unreadable(
                f"The agency “{agency}” is new: say its country (in a command: --set country=…), or mend its name."
            )
        return country

    def time_zone_of(self, agency: str) -> str:
        return self.values.get("zone", "") or "UTC"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Day and time apart; the person's role from the kind of stop; both coordinates or none."""
        _take_moment(frame)
        if "stop_type" not in frame:
            kind = TYPES.get(self.values.get("type", ""))
            frame["stop_type"] = str(kind.value) if kind else None
        frame["role"] = frame["stop_type"].map(ROLES, na_action="ignore")
        if "area_name" in frame:
            frame["area_kind"] = frame["area_name"].map(lambda _: self.values["area"], na_action="ignore")
        places = [name for name in ("latitude", "longitude") if name in frame]
        if len(places) == 2:
            both = frame["latitude"].notna() & frame["longitude"].notna()
            frame[places] = frame[places].where(both)
            return frame
        return frame.drop(columns=places)


def _take_moment(frame: pd.DataFrame) -> None:
    """A time behind the day counts where no column has one. Midnight sharp there stands for no time."""
    import pandas as pd

    moment = frame["stopped_on"].astype("str")
    frame["stopped_on"], behind = moment.str[:10], moment.str[11:]
    behind = behind.where((behind != "") & (behind != MIDNIGHT))
    own = pd.Series(frame.get("stopped_at"), index=frame.index, dtype="str")
    frame["stopped_at"] = own.fillna(behind)


def _checked_zone(name: str) -> str:
    """The name of a time zone, if it is one."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(
            f"“{name[:60]}” is no time zone. Write it as Europe/London or America/New_York."
        ) from None
