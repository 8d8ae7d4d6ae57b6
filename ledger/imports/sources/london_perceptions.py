"""The Public Attitude Survey by neighbourhood: tables of the London Datastore with questions side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger.choices import AreaKind
from ledger.imports.columns import Column, Text
from ledger.imports.contradictions import EARLIER, contradicting
from ledger.imports.kinds import SURVEY_FIGURES
from ledger.imports.known import Known
from ledger.imports.london import neighbourhood_named
from ledger.imports.published import Percentage
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter
from ledger.imports.wide import Figure, WideSource

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

MOST_LINES = 3  # of the header: question, group of respondents, meaning of the percentage
LONGEST_QUESTION = 160
FINANCIAL_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})-([0-9]{2})(?![0-9-])")
YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


class Neighbourhood(Column):
    """A neighbourhood with its borough, as in `Enfield - Edmonton & South`."""

    complaint = "is not a borough of London, a dash between blanks, and a neighbourhood"

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(lambda text: neighbourhood_named(text) or None, na_action="ignore")


class LondonPerceptions(WideSource):
    """One row per neighbourhood, one column per question (and group of respondents), whole percentages.

    The header has up to three lines: the question, the group where there are several, and what the percentage means.
    """

    name = "london-perceptions"
    title = "London Public Attitude Survey, by neighbourhood"
    kind = SURVEY_FIGURES
    for_analysts = True
    remembers = True
    further = "each is a question, and its cells are percentages"
    columns = {
        "area_name": Neighbourhood("Neighbourhood", "neighbourhood", required=True),
        "area_code": Text("Code", longest=40, may_lack=True),
    }
    kept = ("Group",)
    parameters: ClassVar[dict[str, Parameter]] = {
        "period_start": Parameter("First day", "YYYY-MM-DD; else from the file’s name", required=False),
        "period_end": Parameter("Last day", "YYYY-MM-DD; else from the file’s name", required=False),
    }
    period: tuple[date | None, date | None] = (None, None)

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        bound = super().for_file(file_name, options)
        told = period_of_name(file_name)
        given = [_day(bound.values[name], one.label) for name, one in self.parameters.items()]
        bound.period = (given[0], given[1]) if any(given) else told
        return bound

    def fits(self, header: list[str]) -> bool:
        """A header of questions about the police, and not of any table with neighbourhoods."""
        others = set(header) - {name for column in type(self).columns.values() for name in column.names}
        return super().fits(header) and (not others or any("police" in name.lower() for name in others))

    def is_more_header(self, cells: list[str]) -> bool:
        """A line without a neighbourhood in which nothing is a number."""
        said = [cell.strip() for cell in cells if cell.strip()]
        return (
            bool(said) and not cells[0].strip() and not any(re.fullmatch(r"[0-9.]+%?", cell) for cell in said)
        )

    def name_columns(self, lines: list[list[str]]) -> list[str]:
        """Each column's lines joined by strokes; a question may stand over several groups."""
        if len(lines) > MOST_LINES:
            raise Unreadable(f"The header has {len(lines)} lines. At most {MOST_LINES} are understood.")
        return [" | ".join(filter(None, (line[place] for line in lines))) for place in range(len(lines[0]))]

    def find_figures(self, lines: list[list[str]], names: list[str]) -> list[Figure]:
        """The questions. A column without a meaning, where the others have one, is of something else."""
        self._check_period()
        others = {name for column in self.columns.values() for name in column.names} | {*self.kept, ""}
        meanings = next((line for line in lines[1:] if any("%" in cell for cell in line)), None)
        groups = next((line for line in lines[1:] if line is not meanings), None)
        found = [
            Figure(
                place, _question(name), groups[place] if groups else "", meanings[place] if meanings else ""
            )
            for place, name in enumerate(lines[0])
            if name not in others and (meanings is None or meanings[place])
        ]
        for figure in found:
            if groups and not figure.group:
                raise Unreadable(
                    f"The header does not say the group of respondents of column {figure.place + 1}."
                )
        if not found:
            raise Unreadable("The header names no question.")
        return found

    def column_of_figures(self, name: str) -> Column:
        return Percentage(name, may_lack=True)

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterator[tuple[pd.Series, str, str]]:
        """A neighbourhood has one row."""
        keys = frame[["area_name"]]
        yield contradicting(keys, frame.drop(columns=keys.columns), known, "area_name"), "", EARLIER

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """One row for each figure."""
        start, end = self.period
        about = {"survey": "PAS", "area_kind": AreaKind.NEIGHBOURHOOD.value, "apart": "f"}
        days = {"period_start": start and start.isoformat(), "period_end": end and end.isoformat()}
        return self.parts(frame.assign(**about, **days), "share")

    def _check_period(self) -> None:
        start, end = self.period
        if end is None:
            raise Unreadable(
                "The file’s name does not say the period. Say its last day "
                "(in a command: --set period_end=YYYY-MM-DD), and its first if it is known."
            )
        if start and start > end:
            raise Unreadable("The period ends before it begins.")


def period_of_name(name: str) -> tuple[date | None, date | None]:
    """First and last day by a file's name: `2015-16 _to_2020-21` are financial years from April to March, `2016` is a year."""
    years = [int(year) for year, next_ in FINANCIAL_YEAR.findall(name) if (int(year) + 1) % 100 == int(next_)]
    if years:
        return date(min(years), 4, 1), date(max(years) + 1, 3, 31)
    plain = [int(year) for year in YEAR.findall(name)]
    return (date(min(plain), 1, 1), date(max(plain), 12, 31)) if plain else (None, None)


def _day(text: str, label: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unreadable(f"The {label.lower()} is not a day, written as YYYY-MM-DD.") from None


def _question(text: str) -> str:
    if len(text) > LONGEST_QUESTION:
        raise Unreadable(f"A question has more than {LONGEST_QUESTION} characters: “{text[:60]}…”.")
    return text
