"""Crime reports of Plainfield, New Jersey: as the police gave them out, and as The Markup matched them with predictions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ledger import offences
from ledger.imports.columns import Degrees, Text, Time, WholeNumber
from ledger.imports.kinds import INCIDENTS
from ledger.imports.known import Known
from ledger.imports.moments import Moment
from ledger.imports.occurrence import OLDEST, texts
from ledger.imports.published import Plain
from ledger.imports.source import Source, spread

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

AGENCY = "Plainfield Police Division"
ZONE = "America/New_York"
ELSEWHERE = "OTHER"
LONGEST_TYPES = 160


class PredictionTypes(Text):
    """Types of prediction, each once, in the order of the alphabet and joined by upright strokes."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        parts = texts.str.replace("%", "|").str.split("|")
        joined = parts.map(
            lambda types: "|".join(sorted({one.strip() for one in types} - {""})), na_action="ignore"
        )
        return super().clean(joined.astype("str").where(texts.notna()), known)


class PlainfieldCrimes(Source):
    """One row per report. Neither file has an id: day, time and offence tell a report, and equal ones are counted."""

    name = "plainfield-crimes"
    title = "Plainfield, New Jersey, crime reports"
    kind = INCIDENTS
    file_names = "crime_with_predictions.csv"
    columns = {
        "occurred_on": Moment("date", "DATE", required=True),
        "occurred_at": Time("time", "TIME"),
        "words": Plain("description", "CRIME", longest=60, required=True),
        "place": Plain("address", "ADDRESS", longest=200),
        "municipality": Text("MUNICIPALITY", longest=60, may_lack=True),
        "latitude": Degrees("lat", limit=90, decimals=6, may_lack=True),
        "longitude": Degrees("lon", limit=180, decimals=6, may_lack=True),
        "predictions": WholeNumber("num_preds", lowest=0, highest=999_999, may_lack=True),
        "predicted": PredictionTypes("actual_pred_type", longest=LONGEST_TYPES, may_lack=True),
        "would_fit": PredictionTypes("accurate_pred_type", longest=LONGEST_TYPES, may_lack=True),
    }
    kept = (
        *("geo_source", "address_api", "match_type", "crime_description", "counts", "can_be_predicted"),
        *("datetime", "has_preds"),
    )
    matched: ClassVar[tuple[str, ...]] = ("predictions", "predicted", "would_fit")

    def agency_of_file(self, file_name: str) -> str:
        return AGENCY

    def country_of(self, agency: str) -> str:
        return "USA"

    def time_zone_of(self, agency: str) -> str:
        return ZONE

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        day = texts(frame, "occurred_on")
        yield day < str(OLDEST), "occurred_on", "is of a year that cannot be"

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        yield texts(frame, "municipality") == ELSEWHERE, "lay in another municipality"
        yield (
            _is_abroad(frame),
            "gave a longitude east of Greenwich (a lost sign?): the point is left unknown",
        )
        yield (
            _groups(texts(frame, "words")).isna(),
            "named an offence that is in no table here, and counted as “Other”",
        )

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """An incident, and where the file knows it, what had been predicted for it."""
        day = texts(frame, "occurred_on").str[:10]
        time = texts(frame, "occurred_at")
        frame["key"] = day + " " + time.str[:5].fillna("?") + " " + frame["words"]
        frame["occurred_on"] = frame["month"] = day
        frame["group"] = _groups(texts(frame, "words"))
        known_point = (
            texts(frame, "latitude").notna() & texts(frame, "longitude").notna() & ~_is_abroad(frame)
        )
        for name in ("latitude", "longitude"):
            frame[name] = texts(frame, name).where(known_point)
        predictions = _predictions(frame)
        incidents = frame.drop(columns=["municipality", *self.matched], errors="ignore")
        return spread(frame, iter([incidents, *predictions]))


def _is_abroad(frame: pd.DataFrame) -> pd.Series:
    return texts(frame, "longitude").astype("float") > 0


def _groups(words: Texts) -> Texts:
    """Our group by New Jersey's words for the offence."""
    groups = {word: offences.group_of_new_jersey(word) for word in words.dropna().unique()}
    return words.map({word: str(group.value) for word, group in groups.items() if group is not None})


def _predictions(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """The part of each record that tells of predictions; none where the file does not know of any matching."""
    if "predictions" not in frame:
        return []
    part = frame.reindex(columns=["agency", "key", "month", *PlainfieldCrimes.matched])
    return [part[part["predictions"].notna()]]
