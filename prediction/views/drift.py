"""Drift: what changed since the models were learned, as page and as a file; taking note of it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from insights.viewer import Viewer
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from prediction import jobs
from prediction.drift.looking import newest
from prediction.drift.report import as_html, rows_for
from prediction.models import DriftReport, JobAct, PredictionJob

LOOKS_LISTED = 12


@permit("prediction.view_prediction")
@require_safe
def show_drift(request: HttpRequest) -> HttpResponse:
    """The newest look: every measure with its threshold, and since when it has not been as before."""
    last = PredictionJob.objects.filter(act=JobAct.DRIFT).exclude(state__in=PredictionJob.UNDER_WAY).first()
    report = newest()
    context = {
        "report": report,
        "measures": rows_for(report, Viewer.of(request.user).exact) if report else [],
        "earlier": DriftReport.objects.all()[1:LOOKS_LISTED],
        "job": jobs.under_way(JobAct.DRIFT),
        "last": last,
        "may_train": request.user.has_perm("prediction.train_model"),
        "may_note": request.user.has_perm("prediction.sign_model"),
    }
    return render(request, "prediction/drift.html", context)


@permit("prediction.train_model")
@require_POST
def look_for_drift(request: HttpRequest) -> HttpResponse:
    """Have the worker look; its page follows it."""
    return redirect(jobs.ask(JobAct.DRIFT, "", request.user, request))


@permit("prediction.view_prediction")
@require_safe
def download_drift(request: HttpRequest, key: str) -> HttpResponse:
    """One look as an HTML file, with what its reader may see."""
    report = get_object_or_404(DriftReport, key=key)
    exact = Viewer.of(request.user).exact
    response = HttpResponse(as_html(report, exact), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="drift-{report.month:%Y-%m}.html"'
    return response


@permit("prediction.sign_model")
@require_POST
def note_drift(request: HttpRequest, key: str) -> HttpResponse:
    """Take note: the notice leaves the front pages until something else drifts."""
    report = get_object_or_404(DriftReport, key=key)
    with transaction.atomic():
        noted = DriftReport.objects.filter(pk=report.pk, noted_at=None)
        if noted.update(noted_by=request.user, noted_at=timezone.now()):
            record(request, AuditVerb.ADMINISTRATION, "drift", report.key, act="noted")
    messages.success(request, "Noted. The notice comes back when something else drifts.")
    return redirect("prediction-drift")
