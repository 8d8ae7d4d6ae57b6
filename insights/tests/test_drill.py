"""From every figure to its rows: the page behind it counts exactly as many, and nobody is led outside the own reach."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.columns import HIDDEN, Count
from insights.drill import Drill
from insights.filters import Filters
from insights.models import StopFact
from insights.rows.filters import RowFilter
from insights.tests.conftest import kept_for_now
from insights.viewer import Viewer
from ledger.models import AuditEvent, Person
from ledger.tests.factories import make_agency, make_post, make_stop, make_user

OWN = "Riverton Police"
pytestmark = pytest.mark.django_db


def write_stops(dice: random.Random, count: int) -> None:
    """Stops of two agencies in one country, with gaps in everything; some have a passenger."""
    agencies = [make_agency(OWN), make_agency("Lakeside Police")]
    for _ in range(count):
        agency = dice.choice(agencies)
        minutes = dice.choice((None, None, 7, 23, 45, 60))
        stop = make_stop(
            agency,
            on=date(dice.choice((2024, 2025)), dice.randint(1, 12), dice.randint(1, 28)),
            at=dice.choice((None, time(dice.randint(0, 23), 5))),
            violation=dice.choice(("Speeding", "DUI", None)),
            race=dice.choice(("White", "Asian", None)),
            vehicle=dice.choice(("", "AB1", "CD2", "EF3")),
            drugs=dice.choice((True, False, None)),
            stop={
                "post": dice.choice((None, make_post("North gate", agency))),
                "duration_minutes": minutes,
                "duration_band": 0 if minutes else dice.randint(0, 3),
            },
            **{
                name: dice.choice((True, False, None))
                for name in ("searched", "arrested", "contraband_found")
            },
            gender=dice.randint(0, 3),
            age=dice.choice((None, 16, 20, 24, 25, 40, 70)),
            outcome=dice.randint(0, 5),
        )
        if dice.random() < 0.2:
            Person.objects.create(stop=stop, position=2, searched=True, age=dice.choice((None, 30)))
            from ledger import signals

            signals.stop_corrected.send(sender=write_stops, old_id=stop.pk, new_id=stop.pk)


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[Client]:
    """An officer of the own agency, and two agencies' stops."""
    with kept_for_now(django_db_blocker):
        write_stops(random.Random(20261126), 260)
        client = Client()
        client.force_login(make_user("Officer", make_agency(OWN)))
        yield client


def counted(url: str, agency: str = OWN) -> tuple[int, int]:
    """Persons and different stops within the filters of an address, as the page of rows reads them."""
    data = QueryDict(url.partition("?")[2])
    rows = RowFilter(data, Codes(), queryset=StopFact.objects.filter(agency=make_agency(agency).pk))
    rows.chosen()
    return rows.qs.count(), rows.qs.values("stop").distinct().count()


def test_the_page_counts_what_its_address_says(ledger: Client) -> None:
    url = f"/insights/data/?agency={OWN.replace(' ', '+')}&violation=DUI&either=yes&weekday=Monday"
    context = ledger.get(url).context
    assert (context["count"], context["stops"]) == counted(url)
    assert context["count"] > 3


def amount(insight: Any, key: str, row: dict[str, Any]) -> int | None:
    """How many persons must stand behind a cell, where the cell itself says it."""
    return row[key] if isinstance(insight.columns[key], Count) or key.startswith("running") else None


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"violation": "DUI", "date_after": "2024-03-10", "date_before": "2025-06-20"},
        {"hour_min": "20", "hour_max": "6", "age_max": "30", "searched": "yes"},
        {"age_min": "18", "outcome": "Citation", "arrested": "no"},
    ],
)
def test_the_rows_behind_every_count_are_as_many(ledger: Client, filters: dict[str, str]) -> None:
    viewer = Viewer(agency=make_agency(OWN), rows=True)
    followed = 0
    for insight in CATALOGUE:
        answer = insight.answer(Filters.read({**filters, "agency": OWN}), viewer)
        drill = Drill.of(insight, answer, viewer)
        assert drill
        for row in random.Random(1).sample(answer.rows, min(4, len(answer.rows))):
            for key in answer.columns:
                url, due = drill.behind(key, row), amount(insight, key, row)
                if due:
                    persons, stops = counted(url)
                    assert due == (stops if insight.vehicles else persons), (insight.slug, key, row, url)
                    followed += 1
                elif due == 0:
                    assert url == "", (insight.slug, key, row)
        for key, value in answer.summary.items():
            if isinstance(insight.headline[key], Count) and value:
                assert counted(drill.behind_headline(key, value))[0] == value, (insight.slug, key)
    assert followed > 40


def test_the_rows_behind_a_rate_are_those_of_its_numerator(ledger: Client) -> None:
    viewer = Viewer(agency=make_agency(OWN), rows=True)
    for slug, key, of in (
        ("rates-by-hour", "search_rate", "searches"),
        ("arrest-rate-by-age-band", "rate", "arrests"),
        ("violations-rarely-enforced", "rate", "either"),
    ):
        insight = next(one for one in CATALOGUE if one.slug == slug)
        answer = insight.answer(Filters.read({"agency": OWN}), viewer)
        drill = Drill.of(insight, answer, viewer)
        for row in answer.rows[:5]:
            if row[of]:
                assert counted(drill.behind(key, row))[0] == row[of]


def links(client: Client, address: str) -> list[str]:
    return re.findall(r'class="drill" href="([^"]+)"', client.get(address).content.decode())


def test_the_page_links_within_the_own_agency_only(ledger: Client) -> None:
    own = links(ledger, f"/insights/arrest-rate-by-age-band/?agency={OWN.replace(' ', '+')}")
    assert len(own) > 10
    assert all("agency=Riverton+Police" in url for url in own)
    assert links(ledger, "/insights/arrest-rate-by-age-band/") == []
    assert links(ledger, "/insights/arrest-rate-by-age-band/?agency=Lakeside+Police") == []
    assert links(ledger, "/insights/top-drug-vehicles/"), "vehicles are of the own agency anyhow"


@pytest.mark.parametrize("role", ["Policymaker", "Analyst"])
def test_those_without_rows_of_an_agency_get_no_link(ledger: Client, role: str) -> None:
    client = Client()
    client.force_login(make_user(role))
    for insight in CATALOGUE:
        assert links(client, f"/insights/{insight.slug}/?agency={OWN.replace(' ', '+')}") == []


def test_hidden_figures_lead_nowhere(ledger: Client) -> None:
    insight = CATALOGUE[2]
    drill = Drill(insight, {"agency": OWN}, OWN)
    row = dict.fromkeys(insight.columns, HIDDEN) | {"age_band": "25-34"}
    assert [drill.behind(key, row) for key in insight.columns] == [""] * len(insight.columns)


def test_following_a_link_leaves_a_line_in_the_trail(ledger: Client) -> None:
    url = links(ledger, f"/insights/violations-under-25/?agency={OWN.replace(' ', '+')}")[-1].replace(
        "&amp;", "&"
    )
    ledger.get(url)
    event = AuditEvent.objects.filter(object_kind="data").latest("id")
    assert event.detail["filters"]["age_max"] == 24
    assert event.detail["filters"]["agency"] == OWN
