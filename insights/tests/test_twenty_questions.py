"""All questions against the independent reference, within random filters; and the reference's teeth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from insights import catalogue, facts, measures, relation, vehicles
from insights.catalogue import CATALOGUE
from insights.columns import Rate, Share
from insights.filters import Filters
from insights.insight import Insight
from insights.tests import comparing, reference
from insights.tests.conftest import kept_for_now
from insights.tests.securecheck_file import random_filters, write_file
from insights.viewer import Viewer

EXCERPTS = Path(__file__).parents[3] / "shared" / "data" / "securecheck-traffic-stops"
SEEDS = range(20261120, 20261136)


@pytest.fixture(scope="module")
def drawn(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """One ledger of drawn stops, with gaps and ties, for all tests of this file; taken back afterwards."""
    path = write_file(tmp_path_factory.mktemp("drawn") / "stops.csv", seed=7, rows=900, gaps=True)
    with kept_for_now(django_db_blocker):
        comparing.load(path)
        yield reference.read(path)


def asked(insight: Insight, filters: dict[str, str]) -> list[dict[str, Any]]:
    return insight.answer(Filters.read(filters), Viewer.system()).rows


def all_differences(frame: Any, filters: dict[str, str]) -> list[str]:
    chosen = reference.within(frame, filters)
    return [
        line for one in CATALOGUE for line in comparing.differences(one.slug, asked(one, filters), chosen)
    ]


def test_the_questions_have_the_slugs_and_the_order_that_stay_put() -> None:
    assert [insight.slug for insight in CATALOGUE] == list(reference.QUESTIONS)


def test_every_figure_equals_the_reference_without_filters(drawn: Any) -> None:
    assert all_differences(drawn, {}) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_equals_the_reference_within_random_filters(drawn: Any, seed: int) -> None:
    filters = random_filters(random.Random(seed))
    assert all_differences(drawn, filters) == [], f"seed {seed}: {filters}"


def test_the_night_ratio_and_its_interval_equal_the_reference(drawn: Any) -> None:
    for filters in (
        {},
        {"country": "India"},
        {"violation": "DUI", "gender": "F"},
        {"hour_min": "6", "hour_max": "9"},
    ):
        summary = _found("night-arrest-rate").answer(Filters.read(filters), Viewer.system()).summary
        due = reference.night_summary(reference.within(drawn, filters))
        assert {key: summary[key] for key in due} == pytest.approx(due, abs=1e-12), filters


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["traffic_stops_with_vehicle_number.first120.csv", "traffic_stops_with_vehicle_number.last5.csv"]
)
def test_the_public_excerpts_give_the_figures_of_the_reference(name: str) -> None:
    path = EXCERPTS / name
    if not path.exists():
        pytest.skip("The public excerpts are not on this machine.")
    comparing.load(path)
    assert all_differences(reference.read(path), {}) == []


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is rolled back, also after an error."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


def _found(slug: str) -> Insight:
    insight = catalogue.find(slug)
    assert insight is not None
    return insight


Mutation = Callable[[pytest.MonkeyPatch], None]


def in_select(slug: str, old: str, new: str) -> Mutation:
    """Another text in the SQL of one insight."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        kind = type(_found(slug))
        right = kind.select

        def wrong(self: Insight) -> str:
            sql = right(self)
            assert old in sql, f"{old!r} is not in the SQL of {slug}"
            return sql.replace(old, new)

        patch.setattr(kind, "select", wrong)

    return mutate


def in_facts(old: str, new: str) -> Mutation:
    """Another text in the SQL that fills the facts."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        assert old in facts.FACTS_OF_PERSONS
        patch.setattr(facts, "FACTS_OF_PERSONS", facts.FACTS_OF_PERSONS.replace(old, new))

    return mutate


def in_measure(name: str, expression: str) -> Mutation:
    return lambda patch: patch.setitem(measures.MEASURES, name, expression)


def in_declaration(slug: str, **wrong: Any) -> Mutation:
    def mutate(patch: pytest.MonkeyPatch) -> None:
        for name, value in wrong.items():
            patch.setattr(type(_found(slug)), name, value)

    return mutate


def in_column(slug: str, key: str, column: Any) -> Mutation:
    return in_declaration(slug, columns={**_found(slug).columns, key: column})


def vehicles_by_violation(patch: pytest.MonkeyPatch) -> None:
    right = vehicles._by_vehicle
    patch.setattr(
        vehicles,
        "_by_vehicle",
        lambda chosen: (
            right(chosen).values("vehicle", "violation").annotate(stops=Count("stop", distinct=True))
        ),
    )


def dense_ranks(patch: pytest.MonkeyPatch) -> None:
    def dense(values: list[float | None]) -> list[int | None]:
        levels = sorted({value for value in values if value is not None}, reverse=True)
        return [None if value is None else levels.index(value) + 1 for value in values]

    patch.setattr("insights.insight.ranks", dense)


def counts_as_rates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rate, "value", lambda self, key, raw: raw[self.of])


def wald_interval(patch: pytest.MonkeyPatch) -> None:
    def wald(part: int, whole: int) -> tuple[float | None, float | None]:
        if not whole:
            return None, None
        half = 1.96 * (part / whole * (1 - part / whole) / whole) ** 0.5
        return part / whole - half, part / whole + half

    patch.setattr("insights.columns.wilson", wald)


YEARLY = "yearly-stops-and-arrests"
FIRST_TWO = "coalesce(mod(left(replace(to_char(s.stopped_at, 'FMHH24:MI:SS'), ':', ''), 2)::int, 24), -1)"
MUTATIONS: dict[str, Mutation] = {
    "night goes to 05:59": in_select("night-arrest-rate", "hour < 5", "hour < 6"),
    "stops without a time count as day": in_select("night-arrest-rate", "hour < 0", "hour < -1"),
    "searched vehicles are grouped by violation": vehicles_by_violation,
    "either is a plain sum": lambda patch: patch.setitem(
        relation.FORMULAS, "either", "sum(searches) + sum(arrests)"
    ),
    "the share is of the whole instead of the country": in_column(
        "gender-by-country", "share", Share("Share", "stops")
    ),
    "the hour is the first two characters": in_facts(
        "coalesce(extract(hour FROM s.stopped_at), -1)", FIRST_TWO
    ),
    "ranks are dense": dense_ranks,
    "more than 10 stops instead of at least 10": in_declaration("top-arrest-violations", at_least=11),
    "under 25 takes 25 in": in_facts("p.age < 25 THEN 2", "p.age < 26 THEN 2"),
    "the change looks back over the border": in_select(
        YEARLY, "lag(sum(stops)) OVER so_far", "lag(sum(stops)) OVER (ORDER BY year, country)"
    ),
    "running totals run on over the border": in_select(
        YEARLY, "(sum(sum(stops)) OVER so_far)", "(sum(sum(stops)) OVER (ORDER BY country, year))"
    ),
    "counts are sold as rates": counts_as_rates,
    "arrests are taken from the outcome": in_measure("arrests", "(outcome = 5)::int"),
    "an unknown duration counts as none": in_measure("minutes_n", "1"),
    "a band's middle is another": in_facts("WHEN 2 THEN 230", "WHEN 2 THEN 225"),
    "the interval is Wald's": wald_interval,
    "rarely is read as never": in_declaration("violations-rarely-enforced", order=("-rate", "violation")),
    "the rates of an hour are of all hours": in_select(
        "rates-by-hour", "coalesce(sum(searches), 0)", "(sum(sum(searches)) OVER ())::bigint"
    ),
    "the most stopped are cut too early": lambda patch: patch.setattr(
        "insights.catalogue.most_stopped_vehicles.frequent", lambda facts, places: facts.filter(searched=True)
    ),
    "ties go against the label": in_declaration("top-arrest-violations", order=("-rate", "-stops"), limit=4),
    "the share of a group forgets its year": in_column(
        "violation-trends-by-age-and-race", "share", Share("Share", "stops", within=("age_band", "race"))
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_reference_notices_an_error(drawn: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each error that existing dashboards make, and some more, is put in, the facts are written anew, and must show."""
    with monkeypatch.context() as patch, taken_back():
        MUTATIONS[name](patch)
        facts.rebuild()
        try:
            found = all_differences(drawn, {})
        except ValueError as error:  # more persons with a mark than persons: the interval cannot be computed
            found = [str(error)]
    assert found, f"“{name}” went unnoticed"


def test_without_an_error_a_rebuild_changes_nothing(drawn: Any) -> None:
    with taken_back():
        facts.rebuild()
        assert all_differences(drawn, {}) == []
