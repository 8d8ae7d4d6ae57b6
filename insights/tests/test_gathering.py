"""What is gathered once answers every question of a page as the facts themselves do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from insights.catalogue import CATALOGUE, find
from insights.codes import Codes
from insights.filters import Filters
from insights.gathering import TABLE, for_page, gathered, too_many
from insights.insight import Insight
from insights.models import StopFact
from insights.relation import months_of, tally
from insights.sizes import Sizes
from insights.tests.conftest import kept_for_now
from insights.trend import leading_figure, trend_of
from insights.viewer import Viewer

pytestmark = pytest.mark.django_db
COUNTED = [insight for insight in CATALOGUE if not insight.vehicles]
OUTSIDE: tuple[dict[str, str], ...] = (
    {"age_min": "20", "age_max": "50"},
    {"age_min": "33", "race": "Black", "searched": "no"},
    {"arrested": "no", "hour_min": "22", "hour_max": "3", "age_max": "61"},
    {"age_min": "119"},  # nobody
)


@pytest.fixture(scope="module", autouse=True)
def stops(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept_for_now(django_db_blocker):
        call_command("make_stops", 1500, seed=11, verbosity=0, stdout=io.StringIO())
        yield


def readings_of_facts(captured: CaptureQueriesContext) -> int:
    """How often the facts within the filter of ages were looked at."""
    return sum("BETWEEN 20 AND 50" in one["sql"] for one in captured.captured_queries)


@pytest.mark.parametrize("given", OUTSIDE, ids=str)
@pytest.mark.parametrize("insight", COUNTED, ids=lambda insight: insight.slug)
def test_gives_the_figures_and_the_trend_that_the_facts_give(insight: Insight, given: dict[str, str]) -> None:
    filters, viewer = Filters.read(given, Codes()), Viewer.system()
    plain = (insight.answer(filters, viewer), trend_of(insight, filters, viewer), months_of(filters))
    with for_page(insight, filters, viewer):
        kept = (insight.answer(filters, viewer), trend_of(insight, filters, viewer), months_of(filters))
    assert kept[0].rows == plain[0].rows
    assert [[type(value) for value in row.values()] for row in kept[0].rows] == [
        [type(value) for value in row.values()] for row in plain[0].rows
    ], "whole numbers stay whole numbers"
    assert kept[0].summary == plain[0].summary
    assert kept[0].sql == plain[0].sql, "the reader is shown SQL that can be run anywhere"
    assert (kept[1] and kept[1].points) == (plain[1] and plain[1].points)
    assert kept[2] == plain[2]


@pytest.mark.parametrize("insight", COUNTED, ids=lambda insight: insight.slug)
def test_reads_the_facts_once(insight: Insight) -> None:
    filters, viewer = Filters.read(OUTSIDE[0], Codes()), Viewer.system()
    with CaptureQueriesContext(connection) as captured, for_page(insight, filters, viewer):
        insight.answer(filters, viewer)
        trend_of(insight, filters, viewer)
        months_of(filters)
    assert readings_of_facts(captured) == 1
    if leading_figure(insight):
        with CaptureQueriesContext(connection) as captured:
            insight.answer(filters, viewer)
            trend_of(insight, filters, viewer)
        assert readings_of_facts(captured) == 2, "what is looked at here would be seen"


@pytest.mark.parametrize(
    "given", [{"post": "Mill Lane"}, {"arrested": "no", "post": "Mill Lane"}, {"searched": "no"}], ids=str
)
@pytest.mark.parametrize(
    "slug", ["searches-by-country", "duration-by-violation", "stops-over-time", "violations-rarely-enforced"]
)
def test_hides_the_same_and_reads_the_facts_once_more_for_it(slug: str, given: dict[str, str]) -> None:
    insight, codes = find(slug), Codes()
    assert insight is not None
    filters = Filters.read(given, codes)
    plain, trend = answer_for_all(insight, filters)
    viewer = Viewer()
    with CaptureQueriesContext(connection) as captured, for_page(insight, filters, viewer):
        kept, kept_trend = insight.answer(filters, viewer), trend_of(insight, filters, viewer)
    assert kept.rows == plain.rows
    assert kept.notes == plain.notes
    assert (kept_trend and kept_trend.points) == (trend and trend.points)
    if slug == "duration-by-violation" and "arrested" in given:
        return  # no measure tells durations and arrests apart together: only the facts can
    posts = [one["sql"] for one in captured.captured_queries if '"insights_stopfact"."post"' in one["sql"]]
    assert len([one for one in posts if "CREATE TEMP TABLE" not in one]) == 0, (
        "all are answered from what was gathered"
    )


@pytest.mark.parametrize(("dims", "facts", "due"), [
    (("country", "agency", "post", "violation", "year", "month"), 1e9, False),
    (("country", "agency", "post", "violation", "race", "age_band", "hour", "year", "month"), 1e9, True),
    (("country", "agency", "post", "violation", "race", "age_band", "hour", "year", "month"), 1e6, False),
])  # fmt: skip
def test_more_groups_than_can_be_read_quickly_are_not_gathered(
    dims: tuple[str, ...], facts: float, due: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten years of twelve months, eight or so violations, seven or so races, eight age bands, 25 hours."""
    ledger = Sizes({StopFact._meta.db_table: facts}, {}, date(2016, 1, 1), date(2025, 12, 31))
    monkeypatch.setattr("insights.sizes.sizes", lambda: ledger)
    assert too_many(dims, Filters.read({}, Codes())) is due


def test_what_is_not_gathered_is_hidden_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    insight = find("violations-rarely-enforced")
    assert insight is not None
    filters = Filters.read({"post": "Mill Lane"}, Codes())
    plain, _ = answer_for_all(insight, filters)
    monkeypatch.setattr("insights.gathering.too_many", lambda dims, filters: True)
    with CaptureQueriesContext(connection) as captured, for_page(insight, filters, Viewer()):
        assert insight.answer(filters, Viewer()).rows == plain.rows
    gathered_ = [one["sql"] for one in captured.captured_queries if "CREATE TEMP TABLE" in one["sql"]]
    assert len(gathered_) == 1, "the page's own groups alone"


def answer_for_all(insight: Insight, filters: Filters) -> tuple[Any, Any]:
    return insight.answer(filters, Viewer()), trend_of(insight, filters, Viewer())


def test_other_filters_dimensions_and_measures_are_not_answered_from_it() -> None:
    codes = Codes()
    filters, wider = Filters.read(OUTSIDE[0], codes), Filters.read({"age_min": "20", "age_max": "51"}, codes)
    asked = (
        (filters, ("race",), ("stops",)),
        (wider, ("gender",), ("stops",)),
        (filters, ("gender",), ("hits",)),
    )
    plain = [tally(*one) for one in asked]
    with gathered(filters, ("gender",), ("arrests",)):
        assert [tally(*one) for one in asked] == plain


def test_nothing_is_kept_afterwards() -> None:
    filters = Filters.read(OUTSIDE[0], Codes())
    with pytest.raises(RuntimeError, match="stop"), gathered(filters, ("gender",), ()):
        raise RuntimeError("stop")
    before = tally(filters, ("gender",), ("stops",))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")
    assert tally(filters, ("gender",), ("stops",)) == before
