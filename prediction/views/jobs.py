"""Following work that the worker does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ledger.access import permit
from prediction.models import JobAct, JobState, PredictionJob


@permit("prediction.train_model")
@require_safe
def show_job(request: HttpRequest, key: str) -> HttpResponse:
    """Where a piece of work stands; once it is done, what came of it."""
    job = get_object_or_404(PredictionJob.objects.select_related("user"), key=key)
    if job.state == JobState.DONE:
        return redirect(outcome_of(job))
    return render(request, "prediction/job.html", {"job": job, "progress": progress_of(job)})


@permit("prediction.train_model")
@require_safe
def report_job(request: HttpRequest, key: str) -> JsonResponse:
    """How far a piece of work is, for the page that waits for it."""
    job = get_object_or_404(PredictionJob, key=key)
    url = "" if job.is_under_way else outcome_of(job)
    return JsonResponse({"state": job.state, "url": url, **progress_of(job)})


def progress_of(job: PredictionJob) -> dict[str, Any]:
    waiting = job.state == JobState.WAITING
    message = "Waiting for its turn." if waiting else job.message or "Under way."
    return {"done": job.done, "total": job.total, "message": message}


def outcome_of(job: PredictionJob) -> str:
    """The page of what came of it; of what was not done, its own page says why."""
    if job.state == JobState.FAILED:
        return job.get_absolute_url()
    if job.act == JobAct.DRIFT:
        return reverse("prediction-drift")
    if job.act == JobAct.HOTSPOTS:
        return reverse("crime-hotspots")
    keys = list(job.results.values())
    return reverse("prediction-run", args=[keys[0]]) if keys else reverse("prediction-runs")
