"""Tokens of the API: they end when taken back, and with the password of their account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AdminPasswordChangeForm
from django.db import transaction
from knox.models import AuthToken

from ledger.audit import record
from ledger.choices import AuditVerb


@transaction.atomic
def end_tokens(user: Any, why: str) -> int:
    """Take back every token of the account; says how many there were."""
    gone, _ = AuthToken.objects.filter(user=user).delete()
    if gone:
        record(None, AuditVerb.ADMINISTRATION, "user", user.pk, act=why, tokens=gone)
    return int(gone)


def tokens_of(user: Any) -> int:
    return int(AuthToken.objects.filter(user=user).count())


class EndsTokens:
    """Stands among the checks of passwords, since Django tells those of every new one, set on a page or by command: whoever
    learnt the old password may have made tokens with it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Any will do."""

    def password_changed(self, password: str, user: Any = None) -> None:
        end_tokens(user, "tokens ended by a new password")

    def get_help_text(self) -> str:
        return "A new password signs the account out on other computers and ends its tokens of the API."


class SetPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """The administrator's: an account that is left without a password keeps no tokens either."""

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        if not user.has_usable_password():
            end_tokens(user, "tokens ended by taking the password away")
        return user
