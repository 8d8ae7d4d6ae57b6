"""Jobs of the worker. Loaded by every process: anything heavy is imported when a job runs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from insights.filters import FilterError
from ledger.tasks import MOST_ATTEMPTS, RETRY, Interrupted

log = logging.getLogger(__name__)

BEHIND_IMPORTS = -10  # a file that somebody waits for goes first
FAULT = "This could not be computed because of a fault on our side. Tell your administrator."
CUT_OFF = "The computation was cut off again and again. Try again, or tell your administrator."


class Stopped(Exception):
    """Somebody stopped what is being computed."""


LOST = (Interrupted, OperationalError, InterfaceError)  # nobody's fault: the job is to be taken up again


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

    try:
        _work(context, run_id, lambda stop: runs.compute(run_id, stop, COMPUTING), runs.give_up)
    except Stopped:
        return
    except FilterError as error:
        runs.give_up(run_id, f"The question can no longer be understood. {error}")


@app.task(
    name="insights.compute_profile",
    pass_context=True,
    retry=RETRY,
    lock="insights.compute_profile",
    priority=BEHIND_IMPORTS,
)
def compute_profile(context: JobContext, run_id: int) -> None:
    """Profile one kind of record from one source."""
    from insights.profiles import runs

    _work(context, run_id, lambda stop: runs.compute(run_id, stop), runs.give_up)


@app.task(name="insights.write_import_report", pass_context=True, retry=RETRY, priority=BEHIND_IMPORTS)
def write_import_report(context: JobContext, report_id: int) -> None:
    """Write the full report on the rows of an import into a file."""
    from insights.profiles import full_report

    _work(context, report_id, lambda stop: full_report.write(report_id, stop), full_report.give_up)


@app.periodic(cron="40 2 * * *")
@app.task(name="insights.profile_all", queueing_lock="insights.profile_all")
def profile_all(timestamp: int) -> None:
    """Each night profile everything anew, and the records of an agency apart where its supervisors ever had them profiled."""
    from insights.profiles import runs

    for agency in (None, *runs.agencies()):
        for unit in runs.units(agency):
            runs.ask(unit, agency)


@app.task(
    name="insights.study_trust",
    pass_context=True,
    retry=RETRY,
    lock="insights.study_trust",
    priority=BEHIND_IMPORTS,
)
def study_trust(context: JobContext, study_id: int) -> None:
    """Study what moves with one measure of a survey."""
    from insights.trust import runs

    _work(context, study_id, lambda stop: runs.compute(study_id, stop), runs.give_up)


@app.periodic(cron="50 2 * * *")
@app.task(name="insights.study_trust_anew", queueing_lock="insights.study_trust_anew")
def study_trust_anew(timestamp: int) -> None:
    """Each night study trust anew where figures came since."""
    from insights.trust import runs

    runs.ask_for_what_is_old()


@app.periodic(cron="33 * * * *")
@app.task(name="insights.tidy_reports", queueing_lock="insights.tidy_reports")
def tidy_reports(timestamp: int) -> None:
    """Full reports hold rows: they go after some days."""
    from insights.profiles import full_report

    full_report.tidy()


@app.task(
    name="insights.audit_predictions",
    pass_context=True,
    retry=RETRY,
    queueing_lock="insights.audit_predictions",
    lock="insights.audit_predictions",
    priority=BEHIND_IMPORTS,
)
def audit_predictions(context: JobContext) -> None:
    """Audit every body of predictions that has changed. Each audit is kept as it is done, so a job that is cut off goes on
    where it was."""
    from insights.audit import store

    def act(should_stop: Callable[[], None]) -> None:
        for _ in store.audit_all(store.outdated(), should_stop):
            pass
        store.forget_gone()

    _work(context, 0, act, lambda number, sentence: log.error("audit of predictions: %s", sentence))


@app.periodic(cron="55 2 * * *")
@app.task(name="insights.audit_each_night", queueing_lock="insights.audit_each_night")
def audit_each_night(timestamp: int) -> None:
    """Imports and forecasts of the day are audited unasked."""
    from insights.audit import queue

    queue.ask()


def _work(
    context: JobContext,
    number: int,
    act: Callable[[Callable[[], None]], None],
    give_up: Callable[[int, str], None],
) -> None:
    """Act; where the worker stops or the database goes, raise so that the job is taken up again; tell of all else."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()

    def should_stop() -> None:
        if context.should_abort():
            raise Interrupted

    try:
        act(should_stop)
    except LOST:
        if context.job.attempts < MOST_ATTEMPTS - 1:
            raise
        give_up(number, CUT_OFF)
    except (FilterError, Stopped):
        raise
    except Exception:
        log.exception("job on %s failed", number)
        give_up(number, FAULT)
