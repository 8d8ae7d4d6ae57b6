"""A worker that is killed in the middle of training: another takes the job up again, and nothing is kept twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from prediction.jobs import ask
from prediction.models import JobAct, JobState, ModelRun, PredictionJob
from prediction.tests.made_up import as_facts, by_violation_and_night, drawn

pytestmark = pytest.mark.django_db(transaction=True)
Worker = subprocess.Popen[bytes]


def worker() -> Worker:
    """A real worker on the database of the tests."""
    held = connection.settings_dict
    parts = {"host": held["HOST"], "port": held["PORT"], "user": held["USER"], "password": held["PASSWORD"]}
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items() if value)
    address = {"DATABASE_URL": f"postgres:///{held['NAME']}?{query}", "SECURECHECK_DATA": str(settings.DATA)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **address, "DJANGO_SETTINGS_MODULE": "securecheck.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def start() -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []

    def start_one() -> Worker:
        started.append(worker())
        return started[-1]

    yield start_one
    for one in started:
        one.kill()
        one.wait()


def wait_for(happened: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, PredictionJob.objects.values()
        time.sleep(0.05)


def test_training_whose_worker_was_killed_is_taken_up_again(start: Callable[[], Worker]) -> None:
    as_facts(drawn(1, 3_000, 300, by_violation_and_night))
    job = ask(JobAct.TRAIN, "outcome")
    first = start()
    learning = PredictionJob.objects.filter(pk=job.pk, state=JobState.RUNNING, done__gte=1)
    wait_for(learning.exists)
    first.kill()
    first.wait()
    kept_before = ModelRun.objects.count()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING  # nobody told it that its worker is gone
    start()
    wait_for(PredictionJob.objects.filter(pk=job.pk, state=JobState.DONE).exists)
    kinds = list(ModelRun.objects.values_list("kind", flat=True))
    assert sorted(kinds) == ["outcome", "outcome-after"]
    job.refresh_from_db()
    assert sorted(job.results) == sorted(kinds)
    assert kept_before < 2
