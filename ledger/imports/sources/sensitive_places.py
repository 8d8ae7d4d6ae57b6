"""Places that predictions should not point at: schools, hospitals, police stations, public housing, from any list of points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ledger.imports.kinds import SENSITIVE_PLACES
from ledger.imports.known import Known
from ledger.imports.loose import LooseDegrees, LooseText
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source

if TYPE_CHECKING:
    import pandas as pd


class SensitivePlaces(Source):
    """One row per place. A table that names no kinds is of one kind, which is said."""

    name = "sensitive-places"
    title = "Places that predictions should not point at, any table"
    kind = SENSITIVE_PLACES
    for_analysts = True
    by_choice = True
    columns = {
        "name": LooseText("name", "place", "place_name", "facility", "title", longest=200, required=True),
        "kind": LooseText("kind", "type", "category", "amenity", longest=60, may_lack=True),
        "latitude": LooseDegrees("latitude", "lat", limit=90, decimals=6, required=True),
        "longitude": LooseDegrees("longitude", "lon", "lng", "long", limit=180, decimals=6, required=True),
    }
    parameters: ClassVar[dict[str, Parameter]] = {
        "kind": Parameter("Kind of place", "Such as school, where no column says it", required=False)
    }

    def join_header(self, lines: list[list[str]]) -> list[str]:
        if not (self.columns["kind"].found_in(lines[0]) or self.values.get("kind")):
            raise Unreadable(
                "No column tells what the places are. Say the kind (in a command: --set kind=school)."
            )
        return super().join_header(lines)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        if "kind" in frame and not self.values.get("kind"):
            yield frame["kind"].isna(), "kind", "is empty, and must not be"
        nowhere = (frame["latitude"].astype("float") == 0) & (frame["longitude"].astype("float") == 0)
        yield nowhere, "latitude", "is the point 0, 0, where geocoders put what they do not find"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """A place that is told twice is one."""
        said = self.values.get("kind")
        frame["kind"] = frame["kind"].fillna(said) if "kind" in frame and said else frame.get("kind", said)
        frame["apart"] = "f"
        return frame
