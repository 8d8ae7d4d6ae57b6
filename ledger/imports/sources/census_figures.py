"""Figures about the people of areas: income, race, ethnicity and the like, from a table in any layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger.choices import AreaKind
from ledger.imports import census
from ledger.imports.columns import Column
from ledger.imports.contradictions import EARLIER, contradicting
from ledger.imports.geoid import KINDS, LENGTHS, PARTS, Geoid, joined_parts, of_kind, part_columns
from ledger.imports.kinds import AREA_FIGURES
from ledger.imports.known import Known
from ledger.imports.london import borough_named
from ledger.imports.loose import LooseCount, LooseText, plain_name
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter
from ledger.imports.wide import FIGURE, MARGIN, Figure, WideSource

if TYPE_CHECKING:
    import pandas as pd

LONGEST_MEASURE = 200
RESTORE = "restore"
LONG = ("measure", "value", "margin")  # columns of a long table


class CensusFigures(WideSource):
    """One row per area with its figures side by side (wide), or one per area and measure (long: the header has a column
    for the measure and one for its value). US census areas go by GEOID, others by name."""

    name = "census-figures"
    title = "Figures about areas (census), any table"
    kind = AREA_FIGURES
    for_analysts = True
    remembers = True
    further = "in a wide table each is a measure or the margin of error of one"
    columns = {
        "geoid": Geoid("geoid", "geo_id", "geoid20", "geoid10", "fips", "block_group_id", may_lack=True),
        **part_columns(),
        "area_id": LooseText(
            "area_code", "code", "lsoa_code", "lsoa21cd", "lsoa11cd", longest=40, may_lack=True
        ),
        "area_called": LooseText(
            "area_name", "area", "borough", "ward", "lsoa_name", longest=120, may_lack=True
        ),
        "client": LooseText("client", "department", longest=60, may_lack=True),
        "measure": LooseText("measure", "variable", "variable_name", longest=LONGEST_MEASURE, may_lack=True),
        "value": census.CensusNumber("value", "estimate", may_lack=True),
        "margin": census.CensusNumber("margin", "moe", "margin_of_error", lowest=0, may_lack=True),
        "year": LooseCount("year", lowest=1790, highest=2199, what="a year", may_lack=True),
    }
    parameters: ClassVar[dict[str, Parameter]] = {
        "source": Parameter("Source", "Such as ACS 2018, 5 years; else from the file’s name", required=False),
        "year": Parameter("Year", "Where no column and not the file’s name says it", required=False),
        "area_kind": Parameter(
            "Kind of area",
            "Where no GEOID says it",
            choices=tuple(kind.value for kind in AreaKind),
            required=False,
        ),
        "zeros": Parameter(
            "Leading zeros of GEOIDs",
            "restore: one digit too few stands for a zero that a spreadsheet took away (the kind of area must be said)",
            choices=("as written", RESTORE),
            default="as written",
        ),
    }

    value_at = 0  # in a long table, the place of the column of figures

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        source, year = census.told_by_name(file_name)
        told = {"source": bound.values["source"] or source, "year": bound.values["year"] or year}
        bound.values = {**bound.values, **told}
        kind = bound.values["area_kind"]
        if kind and kind not in LENGTHS:
            bound.columns = {
                target: bound.columns[target] for target in bound.columns if target not in ("geoid", *PARTS)
            }
        else:
            bound.columns["geoid"] = of_kind(bound.columns["geoid"], kind, bound.values["zeros"] == RESTORE)
        return bound

    def fits(self, header: list[str]) -> bool:
        """Only a table with GEOIDs and without points is recognised; any other may be chosen to be one."""
        points = {"lat", "lon", "latitude", "longitude"} & {plain_name(name) for name in header}
        told_by = ("geoid",) if "geoid" in self.columns else ("area_id", "area_called")
        return any(self.columns[name].found_in(header) for name in told_by) and not points

    def is_more_header(self, cells: list[str]) -> bool:
        """The second line of the Census Bureau's downloads, which says in words what the codes mean."""
        return any(cell.lstrip().startswith((census.ESTIMATE, "!!")) for cell in cells)

    def name_columns(self, lines: list[list[str]]) -> list[str]:
        """The codes of the first line. Whether the table is long or wide shows in them."""
        self._check_values(lines[0])
        if not self._is_long(lines[0]):
            self.columns = {target: column for target, column in self.columns.items() if target not in LONG}
        return lines[0]

    def find_figures(self, lines: list[list[str]], names: list[str]) -> list[Figure]:
        if self._is_long(names):
            return []
        taken = {column.found_in(names) for column in self.columns.values()}
        places = [
            place for place, name in enumerate(names) if name not in taken and census.may_be_figure(name)
        ]
        margins = {place: census.margin_of(names[place], names) for place in places}
        labels = lines[1] if len(lines) > 1 else names
        found = [
            Figure(place, _measure(names, labels, place), margin=margins[place])
            for place in places
            if place not in margins.values()
        ]
        if not found:
            raise Unreadable("The header names no column of figures beside those that say which area it is.")
        return found

    def column_of_figures(self, name: str) -> Column:
        return census.FoundNumber(name, may_lack=True)

    def column_of_margins(self, name: str) -> Column:
        return census.CensusNumber(name, lowest=0, what="a margin of error", may_lack=True)

    def join_header(self, lines: list[list[str]]) -> list[str]:
        names = super().join_header(lines)
        if self._is_long(names):
            self.value_at = names.index(self.columns["value"].found_in(names))
        return names

    def passes_over(self, cells: list[str]) -> bool:
        """A line whose figures are all missing."""
        if self.figures:
            return super().passes_over(cells)
        return bool(cells) and len(cells) > self.value_at and census.says_nothing(cells[self.value_at])

    def _says(self, cell: str) -> bool:
        return not census.says_nothing(cell)

    def unknown(self, header: list[str]) -> list[str]:
        """Also the columns that turned out to hold words."""
        words = [column for column in self.columns.values() if getattr(column, "is_words", False)]
        return super().unknown(header) + [column.names[0] for column in words]

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """Every figure is of an area and a year, and there is one of each."""
        areas = self._areas(frame)
        about = [name for name in ("client", "measure", "year") if name in frame]
        keys = frame[about].join(areas[["area_kind", "area_name"]])
        figures = frame[[name for name in frame if name == "value" or str(name).startswith((FIGURE, MARGIN))]]
        yield contradicting(keys, figures, known, "area_name"), "", EARLIER
        yield (
            areas["area_name"].isna(),
            "",
            "names no area: neither a GEOID nor its parts, nor a name or code",
        )
        if "measure" in frame:
            yield frame["measure"].isna(), "measure", "is empty, and must not be"
        if "year" in frame and not self.values["year"]:
            yield frame["year"].isna(), "year", "is empty, and must not be"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The area and what every figure of it has in common; then one row for each figure."""
        said = self.values["year"]
        year = frame["year"].fillna(said) if "year" in frame and said else frame.get("year", said)
        about = frame.drop(columns=["geoid", *PARTS, "area_id", "area_called", "year"], errors="ignore")
        about = about.assign(**self._areas(frame), source=self.values["source"], year=year, apart="f")
        return self.parts(about, "value") if self.figures else about

    def _areas(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Kind, name and code of each row's area: by its GEOID, else by the name or code that the file has."""
        import pandas as pd

        geoid = joined_parts(frame) if "state" in frame else pd.Series(None, index=frame.index, dtype=object)
        geoid = frame["geoid"].fillna(geoid) if "geoid" in frame else geoid
        code = frame.get("area_id", pd.Series(None, index=frame.index, dtype=object))
        called = frame["area_called"].fillna(code) if "area_called" in frame else code
        if self.values.get("area_kind") == AreaKind.BOROUGH:
            called = called.map(lambda name: borough_named(name) or name, na_action="ignore")
        by_geoid = geoid.map(lambda digits: KINDS.get(len(digits)), na_action="ignore").astype(object)
        kind = by_geoid.fillna(self.values.get("area_kind") or None)
        areas = pd.DataFrame(
            {"area_kind": kind, "area_name": geoid.fillna(called), "area_code": geoid.fillna(code)}
        )
        return areas.where(areas["area_kind"].notna() & areas["area_name"].notna(), None)

    def _is_long(self, names: list[str]) -> bool:
        long = [
            self.columns[target].found_in(names) for target in ("measure", "value") if target in self.columns
        ]
        return len(long) == 2 and all(long)

    def _check_values(self, names: list[str]) -> None:
        """What must be said of the file because it does not say it itself."""
        values, found = (
            self.values,
            {target for target, column in self.columns.items() if column.found_in(names)},
        )
        if not values["source"]:
            raise Unreadable("Say the source of the figures (in a command: --set source=…).")
        if "year" not in found and not values["year"]:
            raise Unreadable("No column tells the year. Say it (in a command: --set year=…).")
        if values["year"] and not re.fullmatch(r"(1[789]|2[01])[0-9]{2}", values["year"]):
            raise Unreadable("The year is a number of four digits from 1700 to 2199.")
        if values["zeros"] == RESTORE and values["area_kind"] not in LENGTHS:
            raise Unreadable(f"To restore zeros, say the kind of area: {', '.join(LENGTHS)}.")
        if not found & {"geoid", *PARTS} and not values["area_kind"]:
            raise Unreadable("No column is a GEOID. Say the kind of area (in a command: --set area_kind=…).")
        if not found & {"geoid", "state", "area_id", "area_called"}:
            raise Unreadable("No column tells the area. Choose the column with its GEOID, code or name.")


def _measure(names: list[str], labels: list[str], place: int) -> str:
    """What a column of figures is of: its name, and after a code what the header's second line says."""
    name, label = names[place], labels[place]
    code = name[:-1] if name.endswith("E") and (name[:-1] + "M" in names or label != name) else name
    words = " ".join(label.removeprefix(census.ESTIMATE).replace("!!", " ").split())
    measure = f"{code} {words}" if label != name else words if name.startswith(census.ESTIMATE) else code
    if len(measure) > LONGEST_MEASURE:
        raise Unreadable(f"A column’s name has more than {LONGEST_MEASURE} characters: “{measure[:60]}…”.")
    return measure
