"""Offence codes of the FBI's National Incident-Based Reporting System, as the table inside its state downloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger import offences
from ledger.choices import CrimeAgainst, OffenceGroup, Severity
from ledger.imports.columns import Column, Text
from ledger.imports.kinds import OFFENCES
from ledger.imports.known import Known
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts


class OffenceCode(Column):
    """A code: digits, capitals and the asterisk. It is text: `100` is no number."""

    complaint = "is not a code of two to six digits, letters and asterisks"

    def clean(self, texts: Texts, known: Known) -> Texts:
        upper = texts.str.upper()
        return upper.where(upper.str.fullmatch(r"[0-9A-Z*]{2,6}", na=False))


class Label(Column):
    """One of a few labels, in any case."""

    def __init__(self, *names: str, labels: Iterable[str], required: bool = False) -> None:
        super().__init__(*names, required=required)
        self.labels = {label.lower(): label for label in labels if label}

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.str.lower().map(self.labels)

    def say(self, known: Known) -> str:
        return f"is none of: {', '.join(self.labels.values())}"


class NibrsCodes(Source):
    """One row per offence code. What the newest list in force says of a code counts; undone, what the built-in list says."""

    name = "nibrs-codes"
    title = "NIBRS, offence codes"
    kind = OFFENCES
    for_analysts = True
    columns = {
        "code": OffenceCode("OFFENSE_CODE", "offense_code", required=True),
        "offence_name": Text("OFFENSE_NAME", "offense_name", longest=120, required=True),
        "category": Text("OFFENSE_CATEGORY_NAME", "offense_category_name", longest=80, required=True),
        "against": Label("CRIME_AGAINST", "crime_against", labels=CrimeAgainst.values, required=True),
        "group": Label("OFFENSE_GROUP", "offense_group", labels=Severity.values),
    }
    kept = (
        *("OFFENSE_TYPE_ID", "CT_FLAG", "HC_FLAG", "HC_CODE"),
        *("offense_type_id", "ct_flag", "hc_flag", "hc_code"),
    )

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        yield (
            ~frame["code"].isin(offences.NIBRS),
            "named a code that is in no group of ours, and counts as “Other”",
        )
        yield frame["code"].duplicated(), "named a code again; what the last row says counts"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Our group comes from the crosswalk; runaways have no group of the NIBRS."""
        groups = {code: str(group.value) for code, group in offences.NIBRS.items()}
        frame["our_group"] = frame["code"].map(groups).fillna(str(OffenceGroup.OTHER.value))
        frame["group"] = frame["group"].astype(object).fillna("")
        frame["apart"] = "f"
        return frame
