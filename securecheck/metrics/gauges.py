"""Our own gauges, a function a group. Each is read when it is asked for, by SQL that touches few rows.

Names begin with `securecheck_` and end in their unit. Nothing here tells of single stops or persons: totals, ages and states only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily

from insights.models import Comparison
from ledger.choices import ImportState
from prediction.drift.looking import newest, to_be_noted
from prediction.kinds import KINDS
from prediction.models import DriftState, JobState, ModelRun, PredictionJob, RunState

Gauges = Iterator[GaugeMetricFamily]
MOST_LAGGING = 100_000  # stops looked at: beyond that the figure only says “very many”
STATES = {DriftState.OK: 0, DriftState.WATCH: 1, DriftState.DRIFT: 2}

IMPORTED = """
    SELECT r.source, sum(r.rows_new) FROM ledger_importrun r
    WHERE r.state = %s AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = r.id) GROUP BY 1
"""
LOGGED = "SELECT count(*) FROM ledger_stop WHERE author_id IS NOT NULL AND import_run_id IS NULL"
PERSONS = "SELECT coalesce(sum(stops), 0) FROM insights_whoyear"
# The newest day of an agency is the end of an index; the last minute is looked up within that day.
NEWEST = """
    SELECT a.name, extract(epoch FROM (f.day + make_interval(mins => f.minute)) AT TIME ZONE a.time_zone)::float8
    FROM ledger_agency a CROSS JOIN LATERAL (
        SELECT day, greatest(max(minute), 0) AS minute FROM insights_stopfact
        WHERE agency = a.id AND day = (SELECT max(day) FROM insights_stopfact WHERE agency = a.id) GROUP BY day
    ) f
"""
# Stops that came after the newest of the facts, and by agency and month. An undone import has no facts, and shall have none.
LAGGING = """
    SELECT count(*), count(DISTINCT (agency_id, date_trunc('month', stopped_on))) FROM (
        SELECT s.agency_id, s.stopped_on FROM ledger_stop s
        WHERE s.id > coalesce((SELECT max(stop) FROM insights_stopfact), 0)
          AND NOT EXISTS (SELECT 1 FROM ledger_stop n WHERE n.supersedes_id = s.id)
          AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = s.import_run_id)
        LIMIT %s
    ) late
"""
QUEUE = """
    SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1
"""
# When a job became due: when it was asked for, or when it is to be done.
OLDEST = """
    SELECT extract(epoch FROM now() - min(greatest(e.at, coalesce(j.scheduled_at, e.at))))::float8
    FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
"""
FAILED = """
    SELECT count(*) FROM procrastinate_events WHERE type = 'failed' AND at > now() - interval '1 day'
"""
WORKERS = (
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)"
)


def about_us() -> Gauges:
    yield _gauge("info", "The version that answers; always 1.", ["version"], [([settings.VERSION], 1)])


def ledger() -> Gauges:
    """Rows by source as they were taken in, and how old the newest stop of each agency is."""
    rows = [([source], count) for source, count in _asked(IMPORTED, [ImportState.LOADED])]
    rows.append((["form"], _figure(LOGGED)))
    yield _gauge(
        "rows",
        "Rows in the ledger by source, undone imports left out; form: logged by hand.",
        ["source"],
        rows,
    )
    yield _gauge("persons_stopped", "Persons stopped that the figures count.", [], [([], _figure(PERSONS))])
    now = time.time()
    ages = [([agency], now - at) for agency, at in _asked(NEWEST)]
    yield _gauge("newest_stop_age_seconds", "Time since the newest stop of an agency.", ["agency"], ages)


def slices() -> Gauges:
    """Ledger against facts: what came later than the newest fact, and what the comparison by night found."""
    stops, months = _asked(LAGGING, [MOST_LAGGING])[0]
    yield _gauge(
        "slice_lag_stops", "Stops of the ledger later than the newest of the facts.", [], [([], stops)]
    )
    yield _gauge("slice_lag_slices", "Agencies and months that those stops are of.", [], [([], months)])
    differing = Comparison.objects.exclude(differences={}).count()
    yield _gauge(
        "slices_differing", "Countries and years whose figures were found to differ.", [], [([], differing)]
    )
    last = Comparison.objects.order_by("-at").values_list("at", flat=True).first()
    yield _gauge(
        "slices_compared_age_seconds",
        "Time since figures were last compared with the ledger.",
        [],
        _age(last),
    )


def queue() -> Gauges:
    """Work that waits for the worker, and whether there is one."""
    counts = {"todo": 0, "doing": 0} | dict(_asked(QUEUE))
    yield _gauge(
        "queue_jobs",
        "Jobs waiting (todo) and under way (doing).",
        ["state"],
        [([s], n) for s, n in counts.items()],
    )
    oldest = _figure(OLDEST)
    yield _gauge(
        "queue_oldest_seconds",
        "How long the oldest due job has waited; 0 when none waits.",
        [],
        [([], oldest)],
    )
    yield _gauge("queue_failed_jobs", "Jobs that failed within a day.", [], [([], _figure(FAILED))])
    alive = 3 * settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    yield _gauge("workers", "Workers that gave a sign of life lately.", [], [([], _figure(WORKERS, [alive]))])


def drift() -> Gauges:
    """The newest look for drift: state and value by kind of measure and feature."""
    report = newest()
    measures = report.measures if report else []
    keys = [([one["kind"], one["subject"]], one) for one in measures]
    yield _gauge(
        "drift_state",
        "As before (0), changed somewhat (1), changed much (2).",
        ["kind", "feature"],
        [(key, STATES[DriftState(one["state"])]) for key, one in keys],
    )
    yield _gauge(
        "drift_value",
        "PSI, or difference in fractions.",
        ["kind", "feature"],
        [(key, one["value"]) for key, one in keys],
    )
    yield _gauge(
        "drift_notices", "Notices of drift that nobody took note of.", [], [([], int(bool(to_be_noted())))]
    )
    yield _gauge(
        "drift_looked_age_seconds",
        "Time since drift was last looked for.",
        [],
        _age(report.at if report else None),
    )


def training() -> Gauges:
    """Gate of what is in use, last training by kind, and families whose last training failed."""
    used = ModelRun.objects.filter(state=RunState.IN_USE).values_list("kind", "gate")
    yield _gauge(
        "gate_open",
        "Whether the model in use is better than the base rate (1) or closed (0). No line: nothing is in use.",
        ["kind"],
        [([kind], int(gate == "open")) for kind, gate in used if gate],
    )
    last = {
        kind.name: ModelRun.objects.filter(kind=kind.name).values_list("trained_at", "seconds").first()
        for kind in KINDS
    }
    known = {name: found for name, found in last.items() if found}
    yield _gauge(
        "last_training_timestamp_seconds",
        "When a kind was last trained.",
        ["kind"],
        [([name], at.timestamp()) for name, (at, _) in known.items()],
    )
    yield _gauge(
        "last_training_duration_seconds",
        "How long that took.",
        ["kind"],
        [([name], seconds) for name, (_, seconds) in known.items()],
    )
    ended = PredictionJob.objects.exclude(state__in=PredictionJob.UNDER_WAY).order_by("act", "subject", "-id")
    newest_jobs = ended.distinct("act", "subject").values_list("act", "subject", "state")
    yield _gauge(
        "prediction_job_failed",
        "Whether the last job of its sort was not done (1).",
        ["act", "family"],
        [([act, subject], int(state == JobState.FAILED)) for act, subject, state in newest_jobs],
    )


GROUPS: dict[str, Callable[[], Gauges]] = {
    "about": about_us,
    "ledger": ledger,
    "slices": slices,
    "queue": queue,
    "drift": drift,
    "training": training,
}


def _gauge(
    name: str, meaning: str, labels: list[str], samples: Iterable[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"securecheck_{name}", meaning, labels=labels)
    for values, figure in samples:
        family.add_metric(values, float(figure))
    return family


def _age(at: datetime | None) -> list[tuple[list[str], float]]:
    """Seconds since then; no line where it never was."""
    return [([], (datetime.now(UTC) - at).total_seconds())] if at else []


def _asked(sql: str, params: Iterable[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _figure(sql: str, params: Iterable[Any] = ()) -> float:
    """The one figure that is asked for; 0 where there is nothing."""
    return float(_asked(sql, params)[0][0] or 0)
