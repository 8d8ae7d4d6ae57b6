"""The page of raw data: the rows within the filters, or what each column of them holds; as page or as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights import presenting
from insights.codes import Codes
from insights.filters import Facts, FilterError
from insights.rows import table
from insights.rows.filters import RowFilter, labels
from insights.rows.paging import ORDERS, Place, page_of
from insights.rows.reach import facts_for
from insights.rows.summary import summaries
from insights.saved.keeping import opens_with
from insights.saved.views import listed
from ledger import csvsafe
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.views.state import page_size

VIEWS = {"": "Rows", "columns": "Columns"}
FORMATS = ("", "csv")
MOST_STOPS = 20_000  # persons up to which their different stops are counted too
SORTS = {"date": ("-date", "date"), "stop": ("-entry", "entry")}  # heading → its orders


@dataclass(frozen=True)
class Asked:
    """What an address asks for: rows within filters, a place among them, a view of them."""

    filters: RowFilter
    facts: Facts
    place: Place
    view: str
    style: str
    codes: Codes

    @classmethod
    def read(cls, request: HttpRequest, filters: RowFilter, codes: Codes) -> Asked:
        """Raises `FilterError` where the address cannot be understood."""
        filters.chosen()
        view, style = request.GET.get("view", ""), request.GET.get("format", "")
        if view not in VIEWS or style not in FORMATS:
            wrong = view if view not in VIEWS else style
            raise FilterError({"": [f"“{wrong[:40]}” is not offered here. Choose a view above the table."]})
        return cls(filters, filters.qs, Place.read(request.GET), view, style, codes)


@permit("ledger.view_stop", "ledger.correct_stop")
@require_safe
def show_data(request: HttpRequest) -> HttpResponseBase:
    """The rows that the user may read, within the filters of the address."""
    if first := opens_with(request, "data"):
        return redirect(first)
    if not request.GET.get("format") and "" in request.GET.values():
        return redirect(presenting.address(request))
    codes = Codes()
    filters = RowFilter(request.GET, codes, queryset=facts_for(request.user))
    try:
        asked = Asked.read(request, filters, codes)
    except FilterError as error:
        return refuse(request, filters, error)
    count = asked.facts.count()
    _note_in_trail(request, asked, count)
    if asked.style == "csv":
        rows = table.exported(asked.facts, ORDERS[asked.place.order], codes)
        return csvsafe.response("data.csv", list(table.HEADINGS), rows)
    return render(request, "insights/data.html", _context(request, asked, count))


def refuse(request: HttpRequest, filters: RowFilter, error: FilterError) -> HttpResponse:
    """No rows for an address that cannot be understood; the page says so at the filter."""
    presenting.put_errors(filters.form, error)
    context = {"filter": filters, "form": filters.form, "clear_url": request.path}
    return render(request, "insights/data_refused.html", context, status=400)


def _note_in_trail(request: HttpRequest, asked: Asked, count: int) -> None:
    """Every look at rows leaves a line: filters and number, never a vehicle."""
    told = {name: "given" if name == "vehicle" else value for name, value in asked.filters.in_words().items()}
    verb = AuditVerb.DISCLOSURE if asked.style else AuditVerb.CONSULTATION
    with transaction.atomic():
        record(request, verb, "data", asked.style or asked.view or "rows", filters=told, rows=count)


def _context(request: HttpRequest, asked: Asked, count: int) -> dict[str, Any]:
    words = asked.filters.in_words()
    own = _rows(request, asked) if not asked.view else {"summaries": summaries(asked.facts, asked.codes)}
    return {
        "filter": asked.filters,
        "form": asked.filters.form,
        "chips": presenting.chips_of(request, words, labels()),
        "clear_url": presenting.without_filters(request, ("view", "sort", "per_page")),
        "count": count,
        "stops": asked.facts.values("stop").distinct().count() if 0 < count <= MOST_STOPS else None,
        "tabs": [
            {"label": label, "url": _address(request, view=name), "current": name == asked.view}
            for name, label in VIEWS.items()
        ],
        "view": asked.view,
        "saved": listed(request, "data"),
        "csv_url": _address(request, view="", format="csv"),
        "data_as_at": timezone.localtime(),
        **own,
    }


def _rows(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    page = page_of(asked.facts, asked.place, table.COLUMNS, page_size(request))
    return {
        "rows": table.in_words(page.rows, asked.codes),
        "headings": [_heading(request, key, label, asked.place) for key, label in table.HEADINGS.items()],
        "first_url": _address(request) if page.earlier else "",
        "earlier_url": _address(request, before=page.earlier) if page.earlier else "",
        "later_url": _address(request, after=page.later) if page.later else "",
    }


def _heading(request: HttpRequest, key: str, label: str, place: Place) -> dict[str, str]:
    """A heading; with the address that sorts by it, or turns the order round, where an index carries that."""
    orders = SORTS.get(key, ())
    if not orders:
        return {"label": label}
    now = place.order if place.order in orders else ""
    wanted = orders[1] if now == orders[0] else orders[0]
    state = {"": "", orders[0]: "descending", orders[1]: "ascending"}[now]
    return {"label": label, "url": _address(request, sort=wanted), "state": state}


def _address(request: HttpRequest, **changes: str) -> str:
    """This page with some parameters set, from its first row on unless they say where to begin."""
    return presenting.address(request, **{"after": None, "before": None, "format": None, **changes})
