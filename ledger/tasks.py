"""Jobs of the worker. Loaded by every process: anything heavy is imported when a job runs.

A job may be cut off at any moment and is then run again: it looks at the state of its import first, and whatever it
writes for good it writes in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from ledger.choices import ImportState
from ledger.models import ImportRun

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
SILENT_SECONDS = 5  # a worker that has not been heard of for so long is taken for dead
KEPT_HOURS = 24
RETRY = RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=0)
FAULT = "The import could not be finished because of a fault on our side. Nothing was stored. Tell your administrator."
CUT_OFF = "The import was cut off again and again. Nothing was stored. Try again, or tell your administrator."


class Interrupted(Exception):
    """The worker is stopping. Raised so that the job counts as failed and is taken up again."""


@app.task(name="ledger.check_import", pass_context=True, retry=RETRY)
def check_import(context: JobContext, run_id: int) -> None:
    """Read an uploaded file and find out what loading it would do."""
    from ledger.imports import engine

    _work(context, run_id, engine.check, (ImportState.UPLOADED, ImportState.CHECKING), ImportState.CHECKING)


@app.task(name="ledger.load_import", pass_context=True, retry=RETRY)
def load_import(context: JobContext, run_id: int) -> None:
    """Load an uploaded file that was checked."""
    from ledger.imports import engine

    _work(context, run_id, engine.load, (ImportState.LOADING,), ImportState.LOADING)


def _work(
    context: JobContext,
    run_id: int,
    act: Callable[..., Any],
    waiting: tuple[ImportState, ...],
    working: ImportState,
) -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # the worker's thread keeps it for long, and the server may have gone
    run = ImportRun.objects.filter(pk=run_id, state__in=waiting).first()
    if run is None:
        return  # done already, by an earlier run of this job
    run.state, run.progress, run.progress_total, run.progress_rows = working, 0, run.size, 0
    run.begun_at = timezone.now()
    run.save(update_fields=["state", "progress", "progress_total", "progress_rows", "begun_at"])
    try:
        act(run, progress=_follower(context, run_id))
    except (Interrupted, OperationalError, InterfaceError):
        if context.job.attempts < MOST_ATTEMPTS - 1:
            raise
        _give_up(run_id, CUT_OFF)
    except Exception:
        log.exception("import %s failed", run_id)
        _give_up(run_id, FAULT)


def _follower(context: JobContext, run_id: int) -> Callable[[int, int], None]:
    """Writes down how many bytes and rows are read, and stops the work when the worker is to stop."""

    def follow(done: int, rows: int) -> None:
        if context.should_abort():
            raise Interrupted
        ImportRun.objects.filter(pk=run_id).update(progress=done, progress_rows=rows)

    return follow


def _give_up(run_id: int, sentence: str) -> None:
    unfinished = ImportRun.objects.filter(pk=run_id).exclude(state=ImportState.LOADED)
    unfinished.update(state=ImportState.FAILED, message=sentence)


@app.periodic(cron="23 * * * *")
@app.task(name="ledger.tidy_uploads", queueing_lock="ledger.tidy_uploads")
def tidy_uploads(timestamp: int) -> None:
    """Decided files go within the hour, undecided ones and the values of refused rows after a month."""
    from ledger.imports import keeping

    keeping.tidy()


@app.periodic(cron="* * * * * */10")  # the sixth field is the seconds
@app.task(name="ledger.take_up_stalled_jobs", queueing_lock="ledger.take_up_stalled_jobs", pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker was killed are put back: nobody else does it."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(name="ledger.forget_finished_jobs", queueing_lock="ledger.forget_finished_jobs", pass_context=True)
async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs tell nothing after a day; the import itself keeps what happened."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)
