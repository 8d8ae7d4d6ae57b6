"""What all replies of the API share: plain sentences for errors, a line in the trail for every refusal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ledger.audit import record
from ledger.choices import AuditVerb

SENTENCES = {
    400: "The request is not understood. See /api/docs/ for what it may hold.",
    401: "Sign in, or send a token: “Authorization: Token …”. An administrator of the machine makes one with manage.py token.",
    403: "Your role does not give access to this.",
    404: "There is nothing here, or nothing that you may see.",
    405: "This address is only read: use GET.",
    406: "Only JSON is given.",
    429: "Too many requests. Wait a little, then go on more slowly.",
}


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """The reply to an error: `{"error": sentence}`. Faults of ours go on to the page for them."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied | Http404 | exceptions.NotFound):
        view = context["request"].resolver_match
        with transaction.atomic():
            record(context["request"], AuditVerb.REFUSAL, "page", view.view_name if view else "", done=False)
    told = response.data if isinstance(error, exceptions.ValidationError) else None
    response.data = {"error": SENTENCES.get(response.status_code, "The request cannot be answered.")}
    if response.status_code == 405 and "GET" not in context["view"].allowed_methods:
        response.data = {"error": "This address is asked with a body of JSON: use POST."}
    if told is not None:
        response.data["errors"] = told
    return response
