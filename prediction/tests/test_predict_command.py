"""`manage.py predict`: the run in use, else the newest candidate, and it says which."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from prediction.tests.served import serve_example

pytestmark = pytest.mark.django_db


def predict(*words: str) -> str:
    out = StringIO()
    call_command("predict", *words, stdout=out)
    return out.getvalue()


def predicted(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(predict(*words, "--json"))
    return found


def test_probabilities_with_intervals_support_level_and_base_rate() -> None:
    serve_example()
    found = predicted("outcome", "violation=Speeding", "hour=23")
    assert found["given"] == {"violation": "Speeding", "hour": "23"}
    assert (found["gate"], found["state"], found["like_stops"]) == ("open", "in use", 200)
    assert found["level"]["answered_by"] == "Speeding, Night"
    assert [row["label"] for row in found["classes"]] == ["Citation", "Warning", "Arrest"]
    assert [row["label"] for row in found["base_rate"]] == ["Citation", "Warning", "Arrest"]
    assert found["after"] is None


def test_a_candidate_answers_where_nothing_is_in_use_and_is_called_one() -> None:
    serve_example(use=False)
    assert predicted("outcome", "violation=DUI")["state"] == "candidate"
    assert predict("outcome", "violation=DUI").startswith("How a stop ends (candidate).")


def test_lines_for_people_hold_the_same_figures() -> None:
    serve_example()
    told = predict("outcome", "violation=DUI", "hour=1")
    assert "Likeliest is Arrest: 66.7%" in told
    assert "base rate 10.0%" in told


def test_the_groups_most_alike_are_listed_in_lines_for_people_too() -> None:
    serve_example()
    told = predict("outcome", "violation=Speeding", "hour=23").splitlines()
    groups = predicted("outcome", "violation=Speeding", "hour=23")["groups"]
    at = told.index(f"  The {len(groups)} groups of past stops that are most alike:")
    assert 1 < len(groups) <= 20
    assert len(told[at + 1 :]) == len(groups)
    assert told[at + 1].startswith("    Speeding, Night: 200 stops; Warning ")


def test_a_closed_gate_shows_the_base_rate() -> None:
    serve_example(gate="closed")
    told = predict("outcome", "violation=DUI")
    assert "most alike" not in told
    assert "No better than the base rate" in told
    assert "50.0%" in told
    assert "66.7%" not in told


def test_what_is_known_only_afterwards_gets_its_own_answer() -> None:
    serve_example()
    serve_example(kind="outcome-after")
    found = predicted("outcome", "violation=DUI", "searched=yes")
    assert found["kind"] == "outcome"
    assert found["after"]["kind"] == "outcome-after"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["outcome", "violation"], "Write it as KEY=VALUE"),
        (["outcome", "violation="], "Write it as KEY=VALUE"),
        (["outcome", "race=White"], "never an input"),
        (["outcome", "violation=Speding"], "Did you mean Speeding"),
        (["outcome", "hour=1", "hour=2"], "given twice"),
        (["outcome", "colour=red"], "There is no such input"),
        (["race"], "invalid choice"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(words: list[str], says: str) -> None:
    serve_example()
    with pytest.raises(CommandError, match=says):
        predict(*words)


def test_before_anything_was_trained_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"manage\.py train outcome"):
        predict("outcome", "hour=1")
