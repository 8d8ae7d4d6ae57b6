"""Keeping and discarding drafts."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ledger.access import permit
from ledger.drafts import NotKept, keep
from ledger.models import Draft


@permit("ledger.add_stop")
@require_POST
def save_draft(request: HttpRequest) -> JsonResponse:
    """Keep what stands in the form. Called by the page as one types."""
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
        draft = keep(request.user, key, request.POST)
    except ValueError:
        return JsonResponse({"saved": False, "why": "This form has no key. Open the page anew."}, status=400)
    except NotKept as why:
        return JsonResponse({"saved": False, "why": str(why)}, status=409)
    return JsonResponse({"saved": draft is not None})


@permit("ledger.add_stop")
@require_POST
def discard_draft(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Throw an own draft away."""
    get_object_or_404(Draft, pk=key, user=request.user).delete()
    messages.success(request, "The draft is discarded.")
    return redirect(f"{reverse('log-stop')}?draft=new")
