"""Work in the background: done once, taken up again when cut off, never twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from procrastinate.contrib.django import app

from insights.models import StopFact
from ledger.tasks import MOST_ATTEMPTS, Interrupted
from prediction import jobs, nightly, tasks
from prediction.jobs import Busy, alone, ask
from prediction.models import JobAct, JobState, ModelRun, PredictionJob
from prediction.tests.made_up import FIRST, as_facts, by_violation_and_night, drawn
from prediction.tests.served import serve_example
from prediction.tests.test_runs import draft

pytestmark = pytest.mark.django_db


class Context:
    """What a job is told by its worker."""

    def __init__(self, attempts: int = 0, stop_after: int = 10**9) -> None:
        self.job = SimpleNamespace(attempts=attempts)
        self.asked, self.stop_after = 0, stop_after

    def should_abort(self) -> bool:
        self.asked += 1
        return self.asked > self.stop_after


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Training that takes no time; it writes down what was trained."""
    trained: list[str] = []

    def train(kind: Any, seed: int, progress: Callable[[int, int, str], None]) -> Any:
        for done in range(3):
            progress(done, 3, f"Step {done}.")
        trained.append(kind.name)
        return draft(kind=kind.name)

    monkeypatch.setattr("prediction.kinds.Kind.train", train)
    return trained


def run(job: PredictionJob, context: Any = None) -> PredictionJob:
    tasks.work.func(context or Context(), job.pk)
    return PredictionJob.objects.get(pk=job.pk)


def test_a_training_ends_with_a_candidate_of_every_kind(quick: list[str]) -> None:
    done = run(ask(JobAct.TRAIN, "outcome"))
    assert (done.state, quick) == (JobState.DONE, ["outcome", "outcome-after"])
    assert {run.kind: str(run.key) for run in ModelRun.objects.all()} == done.results
    assert {run.state for run in ModelRun.objects.all()} == {"candidate"}
    assert (done.done, done.total) == (5, 6)


def test_a_job_done_twice_is_done_once(quick: list[str]) -> None:
    job = ask(JobAct.TRAIN, "outcome")
    run(job)
    run(job)
    assert len(quick) == ModelRun.objects.count() == 2


def test_a_stopping_worker_interrupts_by_raising_and_the_next_one_goes_on(quick: list[str]) -> None:
    """Cut off in the second kind: the first is kept and not learned again."""
    job = ask(JobAct.TRAIN, "outcome")
    with pytest.raises(Interrupted):
        run(job, Context(stop_after=4))
    assert quick == ["outcome"]
    job.refresh_from_db()
    assert (job.state, list(job.results)) == (JobState.RUNNING, ["outcome"])
    assert run(job).state == JobState.DONE
    assert quick == ["outcome", "outcome-after"]
    assert ModelRun.objects.count() == 2


def test_a_killed_worker_leaves_a_job_that_the_next_one_takes_up(quick: list[str]) -> None:
    """After kill -9 nothing was written down: the job stands as running, and is put back by `take_up_stalled_jobs`."""
    job = ask(JobAct.TRAIN, "violation")
    PredictionJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=3, total=12)
    assert run(job).state == JobState.DONE
    assert ModelRun.objects.count() == 2


def test_of_one_training_there_is_one_at_a_time() -> None:
    first = ask(JobAct.TRAIN, "outcome")
    assert ask(JobAct.TRAIN, "outcome") == first
    assert ask(JobAct.TRAIN, "violation") != first
    with pytest.raises(IntegrityError), transaction.atomic():
        PredictionJob.objects.create(act=JobAct.TRAIN, subject="outcome")


def test_a_new_training_can_be_asked_for_once_the_last_has_ended(quick: list[str]) -> None:
    first = ask(JobAct.TRAIN, "outcome")
    run(first)
    assert ask(JobAct.TRAIN, "outcome") != first


def test_too_little_to_learn_from_is_said_on_the_job() -> None:
    done = run(ask(JobAct.TRAIN, "outcome"))
    assert done.state == JobState.FAILED
    assert done.message.startswith("There are 0 stops on 0 days")


def test_a_fault_of_ours_is_said_plainly_and_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("prediction.kinds.Kind.train", fail)
    done = run(ask(JobAct.TRAIN, "outcome"))
    assert (done.state, done.message) == (JobState.FAILED, tasks.FAULT)


def test_a_lost_database_is_tried_again_and_in_the_end_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("prediction.kinds.Kind.train", lose)
    job = ask(JobAct.TRAIN, "outcome")
    with pytest.raises(OperationalError):
        run(job)
    assert run(job, Context(attempts=MOST_ATTEMPTS - 1)).message == tasks.CUT_OFF


def test_a_real_training_in_the_worker_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    as_facts(drawn(1, 1_500, 40, by_violation_and_night))
    told: list[tuple[int, int]] = []
    follow = jobs._follower

    def watched(job: Any, stop: Any, place: int, parts: int) -> Any:
        note = follow(job, stop, place, parts)

        def noted(done: int, total: int, message: str) -> None:
            note(done, total, message)
            told.append(PredictionJob.objects.values_list("done", "total").get(pk=job.pk))

        return noted

    monkeypatch.setattr(jobs, "_follower", watched)
    assert run(ask(JobAct.TRAIN, "outcome")).state == JobState.DONE
    assert told == sorted(told)
    assert all(done < total for done, total in told)
    assert ModelRun.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_command_and_a_worker_never_do_the_same_at_once() -> None:
    """Each on a connection of its own: the second is refused, or waits, while the first is at it."""
    refused: list[str] = []

    def other() -> None:
        try:
            with alone("train outcome"):
                refused.append("got in")
        except Busy as sentence:
            refused.append(str(sentence))
        finally:
            connection.close()

    with alone("train outcome"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert refused == ["This is being done already. Wait until it is ready.", "got in"]


def test_a_job_that_has_to_wait_gives_way_when_the_worker_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_asked", lambda sql, params: "unlock" in sql)
    monkeypatch.setattr(jobs, "PAUSE", 0.0)
    looks: list[int] = []

    def stop() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise Interrupted

    with pytest.raises(Interrupted), alone("train outcome", stop):
        pytest.fail("it must not get in")


def test_the_work_is_declared_to_be_taken_up_again_and_to_be_alone() -> None:
    task = app.tasks["prediction.work"]
    assert task.lock == "prediction.work"
    assert task.retry_strategy.max_attempts == MOST_ATTEMPTS
    assert {one.task.name: one.cron for one in app.periodic_registry.periodic_tasks.values()}[
        "prediction.by_night"
    ] == "40 2 * * *"


# By night


def age(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE prediction_modelrun SET trained_at = now() - %s * interval '1 day'", [days])


def test_nothing_is_trained_by_night_that_nobody_trained_before() -> None:
    as_facts(drawn(1, 100, 20))
    nightly.ask_for_work()
    assert not PredictionJob.objects.exists()


def test_what_is_a_week_old_is_trained_anew_when_stops_came_since() -> None:
    serve_example(use=False)
    age(8)
    assert not nightly.is_due("outcome")
    as_facts(drawn(1, 100, 20))
    assert not nightly.is_due("outcome")  # all of them are older than what was learned from
    StopFact.objects.filter(day=FIRST).update(day="2026-11-03")
    assert nightly.is_due("outcome")
    assert not nightly.is_due("violation")
    age(2)
    assert not nightly.is_due("outcome")
