"""Patrol plans: the list and the form, one plan, its approval, the policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from insights.downloads import FORMATS, download
from insights.viewer import Viewer
from ledger.access import agency_of, permit
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.models import Agency, Area
from prediction.crime.rates import Served, served
from prediction.models import PatrolPlan, PatrolPolicy, PatrolVerdict
from prediction.patrol import showing
from prediction.patrol.making import make_plan
from prediction.patrol.planning import Impossible
from prediction.patrol.report import report_of
from prediction.patrol.versions import policy_in_force
from prediction.views.patrol_forms import PlanForm, PolicyForm, VerdictForm

PLANS_A_PAGE, VERSIONS_SHOWN = 20, 20


@permit("prediction.view_prediction")
@require_safe
def show_patrol(request: HttpRequest) -> HttpResponse:
    """All plans, the newest first, and the form for another."""
    run = served()
    return _index(request, run, _form(request, run))


@permit("prediction.plan_patrol")
@require_POST
def plan_patrol(request: HttpRequest) -> HttpResponse:
    """Make a plan, and show it."""
    run = served()
    form = _form(request, run, request.POST)
    if form is not None and form.is_valid():
        try:
            return redirect(make_plan(form.asked, request.user, request))
        except Impossible as why:
            form.add_error(None, str(why))
    return _index(request, run, form)


def _form(request: HttpRequest, run: Served | None, data: Any = None) -> PlanForm | None:
    """The form within the reader's reach; None where there is nothing to plan from."""
    if run is None or not request.user.has_perm("prediction.plan_patrol"):
        return None
    rates, own = run.run.crime_rates.all(), agency_of(request.user)
    if own is not None:
        rates = rates.filter(agency=own)
    agencies = Agency.objects.filter(pk__in=rates.values("agency_id"))
    if not agencies:
        return None
    areas = Area.objects.filter(pk__in=rates.values("area_id")).defer("boundary")
    tomorrow = timezone.localdate() + timedelta(days=1)
    return PlanForm(agencies, areas, data, initial={"day": tomorrow})


def _index(request: HttpRequest, run: Served | None, form: PlanForm | None) -> HttpResponse:
    plans = PatrolPlan.objects.select_related("agency", "user", "verdict").defer("body")
    context = {
        "form": form,
        "run": run,
        "page": Paginator(plans, PLANS_A_PAGE).get_page(request.GET.get("page")),
        "policy": policy_in_force()[1],
        "may_plan": request.user.has_perm("prediction.plan_patrol"),
    }
    return render(request, "patrol/index.html", context)


@permit("prediction.view_prediction")
@require_safe
def show_plan(request: HttpRequest, key: str) -> HttpResponseBase:
    """One plan: by area with reasons, its rounds, exposure, what changed, and afterwards what was reported. Also as a download."""
    plan = _plan(key)
    rounds, exact = _sees_rounds(request, plan), _sees_exact(request, plan)
    if style := request.GET.get("format", ""):
        question = f"Patrol plan of {plan.agency}, {plan.day:%-d %B %Y}, {plan.clock}"
        return download(
            request, "patrol", f"plan-{plan.key}", question, report_of(plan, rounds, exact), style
        )
    context = showing.told(plan, rounds, exact) | {
        "plan": plan,
        "downloads": {style: f"?format={style}" for style in FORMATS},
        "may_judge": _may_judge(request, plan),
        "own": plan.user_id == request.user.pk,
    }
    return render(request, "patrol/plan.html", context)


def _plan(key: str) -> PatrolPlan:
    return get_object_or_404(
        PatrolPlan.objects.select_related("agency", "user", "run", "policy", "verdict__user"), key=key
    )


def _sees_rounds(request: HttpRequest, plan: PatrolPlan) -> bool:
    """When a unit will be where is for those who plan, and for the own agency, until it is over."""
    own = agency_of(request.user)
    if own is not None:
        return plan.is_over or own == plan.agency
    return plan.is_over or request.user.has_perm("prediction.plan_patrol")


def _sees_exact(request: HttpRequest, plan: PatrolPlan) -> bool:
    viewer = Viewer.of(request.user)
    return viewer.exact or viewer.agency == plan.agency


def _may_judge(request: HttpRequest, plan: PatrolPlan) -> bool:
    """Another person than the maker, of the own agency where there is one, while the shift is not over."""
    own = agency_of(request.user)
    return bool(
        request.user.has_perm("prediction.approve_patrol")
        and plan.user_id != request.user.pk
        and own in (None, plan.agency)
        and plan.state == "waiting for approval"
    )


@permit("prediction.approve_patrol")
@require_POST
def judge_plan(request: HttpRequest, key: str) -> HttpResponse:
    """Approve or refuse a plan that somebody else made."""
    plan, form = _plan(key), VerdictForm(request.POST)
    if not _may_judge(request, plan):
        messages.error(
            request,
            "This plan cannot be approved or refused by you now: it is your own, another agency’s, over, or settled.",
        )
    elif not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    else:
        _settle(request, plan, form.cleaned_data["verdict"] == "approve", form.cleaned_data["reason"])
    return redirect(plan)


def _settle(request: Any, plan: PatrolPlan, approved: bool, reason: str) -> None:
    try:
        with transaction.atomic():
            PatrolVerdict.objects.create(plan=plan, approved=approved, reason=reason, user=request.user)
            act = "approved" if approved else "refused"
            record(request, AuditVerb.ADMINISTRATION, "patrol plan", plan.key, act=act)
    except IntegrityError:
        messages.error(request, "Somebody else settled this plan in this moment.")
        return
    messages.success(request, "The plan is approved." if approved else "The plan is refused.")


@permit("prediction.view_prediction")
@require_safe
def show_policy(request: HttpRequest) -> HttpResponse:
    """The policy in force and its versions; a form for a new one to those who may."""
    return _policy_page(request, PolicyForm(policy_in_force()[0]))


@permit("prediction.edit_patrol_policy")
@require_POST
def edit_policy(request: HttpRequest) -> HttpResponse:
    """Keep a new version of the policy."""
    form = PolicyForm(policy_in_force()[0], request.POST)
    if not form.is_valid():
        return _policy_page(request, form)
    _keep_policy(request, form)
    messages.success(request, "The policy is kept. It holds for plans that are made from now on.")
    return redirect("patrol-policy")


def _policy_page(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    policy, version = policy_in_force()
    context = {
        "form": form,
        "in_force": version,
        "policy": policy,
        "may_edit": request.user.has_perm("prediction.edit_patrol_policy"),
        "versions": PatrolPolicy.objects.select_related("user")[:VERSIONS_SHOWN],
        "table": showing.policy_rows(policy),
    }
    return render(request, "patrol/policy.html", context)


@transaction.atomic
def _keep_policy(request: Any, form: PolicyForm) -> None:
    kept = PatrolPolicy.objects.create(
        body=form.policy.told(), reason=form.cleaned_data["reason"], user=request.user
    )
    record(request, AuditVerb.ADMINISTRATION, "patrol policy", kept.pk, act="made")
