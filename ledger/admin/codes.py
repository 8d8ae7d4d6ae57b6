"""Code lists. A code is ended by date; old stops keep it."""

from __future__ import annotations

from django.contrib import admin

from ledger.admin.base import HouseAdmin
from ledger.models import Contraband, Race, SearchBasis, Violation

COMMON = ("label", "words", "position", "on_form", "valid_from", "valid_until")


class CodeAdmin(HouseAdmin):
    list_display: tuple[str, ...] = ("label", "position", "on_form", "valid_from", "valid_until")
    list_filter = ("on_form",)
    search_fields = ("label",)
    fieldsets = (
        (
            None,
            {
                "fields": COMMON,
                "description": "A code keeps its meaning for ever: correct a misspelling, but for another meaning "
                "end this code with its last day and add a new one. Codes are never deleted, since old stops carry them.",
            },
        ),
    )


@admin.register(Violation)
class ViolationAdmin(CodeAdmin):
    pass


@admin.register(Race)
class RaceAdmin(CodeAdmin):
    pass


@admin.register(SearchBasis)
class SearchBasisAdmin(CodeAdmin):
    list_display = (*CodeAdmin.list_display, "discretionary")
    fieldsets = ((None, {**CodeAdmin.fieldsets[0][1], "fields": (*COMMON, "discretionary")}),)


@admin.register(Contraband)
class ContrabandAdmin(CodeAdmin):
    list_display = (*CodeAdmin.list_display, "is_drug")
    fieldsets = ((None, {**CodeAdmin.fieldsets[0][1], "fields": (*COMMON, "is_drug")}),)
