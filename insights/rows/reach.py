"""Whose rows a user may read: the same persons as in the list of stops, in the facts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from insights.filters import Facts
from insights.models import StopFact
from ledger.access import agency_of
from ledger.models import ImportRun, Stop


def facts_for(user: Any) -> Facts:
    """The own agency's, and of whoever imports for several the own uploads with what was corrected in them."""
    agency = agency_of(user)
    if agency is not None and user.has_perm("ledger.view_stop"):
        return StopFact.objects.filter(agency=agency.pk)
    if user.has_perm("ledger.import_any_agency"):
        runs = list(ImportRun.objects.filter(user_id=user.pk).values_list("pk", flat=True))
        uploaded = Stop.objects.filter(import_run__in=runs)
        corrected = Stop.objects.filter(version__gt=1, number__in=uploaded.values("number"))
        return StopFact.objects.filter(Q(import_run__in=runs) | Q(stop__in=corrected.values("pk")))
    return StopFact.objects.none()
