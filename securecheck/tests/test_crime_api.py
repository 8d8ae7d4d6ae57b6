"""The calls of ATLShield's clients: shapes, figures computed a second time, sentences, and the old addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import include, path

from ledger.models import Area, AuditEvent, Incident
from ledger.tests.factories import make_user
from prediction import runs
from prediction.crime import rates
from prediction.crime.rivals import RIVALS
from prediction.tests.crime import made_up
from securecheck.api.crime import old_addresses

pytestmark = pytest.mark.django_db
HOURLY, AVERAGE, CHART = (
    "/api/predict_hourly_crime",
    "/api/average_daily_crime",
    "/api/hourly_crime_chart.svg",
)
ASKED = {"neighborhood": "Docks", "month": 7}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("prediction.crime.backtest.RIVALS", RIVALS[:4])
        outer = transaction.atomic()
        outer.__enter__()
        agency = made_up.make_city()
        call_command("train", "crime", stdout=StringIO())
        yield {"agency": agency, "run": runs.in_use("crime")}
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def token(city: dict[str, Any]) -> str:
    make_user("Policymaker", username="reader")
    out = StringIO()
    call_command("token", "reader", stdout=out)
    return out.getvalue().split()[-1]


@pytest.fixture
def ask(client: Client, token: str) -> Any:
    def send(address: str, data: Any, **headers: str) -> Any:
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        return client.post(
            address,
            body,
            content_type="application/json",
            headers={"Authorization": f"Token {token}", **headers},
        )

    return send


def test_24_rows_are_the_rates_per_day_of_the_next_such_month(ask: Any, city: dict[str, Any]) -> None:
    rows = ask(HOURLY, ASKED).json()
    assert [row["hour"] for row in rows] == [f"{hour:02d}:00" for hour in range(24)]
    assert set(rows[0]) == {"hour", "predicted_crimes", "low", "high", "level", "suggested_patrol"}
    expected = rates.expected([Area.objects.get(name="Docks").pk], date(2025, 7, 1))
    for row in rows:
        here = sum(one.count for one in expected if one.hour == int(row["hour"][:2]))
        assert row["predicted_crimes"] == pytest.approx(here / 31, abs=1e-6)
        assert row["low"] <= row["predicted_crimes"] <= row["high"] or row["high"] == 0
    total = 31 * sum(row["predicted_crimes"] for row in rows)
    planted = (
        0.95
        * 0.98
        * 31
        * sum(by_hour.sum() for (name, _), by_hour in made_up.rates().items() if name == "Docks")
    )
    assert total == pytest.approx(planted, rel=0.12)  # a rate, not rounded up
    assert rows[22]["suggested_patrol"] == "Foot Patrol"


@pytest.mark.parametrize("month", ["July", "jul", "7", "07", "2025-07", 7])
def test_months_may_be_written_in_several_ways(ask: Any, month: Any) -> None:
    assert ask(HOURLY, {"neighborhood": "docks", "month": month}).json() == ask(HOURLY, ASKED).json()


def test_the_average_counts_every_calendar_day_with_data(ask: Any) -> None:
    found = ask(AVERAGE, ASKED).json()
    happened = Incident.objects.filter(area__name="Docks", occurred_on__month=7).count()
    assert found == {
        "neighborhood": "Docks",
        "month": 7,
        "average_daily_crime_count": round(happened / 31, 6),
    }
    june = [date(2024, 6, 1) + timedelta(days=place) for place in range(30)]
    june += [date(2025, 6, 1) + timedelta(days=place) for place in range(29)]  # the last day may be cut
    happened = Incident.objects.filter(area__name="Hill", occurred_on__in=june).count()
    found = ask(AVERAGE, {"neighborhood": "Hill", "month": "June"}).json()
    assert found["average_daily_crime_count"] == pytest.approx(happened / 59, abs=1e-6)
    one = ask(AVERAGE, {"neighborhood": "Hill", "month": "2025-06"}).json()["average_daily_crime_count"]
    happened = Incident.objects.filter(area__name="Hill", occurred_on__in=june[30:]).count()
    assert one == pytest.approx(happened / 29, abs=1e-6)


def test_the_chart_is_a_picture_of_the_same_rows(client: Client, token: str, ask: Any) -> None:
    for accept in ("image/svg+xml", "*/*", "text/html", "application/json"):
        headers = {"Authorization": f"Token {token}", "Accept": accept}
        page = client.get(CHART, ASKED, headers=headers)
        assert (page.status_code, page["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    root = ElementTree.fromstring(page.content)  # noqa: S314  our own picture
    words = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}title")]
    for row, text in zip(ask(HOURLY, ASKED).json(), words[1:], strict=True):
        assert text.startswith(f"{row['hour']}: {row['predicted_crimes']:.3g} a day")
        assert text.endswith(row["level"])


def test_a_misspelt_name_is_answered_with_those_near_it(ask: Any) -> None:
    reply = ask(HOURLY, {"neighborhood": "Markte", "month": 7})
    assert reply.status_code == 400
    assert reply.json()["errors"]["neighborhood"] == [
        "There is no area “Markte” with incidents. Near it: Market."
    ]


@pytest.mark.parametrize("address", [HOURLY, AVERAGE])
@pytest.mark.parametrize(
    "data, field",
    [
        ({"neighborhood": "Docks"}, "month"),
        ({"month": 7}, "neighborhood"),
        ({"neighborhood": "Docks", "month": 13}, "month"),
        ({"neighborhood": "Docks", "month": 0}, "month"),
        ({"neighborhood": "Docks", "month": True}, "month"),
        ({"neighborhood": "Docks", "month": [7]}, "month"),
        ({"neighborhood": "Docks", "month": "٧"}, "month"),
        ({"neighborhood": {"a": 1}, "month": 7}, "neighborhood"),
        ({"neighborhood": "a\x00b", "month": 7}, "neighborhood"),
        ({"neighborhood": "x" * 5000, "month": 7}, "neighborhood"),
        ({"neighborhood": "Docks", "month": 7, "year": 2025}, "year"),
        ([1], ""),
        ("{", ""),
        ("[" * 3000, ""),
        (b"\xff\xfe", ""),
    ],
)
def test_what_is_not_understood_is_refused_at_its_field(
    ask: Any, address: str, data: Any, field: str
) -> None:
    reply = ask(address, data)
    assert reply.status_code == 400
    assert field in reply.json()["errors"]


def test_a_month_without_data_or_forecast_is_not_found(ask: Any) -> None:
    assert ask(HOURLY, {"neighborhood": "Docks", "month": "2031-01"}).status_code == 404
    assert ask(AVERAGE, {"neighborhood": "Docks", "month": "2024-09"}).status_code == 404  # no file of it
    assert "no day with data" in ask(AVERAGE, {"neighborhood": "Docks", "month": 10}).json()["error"]
    runs.switch_off("crime", reason="Tried.")
    for address in (HOURLY, AVERAGE):
        assert "No forecast is in use" in ask(address, ASKED).json()["error"]


def test_without_a_token_nothing_is_told(client: Client, city: dict[str, Any]) -> None:
    assert client.post(HOURLY, json.dumps(ASKED), content_type="application/json").status_code == 401
    assert client.get(CHART, ASKED).status_code == 401


def test_each_answer_leaves_a_line_for_the_runs_card(ask: Any, city: dict[str, Any]) -> None:
    ask(HOURLY, ASKED)
    line = AuditEvent.objects.filter(object_kind="prediction").latest("pk")
    assert (line.object_id, line.username) == (str(city["run"].key), "reader")
    assert line.detail["known"]["area"] == "Docks"


def test_the_description_has_the_calls(client: Client, token: str) -> None:
    schema = client.get("/api/schema/?format=json", headers={"Authorization": f"Token {token}"})
    text = schema.content.decode()
    for address in ("/api/predict_hourly_crime", "/api/average_daily_crime", "/api/hourly_crime_chart.svg"):
        assert address.split("/")[-1].split(".")[0] in text
    assert "predicted_crimes" in text


def opened(mode: str) -> ModuleType:
    """The addresses of an installation that opened the old ones."""
    module = ModuleType(f"opened_{mode}")
    module.urlpatterns = [*old_addresses(mode), path("", include("securecheck.urls"))]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(
            module,
            name,
            f"securecheck.views.explain_{ {'400': 'bad_request', '403': 'refusal', '404': 'missing', '500': 'error'}[name[-3:]] }",
        )
    return module


def test_old_addresses_are_closed_unless_a_setting_opens_them(client: Client, ask: Any) -> None:
    assert ask("/predict_hourly_crime", ASKED).status_code == 404
    assert old_addresses("") == []


def test_old_addresses_with_a_token(client: Client, ask: Any) -> None:
    new = ask(HOURLY, ASKED).json()
    with override_settings(ROOT_URLCONF=opened("token")):
        for address in ("/predict_hourly_crime", "/predict_hourly_crime/"):
            assert ask(address, ASKED).json() == new
            reply = Client().post(address, json.dumps(ASKED), content_type="application/json")
            assert reply.status_code == 401


def test_old_addresses_open_to_whoever_reaches_the_server(client: Client, ask: Any) -> None:
    new = [ask(address, ASKED).json() for address in (HOURLY, AVERAGE)]
    with override_settings(ROOT_URLCONF=opened("open")):
        nobody = Client(enforce_csrf_checks=True)
        old = [
            nobody.post(address, json.dumps(ASKED), content_type="application/json").json()
            for address in ("/predict_hourly_crime", "/average_daily_crime")
        ]
        assert old == new
        assert nobody.get("/hourly_crime_chart.svg", ASKED).status_code == 200
        assert nobody.get("/crime/").status_code == 302  # the pages stay closed
        assert nobody.post(HOURLY, json.dumps(ASKED), content_type="application/json").status_code == 401
    assert AuditEvent.objects.filter(object_kind="prediction").latest("pk").username == ""


def test_an_answer_asks_the_database_a_few_times_only(ask: Any, django_assert_max_num_queries: Any) -> None:
    ask(HOURLY, ASKED)
    with django_assert_max_num_queries(16):
        assert ask(HOURLY, ASKED).status_code == 200
