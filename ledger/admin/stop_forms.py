"""Adding and correcting a stop in the admin: the forms and rules of the stop pages, in the admin's frame.

The admin's own saving would change rows in place, which the ledger refuses. So these views write through
`ledger.recording`, as the pages do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ledger import history
from ledger.access import officer_of, stops_for
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.duty import duty_of
from ledger.forms.correction import ReasonForm
from ledger.forms.page import StopPage, with_changed_persons
from ledger.models import Officer, Stop
from ledger.recording import NotRecorded, UsedAlready, correct_stop, record_stop

if TYPE_CHECKING:
    from ledger.admin.stops import StopAdmin

LIST = "admin:ledger_stop_changelist"


def add_stop(pages: StopAdmin, request: HttpRequest) -> HttpResponse:
    """Log a stop, under the officer's number of whoever is signed in."""
    officer = officer_of(request.user)
    if not pages.has_add_permission(request) or officer is None:
        raise PermissionDenied
    sent = with_changed_persons(request.POST)
    if request.method != "POST" or sent is not None:
        duty = duty_of(request)
        page = StopPage(officer.agency, draft=sent, post=duty.post if duty else None)
        return _show(pages, request, "Add stop", page)
    return _record(pages, request, officer)


def _record(pages: StopAdmin, request: HttpRequest, officer: Officer) -> HttpResponse:
    page = StopPage(officer.agency, data=request.POST)
    if not page.is_valid():
        return _show(pages, request, "Add stop", page)
    try:
        saved = record_stop(
            page.entry(), author=request.user, officer=officer, client_key=page.client_key, request=request
        )
    except UsedAlready as why:
        return _show(pages, request, "Add stop", page.under_new_key(str(why)))
    messages.success(request, f"Saved as {saved.stop.reference}.")
    return redirect("admin:ledger_stop_add" if "_addanother" in request.POST else LIST)


def change_stop(pages: StopAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Correct a stop: the newest version in the form; what is saved is the next one, with its reason."""
    versions = _versions(pages, request, object_id)
    newest = versions[-1]
    if history.undo_of(versions):
        messages.error(request, "The import that brought this stop was undone: it cannot be corrected.")
        return redirect(LIST)
    if request.method != "POST":
        return _open(pages, request, newest, object_id)
    before = next((stop for stop in versions if str(stop.pk) == request.POST.get("before")), newest)
    sent = with_changed_persons(request.POST)
    if sent is not None:
        reason = ReasonForm(initial={"before": before.pk, "reason": sent.get("reason", "")})
        page = StopPage(before.agency, draft=sent, before=before)
        return _show(pages, request, f"Correct {before.reference}", page, before, reason)
    return _correct(pages, request, before)


def _open(pages: StopAdmin, request: HttpRequest, newest: Stop, object_id: str) -> HttpResponse:
    if str(newest.pk) != object_id:
        return redirect("admin:ledger_stop_change", newest.pk)
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "stop", newest.reference, version=newest.version)
    page, reason = StopPage(newest.agency, before=newest), ReasonForm(initial={"before": newest.pk})
    return _show(pages, request, f"Correct {newest.reference}", page, newest, reason)


def _correct(pages: StopAdmin, request: HttpRequest, before: Stop) -> HttpResponse:
    page, reason = StopPage(before.agency, data=request.POST, before=before), ReasonForm(request.POST)
    title = f"Correct {before.reference}"
    if not all([page.is_valid(), reason.is_valid()]):
        return _show(pages, request, title, page, before, reason)
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
        return _show(pages, request, title, page.under_new_key(str(why)), before, reason)
    except NotRecorded as why:
        page.stop.add_error(None, str(why))
        return _show(pages, request, title, page, before, reason)
    messages.success(
        request, f"{stop.reference} is corrected: this is version {stop.version}. The version before is kept."
    )
    return redirect("admin:ledger_stop_change", stop.pk) if "_continue" in request.POST else redirect(LIST)


def show_history(pages: StopAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Who wrote which version when and why. The ledger is its own history."""
    versions = _versions(pages, request, object_id)
    newest = versions[-1]
    with transaction.atomic():
        record(request, AuditVerb.CONSULTATION, "stop", newest.reference, version=newest.version)
    context = _frame(pages, request, f"History of {newest.reference}") | {
        "stop": newest,
        "history": history.history_of(versions, history.Names.read()),
    }
    return render(request, "admin/ledger/stop/history.html", context)


def _versions(pages: StopAdmin, request: HttpRequest, object_id: str) -> list[Stop]:
    """All versions of the stop that one of them names. Not there and not of the own agency look the same."""
    if not pages.has_change_permission(request):
        raise PermissionDenied
    reach = stops_for(request.user)
    named = reach.filter(pk=object_id).first() if object_id.isdecimal() and len(object_id) < 19 else None
    if named is None:
        raise Http404("There is no such stop.")
    return list(reach.filter(number=named.number).with_parts().order_by("version"))


def _show(
    pages: StopAdmin,
    request: HttpRequest,
    title: str,
    page: StopPage,
    stop: Stop | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    forms: list[Any] = [*([reason] if reason else []), *page.forms] if page.data is not None else []
    wrong = any(form.errors for form in forms)
    context = _frame(pages, request, title) | {
        "page": page,
        "stop": stop,
        "reason": reason,
        "forms": forms,
        "errors": wrong,
        "post_chosen": bool(page.post_name),
    }
    return render(request, "admin/ledger/stop/form.html", context, status=422 if wrong else 200)


def _frame(pages: StopAdmin, request: HttpRequest, title: str) -> dict[str, Any]:
    """What the admin's frame shows around every page."""
    return pages.admin_site.each_context(request) | {"title": title, "opts": pages.opts}
