"""Audits computed and kept: a body in, its figures, report and maps out, all in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from insights.audit import right, sensitive, spots, vendors, where, who
from insights.audit.bodies import Body, Offer, offers, register
from insights.audit.counting import count
from insights.audit.drawing import drawings
from insights.audit.figures import figures_of
from insights.audit.flags import flags_of
from insights.disparity.reports import Report
from insights.models import AuditMap, PredictionAudit

Stop = Callable[[], None]
VENDORS = "vendors"


def start() -> None:
    """Called when the app is ready."""
    register(VENDORS, vendors.offers)


def audit(offer: Offer) -> PredictionAudit:
    """Compute one audit and put it in the place of the one before."""
    begun, mark = (
        time.perf_counter(),
        mark_of(offer),
    )  # before it is read: what comes meanwhile is audited the next time
    body = offer.load()
    kept, maps = _computed(body)
    with transaction.atomic():
        made, _ = PredictionAudit.objects.update_or_create(
            slug=offer.slug,
            defaults=kept
            | {
                "mark": mark,
                "computed_at": timezone.now(),
                "seconds": round(time.perf_counter() - begun, 3),
            },
        )
        made.maps.all().delete()
        AuditMap.objects.bulk_create(
            AuditMap(audit=made, key=key, drawing=drawing) for key, drawing in maps.items() if drawing
        )
    return made


def mark_of(offer: Offer) -> str:
    """Also another version of this software computes anew."""
    return f"{offer.mark}/{sensitive.mark()}/{settings.VERSION}"[:160]


def _computed(body: Body) -> tuple[dict[str, object], dict[str, Any]]:
    counted, places = count(body), spots.places(body.spots)
    figures = figures_of(counted.areas)
    flags = flags_of(body, counted, sensitive.listed())
    matched, types, verdicts = right.judged(body)
    short = right.told(matched, verdicts, body.scored)
    report = Report(
        headlines=(*who.headlines(figures, counted), *right.headlines(short)),
        findings=(*who.findings(figures), *right.findings(short)),
        warnings=tuple(who.warnings(figures, counted)),
        notes=(body.about, *_period(body), *body.notes),
        sections=(
            *who.sections(figures, counted),
            *right.sections(matched, types, verdicts, body.scored),
            *where.sections(flags, places, body.days),
        ),
        summary=summary(figures),
    )
    kept = {
        "name": body.name[:160],
        "about": body.about,
        "ours": body.ours,
        "figures": figures,
        "flags": [{"key": flag.key, "title": flag.title} for flag in flags],
        "outcome": short,
        "report": report.as_kept(),
    }
    return kept, dict(drawings(body, counted, figures, places))


def summary(figures: dict[str, object]) -> dict[str, object]:
    return {name: figures[name] for name in ("areas", "predictions", "people", "without", "window")}


def _period(body: Body) -> list[str]:
    if body.first_day is None or body.last_day is None:
        return ["The days of the predictions are not known."]
    first, last = (f"{day:%-d %B %Y}" for day in (body.first_day, body.last_day))
    return [f"Predictions from {first} to {last}."]


# Which are to be computed


def outdated() -> list[Offer]:
    """Bodies without an audit of their present state."""
    known = dict(PredictionAudit.objects.values_list("slug", "mark"))
    return [offer for offer in offers() if known.get(offer.slug) != mark_of(offer)]


def audit_all(wanted: Iterable[Offer], should_stop: Stop = lambda: None) -> Iterable[PredictionAudit]:
    for offer in wanted:
        should_stop()
        yield audit(offer)


def forget_gone() -> int:
    """Audits of bodies that are no more, since their import was undone, go."""
    gone = PredictionAudit.objects.exclude(slug__in=[offer.slug for offer in offers()])
    number = gone.count()
    gone.delete()
    return number


__all__ = ["audit", "audit_all", "forget_gone", "outdated", "start"]
