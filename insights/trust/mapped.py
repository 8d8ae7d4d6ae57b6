"""The map of one measure in one period, where the ledger has boundaries of the survey's areas."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.http import urlencode

from insights.maps import Figure, draw_map, outlines_of
from insights.maps.drawing import AreaMap
from insights.trust.asked import Question
from insights.trust.compared import Level, quoted
from insights.trust.figures import period_label
from insights.wording import interval, percent
from ledger.models import Area


def trust_map(question: Question, rows: Sequence[Level]) -> AreaMap | None:
    """None where no area has a boundary."""
    when = period_label(question.period)
    query = urlencode({"survey": question.survey.slug, "measure": question.measure, "period": when})
    found = [
        Figure(one.area, one.name, one.share, says(one), f"{reverse('trust-area', args=[one.area])}?{query}")
        for one in rows
    ]
    areas = Area.objects.filter(pk__in=[one.area for one in rows], boundary__isnull=False)
    if not found or not areas.exists():
        return None
    return draw_map(
        "trust-map",
        outlines_of(areas),
        found,
        title=f"{quoted(question.measure)}, {when}",
        unit="share of people asked",
        write=percent,
        hatched_means="no figure",
    )


def says(one: Level) -> str:
    """“Barnet: 70.0% (65.3% to 74.3%), cannot tell”."""
    between = interval(*one.band)
    told = {"above": "above the force", "below": "below the force"}.get(one.verdict, one.verdict)
    return f"{percent(one.share)}{f' ({between})' if between else ''}{f', {told}' if told else ''}"
