"""A report as a spreadsheet: a sheet for each of its tables, and one with all that must go with the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from django.http import HttpResponse

from insights import spreadsheet
from insights.disparity.reports import Report, Table
from insights.spreadsheet import Sheet


@dataclass(frozen=True)
class Head:
    """What a sheet asks of a column."""

    label: str
    format: str


def response(name: str, question: str, report: Report, meanings: Sequence[tuple[str, str]]) -> HttpResponse:
    """A download. `name` is made by us."""
    told = SimpleNamespace(
        insight=SimpleNamespace(question=question), notes=lambda: _notes(question, report, meanings)
    )
    return spreadsheet.response(name, told, [_sheet(table) for table in report.tables.values()])  # type: ignore[arg-type]


def _sheet(table: Table) -> Sheet:
    heads = {key: Head(_label(column.label), _format(column.style)) for key, column in table.columns.items()}
    rows = [{key: row.get(key) for key in table.columns} for row in table.rows]
    return Sheet(table.caption, heads, rows)  # type: ignore[arg-type]


def _label(label: str) -> str:
    """Rates are fractions in a file, whatever their unit on the page."""
    return {"Per 1,000": "Per resident"}.get(label, label)


def _format(style: str) -> str:
    return {"per thousand": "fraction", "figure": "fraction"}.get(style, style)


def _notes(
    question: str, report: Report, meanings: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    yield "About", "Question", question
    for one in report.findings:
        yield "Finding", "Computed", one
    for one in [*report.warnings, *report.notes]:
        yield "Please note", "", one
    for name, meaning in meanings:
        yield "How it is computed", name, meaning
