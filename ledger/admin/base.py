"""What all our pages in the admin have in common."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib import admin
from django.http import Http404, HttpRequest

from ledger.audit import record
from ledger.choices import AuditVerb


class HouseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is deleted, nothing is done in bulk, every change is in the audit trail, and what is not there is a 404."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each choice of each filter is a look at every row
    view_on_site = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._note(request, obj, "added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._note(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def _note(self, request: HttpRequest, obj: Any, act: str, message: Any) -> None:
        """Which fields were changed, never their values."""
        verb = AuditVerb.ADMINISTRATION
        record(request, verb, self.opts.model_name or "", obj.pk, act=act, changes=_fields(message))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str | None
    ) -> NoReturn:
        raise Http404


def _fields(message: Any) -> list[str]:
    """Field names in a change message of Django's."""
    if not isinstance(message, list):
        return []
    return [str(name) for part in message for about in part.values() for name in about.get("fields", [])]
