"""Agencies, posts, officers, areas and countries. Nothing is deleted: posts end by date, officers stop being active."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ledger.admin.base import HouseAdmin
from ledger.models import Agency, Area, Country, Officer, Post


@admin.register(Country)
class CountryAdmin(HouseAdmin):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Agency)
class AgencyAdmin(HouseAdmin):
    list_display = ("name", "country", "time_zone", "max_backdate_days")
    list_filter = ("country",)
    list_select_related = ("country",)
    search_fields = ("name",)


@admin.register(Area)
class AreaAdmin(HouseAdmin):
    list_display = ("name", "kind", "code", "agency")
    list_filter = ("kind", "agency")
    list_select_related = ("agency",)
    search_fields = ("name", "code")


@admin.register(Post)
class PostAdmin(HouseAdmin):
    list_display = ("name", "agency", "valid_from", "valid_until")
    list_filter = ("agency",)
    list_select_related = ("agency",)
    search_fields = ("name",)
    raw_id_fields = ("area",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A post stays with its agency: its stops do."""
        return ("agency",) if obj else ()


@admin.register(Officer)
class OfficerAdmin(HouseAdmin):
    list_display = ("number", "agency", "service_started", "active", "user")
    list_filter = ("active", "agency")
    list_select_related = ("agency", "user")
    search_fields = ("number", "user__username")
    fields = ("agency", "number", "service_started", "active", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Which account signs in as an officer is settled on the account's page, together with its role."""
        return ("agency", "user") if obj else ("user",)
