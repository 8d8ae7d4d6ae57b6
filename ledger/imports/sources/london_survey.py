"""London's Public Attitude Survey by borough and quarter, as the London Datastore publishes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.choices import AreaKind
from ledger.imports.columns import Column
from ledger.imports.contradictions import EARLIER, contradicting
from ledger.imports.kinds import SURVEY_FIGURES
from ledger.imports.known import Known
from ledger.imports.london import CODES, borough_named
from ledger.imports.published import Day, Plain, Share
from ledger.imports.source import Source, spread

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

FORCE = "the force"
FORCE_WORDS = ("mps", "met", "metropolitan police service", "london")
SURVEY = "PAS"
QUARTER_ENDS = ("-03-31", "-06-30", "-09-30", "-12-31")


class Borough(Column):
    """A borough of London under its one name, or the whole force."""

    complaint = "is not a borough of London"

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(_area_named, na_action="ignore")


def _area_named(text: str) -> str | None:
    return FORCE if text.lower() in FORCE_WORDS else borough_named(text) or None


class LondonSurvey(Source):
    """One row per borough, quarter and measure, with the figure of the whole force beside it; or, in the workbook's sheet
    MPS, one row per quarter and measure. Figures are shares of those asked, without their number."""

    name = "london-survey"
    title = "London Public Attitude Survey, by borough and quarter"
    kind = SURVEY_FIGURES
    for_analysts = True
    remembers = True
    columns = {
        "period_end": Day("Date", order="dmy", required=True),
        "survey": Plain("Survey", longest=60, may_lack=True),
        "area_name": Borough("Borough", required=True, may_lack=True),
        "measure": Plain("Measure", longest=160, required=True),
        "share": Share("Proportion", required=True),
        "force": Share("MPS", may_lack=True),
    }

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """A period ends with a quarter, and has one figure for a borough or the force and a measure."""
        ends = frame["period_end"].astype("str").str[4:]
        yield (
            frame["period_end"].notna() & ~ends.isin(QUARTER_ENDS),
            "period_end",
            "is not the last day of a quarter",
        )
        area = frame.get("area_name", FORCE)
        yield _differs(frame.assign(area=area), "share", known), "share", EARLIER
        if "force" in frame:
            told = frame.assign(area=FORCE)
            yield _differs(told, "force", known), "force", EARLIER

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The figure of the row, and that of the force, once for each quarter and measure."""
        frame["survey"] = frame["survey"].fillna(SURVEY) if "survey" in frame else SURVEY
        frame["apart"] = "f"
        if "area_name" in frame:
            frame["area_name"] = frame["area_name"].where(frame["area_name"] != FORCE)
            frame["area_code"] = frame["area_name"].map(CODES)
            frame["area_kind"] = frame["area_name"].map(
                lambda name: AreaKind.BOROUGH.value, na_action="ignore"
            )
        return spread(frame, self._parts(frame))

    def _parts(self, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
        yield frame.drop(columns="force", errors="ignore")
        if "force" in frame:
            whole = frame[frame["force"].notna()].drop_duplicates(["survey", "measure", "period_end"])
            whole = whole.drop(columns=["area_name", "area_code", "area_kind", "share"], errors="ignore")
            yield whole.rename(columns={"force": "share"})


def _differs(told: pd.DataFrame, figure: str, known: Known) -> pd.Series:
    """Rows whose figure is not the one that the file gave first for the same survey, measure, quarter and area."""
    survey = told["survey"].fillna(SURVEY) if "survey" in told else SURVEY
    told = told.assign(survey=survey, figure=told[figure])
    keys = told[["survey", "measure", "period_end", "area"]]
    whole = keys.notna().all(axis=1) & told["figure"].notna()
    whole[whole] = contradicting(keys[whole], told.loc[whole, ["figure"]], known, "area")
    return whole
