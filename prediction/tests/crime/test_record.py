"""The record: forecasts kept as they were made, refused any change, and scored when their month is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from io import StringIO
from math import cos, log, radians
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from insights.tests.conftest import kept_for_now
from insights.viewer import Viewer
from ledger.models import Agency, Area, ImportRun, Incident
from ledger.tests.factories import make_user
from prediction import nightly, runs
from prediction.crime import rates
from prediction.crime.intervals import interval
from prediction.crime.land import square_kilometres
from prediction.crime.record import keeping, scoring
from prediction.crime.record.plans import newest_plans
from prediction.crime.rivals import RIVALS
from prediction.models import CrimeForecast, CrimeScore
from prediction.patrol.afterwards import afterwards
from prediction.patrol.comparing import thirds
from prediction.tests.crime import made_up
from prediction.tests.patrol.made_up import make_plan

pytestmark = pytest.mark.django_db
JULY = date(2025, 7, 1)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with trained_city(django_db_blocker) as found:
        yield found


@contextmanager
def trained_city(blocker: Any) -> Iterator[dict[str, Any]]:
    """A city with boundaries whose crime model is in use, for the tests of a module; gone afterwards."""
    with kept_for_now(blocker), pytest.MonkeyPatch.context() as patch:
        patch.setattr("prediction.crime.backtest.RIVALS", RIVALS[:4])
        agency = made_up.make_city()
        give_boundaries(agency)
        call_command("train", "crime", stdout=StringIO())
        yield {"agency": agency, "run": runs.in_use("crime")}


def give_boundaries(agency: Agency) -> None:
    """Three rectangles at the equator; the docks have 1 of 20 km², so that they can be flagged, and the hill has 15."""
    east = 0.0
    for name, width in (("Docks", 0.01), ("Market", 0.04), ("Hill", 0.15)):
        ring = [[east, 0], [east + width, 0], [east + width, 0.01], [east, 0.01], [east, 0]]
        boundary = {"type": "Polygon", "coordinates": [ring]}
        Area.objects.filter(agency=agency, name=name).update(boundary=boundary)
        east += width


def happen(agency: Agency, until: date = date(2025, 8, 10)) -> None:
    """July and some days more come in: two incidents a day at the docks at 22:00, one at the market at noon."""
    run = ImportRun.objects.get(file_name="made-up.csv")
    docks, market = Area.objects.get(name="Docks"), Area.objects.get(name="Market")
    made, day = list[Incident](), date(2025, 6, 30)
    while day <= until:
        for area, hour, times in ((docks, 22, 2), (market, 12, 1)):
            for _ in range(times):
                made.append(
                    Incident(
                        import_run=run,
                        import_row=1,
                        agency=agency,
                        key=f"later-{len(made)}",
                        group=made_up.THEFT,
                        reported_on=day,
                        month=day.replace(day=1),
                        occurred_on=day,
                        occurred_at=time(hour),
                        area=area,
                    )
                )
        day += timedelta(days=1)
    Incident.objects.bulk_create(made)


def test_a_run_that_is_put_in_use_leaves_its_forecasts_of_three_months(city: dict[str, Any]) -> None:
    kept = list(CrimeForecast.objects.order_by("month"))
    assert [one.month for one in kept] == [date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1)]
    assert [one.months_ahead for one in kept] == [1, 2, 3]
    assert {one.run for one in kept} == {city["run"]}
    docks = next(one for one in kept[0].body["areas"] if one["name"] == "Docks")
    expected = rates.expected([docks["area"]], JULY)
    for hour, said in enumerate(docks["hours"]):
        assert said == pytest.approx(sum(one.count for one in expected if one.hour == hour), abs=1e-6)


def test_the_same_is_not_kept_twice(city: dict[str, Any]) -> None:
    assert len(keeping.keep_forecasts(city["run"])) == CrimeForecast.objects.count() == 3


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE prediction_crimeforecast SET body = '{}'",
        "UPDATE prediction_crimeforecast SET made_at = '2020-01-01'",
        "DELETE FROM prediction_crimeforecast",
        "SET LOCAL session_replication_role = replica; UPDATE prediction_crimeforecast SET month = month",
        "UPDATE prediction_crimescore SET figures = '{}'",
        "DELETE FROM prediction_crimescore",
    ],
)
def test_nothing_kept_can_be_altered(city: dict[str, Any], sql: str) -> None:
    happen(city["agency"])
    assert keeping.score_due()
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_month_is_scored_when_all_its_days_are_covered_and_not_before(city: dict[str, Any]) -> None:
    assert keeping.score_due() == []
    happen(city["agency"], until=date(2025, 7, 31))  # the last day may be cut
    assert keeping.score_due() == []
    august = date(2025, 8, 3)
    Incident.objects.create(
        import_run=ImportRun.objects.get(file_name="made-up.csv"),
        import_row=1,
        agency=city["agency"],
        key="august",
        month=august.replace(day=1),
        reported_on=august,
        occurred_on=august,
    )
    [score] = keeping.score_due()
    assert score.forecast.month == JULY
    assert keeping.score_due() == []  # what happened was scored already


def test_scores_worked_out_a_second_time(city: dict[str, Any]) -> None:
    happen(city["agency"])
    [score] = keeping.score_due()
    body, found = score.forecast.body, score.figures
    said = np.array([one["hours"] for one in body["areas"]])
    seen = np.zeros_like(said)
    names = [one["name"] for one in body["areas"]]
    seen[names.index("Docks"), 22], seen[names.index("Market"), 12] = 62, 31
    assert found["happened"] == 93
    assert found["expected"] == pytest.approx(said.sum(), abs=0.01)
    low, high = interval(said.sum(), body["spread"]["month"])
    assert (found["low"], found["high"], found["within"]) == (low, high, low <= 93 <= high)
    logs = np.where(seen > 0, seen * np.log(np.where(seen > 0, seen, 1) / said), 0)
    assert found["deviance"] == pytest.approx((2 * (logs - seen + said)).mean(), rel=1e-4)
    assert sum(one["areas"] for one in found["groups"]) == 3
    assert [one["happened"] for one in found["groups"]] == pytest.approx([0, 62 / 93, 31 / 93], abs=1e-3)


def test_incidents_that_come_late_are_scored_anew_and_both_scores_stay(city: dict[str, Any]) -> None:
    happen(city["agency"])
    [first] = keeping.score_due()
    Incident.objects.create(
        import_run=ImportRun.objects.get(file_name="made-up.csv"),
        import_row=1,
        agency=city["agency"],
        key="late",
        month=JULY,
        reported_on=date(2025, 8, 9),
        occurred_on=date(2025, 7, 4),
        occurred_at=time(3),
        area=Area.objects.get(name="Hill"),
    )
    [second] = keeping.score_due()
    assert second.figures["happened"] == first.figures["happened"] + 1
    assert keeping.newest_scores([first.forecast]) == {first.forecast_id: second}
    assert CrimeScore.objects.count() == 2


def test_what_is_known_already_is_never_kept_as_a_forecast(city: dict[str, Any]) -> None:
    happen(city["agency"], until=date(2025, 9, 1))
    before = CrimeForecast.objects.count()
    kept = keeping.keep_forecasts(city["run"])  # as after a roll-back to this run
    assert {one.month for one in kept} == {date(2025, 9, 1)}
    assert CrimeForecast.objects.count() <= before + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CrimeForecast.objects.create(
            run=city["run"],
            agency=city["agency"],
            kind="neighbourhood",
            month=date(2025, 6, 1),
            learned_until=date(2025, 6, 29),
            body={},
            digest="x",
        )


def test_by_night_what_is_due_is_scored(city: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    happen(city["agency"])
    monkeypatch.setattr(nightly, "ask_for_models", lambda: None)
    nightly.ask_for_work()
    assert CrimeScore.objects.count() == 1


# Scoring by hand

AREAS = [
    {"area": 1, "name": "A", "km2": 1.0, "recent": 90, "hours": [0.5] * 24},
    {"area": 2, "name": "B", "km2": 4.0, "recent": 50, "hours": [0.75] * 24},
    {"area": 3, "name": "C", "km2": 15.0, "recent": 10, "hours": [0.25] * 24},
]


def test_pai_and_pei_by_hand() -> None:
    """A tenth of 20 km² is 2: A is flagged with 12 a km². It holds 10 of 40 on 1/20 of the land; no other fits into 1 km²."""
    found = scoring.flags(AREAS, {1: 10, 2: 25, 3: 5})
    assert found["flagged"] == [1]
    assert (found["pai"], found["pei"]) == (pytest.approx(10 / 40 / (1 / 20)), 1.0)
    without = [one | {"km2": None} for one in AREAS]
    found = scoring.flags(without, {1: 10, 2: 25, 3: 5})
    assert (found["by_size"], found["flagged"], found["pai"], found["pei"]) == (False, [], None, None)


def test_pei_is_below_one_where_others_would_have_held_more() -> None:
    many = [{"area": one, "km2": 1.0, "recent": 0, "hours": [30 - one] * 24} for one in range(20)]
    happened = dict.fromkeys(range(20), 5) | {7: 20, 0: 4}
    found = scoring.flags(many, happened)
    assert found["flagged"] == [0, 1]
    assert found["pei"] == pytest.approx(9 / 25)
    assert found["pai"] == pytest.approx(9 / sum(happened.values()) / 0.1, abs=1e-3)


def test_a_deviance_by_hand() -> None:
    assert scoring.deviance(2.0, 3) == pytest.approx(2 * (3 * log(1.5) - 1))
    assert scoring.deviance(0.0, 0) == pytest.approx(0.002)


def test_nothing_happened_is_no_division_by_zero() -> None:
    found = scoring.scored({"areas": AREAS, "spread": {"area": 0.0, "month": 0.01}}, {})
    assert (found["happened"], found["pai"], found["pei"]) == (0, None, None)
    assert found["groups"][0]["happened"] is None


def test_the_size_of_an_area_is_that_of_its_boundary_less_its_holes() -> None:
    def square(side: float) -> list[list[float]]:
        return [[0, 50], [side, 50], [side, 50 + side], [0, 50 + side], [0, 50]]

    side = 0.1
    found = square_kilometres({"type": "Polygon", "coordinates": [square(side)]})
    assert found == pytest.approx((side * 111.32) ** 2 * cos(radians(50.05)), rel=2e-3)
    holed = square_kilometres({"type": "MultiPolygon", "coordinates": [[square(side), square(side / 2)]]})
    assert holed == pytest.approx((found or 0) * 0.75, rel=2e-3)
    assert square_kilometres(None) is square_kilometres({"type": "Point", "coordinates": [0, 0]}) is None


# The page


def test_the_page_tells_what_is_open_and_what_was_right(client: Client, city: dict[str, Any]) -> None:
    client.force_login(make_user("Policymaker"))
    assert (
        "No month that was forecast is over yet." in client.get("/prediction/crime/record/").content.decode()
    )
    happen(city["agency"])
    [score] = keeping.score_due()
    body = client.get("/prediction/crime/record/").content.decode()
    assert "Of 1 scored forecasts" in body
    assert "The month is not over, or its incidents are not imported yet." in body
    assert f"{score.figures['deviance']:.4f}" in body
    rows = json.loads(client.get("/prediction/crime/record/?format=json").content)["forecasts"]
    july = next(row for row in rows if row["month"] == "2025-07")
    assert (july["happened"], july["pei"]) == (93, score.figures["pei"])
    assert july["digest"] == score.forecast.digest
    text = b"".join(client.get("/prediction/crime/record/?format=csv").streaming_content).decode()
    assert text.count("\n") == 1 + len(rows)


def test_plans_stand_in_the_record_with_their_outcome(client: Client, city: dict[str, Any]) -> None:
    client.force_login(make_user("Analyst", username="asks"))
    assert "No patrol plan was made yet." in client.get("/prediction/crime/record/").content.decode()
    plan = make_plan(city["agency"], day=date(2025, 7, 4))
    page = client.get("/prediction/crime/record/").content.decode()
    assert "The crimes of this shift are not in the ledger yet" in page
    happen(city["agency"])
    beat = Area.objects.get(kind="beat", name="101")
    Incident.objects.filter(key__startswith="later-", occurred_at=time(22)).update(
        beat=beat, occurred_at=time(18)
    )
    outcome = afterwards(plan)
    assert not isinstance(outcome, str)
    [row] = newest_plans(Viewer(exact=True, agency=None))
    assert (row["reported"], row["pai"]) == ("2", f"{outcome.pai:.2f}")
    assert outcome.counted == 2  # two thefts in the shift's first hour
    [row] = newest_plans(Viewer(exact=False, agency=None))
    assert (row["reported"], row["pai"]) == ("[c]", "[c]")
    assert plan.get_absolute_url() in client.get("/prediction/crime/record/").content.decode()


def test_minutes_by_third_of_reported_harm_by_hand() -> None:
    areas = [
        {"area": pk, "reported_share": share, "minutes_share": minutes}
        for pk, share, minutes in ((1, 0.5, 0.9), (2, 0.2, 0.1), (3, 0.3, 0.0), (4, None, 0.0))
    ]
    found = thirds(areas, None)
    assert [one["areas"] for one in found] == [1, 1, 2]
    assert [one["minutes"] for one in found] == pytest.approx([0.0, 0.1, 0.9])
    assert sum(one["reported"] for one in found) == pytest.approx(1.0)


def test_an_empty_record_says_when_it_begins(client: Client) -> None:
    client.force_login(make_user("Officer"))
    page = client.get("/prediction/crime/record/")
    assert page.status_code == 200
