"""Logging a stop: the page, its hint, hand-over."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from ledger import duty as duties
from ledger.access import permit, stops_for
from ledger.audit import record
from ledger.choices import AuditVerb, Flag
from ledger.drafts import NotKept, keep, shift_start, sketches, typed_in, unfinished
from ledger.forms.page import StopPage, with_changed_persons
from ledger.hints import Hint, hint_at, vehicle_of
from ledger.models import Stop
from ledger.recording import Saved, UsedAlready, record_stop
from ledger.views.state import is_uuid

DRAFT, VIEW = "draft", "view"


def duty_of(request: HttpRequest) -> duties.Duty:
    """Officer and post; whoever is no officer of an agency logs no stops."""
    found = duties.duty_of(request)
    if found is None:
        raise PermissionDenied(
            "Your account has no officer number, so it cannot log stops. Ask your administrator for one."
        )
    return found


@permit("ledger.add_stop")
@require_http_methods(["GET", "HEAD", "POST"])
def log_stop(request: HttpRequest) -> HttpResponse:
    """One page for a whole stop. Buttons: save and log another, save and view, save as draft, add or remove a person."""
    duty = duty_of(request)
    if request.method != "POST":
        return _open(request, duty)
    act, changed = request.POST.get("act", ""), with_changed_persons(request.POST)
    if changed is not None:
        return _redraw(request, duty, changed)
    if act == DRAFT:
        return _keep(request, duty)
    return _save(request, duty, act)


def _open(request: HttpRequest, duty: duties.Duty) -> HttpResponse:
    """A new stop; an unfinished one where there is one, unless a blank page was asked for."""
    asked = request.GET.get("draft", "")
    drafts = unfinished(request.user)
    draft = None if asked == "new" else drafts.filter(pk=asked).first() if is_uuid(asked) else drafts.first()
    if draft is None:
        return _show(request, StopPage(duty.officer.agency, post=duty.post), duty)
    return _show(request, StopPage(duty.officer.agency, draft=typed_in(draft)), duty, opened=draft)


def _redraw(request: HttpRequest, duty: duties.Duty, sent: QueryDict) -> HttpResponse:
    """The same page with a person more or less, everything typed kept, nothing checked yet."""
    page = StopPage(duty.officer.agency, draft=sent)
    page.focus_on_new_person()
    return _show(request, page, duty)


def _keep(request: HttpRequest, duty: duties.Duty) -> HttpResponse:
    """Save as draft, for those without JavaScript."""
    key = request.POST.get("client_key", "")
    try:
        keep(request.user, uuid.UUID(key) if is_uuid(key) else uuid.uuid4(), request.POST)
    except NotKept as why:
        messages.error(request, str(why))
        return _show(request, StopPage(duty.officer.agency, draft=request.POST), duty)
    messages.success(request, "Your draft is kept. You find it here when you come back.")
    return redirect("log-stop")


def _save(request: HttpRequest, duty: duties.Duty, act: str) -> HttpResponse:
    page = StopPage(duty.officer.agency, data=request.POST)
    if not page.is_valid():
        return _show(request, page, duty)
    try:
        saved = record_stop(
            page.entry(),
            author=request.user,
            officer=duty.officer,
            client_key=page.client_key,
            request=request,
        )
    except UsedAlready as why:
        return _show(request, page.under_new_key(str(why)), duty)
    duties.remember_post(request, page.stop.cleaned_data["post"])
    _tell(request, saved)
    return redirect(saved.stop if act == VIEW else f"{reverse('log-stop')}?draft=new")


def _tell(request: HttpRequest, saved: Saved) -> None:
    """What was saved, with the way to it; and whether it looks like one that was there."""
    link = format_html('<a href="{}">{}</a>', saved.stop.get_absolute_url(), saved.stop.reference)
    messages.success(request, format_html("Saved as {}.", link))
    if saved.stop.flags & Flag.DUPLICATE:
        messages.warning(
            request,
            "A stop of the same vehicle within 30 minutes was logged before. Both are kept, and a supervisor will look.",
        )


def _show(request: HttpRequest, page: StopPage, duty: duties.Duty, *, opened: Any = None) -> HttpResponse:
    drafts = [draft for draft in unfinished(request.user)[:10] if opened is None or draft.pk != opened.pk]
    key = str(page.stop["client_key"].value() or "")
    logged = Stop.objects.current().logged_by(request.user, shift_start())
    post_chosen = bool(page.post_name)
    _wire(page, "vehicle" if post_chosen else "post")
    context = {
        "page": page,
        "forms": page.forms if page.data is not None else [],
        "opened": opened,
        "drafts": sketches([draft for draft in drafts if str(draft.pk) != key]),
        "post_chosen": post_chosen,
        "logged": logged.count(),
        "last": logged.select_related("private__vehicle").order_by("-recorded_at", "-id").first(),
        "hint": _hint(
            request,
            page.stop["vehicle"].value(),
            page.stop["stopped_on"].value(),
            page.stop["stopped_at"].value(),
        ),
    }
    return render(request, "stops/log.html", context)


def _wire(page: StopPage, focus: str) -> None:
    """Where the page starts, and what asks for the hint: JavaScript only adds."""
    page.stop.fields[focus].widget.attrs["autofocus"] = True
    page.stop.fields["vehicle"].widget.attrs |= {
        "hx-post": reverse("vehicle-hint"),
        "hx-trigger": "change",
        "hx-target": "#vehicle-hint",
    }


@permit("ledger.add_stop")
@require_POST
def hint_at_vehicle(request: HttpRequest) -> HttpResponse:
    """What is known of the typed vehicle, as a piece of the page."""
    duty_of(request)
    sent: QueryDict = request.POST
    hint = _hint(request, sent.get("vehicle"), sent.get("stopped_on"), sent.get("stopped_at"))
    return render(request, "stops/_hint.html", {"hint": hint})


def _hint(request: HttpRequest, typed: Any, on: Any, at: Any) -> Hint | None:
    """What the user may know of the typed vehicle. Each look is in the trail, by the vehicle's key."""
    vehicle = vehicle_of(typed)
    if vehicle is None:
        return None
    hint = hint_at(stops_for(request.user).current(), vehicle, on, at)
    with transaction.atomic():
        record(
            request,
            AuditVerb.CONSULTATION,
            "vehicle",
            vehicle.pk,
            why="logging",
            stops=hint.count if hint else 0,
        )
    return hint


@permit("ledger.add_stop")
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Forget the post. The account stays: whoever takes over signs in as themselves."""
    duties.hand_over(request)
    messages.info(
        request,
        "The post is forgotten. If somebody else takes over this computer, sign out: stops are logged under the "
        "account that is signed in.",
    )
    return redirect(f"{reverse('log-stop')}?draft=new")
