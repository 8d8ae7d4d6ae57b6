"""Crime by the hour, its map and its record taken away: every figure is the page's."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ledger.models import Agency, Area, AuditEvent
from ledger.tests.stops import signed_in
from prediction.crime.mapping import written
from prediction.crime.telling import figure
from prediction.tests.crime.test_map import city  # noqa: F401  a fixture
from prediction.tests.taken_away import page_tables, same_in_every_form, sheets, taken

pytestmark = pytest.mark.django_db
MAP, HOURS, RECORD = (
    "/crime/map/?month=2025-07&offence=robbery&hour=21",
    "/crime/?area=Docks",
    "/prediction/crime/record/",
)


def whole(text: str) -> str:
    return f"{int(text):,}"


def test_the_map_is_taken_away_as_the_page_has_it(city: Agency) -> None:  # noqa: F811
    client = signed_in("Policymaker")
    hours = "in the month between 21:00 and 21:59"
    caption = f"Expected incidents by area {hours}, the most first, and those recorded a year before"
    _, *shown = page_tables(client, MAP)[caption]
    rows = taken(client, MAP, "areas")
    assert len(rows) == len(shown) == 3
    for row, (area, expected, interval, before) in zip(rows, shown, strict=True):
        assert (row["area"], f"{whole(row['low'])} to {whole(row['high'])}") == (area, interval)
        assert whole(row["recorded_year_before"]) == before
        # What is taken away has four decimals, so that a figure on the edge may be written the other way.
        assert (
            abs(float(row["expected"]) - float(expected)) <= 0.0051
            if float(expected) < 1
            else written(float(row["expected"])) == expected
        )
    same_in_every_form(client, MAP, ["areas"])
    told = client.get(f"{MAP}&format=json").json()
    assert (
        told["summary"] | {"month": "2025-07", "hour": "21:00 to 21:59", "areas_in_all": 3} == told["summary"]
    )
    assert AuditEvent.objects.filter(object_kind="crime", object_id="map-2025-07").count() == 5


def test_a_year_before_that_is_unknown_is_an_empty_cell(city: Agency) -> None:  # noqa: F811
    client, unknown = signed_in("Policymaker"), MAP.replace("2025-07", "2025-09")
    assert {row["recorded_year_before"] for row in taken(client, unknown, "areas")} == {""}
    told = client.get(f"{unknown}&format=json").json()
    assert {row["recorded_year_before"] for row in told["tables"]["areas"]["rows"]} == {None}
    assert told["summary"]["covered_days_year_before"] == 0


def test_the_tables_beside_the_hours_are_taken_away(city: Agency) -> None:  # noqa: F811
    client = signed_in("Policymaker")
    tables = page_tables(client, HOURS)
    _, *types = tables[
        "Groups of offences: expected in the month and recorded in the last twelve months with data"
    ]
    assert types == [
        [
            row["offences"],
            figure(float(row["expected"])) if row["expected"] else "–",
            whole(row["recorded"]),
            row["known_through"],
        ]
        for row in taken(client, HOURS, "types")
    ]
    _, *months = tables["Incidents per day, month by month, the newest first"]
    assert months == [
        [
            f"{date.fromisoformat(row['month'] + '-01'):%B %Y}",
            whole(row["recorded"]),
            whole(row["covered_days"]),
            figure(float(row["recorded_per_day"])) if row["recorded_per_day"] else "–",
        ]
        for row in taken(client, HOURS, "months")
    ]
    same_in_every_form(client, HOURS, ["hours", "types", "months"])
    told = client.get(f"{HOURS}&format=json").json()
    assert told["rows"] == told["tables"]["hours"]["rows"]
    assert [row["hour"] for row in taken(client, HOURS)] == [row["hour"] for row in told["rows"]]


def test_the_record_is_a_spreadsheet_of_forecasts_back_tests_and_plans(city: Agency) -> None:  # noqa: F811
    client = signed_in("Policymaker")
    book = sheets(client, RECORD)
    assert list(book) == ["forecasts", "backtests", "plans", "Notes"]
    by_csv = taken(client, RECORD)
    head, *rows = book["forecasts"]
    assert len(head) == len(by_csv[0])
    assert [["" if cell is None else str(cell) for cell in row] for row in rows] == [
        list(row.values()) for row in by_csv
    ]
    shown = page_tables(client, RECORD)
    assert len(rows) == len(shown["Forecasts, the newest month first"]) - 1
    tests = taken(client, RECORD, "backtests")
    _, *months = shown["Months of the last back-test"]
    assert [
        [
            row["agency"],
            whole(row["happened"]),
            f"{float(row['deviance']):.4f}",
            f"{float(row['deviance_flat']):.4f}",
        ]
        for row in tests
    ] == [[row[1], row[3].split()[0], row[4], row[5]] for row in months]
    told = json.loads(client.get(f"{RECORD}?format=json").content)
    assert told["definitions"]["PEI"].startswith("Those incidents ÷ the most")


@pytest.mark.parametrize("address", [MAP, HOURS, f"{RECORD}?x=1"])
@pytest.mark.parametrize("wrong", ["format=pdf", "format=csv&table=secrets", "format=csv&table=%00"])
def test_what_is_not_offered_is_answered_with_a_sentence(city: Agency, address: str, wrong: str) -> None:  # noqa: F811
    assert signed_in("Analyst").get(f"{address}&{wrong}").status_code == 400


def test_a_hostile_name_stays_text_in_every_form(city: Agency) -> None:  # noqa: F811
    Area.objects.filter(name="Docks").update(name="=1+1")
    client = signed_in("Analyst")
    assert "'=1+1" in {row["area"] for row in taken(client, MAP, "areas")}
    assert "=1+1" in {row[0] for row in sheets(client, MAP)["areas"]}
    assert "=1+1" in {
        row["area"] for row in client.get(f"{MAP}&format=json").json()["tables"]["areas"]["rows"]
    }
