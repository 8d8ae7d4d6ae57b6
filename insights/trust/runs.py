"""Studies of trust: asked for on a page or by night, computed by the worker, kept for whoever reads the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from insights import asking, tasks
from insights.models import RunState, TrustStudy
from insights.trust import figures
from insights.trust.figures import Survey

GONE = "The survey or the measure is no longer in the ledger."


def mark() -> str:
    """Changes with every import or undo, so of survey figures, stops and crimes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM ledger_surveyfigure), (SELECT count(*) FROM ledger_importundo), "
            "(SELECT coalesce(max(finished_at)::text, '') FROM ledger_importrun WHERE state = 'loaded')"
        )
        return "/".join(str(part) for part in cursor.fetchone())[:120]


def newest(survey: Survey, measure: str) -> TrustStudy | None:
    """The last study that ended well."""
    return _of(survey, measure).filter(state=RunState.DONE).first()


def under_way(survey: Survey, measure: str) -> TrustStudy | None:
    return asking.under_way(TrustStudy, survey=survey.slug, measure=measure)


def last_failed(survey: Survey, measure: str) -> TrustStudy | None:
    """The last study, where it failed."""
    last = _of(survey, measure).first()
    return last if last and last.state == RunState.FAILED else None


def _of(survey: Survey, measure: str) -> QuerySet[TrustStudy]:
    return TrustStudy.objects.filter(survey=survey.slug, measure=measure)


def ask(survey: Survey, measure: str, user: Any = None) -> TrustStudy:
    """Have a measure studied. Who asks while it is under way is given that study."""
    same = {"survey": survey.slug, "measure": measure}
    return asking.ask_once(
        TrustStudy, same, lambda made: tasks.study_trust.defer(study_id=made.pk), user=user
    )


def ask_for_what_is_old() -> None:
    """Have the measure of trust of each survey studied anew where the figures changed since."""
    now = mark()
    for survey in figures.surveys():
        measure = figures.main_measure(figures.measures(survey))
        last = newest(survey, measure)
        if last is None or last.mark != now:
            ask(survey, measure)


def compute(study_id: int, should_stop: Callable[[], None]) -> None:
    """Compute a study and keep what it found. One that is done already is left alone."""
    from insights.trust.study import study

    waiting = TrustStudy.objects.filter(pk=study_id, state__in=TrustStudy.UNDER_WAY)
    if not waiting.update(state=RunState.RUNNING):
        return
    should_stop()
    begun, asked = time.perf_counter(), TrustStudy.objects.get(pk=study_id)
    survey = next((one for one in figures.surveys() if one.slug == asked.survey), None)
    if survey is None or asked.measure not in figures.measures(survey):
        give_up(study_id, GONE)
        return
    now = mark()
    findings = study(survey, asked.measure)
    waiting.update(
        state=RunState.DONE,
        findings=findings,
        mark=now,
        version=settings.VERSION,
        finished_at=timezone.now(),
        seconds=round(time.perf_counter() - begun, 3),
    )


def give_up(study_id: int, sentence: str) -> None:
    TrustStudy.objects.filter(pk=study_id, state__in=TrustStudy.UNDER_WAY).update(
        state=RunState.FAILED, message=sentence, finished_at=timezone.now()
    )
