"""What the log page cannot take: each gets a sentence, nothing is stored, the typed text stays."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from insights.models import StopFact
from ledger.models import AuditEvent, Officer, Post, Stop, Violation
from ledger.tests.factories import make_agency, make_post, make_user
from ledger.tests.stops import errors_of, filled, log, newest, signed_in, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in()


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"stopped_on": "30/02/2026"}, "not a day of the calendar"),
        ({"stopped_on": "2026-13-01"}, "not a day of the calendar"),
        ({"stopped_on": "yesterday"}, "not a day of the calendar"),
        ({"stopped_on": "١٢/٠٢/abcd"}, "not a day of the calendar"),
        ({"stopped_on": ""}, "Write the day of the stop"),
        ({"stopped_on": "01/01/2999"}, "still to come"),
        ({"stopped_on": "01/01/0099"}, "before 1900"),
        ({"stopped_at": "24:30"}, "not a time of day"),
        ({"stopped_at": "1060"}, "not a time of day"),
        ({"stopped_at": ""}, "Write the time"),
        ({"age": "1" + "0" * 30}, "not an age"),
        ({"age": "0"}, "not an age"),
        ({"age": "-3"}, "not an age"),
        ({"age": "3.5"}, "not an age"),
        ({"age": "9" * 10_000}, "not an age"),
        ({"vehicle": "DROP TABLE;"}, "letters A–Z and digits"),
        ({"vehicle": "X" * 21}, "letters A–Z and digits"),
        ({"vehicle": "LB\x0076"}, "unprintable"),
        ({"vehicle": ""}, "tick “The vehicle’s number is not known”"),
        ({"no_number": "on"}, "Clear one of the two"),
        ({"words": "a\x00b"}, "unprintable"),
        ({"words": "x" * 10_000}, "10,000 characters"),
        ({"duration_band": None}, "how long the stop took"),
        ({"duration_band": "1", "duration_minutes": "45"}, "which is not the duration chosen"),
        ({"duration_minutes": "1441"}, "from 1 to 1,440"),
        ({"duration_band": "3", "duration_minutes": "300"}, "300 minutes?"),
        ({"age": "12"}, "A driver aged 12?"),
        ({"gender": "9"}, "Choose one of the buttons"),
        ({"gender": None}, "Choose the gender"),
        ({"race": "999"}, "Choose one of the buttons"),
        ({"race": "1); --"}, "Choose one of the buttons"),
        ({"violation": None}, "Choose the violation"),
        ({"outcome": "0"}, "Choose one of the buttons"),
        ({"outcome": None}, "Choose what the stop came to"),
        ({"search": []}, "Choose “No search”"),
        ({"search": ["none", "1"]}, "“No search” excludes every other answer"),
        ({"search": ["1"]}, "what the search found"),
        ({"search": ["5"], "contraband": ["none"]}, "needs the outcome “Arrest”"),
        ({"contraband": ["2"]}, "no search was made"),
        ({"search": ["1"], "contraband": ["none", "2"]}, "“Nothing” excludes every other answer"),
        ({"search": ["1"], "contraband": ["1"]}, "the stop is drug-related"),
        ({"stop_type": "7"}, "Choose one of the buttons"),
        ({"post": ""}, "Choose your post"),
        ({"post": "1e9"}, "not a post of"),
        ({"post": "\x00"}, "Null characters"),
        ({"client_key": "no key"}, "valid UUID"),
        ({"further": "99999999"}, "less than or equal to 9"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_stored(
    officer: Client, changes: dict[str, Any], sentence: str
) -> None:
    response = log(officer, **changes)
    assert sentence in errors_of(response)
    assert "There is a problem" in response.content.decode()
    assert not Stop.objects.exists()
    assert not StopFact.objects.exists()


def test_all_errors_come_at_once_and_the_typed_text_stays(officer: Client) -> None:
    response = log(officer, stopped_at="24:30", age="200", words="Broken <lamp>", gender=None)
    errors, page = errors_of(response), response.content.decode()
    assert all(words in errors for words in ("24:30", "200", "gender"))
    assert 'value="24:30"' in page
    assert 'value="200"' in page
    assert "Broken &lt;lamp&gt;" in page
    assert re.search(r"<title>Error: ", page)


def test_a_time_still_to_come_today_is_refused(officer: Client) -> None:
    soon = make_agency().now() + timedelta(minutes=5)
    response = log(officer, stopped_on=f"{soon:%d/%m/%Y}", stopped_at=f"{soon:%H:%M}")
    assert "still to come" in errors_of(response)


def test_a_time_that_the_clocks_skipped_is_refused() -> None:
    agency = make_agency("London Police", time_zone="Europe/London", max_backdate_days=9999)
    response = log(
        signed_in(agency=agency), make_post("Strand", agency), stopped_on="29/03/2026", stopped_at="01:30"
    )
    assert "the clocks went forward" in errors_of(response)


def test_the_post_of_another_agency_is_refused(officer: Client) -> None:
    other = make_post("Far gate", make_agency("Elsewhere Police"))
    response: Any = officer.post(reverse("log-stop"), filled(post=str(other.pk)))
    assert "This is not a post of Riverton Police" in errors_of(response)
    assert not Stop.objects.exists()


def test_fields_that_are_not_asked_are_not_taken(officer: Client) -> None:
    other = make_agency("Elsewhere Police")
    log(
        officer,
        agency=str(other.pk),
        agency_id=str(other.pk),
        officer="1",
        author="1",
        flags="31",
        number="5",
    )
    stop = newest()
    assert (stop.agency.name, stop.author, stop.flags) == ("Riverton Police", user_of(officer), 0)


def test_a_post_that_was_ended_or_has_not_begun_is_not_offered(officer: Client) -> None:
    post = make_post("Old gate")
    today = post.agency.now().date()
    for dates in ({"valid_until": today - timedelta(days=1)}, {"valid_from": today + timedelta(days=1)}):
        Post.objects.filter(pk=post.pk).update(**({"valid_from": None, "valid_until": None} | dates))
        assert "not a post of" in errors_of(log(officer, post))
    Post.objects.filter(pk=post.pk).update(valid_from=today, valid_until=today)
    log(officer, post)
    assert newest().post == post


def test_a_code_that_was_ended_is_refused_for_later_days(officer: Client) -> None:
    Violation.objects.filter(label="Speeding").update(valid_until="2020-01-01")
    assert "not in use on that day" in errors_of(log(officer))


def test_the_hint_survives_nonsense(officer: Client) -> None:
    for changes in ({"vehicle": "\x00;"}, {"stopped_on": "x"}, {"stopped_at": "99"}, {"vehicle": "X" * 5000}):
        assert officer.post(reverse("vehicle-hint"), filled(**changes)).status_code == 200


@pytest.mark.parametrize("role", ["Policymaker", "Analyst", "Administrator"])
def test_who_logs_no_stops_is_refused(role: str) -> None:
    client = signed_in(role)
    assert client.get(reverse("log-stop")).status_code == 403
    assert client.post(reverse("log-stop"), filled()).status_code == 403
    assert AuditEvent.objects.filter(verb="refusal", done=False).count() == 2
    assert not Stop.objects.exists()


def test_a_supervisor_without_an_officer_number_is_told_why() -> None:
    user = make_user("Supervisor")
    Officer.objects.filter(user=user).delete()
    response = signed_in(user).get(reverse("log-stop"))
    assert response.status_code == 403
    assert "no officer number" in response.content.decode()
