"""Pages of trust. Survey figures are published: whoever reads insights reads them, of all areas."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from insights import presenting
from insights.disparity.presenting import meanings_of, sections_of
from insights.disparity.reports import Report
from insights.events import Marked
from insights.filters import FilterError
from insights.trust import area, drawings, figures, overview
from insights.trust.asked import Question, TrustForm
from insights.trust.compared import levels
from insights.trust.downloads import download, say
from insights.trust.figures import FORCE, Measured, period_label
from insights.trust.marks import events_of
from ledger.access import permit
from ledger.models import Area

NOTHING = "There are no survey figures of several periods in the ledger."


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


def refuse(request: HttpRequest, page: str, form: TrustForm, error: FilterError) -> HttpResponse:
    if style := request.GET.get("format", ""):
        return say(style, str(error), 400)
    context = {"page": page, "filter": SimpleNamespace(form=form), "form": form}
    return render(request, "trust/refused.html", context, status=400)


def page_of(
    request: HttpRequest, page: str, report: Report, form: TrustForm | None, events: Sequence[Marked] = ()
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
            request, "overview", f"{question.measure}, {period_label(question.period)}", report, style
        )
    context = page_of(request, "overview", report, form, events) | _drawn(question, found)
    return render(request, "trust/overview.html", context)


def _events(found: Measured) -> list[Marked]:
    days = found.periods
    return events_of(found.areas, days[0], days[-1]) if days else []


def _drawn(question: Question, found: Measured) -> dict[str, Any]:
    rows = levels(found, question.period, question.design)
    names = {one.area: one.name for one in rows}
    return {
        "question": question,
        "when": period_label(question.period),
        "areas": overview.plural(question),
        "tiles": drawings.tiles(names, {one.area: (one.share, one.verdict) for one in rows}),
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
    report = area.report(question, place, measured, events)
    if style := request.GET.get("format", ""):
        asked = f"{place.name}: {question.measure}, {period_label(question.period)}"
        return download(request, f"area-{number}", asked, report, style)
    context = page_of(request, "area", report, form, events)
    context |= {"place": place, "question": question, "others": _others(request, question)}
    return render(request, "trust/area.html", context)


def _others(request: HttpRequest, question: Question) -> list[tuple[str, str]]:
    """The other areas of the survey, each with the address of the same question about it."""
    query = request.GET.urlencode()
    ask = f"?{query}" if query else ""
    areas = figures.areas_of(question.survey)
    return [(one.name, reverse("trust-area", args=[pk]) + ask) for pk, one in areas.items()]
