"""Reported crime of the Atlanta Police Department: the COBRA downloads in their four layouts, and the open data from 2021 on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger import offences
from ledger.choices import AreaKind
from ledger.imports.columns import Degrees, Text, Time
from ledger.imports.kinds import INCIDENTS
from ledger.imports.known import Known
from ledger.imports.moments import Moment
from ledger.imports.occurrence import NO_DAY, OLDEST, days, impossible, odd, reported, texts, times
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

AGENCY = "Atlanta Police Department"
ZONE = "America/New_York"
NO_TIME = ("00:00:00", "00:01:00")  # heaped as no other time is: written where the time is not known
OUTSIDE = "out of jurisdiction"
TELLING = 20  # rows whose day of the week tells the clock of the file


class ReportDay(Moment):
    """The day of the report. What is no day is taken for missing, and the day is taken from the occurrence instead."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        day = super().clean(texts, known).astype("str")
        return day.where(day >= str(OLDEST), NO_DAY).where(texts.notna())


class Number(Text):
    """A number that is a name: `021140096` keeps its zero, `210.0` loses what a spreadsheet added. `Zone 2` is zone 2."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        plain = texts.str.replace(r"(?i)^zone ", "", regex=True).str.replace(
            r"^([0-9]+)\.0$", r"\1", regex=True
        )
        return super().clean(plain.str.strip(), known)


class OffenceCode(Number):
    """An offence code; `NOT_APPL` stands for none."""

    unknown = (*Text.unknown, "not_appl")

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts, known).str.upper()


class Lines(Text):
    """An address in several lines becomes one. Its last line, the country, says nothing that the agency does not."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        joined = texts.str.replace(r"\s*[\r\n]+\s*", ", ", regex=True).str.replace(r"\s+", " ", regex=True)
        return super().clean(joined.str.replace(r"(?i), united states$", "", regex=True), known)


class AtlantaCrime(Source):
    """One row per offence of a report. Dates that contradict each other are kept as recorded and counted in the run."""

    name = "atlanta-crime"
    title = "Atlanta Police Department, reported crime"
    kind = INCIDENTS
    file_names = "COBRA-2021.csv"
    columns = {
        "report": Number("offense_id", "IncidentNumber", longest=40, required=True),
        "reported_on": ReportDay("rpt_date", "ReportDate"),
        "occurred_on": Moment("occur_date", "OccurredFromDate"),
        "occurred_at": Time("occur_time", may_lack=True),
        "ended_on": Moment("poss_date", "OccurredToDate"),
        "ended_at": Time("poss_time", may_lack=True),
        "weekday": Text("Day_of_the_week", longest=20, may_lack=True),
        "charge": Number("ChargeId", longest=40, may_lack=True),
        "nibrs": OffenceCode("ibr_code", "NibrsUcrCode", longest=20, may_lack=True),
        "ucr": OffenceCode("UCR_Number", longest=20, may_lack=True),
        "words": Text("UC2_Literal", "NIBRS_Offense", longest=120),
        "beat": Number("beat", "Beat", longest=40, may_lack=True),
        "zone": Number("zone", "Zone", longest=40, may_lack=True),
        "area_name": Text("neighborhood", "NhoodName", longest=120, may_lack=True),
        "place": Lines("location", "StreetAddress", longest=200, may_lack=True),
        "latitude": Degrees("lat", "Latitude", limit=90, decimals=6, may_lack=True),
        "longitude": Degrees("long", "Longitude", limit=180, decimals=6, may_lack=True),
    }
    constants: ClassVar[dict[str, str | int]] = {"area_kind": AreaKind.NEIGHBOURHOOD.value}
    kept = (
        *(
            "apartment_office_prefix",
            "apartment_number",
            "apt_office_prefix",
            "apt_office_num",
            "watch",
            "Shift",
        ),
        *("location_type", "loc_type", "MinOfucr", "dispo_code", "npu", "occur_day", "occur_day_num"),
        *("OBJECTID", "ReportNumber", "FireArmInvolved", "Day_Number", "Part", "Crime_Against", "Vic_Count"),
        *(
            "press_release",
            "social_media",
            "IsBiasMotivationInvolved",
            "event_watch",
            "Zone_int",
            "LocationType",
        ),
        *("DISTRICT", "NPU", "GlobalID", "x", "y"),
    )
    parameters = {
        "clock": Parameter(
            "Clock of the times",
            "Of the open data from 2021 on, which may be saved with times of Atlanta or in UTC.",
            choices=("local", "UTC"),
            default="local",
        )
    }
    own: ClassVar[tuple[str, ...]] = ("report", "weekday", "charge", "nibrs", "ucr")

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        if bound.values["clock"] == "UTC":
            bound.columns = {
                target: column.written_in_utc(ZONE) if isinstance(column, Moment) else column
                for target, column in bound.columns.items()
            }
        return bound

    def agency_of_file(self, file_name: str) -> str:
        return AGENCY

    def country_of(self, agency: str) -> str:
        return "USA"

    def time_zone_of(self, agency: str) -> str:
        return ZONE

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        """Years that cannot be, an end in the future, no date at all; and a file whose times are of another clock."""
        import pandas as pd

        self._judge_clock(frame)
        number = texts(frame, "report")
        year = days(frame, "reported_on").str[:4]
        year = year.fillna(("20" + number.str[:2]).where(number.str.fullmatch(r"[0-9]{9}", na=False)))
        today = pd.Series(known.clock(AGENCY, ZONE)[:10], index=frame.index, dtype="str")
        return impossible(frame, year, today)

    def _judge_clock(self, frame: pd.DataFrame) -> None:
        """Refuse a file whose days of the week belong to the other clock."""
        import pandas as pd

        told = texts(frame, "weekday").str.lower()
        moments = pd.to_datetime(texts(frame, "occurred_on").where(told.notna()), errors="coerce").dropna()
        moments = moments[moments.dt.normalize() != moments]
        in_utc = self.values.get("clock") == "UTC"
        read, written = (ZONE, "UTC") if in_utc else ("UTC", ZONE)
        other = moments.dt.tz_localize(read, ambiguous="NaT", nonexistent="NaT").dt.tz_convert(written)
        fits, other_fits = (
            (at.dt.day_name().str.lower() == told[at.index]).sum() for at in (moments, other.dropna())
        )
        if len(moments) >= TELLING and other_fits > fits:
            raise Unreadable(
                f"By the days of the week in the file its times are {'local' if in_utc else 'in UTC'}. "
                f"Say so (in a command: --set clock={'local' if in_utc else 'UTC'})."
            )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        yield from odd(frame, NO_TIME)
        yield (
            _without_time(frame),
            "gave 0:00 or 0:01 as the time of the beginning, which stands for none here",
        )
        yield texts(frame, "beat").str.lower() == OUTSIDE, "lay outside of the jurisdiction, in no beat"
        yield _at_zero(frame), "gave the coordinates 0, 0, which stand for none"
        code = _code(frame)
        yield code.isna(), "gave no offence code of the NIBRS"
        yield code.notna() & ~code.isin(offences.NIBRS), "gave an offence code that is in no table here"
        yield (
            _repeated(frame),
            "repeated the row of an incident beside another neighbourhood, and added nothing",
        )

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Report and offence are the key; days and times apart, and what stands for unknown taken away."""
        code, named = _code(frame), _named(frame)
        frame["apart"] = (~_repeated(frame)).map({True: "t", False: "f"})
        frame["key"] = texts(frame, "report") + "-" + named
        frame["offence"] = code
        frame["group"] = _group_by_words(frame, code)
        _take_dates(frame)
        _take_place(frame)
        return frame.drop(columns=[*self.own], errors="ignore")


def _code(frame: pd.DataFrame) -> Texts:
    """The NIBRS code; of the old system the one that took the place of the UCR number."""
    from_ucr = texts(frame, "ucr").map(offences.nibrs_of_ucr, na_action="ignore")
    return texts(frame, "nibrs").fillna(from_ucr.astype("str"))


def _named(frame: pd.DataFrame) -> Texts:
    """What tells the offences of one report apart: the code, else the number, else the words."""
    return _code(frame).fillna(texts(frame, "ucr")).fillna(texts(frame, "words").str[:30]).fillna("?")


def _group_by_words(frame: pd.DataFrame, code: Texts) -> Texts:
    """Our group by the words, where the code tells none."""
    words = texts(frame, "words")
    groups = {word: offences.group_of_uc2(word) for word in words.dropna().unique()}
    codes = {word: str(group.value) for word, group in groups.items() if group is not None}
    return words.map(codes).where(~code.isin(offences.NIBRS))


def _repeated(frame: pd.DataFrame) -> pd.Series:
    """Rows of one incident that lies in two neighbourhoods of the map: the same report, offence, times and place again."""
    told = {name: texts(frame, name) for name in ("report", "charge", "occurred_at", "ended_at", "place")}
    told |= {name: texts(frame, name) for name in ("occurred_on", "ended_on", "latitude", "longitude")}
    return frame.assign(**told, named=_named(frame)).duplicated([*told, "named"])


def _without_time(frame: pd.DataFrame) -> pd.Series:
    return times(frame, "occurred_on", "occurred_at").isin(NO_TIME)


def _take_dates(frame: pd.DataFrame) -> None:
    """Days and times apart; the report's day from the end or the start where it has none."""
    for day, time in (("occurred_on", "occurred_at"), ("ended_on", "ended_at")):
        at = times(frame, day, time)
        frame[time] = at.where(~at.isin(NO_TIME))
    frame["reported_imputed"] = days(frame, "reported_on").isna().map({True: "t", False: "f"})
    frame["reported_on"] = reported(frame)
    frame["occurred_on"], frame["ended_on"] = days(frame, "occurred_on"), days(frame, "ended_on")
    frame["month"] = frame["occurred_on"].fillna(frame["reported_on"])


def _at_zero(frame: pd.DataFrame) -> pd.Series:
    return (texts(frame, "latitude").astype("float") == 0) & (texts(frame, "longitude").astype("float") == 0)


def _take_place(frame: pd.DataFrame) -> None:
    """Both coordinates or none. A beat's first digit is its zone."""
    latitude, longitude = texts(frame, "latitude"), texts(frame, "longitude")
    known = latitude.notna() & longitude.notna() & ~_at_zero(frame)
    frame["latitude"], frame["longitude"] = latitude.where(known), longitude.where(known)
    beat = texts(frame, "beat")
    frame["beat"] = beat.where(beat.str.lower() != OUTSIDE)
    of_beat = beat.str[:1].where(beat.str.fullmatch("[1-9][0-9]{2}", na=False))
    frame["zone"] = texts(frame, "zone").fillna(of_beat)
