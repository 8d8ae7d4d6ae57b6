"""The pages of patrols: who may plan, approve and see what; hostile input; nothing lost."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.models import AuditEvent
from ledger.tests.factories import make_agency
from ledger.tests.stops import signed_in
from prediction.models import PatrolPlan, PatrolPolicy, PatrolVerdict
from prediction.patrol.policy import Policy
from prediction.patrol.versions import policy_in_force
from prediction.tests.patrol.made_up import make_plan
from prediction.views.long_lists import LongSelect, LongSelectMultiple
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return " ".join(reply.content.decode().split())


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def judge(
    client: Client, plan: PatrolPlan, verdict: str = "approve", reason: str = "Looked at the exposure."
) -> str:
    reply = client.post(
        reverse("judge-patrol", args=[plan.key]), {"verdict": verdict, "reason": reason}, follow=True
    )
    return " ".join(reply.content.decode().split())


def test_a_plan_says_what_it_is_and_is_not() -> None:
    told = text(signed_in("Analyst"), make_plan(make_agency("India", "India")).get_absolute_url())
    for part in (
        "About a place and time. Not reasonable suspicion. Not about any person.",
        "Expires",
        "1.5 times the expected harm",
        "1 visit was drawn by lot",
        "1st of 2 areas by harm",
        "or without enforcement: Advise shops",
        "This is the first plan for these areas.",
        "10.0",  # 36 minutes for 3,600 residents
        "unknown",
        "The shift is not over.",
        "18:10",
        "Unit 1",
    ):
        assert part in told, part


def test_somebody_else_than_the_maker_approves_once_with_a_line_in_the_trail() -> None:
    plan = make_plan(make_agency("India", "India"))
    assert "Somebody else approves it" in text(client_of(plan.user), plan.get_absolute_url())
    assert "cannot be approved or refused by you" in judge(client_of(plan.user), plan)
    told = judge(signed_in("Supervisor", agency=make_agency("India", "India")), plan)
    assert "The plan is approved." in told
    assert "Looked at the exposure." in told
    assert AuditEvent.objects.filter(object_kind="patrol plan", detail__act="approved").count() == 1
    assert "cannot be approved" in judge(signed_in("Analyst"), plan, "refuse")
    assert PatrolVerdict.objects.get().approved


def test_a_refusal_needs_a_reason_and_is_kept() -> None:
    plan, client = make_plan(make_agency("India", "India")), signed_in("Analyst")
    assert "Write in a sentence" in judge(client, plan, "refuse", " ")
    assert not PatrolVerdict.objects.exists()
    assert "The plan is refused." in judge(client, plan, "refuse")
    assert "refused" in text(client, reverse("patrol"))


@pytest.mark.parametrize("verdict", ["", "perhaps", "\0"])
def test_a_verdict_that_is_none_settles_nothing(verdict: str) -> None:
    judge(signed_in("Analyst"), make_plan(make_agency("India", "India")), verdict)
    assert not PatrolVerdict.objects.exists()


def test_another_agencys_supervisor_and_an_expired_plan_are_refused() -> None:
    plan = make_plan(make_agency("Canada", "Canada"))
    assert "cannot be approved" in judge(signed_in("Supervisor", agency=make_agency("India", "India")), plan)
    over = make_plan(make_agency("India", "India"), day=date(2024, 5, 1))
    assert "cannot be approved" in judge(signed_in("Supervisor", agency=make_agency("India", "India")), over)
    assert over.state == "expired without approval"


def test_when_a_unit_will_be_where_is_not_for_everybody_before_the_shift_is_over() -> None:
    plan, over = (make_plan(make_agency("India", "India"), day=day) for day in (None, date(2024, 5, 1)))
    for role, seen in (("Policymaker", False), ("Analyst", True)):
        assert ("18:10" in text(signed_in(role), plan.get_absolute_url())) is seen
    assert "18:10" in text(
        signed_in("Officer", agency=make_agency("India", "India")), plan.get_absolute_url()
    )
    assert "18:10" not in text(
        signed_in("Officer", agency=make_agency("Canada", "Canada")), plan.get_absolute_url()
    )
    assert "18:10" in text(signed_in("Policymaker"), over.get_absolute_url())


def test_small_counts_of_what_was_reported_are_hidden_from_a_policymaker() -> None:
    plan = make_plan(make_agency("India", "India"))
    assert "in the last four weeks of the data: 7" in text(signed_in("Analyst"), plan.get_absolute_url())
    assert "in the last four weeks" not in text(signed_in("Policymaker"), plan.get_absolute_url())


def test_old_data_and_a_day_inside_the_data_are_said() -> None:
    agency, last = make_agency("India", "India"), timezone.localdate() - timedelta(days=400)
    old = make_plan(agency, learned=["2020-01-01", f"{last}"])
    assert "401 days before this shift" in text(signed_in("Analyst"), old.get_absolute_url())
    trial = make_plan(agency, day=last, learned=["2020-01-01", f"{last}"])
    assert "this is a trial, no forecast" in text(signed_in("Analyst"), trial.get_absolute_url())


def test_without_a_forecast_the_page_says_what_to_do() -> None:
    assert "No forecast of crime is in use." in text(signed_in("Supervisor"), reverse("patrol"))
    assert "Plan a shift" not in text(signed_in("Policymaker"), reverse("patrol"))
    reply = signed_in("Analyst").post(reverse("plan-patrol"), {"units": "x"})
    assert reply.status_code == 200
    assert not PatrolPlan.objects.exists()


def test_a_long_list_keeps_what_was_chosen_and_hostile_names_stay_text() -> None:
    choices = [
        ("Beats", [(1, "Beat 1"), (2, '</option><script>alert("x")</script>')]),
        ('"><b>', [("3", "C")]),
    ]
    for widget, value in ((LongSelect(), 2), (LongSelectMultiple(attrs={"size": 5}), ["2", 3])):
        widget.choices = choices
        plain = type(widget).__bases__[0](attrs=widget.attrs, choices=choices)
        ours, djangos = widget.render("areas", value, {"id": "a"}), plain.render("areas", value, {"id": "a"})
        assert "<script" not in ours
        assert elements(ours) == elements(djangos)


def elements(markup: str) -> list[tuple[str, dict[str, Any], str]]:
    """Names, attributes and texts of the elements in a piece of markup."""
    found: list[tuple[str, dict[str, Any], str]] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs), ""))  # type: ignore[method-assign]
    reader.handle_data = lambda text: found.append(("", {}, text.strip()))  # type: ignore[method-assign]
    reader.feed(markup)
    reader.close()
    return [one for one in found if one != ("", {}, "")]


# The policy


def sent(**changes: Any) -> dict[str, Any]:
    policy = Policy()
    data: dict[str, Any] = {
        "floor": 1,
        "cap": 1.5,
        "explore": 0.2,
        "travel": 5,
        "reason": "The council asked for it.",
    }
    for group, weight in policy.severity.items():
        data |= {f"weight_{int(group)}": weight, f"type_{int(group)}": policy.types[group]}
    return data | changes


def test_a_new_version_holds_from_now_on_and_old_ones_stay() -> None:
    client = signed_in("Supervisor")
    for cap in (1.5, 1.2):
        client.post(reverse("edit-patrol-policy"), sent(cap=cap, weight_3=11))
    policy, version = policy_in_force()
    assert version is not None
    assert (policy.cap, policy.floor, policy.severity[3], PatrolPolicy.objects.count()) == (1.2, 1, 11.0, 2)
    assert policy.types == Policy().types  # those of kinds that are not on the form, too
    assert AuditEvent.objects.filter(object_kind="patrol policy").count() == 2
    assert "The council asked for it." in text(signed_in("Policymaker"), reverse("patrol-policy"))


def test_readers_are_told_the_policy_in_sentences() -> None:
    told = text(signed_in("Policymaker"), reverse("patrol-policy"))
    assert "No area is sure of a visit." in told
    assert "at most 2 times its share of the reported harm. 10% of the visits are drawn by lot." in told
    assert f"SecureCheck {settings.VERSION}" in told  # the frame's, not the policy's version
    form = text(signed_in("Supervisor"), reverse("patrol-policy"))
    assert 'value="50"' in form
    assert 'value="50.0"' not in form
    signed_in("Supervisor").post(reverse("edit-patrol-policy"), sent())
    told = text(signed_in("Policymaker"), reverse("patrol-policy"))
    assert "Every area gets 1 visit or more in a shift." in told
    assert "at most 1.5 times its share of the reported harm. 20% of the visits are drawn by lot." in told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "required"),
        ({"cap": "0.1"}, "0.5"),
        ({"explore": "2"}, "0.5"),
        ({"floor": "-1"}, "0"),
        ({"travel": "60"}, "14"),
        ({"weight_3": "nan"}, "number"),
        ({"weight_3": "1e9"}, "1000"),
        ({"type_3": "Tank Patrol"}, "Tank Patrol"),
        ({"reason": "\0"}, "unprintable"),
        ({f"weight_{group}": 0 for group in range(1, 13)}, "at least one kind of offence"),
    ],
)
def test_a_version_that_cannot_be_is_refused_and_what_was_typed_stays(
    changes: dict[str, Any], said: str
) -> None:
    reply = signed_in("Analyst").post(reverse("edit-patrol-policy"), sent(**changes))
    told = reply.content.decode()
    assert said in told
    assert not PatrolPolicy.objects.exists()
    if "reason" not in changes:
        assert "The council asked for it." in told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_pages_are_clean_accessible_and_fit_the_screen(page_as: Any, size: str, scheme: str) -> None:
    from ledger.models import Area

    plan = make_plan(make_agency("India", "India"))
    for place, area in enumerate(Area.objects.filter(kind="beat")):
        x = 77.0 + place / 10
        ring = [[x, 28.0], [x + 0.1, 28.0], [x + 0.1, 28.1], [x, 28.1], [x, 28.0]]
        Area.objects.filter(pk=area.pk).update(boundary={"type": "Polygon", "coordinates": [ring]})
    page = page_as("Supervisor", size, color_scheme=scheme)
    for address in (
        plan.get_absolute_url(),
        reverse("patrol"),
        reverse("patrol-policy"),
        reverse("crime-hotspots"),
        reverse("crime-map"),
    ):
        page.goto(address)
        assert_clean(page)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        assert_accessible(page)
    page.goto(plan.get_absolute_url())
    page.wait_for_selector("figure.map[data-drawn]")
