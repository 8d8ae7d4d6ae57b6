"""The list of stops, one stop, its correction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ledger import csvsafe, history
from ledger.access import agency_of, imports_for, may_correct, permit, stops_for
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.drafts import shift_start
from ledger.filters import StopFilter, narrowed
from ledger.models import Stop
from ledger.reference import number_of
from ledger.tables import DEFAULT_COLUMNS, HEADINGS, TEXTS, StopTable, exported
from ledger.views.state import Chip, address, chips_of, columns_of, paged, without_filters

TABS = {"": "All of the agency", "shift": "My last 12 hours", "week": "My last 7 days", "mine": "All mine"}
CHUNK = 2_000


@permit("ledger.view_stop", "ledger.correct_stop")
@require_safe
def list_stops(request: HttpRequest) -> HttpResponseBase:
    """The stops within reach, by tab and filters, as a page or as CSV."""
    agency = agency_of(request.user)
    base, tab = _in_tab(request)
    filters = StopFilter(request.GET, base, agency_id=agency.pk if agency else None)
    found: Any = filters.qs
    if request.GET.get("format") == "csv" and filters.form.is_valid():
        return download_stops(request, found, filters)
    columns = columns_of(request, HEADINGS, DEFAULT_COLUMNS)
    table = paged(StopTable(found, columns=columns), request)
    chips, count = chips_of(request, filters), table.paginator.count
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "stops", tab or "all", filters=told(filters), rows=count)
    context = {
        "filter": filters,
        "form": filters.form,
        "table": table,
        "chips": chips,
        "clear_url": without_filters(request, filters),
        "count": count,
        "total": base.count() if chips or filters.form.errors else count,
        "drops": _worth_dropping(base, chips) if not count else [],
        "tabs": _tabs(request, tab),
        "columns": [(name, heading, name in columns) for name, heading in HEADINGS.items()],
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in ("columns", "page")
        ],
        "csv_url": address(request.path, _with(request.GET, format="csv")),
    }
    return render(request, "stops/list.html", context)


def _in_tab(request: HttpRequest) -> tuple[Any, str]:
    """The current stops of a tab: all within reach, or those that the user logged."""
    reach, tab = stops_for(request.user).current(), request.GET.get("show", "")
    since = {"shift": shift_start(), "week": timezone.now() - timedelta(days=7), "mine": None}
    if tab not in since:
        return reach, ""
    return reach.logged_by(request.user, since[tab]), tab


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": address(request.path, _with(request.GET, show=name)),
            "current": name == current,
        }
        for name, label in TABS.items()
    ]


def _with(params: QueryDict, **changes: str) -> QueryDict:
    """The address's parameters with some changed; an empty one goes, and so does the page number."""
    changed = params.copy()
    for name, value in {"page": "", **changes}.items():
        changed[name] = value
        if not value:
            del changed[name]
    return changed


def told(filters: StopFilter) -> dict[str, str]:
    """The filters in use, for the trail. It never holds a vehicle number."""
    if not filters.form.is_valid():
        return {"refused": ", ".join(filters.form.errors)}
    used = {name: value for name, value in filters.form.cleaned_data.items() if value not in (None, "", [])}
    return {
        name: "given"
        if name == "vehicle"
        else ", ".join(map(str, (word.label for word in value)))
        if isinstance(value, list)
        else str(value)
        for name, value in used.items()
    }


def _worth_dropping(base: Any, chips: list[Chip]) -> list[tuple[Chip, int]]:
    """Which single filter stands in the way: the number of stops without it, where there would be some."""
    counted = [(chip, narrowed(base, dict(chip.chosen)).count()) for chip in chips]
    return [(chip, count) for chip, count in counted if count]


def download_stops(request: HttpRequest, found: Any, filters: StopFilter) -> HttpResponseBase:
    """Exactly the filtered stops, streamed, the newest first, with every column."""
    with transaction.atomic():
        record(request, AuditVerb.DISCLOSURE, "stops", "csv", filters=told(filters), rows=found.count())
    return csvsafe.response("stops.csv", list(TEXTS), _rows(found))


def _rows(found: Any) -> Iterator[list[Any]]:
    for stop in found.with_parts_in_bulk().newest_first().iterator(chunk_size=CHUNK):
        yield exported(stop)


def versions_of(request: HttpRequest, reference: str) -> list[Stop]:
    """All versions of a stop that the user may read, the first one first. Not there and not allowed look the same."""
    number = number_of(reference)
    reach = stops_for(request.user)
    versions = (
        list(reach.filter(number=number).with_parts().with_review().order_by("version"))
        if number is not None
        else []
    )
    if not versions:
        raise Http404("There is no such stop.")
    return versions


def _came_from(request: HttpRequest, first: Stop) -> dict[str, str]:
    """The file that brought a stop, with its archive or workbook; its address only for those who may open the import."""
    run = first.import_run
    if run is None:
        return {}
    name = f"{run.file_name} in {run.parent.file_name}" if run.parent else run.file_name
    within = (
        request.user.has_perm("ledger.import_stops") and imports_for(request.user).filter(pk=run.pk).exists()
    )
    return {"name": name, "url": run.get_absolute_url() if within else ""}


@permit("ledger.view_stop", "ledger.correct_stop")
@require_safe
def show_stop(request: HttpRequest, reference: str) -> HttpResponse:
    """One stop: its facts, its persons, its history, what its source wrote."""
    versions = versions_of(request, reference)
    stop, names = versions[-1], history.Names.read()
    if reference != stop.reference:
        return redirect(stop)
    undo = history.undo_of(versions)
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "stop", stop.reference, version=stop.version)
    context = {
        "stop": stop,
        "groups": history.stop_facts(stop),
        "persons": [
            (history.person_title(one), history.person_facts(one, names)) for one in stop.persons.all()
        ],
        "history": history.history_of(versions, names),
        "recorded": history.as_recorded(versions),
        "came_from": _came_from(request, versions[0]),
        "row": versions[0].import_row,
        "state": history.state_of(stop),
        "review": getattr(stop, "review", None),
        "undo": undo,
        "may_correct": undo is None and may_correct(request.user, stop),
        "may_accept": undo is None and bool(stop.flags) and request.user.has_perm("ledger.review_stop"),
    }
    return render(request, "stops/detail.html", context)
