"""The audit trail, to be read and searched by administrators. Reading it is an event of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from ledger.admin.base import HouseAdmin
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(HouseAdmin):
    list_display = ("at", "username", "role", "verb", "done", "object_kind", "object_id", "address", "path")
    list_filter = ("verb", "done", "at")
    search_fields = ("username", "role", "object_id", "path")
    list_display_links = ("at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        record(request, AuditVerb.CONSULTATION, "audit-trail", filters=sorted(request.GET))
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        record(request, AuditVerb.CONSULTATION, "audit-trail", object_id)
        return response
