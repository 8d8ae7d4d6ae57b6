"""Patrols of predicted places in Plainfield, New Jersey, as the police gave them out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger.imports.columns import Column, Degrees, Text
from ledger.imports.kinds import PATROL_VISITS
from ledger.imports.known import Known
from ledger.imports.moments import LocalMoment
from ledger.imports.occurrence import texts
from ledger.imports.published import Number, Plain
from ledger.imports.source import Source
from ledger.imports.sources.plainfield_crimes import AGENCY, ZONE

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

# How the dispatch system shortens its two kinds of patrol.
KINDS = {
    "HOTSPOT PTRL": "HOTSPOT PATROL",
    "PROACTIVE PTRL": "PROACTIVE PATROL",
    "PROACTIVE PATRO": "PROACTIVE PATROL",
}
OFF = 2  # minutes between the time told and that between start and end, which are told in whole minutes
_SUM = re.compile(r"averages?|totals?|[0-9,]+ record\(s\)", re.IGNORECASE)


class PatrolKind(Plain):
    """The kind of patrol in one spelling."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts.str.upper(), known).replace(KINDS)


class PlainfieldPatrols(Source):
    """One row per visit of a unit. Blank lines and the lines that sum up at the end are no visits."""

    name = "plainfield-patrols"
    title = "Plainfield, New Jersey, patrols of predicted places"
    kind = PATROL_VISITS
    file_names = "plainfield_dosage.csv"
    columns: dict[str, Column] = {
        "unit": Text("Unit ID", longest=40),
        "kind": PatrolKind("Inc Type", longest=60),
        "place": Plain("Location", longest=200),
        "latitude": Degrees("Latitude", limit=90, decimals=6),
        "longitude": Degrees("Longitude", limit=180, decimals=6),
        "started_at": LocalMoment("Started", place=ZONE, required=True),
        "ended_at": LocalMoment("Ended", place=ZONE),
        "minutes": Number("Time Spent", lowest=0, highest=100_000, what="a number of minutes"),
    }
    kept = ("Inc #",)

    def agency_of_file(self, file_name: str) -> str:
        return AGENCY

    def country_of(self, agency: str) -> str:
        return "USA"

    def time_zone_of(self, agency: str) -> str:
        return ZONE

    def passes_over(self, cells: list[str]) -> bool:
        filled = [cell.strip() for cell in cells if cell.strip()]
        return not filled or bool(_SUM.fullmatch(filled[0]) and len(filled) <= 2)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        now = known.clock(AGENCY, ZONE).replace(" ", "T")
        for name in ("started_at", "ended_at"):
            yield texts(frame, name).str[:19] > now, name, "is in the future"

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        import pandas as pd

        begun, over = (
            pd.to_datetime(frame[name].astype("str"), utc=True) for name in ("started_at", "ended_at")
        )
        spent = (over - begun).dt.total_seconds() / 60
        yield over < begun, "ended before they began"
        yield (
            (spent - texts(frame, "minutes").astype("float")).abs() > OFF,
            "told another time spent than from start to end",
        )

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Both coordinates or none."""
        placed = frame["latitude"].notna() & frame["longitude"].notna()
        frame["latitude"], frame["longitude"] = (
            frame["latitude"].where(placed),
            frame["longitude"].where(placed),
        )
        return frame
