"""Marked events: who marks them, which pages they concern, where they are drawn and listed."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from insights.codes import Codes
from insights.events import marked_events
from insights.filters import Filters
from insights.models import Event
from ledger.models import AuditEvent, Country
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
MONTHS = ((2025, 1), (2026, 3))


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def mark(text: str, day: date = date(2025, 11, 5), **place: Any) -> Event:
    return Event.objects.create(day=day, text=text, **place)


def shown(**filters: str) -> list[str]:
    return [one.event.text for one in marked_events(Filters.read(filters, Codes()), MONTHS)]


def test_an_administrator_marks_an_event_and_is_named_in_the_trail() -> None:
    admin = signed_in("Administrator")
    form = {"day": "2025-11-05", "text": "New search form", "country": "", "agency": ""}
    assert admin.post("/admin/insights/event/add/", form).status_code == 302
    event = Event.objects.get()
    assert (event.text, event.author is not None) == ("New search form", True)
    assert AuditEvent.objects.filter(object_kind="event", detail__act="added").count() == 1


@pytest.mark.parametrize("role", ["Policymaker", "Analyst", "Officer", "Supervisor"])
def test_nobody_else_marks_events(role: str) -> None:
    assert (
        signed_in(role).post("/admin/insights/event/add/", {"day": "2025-11-05", "text": "x"}).status_code
        == 403
    )
    assert not Event.objects.exists()


def test_an_event_is_of_a_country_or_of_an_agency() -> None:
    agency = make_agency()
    form = {"day": "2025-11-05", "text": "x", "country": agency.country_id, "agency": agency.pk}
    reply = signed_in("Administrator").post("/admin/insights/event/add/", form)
    assert "Choose a country or an agency, not both" in reply.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        mark("x", agency=agency, country=agency.country)


def test_events_of_the_places_looked_at_and_of_all_are_shown() -> None:
    riverton, hilltop = make_agency("Riverton", "India"), make_agency("Hilltop", "USA")
    mark("everywhere")
    mark("India", country=Country.objects.get(name="India"))
    mark("Riverton", agency=riverton)
    mark("Hilltop", agency=hilltop)
    assert shown() == ["everywhere", "India", "Riverton", "Hilltop"]
    assert shown(agency="Riverton") == ["everywhere", "India", "Riverton"]
    assert shown(country="USA") == ["everywhere", "Hilltop"]
    assert shown(agency="Riverton", country="USA") == ["everywhere"]


def test_events_outside_months_days_or_withdrawn_are_not_shown() -> None:
    mark("before", date(2024, 12, 31))
    mark("after", date(2026, 4, 1))
    mark("withdrawn", withdrawn=True)
    mark("first", date(2025, 1, 1))
    mark("last", date(2026, 3, 31))
    assert shown() == ["first", "last"]
    assert shown(date_after="2025-01-02") == ["last"]
    assert shown(date_before="2026-03-30") == ["first"]
    assert marked_events(Filters.read({}, Codes()), None) == []


def chart_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="chart" type="application/json">(.*?)</script>', html, re.S)
    assert found
    drawn: dict[str, Any] = json.loads(found[1])
    return drawn


@pytest.mark.parametrize(("step", "at"), [("month", "Nov 2025"), ("quarter", "Q4 2025"), ("year", "2025")])
def test_a_trend_draws_events_and_lists_them(step: str, at: str) -> None:
    make_stop(on=date(2025, 10, 2))
    make_stop(on=date(2026, 3, 2))
    mark("New <form>")
    html = signed_in("Analyst").get(f"/insights/explore/?measure=arrest&step={step}").content.decode()
    assert chart_of(html)["events"] == [{"at": at, "number": 1}]
    assert chart_of(html)["about"]["listed"] == ["1: 5 November 2025, New <form>"]
    assert "<li>1: 5 November 2025, New &lt;form&gt;</li>" in html


def test_a_page_whose_chart_has_no_time_marks_them_on_the_small_line_only() -> None:
    for month in (1, 2, 3):
        make_stop(on=date(2026, month, 28 if month == 2 else 31))
    mark("New form", date(2026, 2, 3))
    html = signed_in("Analyst").get("/insights/arrest-rate-by-age-band/").content.decode()
    assert chart_of(html)["events"] == []
    assert html.count('class="event"') == 1
    assert "1: 3 February 2026, New form" in html
