"""What became of crimes, as data.police.uk publishes it: one CSV file a force and month of the outcome."""

from __future__ import annotations

from ledger.imports.columns import AgencyName
from ledger.imports.kinds import INCIDENT_OUTCOMES
from ledger.imports.police_uk import CrimeId, Month, PoliceUkFile
from ledger.imports.published import Plain


class PoliceUkOutcomes(PoliceUkFile):
    """One row per outcome; the crime is named by its id. Equal rows occur and are kept apart by counting them."""

    name = "police-uk-outcomes"
    title = "data.police.uk, outcomes of crimes"
    kind = INCIDENT_OUTCOMES
    file_kind = "outcomes"
    file_names = "2024-03-essex-outcomes.csv"
    columns = {
        "incident_key": CrimeId("Crime ID", required=True),
        "month": Month("Month", required=True),
        "agency": AgencyName("Reported by", required=True),
        "outcome": Plain("Outcome type", longest=120, required=True),
    }
    kept = ("Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name")
