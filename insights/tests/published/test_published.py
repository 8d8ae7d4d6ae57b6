"""Published rates: by hand on a small table, by pandas on the published files, on the page and in every download."""

from __future__ import annotations

import csv
import io
from math import exp, sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.test import Client
from openpyxl import load_workbook

from ledger.models import ImportRun, ImportUndo, PublishedRate
from ledger.tests.factories import make_user
from ledger.tests.import_files import SHARED, loaded
from ledger.tests.stops import signed_in
from securecheck.tests.browser import assert_accessible, assert_clean

PAGE = "/fairness/published/"
FOLDER = SHARED / "stanford-opp-aggregates"
published = pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout")
FILES = {"states": "opp-stops_state.csv", "cities": "opp-stops_city.csv"}


def rate(place: str, group: str, stop_rate: float, stops: float, districts: int = 1, **more: Any) -> None:
    """Rows of one place and group, as many as it has districts. `place`: state, or “city, state”."""
    city, _, state = place.rpartition(", ")
    run, _ = ImportRun.objects.get_or_create(
        source="open-policing-rates", file_name="made-up.csv", rows_new=1
    )
    for number in range(districts):
        PublishedRate.objects.create(
            import_run=run,
            import_row=PublishedRate.objects.count() + 1,
            state=state,
            city=city or "Statewide",
            geography=city or state,
            subgeography=f"district {number}",
            group=group,
            stop_rate=stop_rate,
            stop_rate_n=stops,
            stops_per_year=stops / districts,
            **more,
        )


@pytest.fixture
def table(db: None) -> None:
    """Residents: AA 1,000 black and 10,000 white; BB 4,000 and 40,000; Lakeside 500 and 500."""
    rate("AA", "black", 0.5, 500, districts=8)
    rate("AA", "white", 0.1, 1_000, districts=8)
    rate("BB", "black", 0.1, 400, districts=2)
    rate("BB", "white", 0.2, 8_000, districts=2)
    rate("Lakeside, AA", "black", 0.6, 300, search_rate=0.1, hit_rate=0.2)
    rate("Lakeside, AA", "white", 0.2, 100, search_rate=0.05, hit_rate=0.3)


def told(**query: str) -> dict[str, Any]:
    response = signed_in("Policymaker").get(PAGE, {"format": "json", **query})
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def rows(name: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(**query)["tables"][name]["rows"]
    return found


# By hand


def test_places_are_ranked_by_stops_rate_and_ratio(table: None) -> None:
    assert [(row["place"], row["stops"], row["people"]) for row in rows("stops")] == [
        ("BB", 8_400, 44_000),
        ("AA", 1_500, 11_000),
        ("Lakeside, AA", 400, 1_000),
    ]
    by_rate = rows("rates")
    assert [row["place"] for row in by_rate] == ["Lakeside, AA", "BB", "AA"]
    assert [row["rate"] for row in by_rate] == pytest.approx([0.4, 8_400 / 44_000, 1_500 / 11_000])
    found = rows("ratios")
    assert [(row["place"], row["group"]) for row in found] == [
        ("AA", "black"),
        ("Lakeside, AA", "black"),
        ("BB", "black"),
    ]
    assert [row["ratio"] for row in found] == pytest.approx([5.0, 3.0, 0.5])


def test_intervals_follow_their_formulas(table: None) -> None:
    first = rows("ratios")[0]
    half = 1.959964 * sqrt(1 / 500 + 1 / 1_000)
    assert (first["ratio_low"], first["ratio_high"]) == pytest.approx(
        (5 * exp(-half), 5 * exp(half)), rel=1e-5
    )
    lakeside, half = rows("rates")[0], 1.959964 / sqrt(400)
    assert (lakeside["rate_low"], lakeside["rate_high"]) == pytest.approx(
        (0.4 * exp(-half), 0.4 * exp(half)), rel=1e-5
    )


def test_filters_choose_level_state_group_and_whom_to_compare_with(table: None) -> None:
    assert [row["place"] for row in rows("stops", level="cities")] == ["Lakeside, AA"]
    assert [row["place"] for row in rows("stops", state="AA")] == ["AA", "Lakeside, AA"]
    assert [row["stops"] for row in rows("stops", group="black")] == [500, 400, 300]
    assert [row["ratio"] for row in rows("ratios", reference="black")] == pytest.approx([2.0, 1 / 3, 0.2])


def test_a_mean_over_rows_is_shown_to_be_wrong_from_the_data(table: None) -> None:
    black = next(row for row in rows("averages") if (row["level"], row["group"]) == ("States", "black"))
    assert (black["over_rows"], black["over_places"], black["over_people"]) == pytest.approx(
        ((8 * 0.5 + 2 * 0.1) / 10, 0.3, 900 / 5_000)
    )
    assert black["too_high"] == pytest.approx(0.42 / 0.18 - 1)
    sentences = " ".join(told(level="states")["findings"])
    assert "4 figures stand on 20 rows" in sentences
    assert "AA alone has 80.0% of the rows" in sentences
    assert "420.0 per 1,000, 133.3% above the 180.0 of all its residents" in sentences


def test_rates_of_districts_are_drawn_against_each_other(table: None) -> None:
    [pair] = rows("pairs", measure="hit_rate")
    assert (pair["place"], pair["reference"], pair["figure"], pair["stops"]) == (
        "district 0, AA",
        0.3,
        0.2,
        400,
    )
    assert rows("pairs", measure="hit_rate", level="states") == []
    assert len(rows("pairs")) == 3


def test_what_is_missing_is_counted_and_said(table: None) -> None:
    state = {row["name"]: row for row in rows("profile") if row["level"] == "States"}
    assert (state["hit_rate"]["missing"], state["hit_rate"]["missing_share"]) == (20, 1.0)
    assert (state["stop_rate"]["distinct_values"], state["stop_rate"]["rows"]) == (3, 20)
    assert (state["stop_rate"]["lowest"], state["stop_rate"]["highest"]) == (0.1, 0.5)
    findings = told()["findings"]
    assert (
        "States: search_rate, hit_rate and inferred_threshold are missing in 20 of 20 rows (100.0%)."
        in findings
    )


def test_places_whose_rows_disagree_are_left_out_and_named(table: None) -> None:
    rate("AA", "white", 0.3, 1_000)
    body = told()
    assert body["warnings"][0].startswith("Rows of AA disagree on the stop rate")
    assert "AA" not in [row["place"] for row in body["tables"]["ratios"]["rows"]]


def test_stops_that_disagree_are_named_too_and_what_has_no_rate(table: None) -> None:
    rate("AA", "white", 0.1, 1_001)
    rate("CC", "black", 0.1, 0)
    body = told()
    assert body["warnings"][0].startswith("Rows of AA disagree on the stop rate of the place or the stops")
    assert any("AA (no white) and CC (no black and white)" in one for one in body["notes"])
    assert [row["place"] for row in body["tables"]["stops"]["rows"]] == ["BB", "AA", "Lakeside, AA"]


def test_names_that_are_patterns_are_only_text(table: None) -> None:
    """Such as a group named “up to 30% of”, in the sentence that lists what is offered."""
    rate("{x}", "100%s {0}", 2.0, 9)
    client = signed_in("Policymaker")
    reply = client.get(PAGE, {"format": "json", "group": "none"})
    assert (reply.status_code, "100%s {0}" in reply.json()["error"]) == (400, True)
    assert "Stop rates of {x} are above 1" in told()["warnings"][0]
    assert client.get(PAGE, {"state": "{x}", "group": "100%s {0}"}).status_code == 200


def test_rates_above_one_stop_a_resident_are_taken_as_they_are_and_said(table: None) -> None:
    rate("Tollgate, CC", "white", 1.0, 500)
    assert told()["warnings"] == []
    rate("Tollgate, CC", "black", 1.25, 500)
    assert rows("ratios", reference="white", state="CC")[0]["rate"] == pytest.approx(1.25)
    assert told()["warnings"][0].startswith("Stop rates of Tollgate, CC are above 1")


def test_districts_that_stand_there_twice_are_named(table: None) -> None:
    assert told()["warnings"] == []
    rate("BB", "white", 0.2, 8_000, districts=2, hit_rate=0.3)
    [warning] = told()["warnings"]
    assert warning.startswith("Districts of BB stand there twice for one group")
    assert told(state="AA")["warnings"] == []


def test_places_without_a_group_are_named_where_groups_are_joined(table: None) -> None:
    assert not any("Not every place has a stop rate" in one for one in told()["notes"])
    rate("BB", "hispanic", 0.3, 90)
    rate("Lakeside, AA", "hispanic", 0.3, 30)
    told_now = [one for one in told()["notes"] if "Not every place has a stop rate" in one]
    assert told_now == [
        "Not every place has a stop rate of every group, and the stops behind it: AA (no hispanic). There the joined stops and rate are of the others alone."
    ]
    assert not any("Not every place has a stop rate" in one for one in told(group="black")["notes"])


def test_an_undone_import_is_in_no_figure(table: None) -> None:
    run = ImportRun.objects.get()
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"), reason="Wrong file")
    client = signed_in("Policymaker")
    assert "No published rates are imported." in client.get(PAGE).content.decode()
    assert client.get(PAGE, {"format": "json"}).status_code == 404


# The door


@pytest.mark.parametrize(
    "query, why",
    [
        ({"level": "mars"}, "“mars” is not offered. Choose from: states, cities."),
        ({"state": "ZZ"}, "Choose from: AA, BB."),
        ({"group": "black", "reference": "black"}, "Choose another, or all."),
        ({"measure": "stop_rate; DROP TABLE ledger_stop"}, "is not offered"),
        ({"person": "1"}, "“person” is not known here."),
        ({"format": "pdf"}, "Choose csv, json or xlsx."),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(table: None, query: dict[str, str], why: str) -> None:
    client = signed_in("Policymaker")
    for style in ("", "json"):
        response = client.get(PAGE, {"format": style, **query} if style or "format" in query else query)
        assert response.status_code == 400
        text = response.json()["error"] if "json" in response["Content-Type"] else response.content.decode()
        assert why in text


def test_every_table_is_a_csv_and_a_sheet_with_the_same_figures(table: None) -> None:
    client = signed_in("Policymaker")
    body = told()
    book = load_workbook(io.BytesIO(client.get(PAGE, {"format": "xlsx"}).content))
    assert book.sheetnames[-1] == "Notes"
    notes = [cell.value for row in book["Notes"].iter_rows() for cell in row]
    assert any("residents of the group" in str(one) for one in notes)
    for name, one in body["tables"].items():
        text = b"".join(client.get(PAGE, {"format": "csv", "table": name})).decode("utf-8-sig")
        read = list(csv.DictReader(io.StringIO(text)))
        assert len(read) == len(one["rows"])
        assert list(read[0]) == one["columns"]
    assert book.worksheets[1].cell(2, 4).value == pytest.approx(0.4)
    assert client.get(PAGE, {"format": "csv", "table": "nothing"}).status_code == 400


def test_the_page_says_what_each_rate_divides_by(table: None) -> None:
    text = signed_in("Officer").get(PAGE).content.decode()
    for said in (
        "Stops a year ÷ residents of the group",
        "Searches ÷ stops",
        "Searches that found contraband ÷ searches",
        "is never read without a second test",
    ):
        assert said in text


def test_a_group_of_hostile_name_is_only_text(table: None) -> None:
    rate("AA", "<script>alert(1)</script>", 0.1, 100)
    text = signed_in("Officer").get(PAGE).content.decode()
    assert "<script>alert" not in text
    assert Client().get(PAGE).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_is_clean_accessible_and_fits(page_as: Any, table: None, size: str) -> None:
    page = page_as("Policymaker", size)
    for address in (PAGE, f"{PAGE}?measure=hit_rate&level=cities"):
        page.goto(address)
        page.wait_for_selector("figure.chart canvas[role=img]")
        assert_clean(page)
        assert_accessible(page)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )


# The published files, by pandas


def frame(level: str) -> pd.DataFrame:
    read = pd.read_csv(FOLDER / FILES[level], keep_default_na=False, na_values=["NA"])
    read["place"] = read["state"] if level == "states" else read["city"] + ", " + read["state"]
    return read


@published
@pytest.mark.django_db
def test_the_published_files_give_what_pandas_gives() -> None:
    for name in FILES.values():
        loaded(Path(FOLDER / name), "open-policing-rates")
    for level, rows_, figures in (("states", 4_053, 63), ("cities", 7_746, 102)):
        whole = frame(level)
        once = whole.drop_duplicates(["place", "subject_race"]).assign(
            people=lambda one: one.stop_rate_n / one.stop_rate
        )
        assert (len(whole), len(once)) == (rows_, figures)
        assert whole.groupby(["place", "subject_race"])["stop_rate"].nunique().max() == 1
        by_place = (
            once.groupby("place")[["stop_rate_n", "people"]]
            .sum()
            .assign(rate=lambda one: one.stop_rate_n / one.people)
        )
        body = told(level=level, reference="white")
        ranks = {name: body["tables"][name]["rows"] for name in ("stops", "rates", "ratios", "averages")}
        assert [row["place"] for row in ranks["stops"]] == by_place.sort_values(
            "stop_rate_n", ascending=False
        ).index[:10].to_list()
        top = by_place.sort_values("rate", ascending=False)[:10]
        assert [row["place"] for row in ranks["rates"]] == top.index.to_list()
        assert [row["rate"] for row in ranks["rates"]] == pytest.approx(top["rate"].to_list())
        wide = once.pivot(index="place", columns="subject_race", values="stop_rate")
        ratios = (
            pd.concat([wide[group] / wide["white"] for group in ("black", "hispanic")])
            .dropna()
            .sort_values(ascending=False)
        )
        assert [row["ratio"] for row in ranks["ratios"]] == pytest.approx(ratios[:10].to_list())
        for row in ranks["averages"]:
            own = whole[whole.subject_race == row["group"]]
            assert row["over_rows"] == pytest.approx(own["stop_rate"].mean())
        assert body["summary"]["rows"] == rows_
        assert any(f"{figures} figures stand on {rows_:,} rows" in one for one in body["findings"])
    missing = {(row["level"], row["name"]): row["missing"] for row in told()["tables"]["profile"]["rows"]}
    assert (missing["States", "hit_rate"], missing["Cities", "hit_rate"]) == (3_378, 7_572)
