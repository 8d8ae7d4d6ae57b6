"""Finding hot spots in made-up and in Atlanta's published crimes, and the page that shows them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import h3
import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights.tests.conftest import kept_for_now
from ledger.choices import OffenceGroup as Group
from ledger.models import Agency, Area, ImportRun, ImportUndo, Incident
from ledger.tests.factories import make_agency, make_user
from ledger.tests.stops import signed_in
from prediction import jobs
from prediction.hotspots import hexagons
from prediction.hotspots.asking import ask, look_where_due
from prediction.hotspots.finding import is_due, land_of, look
from prediction.hotspots.subjects import SUBJECTS
from prediction.models import HotspotRun, JobState

CENTRE = (-84.39, 33.75)
MALL, STATION = (-84.40, 33.76), (-84.37, 33.73)


def write_crimes(agency: Agency, months: int = 24, a_month: int = 40) -> ImportRun:
    """Half of the crimes of each month at one mall, a quarter at a station, the others over a square of twelve kilometres."""
    rng, run = random.Random(7), ImportRun.objects.create(source="atlanta-crime", file_name="made-up.csv")
    crimes: list[Incident] = []
    for month in range(months):
        first = date(2020 + month // 12, month % 12 + 1, 1)
        for place in range(a_month):
            anywhere = (CENTRE[0] + rng.uniform(-0.06, 0.06), CENTRE[1] + rng.uniform(-0.05, 0.05))
            x, y = MALL if place % 2 else STATION if place % 4 else anywhere
            day = first + timedelta(days=place % 28)
            crimes.append(
                Incident(
                    import_run=run,
                    import_row=len(crimes) + 1,
                    agency=agency,
                    key=f"{month}-{place}",
                    group=Group.THEFT if place % 2 else Group.BURGLARY,
                    month=first,
                    occurred_on=day,
                    reported_on=day if day.day < 28 else first.replace(day=28),
                    longitude=x + rng.uniform(-2e-4, 2e-4),
                    latitude=y + rng.uniform(-2e-4, 2e-4),
                )
            )
        crimes[-1].reported_on = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    Incident.objects.bulk_create(crimes)
    return run


def square(agency: Agency) -> Area:
    west, south, east, north = -84.46, 33.69, -84.32, 33.81
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Area.objects.create(
        kind="beat", name="101", agency=agency, boundary={"type": "Polygon", "coordinates": [ring]}
    )


@pytest.fixture(scope="module")
def atlanta(django_db_setup: None, django_db_blocker: Any) -> Iterator[Agency]:
    """Two years of made-up crimes with a planted hot spot, looked at."""
    with kept_for_now(django_db_blocker):
        agency = make_agency("Atlanta", "USA")
        write_crimes(agency)
        beat = square(agency)
        Incident.objects.update(beat=beat)
        look_where_due(lambda *_: None)
        yield agency


def run_of(agency: Agency, subject: str = "all") -> HotspotRun:
    return HotspotRun.objects.get(agency=agency, subject=subject)


def test_the_planted_place_is_the_first_hexagon_and_the_first_cluster(atlanta: Agency) -> None:
    run = run_of(atlanta)
    assert (run.first, run.last, run.incidents) == (date(2021, 1, 1), date(2021, 12, 31), 480)
    cells = [h3.latlng_to_cell(MALL[1] + dy, MALL[0] + dx, 9) for dx in (-2e-4, 2e-4) for dy in (-2e-4, 2e-4)]
    first = run.counted.first()
    cluster = run.clusters.first()
    assert first is not None
    assert cluster is not None
    assert first.cell in cells
    assert first.flagged
    assert cluster.count >= 240
    assert abs(cluster.longitude - MALL[0]) < 1e-3
    assert cluster.radius < 100
    assert cluster.group == Group.THEFT


def test_cells_are_counted_as_by_hand(atlanta: Agency) -> None:
    places = Incident.objects.filter(month__year=2021).values_list("latitude", "longitude")
    by_hand = Counter(h3.latlng_to_cell(round(y, 6), round(x, 6), 9) for y, x in places)
    assert dict(run_of(atlanta).counted.values_list("cell", "count")) == by_hand


def test_the_universe_is_the_land_with_and_without_crime(atlanta: Agency) -> None:
    run, land = run_of(atlanta), land_of(atlanta)
    area = sum(map(hexagons.square_kilometres, land))
    assert run.universe == "land"
    assert area == pytest.approx(0.14 * 111.32 * np.cos(np.radians(33.75)) * 0.12 * 110.9, rel=0.01)
    assert run.cells >= len(land)


def test_back_tests_see_the_planted_place_every_month(atlanta: Agency) -> None:
    tests = run_of(atlanta).tests
    assert [one["month"] for one in tests] == [f"2021-{month:02}-01" for month in range(12, 4, -1)]
    assert all(one["n"] >= 20 and one["of"] == 40 and one["low"] > 1 for one in tests)


def test_what_patrols_discover_makes_no_hot_spot() -> None:
    assert not {Group.DRUGS, Group.WEAPONS} & {group for subject in SUBJECTS for group in subject.groups}


@pytest.mark.django_db
def test_without_twelve_months_the_look_abstains_in_words() -> None:
    agency = make_agency("Atlanta", "USA")
    write_crimes(agency, months=5)
    run = look(agency, SUBJECTS[0])
    assert "There are 5 at the end of the data" in run.why
    told = " ".join(signed_in("Analyst").get(reverse("crime-hotspots")).content.decode().split())
    assert "Hot spots need 12 whole months" in told


@pytest.mark.django_db
def test_of_few_crimes_none_is_shown() -> None:
    agency = make_agency("Atlanta", "USA")
    write_crimes(agency, months=12, a_month=4)
    assert "Below 100 any pattern may be chance" in look(agency, SUBJECTS[0]).why


@pytest.mark.django_db
def test_an_undone_import_leaves_the_figures_and_makes_a_look_due() -> None:
    agency = make_agency("Atlanta", "USA")
    run = write_crimes(agency, months=12)
    look(agency, SUBJECTS[0])
    assert not is_due(agency)
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"), reason="Twice")
    assert is_due(agency)
    assert look(agency, SUBJECTS[0]).incidents == 0


@pytest.mark.django_db
def test_the_worker_looks_and_the_page_of_the_job_leads_to_the_map() -> None:
    write_crimes(make_agency("Atlanta", "USA"), months=12)
    job = ask()
    jobs.work(job.pk, lambda: None)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert HotspotRun.objects.count() == len(SUBJECTS)
    assert signed_in("Analyst").get(job.get_absolute_url())["Location"] == reverse("crime-hotspots")


@pytest.mark.django_db
def test_without_data_page_and_command_say_what_to_do(capsys: Any) -> None:
    assert (
        "Import crimes with places"
        in signed_in("Policymaker").get(reverse("crime-hotspots")).content.decode()
    )
    call_command("hotspots", json=True)
    assert capsys.readouterr().out.strip() == "[]"


def page(client: Client, **query: str) -> str:
    return " ".join(client.get(reverse("crime-hotspots"), query).content.decode().split())


def test_an_analyst_sees_exact_counts_and_a_policymaker_none_below_ten(atlanta: Agency) -> None:
    count = run_of(atlanta).counted.filter(count__lt=10).first()
    assert count is not None
    exact, hidden = page(signed_in("Analyst")), page(signed_in("Policymaker"))
    assert f"{count.count} crimes</title>" in exact
    assert "fewer than ten crimes</title>" in hidden
    assert not [number for number in range(1, 10) if f": {number} crimes</title>" in hidden]
    assert "240 of 480" not in hidden or "rounded to tens" in hidden


@pytest.mark.parametrize(
    "wrong", [{"offences": "nothing"}, {"agency": "x"}, {"agency": "99999"}, {"offences": "\0"}]
)
def test_what_is_asked_wrongly_is_answered_with_everything(atlanta: Agency, wrong: dict[str, str]) -> None:
    assert "All reported crimes of twelve months" in page(signed_in("Analyst"), **wrong)


def test_of_too_few_cells_a_subject_abstains_but_others_do_not(atlanta: Agency) -> None:
    assert "In the last 12 whole months 0 of these" in page(signed_in("Analyst"), offences="violent")


def drawn(client: Client) -> tuple[int, str]:
    """Queries for the hexagons, and the page."""
    with CaptureQueriesContext(connection) as asked:
        told = page(client)
    of_map = '"cell" AS "cell", "prediction_hotspotcell"."count" AS "count"'
    return sum(of_map in one["sql"] for one in asked), told


def test_the_map_is_drawn_once_a_look_and_anew_when_an_area_is_renamed(atlanta: Agency) -> None:
    look(atlanta, SUBJECTS[0])
    analyst = signed_in("Analyst")
    (first, told), (second, again) = drawn(analyst), drawn(analyst)
    assert (first, second) == (1, 0)
    paths = r"<path class=.map-[1-5][^>]*><title>.*?</title>"
    assert re.findall(paths, told) == re.findall(paths, again)
    assert len(re.findall(paths, told)) == run_of(atlanta).counted.count()
    Area.objects.filter(name="101").update(name="Mall & Station")
    renamed, told = drawn(analyst)
    assert renamed == 1
    assert "Beat Mall &amp; Station: " in told
    assert "Beat 101" not in told


def test_only_hexagons_of_the_table_have_a_key_on_the_map(atlanta: Agency) -> None:
    told = page(signed_in("Analyst"))
    rows = set(re.findall(r'data-map-row="(\w+)"', told))
    flagged = set(run_of(atlanta).counted.filter(flagged=True).values_list("cell", flat=True))
    assert rows == flagged == set(re.findall(r'data-key="(\w+)"', told))
