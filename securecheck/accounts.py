"""Accounts: what follows from a role, in one place. Used by the admin and by the demonstration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from ledger.models import Agency, Officer
from securecheck.roles import OFFICER_ROLES, ROLES, STAFF_ROLES


def role_of(user: Any) -> str:
    """The role of an account; empty when it has none."""
    names = [group.name for group in user.groups.all() if group.name in ROLES]
    return names[0] if names else ""


@transaction.atomic
def give_role(user: Any, role: str, agency: Agency | None = None, number: str = "") -> None:
    """Make the account exactly what its role is: one group, no permissions of its own, and an officer or none."""
    user.is_staff = role in STAFF_ROLES
    user.save(update_fields=["is_staff"])
    user.groups.set(Group.objects.filter(name=role))
    user.user_permissions.clear()
    Officer.objects.filter(user=user).exclude(agency=agency, number=number).update(user=None)
    if role in OFFICER_ROLES and agency is not None:
        officer, _made = Officer.objects.get_or_create(agency=agency, number=number)
        officer.user = user
        officer.save(update_fields=["user"])


def holder_of(agency: Agency, number: str) -> Any:
    """The account that signs in under an officer's number; None when nobody does."""
    officer = Officer.objects.select_related("user").filter(agency=agency, number=number).first()
    return officer.user if officer else None
