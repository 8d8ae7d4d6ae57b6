"""Pages of accounts for administrators: who may sign in, and as what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.admin.base import HouseAdmin
from securecheck.account_forms import AccountForm, NewAccountForm
from securecheck.accounts import give_role, role_of
from securecheck.tokens import SetPasswordForm


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "role"


class AccountAdmin(HouseAdmin, UserAdmin):  # type: ignore[type-arg]
    """No superusers, no permissions one by one: an account is what its role is. Superusers are made by command only."""

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = SetPasswordForm
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "new_password")}),
        ("What the account may do", {"fields": ("role", "agency", "officer_number", "is_active")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "password1", "password2")}),
        ("What the account may do", {"fields": ("role", "agency", "officer_number")}),
    )
    readonly_fields = ("last_login", "date_joined", "new_password")
    filter_horizontal = ()
    list_display = ("username", "full_name", "role", "agency", "officer_number", "is_active", "last_login")
    list_filter = ("is_active", ("groups", RoleFilter), "officer__agency")
    search_fields = ("username", "first_name", "last_name", "officer__number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Administrators do not meet superusers here: whoever sets such a password could become one."""
        users = super().get_queryset(request).select_related("officer__agency").prefetch_related("groups")
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.signed_in = request.user
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        chosen = form.cleaned_data
        if form.instance.pk != request.user.pk:
            give_role(form.instance, chosen["role"], chosen["agency"], chosen["officer_number"])

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="role")
    def role(self, user: User) -> str:
        return role_of(user) or "none"

    @admin.display(description="agency", ordering="officer__agency__name")
    def agency(self, user: User) -> str:
        officer = getattr(user, "officer", None)
        return officer.agency.name if officer else ""

    @admin.display(description="officer number", ordering="officer__number")
    def officer_number(self, user: User) -> str:
        officer = getattr(user, "officer", None)
        return officer.number if officer else ""

    @admin.display(description="password")
    def new_password(self, user: User) -> SafeString:
        """The password itself is kept as a hash only and cannot be shown."""
        return format_html(
            '<a href="{}">Set a new password</a>', reverse("admin:auth_user_password_change", args=[user.pk])
        )
