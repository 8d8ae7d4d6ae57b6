"""Pages of the data profile: what there is, one kind of record from one source, and the full report on an import."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from insights.models import ImportReport, ProfileRun, RunState
from insights.profiles import checks, full_report, runs
from insights.profiles.kinds import kinds
from insights.profiles.presenting import columns_of, first_words
from insights.profiles.runs import Unit
from ledger import csvsafe
from ledger.access import agency_of, imports_for, permit
from ledger.audit import record
from ledger.choices import AuditVerb, ImportState
from ledger.imports.sources import source_named
from ledger.models import Agency, ImportRun
from ledger.views.imports import may_undo

BY_HAND = "logged"  # the source in an address of what was logged at a desk
MOST_REPORTS, MOST_LOOKED_AT = 12, 500  # imports named, imports among which they are looked for
CSV = ("name", "label", "type", "known", "missing", "distinct", "low", "high")
SANDBOX = f"sandbox allow-scripts; {full_report.POLICY}"


def scope_of(request: HttpRequest) -> Agency | None:
    """Whose records a reader profiles: an analyst all of them, a supervisor the own agency's."""
    if request.user.has_perm("insights.view_exact"):
        return None
    agency = agency_of(request.user)
    if agency is None:
        raise PermissionDenied
    return agency


@permit("insights.view_exact", "ledger.review_stop")
@require_safe
def list_profiles(request: HttpRequest) -> HttpResponse:
    """Each kind of record from each source: rows, period, checks."""
    agency = scope_of(request)
    listed = [_listed(unit, agency) for unit in runs.units(agency)]
    under_way = _under_way(agency).count()
    reports = _reports(request)
    context = {"listed": listed, "agency": agency, "under_way": under_way, "reports": reports}
    return render(request, "profile/index.html", context)


def _listed(unit: Unit, agency: Agency | None) -> dict[str, Any]:
    run = runs.newest(unit, agency)
    count = dict.fromkeys((checks.OK, checks.WARN, checks.FAIL), 0)
    for check in run.checks if run else ():
        count[check["state"]] += 1
    return {
        "unit": unit,
        "run": run,
        "state": checks.worst(run.checks) if run else "",
        "count": count,
        "source": runs.source_title(unit.source),
        "url": reverse("profile-of", args=[unit.kind.slug, unit.source or BY_HAND]),
    }


def _under_way(agency: Agency | None) -> Any:
    return ProfileRun.objects.filter(agency=agency, state__in=ProfileRun.UNDER_WAY)


def _reports(request: HttpRequest) -> list[ImportRun]:
    """The last loaded imports on whose rows the reader may have a full report; of an archive or a workbook each of its files or sheets."""
    loaded = imports_for(request.user).filter(
        state=ImportState.LOADED, rows_new__gt=0, undo=None, parts__isnull=True
    )
    return list(islice((run for run in loaded[:MOST_LOOKED_AT] if may_undo(request, run)), MOST_REPORTS))


@permit("insights.view_exact", "ledger.review_stop")
@require_POST
def profile_all(request: HttpRequest) -> HttpResponse:
    """Have everything within the reader's reach profiled anew."""
    agency = scope_of(request)
    for unit in runs.units(agency):
        runs.ask(unit, agency, request.user)
    return redirect("profile")


@permit("insights.view_exact", "ledger.review_stop")
@require_safe
def report_profile_progress(request: HttpRequest) -> JsonResponse:
    """How many profiles are still under way, for the page that waits for them."""
    left = _under_way(scope_of(request)).count()
    return JsonResponse(
        {
            "state": "running" if left else "done",
            "done": 0,
            "total": 0,
            "message": f"{left} to go.",
            "url": "" if left else reverse("profile"),
        }
    )


@permit("insights.view_exact", "ledger.review_stop")
@require_safe
def show_profile(request: HttpRequest, kind: str, source: str) -> HttpResponseBase:
    """One kind of record from one source: checks, and column by column what there is."""
    agency, unit = scope_of(request), _unit(kind, source)
    if agency is not None and not unit.kind.agency:
        raise Http404("There is no such profile.")
    run, style = runs.newest(unit, agency), request.GET.get("format", "")
    held = unit.kind.rows(unit.source, agency).exists()
    if not (run or held or source == BY_HAND or source_named(source)):
        raise Http404("There is no such source.")
    if style:
        return _download(request, unit, run, style)
    earlier = runs.before(run) if run else None
    context = {
        "unit": unit,
        "agency": agency,
        "run": run,
        "held": held,
        "earlier": earlier,
        "source": runs.source_title(unit.source),
        "columns": columns_of(run, runs.changes(run, earlier)) if run else [],
        "rows_changed": runs.changes(run, earlier).get("", "") if run else "",
        "state": checks.worst(run.checks) if run else "",
        "summary": first_words(run) if run else "",
    }
    return render(request, "profile/profile.html", context)


def _unit(kind: str, source: str) -> Unit:
    found = kinds().get(kind)
    if found is None or len(source) > 40:
        raise Http404("There is no such kind of record.")
    return Unit(found, "" if source == BY_HAND else source)


def _download(request: HttpRequest, unit: Unit, run: ProfileRun | None, style: str) -> HttpResponseBase:
    if style not in ("csv", "json") or run is None:
        sentence = (
            "Nothing was profiled yet."
            if run is None
            else f"“{style[:40]}” is not offered. Choose csv or json."
        )
        return HttpResponse(
            f"{sentence}\n", status=404 if run is None else 400, content_type="text/plain; charset=utf-8"
        )
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "profile", f"{unit.kind.slug}/{unit.source}", format=style)
    if style == "csv":
        rows = ([column[name] for name in CSV] for column in run.columns)
        return csvsafe.response(f"profile-{unit.kind.slug}.csv", CSV, rows)
    names = ("kind", "source", "rows", "first_day", "last_day", "columns", "checks", "finished_at", "seconds")
    return JsonResponse(
        {name: getattr(run, name) for name in names}, json_dumps_params={"ensure_ascii": False}
    )


# The full report on an import


def _run_of(request: HttpRequest, key: Any) -> ImportRun:
    """An import whose rows the reader may see; any other is as if it were not there."""
    run: ImportRun = get_object_or_404(imports_for(request.user), key=key)
    if not may_undo(request, run):
        raise Http404("There is no such import.")
    return run


@permit("ledger.import_stops")
@require_http_methods(["GET", "HEAD", "POST"])
def show_full_report(request: HttpRequest, key: str) -> HttpResponse:
    """Where the full report on an import stands; POST has it written."""
    run = _run_of(request, key)
    if request.method == "POST":
        full_report.ask(run)
        return redirect("import-full-report", key=key)
    report = ImportReport.objects.filter(import_run=run).first()
    ready = report is not None and report.state == RunState.DONE and full_report.path_of(report).exists()
    context = {
        "run": run,
        "report": report,
        "ready": ready,
        "most": full_report.MOST_ROWS,
        "kept": full_report.KEPT_DAYS,
    }
    return render(request, "profile/full_report.html", context)


@permit("ledger.import_stops")
@require_safe
def report_full_progress(request: HttpRequest, key: str) -> JsonResponse:
    report = get_object_or_404(ImportReport, import_run=_run_of(request, key))
    url = "" if report.is_under_way else reverse("import-full-report", args=[key])
    return JsonResponse(
        {
            "state": report.state,
            "done": 0,
            "total": 0,
            "message": f"{report.get_state_display()}.",
            "url": url,
        }
    )


@permit("ledger.import_stops")
@require_safe
def download_full_report(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file, as a download in a sandbox: its own scripts run in it and reach nothing of ours."""
    run = _run_of(request, key)
    report = ImportReport.objects.filter(import_run=run, state=RunState.DONE).first()
    path = full_report.path_of(report) if report else None
    if path is None or not path.exists():
        messages.info(request, "The report is not there (any more). Have it written anew.")
        return redirect("import-full-report", key=key)
    with transaction.atomic():
        record(
            request,
            AuditVerb.DISCLOSURE,
            "import",
            run.key,
            act="full report",
            rows=report.rows if report else 0,
        )
    reply = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"import-{run.pk}-report.html",
        content_type="text/html; charset=utf-8",
    )
    reply["Content-Security-Policy"] = SANDBOX
    reply["X-Content-Type-Options"] = "nosniff"
    return reply
