"""How a file is to be read: its kind, its sheet, whose records, its columns. Asked where a file does not say it, changed by choice."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ledger import tasks
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb, ImportState
from ledger.imports import mappings, recognition, rights
from ledger.imports.look import Look
from ledger.imports.reader import Unreadable
from ledger.imports.reading_form import ReadingForm
from ledger.imports.samples import Beginning, look_at, table_for
from ledger.imports.source import Source
from ledger.models import ColumnMapping, ImportRun, RefusedRow
from ledger.views.imports import CHANGEABLE, may_change_reading, may_see_rows, run_of

NOTHING = Beginning([], [], [])  # of an archive of several kinds, and where no table is seen


@permit("ledger.import_stops")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_reading(request: HttpRequest, key: str) -> HttpResponse:
    """Show and change how a file is read. Saving has it checked (again); nothing is loaded by this."""
    run = run_of(request, key)
    if not may_see_rows(request, run):
        raise PermissionDenied("Only who uploaded the file chooses how it is read.")
    if not may_change_reading(request, run):
        return redirect(run)
    try:
        seen = look_at(run)
    except (Unreadable, OSError) as why:
        return render(request, "imports/reading.html", {"run": run, "problem": str(why)})
    sources = [one for one in rights.sources_for(request.user) if _reads(one, seen)]
    asked = request.POST if request.method == "POST" else request.GET
    old = _remembered(request, seen) if run.state == ImportState.ASKING and not run.source else None
    source = _source(sources, asked.get("source", ""), run.source, old.source if old else "")
    sheet = _sheet(seen, asked.get("sheet"), run, old)
    form = _form(request, run, source, seen, sheet, old) if source else None
    if form and request.method == "POST" and form.is_valid():
        _save(request, run, form, sheet)
        return redirect(run)
    context = {
        "run": run, "form": form, "source": source, "groups": _groups(sources), "seen": seen, "sheet": sheet, "remembered": old,
        "unknown": recognition.about_unknown(seen, sources) if not run.source else "",
    }  # fmt: skip
    return render(request, "imports/reading.html", context)


def _reads(source: Source, seen: Look) -> bool:
    """Whether a source takes files of this format."""
    if seen.format == "zip":
        return any(source.source_of_entry(name) for name in seen.entries)
    return seen.format in source.formats


def _groups(sources: list[Source]) -> list[tuple[str, list[Source]]]:
    """The kinds to choose from: those that take any table, and those of a fixed layout."""
    free = [source for source in sources if source.takes_any_table]
    fixed = [source for source in sources if not source.takes_any_table]
    groups = [("Any table: you choose the columns", free), ("Kinds with columns of their own", fixed)]
    return [(label, kinds) for label, kinds in groups if kinds]


def _source(sources: list[Source], *names: str) -> Source | None:
    """The first of these names that is a source for the user; None where none is."""
    known = {source.name: source for source in sources}
    return next((known[name] for name in names if name in known), None)


def _sheet(seen: Look, asked: str | None, run: ImportRun, old: ColumnMapping | None) -> str:
    """The chosen sheet; empty for all that fit."""
    if asked is None:
        asked = run.options.get("sheet", old.options.get("sheet", "") if old else "")
    return asked if asked in seen.sheets else ""


def _remembered(request: HttpRequest, seen: Look) -> ColumnMapping | None:
    """How a file with the header of one of the tables was read before."""
    headers = [_plain_header(table.lines) for table in seen.tables if table.lines]
    found = (mappings.remembered(request.user, header) for header in headers)
    return next((one for one in found if one), None)


def _plain_header(lines: list[list[str]]) -> list[str]:
    """The first line with several names: a title may stand above it."""
    return next((line for line in lines if sum(map(bool, line)) > 1), lines[0])


def _form(
    request: HttpRequest, run: ImportRun, source: Source, seen: Look, sheet: str, old: ColumnMapping | None
) -> ReadingForm:
    options = (
        run.options if source.name == run.source else old.options if old and old.source == source.name else {}
    )
    try:
        table = table_for(source, seen, sheet) if not source.is_archive else NOTHING
    except Unreadable:
        table = NOTHING
    sent = (request.POST,) if request.method == "POST" else ()
    return ReadingForm(
        *sent,
        user=request.user,
        source=source,
        file_name=run.file_name,
        table=table,
        options=options,
        initial={"agency": run.agency, "new_agency": run.notes.get("agency", "")},
    )


@transaction.atomic
def _save(request: HttpRequest, run: ImportRun, form: ReadingForm, sheet: str) -> None:
    """Note how the file is read, remember it for files of the same header, and hand the check to the worker."""
    kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if kept.state not in CHANGEABLE or not kept.stored_name:
        return
    options = form.chosen_options() | ({"sheet": sheet} if sheet else {})
    data: dict[str, Any] = form.cleaned_data
    ImportRun.objects.filter(parent=kept).delete()
    RefusedRow.objects.filter(import_run=kept).delete()
    kept.source, kept.options, kept.state, kept.message = form.source.name, options, ImportState.UPLOADED, ""
    if "agency" in data:
        kept.agency = data["agency"]
        kept.notes = {"agency": data["new_agency"]} if data["new_agency"] else {}
    kept.progress = kept.rows_read = kept.rows_new = kept.rows_same = kept.rows_refused = (
        kept.rows_flagged
    ) = 0
    kept.save()
    if form.table.first_line:
        mappings.remember(request.user, form.table.first_line, form.source.name, options)
    record(request, AuditVerb.COLLECTION, "import", kept.key, act="reading chosen", source=kept.source)
    tasks.check_import.defer(run_id=kept.pk)
