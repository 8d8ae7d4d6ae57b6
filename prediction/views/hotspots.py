"""Hot spots of reported crime."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from insights.downloads import FORMATS, download, say
from insights.presenting import address
from insights.viewer import Viewer
from ledger.access import agency_of, permit
from ledger.models import Agency
from prediction import jobs
from prediction.hotspots import asking, mapping, telling
from prediction.hotspots.report import report_of
from prediction.hotspots.subjects import SUBJECTS, Subject, subject_named
from prediction.models import HotspotRun, JobAct


@permit("prediction.view_prediction")
@require_safe
def show_hotspots(request: HttpRequest) -> HttpResponseBase:
    """Where reported crimes lie close together, and how well such places foretold the next month. Also as a download."""
    agencies = list(Agency.objects.filter(hotspots__isnull=False).distinct())
    agency = _chosen(request, agencies)
    subject = subject_named(request.GET.get("offences", "")) or SUBJECTS[0]
    run = HotspotRun.objects.filter(agency=agency, subject=subject.name).first() if agency else None
    if style := request.GET.get("format", ""):
        return _download(request, run, agency, subject, style)
    context: dict[str, Any] = {
        "agencies": agencies,
        "agency": agency,
        "subjects": SUBJECTS,
        "subject": subject,
        "may_look": request.user.has_perm("prediction.train_model"),
        "job": jobs.under_way(JobAct.HOTSPOTS),
    }
    if run is not None and agency is not None:
        context |= {"run": run, **_figures(request, run, agency, subject)}
    return render(request, "crime/hotspots.html", context)


def _download(
    request: HttpRequest, run: HotspotRun | None, agency: Agency | None, subject: Subject, style: str
) -> HttpResponseBase:
    if run is None or agency is None or run.why:
        return say(style, (run.why if run else "") or "No reported crimes were looked at yet.", 404)
    found = report_of(run, agency, subject, _reader(request, agency))
    question = f"Hot spots of {subject.noun}, {agency}"
    return download(request, "crime", f"hotspots-{subject.name}", question, found, style)


def _reader(request: HttpRequest, agency: Agency) -> telling.Reader:
    viewer = Viewer.of(request.user)
    return telling.Reader(viewer.exact or viewer.agency == agency)


def _chosen(request: HttpRequest, agencies: list[Agency]) -> Agency | None:
    """The agency that is asked for, else the reader's own, else the first."""
    asked, own = request.GET.get("agency", ""), agency_of(request.user)
    wanted = [one for one in agencies if str(one.pk) == asked] or [one for one in agencies if one == own]
    return next(iter([*wanted, *agencies]), None)


def _figures(request: HttpRequest, run: HotspotRun, agency: Agency, subject: Subject) -> dict[str, Any]:
    reader = _reader(request, agency)
    if run.why:
        return {"exact": reader.exact}
    cells = telling.cell_rows(run, reader)
    return {
        "exact": reader.exact,
        "downloads": {style: address(request, format=style, table=None) for style in FORMATS},
        "finding": telling.finding(run, subject, reader),
        "tested": telling.tested(run, reader),
        "tests": telling.test_rows(run, reader),
        "clusters": telling.cluster_rows(run, reader),
        "cells": cells,
        "map": mapping.map_of(run, agency, subject, reader, {one["key"] for one in cells}),
    }


@permit("prediction.train_model")
@require_POST
def look_for_hotspots(request: HttpRequest) -> HttpResponse:
    """Have the worker look wherever crimes changed; its page follows it."""
    return redirect(asking.ask(request.user, request))
