"""Census block groups with their population and the number of predictions in them, as The Markup published them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ledger.choices import AreaKind
from ledger.imports.boundary import Boundary
from ledger.imports.columns import Column, Text, WholeNumber
from ledger.imports.geojson import GEOMETRY
from ledger.imports.kinds import AREA_FIGURES
from ledger.imports.known import Known
from ledger.imports.source import Source, spread

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

CENSUS, CENSUS_YEAR = "ACS 2018, 5 years", "2018"
VENDOR = "PredPol predictions"
MOST = 999_999_999
# The figures of a feature, named as in the file.
PEOPLE = ("total_estimate", "white_alone", "latino_alone", "black_alone", "asian_alone")
HOUSEHOLDS = ("total_estimate_household", "eligible_for_frl", "ineligible_for_frl")
PREDICTIONS = "count"
MEASURES = (*PEOPLE, *HOUSEHOLDS, PREDICTIONS)


class BlockGroup(Column):
    """A GEOID of a block group: twelve digits, the first of which may be a zero that a spreadsheet takes away."""

    complaint = "is not a GEOID of a block group: 12 digits"

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.where(texts.str.fullmatch("[0-9]{12}", na=False))


class PredpolBlockGroups(Source):
    """One feature per block group of a client's jurisdiction. It becomes an area with its boundary and nine figures."""

    name = "predpol-block-groups"
    title = "The Markup, block groups with predictions (GeoJSON)"
    kind = AREA_FIGURES
    for_analysts = True
    formats = ("geojson",)
    file_names = "la-geojson-with-data.json"
    columns = {
        "area_name": BlockGroup("id", required=True),
        "client": Text("client", longest=60, required=True),
        **{
            measure: WholeNumber(
                measure, lowest=0, highest=MOST, what="a number of people, households or predictions"
            )
            for measure in MEASURES
        },
        "boundary": Boundary(GEOMETRY, required=True, may_lack=True),
    }

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        yield frame[list(MEASURES)].isna().all(axis=1), "total_estimate", "is empty, as all other figures are"

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        numbers = frame[list(MEASURES)].astype("float")
        groups = numbers[list(PEOPLE[1:])].sum(axis=1)
        households = numbers["eligible_for_frl"] + numbers["ineligible_for_frl"]
        yield groups > numbers["total_estimate"], "told of more people in the groups than in all"
        yield (
            households > numbers["total_estimate_household"],
            "told of more households eligible or not than in all",
        )
        repeated = frame.duplicated(["area_name", "client"])
        yield repeated, "told of a block group and client again"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """A row per figure. The first of each block group brings its boundary."""
        whole = spread(frame, _figures(frame))
        whole["boundary"] = whole["boundary"].where(~whole.index.duplicated())
        whole["area_kind"] = AreaKind.BLOCK_GROUP.value
        whole["area_code"] = whole["area_name"]
        whole["apart"] = "f"
        return whole


def _figures(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """For each measure the rows that have it. Predictions were counted over the time of use, which is no one year."""
    for measure in MEASURES:
        part = frame.loc[frame[measure].notna(), ["area_name", "client", "boundary"]].copy()
        part["measure"], part["value"] = (
            measure,
            frame.loc[part.index, measure],
        )  # all rows would fill an empty part
        predicted = measure == PREDICTIONS
        part["source"], part["year"] = (VENDOR, None) if predicted else (CENSUS, CENSUS_YEAR)
        yield part
