"""Pages of the audit of predictions: all bodies with the counting tables, and one body in full."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from insights.audit import hiding, overview, queue
from insights.audit.drawing import ACTUAL, PLACES, PREDICTIONS, shown
from insights.audit.people import BY_KEY, GROUPS, PEOPLE
from insights.audit.who import difference
from insights.disparity.presenting import meanings_of, sections_of
from insights.disparity.reports import Report, from_kept
from insights.downloads import no_such_table, say, table_as_csv
from insights.models import PredictionAudit
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb

FORMATS = ("", "csv", "json")


@permit("insights.view_insights")
@require_safe
def list_audits(request: HttpRequest) -> HttpResponseBase:
    """Every body of predictions that was audited, and what the departments say together."""
    audits = list(PredictionAudit.objects.defer("report"))
    report = overview.report([one for one in audits if not one.ours])
    if style := request.GET.get("format", ""):
        return _download(request, report, "all", style)
    waiting = queue.is_under_way()
    context = {
        "audits": [_listed(one, request.user.has_perm("insights.view_exact")) for one in audits],
        "report": report,
        "sections": sections_of(request, report),
        "meanings": meanings_of(report),
        "waiting": waiting,
        "may_compute": request.user.has_perm("insights.view_exact"),
    }
    return render(request, "audit/index.html", context)


def _listed(one: PredictionAudit, exact: bool) -> dict[str, Any]:
    groups = one.figures["groups"] if one.figures["told"] else {}
    cells = [overview.cell(groups.get(key)) for key in overview.LISTED]
    return {"audit": one, "groups": cells, "outcome": hiding.outcome_for(one, exact)}


@permit("insights.view_insights")
@require_safe
def show_audit(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One body: whom its predictions fall on, where they point, whether they were right."""
    audit = PredictionAudit.objects.filter(slug=slug).first()
    if audit is None:
        raise Http404("There is no such audit.")
    exact = request.user.has_perm("insights.view_exact")
    report = hiding.report_for(audit, from_kept(audit.report), exact)
    if style := request.GET.get("format", ""):
        return _download(request, report, slug, style)
    group, maps = _maps(request, audit)
    context = {
        "audit": audit,
        "report": report,
        "sections": _named(request, report),
        "meanings": meanings_of(report),
        "maps": maps,
        "group": group,
        "map_after": next((name for name in ("right", "places") if name in report.tables), ""),
        "choices": [(one.key, one.label) for one in GROUPS if one.key in audit.figures["groups"]],
        "data_as_at": audit.computed_at,
    }
    return render(request, "audit/audit.html", context)


def _named(request: HttpRequest, report: Report) -> list[dict[str, Any]]:
    """Sections with the name of their table, by which maps and lists of contents lead to them."""
    found = sections_of(request, report)
    for section, told in zip(report.sections, found, strict=True):
        told["name"] = section.table.name if section.table else ""
    return found


def _maps(request: HttpRequest, audit: PredictionAudit) -> tuple[str, dict[str, str]]:
    """The group that is asked for, else the one whose share differs most where most predictions fall; and the drawings of
    the page. Where crimes lay is shown to those who see exact figures."""
    groups = audit.figures["groups"]
    asked = request.GET.get("group", "")
    group = asked if asked in groups else _most_different(groups)
    places = ACTUAL if request.user.has_perm("insights.view_exact") else PLACES
    wanted = {PREDICTIONS: PREDICTIONS, group: "share", PLACES: "places"}
    drawn = _drawn(audit, {*wanted, places})
    found = {name: drawn.get(key, "") for key, name in wanted.items()}
    return group, found | {"places": drawn.get(places) or drawn.get(PLACES, "")}


def _drawn(audit: PredictionAudit, keys: set[str]) -> dict[str, str]:
    """Maps by key. Those written before are not read again."""
    found: dict[str, str] = {}
    for one in audit.maps.filter(key__in=keys).defer("drawing"):
        found[one.key] = shown((one.pk,), lambda one=one: one.drawing)  # type: ignore[misc]
    return found


def _most_different(groups: dict[str, Any]) -> str:
    races = {key: one for key, one in groups.items() if BY_KEY[key].whole == PEOPLE} or groups
    apart = {one.key: round(abs(difference(races[one.key]) or 0.0), 6) for one in GROUPS if one.key in races}
    return max(apart, key=lambda key: apart[key], default="")


def _download(request: HttpRequest, report: Report, slug: str, style: str) -> HttpResponseBase:
    if style not in FORMATS:
        return say(style, f"“{style[:40]}” is not offered. Choose csv or json.", 400)
    if refused := no_such_table(request, report, style):
        return refused
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "prediction audit", slug, format=style)
    if style == "json":
        return JsonResponse({"audit": slug} | report.as_json(), json_dumps_params={"ensure_ascii": False})
    return table_as_csv(request, report, f"audit-{slug}")


@permit("insights.view_exact")
@require_POST
def compute_audits(request: HttpRequest) -> HttpResponse:
    """Have whatever changed audited anew."""
    with transaction.atomic():
        asked = queue.ask()
        record(request, AuditVerb.CONSULTATION, "prediction audit", "all", act="computation asked for")
    if not asked:
        messages.info(request, "That is waiting already.")
    return redirect("audit")


@permit("insights.view_insights")
@require_safe
def report_progress(request: HttpRequest) -> JsonResponse:
    """Whether audits are being computed, for the page that waits for them."""
    waiting = queue.is_under_way()
    return JsonResponse(
        {
            "state": "running" if waiting else "done",
            "done": 0,
            "total": 0,
            "message": f"{PredictionAudit.objects.count()} audits are kept.",
            "url": "" if waiting else reverse("audit"),
        }
    )
