"""Imports in the browser: see what a file would do, load it, follow it, take it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import csvsafe, tasks
from ledger.access import agency_of, imports_for, permit
from ledger.audit import record
from ledger.choices import AuditVerb, ImportState
from ledger.imports import features, keeping, records, refused, samples
from ledger.imports.forms import LoadForm, UndoForm
from ledger.imports.pace import Pace
from ledger.imports.remarks import remarks
from ledger.imports.tables import ImportTable, PartTable, kind_of, state_of
from ledger.imports.undo import UndoRefused, undo
from ledger.models import ImportRun
from ledger.views.state import paged

ERRORS_A_PAGE = 50
CHANGEABLE = (ImportState.ASKING, ImportState.CHECKED, ImportState.FAILED)
UNDER_WAY = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.LOADING)


def run_of(request: HttpRequest, key: Any) -> ImportRun:
    """An import within the user's reach; any other is as if it were not there."""
    run: ImportRun = get_object_or_404(imports_for(request.user), key=key)
    return run


def may_see_rows(request: HttpRequest, run: ImportRun) -> bool:
    """Values of rows, plates among them, are for who uploaded the file and for supervisors of its agency."""
    agency = agency_of(request.user)
    return run.user_id == request.user.pk or (agency is not None and run.agency_id == agency.pk)


def may_change_reading(request: HttpRequest, run: ImportRun) -> bool:
    """Whether how a file is read can still be changed: it is kept whole and nothing of it is loaded."""
    kept = run.state in CHANGEABLE and bool(run.stored_name) and run.parent_id is None
    return kept and may_see_rows(request, run)


def may_undo(request: HttpRequest, run: ImportRun) -> bool:
    """As for its rows; an analyst also undoes what belongs to no single agency, whoever brought it."""
    return may_see_rows(request, run) or (
        run.agency_id is None and request.user.has_perm("ledger.import_any_agency")
    )


@permit("ledger.import_stops")
@require_safe
def list_imports(request: HttpRequest) -> HttpResponse:
    """All imports that the user may see, the newest first."""
    table = paged(ImportTable(imports_for(request.user).filter(parent=None)), request, ordered=False)
    return render(request, "imports/list.html", {"table": table, "count": table.paginator.count})


@permit("ledger.import_stops")
@require_safe
def show_import(request: HttpRequest, key: str) -> HttpResponse:
    """Where an import stands: under way, checked, loaded, or why it could not be read."""
    run = run_of(request, key)
    if run.state == ImportState.ASKING and may_change_reading(request, run):
        return redirect("import-reading", key=run.key)
    context = {"run": run, "state": state_of(run), "kind": kind_of(run), "undone": getattr(run, "undo", None)}
    context |= {
        "noun": records.noun_of(run),
        "said": samples.said_of(run),
        "mapped": samples.chosen_of(run),
        "remarks": remarks(run.notes),
    }
    if run.state in UNDER_WAY:
        return render(request, "imports/waiting.html", context | _progress(run))
    may_see = may_see_rows(request, run)
    with transaction.atomic():
        record(
            request, AuditVerb.CONSULTATION, "import", run.key, rows_shown=may_see and run.rows_refused > 0
        )
    context |= {"may_undo": may_undo(request, run), "may_change_reading": may_change_reading(request, run)}
    context |= {"may_see_rows": may_see, "may_load": may_see and is_loadable(run), "form": LoadForm()}
    context |= _errors(request, run) if may_see else {"causes": refused.causes(run)}
    if run.state == ImportState.CHECKED and may_see:
        context |= {"samples": samples.of(run), "loaded_before": samples.loaded_before(run)}
    context |= _parts(request, run)
    if run.state == ImportState.LOADED and may_see and not context["parts"] and run.rows_new:
        context["first_header"], context["first_records"] = records.first_records(run)
    return render(request, "imports/report.html", context)


def _parts(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """The files or sheets of an archive or a workbook, each with a page of its own."""
    parts = imports_for(request.user).filter(parent=run).order_by("pk")
    return {"parts": paged(PartTable(parts), request, ordered=False) if parts.exists() else None}


def is_loadable(run: ImportRun) -> bool:
    """Whether a file is checked and still there."""
    return run.state == ImportState.CHECKED and bool(run.stored_name)


def _errors(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """The causes, and a page of the errors of the chosen one or of all."""
    causes = refused.causes(run)
    asked = request.GET.get("cause", "")
    chosen = next((cause for cause in causes if str(cause.number) == asked), None)
    page = Paginator(refused.errors_of(run, chosen), ERRORS_A_PAGE).get_page(request.GET.get("page"))
    return {"causes": causes, "chosen": chosen, "page": page}


@permit("ledger.import_stops")
@require_safe
def report_progress(request: HttpRequest, key: str) -> JsonResponse:
    """How far an import is, for the page that waits for it."""
    run = run_of(request, key)
    url = "" if run.state in UNDER_WAY else run.get_absolute_url()
    return JsonResponse({"state": run.state, "url": url, **_progress(run)})


def _progress(run: ImportRun) -> dict[str, Any]:
    """Bytes read and what is going on. Storing and counting comes after the reading and has no measure of its own."""
    read = run.progress >= run.progress_total > 0
    message = {
        ImportState.UPLOADED: "Waiting for its turn.",
        ImportState.CHECKING: "All rows are read and are compared with the ledger."
        if read
        else "The rows are being read.",
        ImportState.LOADING: "All rows are read and are being stored."
        if read
        else "The rows are being read.",
    }.get(ImportState(run.state), "Done.")
    pace = Pace(run.progress, run.progress_total, run.progress_rows, _seconds(run))
    return {
        "done": run.progress,
        "total": 0 if read else run.progress_total,
        "message": message,
        "pace": "" if run.state == ImportState.UPLOADED else str(pace),
    }


def _seconds(run: ImportRun) -> float:
    """Since the work began."""
    return (timezone.now() - run.begun_at).total_seconds() if run.begun_at else 0.0


@permit("ledger.import_stops")
@require_POST
def load_import(request: HttpRequest, key: str) -> HttpResponse:
    """Have a checked file loaded, or given up."""
    run = run_of(request, key)
    form = LoadForm(request.POST)
    if not may_see_rows(request, run):
        raise PermissionDenied
    if not form.is_valid():
        messages.error(request, "Choose whether the good rows are loaded or nothing is.")
        return redirect(run)
    act = start_loading if form.cleaned_data["choice"] == "load" else _give_up
    with transaction.atomic():
        kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if is_loadable(kept) or (act is _give_up and may_change_reading(request, kept)):
            act(request, kept)
        else:
            messages.info(request, "This was decided already.")
    return redirect(run)


def start_loading(request: HttpRequest, run: ImportRun) -> None:
    """Hand the loading of a checked file's good rows to the worker. Expects a transaction."""
    run.state, run.partial, run.progress = ImportState.LOADING, True, 0
    run.save()
    record(request, AuditVerb.COLLECTION, "import", run.key, act="load asked for")
    tasks.load_import.defer(run_id=run.pk)


def _give_up(request: HttpRequest, run: ImportRun) -> None:
    """Nothing of the file is loaded, and nothing of it is kept."""
    keeping.give_up(run)
    record(request, AuditVerb.COLLECTION, "import", run.key, act="given up")


@permit("ledger.import_stops")
@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: HttpRequest, key: str) -> HttpResponse:
    """Take a loaded import back, with a reason."""
    run = run_of(request, key)
    if not may_undo(request, run):
        raise PermissionDenied("Only its agency undoes this import.")
    form, noun = UndoForm(request.POST or None), records.noun_of(run)
    if request.method == "POST" and form.is_valid():
        try:
            undo(run, request.user, form.cleaned_data["reason"], request)
        except UndoRefused as why:
            messages.error(request, str(why))
        else:
            messages.success(request, f"The import of {run.file_name} is undone. Its {noun} no longer count.")
        return redirect(run)
    parts = run.parts.filter(state=ImportState.LOADED, undo=None).count()
    return render(request, "imports/undo.html", {"run": run, "form": form, "noun": noun, "parts": parts})


@permit("ledger.import_stops")
@require_safe
def download_records(request: HttpRequest, key: str) -> HttpResponseBase:
    """What the import brought, each record beside the row of its file."""
    run = run_of(request, key)
    if not may_see_rows(request, run):
        raise PermissionDenied
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "import", run.key, act="records", rows=run.rows_new)
    found = records.records_of(run)
    return csvsafe.response(f"import-{run.pk}.csv", found.header, found.rows)


@permit("ledger.import_stops")
@require_safe
def download_refused(request: HttpRequest, key: str) -> HttpResponseBase:
    """The refused rows with their reasons, to mend and import again: as CSV, of a map as GeoJSON."""
    run = run_of(request, key)
    if not may_see_rows(request, run):
        raise PermissionDenied
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "import", run.key, act="refused rows", rows=run.rows_refused)
    if refused.is_map(run):
        return _as_map(f"refused-{run.pk}.geojson", features.collection(run))
    return csvsafe.response(f"refused-{run.pk}.csv", refused.mending_header(run), refused.rows_to_mend(run))


def _as_map(file_name: str, parts: Iterator[str]) -> StreamingHttpResponse:
    reply = StreamingHttpResponse(parts, content_type="application/geo+json")
    reply["Content-Disposition"] = f'attachment; filename="{file_name}"'
    reply["X-Content-Type-Options"] = "nosniff"
    return reply
