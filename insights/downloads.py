"""The figures of a report as CSV (one table), JSON (all) or a spreadsheet (a sheet for each table, and the notes)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from insights import spreadsheet
from insights.disparity.presenting import meanings_of
from insights.disparity.reports import Report, Table
from ledger import csvsafe
from ledger.audit import record
from ledger.choices import AuditVerb

FORMATS = ("csv", "json", "xlsx")


def download(
    request: HttpRequest, of: str, name: str, question: str, report: Report, style: str
) -> HttpResponseBase:
    """A download in one of `FORMATS`; a sentence with 400 for any other, or for a table that is not there.

    `of` is what the page is about (trust, crime, …) and `name` the page: both made by us, for file names and the trail.
    """
    if style not in FORMATS:
        return say(style, f"“{style[:40]}” is not offered. Choose csv, json or xlsx.", 400)
    if refused := no_such_table(request, report, style):
        return refused
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, of, name, format=style)
    if style == "json":
        return JsonResponse(as_json(name, question, report), json_dumps_params={"ensure_ascii": False})
    if style == "csv":
        return table_as_csv(request, report, f"{of}-{name}")
    return _spreadsheet(f"{of}-{name}.xlsx", question, report)


def _asked_table(request: HttpRequest, report: Report) -> str:
    """The table named in the address, else the first."""
    return request.GET.get("table", "") or next(iter(report.tables), "")


def no_such_table(request: HttpRequest, report: Report, style: str) -> HttpResponse | None:
    """Where one table is asked for as CSV and is not there: 400 with the names of those that are."""
    asked = _asked_table(request, report)
    if style != "csv" or asked in report.tables:
        return None
    offered = ", ".join(report.tables) or "none"
    return say(style, f"There is no table “{asked[:40]}”. The tables are: {offered}.", 400)


def table_as_csv(request: HttpRequest, report: Report, file_name: str) -> HttpResponseBase:
    """The table that is asked for. `file_name`: made by us; the table's name and the ending are added."""
    name = _asked_table(request, report)
    table = report.tables[name]
    rows = ([row.get(key) for key in table.columns] for row in table.rows)
    return csvsafe.response(f"{file_name}-{name}.csv", list(table.columns), rows)


def as_json(name: str, question: str, report: Report) -> dict[str, Any]:
    """All tables with what was asked, what was found and what the columns mean."""
    told = {"page": name, "question": question} | report.as_json()
    return told | {"definitions": dict(meanings_of(report))}


def say(style: str, sentence: str, status: int) -> HttpResponse:
    """A sentence in place of figures, for people or, as `{"error": sentence}`, for programs."""
    if style == "json":
        return JsonResponse({"error": sentence}, status=status)
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def _spreadsheet(name: str, question: str, report: Report) -> HttpResponse:
    reply = HttpResponse(workbook(question, report), content_type=spreadsheet.TYPE)
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def workbook(question: str, report: Report) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for table in report.tables.values():
        _write(book, table)
    notes = spreadsheet.new_sheet(book, "Notes", (20, 110))
    lines: list[tuple[str, Any]] = [("Question", question), *(("Finding", one) for one in report.findings)]
    told = {key: value for key, value in report.summary.items() if isinstance(value, str | int | float)}
    lines += [(key.replace("_", " ").capitalize(), value) for key, value in told.items()]
    lines += [("Note", one) for one in (*report.warnings, *report.notes)]
    for head, text in [*lines, *meanings_of(report)]:
        notes.append([spreadsheet.cell(notes, head, bold=True), spreadsheet.cell(notes, text, wrapped=True)])
    book.properties.title, book.properties.creator = question, "SecureCheck"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write(book: Any, table: Table) -> None:
    widths = [max(12, min(40, len(column.label) + 3)) for column in table.columns.values()]
    sheet = spreadsheet.new_sheet(book, table.name, widths)
    sheet.append([spreadsheet.cell(sheet, column.label, bold=True) for column in table.columns.values()])
    styles = {key: spreadsheet.NUMBER_FORMATS.get(column.style, "") for key, column in table.columns.items()}
    for row in table.rows:
        sheet.append([spreadsheet.cell(sheet, row.get(key), style) for key, style in styles.items()])
