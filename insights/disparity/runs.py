"""Runs of the tests that fit a model: asked for on a page, computed by the worker, kept for whoever asks the same again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from insights import asking, tasks
from insights.disparity.arguments import Arguments
from insights.disparity.reports import Report
from insights.disparity.tests_of_record import TestOfRecord
from insights.filters import Filters
from insights.models import FairnessRun, RunState

FULL = 1000  # progress of a finished run
SECONDS_BETWEEN_NOTES = 0.5  # of progress, in the database
Follow = Callable[[float], None]


def fingerprint(test: TestOfRecord, arguments: Arguments, filters: Filters) -> str:
    """The same for the same question, however its address was written."""
    asked = [test.slug, arguments.as_words(test.arguments), filters.as_words()]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def ledger_mark() -> str:
    """Changes with every stop that is logged, corrected, imported or undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), 0), (SELECT count(*) FROM ledger_importundo), "
            "(SELECT coalesce(max(finished_at)::text, '') FROM ledger_importrun WHERE state = 'loaded') FROM ledger_stop"
        )
        return "/".join(str(part) for part in cursor.fetchone())[:80]


def under_way(print_: str) -> FairnessRun | None:
    return asking.under_way(FairnessRun, fingerprint=print_)


def newest(print_: str) -> FairnessRun | None:
    """The last run that came to an end, be it with a report or not."""
    return FairnessRun.objects.filter(fingerprint=print_).exclude(state__in=FairnessRun.UNDER_WAY).first()


def ask(
    test: TestOfRecord, arguments: Arguments, filters: Filters, user: Any, address: str = ""
) -> FairnessRun:
    """Have a test computed. Who asks while it is under way is given that run: nothing runs twice at once."""
    return asking.ask_once(
        FairnessRun,
        {"fingerprint": fingerprint(test, arguments, filters)},
        lambda run: tasks.compute_fairness.defer(run_id=run.pk),
        test=test.slug,
        arguments=arguments.as_words(test.arguments),
        filters=filters.as_words(),
        address=address,
        user=user,
    )


def stop(run: FairnessRun) -> bool:
    """Stop a run that is under way; the worker notices within a moment. Whether there was anything to stop."""
    return bool(
        FairnessRun.objects.filter(pk=run.pk, state__in=FairnessRun.UNDER_WAY).update(
            state=RunState.STOPPED, message="Stopped before it was done.", finished_at=timezone.now()
        )
    )


def compute(run_id: int, should_stop: Callable[[], None], computing: Mapping[str, Any]) -> None:
    """Compute a run and keep its report. A run that is done already, or stopped, is left alone."""
    from insights.disparity.asked import question_of

    begun = time.perf_counter()
    if not _begin(run_id):
        return
    run = FairnessRun.objects.get(pk=run_id)
    mark = ledger_mark()
    arguments, filters = question_of(run)
    report: Report = computing[run.test](arguments, filters, _follower(run_id, should_stop))
    FairnessRun.objects.filter(pk=run_id, state=RunState.RUNNING).update(
        state=RunState.DONE,
        progress=FULL,
        report=report.as_kept(),
        ledger_mark=mark,
        version=settings.VERSION,
        finished_at=timezone.now(),
        seconds=round(time.perf_counter() - begun, 3),
    )


def _begin(run_id: int) -> bool:
    waiting = FairnessRun.objects.filter(pk=run_id, state__in=FairnessRun.UNDER_WAY)
    return bool(waiting.update(state=RunState.RUNNING, progress=0))


def give_up(run_id: int, sentence: str) -> None:
    FairnessRun.objects.filter(pk=run_id, state__in=FairnessRun.UNDER_WAY).update(
        state=RunState.FAILED, message=sentence, finished_at=timezone.now()
    )


def _follower(run_id: int, should_stop: Callable[[], None]) -> Follow:
    """Writes down now and then how far the run is; raises when it was stopped, or the worker is to stop."""
    noted = 0.0

    def follow(share: float) -> None:
        nonlocal noted
        should_stop()
        if time.monotonic() - noted < SECONDS_BETWEEN_NOTES:
            return
        noted = time.monotonic()
        running = FairnessRun.objects.filter(pk=run_id, state=RunState.RUNNING)
        if not running.update(progress=min(FULL - 1, round(share * FULL))):
            raise tasks.Stopped

    return follow
