"""Jobs of the worker. Loaded by every process: anything heavy is imported when a job runs."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from insights.filters import FilterError
from ledger.tasks import MOST_ATTEMPTS, RETRY, Interrupted

log = logging.getLogger(__name__)

BEHIND_IMPORTS = -10  # a file that somebody waits for goes first
FAULT = "The test could not be computed because of a fault on our side. Tell your administrator."
CUT_OFF = "The computation was cut off again and again. Try again, or tell your administrator."


@app.periodic(cron="10 2 * * *")
@app.task(name="insights.compare_one_year", queueing_lock="insights.compare_one_year")
def compare_one_year(timestamp: int) -> None:
    """Each night compare the figures of one country and year with the ledger; a difference is shown on home pages."""
    from insights import checking

    if (turn := checking.next_in_turn()) is None:
        return
    if found := checking.compare(*turn):
        log.error("facts or cubes differ from the ledger: country %s, year %s: %s", *turn, found)


@app.task(name="insights.rebuild_agency")
def rebuild_agency(agency_id: int) -> None:
    """Count an agency's stops anew, after it was moved to another country."""
    from insights import facts

    facts.rebuild(agency_id)


@app.task(
    name="insights.compute_fairness",
    pass_context=True,
    retry=RETRY,
    lock="insights.compute_fairness",
    priority=BEHIND_IMPORTS,
)
def compute_fairness(context: JobContext, run_id: int) -> None:
    """Compute one run of a test of fairness. Cut off at any moment it is begun anew: nothing is kept but the report."""
    from insights.disparity import runs
    from insights.disparity.fitted import COMPUTING

    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()

    def should_stop() -> None:
        if context.should_abort():
            raise Interrupted

    try:
        runs.compute(run_id, should_stop, COMPUTING)
    except runs.Stopped:
        return
    except (Interrupted, OperationalError, InterfaceError):
        if context.job.attempts < MOST_ATTEMPTS - 1:
            raise
        runs.give_up(run_id, CUT_OFF)
    except FilterError as error:
        runs.give_up(run_id, f"The question can no longer be understood. {error}")
    except Exception:
        log.exception("run %s of a test of fairness failed", run_id)
        runs.give_up(run_id, FAULT)
