"""The admin as an app of ours: the stock admin on our own site, with accounts by role and without foreign pages."""

from __future__ import annotations

from django.apps import apps
from django.contrib.admin.apps import AdminConfig


class HouseAdminConfig(AdminConfig):
    default_site = "securecheck.admin_site.HouseAdminSite"

    def ready(self) -> None:
        """Once every app has registered its pages, ours take the place of Django's and procrastinate's."""
        super().ready()
        from django.contrib import admin
        from django.contrib.auth.models import Group, User

        from securecheck.account_admin import AccountAdmin

        apps.get_app_config("auth").verbose_name = "Accounts"

        for model in [*admin.site._registry]:
            if model in (Group, User) or model._meta.app_label in ("procrastinate", "knox"):
                admin.site.unregister(model)
        admin.site.register(User, AccountAdmin)
