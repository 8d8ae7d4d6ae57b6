"""Stop and search as data.police.uk publishes it: one CSV file a force and month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ledger.choices import AgeBand, Gender, Outcome, StopType
from ledger.imports.columns import Choice, Code, Column, Degrees, Text, YesNo
from ledger.imports.known import Known, Words
from ledger.imports.police_forces import COUNTRY, TIME_ZONE, force_of_file
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

MIDNIGHT = "00:00:00"
DRUGS = ("controlled drugs", "psychoactive substances")
DRUGS_WARNINGS = ("khat or cannabis warning", "offender given drugs possession warning")

# What became of the person, in the words of newer files and of those up to 2017.
OUTCOMES: dict[str, Outcome] = {
    "a no further action disposal": Outcome.NO_ACTION,
    "nothing found - no further action": Outcome.NO_ACTION,
    "suspected psychoactive substances seized - no further action": Outcome.NO_ACTION,
    "false": Outcome.NO_ACTION,  # as the website's interface writes "nothing found"
    "arrest": Outcome.ARREST,
    "suspect arrested": Outcome.ARREST,
    "summons / charged by post": Outcome.SUMMONS,
    "suspect summonsed to court": Outcome.SUMMONS,
    "penalty notice for disorder": Outcome.CITATION,
    "offender given penalty notice": Outcome.CITATION,
    "caution (simple or conditional)": Outcome.WARNING,
    "offender cautioned": Outcome.WARNING,
    "community resolution": Outcome.WARNING,
    "local resolution": Outcome.WARNING,
    **dict.fromkeys(DRUGS_WARNINGS, Outcome.WARNING),
    "article found - detailed outcome unavailable": Outcome.UNKNOWN,
    "details not available": Outcome.UNKNOWN,
}
# The outcome is the only word about an arrest; where it is unknown, so is the arrest.
ARRESTED: dict[str, str] = {
    word: "t" if outcome == Outcome.ARREST else "f" for word, outcome in OUTCOMES.items() if outcome
}
# Outcomes whose words say whether something was found.
FOUND: dict[str, str] = {
    "nothing found - no further action": "f",
    "false": "f",
    "article found - detailed outcome unavailable": "t",
    "suspected psychoactive substances seized - no further action": "t",
    **dict.fromkeys(DRUGS_WARNINGS, "t"),
}
AGE_RANGES: dict[str, int] = {
    "under 10": AgeBand.MINOR,
    "10-17": AgeBand.MINOR,
    "oct-17": AgeBand.MINOR,  # what a spreadsheet makes of 10-17 when it takes it for a date
    "17-oct": AgeBand.MINOR,
    "over 34": AgeBand.UNKNOWN,  # spans four bands of ours
}
# What was searched, as labels of the list of search bases.
SEARCHED: dict[str, tuple[str, ...]] = {
    "person search": ("person search",),
    "vehicle search": ("vehicle search",),
    "person and vehicle search": ("vehicle search", "person search"),
}


class LocalMoment(Column):
    """Date and time on the clocks of the United Kingdom, from a moment written in UTC or with its offset."""

    complaint = "is not a moment from 1900 to 2199, written as 2022-08-31T23:00:00+00:00"
    form = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})"

    def clean(self, texts: Texts, known: Known) -> Texts:
        import pandas as pd

        formed = texts.where(texts.str.fullmatch(self.form, na=False))
        moments = pd.to_datetime(formed, format="ISO8601", errors="coerce", utc=True)
        local = moments.dt.tz_convert(TIME_ZONE)
        return local.dt.strftime("%Y-%m-%d %H:%M:%S").where(local.dt.year >= 1900)


class OneOf(Column):
    """A word of a fixed list, in any case; several things follow from it."""

    def __init__(self, *names: str, words: Iterable[str]) -> None:
        super().__init__(*names)
        self.words = Words({}, list(words))

    def clean(self, texts: Texts, known: Known) -> Texts:
        lower = texts.str.lower()
        return lower.where(lower.isin(self.words.labels))

    def say(self, known: Known) -> str:
        return self.words.complaint()


class OfficerDefinedEthnicity(Code):
    """Ethnicity as the officer saw it. Mixed has no code of its own."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts.str.lower().replace("mixed", "other"), known)


class PoliceUkStopSearch(Source):
    """One row per person or vehicle searched; rows without an id, so equal rows are kept apart by counting them."""

    name = "police-uk-stop-search"
    title = "data.police.uk, stop and search"
    file_names = "2022-09-metropolitan-stop-and-search.csv"
    columns = {
        "type": OneOf("Type", words=SEARCHED),
        "stopped_on": LocalMoment("Date", required=True),
        "latitude": Degrees("Latitude", limit=90, may_lack=True),
        "longitude": Degrees("Longitude", limit=180, may_lack=True),
        "gender": Choice("Gender", words=Gender),
        "age_band": Choice("Age range", words=AgeBand, also=AGE_RANGES),
        "race_id": OfficerDefinedEthnicity("Officer-defined ethnicity", words="race"),
        "legislation": Text("Legislation", longest=300, may_lack=True),
        "object": Text("Object of search", longest=300, may_lack=True),
        "result": OneOf("Outcome", words=OUTCOMES),
        "linked": YesNo("Outcome linked to object of search", may_lack=True),
    }
    constants = {"searched": "t"}
    kept = (
        *("Part of a policing operation", "Policing operation", "Self-defined ethnicity"),
        "Removal of more than just outer clothing",
    )
    own: ClassVar[tuple[str, ...]] = ("type", "legislation", "object", "result", "linked")

    def agency_of_file(self, file_name: str) -> str:
        return force_of_file(file_name, "stop-and-search")

    def country_of(self, agency: str) -> str:
        return COUNTRY

    def time_zone_of(self, agency: str) -> str:
        return TIME_ZONE

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Day and time apart, and what follows from the words of type, object and outcome."""
        import pandas as pd

        for name in (*self.own, "latitude", "longitude"):  # a file may lack some
            frame[name] = pd.Series(frame.get(name), index=frame.index, dtype="str")
        moment = frame["stopped_on"].astype("str")
        frame["stopped_on"], frame["stopped_at"] = moment.str[:10], _time(moment.str[11:])
        frame["stop_type"] = frame["type"].map(_in_vehicle, na_action="ignore")
        frame["search_bases"] = frame["type"].map(_search_bases(known))
        frame["outcome"] = frame["result"].map({word: str(code.value) for word, code in OUTCOMES.items()})
        frame["arrested"] = frame["result"].map(ARRESTED)
        frame["contraband_found"] = frame["result"].map(FOUND).fillna(_found_by_link(frame))
        frame["drugs_related"] = _about_drugs(frame)
        frame["words"] = _joined(frame["legislation"], frame["object"])
        both = frame["latitude"].notna() & frame["longitude"].notna()
        frame[["latitude", "longitude"]] = frame[["latitude", "longitude"]].where(both)
        return frame.drop(columns=[*self.own])


def _time(times: Texts) -> Texts:
    """Midnight to the second is no time: so the publisher writes it where a force gives days only."""
    return times.where(times != MIDNIGHT)


def _in_vehicle(searched: str) -> str:
    """Whether a person who was searched was on foot or out of a vehicle is not said."""
    return str((StopType.VEHICLE if "vehicle" in searched else StopType.UNKNOWN).value)


def _search_bases(known: Known) -> dict[str, str]:
    """For each type the codes of what was searched, as PostgreSQL reads a list."""
    codes = known.words["search_basis"].codes
    return {
        word: "{" + ",".join(map(str, sorted(codes[label] for label in labels))) + "}"
        for word, labels in SEARCHED.items()
    }


def _found_by_link(frame: pd.DataFrame) -> Texts:
    """Whether the search found what it was for. “Outcome linked to object” tells of a find only beside an outcome that is
    some action: of those without further action, forces mark all as linked, some, or none.
    """
    acted = frame["result"].isin([word for word, code in OUTCOMES.items() if code > Outcome.NO_ACTION])
    return frame["linked"].where(acted | (frame["linked"] == "f"))


def _about_drugs(frame: pd.DataFrame) -> Texts:
    """Whether the stop is about drugs: they were searched for, or warned about. Unknown where no object is given."""
    looked_for = frame["object"].str.lower().isin(DRUGS).map({True: "t", False: "f"})
    return looked_for.where(frame["object"].notna()).mask(frame["result"].isin(DRUGS_WARNINGS), "t")


def _joined(law: Texts, searched_for: Texts) -> Texts:
    """`Misuse of Drugs Act 1971 (section 23): Controlled drugs`, or the one that is given."""
    both = law + ": " + searched_for
    return both.fillna(law).fillna(searched_for)
