"""Published rates of the Stanford Open Policing Project: search, stop and hit rates by place and race."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.imports.columns import Text
from ledger.imports.contradictions import EARLIER, contradicting
from ledger.imports.kinds import PUBLISHED_RATES
from ledger.imports.known import Known
from ledger.imports.published import Number
from ledger.imports.source import Source

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 1e9  # stops a year
NO_DISTRICT = "0+|9{3,}"


def _rate(name: str, highest: float = 1) -> Number:
    return Number(name, lowest=0, highest=highest, what="a rate")


def _stops_a_year(name: str) -> Number:
    return Number(name, lowest=0, highest=LARGEST, what="a number of stops")


class OpenPolicingRates(Source):
    """One row per county or district and race, of a state or a city. The two files differ in the order of columns only."""

    name = "open-policing-rates"
    title = "Stanford Open Policing, published rates"
    kind = PUBLISHED_RATES
    for_analysts = True
    remembers = True
    columns = {
        "state": Text("state", longest=40, required=True),
        "city": Text("city", longest=80),
        "geography": Text("geography", longest=80),
        "subgeography": Text("subgeography", longest=120),
        "group": Text("subject_race", longest=40, required=True),
        "search_rate": _rate("search_rate"),
        "stop_rate": _rate("stop_rate", highest=100),  # stops a resident and year: more than 1 is possible
        "hit_rate": _rate("hit_rate"),
        "inferred_threshold": _rate("inferred_threshold"),
        "stops_per_year": _stops_a_year("stops_per_year"),
        "stop_rate_n": _stops_a_year("stop_rate_n"),
    }

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """A place and a race have one row."""
        keys = frame[["state", "city", "geography", "subgeography", "group"]]
        yield contradicting(keys, frame.drop(columns=keys.columns), known, "group"), "", EARLIER

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str]]:
        """Districts that are codes for none stay as published: which city means what by them is not written anywhere."""
        yield (
            frame["subgeography"].str.fullmatch(NO_DISTRICT, na=False),
            "have a district that is a code, such as 0 or 9999",
        )

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """Rows told the same are one: a table has one row for a place and a race."""
        frame["apart"] = "f"
        return frame
