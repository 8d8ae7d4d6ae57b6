"""The answer to one question, within the filters of an address, as page, download, JSON or paper: the same figures in each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render

from insights import presenting, spreadsheet
from insights.counting import in_two_pieces, takes_long
from insights.filters import PAGE_KEYS, FilterError, Filters, StopFilter
from insights.gathering import for_page
from insights.insight import Answer, Insight
from insights.reading import Reading
from insights.saved.keeping import opens_with
from insights.saved.views import listed
from insights.tables import table_of
from insights.viewer import Viewer
from ledger import csvsafe
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.views.state import paged

FORMATS = ("", "csv", "xlsx", "json", "print")


def answer_page(
    request: HttpRequest,
    chosen: StopFilter,
    question: Callable[[], Insight],
    *,
    page: str,
    viewer: Viewer,
    kept: Collection[str] = PAGE_KEYS,
    **more: Any,
) -> HttpResponseBase:
    """Answer a request for a page, an insight's slug or `explore`. `question` gives the insight and may find that the
    address names none (`FilterError`); `kept` are parameters that outlive a “Clear all”; `more` goes to the template.
    """
    style = request.GET.get("format", "")
    if first := opens_with(request, page):
        return redirect(first)
    if not style and "" in request.GET.values():
        return redirect(presenting.address(request))  # a form sends every field; what is passed on is short

    def figures(answer: Answer | None = None) -> dict[str, Any]:
        answer = answer or _answered(request, insight, filters, viewer)
        context = _context(request, Reading.of(insight, answer, filters, viewer), viewer, chosen, kept)
        return context | {"saved": listed(request, page)} | more

    def gathered_figures() -> dict[str, Any]:
        with for_page(insight, filters, viewer):
            return figures()

    try:
        filters, insight = _asked(chosen, question, viewer, style)
        if not style and takes_long(insight, filters):
            return in_two_pieces(request, insight, filters, gathered_figures, more["title"])
        answer = _answered(request, insight, filters, viewer)
    except FilterError as error:
        return refuse(request, chosen, error, style, presenting.without_filters(request, kept), **more)
    if style in WRITERS:
        return WRITERS[style](insight, answer, filters, viewer)
    return render(request, "insights/insight.html", figures(answer))


def _asked(
    chosen: StopFilter, question: Callable[[], Insight], viewer: Viewer, style: str
) -> tuple[Filters, Insight]:
    """The filters that this viewer may use, and the question. Raises `FilterError` where the address is not understood."""
    if style not in FORMATS:
        raise FilterError({"format": [f"“{style[:40]}” is not offered. Choose csv, xlsx, json or print."]})
    filters, insight = chosen.chosen(), question()
    return viewer.reach(filters, insight.vehicles), insight


def _answered(request: HttpRequest, insight: Insight, filters: Filters, viewer: Viewer) -> Answer:
    """The answer, with its line in the trail."""
    answer = insight.answer(filters, viewer)
    _note_in_trail(request, insight, answer, filters, request.GET.get("format", ""))
    return answer


def refuse(
    request: HttpRequest, chosen: StopFilter, error: FilterError, style: str, clear_url: str, **more: Any
) -> HttpResponse:
    """No figures for an address that cannot be understood; the page says so at the filter."""
    if style == "json":
        return JsonResponse({"error": str(error)}, status=400)
    if style in WRITERS or style not in FORMATS:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    presenting.put_errors(chosen.form, error)
    context = {"filter": chosen, "form": chosen.form, "clear_url": clear_url, **more}
    return render(request, "insights/refused.html", context, status=400)


def _as_json(insight: Insight, answer: Answer, filters: Filters, viewer: Viewer) -> HttpResponseBase:
    return JsonResponse(answer.as_json(), json_dumps_params={"ensure_ascii": False})


def _as_csv(insight: Insight, answer: Answer, filters: Filters, viewer: Viewer) -> HttpResponseBase:
    rows = ([row[name] for name in answer.columns] for row in answer.rows)
    return csvsafe.response(presenting.file_name(answer, "csv"), answer.columns, rows)


def _as_xlsx(insight: Insight, answer: Answer, filters: Filters, viewer: Viewer) -> HttpResponseBase:
    reading = Reading.of(insight, answer, filters, viewer)
    sheets = [spreadsheet.Sheet("Figures", insight.columns, answer.rows)]
    if reading.trend:
        sheets.append(spreadsheet.Sheet("By month", reading.trend.columns, reading.trend.answer.rows))
    return spreadsheet.response(presenting.file_name(answer, "xlsx"), reading, sheets)


MOST_PRINTED = 3_000  # rows of a table on paper; the spreadsheet has all
WRITERS = {"json": _as_json, "csv": _as_csv, "xlsx": _as_xlsx}


def _note_in_trail(
    request: HttpRequest, insight: Insight, answer: Answer, filters: Filters, style: str
) -> None:
    """Exact figures taken away, and every look at vehicles, leave a line; it never holds a vehicle number."""
    vehicles = bool(insight.vehicles and answer.rows) or "vehicle" in filters.values
    taken = bool(style) and answer.exact
    if not (vehicles or taken):
        return
    told = {name: "given" if name == "vehicle" else value for name, value in answer.filters.items()}
    verb = AuditVerb.DISCLOSURE if style else AuditVerb.CONSULTATION
    with transaction.atomic():
        record(
            request,
            verb,
            "insight",
            insight.slug,
            filters=told,
            rows=len(answer.rows),
            format=style or "page",
        )


def _table(request: HttpRequest, reading: Reading, whole: bool) -> Any:
    """The table, in pages of the size that the reader likes; for paper in one."""
    table = table_of(reading.insight, reading.answer, reading.drill)
    if not whole:
        return paged(table, request)
    table.order_by = request.GET.getlist("sort")
    return table.paginate(per_page=MOST_PRINTED) or table


def _context(
    request: HttpRequest, reading: Reading, viewer: Viewer, chosen: StopFilter, kept: Collection[str]
) -> dict[str, Any]:
    insight, answer = reading.insight, reading.answer
    whole = request.GET.get("format") == "print"
    return {
        "insight": insight,
        "answer": answer,
        "reading": reading,
        "filter": chosen,
        "form": chosen.form,
        "chips": presenting.chips(request, answer),
        "clear_url": presenting.without_filters(request, kept),
        "reach": presenting.reach(request, insight, viewer, answer),
        "chart": reading.chart(request.build_absolute_uri()),
        "table": _table(request, reading, whole),
        "whole": whole,
        "definitions": presenting.definitions(insight),
        "marks": presenting.marks(insight, answer),
        "downloads": {style: presenting.address(request, format=style) for style in (*WRITERS, "print")},
        "back_url": presenting.address(request, format=None),
        "data_as_at": reading.as_at,
    }
