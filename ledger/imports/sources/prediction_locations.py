"""Predicted places of any vendor: a CSV whose columns are guessed by their names, or chosen by whoever imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger.imports.geoid import KINDS, PARTS, Geoid, joined_parts, part_columns
from ledger.imports.kinds import VENDOR_PREDICTIONS
from ledger.imports.known import Known
from ledger.imports.loose import LooseCount, LooseDay, LooseDegrees, LooseText, in_order, plain_name
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source

if TYPE_CHECKING:
    import pandas as pd

ORDERS = {"year-month-day": "ymd", "day/month/year": "dmy", "month/day/year": "mdy"}
PLACES = ("latitude", "longitude", "label", "geoid")


class PredictionLocations(Source):
    """One row per prediction, or per place with a count. A place is a point, a name or address, or a census area."""

    name = "prediction-locations"
    title = "Predicted places, any table"
    kind = VENDOR_PREDICTIONS
    for_analysts = True
    columns = {
        "client": LooseText(
            "client", "department", "agency", "jurisdiction", "customer", longest=60, may_lack=True
        ),
        "label": LooseText(
            *("label", "address", "address_x", "place", "place_name", "location", "location_name", "title"),
            longest=200,
            may_lack=True,
        ),
        "kind": LooseText(
            *(
                "kind",
                "incident_types",
                "incident_type",
                "crime_type",
                "crime",
                "offense",
                "category",
                "type",
            ),
            longest=200,
            may_lack=True,
        ),
        "latitude": LooseDegrees("latitude", "lat", limit=90, decimals=6, may_lack=True),
        "longitude": LooseDegrees("longitude", "lon", "lng", "long", limit=180, decimals=6, may_lack=True),
        "predicted_on": LooseDay(
            *("predicted_on", "prediction_date", "report_date", "date", "day"), times=True, may_lack=True
        ),
        "count": LooseCount(
            *("count", "pred_count", "num_preds", "predictions"),
            lowest=0,
            highest=2_000_000_000,
            may_lack=True,
        ),
        "geoid": Geoid("geoid", "geo_id", may_lack=True),
        **part_columns(),
    }
    parameters: ClassVar[dict[str, Parameter]] = {
        "client": Parameter("Client", "Whose predictions they are, where no column says it", required=False),
        "dates": Parameter("Order of dates", choices=tuple(ORDERS), default="year-month-day"),
    }

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        bound.columns["predicted_on"] = in_order(bound.columns["predicted_on"], ORDERS[bound.values["dates"]])
        return bound

    def fits(self, header: list[str]) -> bool:
        """Only a table that speaks of predictions and places is recognised; any other may be chosen to be one."""
        speaks = any(plain_name(name).startswith("pred") for name in header)
        return speaks and not self._missing(header)

    def join_header(self, lines: list[list[str]]) -> list[str]:
        if not (self.columns["client"].found_in(lines[0]) or self.values.get("client")):
            raise Unreadable(
                "No column tells whose predictions these are. Say the client (in a command: --set client=…)."
            )
        return super().join_header(lines)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """Every prediction has a client and a place."""
        if "client" in frame and not self.values.get("client"):
            yield frame["client"].isna(), "client", "is empty, and must not be"
        yield (
            ~_has_place(frame),
            "",
            "names no place: neither both coordinates, nor a name or address, nor a census area",
        )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str]]:
        """Points that are none, of predictions that have another place."""
        if {"latitude", "longitude"} & set(frame):
            some = frame[[name for name in ("latitude", "longitude") if name in frame]].notna().any(axis=1)
            yield (
                some & ~_has_point(frame),
                "have one coordinate only, or the point 0, 0: their point is unknown",
            )

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Both coordinates or none; 0, 0 is none. The area by its GEOID."""
        said = self.values.get("client")
        frame["client"] = (
            frame["client"].fillna(said) if "client" in frame and said else frame.get("client", said)
        )
        if {"latitude", "longitude"} <= set(frame):
            frame[["latitude", "longitude"]] = frame[["latitude", "longitude"]].where(_has_point(frame))
        else:
            frame = frame.drop(columns=["latitude", "longitude"], errors="ignore")
        geoid = _geoids(frame)
        frame["area_name"] = frame["area_code"] = geoid
        frame["area_kind"] = geoid.map(lambda digits: KINDS[len(digits)], na_action="ignore")
        return frame.drop(columns=["geoid", *PARTS], errors="ignore")

    def _missing(self, header: list[str]) -> list[str]:
        point = all(self.columns[name].found_in(header) for name in ("latitude", "longitude"))
        other = any(
            self.columns[name].found_in(header) for name in ("label", "geoid", "block_group", "tract")
        )
        return super()._missing(header) + ([] if point or other else ["latitude", "longitude"])


def _has_point(frame: pd.DataFrame) -> pd.Series:
    """Rows with both coordinates, other than the point where a geocoder puts what it does not find."""
    import pandas as pd

    if not {"latitude", "longitude"} <= set(frame):
        return pd.Series(False, index=frame.index)
    latitude, longitude = frame["latitude"].astype("float"), frame["longitude"].astype("float")
    return latitude.notna() & longitude.notna() & ~((latitude == 0) & (longitude == 0))


def _geoids(frame: pd.DataFrame) -> pd.Series:
    """The census area of each row: its GEOID, else what the parts make up."""
    made = joined_parts(frame)
    return frame["geoid"].fillna(made) if "geoid" in frame else made


def _has_place(frame: pd.DataFrame) -> pd.Series:
    named = frame["label"].notna() if "label" in frame else False
    return _has_point(frame) | named | _geoids(frame).notna()
