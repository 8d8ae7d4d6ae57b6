"""The study of the gate: counts what it says, and leaves with 1 when the gate is not as it should be."""

from __future__ import annotations

import io
import json
from argparse import ArgumentTypeError
from typing import Any

import pytest
from django.core.management import call_command

from prediction.management.commands.study_gate import number
from prediction.stops import study


def test_few_ledgers_are_learned_from_and_told() -> None:
    out = io.StringIO()
    call_command("study_gate", seeds=2, planted=2, persons=3_000, json=True, stdout=out)
    chance, planted = (json.loads(line) for line in out.getvalue().splitlines())
    assert (chance["seeds"], chance["opened"], chance["persons"]) == (2, 0, 3_000)
    assert planted["opened"] == 2
    assert planted["low"] > 0.3


@pytest.mark.parametrize(
    ("wrong", "opened"), [("opens on chance", lambda truth, *_: True), ("never opens", lambda *_: False)]
)
def test_a_gate_that_is_wrong_is_told(monkeypatch: Any, wrong: str, opened: Any) -> None:
    monkeypatch.setattr(study, "is_opened", opened)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("study_gate", seeds=20, planted=20, stdout=out)
    assert "of 20" in out.getvalue(), wrong


@pytest.mark.parametrize("text", ["0", "-1", "many", "100001"])
def test_numbers_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is not a number from 1"):
        number(text)
