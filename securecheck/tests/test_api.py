"""The JSON API: the pages' figures and rights, tokens, pages of stops, its own description."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from knox.models import AuthToken

from insights.catalogue import CATALOGUE
from ledger.choices import AuditVerb
from ledger.models import AuditEvent, Stop
from ledger.tests.factories import make_agency, make_stop, make_user
from securecheck.tests.browser import assert_clean

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_was_here_yet() -> None:
    """The counts of requests are kept outside the database."""
    cache.clear()


def token_of(user: User, **options: Any) -> str:
    out = StringIO()
    call_command("token", user.username, stdout=out, **options)
    return out.getvalue().split()[-1]


def asking(user: User) -> Client:
    return Client(headers={"Authorization": f"Token {token_of(user)}"})


def test_a_token_opens_what_its_account_may_see() -> None:
    analyst = make_user("Analyst")
    for _ in range(3):
        make_stop(make_agency("India", "India"))
    answer = asking(analyst).get("/api/insights/stops-by-hour/", {"country": "India"})
    assert answer.status_code == 200
    assert sum(row["stops"] for row in answer.json()["rows"]) == 3
    assert asking(analyst).get("/api/stops/").json()["results"] == []
    assert asking(make_user("Administrator")).get("/api/insights/").status_code == 403


def test_only_the_digest_of_a_token_is_kept_and_its_making_is_in_the_trail() -> None:
    user = make_user("Analyst")
    token = token_of(user)
    assert token not in str(AuthToken.objects.values())
    event = AuditEvent.objects.get(verb=AuditVerb.ADMINISTRATION)
    assert (event.object_id, event.detail["act"]) == (str(user.pk), "token made")


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Token a b", "Bearer x"])
def test_a_wrong_token_is_answered_with_a_sentence(header: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/api/insights/")
    assert answer.status_code == 401
    assert "send a token" in answer.json()["error"]


def test_a_token_ends_with_its_account_and_when_taken_back() -> None:
    user = make_user("Analyst")
    client = asking(user)
    assert client.get("/api/codes/").status_code == 200
    call_command("token", user.username, revoke=True, stdout=StringIO())
    assert client.get("/api/codes/").status_code == 401
    client = asking(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/api/codes/").status_code == 401
    with pytest.raises(CommandError, match="not active"):
        token_of(user)
    with pytest.raises(CommandError, match="no account"):
        call_command("token", "nobody")


NEW = "quite another phrase"


def change_the_own(user: User) -> None:
    page = Client()
    page.force_login(user)
    sent = {"old_password": "a long pass phrase", "new_password1": NEW, "new_password2": NEW}
    assert "Your tokens of the API have ended" in page.post("/password/", sent, follow=True).content.decode()


def set_by_an_administrator(user: User, **sent: str) -> None:
    page = Client()
    page.force_login(make_user("Administrator"))
    address = f"/admin/auth/user/{user.pk}/password/"
    assert "ends its tokens of the API" in page.get(address).content.decode()
    sent = {"usable_password": "true", "password1": NEW, "password2": NEW} | sent
    assert page.post(address, sent).status_code == 302


def take_away(user: User) -> None:
    set_by_an_administrator(user, usable_password="false", **{"unset-password": "1"})


def set_by_program(user: User) -> None:
    user.set_password(NEW)
    user.save()


@pytest.mark.parametrize("act", [change_the_own, set_by_an_administrator, take_away, set_by_program])
def test_a_new_password_ends_the_tokens_of_its_account_alone(act: Any) -> None:
    user, other = make_user("Analyst"), make_user("Analyst")
    client, others = asking(user), asking(other)
    act(user)
    assert (client.get("/api/codes/").status_code, others.get("/api/codes/").status_code) == (401, 200)
    told = [event.detail for event in AuditEvent.objects.filter(object_kind="user", object_id=str(user.pk))]
    assert [detail["tokens"] for detail in told if "tokens ended" in detail["act"]] == [1]


def test_a_password_that_is_only_hashed_anew_ends_no_token(settings: Any) -> None:
    slow = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, slow]
    user = make_user("Analyst")
    User.objects.filter(pk=user.pk).update(
        password=make_password("a long pass phrase", hasher="pbkdf2_sha256")
    )
    client = asking(user)
    assert Client().login(username=user.username, password="a long pass phrase")
    user.refresh_from_db()
    assert not user.password.startswith("pbkdf2")
    assert client.get("/api/codes/").status_code == 200


@pytest.mark.parametrize("role", ["Officer", "Supervisor", "Policymaker", "Analyst"])
def test_insights_are_those_of_the_pages_for_every_role(role: str) -> None:
    for number in range(12):
        make_stop(make_agency("India" if number % 2 else "Riverton Police"), vehicle=f"AB{number % 3}")
    user = make_user(role)
    client, page = asking(user), Client()
    page.force_login(user)
    for insight in CATALOGUE:
        ours = client.get(f"/api/insights/{insight.slug}/", {"violation": "Speeding"})
        theirs = page.get(f"/insights/{insight.slug}/", {"violation": "Speeding", "format": "json"})
        assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json()), insight.slug


def test_stops_are_of_the_own_agency_and_walked_page_by_page() -> None:
    officer = make_user("Officer", make_agency("Riverton Police"))
    for number in range(7):
        make_stop(make_agency("Riverton Police"), on=date(2026, 3, 1 + number), vehicle=f"AB{number}")
        make_stop(make_agency("Lakeside Police"))
    client, seen, url = asking(officer), [], "/api/stops/?per_page=3"
    while url:
        answer = client.get(url).json()
        seen += [stop["vehicle"] for stop in answer["results"]]
        url = answer["next"]
    assert seen == [f"AB{number}" for number in reversed(range(7))]
    only = client.get("/api/stops/", {"vehicle": "ab 3"}).json()["results"]
    assert [stop["date"] for stop in only] == ["2026-03-04"]
    assert AuditEvent.objects.filter(verb=AuditVerb.DISCLOSURE, object_id="api").count() == 4
    assert not AuditEvent.objects.filter(detail__icontains="AB3").exists()


def test_one_stop_says_what_its_page_says() -> None:
    officer = make_user("Officer", make_agency("Riverton Police"))
    stop = make_stop(
        make_agency("Riverton Police"), violation="DUI", race="Asian", searched=True, search_bases=[5]
    )
    found = asking(officer).get(f"/api/stops/{stop.reference}/").json()
    person = found["persons"][0]
    assert (found["violation"], found["agency"], person["race"], person["searched"]) == (
        "DUI",
        "Riverton Police",
        "Asian",
        True,
    )
    assert len(person["search_bases"]) == 1
    other = make_stop(make_agency("Lakeside Police"))
    assert asking(officer).get(f"/api/stops/{other.reference}/").status_code == 404
    assert AuditEvent.objects.filter(verb=AuditVerb.REFUSAL).count() == 1


def test_pages_of_stops_take_a_constant_number_of_queries(django_assert_max_num_queries: Any) -> None:
    officer = make_user("Officer", make_agency("Riverton Police"))
    for number in range(30):
        make_stop(make_agency("Riverton Police"), vehicle=f"AB{number}")
    client = asking(officer)
    with django_assert_max_num_queries(30):
        assert len(client.get("/api/stops/").json()["results"]) == 30


@pytest.mark.parametrize(
    "query", [{"nonsense": "1"}, {"date_after": "yesterday"}, {"age_min": "50", "age_max": "20"}]
)
def test_filters_that_are_not_understood_are_refused(query: dict[str, str]) -> None:
    answer = asking(make_user("Officer")).get("/api/stops/", query)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert asking(make_user("Analyst")).get("/api/insights/stops-by-hour/", query).status_code == 400


def test_nothing_is_written_through_the_api() -> None:
    client = asking(make_user("Supervisor"))
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(client, method)("/api/stops/", {}, content_type="application/json")
        assert answer.status_code == 405
        assert "only read" in answer.json()["error"]
    assert not Stop.objects.exists()


def test_too_many_requests_are_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "get_rate", lambda self: "2/min")
    client = asking(make_user("Analyst"))
    assert [client.get("/api/codes/").status_code for _ in range(3)] == [200, 200, 429]
    assert "Too many requests" in client.get("/api/codes/").json()["error"]


def test_code_lists_hold_every_code() -> None:
    client = asking(make_user("Officer"))
    for name, url in client.get("/api/codes/").json().items():
        codes = client.get(url).json()
        assert codes, name
        assert all(code["label"] for code in codes)
    assert {"code": 3, "label": "Citation", "words": ["ticket"]} in client.get("/api/codes/outcomes/").json()


def test_the_page_of_the_description_is_clean(page_as: Any) -> None:
    page = page_as("Analyst")
    page.goto("/api/docs/")
    page.get_by_text("/api/insights/{slug}/").wait_for()
    assert_clean(page)  # not axe: the page is of a library, and its own faults are not ours to mend


@pytest.mark.django_db(transaction=True)
def test_the_api_keeps_to_its_description(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated requests to every address: no fault of ours, and nothing that the description does not say."""
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "allow_request", lambda self, request, view: True)
    user = make_user("Supervisor", make_agency("Riverton Police"))
    for number in range(5):
        make_stop(make_agency("Riverton Police"), vehicle=f"AB{number}")
    headers = {"Authorization": f"Token {token_of(user)}"}
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/schema/", headers=headers)
    tried = 0
    for operation in (one.ok() for one in schema.get_all_operations()):

        @settings(
            max_examples=15,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            response = case.call(headers=headers)
            assert response.status_code in (200, 400, 404), (
                case.path,
                response.status_code,
                response.text[:200],
            )

        ask()
        tried += 1
    assert tried >= 8
