"""Jobs of the worker. Loaded by every process: anything heavy is imported when a job runs."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

log = logging.getLogger(__name__)


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
