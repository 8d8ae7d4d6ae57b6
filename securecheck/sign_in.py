"""Signing in: who came, who failed to, and which passwords open no installation that others reach."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest

from ledger.audit import record
from ledger.choices import AuditVerb


class SignInForm(AuthenticationForm):
    """Username and password. Nothing tells whether the name, the password or the account was at fault."""

    error_messages = {
        "invalid_login": "Username and password do not belong together. Check both; capital letters count.",
        "inactive": "Username and password do not belong together. Check both; capital letters count.",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        """Demonstration accounts stay closed once the installation serves more than the machine itself."""
        super().confirm_login_allowed(user)
        if not settings.LOCAL_ONLY and self.cleaned_data["password"].lower() == user.get_username().lower():
            raise ValidationError(
                "The password of this account is its name, which anybody can guess. "
                "Ask an administrator for a new password."
            )


@receiver(user_logged_in)
def note_sign_in(sender: object, request: HttpRequest | None, user: Any, **_: Any) -> None:
    record(request, AuditVerb.SIGN_IN, "account", user.pk, user=user)


@receiver(user_login_failed)
def note_failure(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """The account that was tried, by number. A name that is none may be a password in the wrong field: never kept."""
    name = credentials.get("username")
    tried = (
        User.objects.filter(username=name).values_list("pk", flat=True).first()
        if isinstance(name, str)
        else None
    )
    record(request, AuditVerb.SIGN_IN_FAILED, "account", tried or "unknown", done=False)
