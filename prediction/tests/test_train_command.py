"""`manage.py train`: the figures of every rival and the gate's verdict, from the facts to the served table."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.models import StopFact
from prediction import jobs
from prediction.models import ModelRun, StopGroup
from prediction.tests.made_up import as_facts, by_violation_and_night, drawn, independent
from prediction.tests.test_runs import draft

pytestmark = pytest.mark.django_db
RIVALS = ["base rate", "mode rule", "back-off", "logistic regression", "gradient boosting"]


def train(*more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("train", *more, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_rival_is_told_and_the_gate_opens_on_what_was_planted() -> None:
    as_facts(drawn(1, 5_000, 60, by_violation_and_night))
    found = train("outcome")
    assert found["gate"] == "open"
    assert [row["rival"] for row in found["rivals"]] == RIVALS
    for row in found["rivals"]:
        for name in (*found["scores"], "difference"):
            assert row[name]["low"] <= row[name]["value"] <= row[name]["high"]
    assert [row["rival"] for row in found["rivals"] if row["served"]] == [found["served"]]
    assert found["majority"] == found["rivals"][0]["accuracy"]
    assert found["data"]["stops"] == 5_000
    assert found["split"]["test_stops"] == pytest.approx(1_000, abs=120)
    assert found["others"]["outcome-after"]["gate"] in ("open", "closed")


def test_the_gate_closes_on_chance_and_base_rates_are_kept_all_the_same() -> None:
    as_facts(drawn(103, 3_000, 60, independent))
    found = train("outcome")
    assert found["gate"] == "closed"
    run = ModelRun.objects.get(kind="outcome")
    everybody = StopGroup.objects.get(run=run, known=0)
    assert everybody.stops == 3_000
    ends = StopFact.objects.filter(outcome=5).count()
    assert everybody.counts[run.serving["classes"].index(5)] == ends


def test_the_same_stops_and_seed_give_the_same_run() -> None:
    as_facts(drawn(1, 2_500, 40, by_violation_and_night))
    first, second = train("violation", "--seed", "7"), train("violation", "--seed", "7")
    changing = ("run", "seconds", "state", "others")
    assert {k: v for k, v in first.items() if k not in changing} == {
        k: v for k, v in second.items() if k not in changing
    }
    tables = [
        list(StopGroup.objects.filter(run__key=one["run"]).values_list("known", "codes", "counts", "shares"))
        for one in (first, second)
    ]
    assert tables[0] == tables[1]


def test_the_first_run_is_put_in_use_and_later_ones_wait() -> None:
    as_facts(drawn(1, 1_500, 40, by_violation_and_night))
    assert [train("outcome")["state"] for _ in range(2)] == ["in use", "candidate"]
    assert train("outcome", "--use")["state"] == "in use"
    assert ModelRun.objects.filter(kind="outcome", state="in use").count() == 1


def test_too_little_is_said_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="There are 0 stops on 0 days to learn from"):
        call_command("train", "outcome", stdout=StringIO())


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("train", "race")


def test_without_json_it_is_told_in_lines() -> None:
    as_facts(drawn(1, 1_500, 40, by_violation_and_night))
    out = StringIO()
    call_command("train", "violation", stdout=out)
    told = out.getvalue()
    assert all(name in told for name in RIVALS)
    assert "gate closed: No better than the base rate" in told or "gate open: Better than" in told


def test_the_command_waits_while_the_worker_trains_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a first start, when the worker learns from the demonstration."""
    looks = iter([False, False, True])
    asked = jobs._asked
    monkeypatch.setattr(jobs, "PAUSE", 0.0)
    monkeypatch.setattr(
        jobs, "_asked", lambda sql, params: next(looks, True) if "try" in sql else asked(sql, params)
    )
    monkeypatch.setattr("prediction.kinds.Kind.train", lambda kind, seed, follow: draft(kind=kind.name))
    said = StringIO()
    call_command("train", "outcome", "--json", stdout=StringIO(), stderr=said)
    assert said.getvalue().count("waiting until it is ready") == 1
    assert ModelRun.objects.filter(kind="outcome").count() == 1
