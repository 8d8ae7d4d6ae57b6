"""Questions of readers: every choice by a second computation, from facts and from cubes, in every form; and what makes none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from insights import cubes, explore
from insights.codes import Codes
from insights.columns import HIDDEN, Label
from insights.drill import Drill
from insights.explore import GROUPINGS, MEASURES, STEPS, Choice, exploration
from insights.filters import FilterError, Filters
from insights.measures import MEASURES as MEASURES_OF_FACTS
from insights.models import CUBES, StopFact
from insights.relation import DIMENSIONS, base_dimensions, run_sql
from insights.sizes import Sizes
from insights.tests import reference
from insights.tests.conftest import kept_for_now
from insights.tests.disclosure_ledger import write_ledger
from insights.tests.test_drill import counted
from insights.viewer import Viewer
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
SYSTEM = Viewer.system()
URL = "/insights/explore/"
ALONE = "Hilltop Police"  # of which the ledger that the tests share knows nothing


def alone(**fields: Any) -> None:
    make_stop(make_agency(ALONE), **fields)


def choices() -> list[Choice]:
    """Every measure with every grouping and step, and with a second grouping by lot."""
    found, dice = [], random.Random(5)
    for measure, group, step in product(MEASURES, ["", *GROUPINGS], ["", *STEPS]):
        other = dice.choice(["", *GROUPINGS])
        try:
            found.append(Choice.of(measure, group, other if dice.random() < 0.4 and group else "", step))
        except FilterError:
            pass
    return found


SOME = random.Random(9).sample(choices(), 40)
each = pytest.mark.parametrize("choice", SOME, ids=lambda one: "-".join((one.measure, *one.by, one.step)))


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """1,500 persons of every kind as a table of pandas, with a column for each label."""
    import pandas as pd

    with kept_for_now(django_db_blocker):
        write_ledger(seed=21, persons=1500)
        frame = pd.DataFrame(list(StopFact.objects.values()))
        codes = Codes()
        for name in ("country", "agency", "post", "violation", "outcome", "race", "gender", "age_band"):
            frame[name] = frame[name].map(codes.labels(name))
        days = pd.to_datetime(frame["day"])
        frame["weekday"] = days.dt.day_name()
        frame["quarter"] = days.dt.quarter
        night = frame["hour"].isin([20, 21, 22, 23, 0, 1, 2, 3, 4])
        frame["period"] = night.map({True: "Night", False: "Day"}).where(frame["hour"] >= 0, "Unknown")
        frame["hour"] = frame["hour"].astype(object).where(frame["hour"] >= 0, None)
        for name in ("searched", "arrested", "drugs", "hit"):
            frame[name] = frame[name].map(lambda mark: mark is True)
        yield frame


PARTS = {
    "search": ("searches", lambda g: g["searched"].sum()),
    "arrest": ("arrests", lambda g: g["arrested"].sum()),
    "hit": ("hits", lambda g: (g["searched"] & g["hit"]).sum()),
    "citation": ("citations", lambda g: (g["outcome"] == "Citation").sum()),
    "warning": ("warnings", lambda g: (g["outcome"] == "Warning").sum()),
    "drugs": ("drug_stops", lambda g: g["drugs"].sum()),
}


def due(frame: Any, choice: Choice) -> dict[Any, dict[str, Any]]:
    """The rows of a choice by pandas, by their labels."""
    names = list(choice.labels)
    found = {}
    for key, group in frame.groupby(names, dropna=False):
        label = tuple(None if value != value else value for value in key)
        row: dict[str, Any] = {"stops": len(group)}
        if choice.measure == "stops":
            row |= {"share": len(group) / len(frame)} if not choice.step else {}
        else:
            name, counting = PARTS[choice.measure]
            part, base = (
                int(counting(group)),
                int(group["searched"].sum()) if choice.measure == "hit" else len(group),
            )
            low, high = reference.interval(part, base) if base else (None, None)
            row |= {name: part, "rate": part / base if base else None, "low": low, "high": high}
            row |= {"searches": base} if choice.measure == "hit" else {}
        found[label] = row
    return found


def near(value: Any) -> Any:
    return pytest.approx(value, abs=1e-12) if isinstance(value, float) else value


@each
def test_every_figure_equals_a_second_computation(ledger: Any, choice: Choice) -> None:
    insight = exploration(choice)
    for given, frame in (
        ({}, ledger),
        (
            {"country": "India", "searched": "yes"},
            ledger[(ledger["country"] == "India") & ledger["searched"]],
        ),
    ):
        rows = insight.answer(Filters.read(given, Codes()), SYSTEM).rows
        found = {tuple(row[name] for name in choice.labels): row for row in rows}
        expected = due(frame, choice)
        assert found.keys() == expected.keys()
        assert len(found) == len(rows)
        for label, row in expected.items():
            for key, value in row.items():
                assert found[label][key] == near(value), (label, key)


@pytest.mark.parametrize("seed", range(3))
def test_cubes_and_facts_give_the_same_answer(
    ledger: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, read = random.Random(seed), set()
    cheap = Sizes({StopFact._meta.db_table: 1e9}, {}, None, None)
    for choice in dice.sample(choices(), 25):
        insight = exploration(choice)
        given = dice.choice(
            ({}, {"country": "USA"}, {"date_after": "2024-02-11"}, {"arrested": "yes"}, {"gender": "Male"})
        )
        filters = Filters.read(given, Codes())
        exact = insight.answer(filters, SYSTEM)
        with monkeypatch.context() as patched:
            patched.setattr("insights.relation.sizes", lambda: cheap)
            found = insight.answer(filters, SYSTEM)
            read.add(run_sql("SELECT 1", filters, insight.dimensions(), insight.measures()).reads)
        assert found.rows == exact.rows, (choice, given)
        assert found.summary == exact.summary, (choice, given)
    assert len(read - {"facts"}) >= 3, read


@each
def test_every_choice_keeps_the_contract_of_an_insight(ledger: Any, choice: Choice) -> None:
    insight = exploration(choice)
    answer = insight.answer(Filters.read({}, Codes()), SYSTEM)
    assert answer.rows
    assert all(list(row) == answer.columns == list(insight.columns) for row in answer.rows)
    assert insight.question.endswith("?")
    assert set(base_dimensions(choice.labels)) <= set(DIMENSIONS)
    assert set(insight.dimensions()) == set(base_dimensions(choice.labels))
    assert all(insight.limits)
    assert insight.finding(answer).endswith((".", "needs."))
    figures = {key for key, column in insight.columns.items() if not isinstance(column, Label)}
    hidden = [row | dict.fromkeys(figures, HIDDEN) for row in answer.rows]
    assert insight.arrange(list(reversed(hidden))) == insight.arrange(hidden)
    said = insight.finding(replace(answer, rows=hidden, summary=dict.fromkeys(answer.summary, HIDDEN)))
    assert HIDDEN not in said
    chart = insight.chart.draw(insight.title, insight.columns, hidden)
    assert all(value in (None, 0) for one in chart["series"] for value in one["values"])


def test_persons_are_counted_once_in_every_choice(ledger: Any) -> None:
    for choice in choices():
        rows = exploration(choice).answer(Filters.read({}, Codes()), SYSTEM).rows
        assert sum(row["stops"] for row in rows) == len(ledger), choice


def answered(by: str = "", by2: str = "", step: str = "", measure: str = "stops") -> Any:
    insight = exploration(Choice.of(measure, by, by2, step))
    return insight, insight.answer(Filters.read({"agency": ALONE}, Codes()), SYSTEM)


def test_weekdays_stand_in_the_order_of_the_week() -> None:
    for day in (7, 2, 5, 6):
        alone(on=date(2026, 3, day))
    insight, answer = answered("weekday", "hour")
    assert [row["weekday"] for row in answer.rows] == ["Monday", "Thursday", "Friday", "Saturday"]
    chart = insight.chart.draw(insight.title, insight.columns, answer.rows)
    assert (chart["type"], [one["label"] for one in chart["series"]]) == (
        "grid",
        ["Monday", "Thursday", "Friday", "Saturday"],
    )
    assert chart["x"] == [str(hour) for hour in range(24)]


def test_a_month_without_stops_keeps_its_place_on_the_axis() -> None:
    alone(on=date(2025, 11, 5), arrested=True)
    alone(on=date(2026, 2, 5))
    insight, answer = answered(measure="arrest", step="month")
    chart = insight.chart.draw(insight.title, insight.columns, answer.rows)
    assert chart["x"] == ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]
    assert chart["series"][0]["values"] == [1, None, None, 0]
    insight, answer = answered("violation", step="quarter")
    chart = insight.chart.draw(insight.title, insight.columns, answer.rows)
    assert (chart["x"], chart["series"][0]["values"]) == (["Q4 2025", "Q1 2026"], [1, 1])


def test_a_find_without_a_search_is_no_hit() -> None:
    alone(searched=True, contraband_found=True)
    alone(searched=True, contraband_found=False)
    alone(searched=True, contraband_found=None)
    alone(searched=False, contraband_found=True)
    alone(searched=None, contraband_found=True)
    _, answer = answered("gender", measure="hit")
    (row,) = answer.rows
    assert (row["stops"], row["searches"], row["hits"], row["rate"]) == (5, 3, 1, 1 / 3)


def test_sums_of_an_older_ledger_are_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The migration takes from the cubes what was found without a search."""
    alone(searched=False, contraband_found=True)
    alone(searched=None, contraband_found=True, violation="DUI")
    alone(searched=True, contraband_found=True)
    with monkeypatch.context() as patched:
        patched.setitem(MEASURES_OF_FACTS, "hits", "(hit IS TRUE)::int")
        cubes.rebuild({})
    assert set(cubes.differences()) == {cube.__name__ for cube in CUBES}
    with connection.schema_editor() as editor:
        import_module("insights.migrations.0008_hits_of_searches").count_again(apps, editor)
    assert cubes.differences() == {}


def test_the_base_of_a_hit_rate_are_the_searches() -> None:
    for number in range(40):
        alone(searched=number < 35, contraband_found=number < 7, race="Asian")
    insight, answer = answered("race", measure="hit")
    assert "20.0% (95% interval 10.0% to 35.9%) of 35" in insight.finding(answer)
    assert insight.chart.draw("T", insight.columns, answer.rows)["series"][0]["n"] == [35]


def test_the_rows_behind_a_figure_are_as_many(ledger: Any) -> None:
    make_agency("Riverton Police")
    agency = make_agency("India")
    viewer = Viewer(agency=agency, rows=True)
    for choice in (
        Choice("hit", ("weekday", "period"), ""),
        Choice("citation", ("post",), "quarter"),
        Choice("drugs", ("agency", "age"), ""),
        Choice("stops", ("outcome", "hour"), ""),
    ):
        insight = exploration(choice)
        answer = insight.answer(Filters.read({"agency": "India"}, Codes()), viewer)
        drill = Drill.of(insight, answer, viewer)
        assert drill
        for row in random.Random(2).sample(answer.rows, min(4, len(answer.rows))):
            for key in ("stops", "searches", "hits", "citations", "drug_stops"):
                if row.get(key):
                    assert counted(drill.behind(key, row), "India")[0] == row[key], (choice, key, row)


def test_a_row_of_the_own_agency_leads_on_from_a_page_of_all(ledger: Any) -> None:
    viewer = Viewer(agency=make_agency("India"), rows=True)
    insight = exploration(Choice("arrest", ("agency",), ""))
    answer = insight.answer(Filters.read({}, Codes()), viewer)
    drill = Drill.of(insight, answer, viewer)
    assert drill
    assert {row["agency"] for row in answer.rows if drill.behind("stops", row)} <= {"India"}


# The page


@pytest.fixture
def analyst() -> Client:
    client = Client()
    client.force_login(make_user("Analyst"))
    return client


def test_the_page_opens_with_stops_month_by_month(analyst: Client) -> None:
    make_stop()
    text = analyst.get(URL).content.decode()
    assert "How many people are stopped, month by month?" in text
    assert '<option value="month" selected>Month by month</option>' in text


def test_the_question_stays_while_filters_come_and_go(analyst: Client) -> None:
    make_stop()
    text = analyst.get(f"{URL}?measure=arrest&by=violation&country=India").content.decode()
    assert "How often do stops end in arrest by violation?" in text
    assert f'href="{URL}?measure=arrest&amp;by=violation">Clear all' in text
    assert f'href="{URL}?measure=arrest&amp;by=violation&amp;country=India&amp;format=csv"' in text
    assert 'value="arrest" selected' in text


def test_every_form_holds_the_same_figures_under_a_name_that_says_the_question(analyst: Client) -> None:
    for number in range(4):
        alone(arrested=number < 3)
    query = f"measure=arrest&by=violation&by2=gender&agency={ALONE.replace(' ', '+')}"
    told = analyst.get(f"{URL}?{query}&format=json").json()
    assert (told["slug"], told["title"]) == ("explore", "Arrest rate by violation and gender")
    reply = analyst.get(f"{URL}?{query}&format=csv")
    lines = reply.getvalue().decode("utf-8-sig").splitlines()
    assert (
        reply["Content-Disposition"]
        == 'attachment; filename="explore-arrest-rate-by-violation-and-gender_agency-hilltop-police.csv"'
    )
    assert lines[1].startswith('"Speeding","Male",4,3,0.75,')
    assert told["rows"][0]["rate"] == 0.75
    assert "75.0%" in analyst.get(f"{URL}?{query}").content.decode()
    assert analyst.get(f"{URL}?{query}&format=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            "measure=beauty",
            "“beauty” is not offered. Choose from: stops, search, arrest, hit, citation, warning, drugs.",
        ),
        ("by=officer", "“officer” is not offered. Choose from: country, agency,"),
        ("by=race&by2=race", "Is the grouping already chosen."),
        ("measure=warning&by2=outcome", "Of each outcome the warning rate is all or nothing."),
        ("step=day", "“day” is not offered. Choose from: year, quarter, month."),
        ("by=%00", "is not offered."),
        ("by=race%27--&by2=race", "is not offered."),
        ("by=race&by=gender", "Is given more than once with different values."),
        ("measure=arrest&by=race&colour=red", "There is no filter “colour”."),
        ("measure=" + "x" * 3000, "is not offered."),
        ("vehicle=AB1", "Vehicle numbers are for those who may read stops."),
    ],
)
def test_what_makes_no_question_is_answered_in_words(analyst: Client, query: str, says: str) -> None:
    make_stop()
    for style in ("", "&format=json", "&format=csv"):
        reply = analyst.get(f"{URL}?{query}{style}")
        assert reply.status_code == 400
        text = reply.json()["error"] if "json" in style else reply.content.decode()
        assert says in text.replace("&#x27;", "'")


def test_more_rows_than_a_page_can_bear_are_refused_in_words(
    analyst: Client, ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore, "MOST_ROWS", 20)
    reply = analyst.get(f"{URL}?by=violation&by2=race&step=month")
    assert reply.status_code == 400
    assert "These groups make more than 20 rows." in reply.content.decode()
    assert analyst.get(f"{URL}?by=violation").status_code == 200


@pytest.mark.parametrize("role", ["Policymaker", "Officer"])
def test_small_counts_are_hidden_from_those_who_may_not_see_them(ledger: Any, role: str) -> None:
    client = Client()
    client.force_login(make_user(role))
    hidden = 0
    for choice in SOME[:20]:
        query = {"measure": choice.measure, "step": choice.step, "format": "json"}
        query |= dict(zip(("by", "by2"), choice.by, strict=False))
        for row in client.get(URL, query).json()["rows"]:
            counts = [row.get(key) for key in ("stops", *(name for name, _ in PARTS.values()))]
            assert not any(isinstance(count, int) and 0 < count < 10 for count in counts), (choice, row)
            hidden += HIDDEN in counts
    assert hidden > 50
