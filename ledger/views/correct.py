"""Correcting a stop: a new version with its reason, through the same rules as logging."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ledger import history
from ledger.access import may_correct, permit
from ledger.entry import PersonEntry
from ledger.flags import arrest_contradicts
from ledger.forms.correction import ReasonForm
from ledger.forms.page import StopPage, with_changed_persons
from ledger.models import Stop
from ledger.recording import NotRecorded, UsedAlready, correct_stop, corrected_meanwhile
from ledger.views.stops import versions_of


@permit("ledger.add_stop", "ledger.correct_stop")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """The newest version in the form; what is saved is the next one."""
    versions = versions_of(request, reference)
    newest = versions[-1]
    if not may_correct(request.user, newest):
        raise PermissionDenied(
            "You may correct the stops that you logged yourself. Ask a supervisor to correct this one."
        )
    if history.undo_of(versions):
        messages.error(
            request,
            "The import that brought this stop was undone: it is no longer counted and cannot be corrected.",
        )
        return redirect(newest)
    if request.method != "POST":
        return _show(
            request, newest, StopPage(newest.agency, before=newest), ReasonForm(initial={"before": newest.pk})
        )
    before = _seen(versions, request.POST.get("before", ""))
    changed = with_changed_persons(request.POST)
    if changed is not None:
        return _redraw(request, before, changed)
    return _save(request, before)


def _seen(versions: list[Stop], key: str) -> Stop:
    """The version that was on the screen when the correction was typed."""
    return next((stop for stop in versions if str(stop.pk) == key), versions[-1])


def _redraw(request: HttpRequest, before: Stop, sent: QueryDict) -> HttpResponse:
    """A person more or less, everything typed kept."""
    reason = ReasonForm(initial={"before": before.pk, "reason": sent.get("reason", "")})
    page = StopPage(before.agency, draft=sent, before=before)
    page.focus_on_new_person()
    return _show(request, before, page, reason)


def _save(request: HttpRequest, before: Stop) -> HttpResponse:
    page, reason = StopPage(before.agency, data=request.POST, before=before), ReasonForm(request.POST)
    checked = [page.is_valid(), reason.is_valid()]
    if not all(checked):
        return _show(request, before, page, reason)
    try:
        stop = correct_stop(
            before,
            page.entry(),
            reason=reason.cleaned_data["reason"],
            author=request.user,
            request=request,
            client_key=page.client_key,
        )
    except UsedAlready as why:
        return _show(request, before, page.under_new_key(str(why)), reason)
    except NotRecorded as why:
        page.stop.add_error(None, str(why))
        return _show(request, before, page, reason)
    messages.success(
        request, f"{stop.reference} is corrected: this is version {stop.version}. The version before is kept."
    )
    return redirect(stop)


def _show(request: HttpRequest, before: Stop, page: StopPage, reason: ReasonForm) -> HttpResponse:
    sent: list[forms.Form] = [reason, *page.forms] if page.data is not None else []
    context = {
        "stop": before,
        "page": page,
        "reason": reason,
        "forms": sent,
        "stale": bool(corrected_meanwhile(before)),
        "contradicts": any(arrest_contradicts(PersonEntry.of(person)) for person in before.persons.all()),
        "post_chosen": True,
    }
    return render(request, "stops/correct.html", context)
