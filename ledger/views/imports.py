"""Importing in the browser: choose a file, see what it would do, load it, follow it, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import csvsafe, tasks
from ledger.access import agency_of, imports_for, permit
from ledger.audit import record
from ledger.choices import AuditVerb, ImportState
from ledger.imports import keeping, refused, samples, uploads
from ledger.imports.forms import LoadForm, UndoForm, UploadForm
from ledger.imports.tables import ImportTable, kind_of, state_of
from ledger.imports.undo import UndoRefused, undo
from ledger.models import ImportRun
from ledger.views.state import paged

ERRORS_A_PAGE = 50
UNDER_WAY = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.LOADING)
NO_ROOM = "The file could not be kept: there is no room on the server’s disk. Nothing was stored; tell your administrator."


def run_of(request: HttpRequest, key: Any) -> ImportRun:
    """An import within the user's reach; any other is as if it were not there."""
    run: ImportRun = get_object_or_404(imports_for(request.user), key=key)
    return run


def may_see_rows(request: HttpRequest, run: ImportRun) -> bool:
    """Values of rows, plates among them, are for who uploaded the file and for supervisors of its agency."""
    agency = agency_of(request.user)
    return run.user_id == request.user.pk or (agency is not None and run.agency_id == agency.pk)


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
@require_http_methods(["GET", "HEAD", "POST"])
def upload_import(request: HttpRequest) -> HttpResponse:
    """Take a file in and have it checked. Nothing is loaded by this."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    too_large = uploads.too_large() if sent and uploads.was_too_large(request) else ""
    form = UploadForm(*sent, user=request.user, too_large=too_large)
    if sent and form.is_valid():
        try:
            return redirect(_begin(request, form.cleaned_data))
        except OSError:
            form.add_error("file", NO_ROOM)
    return render(request, "imports/upload.html", {"form": form, "sources": form.sources})


def _begin(request: HttpRequest, data: dict[str, Any]) -> ImportRun:
    """Keep the file, note the run and hand the check to the worker, all or none of it."""
    name, digest = uploads.keep(data["file"])
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                source=data["source"],
                file_name=data["file"].name[:255],
                stored_name=name,
                digest=digest,
                size=data["file"].size,
                agency=data["agency"],
                notes={"agency": data["new_agency"]} if data["new_agency"] else {},
                user=request.user,  # type: ignore[misc]  # signed in: every page but the sign-in is
            )
            record(request, AuditVerb.COLLECTION, "import", run.key, act="uploaded", source=run.source)
            tasks.check_import.defer(run_id=run.pk)
    except BaseException:
        uploads.drop(name)
        raise
    return run


@permit("ledger.import_stops")
@require_safe
def show_import(request: HttpRequest, key: str) -> HttpResponse:
    """Where an import stands: under way, checked, loaded, or why it could not be read."""
    run = run_of(request, key)
    context = {"run": run, "state": state_of(run), "kind": kind_of(run), "undone": getattr(run, "undo", None)}
    if run.state in UNDER_WAY:
        return render(request, "imports/waiting.html", context | _progress(run))
    may_see = may_see_rows(request, run)
    with transaction.atomic():
        record(
            request, AuditVerb.CONSULTATION, "import", run.key, rows_shown=may_see and run.rows_refused > 0
        )
    context |= {"may_undo": may_undo(request, run)}
    context |= {"may_see_rows": may_see, "may_load": may_see and _is_loadable(run), "form": LoadForm()}
    context |= _errors(request, run) if may_see else {"causes": refused.causes(run)}
    if run.state == ImportState.CHECKED and may_see:
        context |= {"samples": samples.of(run), "loaded_before": samples.loaded_before(run)}
    return render(request, "imports/report.html", context)


def _is_loadable(run: ImportRun) -> bool:
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
    return {"done": run.progress, "total": 0 if read else run.progress_total, "message": message}


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
    act = _start_loading if form.cleaned_data["choice"] == "load" else _give_up
    with transaction.atomic():
        kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if _is_loadable(kept):
            act(request, kept)
        else:
            messages.info(request, "This was decided already.")
    return redirect(run)


def _start_loading(request: HttpRequest, run: ImportRun) -> None:
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
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            undo(run, request.user, form.cleaned_data["reason"], request)
        except UndoRefused as why:
            messages.error(request, str(why))
        else:
            messages.success(request, f"The import of {run.file_name} is undone. Its stops no longer count.")
        return redirect(run)
    return render(request, "imports/undo.html", {"run": run, "form": form})


@permit("ledger.import_stops")
@require_safe
def download_refused(request: HttpRequest, key: str) -> HttpResponseBase:
    """The refused rows with their reasons, to mend and import again."""
    run = run_of(request, key)
    if not may_see_rows(request, run):
        raise PermissionDenied
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "import", run.key, act="refused rows", rows=run.rows_refused)
    return csvsafe.response(f"refused-{run.pk}.csv", refused.mending_header(run), refused.rows_to_mend(run))
