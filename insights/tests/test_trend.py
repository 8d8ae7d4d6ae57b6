"""A headline over time: the figures by a second computation, whole months only, no claim that the data do not bear."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest
from django.utils import timezone

from insights.catalogue import CATALOGUE, find
from insights.changes import change_in_words, month_and_figure
from insights.codes import Codes
from insights.columns import Count, Mean, Rate
from insights.filters import Filters
from insights.insight import Answer
from insights.periods import last_whole_month, month_before, months_between
from insights.spark import Spark
from insights.tests import comparing, reference
from insights.tests.conftest import kept_for_now
from insights.tests.disclosure_ledger import make_facts
from insights.tests.securecheck_file import random_filters, write_file
from insights.trend import Point, Trend, leading_figure, trend_of
from insights.viewer import Viewer
from ledger.tests.factories import make_agency, make_stop

SYSTEM = Viewer.system()
ARRESTS = Rate("Arrest rate", "arrests", "stops")


def trend(slug: str, viewer: Viewer = SYSTEM, **filters: str) -> Trend:
    insight = find(slug)
    assert insight is not None
    found = trend_of(insight, Filters.read(filters, Codes()), viewer)
    assert found is not None
    return found


def of_points(column: Any, *points: tuple[Any, Any, Any]) -> Trend:
    """A trend of the months up to April 2026, each with value, part and whole."""
    months = months_between(month_before((2026, 4), len(points) - 1), (2026, 4))
    told = tuple(Point(month, *point) for month, point in zip(months, points, strict=True))
    return Trend(column, told, (2026, 4), {}, Answer("s", "t", "q?", {}, [], [], {}))


# The figures


@pytest.fixture(scope="module")
def drawn(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    path = write_file(tmp_path_factory.mktemp("trend") / "stops.csv", seed=11, rows=700, gaps=True)
    with kept_for_now(django_db_blocker):
        comparing.load(path)
        yield reference.read(path)


MARKED = {
    "arrest-rate-by-age-band": "arrested",
    "search-rate-by-race-and-gender": "searched",
    "violations-leading-to-search-or-arrest": "either",
    "violations-rarely-enforced": "either",
    "drug-rate-by-country": "drugs",
    "arrest-rate-by-country-and-violation": "arrested",
    "searches-by-country": "searched",
    "yearly-stops-and-arrests": "arrested",
    "top-arrest-violations": "arrested",
    "rates-by-hour": "searched",
}


def due(frame: Any, slug: str) -> dict[Any, float]:
    """The leading figure of each month with stops, by pandas."""
    if slug == "violations-under-25":
        frame = frame[frame["age"] < 25]
    months = frame.assign(either=frame["searched"] | frame["arrested"]).groupby(["year", "month"])
    if slug == "duration-by-violation":
        return dict(months["minutes"].mean().dropna())
    return dict(months[MARKED[slug]].mean()) if slug in MARKED else dict(months.size())


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_every_headline_over_time_equals_a_second_computation(drawn: Any, seed: int | None) -> None:
    filters = {} if seed is None else random_filters(random.Random(seed))
    frame = reference.within(drawn, filters)
    compared = 0
    for insight in CATALOGUE:
        if leading_figure(insight):
            expected = due(frame, insight.slug)
            for point in trend(insight.slug, **filters).points:
                value = expected.get(
                    point.month, 0 if isinstance(leading_figure(insight)[1], Count) else None
                )
                assert point.value == (None if value is None else pytest.approx(value)), (
                    insight.slug,
                    point,
                    filters,
                )
                compared += 1
    assert compared > 100 or seed is not None


def test_a_rate_leads_a_headline_and_a_ratio_does_not() -> None:
    kinds = {one.slug: leading_figure(one) for one in CATALOGUE}
    assert kinds["top-drug-vehicles"] is None
    assert kinds["arrest-rate-by-age-band"] == ("rate", ARRESTS)
    assert kinds["rates-by-hour"] == ("search_rate", Rate("Search rate", "searches", "stops"))
    assert isinstance(kinds["duration-by-violation"][1], Mean)
    assert kinds["night-arrest-rate"] == ("stops", Count("Persons stopped", "stops"))


# Whole months


def on(*days: date, agency: Any = None) -> None:
    for day in days:
        make_stop(agency, on=day)


def whole(exact: bool = True, **filters: str) -> Any:
    read = Filters.read(filters, Codes())
    stops: dict[tuple[int, int], int | None] = {}
    for year, month in read.facts().values_list("year", "month"):
        stops[year, month] = (stops.get((year, month)) or 0) + 1
    return last_whole_month(read, stops, exact)


@pytest.mark.django_db
def test_a_month_with_a_stop_on_its_last_day_is_whole() -> None:
    on(date(2026, 1, 5), date(2026, 2, 28))
    assert whole() == (2026, 2)


@pytest.mark.django_db
def test_data_that_end_within_a_month_leave_it_out() -> None:
    on(date(2026, 1, 5), date(2026, 2, 27))
    assert whole() == (2026, 1)


@pytest.mark.django_db
def test_a_month_that_is_not_over_is_not_whole() -> None:
    today = timezone.localdate()
    on(
        today - timedelta(days=40),
        date(today.year, today.month, 1),
        date(today.year + today.month // 12, today.month % 12 + 1, 1) - timedelta(days=1),
    )
    assert whole() == month_before((today.year, today.month))


@pytest.mark.django_db
def test_the_end_of_the_data_is_that_of_the_agencies_looked_at() -> None:
    on(date(2026, 2, 28), agency=make_agency("Riverton"))
    on(date(2026, 1, 5), date(2026, 2, 10), agency=make_agency("Hilltop"))
    assert whole(agency="Riverton") == (2026, 2)
    assert whole(agency="Hilltop") == (2026, 1)


@pytest.mark.django_db
def test_a_rare_group_does_not_move_the_end_of_the_data() -> None:
    on(date(2026, 1, 5), date(2026, 2, 28))
    make_stop(on=date(2026, 1, 9), violation="DUI")
    assert whole(violation="DUI") == (2026, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"date_before": "2026-02-10"}, (2026, 1)),
        ({"date_before": "2026-02-28"}, (2026, 2)),
        ({"date_before": "2030-01-01"}, (2026, 3)),
        ({"date_after": "2026-03-02"}, None),
        ({"date_after": "2026-03-01"}, (2026, 3)),
    ],
)
def test_days_of_the_filter_cut_months_off(filters: dict[str, str], expected: Any) -> None:
    on(date(2026, 1, 5), date(2026, 2, 27), date(2026, 3, 31))
    assert whole(**filters) == expected


@pytest.mark.django_db
def test_without_exact_figures_the_agencys_last_day_is_not_asked_for() -> None:
    """Hilltop's data end early in March, the ledger's on its last day. A thin March is left out, a full one is not."""
    on(date(2026, 3, 31), agency=make_agency("Riverton"))
    hilltop = make_agency("Hilltop")
    for month, count in ((1, 10), (2, 10), (3, 4)):
        on(*[date(2026, month, 2)] * count, agency=hilltop)
    assert whole(exact=False, agency="Hilltop") == (2026, 2)
    on(*[date(2026, 3, 2)] * 6, agency=hilltop)
    assert whole(exact=False, agency="Hilltop") == (2026, 3)
    assert whole(exact=True, agency="Hilltop") == (2026, 2)


@pytest.mark.django_db
def test_an_empty_ledger_has_no_trend() -> None:
    assert whole() is None
    assert trend("arrest-rate-by-age-band").points == ()
    assert Spark.of(trend("arrest-rate-by-age-band")) is None


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert month_before((2026, 1)) == (2025, 12)
    assert month_before((2026, 3), 15) == (2024, 12)
    assert months_between((2025, 11), (2026, 2)) == [(2025, 11), (2025, 12), (2026, 1), (2026, 2)]


# The change


def test_a_change_of_a_rate_comes_with_newcombes_interval() -> None:
    """The interval from the two Wilson intervals, worked out here from their quadratic equation."""
    found = of_points(ARRESTS, (0.1, 40, 400), (0.16, 80, 500)).change()
    (l1, u1), (l2, u2) = reference.interval(80, 500), reference.interval(40, 400)
    assert found.value == pytest.approx(0.06)
    assert found.low == pytest.approx(0.06 - sqrt((0.16 - l1) ** 2 + (u2 - 0.1) ** 2))
    assert found.high == pytest.approx(0.06 + sqrt((u1 - 0.16) ** 2 + (0.1 - l2) ** 2))
    words = change_in_words(of_points(ARRESTS, (0.1, 40, 400), (0.16, 80, 500)))
    assert words == "up 6.0 points on Mar 2026 (95% interval +1.5 to +10.3 points)"


def test_a_change_inside_its_interval_may_be_chance() -> None:
    words = change_in_words(of_points(ARRESTS, (0.137, 137, 1000), (0.122, 122, 1000)))
    assert words.startswith("down 1.5 points on Mar 2026 (95% interval −")
    assert words.endswith("points, so it may be chance)")


def test_a_count_is_compared_by_the_day() -> None:
    """March has 31 days and April 30: the same number a day is no change."""
    count = Count("Persons stopped", "stops")
    assert (
        change_in_words(of_points(count, (310, 310, 310), (300, 300, 300)))
        == "10.0 a day, no change on Mar 2026"
    )
    assert change_in_words(of_points(count, (310, 310, 310), (360, 360, 360))).endswith(
        "up 20.0% on Mar 2026"
    )


def test_a_mean_moves_by_minutes() -> None:
    mean = Mean("Mean minutes", "minutes_x10", "minutes_n")
    assert change_in_words(of_points(mean, (20.0, 50, 50), (18.5, 60, 60))) == "down 1.5 minutes on Mar 2026"


@pytest.mark.parametrize(
    ("before", "last", "why"),
    [
        ((0.1, 2, 20), (0.2, 20, 100), "fewer than 30 persons in one of the two"),
        ((None, None, None), (0.2, 20, 100), "a figure is not shown"),
        ((0.2, 20, 100), (None, None, 60), "a figure is not shown"),
        ((None, 0, 0), (0.2, 20, 100), "a figure is not shown"),
    ],
)
def test_too_few_or_hidden_figures_are_not_compared(before: Any, last: Any, why: str) -> None:
    found = of_points(ARRESTS, before, last)
    assert change_in_words(found) == f"not compared with Mar 2026: {why}"
    assert found.change().value is None


def test_a_lone_month_is_compared_with_nothing() -> None:
    found = of_points(ARRESTS, (0.2, 20, 100))
    assert (change_in_words(found), month_and_figure(found)) == ("", ("April 2026", "20.0%"))


# The drawing


def test_a_gap_breaks_the_line_and_a_month_alone_is_a_dot() -> None:
    spark = Spark.of(of_points(ARRESTS, (0.1, 1, 10), (0.3, 3, 10), (None,) * 3, (0.2, 2, 10)))
    assert spark is not None
    assert spark.lines == ["4,32 68,4"]
    assert spark.dots == [(196, 18)]
    assert (
        spark.says
        == "Arrest rate by month, Jan 2026 to Apr 2026: lowest 10.0% in Jan 2026, highest 30.0% in Feb 2026."
    )


def test_a_flat_line_lies_in_the_middle() -> None:
    spark = Spark.of(of_points(ARRESTS, (0.1, 1, 10), (0.1, 1, 10)))
    assert spark is not None
    assert spark.lines == ["4,18 196,18"]


# What must be hidden


@pytest.mark.django_db
def test_a_policymakers_trend_hides_small_months_and_says_nothing_of_them() -> None:
    for month, arrested, persons in ((1, 40, 200), (2, 40, 210), (3, 4, 190), (4, 45, 200)):
        make_facts(month=(2026, month), day=date(2026, month, 28), persons=persons - arrested)
        make_facts(
            month=(2026, month),
            day=date(2026, month, 30 if month == 4 else 28),
            arrested=True,
            persons=arrested,
        )
    exact = trend("arrest-rate-by-age-band")
    assert [point.part for point in exact.points] == [40, 40, 4, 45]
    seen = trend("arrest-rate-by-age-band", Viewer())
    values = {point.month[1]: point.value for point in seen.points}
    assert values[3] is None
    assert sum(value is None for value in values.values()) >= 2, (
        "one hidden month alone follows from the total"
    )
    assert change_in_words(seen) == "not compared with Mar 2026: a figure is not shown"
    assert "2.1%" not in str(Spark.of(seen))
