"""Files come in: one or several, each with a run of its own. What several have in common is followed on one page."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import tasks
from ledger.access import imports_for, permit
from ledger.audit import record
from ledger.choices import AuditVerb, ImportState
from ledger.imports import uploads
from ledger.imports.forms import UploadForm
from ledger.imports.receiving import Received
from ledger.imports.tables import TogetherTable
from ledger.models import ImportRun
from ledger.views.imports import UNDER_WAY, is_loadable, may_see_rows, start_loading
from ledger.views.state import paged

NO_ROOM = "The files could not be kept: there is no room on the server’s disk. Nothing was stored; tell your administrator."


@permit("ledger.import_stops")
@require_http_methods(["GET", "HEAD", "POST"])
def upload_import(request: HttpRequest) -> HttpResponse:
    """Take files in and have them checked. Nothing is loaded by this."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, user=request.user, dropped=uploads.dropped(request) if sent else ())
    if sent and form.is_valid():
        try:
            runs = _begin(request, form)
        except OSError:
            form.add_error("file", NO_ROOM)
        else:
            return redirect(runs[0] if len(runs) == 1 else reverse("import-batch", args=[runs[0].batch]))
    return render(request, "imports/upload.html", {"form": form, "sources": form.sources})


def _begin(request: HttpRequest, form: UploadForm) -> list[ImportRun]:
    """Keep the files, note their runs and hand the checks to the worker, all or none of it."""
    batch = uuid.uuid4() if len(form.received) > 1 else None
    kept: list[tuple[str, str]] = []
    try:
        for one in form.received:
            kept.append(("", "") if one.problem else uploads.keep(one.file))
        with transaction.atomic():
            return [
                _run_of(request, form.cleaned_data, batch, *pair)
                for pair in zip(form.received, kept, strict=True)
            ]
    except BaseException:
        for name, _ in kept:
            uploads.drop(name)
        raise


def _run_of(
    request: HttpRequest, data: dict[str, Any], batch: uuid.UUID | None, one: Received, kept: tuple[str, str]
) -> ImportRun:
    """The run of an uploaded file: to be checked, or waiting for answers, or refused with its reason."""
    name, digest = kept
    state = ImportState.FAILED if one.problem else ImportState.ASKING if one.asks else ImportState.UPLOADED
    run = ImportRun.objects.create(
        source=one.source.name if one.source else "",
        file_name=one.name,
        stored_name=name,
        digest=digest,
        size=one.file.size or 0,
        agency=data["agency"],
        notes={"agency": data["new_agency"]} if data["new_agency"] else {},
        user=request.user,  # type: ignore[misc]  # signed in: every page but the sign-in is
        batch=batch,
        state=state,
        message=one.problem,
    )
    record(
        request,
        AuditVerb.COLLECTION,
        "import",
        run.key,
        act="uploaded",
        source=run.source,
        done=not one.problem,
    )
    if state == ImportState.UPLOADED:
        tasks.check_import.defer(run_id=run.pk)
    return run


def _batch(request: HttpRequest, batch: uuid.UUID) -> list[ImportRun]:
    """The runs of files that were uploaded together, in their order; none of others is as if it were not there."""
    runs = list(imports_for(request.user).filter(batch=batch, parent=None).order_by("pk"))
    if not runs:
        raise Http404("There are no such imports.")
    return runs


@permit("ledger.import_stops")
@require_safe
def show_batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Files that were uploaded together: where each stands, and what can be loaded."""
    runs = _batch(request, batch)
    table = paged(TogetherTable(runs), request, ordered=False)
    loadable = [run for run in runs if is_loadable(run) and may_see_rows(request, run)]
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "imports", str(batch), rows=len(runs))
    context = {"batch": batch, "runs": runs, "table": table, "loadable": loadable, **_standing(runs)}
    return render(request, "imports/batch.html", context)


def _standing(runs: list[ImportRun]) -> dict[str, Any]:
    """How many files are where."""
    under_way = sum(run.state in UNDER_WAY for run in runs)
    return {
        "under_way": under_way,
        "asking": sum(run.state == ImportState.ASKING for run in runs),
        "failed": sum(run.state == ImportState.FAILED for run in runs),
        "loaded": sum(run.state == ImportState.LOADED for run in runs),
        "rows": sum(run.rows_new for run in runs if run.state == ImportState.CHECKED),
        "refused": sum(run.rows_refused for run in runs if run.state == ImportState.CHECKED),
        "done": len(runs) - under_way,
        "total": len(runs),
    }


@permit("ledger.import_stops")
@require_safe
def report_batch(request: HttpRequest, batch: uuid.UUID) -> JsonResponse:
    """How far the files of a batch are, for the page that waits for them."""
    runs = _batch(request, batch)
    standing = _standing(runs)
    url = "" if standing["under_way"] else reverse("import-batch", args=[batch])
    done = sum(_share(run) for run in runs)
    message = f"{standing['done']} of {len(runs)} files are done."
    return JsonResponse(
        {"state": "", "url": url, "done": round(100 * done), "total": 100 * len(runs), "message": message}
    )


def _share(run: ImportRun) -> float:
    """How much of a file is read; all of one that nothing is done with."""
    if run.state not in UNDER_WAY:
        return 1.0
    return run.progress / run.progress_total if run.progress_total else 0.0


@permit("ledger.import_stops")
@require_POST
def load_batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Have the good rows of all checked files of a batch loaded."""
    begun = 0
    for run in _batch(request, batch):
        if not may_see_rows(request, run):
            continue
        with transaction.atomic():
            kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if is_loadable(kept):
                start_loading(request, kept)
                begun += 1
    if not begun:
        messages.info(request, "No file of these waits to be loaded.")
    return redirect(reverse("import-batch", args=[batch]))
