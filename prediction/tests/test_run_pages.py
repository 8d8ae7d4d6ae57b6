"""The pages of runs: what is in use, the model card, and who may sign off, roll back and switch off."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import AuditEvent, Violation
from ledger.tests.factories import make_user
from ledger.tests.stops import signed_in
from prediction import runs
from prediction.models import JobAct, JobState, ModelRun, PredictionJob, RunState
from prediction.tests.served import serve, serve_example, violation

pytestmark = pytest.mark.django_db
ESTIMATE = {"value": 0.2, "low": 0.1, "high": 0.3}
GAIN = {"value": -0.03, "low": -0.04, "high": -0.02}


def page(address: str, role: str = "Analyst", **query: str) -> str:
    response = signed_in(role).get(address, query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def with_card(**card: Any) -> ModelRun:
    """A run in use whose card holds figures of known meaning."""
    run = serve_example()
    scores = dict.fromkeys(("log_loss", "brier", "ece", "accuracy"), ESTIMATE)
    group = {"group": 2, "stops": 300, "log_loss": 0.5, "said": 0.12}
    rate = {"happened": 0.02, "happened_low": 0.01, "happened_high": 0.05, "happened_of": 300}
    hits = {"hits": 0.5, "hits_low": 0.2, "hits_high": 0.8, "hits_of": 6}
    alarms = {
        "false_alarms": 0.2,
        "false_alarms_low": 0.16,
        "false_alarms_high": 0.25,
        "false_alarms_of": 294,
    }
    fewer = {"group": 4, **{name: value / 4 for name, value in alarms.items() if name != "false_alarms_of"}}
    own = {name: {"value": 0.98, "low": 0.9, "high": 0.99} for name in scores}
    first = group | rate | hits | alarms | {"scores": own, "majority": 0.75}
    held = {
        "focal": 5,
        "calibration": {"5": [{"said": 0.1, "happened": 0.02, "low": 0.01, "high": 0.05, "stops": 300}]},
        "months": [
            {
                "month": "2026-09",
                "stops": 300,
                "log_loss": 0.5,
                "base": 0.6,
                "said": 0.1,
                "happened": 0.02,
                "low": 0.01,
                "high": 0.05,
            }
        ],
        "groups": {"race": [first, first | fewer]},
        "added": [{"added": ["race"], **GAIN}, {"added": ["gender"], **ESTIMATE}],
    }
    metrics = {
        "scores": list(scores),
        "difference": GAIN,
        "rivals": [{"rival": "back-off", "served": True, **scores, "difference": GAIN}],
    }
    ModelRun.objects.filter(pk=run.pk).update(card=held | card, metrics=metrics)
    run.refresh_from_db()
    return run


def send(client: Client, name: str, run: ModelRun, reason: str = "Looked at the calibration.") -> Any:
    return client.post(reverse(name, args=[run.key]), {"reason": reason}, follow=True)


# The list


def test_the_list_shows_what_is_in_use_and_every_run() -> None:
    serve_example()
    serve_example(use=False, gate="closed")
    told = page(reverse("prediction-runs"))
    assert "How a stop ends" in told
    assert "No better than the base rate" in told
    assert told.count("nothing</td>") >= 3  # of the other kinds nothing is in use


def test_only_analysts_are_offered_to_train() -> None:
    assert "Train outcome" in page(reverse("prediction-runs"))
    for role in ("Officer", "Supervisor", "Policymaker"):
        assert "Train outcome" not in page(reverse("prediction-runs"), role)


def test_the_list_of_one_kind_holds_no_other() -> None:
    first, other = serve_example(), serve_example(kind="violation")
    told = page(reverse("prediction-runs"), kind="violation")
    below = told[told.index("Runs of") :]
    assert other.get_absolute_url() in below
    assert first.get_absolute_url() not in below


# The card


def test_the_card_tells_data_scores_calibration_months_and_for_whom_it_errs() -> None:
    told = page(with_card().get_absolute_url())
    for part in (
        "1,000 stops, 1 Jan 2024 to 31 Oct 2026",
        "race, gender, age</dd>",
        "How right it was, beside its rivals",
        "−0.0300",
        "Arrest was said to be 10.0% likely and happened in 2.0%",
        "In 1 of 1 parts what was said lies outside",
        "2026-09",
        "By race",
        "Adding race would have lowered the log-loss by up to",
        "An audit, not for use on people",
    ):
        assert part in told, part


def test_the_sentence_on_false_alarms_names_the_groups_that_differ_most() -> None:
    told = page(with_card().get_absolute_url())
    assert "false alarms would fall on" in told
    assert "in 20.0% of stops without it" in told
    assert "in 5.0%" in told


def test_small_counts_of_groups_are_hidden_from_those_who_may_not_see_them() -> None:
    """Six arrests of 300 stops, three of them among the likeliest tenth."""
    run = with_card()
    assert "[c]" not in page(run.get_absolute_url())
    told = page(run.get_absolute_url(), "Policymaker")
    rows = told[told.index("By race") :]
    assert (
        rows.count("[c]") == 6
    )  # happened, hits, and how often the likeliest class was right, of both groups
    assert "50.0%" not in rows


def test_small_counts_of_months_and_parts_are_hidden_from_those_who_may_not_see_them() -> None:
    """Six arrests of 300 stops in the month and in the part: 2.0% of 300 would tell it as well as the number does."""
    run = with_card()
    told = page(run.get_absolute_url(), "Policymaker")
    before = told[told.index("Calibration: Arrest") : told.index("By race")]
    assert before.count('<td class="num">[c]<span class="interval"></span></td>') == 2
    assert "happened in [c]." in before
    assert "2.0%" not in before
    assert "0.02" not in before  # nor in what the charts are drawn from
    assert "lies outside" not in before


def test_larger_figures_of_the_card_are_rounded_for_those_from_whom_small_ones_are_hidden() -> None:
    """31 arrests of 304: told as 10% of 300, so that no difference of two rows gives a small count."""
    part = {"said": 0.104, "happened": 31 / 304, "low": 0.073, "high": 0.141, "stops": 304}
    run = with_card(calibration={"5": [part]}, months=[])
    cells = '<td class="num">{}<span class="interval">{}</span></td><td class="num">{}</td>'
    assert cells.format("10.2%", "7.3% to 14.1%", "304") in page(run.get_absolute_url())
    told = page(run.get_absolute_url(), "Policymaker")
    assert cells.format("10.0%", "7.0% to 14.0%", "300") in told
    assert "10.2%" not in told


def test_stops_of_a_period_that_begins_inside_a_month_come_in_tens() -> None:
    """Whole months beside it would tell how many were stopped on the days before."""
    run = with_card()
    split = {"test_stops": 3_984, "test_days": 196, "test_first": "2026-04-19"}
    ModelRun.objects.filter(pk=run.pk).update(data_rows=20_003, metrics=run.metrics | {"split": split})
    addresses = {run.get_absolute_url(): ("3,984", "3,980"), reverse("prediction-runs"): ("20,003", "20,000")}
    for address, (exact, tens) in addresses.items():
        for role, told, kept in (
            ("Analyst", exact, tens),
            ("Policymaker", tens, exact),
            ("Officer", tens, exact),
        ):
            shown = page(address, role)
            assert told in shown, (address, role)
            assert kept not in shown, (address, role)
    assert "20,003" in page(run.get_absolute_url())
    assert "20,003" not in page(run.get_absolute_url(), "Supervisor")


def test_no_sentence_tells_a_false_alarm_rate_that_the_table_hides() -> None:
    """Of 294 stops without arrest six were flagged in one group, 59 in the other."""
    run = with_card()
    groups = run.card["groups"]
    groups["race"][1] |= {"false_alarms": 6 / 294, "false_alarms_low": 0.01, "false_alarms_high": 0.04}
    ModelRun.objects.filter(pk=run.pk).update(card=run.card)
    assert "in 2.0%. Nothing is flagged" in page(run.get_absolute_url())
    told = page(run.get_absolute_url(), "Policymaker")
    assert "would fall on" not in told[told.index("By race") :]
    assert "in 2.0%" not in told[told.index("By race") :]


def test_how_right_it_was_is_told_by_group_and_small_counts_are_hidden_there_too() -> None:
    run = with_card()
    told = page(run.get_absolute_url())
    assert "Commonest class alone" in told
    assert (
        '<td class="num">98.0%<span class="interval">90.0% to 99.0%</span></td><td class="num">75.0%</td>'
        in told
    )
    hidden = page(run.get_absolute_url(), "Policymaker")
    assert '<td class="num">[c]<span class="interval"></span></td><td class="num">75.0%</td>' in hidden
    old = ModelRun.objects.get(pk=run.pk)
    for row in old.card["groups"]["race"]:
        del row["scores"]
    old.save()
    assert "Commonest class alone" not in page(run.get_absolute_url())


def test_a_class_can_be_chosen_and_nonsense_falls_back_to_the_focal_one() -> None:
    run = with_card()
    for wanted in ("5", "no such", "<script>"):
        assert "Calibration: Arrest" in page(run.get_absolute_url(), **{"class": wanted})


def test_a_card_without_figures_shows_what_there_is() -> None:
    """Runs of other kinds hold other things: their tables are shown as they are."""
    run = serve_example()
    card = {"tables": [{"title": "Months", "columns": ["Month", "Deviance"], "rows": [["May", "0.54"]]}]}
    ModelRun.objects.filter(pk=run.pk).update(card=card)
    told = page(run.get_absolute_url())
    assert "Deviance" in told
    assert "0.54" in told
    assert "Calibration" not in told


def test_uses_are_listed_to_those_who_sign() -> None:
    run = serve_example()
    signed_in("Policymaker").get(reverse("prediction"), {"violation": "Speeding"})
    told = page(run.get_absolute_url(), "Supervisor")
    assert "1 answer so far" in told
    assert "violation: Speeding" in told
    assert "answer so far" not in page(run.get_absolute_url(), "Policymaker")


def test_a_run_that_is_not_there_is_404() -> None:
    response = signed_in("Analyst").get("/prediction/runs/00000000-0000-0000-0000-000000000000/")
    assert response.status_code == 404


# Signing off, rolling back, switching off


def test_a_supervisor_signs_off_with_what_was_looked_at() -> None:
    run = serve_example(use=False)
    told = send(signed_in("Supervisor"), "sign-run", run).content.decode()
    run.refresh_from_db()
    assert (run.state, run.note) == (RunState.IN_USE, "Looked at the calibration.")
    assert "signed off and in use from now on" in told


def test_without_a_reason_nothing_is_done() -> None:
    run = serve_example(use=False)
    for reason in ("", "   ", "x" * 501):
        send(signed_in("Supervisor"), "sign-run", run, reason)
    run.refresh_from_db()
    assert run.state == RunState.CANDIDATE


def test_who_trained_a_run_neither_is_offered_nor_may_sign_it_off() -> None:
    run = serve_example(use=False)
    client = signed_in("Analyst")
    user = make_user("Analyst")
    client.force_login(user)
    ModelRun.objects.filter(pk=run.pk).update(trained_by=user)
    assert "Somebody else signs it off" in client.get(run.get_absolute_url()).content.decode()
    assert "Sign off and put in use" not in client.get(run.get_absolute_url()).content.decode()
    assert "Somebody else signs it off" in send(client, "sign-run", run).content.decode()
    run.refresh_from_db()
    assert run.state == RunState.CANDIDATE


def test_a_supervisor_rolls_back_and_switches_off() -> None:
    first, second = serve_example(), serve_example()
    supervisor = signed_in("Supervisor")
    send(supervisor, "roll-back-run", second, "Worse since May.")
    assert runs.in_use("outcome") == first
    told = send(supervisor, "switch-off-run", first, "It misleads the desk.").content.decode()
    assert runs.in_use("outcome") is None
    assert "It is switched off" in told
    assert [
        event.detail["act"]
        for event in AuditEvent.objects.filter(object_kind="model run").order_by("-pk")[:2]
    ] == [
        "switched off",
        "rolled back",
    ]


def test_a_card_that_is_out_of_date_changes_nothing() -> None:
    """Somebody else put another run in use while this one's card was open."""
    first, second = serve_example(), serve_example()
    told = send(signed_in("Supervisor"), "switch-off-run", first).content.decode()
    assert "no longer in use" in told
    assert runs.in_use("outcome") == second


# Rules


def test_rules_are_readable_one_by_one() -> None:
    serve_example()
    told = page(reverse("prediction-rules"), by="3")
    assert "Speeding, Night" in told
    assert "25.0%" in told
    assert told.index("Speeding, Night") < told.index("DUI, Night")


def test_rules_with_small_counts_are_left_out_for_those_who_may_not_see_them() -> None:
    code = violation("Speeding")
    serve(
        {(("violation", code),): (150, 200, 50), (("violation", violation("DUI")),): (30, 25, 5)},
        chain=("violation",),
    )
    assert "DUI" in page(reverse("prediction-rules"))
    told = page(reverse("prediction-rules"), "Policymaker")
    assert ">DUI<" not in told
    assert "Speeding" in told


def test_rules_of_as_many_tens_are_in_no_order_that_tells_which_is_larger() -> None:
    speeding, dui = sorted((violation("Speeding"), violation("DUI")))
    groups = {(("violation", speeding),): (96, 80, 20), (("violation", dui),): (100, 84, 20)}
    run = serve(groups, chain=("violation",))
    stops = list(run.groups.exclude(known=0).order_by("codes").values_list("stops", flat=True))
    assert stops == [196, 204]
    names = [str(Violation.objects.get(pk=code)) for code in (speeding, dui)]
    for role, first, second in (("Analyst", *reversed(names)), ("Policymaker", *names)):
        told = page(reverse("prediction-rules"), role)
        table = told[told.index("<tbody") :]
        assert table.index(first) < table.index(second), role


@pytest.mark.parametrize(
    "query", [{"by": "99"}, {"by": "x"}, {"kind": "no such"}, {"page": "-1"}, {"by": "9" * 30}]
)
def test_nonsense_in_the_address_of_rules_is_harmless(query: dict[str, str]) -> None:
    serve_example()
    assert "Rules from history" in page(reverse("prediction-rules"), **query)


def test_with_the_gate_closed_there_are_no_rules() -> None:
    serve_example(gate="closed")
    assert "There are no rules to follow" in page(reverse("prediction-rules"))


# Training from the page


def test_training_is_handed_to_the_worker_and_its_page_follows_it() -> None:
    client = signed_in("Analyst")
    told = client.post(reverse("prediction-train"), {"family": "outcome"}, follow=True)
    job = PredictionJob.objects.get()
    assert (job.act, job.subject, job.state) == (JobAct.TRAIN, "outcome", JobState.WAITING)
    assert "Waiting for its turn" in told.content.decode()
    progress = client.get(reverse("prediction-job-progress", args=[job.key])).json()
    assert progress == {
        "state": "waiting",
        "url": "",
        "done": 0,
        "total": 0,
        "message": "Waiting for its turn.",
    }


def test_who_asks_twice_is_given_the_same_training() -> None:
    client = signed_in("Analyst")
    first, second = (client.post(reverse("prediction-train"), {"family": "outcome"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert PredictionJob.objects.count() == 1
    assert "Outcome is being trained" in page(reverse("prediction-runs"))


def test_what_cannot_be_trained_is_refused_in_a_sentence() -> None:
    told = signed_in("Analyst").post(reverse("prediction-train"), {"family": "race"}, follow=True)
    assert "There is nothing of this name to train" in told.content.decode()
    assert not PredictionJob.objects.exists()


def test_a_job_that_failed_says_why_and_one_that_is_done_leads_to_its_run() -> None:
    run = serve_example()
    failed = PredictionJob.objects.create(
        act="train", subject="outcome", state="failed", message="Too few stops."
    )
    assert "Too few stops." in page(failed.get_absolute_url())
    assert "Too few stops." in page(reverse("prediction-runs"))
    done = PredictionJob.objects.create(
        act="train", subject="outcome", state="done", results={"outcome": str(run.key)}
    )
    assert signed_in("Analyst").get(done.get_absolute_url())["Location"] == run.get_absolute_url()
