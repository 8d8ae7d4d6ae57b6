"""Pages of trust. Survey figures are published: whoever reads insights reads them, of all areas."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from insights import presenting
from insights.disparity.presenting import meanings_of, sections_of
from insights.disparity.reports import Report
from insights.downloads import download, say
from insights.events import Marked
from insights.filters import FilterError
from insights.models import TrustStudy
from insights.trust import area, drawings, drivers, figures, overview, runs
from insights.trust.asked import Question, TrustForm
from insights.trust.compared import levels
from insights.trust.figures import FORCE, Measured, period_label
from insights.trust.mapped import trust_map
from insights.trust.marks import events_of
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.models import Area

NOTHING = "There are no survey figures of several periods in the ledger."
NOT_STUDIED = "What moves with this measure has not been computed yet. It is computed by night, or at once when an analyst asks for it."


def redirect_if_long(request: HttpRequest) -> HttpResponse | None:
    """A form sends every field; the address that is passed on is short."""
    if not request.GET.get("format") and "" in request.GET.values():
        return redirect(presenting.address(request))
    return None


def form_for(request: HttpRequest, hidden: tuple[str, ...] = ()) -> TrustForm | None:
    """The form of what is asked; None while there is no survey with a trend."""
    found = figures.surveys()
    return TrustForm(request.GET.dict(), found, hidden) if found else None


def nothing(request: HttpRequest, page: str, sentence: str = NOTHING) -> HttpResponse:
    """Abstain in words."""
    if style := request.GET.get("format", ""):
        return say(style, sentence, 404)
    return render(request, "trust/nothing.html", {"page": page, "sentence": sentence})


def refuse(request: HttpRequest, page: str, form: BaseForm, error: FilterError) -> HttpResponse:
    if style := request.GET.get("format", ""):
        return say(style, str(error), 400)
    context = {"page": page, "filter": SimpleNamespace(form=form), "form": form}
    return render(request, "trust/refused.html", context, status=400)


def page_of(
    request: HttpRequest, page: str, report: Report, form: BaseForm | None, events: Sequence[Marked] = ()
) -> dict[str, Any]:
    """What every page of trust shows around its report."""
    return {
        "page": page,
        "report": report,
        "sections": sections_of(request, report, report.scope),
        "meanings": meanings_of(report),
        "notes": report.notes,
        "events": [one.words for one in events],
        "filter": SimpleNamespace(form=form) if form else None,
        "form": form,
        "first": 5,
        "downloads": [(style, presenting.address(request, format=style)) for style in ("json", "xlsx")],
    }


@permit("insights.view_insights")
@require_safe
def show_trust(request: HttpRequest) -> HttpResponseBase:
    """The force's trend, every area against it, every measure."""
    if short := redirect_if_long(request):
        return short
    form = form_for(request)
    if form is None:
        return nothing(request, "overview")
    try:
        question = form.read()
    except FilterError as error:
        return refuse(request, "overview", form, error)
    found = figures.measured(question.survey, question.measure)
    force = figures.all_measured(question.survey, [FORCE])
    events = _events(found)
    report = overview.report(question, found, force, events)
    if style := request.GET.get("format", ""):
        return download(
            request,
            "trust",
            "overview",
            f"{question.measure}, {period_label(question.period)}",
            report,
            style,
        )
    context = page_of(request, "overview", report, form, events) | _drawn(question, found)
    return render(request, "trust/overview.html", context)


def _events(found: Measured) -> list[Marked]:
    days = found.periods
    return events_of(found.areas, days[0], days[-1]) if days else []


def _drawn(question: Question, found: Measured) -> dict[str, Any]:
    rows = levels(found, question.period, question.design)
    names = {one.area: one.name for one in rows}
    drawn = trust_map(question, rows)
    return {
        "question": question,
        "when": period_label(question.period),
        "areas": overview.plural(question),
        "map": drawn,
        "tiles": [] if drawn else drawings.tiles(names, {one.area: (one.share, one.verdict) for one in rows}),
        "multiples": drawings.multiples(found, question.design),
        "query": urlencode(
            {
                "survey": question.survey.slug,
                "measure": question.measure,
                "period": period_label(question.period),
            }
        ),
    }


@permit("insights.view_insights")
@require_safe
def show_area(request: HttpRequest, number: int) -> HttpResponseBase:
    """One area: its trend beside the force's, and every measure against it."""
    if short := redirect_if_long(request):
        return short
    place = get_object_or_404(Area, pk=number)
    found = [one for one in figures.surveys() if figures.has_area(one, number)]
    if not found:
        raise Http404("There are no survey figures of this area.")
    form = TrustForm(request.GET.dict(), found)
    try:
        question = form.read()
    except FilterError as error:
        return refuse(request, "area", form, error)
    measured = figures.all_measured(question.survey, [FORCE, number])
    events = _events(measured[question.measure])
    studied = runs.newest(question.survey, figures.main_measure(measured))
    report = area.report(question, place, measured, events, studied.findings if studied else None)
    if style := request.GET.get("format", ""):
        asked = f"{place.name}: {question.measure}, {period_label(question.period)}"
        return download(request, "trust", f"area-{number}", asked, report, style)
    context = page_of(request, "area", report, form, events)
    context |= {
        "place": place,
        "question": question,
        "others": _others(request, question),
        "forecast_query": urlencode({"measure": question.measure, "area": str(number)}),
    }
    return render(request, "trust/area.html", context)


def _others(request: HttpRequest, question: Question) -> list[tuple[str, str]]:
    """The other areas of the survey, each with the address of the same question about it."""
    query = request.GET.urlencode()
    ask = f"?{query}" if query else ""
    areas = figures.areas_of(question.survey)
    return [(one.name, reverse("trust-area", args=[pk]) + ask) for pk, one in areas.items()]


@permit("insights.view_insights")
@require_safe
def show_drivers(request: HttpRequest) -> HttpResponseBase:
    """What moves with a measure inside areas: the newest study of it."""
    if short := redirect_if_long(request):
        return short
    form = form_for(request, ("period", "asked", "effect"))
    if form is None:
        return nothing(request, "drivers")
    try:
        question = form.read()
    except FilterError as error:
        return refuse(request, "drivers", form, error)
    kept = runs.newest(question.survey, question.measure)
    report = drivers.report(kept.findings) if kept and kept.findings else None
    if style := request.GET.get("format", ""):
        if report is None:
            return say(style, NOT_STUDIED, 404)
        return download(request, "trust", "drivers", f"What moves with {question.measure}", report, style)
    context = page_of(request, "drivers", report or Report(), form) | _study(question, kept)
    if report is None:
        context |= {"downloads": [], "not_studied": NOT_STUDIED}
    return render(request, "trust/drivers.html", context)


def _study(question: Question, kept: TrustStudy | None) -> dict[str, Any]:
    """The study on the page, what is under way, and the drawings of what was found."""
    found = kept.findings if kept and kept.findings else {"perceptions": {}, "policing": {}}
    return {
        "question": question,
        "study": kept,
        "waiting": runs.under_way(question.survey, question.measure),
        "failed": runs.last_failed(question.survey, question.measure),
        "outdated": kept is not None and kept.mark != runs.mark(),
        "plots": {
            "drivers": drawings.dot_plot(drivers.dots(found["perceptions"])),
            "policing": drawings.dot_plot(drivers.dots(found["policing"])),
        },
        "query": urlencode({"survey": question.survey.slug, "measure": question.measure}),
    }


@permit("insights.view_exact")
@require_POST
def compute_drivers(request: HttpRequest) -> HttpResponse:
    """Have the measure of the address studied by the worker."""
    form = form_for(request, ("period", "asked", "effect"))
    if form is None:
        return nothing(request, "drivers")
    try:
        question = form.read()
    except FilterError as error:
        return refuse(request, "drivers", form, error)
    with transaction.atomic():
        made = runs.ask(question.survey, question.measure, request.user)
        record(request, AuditVerb.CONSULTATION, "trust", made.key, act="study asked for")
    query = request.GET.urlencode()
    return redirect(reverse("trust-drivers") + (f"?{query}" if query else ""))


@permit("insights.view_insights")
@require_safe
def report_study_progress(request: HttpRequest, key: str) -> JsonResponse:
    """Whether a study is done, for the page that waits for it."""
    found = get_object_or_404(TrustStudy, key=key)
    query = urlencode({"survey": found.survey, "measure": found.measure})
    url = "" if found.is_under_way else f"{reverse('trust-drivers')}?{query}"
    return JsonResponse(
        {"state": found.state, "done": 0, "total": 0, "message": f"{found.get_state_display()}.", "url": url}
    )
