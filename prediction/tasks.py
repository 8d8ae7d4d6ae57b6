"""Jobs of the worker. Loaded by every process: anything heavy is imported when a job runs."""

from __future__ import annotations

import logging
from io import StringIO

from django.db import InterfaceError, OperationalError, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from ledger.tasks import MOST_ATTEMPTS, RETRY, Interrupted

log = logging.getLogger(__name__)

BEHIND_IMPORTS = -10  # a file that somebody waits for goes first
FAULT = "It could not be done because of a fault on our side. Nothing was changed. Tell your administrator."
CUT_OFF = "It was cut off again and again. Try again, or tell your administrator."


@app.task(
    name="prediction.work", pass_context=True, retry=RETRY, lock="prediction.work", priority=BEHIND_IMPORTS
)
def work(context: JobContext, job_id: int) -> None:
    """Do one job of prediction. Cut off at any moment it is taken up again."""
    from prediction import jobs

    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()

    def stop() -> None:
        if context.should_abort():
            raise Interrupted

    try:
        jobs.work(job_id, stop)
    except (Interrupted, OperationalError, InterfaceError):
        if context.job.attempts < MOST_ATTEMPTS - 1:
            raise
        jobs.give_up(job_id, CUT_OFF)
    except Exception:
        log.exception("prediction job %s failed", job_id)
        jobs.give_up(job_id, FAULT)


@app.task(
    name="prediction.first_models",
    queueing_lock="prediction.first_models",
    retry=RETRY,
    priority=BEHIND_IMPORTS,
)
def first_models() -> None:
    """Learn what nobody has learned yet of how stops end and what they are for, and put it in use: for a demonstration."""
    from django.core.management import CommandError, call_command

    from prediction.models import ModelRun

    for family in ("outcome", "violation"):
        if not ModelRun.objects.filter(kind=family).exists():
            try:
                call_command("train", family, stdout=StringIO())
            except CommandError as sentence:  # too few stops, or somebody is learning it at this moment
                log.warning("%s", sentence)


@app.periodic(cron="40 2 * * *")
@app.task(name="prediction.by_night", queueing_lock="prediction.by_night")
def by_night(timestamp: int) -> None:
    """Each night: look for drift, and train anew what was learned long ago if stops came since."""
    from prediction import nightly

    nightly.ask_for_work()
