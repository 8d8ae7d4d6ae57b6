"""The proxy audit: what was found of each level, and the kept model applied to another table of rates. Never to a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from prediction import jobs, runs
from prediction.kinds import kinds_of
from prediction.models import JobAct, ModelRun, RunState
from prediction.proxy.applying import HEADER, LEAST_ROWS, LEAST_STOPS, MOST_BYTES, NotATable, apply, shown
from prediction.views import cards

LEVELS = {"states": "States", "cities": "Cities"}


@permit("prediction.view_prediction")
@require_safe
def show_audit(request: HttpRequest) -> HttpResponseBase:
    """The audit of one level, as page or JSON."""
    level = request.GET.get("level", "states")
    if level not in LEVELS:
        return _refuse(request, f"“{level[:40]}” is not offered. Choose states or cities.", "states")
    if request.GET.get("format") == "json":
        return _as_json(level)
    return render(request, "prediction/proxy.html", _context(request, level))


@permit("prediction.train_model")
@require_POST
def apply_to_table(request: HttpRequest) -> HttpResponse:
    """Apply the model in use to an uploaded table. Nothing of the file is kept; that it was done is."""
    level = request.POST.get("level", "states")
    run = runs.in_use(f"proxy-{level}") if level in LEVELS else None
    if run is None:
        return _refuse(
            request, "No audit of this level is in use. Have it trained and signed off first.", "states"
        )
    file = request.FILES.get("file")
    if file is None:
        return _refuse(request, "Choose a file: a CSV of aggregate rates.", level)
    try:
        found = apply(run, file.read(MOST_BYTES + 1))
    except NotATable as why:
        return _refuse(request, str(why), level)
    record(
        request,
        AuditVerb.CONSULTATION,
        "prediction",
        str(run.key),
        act="applied to a table",
        rows=found.used,
        known={"table": f"{found.used} rows"},
        rests_on=f"{run.data_rows} rows",
    )
    return render(
        request,
        "prediction/proxy.html",
        _context(request, level) | {"name": run.serving["name"]} | shown(found),
    )


def _context(request: HttpRequest, level: str) -> dict[str, Any]:
    run = _newest(level)
    used = run if run and run.state == RunState.IN_USE else None
    return {
        "level": level,
        "levels": LEVELS,
        "run": run,
        "used": used,
        "job": jobs.under_way(JobAct.TRAIN, "proxy"),
        "rivals": cards.rivals(run) if run else None,
        "findings": run.card.get("findings", []) if run else [],
        "charts": run.card.get("charts", []) if run else [],
        "tables": run.card.get("tables", []) if run else [],
        "may_train": request.user.has_perm("prediction.train_model"),
        "use": kinds_of("proxy")[0].use,
        "header": HEADER,
        "least_stops": LEAST_STOPS,
        "least_rows": LEAST_ROWS,
    }


def _newest(level: str) -> ModelRun | None:
    """The run in use, else the newest candidate, without its model, which may be large."""
    of_kind = ModelRun.objects.filter(kind=f"proxy-{level}").defer("serving")
    in_use = of_kind.filter(state=RunState.IN_USE).first()
    return in_use or of_kind.filter(state=RunState.CANDIDATE).first()


def _as_json(level: str) -> JsonResponse:
    run = _newest(level)
    if run is None:
        return JsonResponse({"error": "No audit of this level was trained yet."}, status=404)
    body = {
        "level": level,
        "run": str(run.key),
        "gate": run.gate,
        "why": run.why,
        "use": run.of.use if run.of else "",
        "findings": run.card.get("findings", []),
        "tables": run.card.get("tables", []),
        **run.metrics,
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _refuse(request: HttpRequest, why: str, level: str) -> HttpResponse:
    if request.GET.get("format") == "json":
        return JsonResponse({"error": why}, status=400)
    return render(request, "prediction/proxy.html", _context(request, level) | {"refused": why}, status=400)
