"""What every insight owes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from insights.catalogue import CATALOGUE, find
from insights.columns import HIDDEN, Count, Label, Low, Rank, Share
from insights.filters import Filters
from insights.findings import NOTHING
from insights.insight import GROUPS, Answer, Insight
from insights.measures import MEASURES
from insights.relation import DIMENSIONS, FORMULAS, PARTS, tally
from insights.tests.conftest import write_forty_stops
from insights.viewer import Viewer
from ledger.choices import NIGHT_HOURS
from ledger.tests.factories import make_stop

ROOT = Path(__file__).parents[2]
SYSTEM = Viewer.system()
# Columns of docs of the questions, which stay put; further ones may follow.
COLUMNS = {
    "top-drug-vehicles": "vehicle stops",
    "most-searched-vehicles": "vehicle stops searches",
    "arrest-rate-by-age-band": "age_band stops arrests rate low high",
    "gender-by-country": "country gender stops share",
    "search-rate-by-race-and-gender": "race gender stops searches rate low high",
    "stops-by-hour": "hour stops share",
    "duration-by-violation": "violation stops mean_minutes share_0_15 share_16_30 share_30_plus",
    "night-arrest-rate": "period stops arrests rate low high",
    "violations-leading-to-search-or-arrest": "violation stops searches arrests either search_rate arrest_rate rate low high",
    "violations-under-25": "violation stops share",
    "violations-rarely-enforced": "violation stops either rate low high",
    "drug-rate-by-country": "country stops drug_stops rate low high",
    "arrest-rate-by-country-and-violation": "country violation stops arrests rate low high",
    "searches-by-country": "country stops searches rate low high",
    "yearly-stops-and-arrests": "country year stops arrests rate running_stops running_arrests change",
    "violation-trends-by-age-and-race": "year age_band race violation stops share",
    "stops-over-time": "year month hour stops",
    "high-search-and-arrest-violations": "violation stops search_rate arrest_rate search_rank arrest_rank",
    "driver-demographics-by-country": "country age_band gender race stops share",
    "top-arrest-violations": "violation stops arrests rate low high",
    "most-common-violations": "violation stops share",
    "most-stopped-vehicles": "vehicle stops",
    "rates-by-hour": "hour stops searches search_rate arrests arrest_rate",
}
stops = pytest.mark.usefixtures("stocked")
empty = pytest.mark.django_db
each = pytest.mark.parametrize("insight", CATALOGUE, ids=lambda insight: insight.slug)


@each
def test_the_columns_of_the_questions_come_first(insight: Insight) -> None:
    due = COLUMNS.get(insight.slug, "").split()  # of a new question the reference alone says them
    assert list(insight.columns)[: len(due)] == due


@each
@stops
def test_every_row_has_exactly_the_declared_columns(insight: Insight) -> None:
    answer = insight.answer(Filters.read({}), SYSTEM)
    assert answer.rows
    assert all(list(row) == answer.columns == list(insight.columns) for row in answer.rows)


@each
@empty
def test_an_empty_ledger_is_answered_with_no_rows(insight: Insight) -> None:
    answer = insight.answer(Filters.read({}), SYSTEM)
    assert answer.rows == []
    assert insight.finding(answer) == NOTHING
    assert insight.remarks(answer) == ()
    assert insight.chart.draw(insight.title, insight.columns, answer.rows)["x"] == []


@each
@stops
def test_filters_are_obeyed(insight: Insight) -> None:
    """Two stops that differ in everything: each filter leaves one of them or none."""
    everything = insight.answer(Filters.read({}), SYSTEM).rows
    assert insight.answer(Filters.read({"country": "Unknown"}), SYSTEM).rows == []
    for one in (
        {"country": "India"},
        {"violation": "DUI"},
        {"date_after": "2025-01-01"},
        {"drugs": "yes", "searched": "yes"},
    ):
        assert insight.answer(Filters.read(one), SYSTEM).rows != everything, one


WHOLE = [insight for insight in CATALOGUE if not (insight.vehicles or insight.within or insight.limit)]


@pytest.mark.parametrize("insight", WHOLE, ids=lambda insight: insight.slug)
@stops
def test_persons_are_counted_once(insight: Insight) -> None:
    """Where the question leaves nobody out, the rows add up to all persons stopped."""
    answer = insight.answer(Filters.read({}), SYSTEM)
    assert sum(row["stops"] for row in answer.rows) == answer.summary["stops"] == 40


@each
@empty
def test_the_number_of_queries_does_not_grow_with_the_ledger(insight: Insight) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            insight.answer(Filters.read({"country": "India"}), SYSTEM)
        return len(caught)

    write_forty_stops()  # enough that every way of finding the first vehicles is open
    few = queries()
    write_forty_stops()
    assert queries() == few <= 8


@each
def test_the_declaration_is_whole(insight: Insight) -> None:
    assert insight.group in GROUPS
    assert insight.question.endswith("?")
    assert insight.why
    assert insight.limits
    assert re.fullmatch(r"[a-z0-9-]+", insight.slug)
    names = {
        *insight.chart.x,
        *insight.chart.y,
        *insight.chart.series,
        *(name.removeprefix("-") for name in insight.order),
    }
    assert names <= set(insight.columns)


@each
def test_columns_rest_on_measures_and_dimensions_that_there_are(insight: Insight) -> None:
    assert set(insight.measures()) <= {*MEASURES, *FORMULAS}
    assert set(insight.dimensions()) <= set(DIMENSIONS)
    for key, column in insight.columns.items():
        if isinstance(column, Label):
            assert key == column.dimension
        if isinstance(column, Low | Rank):
            assert column.of in insight.columns
        if isinstance(column, Share):
            assert set(column.within) <= set(insight.labels())


@each
@stops
def test_rows_are_told_apart_by_their_labels_and_come_in_a_fixed_order(insight: Insight) -> None:
    rows = insight.answer(Filters.read({}), SYSTEM).rows
    names = [
        tuple(row[key] for key, column in insight.columns.items() if isinstance(column, Label))
        for row in rows
    ]
    assert len(set(names)) == len(names)
    assert insight.answer(Filters.read({}), SYSTEM).rows == rows
    labels = {key for key, column in insight.columns.items() if isinstance(column, Label)}
    assert labels <= {name.removeprefix("-") for name in insight.order}


@each
@stops
def test_hidden_figures_come_last_by_label_without_a_rank(insight: Insight) -> None:
    """Where a hidden row stands among the others must not tell its figure."""
    rows = insight.answer(Filters.read({}), SYSTEM).rows
    figures = {key for key, column in insight.columns.items() if not isinstance(column, Label)}
    hidden = [row | dict.fromkeys(figures, HIDDEN) if place % 2 else row for place, row in enumerate(rows)]
    arranged = insight.arrange(hidden)
    if any(name.removeprefix("-") in figures for name in insight.order):
        marks = [HIDDEN in row.values() for row in arranged]
        assert marks == sorted(marks)
    again = insight.arrange(list(reversed(hidden)))
    assert again == arranged


@each
@stops
def test_sentences_and_charts_survive_hidden_figures(insight: Insight) -> None:
    answer = insight.answer(Filters.read({}), SYSTEM)
    figures = {key for key, column in insight.columns.items() if not isinstance(column, Label)}
    rows = [row | dict.fromkeys(figures, HIDDEN) for row in answer.rows]
    hidden = replace(answer, rows=rows, summary=dict.fromkeys(answer.summary, HIDDEN))
    if not insight.vehicles:  # those are exact or not there
        said = insight.finding(hidden)
        assert said
        assert HIDDEN not in said
        assert not any(
            character.isdigit()
            for character in said.replace("30 persons", "").replace("2024", "").replace("2025", "")
        )
    chart = insight.chart.draw(insight.title, insight.columns, rows)
    if not insight.chart.hours:
        assert all(value in (None, 0) for one in chart["series"] for value in one["values"])
    assert HIDDEN in str(chart)


@each
def test_every_insight_is_documented(insight: Insight) -> None:
    text = (ROOT / "docs" / "insights.md").read_text()
    assert f"`{insight.slug}`" in text
    assert insight.question in text
    for key in insight.columns:
        assert f"`{key}`" in text.partition(f"`{insight.slug}`")[2].partition("\n\n")[0], key


def test_slugs_are_unique_and_found() -> None:
    assert len({insight.slug for insight in CATALOGUE}) == len(CATALOGUE)
    assert all(find(insight.slug) is insight for insight in CATALOGUE)
    assert find("no-such-insight") is None


def test_every_group_has_a_question() -> None:
    assert {insight.group for insight in CATALOGUE} == set(GROUPS)


@empty
def test_each_hour_is_night_or_day_as_the_code_lists_say() -> None:
    night = find("night-arrest-rate")
    assert night is not None
    for hour in range(24):
        make_stop(at=time(hour))
    for hour in range(24):
        (row,) = night.answer(Filters.read({"hour_min": str(hour), "hour_max": str(hour)}), SYSTEM).rows
        assert row["period"] == ("Night" if hour in NIGHT_HOURS else "Day"), hour


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_made_of_the_measures_they_name(name: str) -> None:
    assert set(re.findall(r"sum\((\w+)\)", FORMULAS[name])) == set(PARTS[name])


@stops
def test_a_tally_groups_and_drops_filters() -> None:
    filters = Filters.read({"country": "India", "violation": "DUI"})
    (total,) = tally(filters, (), ("stops", "either", "durations"))
    by_gender = tally(filters, ("gender",), ("stops",))
    assert sum(row["stops"] for row in by_gender) == total["stops"] == filters.facts().count()
    assert tally(filters, (), ("stops",), drop=("country", "violation")) == [{"stops": 40}]
    assert tally(Filters.read({"country": "Unknown"}), (), ("stops", "arrests")) == [
        {"stops": 0, "arrests": 0}
    ]


def test_a_tally_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="officer"):
        tally(Filters.read({}), ("officer",), ("stops",))


@stops
def test_counts_are_whole_numbers_and_rates_fractions() -> None:
    for insight in CATALOGUE:
        for row in insight.answer(Filters.read({}), SYSTEM).rows:
            for key, column in insight.columns.items():
                if isinstance(column, Count):
                    assert type(row[key]) is int, (insight.slug, key)
                elif column.format == "percent":
                    assert row[key] is None or 0 <= row[key] <= 1, (insight.slug, key)


def test_years_that_are_not_whole_are_said_and_what_their_changes_are_worth() -> None:
    insight, rows = find("yearly-stops-and-arrests"), Answer("", "", "", {}, [], [], {})
    assert insight is not None
    assert insight.remarks(rows, ((2024, 1), (2025, 12))) == ()
    (said,) = insight.remarks(rows, ((2023, 11), (2025, 12)))
    assert said.startswith("Not all years are whole in these data: 2023 begins in November.")
    assert "neither growth nor decline" in said
