"""Departments that used PredPol: the tables of The Markup's “Prediction: Bias”."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.imports.columns import Text, WholeNumber, YesNo
from ledger.imports.contradictions import EARLIER, contradicting
from ledger.imports.kinds import VENDOR_DEPARTMENTS
from ledger.imports.known import Known
from ledger.imports.published import Day, Plain
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

STILL = "current"  # in place of an end: in use when the table was made
PERIODS = (
    ("first_prediction", "last_prediction"),
    ("confirmed_start", "confirmed_end"),
    ("analysis_start", "analysis_end"),
)


def _day(*names: str) -> Day:
    return Day(*names, kept=(STILL,), may_lack=True)


class DepartmentName(Plain):
    """A name with its state, as in `Alexandria, La.`; in one table it has blanks before the comma."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts.str.replace(r"\s+,", ",", regex=True), known)


class PredpolDepartments(Source):
    """One row per client. The four tables tell more or less of it: the list of departments, the number of predictions, the
    dates of use, the dates of predictions. One of them names clients by their long name only."""

    name = "predpol-departments"
    title = "The Markup, departments that used PredPol"
    kind = VENDOR_DEPARTMENTS
    for_analysts = True
    remembers = True
    columns = {
        "client": Text("client", "department", longest=60, may_lack=True),
        "client_name": DepartmentName("Client Name", "client_name", longest=120, may_lack=True),
        "ucr_code": Text("UCR Department", longest=20, may_lack=True),
        "first_prediction": Day("first_prediction_date", "first_prediction"),
        "last_prediction": Day("final_prediction_date", "last_prediction"),
        "confirmed_start": _day("Confirmed Start Date", "confirmed_start"),
        "confirmed_end": _day("Confirmed End Date", "confirmed_end"),
        "analysis_start": _day("analysis_start_date"),
        "analysis_end": _day("analysis_end_date"),
        "usable": YesNo("Usable", may_lack=True),
        "active": YesNo("Active", "active", may_lack=True),
        "predictions": WholeNumber("num_preds", lowest=0, highest=2_000_000_000, may_lack=True),
    }
    kept = ("EPSG",)

    def passes_over(self, cells: list[str]) -> bool:
        """The line that sums up."""
        return any(cell.strip().lower() == "total" for cell in cells)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """Who is meant must be known, once in a table, and no period ends before it begins."""
        yield from self._unknown_clients(frame, known)
        who = "client" if "client" in frame else "client_name"
        yield contradicting(frame[[who]], frame.drop(columns=who), known, who), "", EARLIER
        for start, end in PERIODS:
            if start in frame and end in frame:
                both = frame[start].notna() & frame[end].notna() & (frame[end] != STILL)
                yield (
                    both & (frame[start].astype("str") > frame[end].astype("str")),
                    end,
                    "is before the start",
                )

    def _unknown_clients(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        if "client" in frame:
            yield frame["client"].isna(), "client", "is empty, and must not be"
        else:
            names = frame["client_name"].str.casefold()
            message = "is the name of no department in the ledger; import the list with clients first"
            yield ~names.isin(known.clients), "client_name", message

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str]]:
        """Contradictions that stand as published."""
        if {"active", "confirmed_end"} <= set(frame):
            ended = (
                frame["confirmed_end"].notna() & (frame["confirmed_end"] != STILL) & (frame["active"] == "t")
            )
            yield ended, "are said to be active and to have ended, and stay as published"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The client by its name where the file has no other word for it; no end where it is current. Rows told the same
        are one."""
        if "client" not in frame:
            frame["client"] = frame["client_name"].str.casefold().map(known.clients)
        for _start, end in PERIODS:
            if end in frame:
                frame[end] = frame[end].where(frame[end] != STILL)
        frame["apart"] = "f"
        return frame

    def _missing(self, header: list[str]) -> list[str]:
        who = any(self.columns[target].found_in(header) for target in ("client", "client_name"))
        return super()._missing(header) + ([] if who else ["client"])
