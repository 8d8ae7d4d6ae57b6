"""Stops from a table in any layout: whoever imports says which column is which, and how days and times are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ledger.choices import AgeBand, AreaKind, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.imports.by_mapping import (
    ByMapping,
    LooseAgency,
    LooseBand,
    LooseOwnText,
    area_and_place,
    dates_and_times,
    take_moment,
)
from ledger.imports.columns import (
    Age,
    Code,
    CodeSet,
    Degrees,
    Minutes,
    SearchTypes,
    VehicleNumber,
    YesNo,
)
from ledger.imports.declared import DeclaredDay, DeclaredTime
from ledger.imports.known import Known
from ledger.imports.loose import Loose
from ledger.imports.source import Parameter

if TYPE_CHECKING:
    import pandas as pd

TYPES = {"vehicle": StopType.VEHICLE, "pedestrian": StopType.PEDESTRIAN, "bicycle": StopType.BICYCLE}
ROLES = {
    str(StopType.VEHICLE.value): str(PersonRole.DRIVER.value),
    str(StopType.PEDESTRIAN.value): str(PersonRole.PEDESTRIAN.value),
    str(StopType.BICYCLE.value): str(PersonRole.CYCLIST.value),
}


class LooseAge(Loose, Age): ...


class LooseCode(Loose, Code): ...


class LooseCodes(Loose, CodeSet): ...


class LooseDegrees(Loose, Degrees): ...


class LooseMinutes(Loose, Minutes): ...


class LooseSearches(Loose, SearchTypes): ...


class LooseVehicle(Loose, VehicleNumber): ...


class LooseYesNo(Loose, YesNo): ...


class StopsByMapping(ByMapping):
    """One row per stop and person. The names below are where a field is looked for first; any other column can be chosen."""

    name = "stops-by-mapping"
    title = "Stops, any table (you choose the columns)"
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
        "words": LooseOwnText("words", "violation_raw", "description", "notes", "narrative", longest=1000, may_lack=True),
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
        "post": LooseOwnText("post", "check_post", "station", "unit", longest=80, may_lack=True),
        "officer": LooseOwnText("officer", "officer_id", "badge", "badge_number", longest=20, may_lack=True),
        "area_name": LooseOwnText(
            "area", "district", "beat", "zone", "precinct", "county", "county_name", "neighbourhood", longest=120,
            may_lack=True,
        ),
        "place": LooseOwnText("place", "location", "address", "street", "intersection", longest=300, may_lack=True),
        "latitude": LooseDegrees("latitude", "lat", limit=90, may_lack=True),
        "longitude": LooseDegrees("longitude", "lng", "lon", "long", limit=180, may_lack=True),
    }  # fmt: skip
    parameters: ClassVar[dict[str, Parameter]] = {
        **dates_and_times(),
        "type": Parameter("Kind of stop", "Where no column says it.", choices=tuple(TYPES), required=False),
        **area_and_place(AreaKind.DISTRICT),
    }

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Day and time apart; the person's role from the kind of stop; both coordinates or none."""
        take_moment(frame, "stopped_on", "stopped_at")
        if "stop_type" not in frame:
            kind = TYPES.get(self.values.get("type", ""))
            frame["stop_type"] = str(kind.value) if kind else None
        frame["role"] = frame["stop_type"].map(ROLES, na_action="ignore")
        self.take_area(frame)
        places = [name for name in ("latitude", "longitude") if name in frame]
        if len(places) == 2:
            both = frame["latitude"].notna() & frame["longitude"].notna()
            frame[places] = frame[places].where(both)
            return frame
        return frame.drop(columns=places)
