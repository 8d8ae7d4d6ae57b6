"""The life of a run: who may stand for it, what is in use, what leaves a trace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from ledger.models import AuditEvent
from ledger.tests.factories import make_user
from prediction import runs
from prediction.kinds import KINDS, Draft, families, kind_named, kinds_of
from prediction.models import ModelRun, RunEvent, RunState, StopGroup
from prediction.runs import NotAllowed, in_use, keep, roll_back, sign_off, switch_off

pytestmark = pytest.mark.django_db
KIND = "outcome"


def draft(**changes: Any) -> Draft:
    def write(run: ModelRun) -> None:
        StopGroup.objects.create(
            run=run, known=0, codes=[], stops=100, weight=100, counts=[60, 40], shares=[0.6, 0.4]
        )

    fields: dict[str, Any] = {
        "kind": KIND,
        "data_first": date(2025, 1, 1),
        "data_last": date(2025, 12, 31),
        "data_rows": 100,
        "digest": "0" * 64,
        "features": ["violation"],
        "parameters": {},
        "seed": 1,
        "metrics": {"rivals": []},
        "card": {},
        "gate": "open",
        "serving": {"chain": []},
        "write": write,
    }
    return Draft(**(fields | changes))


def kept(user: User | None = None, **changes: Any) -> ModelRun:
    return keep(draft(**changes), 1.0, user)


def acts(run: ModelRun) -> list[str]:
    return list(run.events.values_list("act", flat=True))


def test_what_was_learned_is_a_candidate_until_somebody_else_signs() -> None:
    analyst, supervisor = make_user("Analyst"), make_user("Supervisor")
    run = kept(analyst)
    assert (run.state, in_use(KIND)) == (RunState.CANDIDATE, None)
    with pytest.raises(NotAllowed, match="Somebody else signs it off"):
        sign_off(run, analyst)
    signed = sign_off(run, supervisor, "Looked at the calibration.")
    assert in_use(KIND) == run
    assert (signed.signed_by, signed.note) == (supervisor, "Looked at the calibration.")
    assert acts(run) == ["trained", "put in use"]


def test_a_new_run_in_use_retires_the_one_before() -> None:
    first, second = kept(), kept()
    sign_off(first)
    sign_off(second)
    first.refresh_from_db()
    assert (first.state, in_use(KIND)) == (RunState.RETIRED, second)


def test_rolling_back_goes_step_by_step_to_what_was_in_use_before() -> None:
    first, second, third = kept(), kept(), kept()
    for run in (first, second, third):
        sign_off(run)
    assert roll_back(KIND, reason="Worse since May.") == second
    assert roll_back(KIND) == first
    with pytest.raises(NotAllowed, match="no earlier signed-off run"):
        roll_back(KIND)
    assert in_use(KIND) == first
    assert acts(third) == ["trained", "put in use", "withdrawn"]
    assert acts(first) == ["trained", "put in use", "retired", "rolled back"]


def test_rolling_back_passes_over_a_run_whose_table_is_gone() -> None:
    first, second, third = kept(), kept(), kept()
    for run in (first, second, third):
        sign_off(run)
    second.groups.all().delete()
    assert roll_back(KIND) == first
    assert in_use(KIND) == first


def test_a_run_that_was_rolled_back_can_be_signed_off_again() -> None:
    first, second = kept(), kept()
    sign_off(first)
    sign_off(second)
    roll_back(KIND)
    assert sign_off(second) == in_use(KIND)


def test_switched_off_means_nothing_is_in_use_until_it_is_put_back() -> None:
    run = kept()
    sign_off(run)
    switch_off(KIND, make_user("Supervisor"), "It misleads the desk.")
    assert in_use(KIND) is None
    with pytest.raises(NotAllowed, match="Nothing of this kind is in use"):
        switch_off(KIND)
    assert RunEvent.objects.get(act="switched off").reason == "It misleads the desk."
    assert roll_back(KIND) == run


def test_every_step_is_in_the_audit_trail_with_who_did_it() -> None:
    supervisor = make_user("Supervisor")
    run = sign_off(kept(), supervisor)
    event = AuditEvent.objects.filter(object_kind="model run").latest("pk")
    assert (event.user_id, event.object_id, event.detail["act"]) == (
        supervisor.pk,
        str(run.key),
        "put in use",
    )


def test_the_database_keeps_one_run_of_a_kind_in_use() -> None:
    sign_off(kept())
    other = kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelRun.objects.filter(pk=other.pk).update(state=RunState.IN_USE)


def test_the_events_of_a_run_are_never_changed() -> None:
    kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        RunEvent.objects.update(reason="something else")


def test_old_runs_keep_their_card_and_lose_their_table() -> None:
    made = [kept() for _ in range(runs.KEPT_TABLES + 2)]
    with_table = set(StopGroup.objects.values_list("run_id", flat=True))
    assert with_table == {run.pk for run in made[2:]}
    assert ModelRun.objects.count() == runs.KEPT_TABLES + 2
    with pytest.raises(NotAllowed, match="Train anew"):
        sign_off(made[0])


def test_what_is_in_use_keeps_its_table_however_old() -> None:
    run = sign_off(kept())
    for _ in range(runs.KEPT_TABLES + 2):
        kept()
    assert run.groups.exists()


def test_nothing_is_kept_of_a_run_whose_table_could_not_be_written() -> None:
    def fail(run: ModelRun) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"), transaction.atomic():
        keep(draft(write=fail), 1.0)
    assert not ModelRun.objects.exists()


def test_kinds_are_named_once_and_belong_to_a_family() -> None:
    names = [kind.name for kind in KINDS]
    assert len(names) == len(set(names))
    assert {"outcome", "violation"} <= set(families())
    assert [kind.name for kind in kinds_of("outcome")] == ["outcome", "outcome-after"]
    assert kind_named("no such kind") is None
