"""Stop-level files of the Stanford Open Policing Project, in the first naming (2017) and in the standard one since."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from ledger.choices import AreaKind, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.imports.columns import (
    Age,
    Choice,
    Code,
    Column,
    Date,
    Degrees,
    SearchTypes,
    Text,
    Time,
    YesNo,
)
from ledger.imports.known import Known
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

FIRST_NAMING = "stop_date"  # only files in the first naming have this column
NEEDED = ("stopped_on", "race_id")  # of the standard naming, whose files have what the agency gave


class Violation(Code):
    """A violation of the code list. Of several in one cell, joined by commas or upright strokes, the first stands for all."""

    def __init__(self, *names: str, may_lack: bool = False) -> None:
        super().__init__(*names, words="violation", may_lack=may_lack)

    def clean(self, texts: Texts, known: Known) -> Texts:
        codes = {word: str(code) for word, code in known.words[self.words].codes.items()}
        return texts.str.lower().map(lambda text: self._first(text, codes), na_action="ignore")

    def _first(self, text: str, codes: dict[str, str]) -> str | None:
        """The code of the whole text, else of its first part; where not all parts are known, only if that is allowed."""
        if text in codes:
            return codes[text]
        found = [codes.get(part.strip()) for part in text.replace("|", ",").split(",")]
        if None in found and not self.lenient:
            return None
        return next((code for code in found if code), None)


class OpenPolicing(Source):
    """One row per stop; the files name no agency. Grounds of a search are joined in one cell."""

    name = "open-policing"
    title = "Stanford Open Policing, stop level"
    columns = {
        "stopped_on": Date("stop_date", "date", required=True),
        "stopped_at": Time("stop_time", "time"),
        "county": Text("county_name", longest=120, may_lack=True),
        "district": Text(*("district", "zone", "precinct", "division", "sector"), longest=120, may_lack=True),
        "gender": Choice("driver_gender", "subject_sex", words=Gender),
        "age": Age("driver_age", "subject_age", may_lack=True),
        "race_id": Code("driver_race", "subject_race", words="race"),
        "words": Text("violation_raw", "raw_violation", "raw_reason_for_stop", longest=1000, may_lack=True),
        "violation_id": Violation("violation", may_lack=True),
        "reason_id": Violation("reason_for_stop", may_lack=True),
        "searched": YesNo("search_conducted"),
        "search_bases": SearchTypes("search_type", "search_basis", may_lack=True),
        "person search": YesNo("search_person", may_lack=True),
        "vehicle search": YesNo("search_vehicle", may_lack=True),
        "outcome": Choice("stop_outcome", "outcome", words=Outcome),
        "arrested": YesNo("is_arrested", "arrest_made", may_lack=True),
        "cited": YesNo("citation_issued", may_lack=True),
        "warned": YesNo("warning_issued", may_lack=True),
        "duration_band": Choice("stop_duration", words=DurationBand, may_lack=True),
        "drugs_related": YesNo("drugs_related_stop", may_lack=True),
        "stop_type": Choice("type", words=StopType, may_lack=True),
        "place": Text("location_raw", "location", longest=150, may_lack=True),
        "neighbourhood": Text("neighborhood", longest=120, may_lack=True),
        "beat": Text("beat", longest=120, may_lack=True),
        "latitude": Degrees("lat", limit=90, may_lack=True),
        "longitude": Degrees("lng", limit=180, may_lack=True),
        "frisked": YesNo("frisk_performed", may_lack=True),
        "contraband_found": YesNo("contraband_found", may_lack=True),
        "drugs": YesNo("contraband_drugs", may_lack=True),
        "weapon": YesNo("contraband_weapons", may_lack=True),
        "alcohol": YesNo("contraband_alcohol", may_lack=True),
        "other": YesNo("contraband_other", may_lack=True),
    }
    kept = (
        *("id", "raw_row_number", "state", "police_department", "department_id", "department_name", "unit"),
        *("driver_age_raw", "driver_race_raw", "search_type_raw", "county_fips", "fine_grained_location"),
        *(
            "subdistrict",
            "subdivision",
            "subsector",
            "substation",
            "service_area",
            "reporting_area",
            "region",
        ),
        *(
            "police_grid_number",
            "subject_dob",
            "subject_yob",
            "disposition",
            "notes",
            "speed",
            "posted_speed",
        ),
        *("officer_id", "officer_id_hash", "officer_age", "officer_dob", "officer_race", "officer_sex"),
        *("officer_years_of_service", "officer_assignment", "out_of_state", "use_of_force_description"),
        *("use_of_force_reason", "reason_for_arrest", "reason_for_frisk", "reason_for_search"),
        *("vehicle_color", "vehicle_make", "vehicle_model", "vehicle_registration_state", "vehicle_type"),
        "vehicle_year",
    )
    finds: ClassVar[tuple[str, ...]] = ("drugs", "weapon", "alcohol", "other")  # words of the code list
    kinds_of_search: ClassVar[tuple[str, ...]] = ("person search", "vehicle search")  # as above
    areas: ClassVar[dict[str, AreaKind]] = {  # the later goes before the earlier
        "county": AreaKind.COUNTY,
        "neighbourhood": AreaKind.NEIGHBOURHOOD,
        "beat": AreaKind.BEAT,
        "district": AreaKind.DISTRICT,
    }
    marks: ClassVar[dict[str, Outcome]] = {  # in rising severity
        "warned": Outcome.WARNING,
        "cited": Outcome.CITATION,
        "arrested": Outcome.ARREST,
    }
    roles: ClassVar[dict[str, str]] = {
        str(StopType.VEHICLE.value): str(PersonRole.DRIVER.value),
        str(StopType.PEDESTRIAN.value): str(PersonRole.PEDESTRIAN.value),
        str(StopType.BICYCLE.value): str(PersonRole.CYCLIST.value),
    }

    def country_of(self, agency: str) -> str:
        return "USA"

    def time_zone_of(self, agency: str) -> str:
        return "America/New_York"

    def for_header(self, header: list[str]) -> Self:
        """Files in the standard naming lack what the agency did not give, and say violations in the agency's own words."""
        if self.columns["stopped_on"].found_in(header) == FIRST_NAMING:
            return self
        bound = copy.copy(self)
        bound.columns = {target: _eased(target, column) for target, column in self.columns.items()}
        if not self.columns["words"].found_in(header):
            bound.columns["words"] = Text(*self.columns["violation_id"].names, longest=1000, may_lack=True)
            bound.columns["reason"] = Text(*self.columns["reason_id"].names, longest=1000, may_lack=True)
        return bound

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        """What the report counts."""
        told = _filled(frame, "violation_id", "reason_id").isna() & _filled(frame, "words", "reason").notna()
        yield told, "whose violation is in words that the code list does not know: kept in words"
        outcome = _filled(frame, "outcome")
        yield outcome.isna() & self._marked(frame).notna(), "without an outcome, which their marks tell"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Files without a type are of traffic stops, and name drivers."""
        if "stop_type" not in frame:
            frame["stop_type"] = str(StopType.VEHICLE.value)
        frame["role"] = frame["stop_type"].map(self.roles)
        frame["violation_id"] = _filled(frame, "violation_id", "reason_id")
        frame["outcome"] = _filled(frame, "outcome").fillna(self._marked(frame))
        self._take_words(frame)
        self._take_area(frame)
        self._take_searches(frame, known)
        self._take_contraband(frame, known)
        point = [name for name in ("latitude", "longitude") if name in frame]
        whole = frame[point].notna().all(axis="columns") & (len(point) == 2)
        frame[point] = frame[point].where(whole)
        own = (*self.areas, *self.kinds_of_search, *self.finds, "reason", "reason_id", "cited", "warned")
        return frame.drop(columns=[*own], errors="ignore")

    def _marked(self, frame: pd.DataFrame) -> Texts:
        """The strictest outcome that a mark tells. No mark at all is not “no action”: a summons has none."""
        outcome = _nothing(frame)
        for mark, told in self.marks.items():
            if mark in frame:
                outcome = outcome.mask(frame[mark] == "t", str(told.value))
        return outcome

    def _take_words(self, frame: pd.DataFrame) -> None:
        """Violation and reason in words, where they say different things."""
        if "reason" not in frame:
            return
        words, reason = _filled(frame, "words"), frame["reason"]
        both = words.notna() & reason.notna() & (words != reason)
        joined = (reason[both] + ": " + words[both]).str[:1000]
        frame["words"] = words.fillna(reason).astype(object)
        frame.loc[both, "words"] = joined

    def _take_area(self, frame: pd.DataFrame) -> None:
        """The area's kind and name: of the district where it is known, else of the beat, the neighbourhood, the county."""
        frame["area_name"], frame["area_kind"] = None, None
        for column, kind in self.areas.items():
            if column in frame:
                known = frame[column].notna()
                frame["area_name"] = frame["area_name"].mask(known, frame[column])
                frame["area_kind"] = frame["area_kind"].mask(known, kind.value)

    def _take_searches(self, frame: pd.DataFrame, known: Known) -> None:
        """Who or what was searched, beside the grounds; a search that only these marks tell of is one."""
        marks = [kind for kind in self.kinds_of_search if kind in frame]
        if not marks:
            return
        more = _coded(frame, marks, known.words["search_basis"].codes)
        bases = _filled(frame, "search_bases").fillna("{}").str[:-1] + "," + more.fillna("{}").str[1:]
        said = _filled(frame, "search_bases").notna() | more.notna()
        frame["search_bases"] = bases.map({one: _as_set(one) for one in bases.unique()}).where(said)
        none = (frame[marks] == "f").all(axis="columns") & (len(marks) == len(self.kinds_of_search))
        told = _nothing(frame).mask(none, "f").mask(more.notna(), "t")
        frame["searched"] = _filled(frame, "searched").fillna(told)

    def _take_contraband(self, frame: pd.DataFrame, known: Known) -> None:
        """What was found, from one mark a kind. Unknown when no kind is marked."""
        if marks := [kind for kind in self.finds if kind in frame]:
            frame["contraband"] = _coded(frame, marks, known.words["contraband"].codes)


def _eased(target: str, column: Column) -> Column:
    """The column as files in the standard naming have it: it may lack, and any words for a violation are taken."""
    eased = copy.copy(column)
    eased.may_lack = column.may_lack or target not in NEEDED
    eased.lenient = isinstance(column, Violation)
    return eased


def _nothing(frame: pd.DataFrame) -> pd.Series:
    """A column that says nothing."""
    import pandas as pd

    return pd.Series(None, index=frame.index, dtype=object)


def _filled(frame: pd.DataFrame, *names: str) -> pd.Series:
    """The first of these columns, its gaps filled from the next; those that a file lacks say nothing."""
    filled = _nothing(frame)
    for name in names:
        if name in frame:
            filled = filled.fillna(frame[name].astype(object))
    return filled


def _coded(frame: pd.DataFrame, marks: list[str], codes: Mapping[str, int]) -> pd.Series:
    """The codes of the marks that say yes, as PostgreSQL reads a set; nothing where none does."""
    import numpy as np
    import pandas as pd

    bits = sum((frame[mark] == "t").to_numpy(dtype=int) << place for place, mark in enumerate(marks))
    sets = [
        "{" + ",".join(str(codes[mark]) for place, mark in enumerate(marks) if bit >> place & 1) + "}"
        for bit in range(1 << len(marks))
    ]
    told = np.array([None, *sets[1:]], dtype=object)[bits]
    return pd.Series(told, index=frame.index, dtype=object)


def _as_set(text: str) -> str:
    """Codes as PostgreSQL reads a set, each once."""
    return "{" + ",".join(sorted(set(re.findall("[0-9]+", text)), key=int)) + "}"
