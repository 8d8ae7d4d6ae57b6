"""The own agency's stops for supervisors: a list to search and filter, an add form, and corrections as new versions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from ledger.access import officer_of, stops_for
from ledger.admin import stop_forms
from ledger.admin.base import HouseAdmin
from ledger.admin.stop_filters import OutcomeFilter, PostFilter, ReasonFilter, SearchedFilter, ViolationFilter
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.history import state_of
from ledger.models import Stop
from ledger.plates import normal_plate
from ledger.reference import number_of
from ledger.tables import TEXTS, vehicle_of


@admin.register(Stop)
class StopAdmin(HouseAdmin):
    """Only current versions are listed, only the own agency's are found, and "change" writes the next version."""

    list_display = (
        "reference",
        "stopped_on",
        "stopped_at",
        "vehicle",
        "post",
        "officer",
        "violation",
        "outcome",
        "state",
    )
    list_filter = (
        PostFilter,
        ViolationFilter,
        OutcomeFilter,
        SearchedFilter,
        ReasonFilter,
        ("stopped_on", admin.DateFieldListFilter),
    )
    search_fields = ("private__vehicle__number",)  # names the box; get_search_results looks
    search_help_text = "A reference as SC-00002M4-7, or a vehicle number, whole or its beginning."
    ordering = ("-stopped_on", "-stopped_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stop]:
        return stops_for(request.user).current().with_parts().with_review().order_by(*self.ordering)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By reference, or by the beginning of a vehicle's number however it is spaced."""
        term = search_term.strip()
        if not term:
            return queryset, False
        number, plate = number_of(term), normal_plate(term)
        found = Q(number=number) if number is not None else Q(pk__in=[])
        if plate:
            found |= Q(private__vehicle__number__startswith=plate)
        return queryset.filter(found), False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("ledger.view_stop") and officer_of(request.user) is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ledger.add_stop") and officer_of(request.user) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("ledger.correct_stop") and officer_of(request.user) is not None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; each look is in the trail, with the names of the filters and never with a vehicle number."""
        response = super().changelist_view(request, {"title": "Stops"} | (extra_context or {}))
        rows = getattr(response, "context_data", {}).get("cl")
        record(
            request,
            AuditVerb.CONSULTATION,
            "stops",
            "admin",
            filters=sorted(request.GET),
            rows=rows.result_count if rows else 0,
        )
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return stop_forms.add_stop(self, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return stop_forms.change_stop(self, request, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return stop_forms.show_history(self, request, object_id)

    @admin.display(description="vehicle")
    def vehicle(self, stop: Stop) -> str:
        return vehicle_of(stop)

    @admin.display(description="outcome")
    def outcome(self, stop: Stop) -> str:
        return str(TEXTS["outcome"](stop))

    @admin.display(description="state")
    def state(self, stop: Stop) -> str:
        return state_of(stop)

    @admin.display(description="reference", ordering="number")
    def reference(self, stop: Stop) -> str:
        return stop.reference
