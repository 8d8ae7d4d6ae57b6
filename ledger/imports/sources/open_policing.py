"""Stop-level files of the Stanford Open Policing Project, in the first naming (2017) and in the later one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ledger.choices import AreaKind, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.imports.columns import (
    Age,
    Choice,
    Code,
    Date,
    Degrees,
    SearchTypes,
    Text,
    Time,
    YesNo,
)
from ledger.imports.known import Known
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd


class OpenPolicing(Source):
    """One row per stop; the files name no agency. Grounds of a search are joined in one cell."""

    name = "open-policing"
    title = "Stanford Open Policing, stop level"
    columns = {
        "stopped_on": Date("stop_date", "date", required=True),
        "stopped_at": Time("stop_time", "time"),
        "county": Text("county_name", longest=120, may_lack=True),
        "gender": Choice("driver_gender", "subject_sex", words=Gender),
        "age": Age("driver_age", "subject_age", may_lack=True),
        "race_id": Code("driver_race", "subject_race", words="race"),
        "words": Text("violation_raw", "raw_reason_for_stop", longest=1000, may_lack=True),
        "violation_id": Code("violation", "reason_for_stop", words="violation", may_lack=True),
        "searched": YesNo("search_conducted"),
        "search_bases": SearchTypes("search_type", "search_basis", may_lack=True),
        "outcome": Choice("stop_outcome", "outcome", words=Outcome),
        "arrested": YesNo("is_arrested", "arrest_made", may_lack=True),
        "duration_band": Choice("stop_duration", words=DurationBand, may_lack=True),
        "drugs_related": YesNo("drugs_related_stop", may_lack=True),
        "district": Text("district", "zone", longest=120, may_lack=True),
        "stop_type": Choice("type", words=StopType, may_lack=True),
        "latitude": Degrees("lat", limit=90, may_lack=True),
        "longitude": Degrees("lng", limit=180, may_lack=True),
        "frisked": YesNo("frisk_performed", may_lack=True),
        "contraband_found": YesNo("contraband_found", may_lack=True),
        "Drugs": YesNo("contraband_drugs", may_lack=True),
        "Weapon": YesNo("contraband_weapons", may_lack=True),
        "Alcohol": YesNo("contraband_alcohol", may_lack=True),
        "Other": YesNo("contraband_other", may_lack=True),
    }
    kept = (
        *("id", "raw_row_number", "state", "location_raw", "location", "police_department", "department_id"),
        *("driver_age_raw", "driver_race_raw", "search_type_raw", "county_fips", "fine_grained_location"),
        *("officer_id", "out_of_state", "vehicle_make", "vehicle_model", "citation_issued", "warning_issued"),
    )
    finds: ClassVar[tuple[str, ...]] = ("Drugs", "Weapon", "Alcohol", "Other")  # labels of the code list
    roles: ClassVar[dict[str, str]] = {
        str(StopType.VEHICLE.value): str(PersonRole.DRIVER.value),
        str(StopType.PEDESTRIAN.value): str(PersonRole.PEDESTRIAN.value),
        str(StopType.BICYCLE.value): str(PersonRole.CYCLIST.value),
    }

    def country_of(self, agency: str) -> str:
        return "USA"

    def time_zone_of(self, agency: str) -> str:
        return "America/New_York"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """A district says more than its county. Files without a type are of traffic stops, and name drivers."""
        if "stop_type" not in frame:
            frame["stop_type"] = str(StopType.VEHICLE.value)
        frame["role"] = frame["stop_type"].map(self.roles)
        self._take_area(frame)
        self._take_contraband(frame, known)
        if "latitude" in frame:
            both = frame["latitude"].notna() & frame["longitude"].notna()
            frame["latitude"], frame["longitude"] = (
                frame["latitude"].where(both),
                frame["longitude"].where(both),
            )
        return frame.drop(columns=["county", "district", *self.finds], errors="ignore")

    def _take_contraband(self, frame: pd.DataFrame, known: Known) -> None:
        """What was found, from one mark a kind. Unknown when no kind is marked."""
        codes = known.words["contraband"].codes
        marked = [(column, str(codes[column.lower()])) for column in self.finds if column in frame]
        if marked:
            found = [
                [code for column, code in marked if marks[column] == "t"]
                for marks in frame.to_dict("records")
            ]
            frame["contraband"] = ["{" + ",".join(codes) + "}" if codes else None for codes in found]

    def _take_area(self, frame: pd.DataFrame) -> None:
        """The area's kind and name: of the district where it is known, else of the county."""
        frame["area_name"], frame["area_kind"] = None, None
        for column, kind in (("county", AreaKind.COUNTY), ("district", AreaKind.DISTRICT)):
            if column in frame:
                known = frame[column].notna()
                frame["area_name"] = frame["area_name"].mask(known, frame[column])
                frame["area_kind"] = frame["area_kind"].mask(known, kind.value)
