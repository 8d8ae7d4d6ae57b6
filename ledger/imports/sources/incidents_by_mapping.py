"""Reported crime from a table in any layout: whoever imports says which column is which, and how days and times are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ledger import offences
from ledger.choices import AreaKind, OffenceGroup
from ledger.imports.by_mapping import (
    ByMapping,
    LooseAgency,
    LooseBand,
    area_and_place,
    dates_and_times,
    take_moment,
)
from ledger.imports.columns import Text
from ledger.imports.declared import DeclaredDay, DeclaredTime
from ledger.imports.kinds import INCIDENTS
from ledger.imports.known import Known
from ledger.imports.loose import Loose, LooseDegrees, LooseText
from ledger.imports.occurrence import NO_DAY, days, impossible, odd, reported, texts
from ledger.imports.police_uk import Month
from ledger.imports.source import Parameter

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

SAME, ANOTHER = "the same incident", "another offence of its report"
DATING = ("occurred_on", "reported_on", "ended_on", "month")  # one of them must be there
LONGEST_WITH_OFFENCE = 45  # characters of a number, where the offence tells too
LAST_DAY = "9999-12-31"  # of rows whose agency is not known, which are refused for that


class AnyYear(DeclaredDay):
    """A day of any year: one that cannot be is judged beside the other dates of the row."""

    earliest = 1


class ReportDay(DeclaredDay):
    """The day of the report. What is no day is taken for missing, and the day is taken from the occurrence instead."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        day = super().clean(texts, known).astype("str")
        return day.where(day.notna(), NO_DAY).where(texts.notna())


class NibrsCode(Loose, Text):
    """A code of the National Incident-Based Reporting System."""

    complaint = "is not an offence code of the NIBRS, such as 13A or 220"

    def clean(self, texts: Texts, known: Known) -> Texts:
        upper = texts.str.upper()
        return upper.where(upper.isin(offences.NIBRS))

    def say(self, known: Known) -> str:
        return self.complaint


class LooseMonth(Loose, Month):
    """A month under a guessed name."""


class IncidentsByMapping(ByMapping):
    """One row per incident, or per offence of a report. The names below are where a field is looked for first; any other
    column can be chosen."""

    name = "incidents-by-mapping"
    title = "Reported crime, any table (you choose the columns)"
    kind = INCIDENTS
    columns = {
        "report": LooseText(
            *("report", "report_number", "incident_id", "incident_number", "crime_id", "case_number", "case_no", "id"),
            longest=64,
            may_lack=True,
        ),
        "occurred_on": AnyYear(
            *("occurred_on", "occurrence_date", "date_of_occurrence", "incident_date", "date_occurred", "occur_date"),
            *("crime_date", "start_date", "incident_datetime", "date", "datetime"),
            may_lack=True,
        ),
        "occurred_at": DeclaredTime(
            "occurred_at", "occurrence_time", "incident_time", "time_occurred", "occur_time", "start_time", "time",
            may_lack=True,
        ),
        "ended_on": AnyYear("ended_on", "end_date", "poss_date", "occurred_to", may_lack=True),
        "ended_at": DeclaredTime("ended_at", "end_time", "poss_time", may_lack=True),
        "reported_on": ReportDay(
            "reported_on", "report_date", "date_reported", "reported_date", "rpt_date", may_lack=True
        ),
        "month": LooseMonth("month", "year_month", may_lack=True),
        "agency": LooseAgency("agency", "agency_name", "department", "force", "police_department", may_lack=True),
        "words": LooseText(
            *("words", "offence", "offense", "crime_type", "crime", "primary_type", "offense_type", "incident_type"),
            *("offence_description", "offense_description", "category", "description"),
            longest=120,
            may_lack=True,
        ),
        "nibrs": NibrsCode("nibrs", "nibrs_code", "ibr_code", "nibrs_ucr_code", longest=6, may_lack=True),
        "group": LooseBand("offence_group", "offense_group", "crime_group", words=OffenceGroup, may_lack=True),
        "beat": LooseText("beat", "police_beat", longest=40, may_lack=True),
        "zone": LooseText("zone", "police_zone", longest=40, may_lack=True),
        "area_name": LooseText(
            *("area", "neighbourhood", "neighborhood", "district", "ward", "precinct", "borough", "community_area"),
            longest=120,
            may_lack=True,
        ),
        "place": LooseText("place", "address", "location", "block", "street", longest=200, may_lack=True),
        "latitude": LooseDegrees("latitude", "lat", limit=90, decimals=6, may_lack=True),
        "longitude": LooseDegrees("longitude", "lng", "lon", "long", limit=180, decimals=6, may_lack=True),
        "outcome": LooseText("outcome", "last_outcome", "disposition", "status", longest=120, may_lack=True),
    }  # fmt: skip
    parameters: ClassVar[dict[str, Parameter]] = {
        **dates_and_times(),
        "again": Parameter(
            "What a number of a report that comes again is", choices=(SAME, ANOTHER), default=SAME
        ),
        **area_and_place(AreaKind.NEIGHBOURHOOD),
    }

    def has_list(self, column: Any) -> bool:
        return isinstance(column, NibrsCode) or super().has_list(column)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        """Years that cannot be, an end in the future, and rows that nothing dates."""
        clocks = {
            name: known.clock(name, self.time_zone_of(name))[:10]
            for name in frame["agency"].dropna().unique()
        }
        today = texts(frame, "agency").map(clocks).astype("str").fillna(LAST_DAY)
        for wrong, target, why in impossible(frame, days(frame, "reported_on").str[:4], today):
            if target in self.columns and target != "reported_on":
                yield wrong, target, why
        long = texts(frame, "report").str.len().fillna(0) > LONGEST_WITH_OFFENCE
        yield (
            long & (self.values["again"] == ANOTHER),
            "report",
            f"is longer than {LONGEST_WITH_OFFENCE} characters, to which no offence can be joined",
        )
        dated = reported(frame).notna() | texts(frame, "month").notna()
        yield ~dated, "", "gives no day and no month: nothing dates the row"

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        no_report, no_start, *others = odd(frame, ())
        yield from [no_report] if "reported_on" in frame else []
        yield from [no_start] if "occurred_on" in frame and "month" not in frame else []
        yield from others
        group = texts(frame, "group").fillna(_groups(frame)).fillna(texts(frame, "nibrs"))
        yield group.isna(), "named an offence that is in no table here, and counted as “Other”"
        yield _half_a_point(frame), "had one coordinate only, or the point 0, 0: their point is unknown"
        yield (
            self._offences_lost(frame),
            "had the number of a report before them with another offence, and added nothing",
        )

    def _offences_lost(self, frame: pd.DataFrame) -> pd.Series:
        """Rows of a report that has another offence, where one report is said to be one incident."""
        told = frame.assign(report=texts(frame, "report"), named=_named(frame))
        again = told.duplicated(["agency", "report"]) & told["report"].notna()
        return again & ~told.duplicated(["agency", "report", "named"]) & (self.values["again"] == SAME)

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Days and times apart, what tells the incident, its offence and its place."""
        _take_dates(frame)
        _take_point(frame)
        self.take_area(frame)
        number = texts(frame, "report")
        told = number if self.values["again"] == SAME else number + "-" + _named(frame)
        frame["key"] = told.fillna(_made_key(frame))
        frame["apart"] = number.isna().map({True: "t", False: "f"})
        frame["offence"] = texts(frame, "nibrs")
        frame["group"] = texts(frame, "group").fillna(_groups(frame).where(frame["offence"].isna()))
        return frame.drop(columns=["report", "nibrs"], errors="ignore")

    def _missing(self, header: list[str]) -> list[str]:
        dating = [self.columns[name] for name in DATING if name in self.columns]
        dated = any(column.found_in(header) for column in dating)
        return super()._missing(header) + ([] if dated else ["occurred_on"])


def _groups(frame: pd.DataFrame) -> Texts:
    """Our group by the words for the offence, where they are in a table."""
    words = texts(frame, "words")
    groups = {word: offences.group_of_words(word) for word in words.dropna().unique()}
    return words.map({word: str(group.value) for word, group in groups.items() if group is not None}).astype(
        "str"
    )


def _named(frame: pd.DataFrame) -> Texts:
    """What tells the offences of one report apart: the code, else the words, else the group."""
    return (
        texts(frame, "nibrs").fillna(texts(frame, "words").str[:30]).fillna(texts(frame, "group")).fillna("?")
    )


def _made_key(frame: pd.DataFrame) -> Texts:
    """What tells an incident without a number: day (else month), time, offence, and the point, else the place."""
    day = texts(frame, "occurred_on").fillna(texts(frame, "month").str[:7])
    point = texts(frame, "latitude") + "," + texts(frame, "longitude")
    where = point.fillna(texts(frame, "place").str[:24]).fillna("?")
    return day + " " + texts(frame, "occurred_at").str[:5].fillna("?") + " " + _named(frame) + " " + where


def _take_dates(frame: pd.DataFrame) -> None:
    """Days and times apart; the report's day from the end or the start where it has none."""
    for day, time in (("occurred_on", "occurred_at"), ("ended_on", "ended_at")):
        if day in frame:
            take_moment(frame, day, time)
    own, found = days(frame, "reported_on"), reported(frame)
    frame["reported_imputed"] = (own.isna() & found.notna()).map({True: "t", False: "f"})
    frame["reported_on"] = found
    frame["month"] = texts(frame, "occurred_on").fillna(texts(frame, "month")).fillna(found)


def _take_point(frame: pd.DataFrame) -> None:
    """Both coordinates or none."""
    point = texts(frame, "latitude").notna() & texts(frame, "longitude").notna() & ~_half_a_point(frame)
    for name in ("latitude", "longitude"):
        frame[name] = texts(frame, name).where(point)


def _half_a_point(frame: pd.DataFrame) -> pd.Series:
    """Rows with one coordinate only, or at 0, 0, where a geocoder puts what it does not find."""
    latitude, longitude = texts(frame, "latitude").astype("float"), texts(frame, "longitude").astype("float")
    return (latitude.isna() ^ longitude.isna()) | ((latitude == 0) & (longitude == 0))
