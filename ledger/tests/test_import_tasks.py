"""The worker's jobs: cut off at any moment and taken up again, they end with one load or none."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from procrastinate.contrib.django import app

from ledger import tasks
from ledger.choices import ImportState
from ledger.imports import engine, reader
from ledger.models import ImportRun, Stop
from ledger.tests.import_files import begun, line, written


class Context:
    """What a job is told by its worker."""

    def __init__(self, attempts: int = 0, stop_after: int = 10**9) -> None:
        self.job = SimpleNamespace(attempts=attempts)
        self.asked, self.stop_after = 0, stop_after

    def should_abort(self) -> bool:
        self.asked += 1
        return self.asked > self.stop_after


@pytest.fixture
def run(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """An uploaded file of 30 rows, waiting to be checked; chunks of ten rows."""
    monkeypatch.setattr(settings, "UPLOADS", tmp_path)
    monkeypatch.setattr(reader, "BLOCK", 1_000)
    path = written(tmp_path, [line(stop_time=f"{n}:{m}0") for n in range(10, 20) for m in range(3)])
    return begun(path, stored_name=path.name, size=path.stat().st_size, partial=True)


def check(run: ImportRun, context: Any = None) -> ImportRun:
    tasks.check_import.func(context or Context(), run.pk)
    return ImportRun.objects.get(pk=run.pk)


def load(run: ImportRun, context: Any = None) -> ImportRun:
    ImportRun.objects.filter(pk=run.pk, state=ImportState.CHECKED).update(state=ImportState.LOADING)
    tasks.load_import.func(context or Context(), run.pk)
    return ImportRun.objects.get(pk=run.pk)


def test_a_check_and_a_load_end_with_the_stops(run: ImportRun) -> None:
    found = check(run)
    assert (found.state, found.rows_new, found.progress) == (ImportState.CHECKED, 30, found.size)
    assert not Stop.objects.exists()
    assert load(run).state == ImportState.LOADED
    assert Stop.objects.count() == 30


def test_jobs_run_twice_change_nothing(run: ImportRun) -> None:
    check(run)
    assert check(run).state == ImportState.CHECKED
    load(run)
    tasks.load_import.func(Context(), run.pk)  # type: ignore[arg-type]
    assert check(run).state == ImportState.LOADED
    assert Stop.objects.count() == 30


def test_a_stopping_worker_interrupts_by_raising_and_the_next_one_finishes(run: ImportRun) -> None:
    with pytest.raises(tasks.Interrupted):
        check(run, Context(stop_after=1))
    assert ImportRun.objects.get().state == ImportState.CHECKING
    check(run)
    with pytest.raises(tasks.Interrupted):
        load(run, Context(stop_after=2))
    assert ImportRun.objects.get().state == ImportState.LOADING
    assert not Stop.objects.exists()
    assert load(run).state == ImportState.LOADED
    assert Stop.objects.count() == 30


def test_a_lost_database_is_tried_again_and_in_the_end_given_up(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(engine, "check", lose)
    with pytest.raises(OperationalError):
        check(run)
    assert check(run, Context(attempts=tasks.MOST_ATTEMPTS - 1)).message == tasks.CUT_OFF


def test_a_fault_of_ours_is_said_plainly_and_not_tried_for_ever(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "load", fail)
    check(run)
    found = load(run)
    assert (found.state, found.message) == (ImportState.FAILED, tasks.FAULT)


def test_an_upload_that_is_gone_is_explained(run: ImportRun) -> None:
    (Path(settings.UPLOADS) / run.stored_name).unlink()
    found = check(run)
    assert (found.state, found.message) == (
        ImportState.FAILED,
        f"There is no file “{run.stored_name}”. Choose it again.",
    )


def test_the_retries_of_the_jobs_are_declared() -> None:
    for name in ("ledger.check_import", "ledger.load_import"):
        strategy = app.tasks[name].retry_strategy
        assert isinstance(strategy, tasks.RetryStrategy)
        assert strategy.max_attempts == tasks.MOST_ATTEMPTS


def test_jobs_of_a_killed_worker_are_put_back() -> None:
    """Nobody else does it: procrastinate only finds them."""
    put_back: list[str] = []

    class Manager:
        async def get_stalled_jobs(self, seconds_since_heartbeat: float) -> list[str]:
            assert seconds_since_heartbeat == tasks.SILENT_SECONDS
            return ["one", "two"]

        async def retry_job(self, job: str) -> None:
            put_back.append(job)

    context: Any = SimpleNamespace(app=SimpleNamespace(job_manager=Manager()))
    # In a thread of its own: after a browser test this one has a running loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, tasks.take_up_stalled_jobs.func(context, 0)).result()
    assert put_back == ["one", "two"]


def test_stalled_jobs_are_looked_for_every_ten_seconds() -> None:
    """The sixth field of the cron is the seconds; in first place it would mean every ten minutes."""
    (clock,) = (
        periodic.croniter
        for periodic in app.periodic_registry.periodic_tasks.values()
        if periodic.task.name == "ledger.take_up_stalled_jobs"
    )
    begun = 1_800_000_000.0
    assert [clock.get_next(start_time=begun + at, ret_type=float) - begun for at in (0, 10, 20)] == [
        10,
        20,
        30,
    ]
