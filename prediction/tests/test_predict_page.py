"""What is likely at a stop, as page and as JSON for programs; who asked is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from ledger.models import AuditEvent
from ledger.tests.factories import make_post, make_user
from ledger.tests.stops import signed_in
from prediction.tests.served import serve_example

pytestmark = pytest.mark.django_db
API = "/api/predict_stop"


def page(role: str = "Analyst", **known: str) -> str:
    response = signed_in(role).get(reverse("prediction"), known)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def post(data: Any, role: str = "Analyst", client: Client | None = None) -> Any:
    body = data if isinstance(data, bytes | str) else json.dumps(data)
    return (client or signed_in(role)).post(API, body, content_type="application/json")


# The page


def test_the_page_shows_each_class_with_interval_base_rate_and_like_stops() -> None:
    serve_example()
    told = page(violation="Speeding", time="23:10")
    assert "Likeliest is Citation: 45.0%" in told
    assert "200 like stops: Speeding, Night" in told
    assert "<strong>25.0%</strong>" in told
    assert "The 3 groups of past stops that are most alike" in told
    assert "Learned from 1,000 stops until 31 October 2026. Better than the base rate." in told


def test_an_empty_page_explains_and_asks_nothing() -> None:
    serve_example()
    told = page()
    assert "Enter what is known; anything may be left out" in told
    assert not AuditEvent.objects.filter(object_kind="prediction").exists()


def test_without_a_run_in_use_the_page_says_so() -> None:
    assert "No model is in use yet" in page()
    assert "No model of this is in use" in page(violation="Speeding")


def test_with_the_gate_closed_the_page_shows_the_base_rate_and_no_prediction() -> None:
    serve_example(gate="closed")
    told = page(violation="Speeding")
    assert "No better than the base rate" in told
    assert "Likely</th>" not in told
    assert "<strong>50.0%</strong>" in told


def test_after_the_stop_is_marked_so() -> None:
    serve_example()
    serve_example(kind="outcome-after")
    told = page(violation="Speeding", searched="yes")
    assert "How a stop ends, after the stop" in told
    assert "This looks back" in told
    assert "This looks back" not in page(violation="Speeding")


def test_empty_fields_leave_the_address() -> None:
    serve_example()
    response = signed_in("Analyst").get(
        reverse("prediction"), {"violation": "Speeding", "time": "", "agency": ""}
    )
    assert response.status_code == 302
    assert response["Location"] == "/prediction/?violation=Speeding"


def test_what_cannot_be_understood_is_told_at_its_field() -> None:
    serve_example()
    response = signed_in("Analyst").get(reverse("prediction"), {"violation": "Speding", "time": "99"})
    told = response.content.decode()
    assert response.status_code == 400
    assert "Did you mean Speeding?" in told
    assert "is not a time of day" in told
    assert "<title>Error: What is likely at a stop" in told


def test_neither_race_nor_gender_nor_age_is_asked_for() -> None:
    make_post()
    told = page()
    for name in ("race", "gender", "age", "vehicle"):
        assert f'name="{name}"' not in told


@pytest.mark.parametrize("name", ["race", "driver_gender", "subject_sex", "age", "Race", "vehicle_number"])
def test_a_person_in_the_address_is_refused_in_words_and_nothing_is_predicted(name: str) -> None:
    serve_example()
    reply = signed_in("Analyst").get(reverse("prediction"), {"violation": "Speeding", name: "White"})
    told = reply.content.decode()
    assert reply.status_code == 400
    assert f"{name}: Is never an input: predictions are about stops, not about people." in told
    assert "Likeliest" not in told
    assert not AuditEvent.objects.filter(object_kind="prediction").exists()


def test_a_name_that_is_no_input_is_refused_and_names_of_older_clients_are_understood() -> None:
    serve_example()
    client = signed_in("Analyst")
    reply = client.get(reverse("prediction"), {"weather": "<b>", "violation": "Speeding"})
    assert (reply.status_code, "weather: There is no such input." in reply.content.decode()) == (400, True)
    old = client.get(reverse("prediction"), {"stop_time": "23:10", "violation": "Speeding", "post": ""})
    assert old["Location"] == f"{reverse('prediction')}?time=23%3A10&violation=Speeding"


@pytest.mark.parametrize("role", ["Officer", "Supervisor", "Policymaker"])
def test_small_counts_are_hidden_in_the_page(role: str) -> None:
    serve_example()
    told = page(role, violation="Speeding", time="23:10")
    assert "[c]" in told
    assert "Small counts are hidden from you" in told
    assert "45.0%" in told


def test_each_answer_is_in_the_audit_trail_with_what_was_asked() -> None:
    run = serve_example()
    page(violation="Speeding", time="23:10")
    event = AuditEvent.objects.get(object_kind="prediction")
    assert event.object_id == str(run.key)
    assert event.detail == {
        "kind": "outcome",
        "known": {"violation": "Speeding", "time": "23:10"},
        "gate": "open",
        "rests_on": "Speeding, Night",
    }


def test_no_prediction_stands_where_a_stop_is_logged() -> None:
    """It would steer the stop."""
    serve_example()
    for address in (reverse("log-stop"), reverse("stops")):
        told = signed_in("Officer").get(address).content.decode()
        assert "likely" not in told.lower().replace("likely logged twice", "")
        assert "Likeliest" not in told


# The same for programs


def test_the_api_answers_with_probabilities_intervals_and_support() -> None:
    serve_example()
    told = post({"violation": "Speeding", "hour": 23}).json()
    outcome = told["outcome"]
    assert outcome["gate"] == "open"
    assert outcome["like_stops"] == 200
    assert outcome["level"]["used"] == ["Violation", "Part of the day"]
    arrest = next(row for row in outcome["classes"] if row["label"] == "Arrest")
    assert (arrest["probability"], arrest["base_rate"], arrest["stops"]) == (0.25, 0.1, 50)
    assert arrest["low"] < 0.25 < arrest["high"]
    assert sum(row["probability"] for row in outcome["classes"]) == pytest.approx(1, abs=0.001)
    assert outcome["groups"][0] == {
        "group": "Speeding, Night",
        "agrees_in": 2,
        "stops": 200,
        "shares": {"Warning": 0.3, "Citation": 0.45, "Arrest": 0.25},
    }
    assert told["violation"]["gate"] is None
    assert set(told) == {"given", "outcome", "violation"}


def test_one_family_may_be_asked_for_and_the_after_model_answers_by_itself() -> None:
    serve_example()
    serve_example(kind="outcome-after")
    assert set(post({"predict": "outcome", "hour": 3}).json()) == {"given", "outcome"}
    assert set(post({"predict": "outcome", "hour": 3, "searched": False}).json()) == {
        *("given", "outcome", "outcome_after")
    }


def test_a_slash_at_the_end_is_taken_too() -> None:
    serve_example()
    client = signed_in("Analyst")
    assert client.post(API + "/", "{}", content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nothing", b"\xff\xfe", b"1", b'"text"', b"{", b"[" * 9_000, b'{"hour": ' + b"[" * 5_000],
)
def test_what_is_no_object_is_refused_in_a_sentence(body: bytes) -> None:
    response = post(body)
    assert response.status_code == (200 if body == b"" else 400)
    if body:
        assert "The body is no JSON object" in response.json()["errors"][""][0]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"race": "White"}, "race"),
        ({"hour": "late"}, "hour"),
        ({"violation": {"label": "Speeding"}}, "violation"),
        ({"predict": "race"}, "predict"),
        ({"predict": ["outcome"]}, "predict"),
        ({"violation": "Speeding\u0000"}, "violation"),
        ({"no such": 1}, "no such"),
        ({"hour": 1e308}, "hour"),
        ({"hour": 10**400}, "hour"),
    ],
)
def test_what_cannot_be_understood_is_refused_at_its_name(data: Any, name: str) -> None:
    response = post(data)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]


def test_a_body_too_long_is_refused() -> None:
    assert "longer than" in post({"violation": "x" * 20_000}).json()["errors"][""][0]


def test_the_api_needs_the_form_token_of_a_session() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Analyst"))
    assert client.post(API, "{}", content_type="application/json").status_code == 403


def test_a_policymaker_sees_no_small_counts_in_the_api() -> None:
    serve_example()
    told = post({"violation": "Speeding", "hour": 23}, "Policymaker").json()["outcome"]
    assert [row["stops"] for row in told["classes"]] == [None] * 3
    assert told["exact"] is False


def test_the_same_question_gets_the_same_answer_on_page_and_api() -> None:
    serve_example()
    told, shown = post({"violation": "DUI", "hour": 1}).json()["outcome"], page(violation="DUI", time="1:00")
    assert " ".join(told["says"].split()) in shown


def test_a_token_opens_it_without_a_form_token() -> None:
    """As scripts sign in; the trail names whose token it was."""
    serve_example()
    user = make_user("Analyst")
    _, token = AuthToken.objects.create(user)
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Token {token}"}
    response = client.post(API, '{"hour": 3}', content_type="application/json", headers=headers)
    assert response.status_code == 200
    assert AuditEvent.objects.get(object_kind="prediction").user_id == user.pk


def test_it_is_asked_by_post() -> None:
    response = signed_in("Analyst").get(API)
    assert response.status_code == 405
    assert "use POST" in response.json()["error"]
