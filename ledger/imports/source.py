"""The unit of importing: a class that declares what the columns of a kind of file mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ledger.imports.columns import Column
from ledger.imports.known import Known
from ledger.imports.reader import Unreadable

if TYPE_CHECKING:
    import pandas as pd

# All that a row may say of its stop, the person stopped, and what is kept apart to be erasable. Codes are numbers of the
# code lists; `post`, `officer`, `vehicle` and the area are found by name in the agency, or made.
TARGETS = (
    *("agency", "stopped_on", "stopped_at", "stop_type", "duration_minutes", "duration_band", "violation_id"),
    *("drugs_related", "latitude", "longitude", "post", "officer", "area_kind", "area_name"),
    *("vehicle", "words", "place", "late_reason"),
    *("role", "gender", "race_id", "age", "age_band", "outcome", "arrested", "searched", "search_bases"),
    *("frisked", "contraband_found", "contraband"),
)

# Last column of the download of refused rows; passed over when they come back mended.
REFUSED_BECAUSE = "refused because"


class Source:
    """One kind of file. `columns` names for each target the column that it comes from; the rest is optional."""

    name: ClassVar[str]
    title: ClassVar[str]
    columns: ClassVar[dict[str, Column]]
    constants: ClassVar[dict[str, str | int]] = {}  # targets that are the same for every row of this source
    kept: ClassVar[tuple[str, ...]] = ()  # columns that are known and stay in the recorded row only
    offered: ClassVar[bool] = True  # in the list of sources and on the upload page
    file_names: ClassVar[str] = ""  # how its files are named, where the name says whose rows they are

    def agency_of_file(self, file_name: str) -> str:
        """The agency that a file's name tells; empty when it tells none."""
        return ""

    def country_of(self, agency: str) -> str:
        """The country of an agency that the ledger does not know yet."""
        raise NotImplementedError

    def time_zone_of(self, agency: str) -> str:
        """The time zone of an agency that the ledger does not know yet."""
        return "UTC"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The place for an oddity: gets the cleaned columns as declared and gives back targets only."""
        return frame

    @property
    def names_agency(self) -> bool:
        """Whether the file says whose rows they are; else the agency must be named by whoever imports."""
        return "agency" in self.columns

    @property
    def header(self) -> list[str]:
        """The columns as they are usually called."""
        return [column.names[0] for column in self.columns.values()]

    def found(self, header: list[str]) -> int:
        """How many of this source's columns a header has."""
        return sum(bool(column.found_in(header)) for column in self.columns.values())

    def fits(self, header: list[str]) -> bool:
        """Whether a header has all that this source needs."""
        return not self._missing(header)

    def places(self, header: list[str]) -> dict[str, int]:
        """Where in a record each target's column stands. Refuses a header that does not fit, in plain words."""
        doubled = sorted({name for name in header if name and header.count(name) > 1})
        if doubled:
            raise Unreadable(
                f"The header names {_listed(doubled)} twice. Rename or remove one of the two columns."
            )
        if missing := self._missing(header):
            raise Unreadable(self._about_missing(header, missing))
        found = {target: column.found_in(header) for target, column in self.columns.items()}
        return {target: header.index(name) for target, name in found.items() if name}

    def unknown(self, header: list[str]) -> list[str]:
        """Columns of a header that this source does not know. They stay in the recorded row."""
        known = {name for column in self.columns.values() for name in column.names}
        known |= {*self.kept, REFUSED_BECAUSE}
        return [
            name or f"column {place}, without a name"
            for place, name in enumerate(header, 1)
            if name not in known
        ]

    def _missing(self, header: list[str]) -> list[str]:
        needed = (column for column in self.columns.values() if not column.may_lack)
        return [column.names[0] for column in needed if not column.found_in(header)]

    def _about_missing(self, header: list[str], missing: list[str]) -> str:
        for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
            if len(header) <= 2 and self.fits([cell.strip() for cell in ",".join(header).split(mark)]):
                return f"The cells are separated by {name}, not by commas. Save the file as CSV with commas."
        seen = f" It has: {_listed([name for name in header if name][:20])}." if any(header) else ""
        word = "column" if len(missing) == 1 else "columns"
        return f"The header lacks the {word} {_listed(missing)} of the source “{self.name}”.{seen}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names)
