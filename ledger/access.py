"""Who may see and do what with stops. Used alike by pages, admin, exports and commands.

Permissions come from the role (a group); reach comes from the user's officer record: the own agency.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from ledger.models import Agency, ImportRun, Officer, Stop
from ledger.querysets import StopQuerySet

User = Any  # the configured user model; Django's stubs cannot name it
View = Callable[..., HttpResponseBase]


def officer_of(user: User) -> Officer | None:
    """The officer that a user signs in as; None for policymakers, analysts and administrators, and for one who has left."""
    if not hasattr(user, "_officer_of"):
        active = Officer.objects.select_related("agency__country").filter(active=True)
        user._officer_of = active.filter(user_id=user.pk).first()
    found: Officer | None = user._officer_of
    return found


def agency_of(user: User) -> Agency | None:
    """The own agency of a user, by the officer record."""
    officer = officer_of(user)
    return officer.agency if officer else None


def stops_for(user: User) -> StopQuerySet:
    """Every version of every stop whose rows the user may read: the own agency's, and of whoever imports the own uploads."""
    agency = agency_of(user)
    if agency is not None and user.has_perm("ledger.view_stop"):
        return Stop.objects.of_agency(agency.pk)
    if user.has_perm("ledger.import_any_agency"):
        uploaded = Stop.objects.filter(import_run__user_id=user.pk)
        return Stop.objects.filter(
            number__in=uploaded.values("number")
        )  # corrections of them carry no import
    return Stop.objects.none()


def may_correct(user: User, stop: Stop) -> bool:
    """Officers correct what they logged themselves; supervisors the own agency's; an analyst the own uploads."""
    if not stops_for(user).filter(pk=stop.pk).exists():
        return False
    return bool(
        user.has_perm("ledger.correct_stop")
        or (user.has_perm("ledger.add_stop") and stop.author_id == user.pk)
    )


def imports_for(user: User) -> Any:
    """Import runs that the user may see: the own ones, and for a supervisor all into the own agency."""
    runs = ImportRun.objects.select_related("agency", "user", "undo", "parent")
    if user.has_perm("ledger.import_any_agency"):
        return runs
    agency = agency_of(user)
    return runs.filter(agency=agency) if agency else runs.none()


def permit(*permissions: str) -> Callable[[View], View]:
    """Let a view be used only by those with one of the permissions; others get the page that says so."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: AbstractBaseUser | AnonymousUser = request.user
            if not any(user.has_perm(one) for one in permissions):  # type: ignore[union-attr]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return guard
