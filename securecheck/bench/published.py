"""The published files that the sources were made for: how each kind is named, read, and how many rows it is said to have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Published:
    """Files of one kind, by how their paths end. `described`: rows of all of them together as their descriptions count
    them, None where none does. Without a source, `why` says why they are not imported."""

    files: str
    source: str = ""
    described: int | None = None
    agency: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


ATLANTA = "Atlanta Police Department"
JOINED = "features of one name are joined"
# In an order in which later files may need earlier ones.
PUBLISHED = [
    Published("traffic_stops_with_vehicle_number.*.csv", "securecheck", 125),
    Published("police.csv", "open-policing", 27_918, agency="Rhode Island State Police"),
    Published("*-stop-and-search.csv", "police-uk-stop-search", 35_034),
    Published("*-street.csv", "police-uk-street", 68_280, why="an id repeated in its file is one crime"),
    Published("*-outcomes*.csv", "police-uk-outcomes", 15),
    Published("COBRA-*.csv", "atlanta-crime", 43_477, why="an offence of a report is one, in whichever file"),
    Published(
        "CRIMES BY YEAR.csv", described=2_481, why="daily totals, no incidents; they check the incidents"
    ),
    Published("APD_BEAT_*.json", "boundaries", values={"kind": "beat", "agency": ATLANTA}, why=JOINED),
    Published("apd_zones_*.json", "boundaries", values={"kind": "zone", "agency": ATLANTA}),
    Published("Neighborhoods_*.json", "boundaries", values={"kind": "neighbourhood", "agency": ATLANTA}),
    Published("NPU Boundaries_*.json", "boundaries", values={"kind": "district", "agency": ATLANTA}),
    Published("crime_with_predictions.csv", "plainfield-crimes", 3_225),
    Published(
        "Opra Request Dated *.csv",
        "plainfield-crimes",
        3_234,
        why="the study's file told most of them before",
    ),
    Published("plainfield_dosage.csv", "plainfield-patrols", 417),
    Published("vague-addresses.csv", described=40, why="addresses that the study left out, no reports"),
    Published("NIBRS_OFFENSE_TYPE.csv", "nibrs-codes", 86),
    Published("opp-stops_*.csv", "open-policing-rates", 11_799),
    Published("PAS_Dashboard_Borough.csv", "london-survey", 9_312),
    Published("*perceptions.csv", "london-perceptions", 106),
    Published("*neighbourhood_indicators*.csv", "london-perceptions", 112),
    Published("departments.csv", "predpol-departments", 39),
    Published("prediction_count.csv", "predpol-departments", 39),
    Published("dept_usage_dates.csv", "predpol-departments", 38),
    Published("dept_prediction_date_ranges.csv", "predpol-departments", 38),
    Published("pred_count_by_dept/*.csv", "predpol-counts", 103_648),
    Published(
        "*-geojson-with-data.json",
        "predpol-block-groups",
        6_060,
        why="a neighbour's file tells the same of a block group",
    ),
    Published("dataframes/*.csv", described=3_473, why="results of the study, for checks of method"),
]
