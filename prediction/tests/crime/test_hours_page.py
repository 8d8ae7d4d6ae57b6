"""The page of bars: what it shows, what it computes a second time otherwise, and where it says why it shows nothing."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from ledger.models import Area, Incident
from ledger.tests.factories import make_user
from prediction import runs
from prediction.crime import rates
from prediction.crime.rivals import RIVALS
from prediction.tests.crime import made_up

pytestmark = pytest.mark.django_db
YEAR_BEFORE = (date(2024, 7, 1), date(2024, 7, 31))


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
def reader(client: Client, city: dict[str, Any]) -> Client:
    client.force_login(make_user("Policymaker"))
    return client


def told(reader: Client, **asked: str) -> dict[str, Any]:
    return json.loads(reader.get("/crime/", {**asked, "format": "json"}).content)


def recorded(name: str) -> pd.DataFrame:
    """The incidents of a neighbourhood, as the ledger has them."""
    rows = Incident.objects.filter(area__name=name).values("occurred_on", "occurred_at", "group")
    frame = pd.DataFrame(rows)
    frame["occurred_on"] = pd.to_datetime(frame["occurred_on"])
    return frame


def test_the_page_answers_for_the_busiest_area_and_next_month(reader: Client, city: dict[str, Any]) -> None:
    page = reader.get("/crime/")
    body = page.content.decode()
    assert page.status_code == 200
    assert "Market by the hour" in body
    assert "June 2025" in body  # its last day is not covered yet
    assert body.count('<tr><th scope="row">') >= 24
    assert str(city["run"].key) in body
    assert "25%" in body


def test_figures_of_the_page_are_those_of_the_rates(reader: Client) -> None:
    area = Area.objects.get(name="Docks")
    found = told(reader, area=str(area.pk), month="2025-07", days="weekend")
    expected = rates.expected([area.pk], date(2025, 7, 1))
    for row in found["rows"]:
        hour = int(row["hour"][:2])
        here = [one for one in expected if one.hour == hour and one.weekday >= 6]
        assert row["expected_per_day"] == pytest.approx(sum(one.count for one in here) / 8, abs=1e-6)
        assert row["low"] <= row["high"]
    assert found["expected"] == pytest.approx(
        8 * sum(row["expected_per_day"] for row in found["rows"]), rel=1e-4
    )
    assert found["low"] < found["expected"] < found["high"]


def test_the_year_before_is_what_was_recorded(reader: Client) -> None:
    found = told(reader, area="docks", month="2025-07", offence="robbery")
    frame = recorded("Docks")
    july = frame[
        frame["occurred_on"].between(*map(pd.Timestamp, YEAR_BEFORE)) & (frame["group"] == made_up.ROBBERY)
    ]
    hours = july["occurred_at"].dropna().map(lambda at: at.hour).value_counts()
    for row in found["rows"]:
        assert row["recorded_year_before"] == pytest.approx(hours.get(int(row["hour"][:2]), 0) / 31, abs=1e-6)
    assert f"In July 2024, {len(july)} were recorded." in found["says"]


def test_the_daily_average_counts_days_without_incidents(reader: Client) -> None:
    """June 2025 has 29 covered days, June 2024 has 30; incidents without an hour count."""
    frame = recorded("Hill")
    june = frame[(frame["occurred_on"].dt.month == 6) & (frame["occurred_on"] < pd.Timestamp("2025-06-30"))]
    body = reader.get("/crime/", {"area": "Hill"}).content.decode()
    assert f"{len(june)} incidents on 59 days" in body
    assert f"{len(june) / 59:.3f} a day" in body


def test_a_year_before_without_data_is_said_not_zero(reader: Client) -> None:
    found = told(reader, area="Docks", month="2025-09")
    assert "Of September 2024 there is no data." in found["says"]
    assert all(row["recorded_year_before"] is None for row in found["rows"])


def test_levels_are_the_citys_thirds_not_the_charts_own(reader: Client) -> None:
    levels = {
        name: [row["level"] for row in told(reader, area=name, month="2025-07")["rows"]]
        for name in made_up.NAMES
    }
    assert set(levels["Hill"]) == {"low"}  # a quiet area stays quiet
    every = [level for rows in levels.values() for level in rows]
    assert [every.count(level) for level in ("low", "moderate", "high")] == pytest.approx([24, 24, 24], abs=2)


def test_groups_of_offences_add_up(reader: Client) -> None:
    every, robbery, theft = (
        told(reader, area="Docks", month="2025-07", offence=name)["expected"]
        for name in ("all", "robbery", "theft")
    )
    assert every == pytest.approx(robbery + theft, abs=1e-3)


def test_csv_and_json_have_the_same_rows(reader: Client) -> None:
    text = b"".join(reader.get("/crime/", {"area": "Docks", "format": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(StringIO(text)))
    assert [float(row["expected_per_day"]) for row in rows] == [
        row["expected_per_day"] for row in told(reader, area="Docks")["rows"]
    ]


def test_the_picture_is_well_formed_and_tells_levels_without_colour(reader: Client) -> None:
    page = reader.get("/crime/", {"area": "Docks", "format": "svg"})
    assert page["Content-Type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(page.content)  # noqa: S314  our own picture
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    levels = [row["level"] for row in told(reader, area="Docks")["rows"]]
    assert [word for word in words if word in ("L", "M", "H")] == [level[0].upper() for level in levels]
    fills = [one.get("fill") for one in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert fills.count("url(#high-lines)") == levels.count("high") + 1  # and one in the legend


def test_a_name_in_the_picture_is_text(reader: Client) -> None:
    Area.objects.filter(name="Docks").update(name='<script>alert("1")</script> & Co')
    page = reader.get("/crime/", {"area": '<script>alert("1")</script> & Co', "format": "svg"})
    assert page.status_code == 200
    assert b"<script" not in page.content
    ElementTree.fromstring(page.content)  # noqa: S314  our own picture


@pytest.mark.parametrize(
    "asked, sentence",
    [
        ({"area": "Dokcs"}, "Near it: Docks"),
        ({"area": "Atlantis"}, "none of a name near it"),
        ({"area": "999999999"}, "There is no area"),
        ({"area": "Docks", "month": "2025-13"}, "Write the month as a number"),
        ({"area": "Docks", "offence": "witchcraft"}, "Choose a group of offences"),
        ({"area": "Docks", "days": "holidays"}, "Choose all days"),
    ],
)
def test_what_is_not_offered_is_refused_with_a_sentence(
    reader: Client, asked: dict[str, str], sentence: str
) -> None:
    page = reader.get("/crime/", asked)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert reader.get("/crime/", {**asked, "format": "json"}).status_code == 400


@pytest.mark.parametrize("area", ["\x00", "9" * 400, "'; DROP TABLE ledger_area; --", "²", "٣", "-1"])
def test_hostile_areas_do_no_harm(reader: Client, area: str) -> None:
    assert reader.get("/crime/", {"area": area}).status_code == 400


def test_months_far_away_and_past_get_a_sentence_instead_of_figures(reader: Client) -> None:
    for month in ("2031-01", "2024-03"):
        page = reader.get("/crime/", {"area": "Docks", "month": month})
        assert "Forecasts are given for June 2025 to May 2026" in page.content.decode()
        assert reader.get("/crime/", {"area": "Docks", "month": month, "format": "json"}).status_code == 404


def test_a_kind_of_offence_never_recorded_there_is_not_forecast(reader: Client) -> None:
    page = reader.get("/crime/", {"area": "Docks", "offence": "fraud"})
    assert "nothing is forecast for it" in page.content.decode()


def test_a_closed_gate_and_no_run_say_so(reader: Client, city: dict[str, Any]) -> None:
    run = city["run"]
    told_ = run.serving["agencies"][str(city["agency"].pk)] | {
        "gate": "closed",
        "why": "No better than the base rate.",
    }
    run.serving = run.serving | {"agencies": {str(city["agency"].pk): told_}}
    run.save(update_fields=["serving"])
    assert "No better than the base rate. So nothing is forecast." in reader.get("/crime/").content.decode()
    runs.switch_off("crime", reason="Tried.")
    page = reader.get("/crime/")
    assert (page.status_code, "No forecast is in use" in page.content.decode()) == (200, True)
    assert reader.get("/crime/", {"format": "csv"}).status_code == 404


def test_empty_fields_leave_the_address(reader: Client) -> None:
    assert reader.get("/crime/?area=Docks&month=").url == "/crime/?area=Docks"


def test_the_page_asks_the_database_a_few_times_only(
    reader: Client, django_assert_max_num_queries: Any
) -> None:
    reader.get("/crime/")
    with django_assert_max_num_queries(19):
        body = reader.get("/crime/", {"area": "Docks"}).content.decode()
    assert not re.search(r" (style|onclick)=", body)
