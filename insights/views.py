"""Pages of the insights: the list by group, one insight, and questions that the reader puts together."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.answering import answer_page
from insights.catalogue import CATALOGUE, find
from insights.codes import Codes
from insights.explore import exploration
from insights.explore_form import CHOICES, ExploreFilter
from insights.filters import PAGE_KEYS, Filters, StopFilter
from insights.insight import GROUPS
from insights.overview import sparks
from insights.saved.views import all_views
from insights.viewer import Viewer
from ledger.access import permit

# Examples of questions, as addresses: what is asked, and what it is called.
EXAMPLES = (
    ("measure=stops&by=weekday&by2=hour", "Stops by weekday and hour"),
    ("measure=arrest&step=month", "Arrest rate, month by month"),
    ("measure=hit&by=race", "Hit rate by race"),
    ("measure=search&by=violation&step=year", "Search rate by violation, year by year"),
)


@permit("insights.view_insights")
@require_safe
def list_insights(request: HttpRequest) -> HttpResponse:
    """The questions by group, each with a sentence computed from the figures that this reader may see."""
    wanted = request.GET.get("q", "").strip()
    found = [insight for insight in CATALOGUE if insight.matches(wanted)]
    viewer, codes = Viewer.of(request.user), Codes()
    cards = [(insight, insight.in_short(Filters({}, codes), viewer)) for insight in found]
    groups = [(group, [card for card in cards if card[0].group == group]) for group in GROUPS]
    context = {
        "groups": [(group, of_group) for group, of_group in groups if of_group],
        "wanted": wanted,
        "count": len(found),
        "sparks": sparks(found, viewer, codes),
        "saved_views": all_views(request.user),
        "data_as_at": timezone.localtime(),
    }
    return render(request, "insights/index.html", context)


@permit("insights.view_insights")
@require_safe
def show_insight(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One insight of the catalogue."""
    insight = find(slug)
    if insight is None:
        raise Http404("There is no such insight.")
    viewer = Viewer.of(request.user)
    chosen = StopFilter(request.GET, Codes(), vehicles=viewer.sees_vehicles)
    return answer_page(request, chosen, lambda: insight, page=slug, viewer=viewer, title=insight.question)


@permit("insights.view_insights")
@require_safe
def explore(request: HttpRequest) -> HttpResponseBase:
    """A question of the reader's own: a measure, groupings, a step, filters."""
    viewer = Viewer.of(request.user)
    chosen = ExploreFilter(request.GET, codes=Codes(), vehicles=viewer.sees_vehicles)
    return answer_page(
        request,
        chosen,
        lambda: exploration(chosen.choice),
        page="explore",
        viewer=viewer,
        kept=(*PAGE_KEYS, *CHOICES),
        first=len(CHOICES) + 6,
        filter_class="exploring",
        examples=EXAMPLES,
        title="Explore",
    )
