"""Street-level crime as data.police.uk publishes it: one CSV file a force and month, with the month only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ledger.choices import AreaKind
from ledger.imports.columns import AgencyName, Column, Degrees, Text
from ledger.imports.kinds import INCIDENTS
from ledger.imports.known import Known, Words
from ledger.imports.police_uk import CrimeId, Month, PoliceUkFile
from ledger.imports.published import Plain
from ledger.offences import UK, group_of_uk

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

SILENT_OUTCOME = "status update unavailable"


class CrimeType(Column):
    """A crime type of the crosswalk, in any case and with blanks as they come; kept as written, with single blanks."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        plain = texts.str.replace(r"\s+", " ", regex=True)
        return plain.where(plain.str.lower().isin(UK))

    def say(self, known: Known) -> str:
        return Words({}, list(UK)).complaint("is not a known crime type")


class PoliceUkStreet(PoliceUkFile):
    """One row per crime. Antisocial behaviour, and all of British Transport Police, comes without an id."""

    name = "police-uk-street"
    title = "data.police.uk, street-level crime"
    kind = INCIDENTS
    file_kind = "street"
    file_names = "2024-03-essex-street.csv"
    columns = {
        "crime_id": CrimeId("Crime ID", may_lack=True),
        "month": Month("Month", required=True),
        "agency": AgencyName("Reported by", required=True),
        "longitude": Degrees("Longitude", limit=180, decimals=6, may_lack=True),
        "latitude": Degrees("Latitude", limit=90, decimals=6, may_lack=True),
        "place": Plain("Location", longest=200, silent=("no location", "on or near"), may_lack=True),
        "area_code": Text("LSOA code", longest=40, may_lack=True),
        "area_name": Plain("LSOA name", longest=120, may_lack=True),
        "words": CrimeType("Crime type", required=True),
        "outcome": Plain("Last outcome category", longest=120, may_lack=True),
    }
    kept = ("Falls within", "Context")
    may_lack: ClassVar[tuple[str, ...]] = tuple(
        target for target, column in columns.items() if column.may_lack
    )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        yield _repeats(self._whole(frame.copy())), "with the id of another row, taken as the same crime"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The key, the group, the area, and one row for each id."""
        frame = self._whole(frame)
        both = frame["latitude"].notna() & frame["longitude"].notna()
        frame[["latitude", "longitude"]] = frame[["latitude", "longitude"]].where(both)
        frame["key"] = frame["crime_id"].fillna(_key_without_id(frame))
        frame["apart"] = frame["crime_id"].isna().map({True: "t", False: "f"})
        frame["group"] = frame["words"].map({word: group_of_uk(word) for word in frame["words"].unique()})
        frame["area_name"] = frame["area_name"].fillna(frame["area_code"])
        frame["area_kind"] = frame["area_name"].notna().map({True: AreaKind.LSOA.value, False: None})
        return frame[~_repeats(frame)].drop(columns="crime_id")

    def _whole(self, frame: pd.DataFrame) -> pd.DataFrame:
        """With a column for all that a file may lack."""
        import pandas as pd

        for name in self.may_lack:
            frame[name] = pd.Series(frame.get(name), index=frame.index, dtype="str")
        return frame


def _key_without_id(frame: pd.DataFrame) -> Texts:
    """What the next extract will say again: month, crime type and published point. The outcome changes, names of streets
    and areas may. Points have one name each, so nothing that differs is taken together."""
    point = (frame["latitude"] + "," + frame["longitude"]).fillna("no location")
    return frame["month"].str[:7] + " " + frame["words"].str.lower() + " " + point


def _repeats(frame: pd.DataFrame) -> pd.Series:
    """Rows whose crime another row tells better: one with a point, then one whose outcome says something, then the first."""
    silent = frame["outcome"].isna() | (frame["outcome"].str.lower() == SILENT_OUTCOME)
    poor = frame.assign(poor=frame["latitude"].isna() * 2 + silent).sort_values("poor", kind="stable")
    return (poor["crime_id"].notna() & poor.duplicated(["agency", "crime_id"])).sort_index()
