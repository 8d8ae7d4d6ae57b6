"""The pages of trust: figures against hand computation, what is asked in the address, downloads, refusals, abstaining."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from insights.models import Event
from insights.statistics import wilson
from insights.tests.trust import survey
from ledger.models import AuditEvent, Country, ImportUndo
from ledger.tests.factories import make_agency, make_user
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db
ROLES = ("Officer", "Supervisor", "Policymaker", "Analyst")


def get(path: str, role: str = "Policymaker") -> Any:
    return signed_in(role).get(path)


def answer(path: str) -> dict[str, Any]:
    reply = get(f"{path}{'&' if '?' in path else '?'}format=json")
    assert reply.status_code == 200, reply.content
    found: dict[str, Any] = reply.json()
    return found


def by(found: dict[str, Any], table: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in found["tables"][table]["rows"]}


def page_of_area(name: str) -> str:
    return f"/trust/areas/{survey.area(name).pk}/"


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_ledger_is_told_in_words(role: str) -> None:
    reply = get("/trust/", role)
    assert reply.status_code == 200
    assert "There are no survey figures of several periods" in reply.content.decode()
    for style in ("json", "csv", "xlsx"):
        reply = get(f"/trust/?format={style}", role)
        assert reply.status_code == 404
        assert "There are no survey figures" in reply.content.decode()


def test_areas_stand_above_below_or_cannot_be_told() -> None:
    survey.write(survey.plain)
    found = answer("/trust/")
    areas = by(found, "areas", "area")
    assert {name: row["against"] for name, row in areas.items()} == {
        "Barnet": "above",
        "Bexley": "below",
        "Brent": "cannot tell",
        "Camden": "cannot tell",
    }
    assert (areas["Barnet"]["share_low"], areas["Barnet"]["share_high"]) == pytest.approx(
        wilson(0.78 * 400, 400)
    )
    assert areas["Barnet"]["gap"] == pytest.approx(0.1)
    assert found["summary"] | {"share": 0.68} == {
        "survey": "PAS by borough",
        "measure": "Trust MPS",
        "period": "2022 Q4",
        "asked": 400,
        "design_effect": 1.0,
        "share": 0.68,
        "low": pytest.approx(wilson(0.68 * 1600, 1600)[0]),
        "high": pytest.approx(wilson(0.68 * 1600, 1600)[1]),
        "above": 1,
        "below": 1,
        "cannot_tell": 2,
    }


def test_the_gap_worked_out_by_hand() -> None:
    """Barnet 0.78 of 400, the force 0.68 of 1,600: the other 1,200 then have (0.68 · 1600 − 0.78 · 400) / 1200."""
    survey.write(survey.plain)
    row = by(answer("/trust/"), "areas", "area")["Barnet"]
    rest = (0.68 * 1600 - 0.78 * 400) / 1200
    low, high = wilson(0.78 * 400, 400)
    rest_low, rest_high = wilson(rest * 1200, 1200)
    assert low is not None
    assert high is not None
    assert rest_low is not None
    assert rest_high is not None
    down = ((0.78 - low) ** 2 + (rest_high - rest) ** 2) ** 0.5
    up = ((high - 0.78) ** 2 + (rest - rest_low) ** 2) ** 0.5
    assert row["gap_low"] == pytest.approx(0.10 - 0.75 * down)
    assert row["gap_high"] == pytest.approx(0.10 + 0.75 * up)


def test_what_is_assumed_of_the_number_asked_is_said_and_can_be_set() -> None:
    survey.write(survey.plain)
    page = get("/trust/").content.decode()
    assert "400 of each area are assumed (the survey&#x27;s own statement of its design" in page
    assert "±4.9 points" in page
    few = by(answer("/trust/?asked=20"), "areas", "area")["Barnet"]
    assert (few["share_low"], few["share_high"]) == pytest.approx(wilson(0.78 * 20, 20))
    assert few["against"] == "cannot tell"
    costly = by(answer("/trust/?effect=4"), "areas", "area")["Barnet"]
    assert (costly["share_low"], costly["share_high"]) == pytest.approx(wilson(0.78 * 100, 100))


def test_a_survey_of_which_nothing_is_known_has_no_interval() -> None:
    survey.write(survey.plain, survey="Town survey")
    found = answer("/trust/")
    row = by(found, "areas", "area")["Barnet"]
    assert (row["share"], row["share_low"], row["gap_low"], row["against"]) == (0.78, None, None, None)
    assert "Nothing is known of how many people were asked" in " ".join(found["findings"])


def test_a_base_in_the_file_goes_before_what_is_assumed() -> None:
    survey.write(survey.plain, base=50)
    row = by(answer("/trust/"), "areas", "area")["Barnet"]
    assert (row["share_low"], row["share_high"]) == pytest.approx(wilson(0.78 * 50, 50))


def test_an_undone_import_is_out_and_a_newer_one_goes_first() -> None:
    survey.write(survey.plain)
    newer = survey.write(lambda name, measure, day: 0.5)
    assert by(answer("/trust/"), "areas", "area")["Barnet"]["share"] == 0.5
    ImportUndo.objects.create(import_run=newer, user=make_user("Analyst"), reason="wrong file")
    assert by(answer("/trust/"), "areas", "area")["Barnet"]["share"] == pytest.approx(0.78)


def test_measure_and_period_are_in_the_address() -> None:
    survey.write(survey.plain)
    found = answer("/trust/?measure=Treat everyone fairly&period=2021 Q2")
    assert by(found, "areas", "area")["Barnet"]["share"] == pytest.approx(0.70)
    assert found["summary"]["measure"] == "Treat everyone fairly"
    assert "no figure of a year before" in found["findings"][0]


def test_a_change_is_over_a_year_with_its_interval() -> None:
    survey.write(survey.plain)
    measures = by(answer("/trust/"), "measures", "measure")
    assert measures["Trust MPS"]["change"] == pytest.approx(-0.02)
    low, _high = wilson(0.68 * 1600, 1600)
    _was_low, was_high = wilson(0.70 * 1600, 1600)
    assert low is not None
    assert was_high is not None
    down = ((0.68 - low) ** 2 + (was_high - 0.70) ** 2) ** 0.5
    assert measures["Trust MPS"]["change_low"] == pytest.approx(-0.02 - down)
    assert measures["Trust MPS"]["moved"] == "cannot tell"


@pytest.mark.parametrize(
    "query",
    [
        "measure=Height",
        "period=2031 Q1",
        "period=' OR 1=1",
        "asked=0",
        "asked=many",
        "asked=99999999999999999999",
        "effect=0.2",
        "effect=nan",
        "effect=1e9",
        "survey=Other",
        "borough=Barnet",
        "measure=%00",
    ],
)
def test_what_cannot_be_understood_is_refused_without_figures(query: str) -> None:
    survey.write(survey.plain)
    for path in ("/trust/", page_of_area("Barnet")):
        reply = get(f"{path}?{query}")
        assert reply.status_code == 400
        assert "78.0%" not in reply.content.decode()
        assert get(f"{path}?{query}&format=json").json()["error"]


def test_downloads_hold_the_figures_of_the_page() -> None:
    survey.write(survey.plain)
    text = b"".join(get("/trust/?format=csv&table=areas").streaming_content).decode("utf-8-sig")
    rows = {row["area"]: row for row in csv.DictReader(io.StringIO(text))}
    assert float(rows["Barnet"]["share"]) == pytest.approx(0.78)
    book = load_workbook(io.BytesIO(get("/trust/?format=xlsx").content))
    assert book.sheetnames == ["trend", "areas", "measures", "Notes"]
    assert [cell.value for cell in book["areas"]["A"]][1:] == ["Barnet", "Bexley", "Brent", "Camden"]
    assert get("/trust/?format=pdf").status_code == 400
    assert get("/trust/?format=csv&table=secrets").status_code == 400
    assert AuditEvent.objects.filter(object_kind="trust").count() == 2


def test_an_area_has_a_page_of_all_its_measures() -> None:
    survey.write(survey.plain)
    found = answer(page_of_area("Barnet"))
    assert found["summary"]["gap"] == pytest.approx(0.1)
    assert {row["measure"]: row["against"] for row in found["tables"]["measures"]["rows"]} == {
        "Treat everyone fairly": "above",
        "Trust MPS": "above",
    }
    assert len(found["tables"]["trend"]["rows"]) == 8
    assert "Barnet lies above the force on “Trust MPS” in 2022 Q4" in found["findings"][0]


def test_an_area_without_figures_has_no_page() -> None:
    survey.write(survey.plain)
    assert get(f"/trust/areas/{survey.area('Sutton').pk}/").status_code == 404
    assert get("/trust/areas/999999999999/").status_code == 404


def test_events_of_all_and_of_the_country_are_marked() -> None:
    survey.write(survey.plain)
    kingdom, _ = Country.objects.get_or_create(name="United Kingdom")
    day = date(2022, 2, 10)
    Event.objects.create(day=day, text="Everywhere")
    Event.objects.create(day=day, text="New commissioner", country=kingdom)
    Event.objects.create(day=day, text="Elsewhere", agency=make_agency("Pune", "India"))
    Event.objects.create(day=date(2025, 1, 1), text="Later")
    page = get("/trust/").content.decode()
    assert "New commissioner" in page
    assert "Everywhere" in page
    assert "Elsewhere" not in page
    assert "Later" not in page
    assert '"at": "2022 Q1"' in page


def test_boroughs_stand_in_a_grid_and_other_areas_do_not() -> None:
    survey.write(survey.plain)
    page = get("/trust/").content.decode()
    assert "a grid, not a map" in page
    assert page.count('class="tile ') == 4
    survey.write(survey.plain, boroughs=["Barnet", "Gotham"], survey="Other", days=survey.QUARTERS[:4])
    assert 'class="tile ' not in get("/trust/?survey=Other by borough").content.decode()


def test_names_of_measures_and_areas_are_text() -> None:
    survey.write(lambda *_: 0.5, boroughs=["<b>Bold</b>"], measures=["<script>alert(1)</script>"])
    page = get("/trust/").content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>Bold</b>" not in page


def test_a_map_is_drawn_where_the_ledger_has_boundaries() -> None:
    survey.write(survey.plain)
    for number, name in enumerate(survey.BOROUGHS):
        west, south = -0.2 + number / 10, 51.5
        ring = [
            [west, south],
            [west + 0.1, south],
            [west + 0.1, south + 0.1],
            [west, south + 0.1],
            [west, south],
        ]
        place = survey.area(name)
        place.boundary = {"type": "Polygon", "coordinates": [ring]}
        place.save()
    page = get("/trust/").content.decode()
    assert 'data-map="trust-map"' in page
    assert 'class="tile ' not in page
    assert "78.0% (73.7% to 81.8%), above the force" in page
    assert (
        f'href="{page_of_area("Barnet")}?survey=PAS+by+borough&amp;measure=Trust+MPS&amp;period=2022+Q4"'
        in page
    )
