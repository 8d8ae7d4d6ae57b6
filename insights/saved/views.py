"""Keeping, removing and choosing views. All by POST; each leads back to the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from insights.models import DefaultView, SavedView
from insights.saved.keeping import SaveForm, address_of, default_of, roles_to_share_with, views_for
from ledger.access import permit


def listed(request: HttpRequest, page: str) -> dict[str, Any]:
    """What a page shows of saved views: those of its own, the address to keep, roles to share with."""
    chosen = default_of(request, page)
    default = chosen.view.pk if chosen else None
    views = [
        {
            "view": view,
            "url": address_of(page, view.query),
            "own": view.owner_id == request.user.pk,
            "default": view.pk == default,
        }
        for view in views_for(request.user).filter(page=page)
    ]
    return {"page": page, "views": views, "query": request.GET.urlencode(), "roles": roles_to_share_with()}


def all_views(user: Any) -> list[dict[str, Any]]:
    """Every view that a user may open, for lists of pages."""
    return [
        {"view": view, "url": address_of(view.page, view.query), "own": view.owner_id == user.pk}
        for view in views_for(user)
    ]


@permit("insights.view_insights")
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    form = SaveForm(request.POST, request.user)
    if not form.is_valid():
        for sentences in form.errors.values():
            messages.error(request, str(sentences[0]))
        page = form.cleaned_data.get("page")
        return redirect(address_of(page, request.POST.get("query", "")[:2000]) if page else "insights")
    with transaction.atomic():
        view = form.save()
    shared = f", for everybody with the role {view.role}" if view.role else ""
    messages.success(request, f"The view “{view.name}” is kept{shared}.")
    return redirect(address_of(view.page, view.query))


@permit("insights.view_insights")
@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Only the own ones."""
    view = get_object_or_404(SavedView, pk=pk, owner=request.user.pk)
    view.delete()
    messages.success(request, f"The view “{view.name}” is removed.")
    return redirect(address_of(view.page))


@permit("insights.view_insights")
@require_POST
def choose_default(request: HttpRequest, pk: int) -> HttpResponse:
    """The page opens with this view from now on; chosen again, it opens plainly."""
    view = get_object_or_404(views_for(request.user), pk=pk)
    own = DefaultView.objects.filter(user=request.user.pk, page=view.page)
    with transaction.atomic():
        if own.filter(view=view).exists():
            own.delete()
            messages.success(request, "The page opens without a view again.")
        else:
            own.delete()
            DefaultView.objects.create(user_id=request.user.pk or 0, page=view.page, view=view)
            messages.success(request, f"The page opens with “{view.name}” from now on.")
    return redirect(address_of(view.page, view.query))
