"""Versions of the patrol policy."""

from __future__ import annotations

from prediction.models import PatrolPolicy
from prediction.patrol.policy import Policy


def policy_in_force() -> tuple[Policy, PatrolPolicy | None]:
    """The newest version, else the built-in policy."""
    newest = PatrolPolicy.objects.first()
    return (Policy.of(newest.body), newest) if newest else (Policy(), None)
