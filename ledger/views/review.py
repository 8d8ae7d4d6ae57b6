"""The review queue: flagged stops that nobody has looked at, one by one or all alike at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger.access import agency_of, permit, stops_for
from ledger.audit import record
from ledger.choices import AuditVerb, Flag
from ledger.filters import ReviewFilter
from ledger.forms.correction import AcceptForm
from ledger.models import ImportRun
from ledger.reviewing import NotAccepted, accept_alike, accept_one, alike, groups_alike
from ledger.tables import ReviewTable
from ledger.views.state import chips_of, is_uuid, paged, without_filters
from ledger.views.stops import versions_of


@permit("ledger.review_stop")
@require_safe
def review_stops(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, within the user's reach, the oldest entry first."""
    agency = agency_of(request.user)
    waiting = stops_for(request.user).waiting_for_review()
    filters = ReviewFilter(request.GET, waiting, agency_id=agency.pk if agency else None)
    found: Any = filters.qs
    table = paged(ReviewTable(found), request, ordered=False)
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "stops", "review", rows=table.paginator.count)
    context = {
        "filter": filters,
        "form": filters.form,
        "table": table,
        "chips": chips_of(request, filters),
        "clear_url": without_filters(request, filters),
        "count": table.paginator.count,
        "total": waiting.count(),
        "groups": groups_alike(found, request.user),
    }
    return render(request, "review/queue.html", context)


@permit("ledger.review_stop")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_stop(request: HttpRequest, reference: str) -> HttpResponse:
    """Accept one flagged stop as recorded, with an optional note."""
    stop = versions_of(request, reference)[-1]
    form = AcceptForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "review/accept.html", {"stop": stop, "form": form})
    seen = request.POST.get("version", "")
    try:
        accept_one(stop, seen, note=form.cleaned_data["note"], user=request.user, request=request)
    except NotAccepted as why:
        messages.error(request, str(why))
        return redirect(stop)
    messages.success(request, f"{stop.reference} is accepted as recorded.")
    return redirect("review")


@permit("ledger.review_stop")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_stops(request: HttpRequest) -> HttpResponse:
    """Accept all waiting stops of one import that are flagged for one and the same reason. Asks first."""
    asked = request.POST if request.method == "POST" else request.GET
    run, flag = _run_and_flag(request, asked.get("import_run", ""), asked.get("rule", ""))
    stops = alike(stops_for(request.user), run, flag, request.user)
    form = AcceptForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"run": run, "flag": flag, "count": stops.count(), "form": form}
        return render(request, "review/accept_alike.html", context)
    count = accept_alike(stops, run, flag, note=form.cleaned_data["note"], user=request.user, request=request)
    messages.success(request, f"{count:,} {'stop is' if count == 1 else 'stops are'} accepted as recorded.")
    return redirect("review")


def _run_and_flag(request: HttpRequest, key: str, code: str) -> tuple[ImportRun, Flag]:
    """The import and the reason of a bulk decision. Not there and not allowed look the same."""
    flag = next((flag for flag in Flag if str(flag.value) == code), None)
    run = ImportRun.objects.filter(key=key).first() if is_uuid(key) else None
    if run is None or flag is None or not stops_for(request.user).filter(import_run=run).exists():
        raise Http404("There is nothing here to decide.")
    return run, flag
