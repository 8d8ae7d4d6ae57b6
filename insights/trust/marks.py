"""Marked events that concern a survey: those of all, and those of the country that its areas lie in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from insights.events import Marked
from insights.models import Event
from ledger.models import Area

UNITED_KINGDOM = "United Kingdom"
ONS_CODE = re.compile(
    r"[ENSW]\d{8}"
)  # Government Statistical Service codes: England, Northern Ireland, Scotland, Wales


def events_of(areas: Mapping[int, Area], first: date, last: date) -> list[Marked]:
    """Within the days. Areas tell their country by their agency, or by a code of the Office for National Statistics."""
    places = Q(agency=None, country=None)
    if any(ONS_CODE.fullmatch(one.code) for one in areas.values()):
        places |= Q(country__name=UNITED_KINGDOM) | Q(agency__country__name=UNITED_KINGDOM)
    agencies = {one.agency_id for one in areas.values() if one.agency_id}
    if agencies:
        places |= Q(agency__in=agencies) | Q(country__agencies__in=agencies)
    found = Event.objects.filter(places, withdrawn=False, day__gte=first, day__lte=last).distinct()
    return [Marked(number, one) for number, one in enumerate(found.select_related("agency", "country"), 1)]
