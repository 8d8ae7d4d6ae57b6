"""Refusals are written to the audit trail, in a transaction of their own: the refused act leaves nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from ledger.audit import record
from ledger.choices import AuditVerb


class AuditRefusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note who was refused what. Returning nothing lets the refusal page follow.

        A record that is not there looks the same as one that may not be seen, so both are noted; a page that is not
        there is no record: no view was reached.
        """
        if isinstance(exception, PermissionDenied | Http404) and request.resolver_match is not None:
            with transaction.atomic():
                record(request, AuditVerb.REFUSAL, "page", request.resolver_match.view_name or "", done=False)
