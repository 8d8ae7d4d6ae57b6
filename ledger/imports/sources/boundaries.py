"""Boundaries of areas of any kind, from GeoJSON or TopoJSON. The file says what the areas are called, not what they are."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from ledger.choices import AreaKind
from ledger.imports.boundary import Boundary, joined
from ledger.imports.columns import Text
from ledger.imports.geojson import GEOMETRY
from ledger.imports.kinds import AREAS
from ledger.imports.known import Known
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source, listed

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

# How properties with names and with codes are usually called, in lower case, by kind of area and for all; the British
# statistical offices put the year into theirs (`LAD21NM`, `LSOA11CD`).
NAMES: Mapping[str, tuple[str, ...]] = {
    AreaKind.BEAT: ("beat", "beat_num", "beatname"),
    AreaKind.ZONE: ("zone", "zone_", "zonename"),
    AreaKind.NEIGHBOURHOOD: ("neighborhood", "neighbourhood", "nhoodname", "nhood"),
    AreaKind.BOROUGH: ("borough", r"lad[0-9]{2}nm", "lad_name"),
    AreaKind.DISTRICT: ("district", "dist_num", "districtname", r"lad[0-9]{2}nm"),
    AreaKind.COUNTY: ("county", "county_name", "namelsad", r"cty[0-9]{2}nm"),
    AreaKind.BLOCK_GROUP: ("geoid", "geoid[0-9]{2}", "id"),
    AreaKind.TRACT: ("geoid", "geoid[0-9]{2}", "id"),
    AreaKind.LSOA: (r"lsoa[0-9]{2}nm", "lsoa_name", "lsoa_nm"),
    AreaKind.WARD: (r"wd[0-9]{2}nm", "ward", "ward_name"),
    AreaKind.FORCE: (r"pfa[0-9]{2}nm", "force", "force_name"),
    AreaKind.CITY: ("city", "city_name", "place"),
}
ANY_NAME = ("name", "title", "label", "id")
ANY_CODE = (r"(?:lsoa|lad|wd|cty|pfa|msoa)[0-9]{2}cd", "geoid", "geoid[0-9]{2}", "gss_code", "code")
LONGEST_NAME, LONGEST_CODE = 120, 40


class AreaName(Text):
    """The name of an area, with single blanks only. A number is a name too: beat 313."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        plain = texts.str.replace(r"\s+", " ", regex=True).str.replace(r"^([0-9]+)\.0$", r"\1", regex=True)
        return super().clean(plain, known)


class Boundaries(Source):
    """One feature per area, or several that are its parts. The area has the boundary that was loaded last."""

    name = "boundaries"
    title = "Boundaries of areas (GeoJSON, TopoJSON)"
    kind = AREAS
    for_analysts = True
    formats = ("geojson",)
    columns = {
        "area_name": AreaName("NAME", "name", longest=LONGEST_NAME, required=True),
        "area_code": Text("CODE", "code", longest=LONGEST_CODE, may_lack=True),
        "boundary": Boundary(GEOMETRY, required=True, may_lack=True),
    }
    parameters = {
        "kind": Parameter("Kind of area", choices=tuple(kind.value for kind in AreaKind)),
        "name": Parameter(
            "Property with the names", "Guessed from the kind of area when empty.", required=False
        ),
        "code": Parameter("Property with codes", "Guessed when empty.", required=False),
        "agency": Parameter(
            "Agency",
            "Whose areas they are, where beats, zones or neighbourhoods are an agency’s own. Most areas are of none.",
            required=False,
        ),
    }
    earlier: frozenset[str] | set[str] = frozenset()  # names in pieces of the file that were cleaned before

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        bound.earlier = set()
        return bound

    def for_header(self, header: list[str]) -> Self:
        """With the properties that were said or guessed for names and codes."""
        bound = copy.copy(self)
        bound.columns = {
            target: column.called(name) if (name := self._named(target, header)) else column
            for target, column in self.columns.items()
        }
        return bound

    def fits(self, header: list[str]) -> bool:
        """A map of which nothing is said yet may have the names in any property."""
        return super().fits(header) or (not self.values and GEOMETRY in header)

    def unknown(self, header: list[str]) -> list[str]:
        """None: a feature may have any further properties."""
        return []

    def places(self, header: list[str]) -> dict[str, int]:
        for value in ("name", "code"):
            if self.values.get(value) and self.values[value] not in header:
                raise Unreadable(
                    f"The features have no property “{self.values[value][:60]}”. They have: {listed(header[:20])}."
                )
        if not self.fits(header):
            raise Unreadable(
                "No property looks like a name of areas. Say which one names them (in a command: --set name=…). "
                f"The features have: {listed(header[:20])}."
            )
        return super().places(header)

    def _named(self, target: str, header: list[str]) -> str:
        """The property for a target: the one that was said, else a guess."""
        column, declared = self.columns[target], type(self).columns[target]
        said = self.values.get(target.removeprefix("area_"), "")
        if said or column.names != declared.names or target == "boundary":
            return said if said in header else column.found_in(header)
        usual = (
            (*NAMES.get(self.values.get("kind", ""), ()), *ANY_NAME) if target == "area_name" else ANY_CODE
        )
        return _first(header, usual)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        far = frame["area_name"].isin(self.earlier)
        yield (
            far,
            "area_name",
            "names an area that stands far above too; put the parts of an area next to each other",
        )
        lacking = frame["boundary"].isna() if "boundary" in frame else far
        of_others = frame["area_name"].isin(frame["area_name"][lacking].dropna())
        yield (
            of_others & ~lacking,
            "area_name",
            "names an area of which another part is refused; an area goes in whole",
        )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        again = frame["area_name"].duplicated()
        yield again, "named an area again: the features of one name are joined, and count once"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Features of one name are parts of one area: each row tells the whole of it, and equal rows are one."""
        frame["area_kind"] = self.values.get("kind")
        frame["area_agency"] = self._agency(known)
        if isinstance(self.earlier, set):
            self.earlier |= set(frame["area_name"])
        several = frame["area_name"].duplicated(keep=False)
        if several.any():
            parts = frame[several].groupby("area_name", sort=False)
            frame.loc[several, "boundary"] = parts["boundary"].transform(joined)
            if "area_code" in frame:
                frame.loc[several, "area_code"] = parts["area_code"].transform("first")
        frame["apart"] = "f"
        return frame

    def _agency(self, known: Known) -> str | None:
        name = self.values.get("agency", "")
        if name and name.casefold() not in known.agencies:
            raise Unreadable(
                f"There is no agency “{name[:60]}”. Have an administrator add it, or import its stops or crimes first."
            )
        return known.agencies[name.casefold()] if name else None


def _first(header: list[str], usual: Iterable[str]) -> str:
    """The first name of the header, in the order of how properties are usually called."""
    return next((name for one in usual for name in header if re.fullmatch(one, name.lower())), "")
