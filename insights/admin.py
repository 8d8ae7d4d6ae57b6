"""Events in the stock admin. They are withdrawn, not deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from insights.models import Event
from ledger.admin.base import HouseAdmin


@admin.register(Event)
class EventAdmin(HouseAdmin):
    list_display = ("day", "text", "country", "agency", "withdrawn")
    list_filter = ("withdrawn", "country")
    list_select_related = ("country", "agency")
    search_fields = ("text",)
    fields = ("day", "text", "country", "agency", "withdrawn")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who marked it first stays its author."""
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)
