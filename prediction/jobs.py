"""Asking for work, doing it, and never twice at once.

A job may be cut off at any moment and is then taken up again: what it has kept by then (`results`) is not done a second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from insights import asking
from insights.audit import queue as audits
from ledger.audit import record
from ledger.choices import AuditVerb
from prediction import runs, tracking
from prediction.kinds import Kind, Progress, kinds_of
from prediction.models import JobAct, JobState, ModelRun, PredictionJob
from prediction.problems import TooLittle

ONE_AT_A_TIME = 7311  # first key of the advisory lock; the second is the subject's
PAUSE = 1.0  # seconds between two looks at a lock that another holds
SEED = 1
Stop = Callable[[], None]  # raises when the worker is to stop


def ask(
    act: JobAct, subject: str = "", user: Any = None, request: HttpRequest | None = None
) -> PredictionJob:
    """Have something done by the worker. Who asks while it is under way is given that job."""
    from prediction import tasks

    def queue(job: PredictionJob) -> None:
        if request is not None:
            record(request, AuditVerb.ADMINISTRATION, "prediction job", job.key, act=f"{act.value} asked for")
        tasks.work.defer(job_id=job.pk)

    return asking.ask_once(PredictionJob, {"act": act, "subject": subject}, queue, user=user)


def under_way(act: JobAct, subject: str = "") -> PredictionJob | None:
    return asking.under_way(PredictionJob, act=act, subject=subject)


def work(job_id: int, stop: Stop) -> None:
    """Do a job. One that is done already is left alone."""
    waiting = PredictionJob.objects.filter(pk=job_id, state__in=PredictionJob.UNDER_WAY)
    if not waiting.update(state=JobState.RUNNING):
        return
    job = PredictionJob.objects.get(pk=job_id)
    try:
        with alone(f"{job.act} {job.subject}", stop):
            ACTS[JobAct(job.act)](job, stop)
    except TooLittle as sentence:
        give_up(job_id, str(sentence))
        return
    waiting.update(state=JobState.DONE, message="", finished_at=timezone.now())


def train(job: PredictionJob, stop: Stop) -> None:
    """Train every kind of a family; each is kept as soon as it is learned."""
    kinds = kinds_of(job.subject)
    for place, kind in enumerate(kinds):
        if kind.name in job.results:
            continue
        follow = _follower(job, stop, place, len(kinds))
        run = train_one(kind, SEED, follow, job.user, job)
        tracking.log(run)
        if job.user is None:
            runs.put_refit_in_use(run)


def train_one(
    kind: Kind, seed: int, follow: Progress, user: Any = None, job: PredictionJob | None = None
) -> ModelRun:
    """Learn one kind and keep the run, with a note of it in the job, all or none."""
    started = time.perf_counter()
    draft = kind.train(seed, follow)
    with transaction.atomic():
        run = runs.keep(draft, time.perf_counter() - started, user)
        if job is not None:
            job.results[kind.name] = str(run.key)
            PredictionJob.objects.filter(pk=job.pk).update(results=job.results)
    return run


def look_for_drift(job: PredictionJob, stop: Stop) -> None:
    """Compare the last whole month with those before it, and what runs in use said with what came."""
    from prediction.drift.looking import look

    look(_follower(job, stop, 0, 1))


def look_for_hotspots(job: PredictionJob, stop: Stop) -> None:
    """Find where reported crimes lie close together, of every agency whose crimes changed."""
    from prediction.hotspots.asking import look_where_due

    look_where_due(_follower(job, stop, 0, 1))
    audits.ask()


ACTS: dict[JobAct, Callable[[PredictionJob, Stop], None]] = {
    JobAct.TRAIN: train,
    JobAct.DRIFT: look_for_drift,
    JobAct.HOTSPOTS: look_for_hotspots,
}


def _follower(job: PredictionJob, stop: Stop, place: int, parts: int) -> Progress:
    """Writes down how far a part of several is, and stops the work when the worker is to stop."""

    def follow(done: int, total: int, message: str) -> None:
        stop()
        PredictionJob.objects.filter(pk=job.pk).update(
            done=place * total + done, total=parts * total, message=message[:300]
        )

    return follow


def give_up(job_id: int, sentence: str) -> None:
    PredictionJob.objects.filter(pk=job_id, state__in=PredictionJob.UNDER_WAY).update(
        state=JobState.FAILED, message=sentence[:300], finished_at=timezone.now()
    )


class Busy(Exception):
    """The same is being done elsewhere; the text says so in a sentence."""


@contextmanager
def alone(what: str, stop: Stop | None = None) -> Iterator[None]:
    """Nobody else does the same inside, be it a worker or a command. Waits for them, or raises `Busy` without `stop`."""
    key = [ONE_AT_A_TIME, what]
    while not _asked("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key):
        if stop is None:
            raise Busy("This is being done already. Wait until it is ready.")
        stop()
        time.sleep(PAUSE)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _asked("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def _asked(sql: str, params: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.fetchone()[0])
