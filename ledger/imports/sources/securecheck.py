"""The police post log of the SecureCheck files."""

from __future__ import annotations

from ledger.choices import DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.imports.columns import (
    Age,
    AgencyName,
    Choice,
    Code,
    Date,
    SearchTypes,
    Text,
    Time,
    VehicleNumber,
    YesNo,
)
from ledger.imports.source import Source

TIME_ZONES = {
    "Canada": "America/Toronto",
    "India": "Asia/Kolkata",
    "USA": "America/New_York",
    "United Kingdom": "Europe/London",
}


class SecureCheck(Source):
    """One row per stop, one agency per country, named as the country. Contradictions are kept as recorded and flagged."""

    name = "securecheck"
    title = "SecureCheck post log"
    columns = {
        "agency": AgencyName("country_name", required=True),
        "stopped_on": Date("stop_date", required=True),
        "stopped_at": Time("stop_time"),
        "gender": Choice("driver_gender", words=Gender),
        "age": Age("driver_age"),
        "race_id": Code("driver_race", words="race"),
        "words": Text("violation_raw", longest=1000),
        "violation_id": Code("violation", words="violation"),
        "searched": YesNo("search_conducted"),
        "search_bases": SearchTypes("search_type", none=("none",)),  # the literal word: no search of any kind
        "outcome": Choice("stop_outcome", words=Outcome),
        "arrested": YesNo("is_arrested"),
        "duration_band": Choice("stop_duration", words=DurationBand),
        "drugs_related": YesNo("drugs_related_stop"),
        "vehicle": VehicleNumber("vehicle_number"),
    }
    constants = {"role": PersonRole.DRIVER, "stop_type": StopType.VEHICLE}
    kept = ("driver_age_raw",)  # as first recorded; it differs from driver_age nearly always

    def country_of(self, agency: str) -> str:
        return agency

    def time_zone_of(self, agency: str) -> str:
        return TIME_ZONES.get(agency, "UTC")
