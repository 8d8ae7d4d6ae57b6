"""Runs: what was learned, how right it is, and who stands for it. Signing off, rolling back, switching off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from insights.codes import Codes
from insights.viewer import Viewer
from ledger.access import permit
from ledger.models import AuditEvent
from prediction import jobs, runs
from prediction.kinds import KINDS, families, kind_named
from prediction.models import JobAct, ModelRun, PredictionJob, RunState
from prediction.stops.words import StopWords
from prediction.views import cards, cards_of_groups

RUNS_A_PAGE, USES_SHOWN = 25, 20


class ReasonForm(forms.Form):
    """Why. Whoever reads the card later must understand it."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={
            "required": "Write why, in a sentence.",
            "max_length": "Shorten this to 500 characters.",
        },
    )


@permit("prediction.view_prediction")
@require_safe
def list_runs(request: HttpRequest) -> HttpResponse:
    """What is in use of each kind, then all runs, the newest first."""
    kind = kind_named(request.GET.get("kind", ""))
    found = ModelRun.objects.select_related("trained_by", "signed_by").defer("card", "serving")
    page = Paginator(found.filter(kind=kind.name) if kind else found, RUNS_A_PAGE).get_page(
        request.GET.get("page")
    )
    used = {run.kind: run for run in found.filter(state=RunState.IN_USE)}
    exact = Viewer.of(request.user).exact
    context = {
        "kinds": [
            (one, used.get(one.name), _records(used[one.name], exact) if one.name in used else "")
            for one in KINDS
        ],
        "page": page,
        "listed": [(run, _records(run, exact)) for run in page],
        "kind": kind,
        "may_train": request.user.has_perm("prediction.train_model"),
        "families": [(one, jobs.under_way(JobAct.TRAIN, one)) for one in families()],
        "failed": PredictionJob.objects.filter(act=JobAct.TRAIN).exclude(state__in=PredictionJob.UNDER_WAY)[
            :1
        ],
    }
    return render(request, "prediction/runs.html", context)


def _records(run: ModelRun, exact: bool) -> str:
    """How many records a run was learned from: of two runs, or beside a total, the exact number would tell a small count."""
    return cards.stops_written(run.data_rows, exact)


@permit("prediction.view_prediction")
@require_safe
def show_run(request: HttpRequest, key: str) -> HttpResponse:
    """The model card."""
    run = _run(key)
    words, codes = StopWords(), Codes()
    exact = Viewer.of(request.user).exact
    context = {
        "run": run,
        "records": run.of.records if run.of else "records",
        "rivals": cards.rivals(run),
        "calibration": cards.calibration(run, request.GET.get("class", ""), words, exact),
        "months": cards.months(run, words, exact),
        "groups": cards_of_groups.groups(run, codes, words, exact),
        "added": cards.added(run),
        "settings": cards.settings(run),
        "inputs": cards.inputs(run),
        "split": cards.split(run, exact),
        "learned_from": _records(run, exact),
        "tables": run.card.get("tables", []),
        "charts": run.card.get("charts", []),
        "events": run.events.select_related("user"),
        "acts": _acts(request, run),
        "form": ReasonForm(),
    }
    if request.user.has_perm("prediction.sign_model"):
        uses = AuditEvent.objects.filter(object_kind="prediction", object_id=str(run.key))
        context |= {"uses": uses[:USES_SHOWN], "uses_count": uses.count()}
    return render(request, "prediction/run.html", context)


def _run(key: str) -> ModelRun:
    return get_object_or_404(ModelRun.objects.select_related("trained_by", "signed_by"), key=key)


def _acts(request: HttpRequest, run: ModelRun) -> list[str]:
    """What this user may do with this run now."""
    if not request.user.has_perm("prediction.sign_model"):
        return []
    if run.state != RunState.IN_USE:
        own = run.trained_by_id == request.user.pk
        return [] if own or not runs.has_table(run) else ["sign"]
    return ["off", *(["back"] if runs.previous_of(run.kind) else [])]


@permit("prediction.sign_model")
@require_POST
def sign_run(request: HttpRequest, key: str) -> HttpResponse:
    """Put a run in use, with what the signer says of it."""
    run = _run(key)
    done = "The run is signed off and in use from now on."
    return _act(request, run, lambda why: runs.sign_off(run, request.user, why, request), done)


@permit("prediction.sign_model")
@require_POST
def roll_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take the run out that is in use, and put back the one that was before it."""
    run = _run(key)
    done = "The run that was in use before is in use again."
    return _act(request, run, lambda why: runs.roll_back(run.kind, request.user, why, request, run), done)


@permit("prediction.sign_model")
@require_POST
def switch_off(request: HttpRequest, key: str) -> HttpResponse:
    """Take the run out that is in use; nothing is predicted of this kind until another is signed off."""
    run = _run(key)
    done = "It is switched off. Nothing of this kind is shown until a run is signed off again."
    return _act(request, run, lambda why: runs.switch_off(run.kind, request.user, why, request, run), done)


def _act(request: HttpRequest, run: ModelRun, act: Callable[[str], ModelRun], done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return redirect(run)
    try:
        found = act(form.cleaned_data["reason"])
    except runs.NotAllowed as why:
        messages.error(request, str(why))
        return redirect(run)
    messages.success(request, done)
    return redirect(found)


@permit("prediction.train_model")
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Have a family trained by the worker; its page follows it."""
    family: Any = request.POST.get("family")
    if family not in families():
        messages.error(request, "There is nothing of this name to train. Choose from the page.")
        return redirect("prediction-runs")
    return redirect(jobs.ask(JobAct.TRAIN, family, request.user, request))
