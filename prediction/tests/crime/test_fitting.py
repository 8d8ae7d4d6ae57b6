"""The rate: close to what incidents were drawn from, held back where they are few, and deaf to months without data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ledger.models import Area, Incident
from prediction.crime.cells import Cells, read_cells
from prediction.crime.coverage import days_of, exposure, first_of, stretches_of
from prediction.crime.fitting import Settings, fit, seasons
from prediction.crime.offences import GROUPS, VICTIM_REPORTED
from prediction.tests.crime.made_up import make_city

MONTHS, AREAS = 36, 12
ORIGIN = 2022 * 12
RANDOM = np.random.default_rng(3)


def hours() -> np.ndarray:
    every = [exposure(days_of(first_of(ORIGIN + place)), ZoneInfo("UTC")) for place in range(MONTHS)]
    return np.array([one[ORIGIN + place] for place, one in enumerate(every)])


def planted() -> np.ndarray:
    """Incidents per hour by area, group and hour of the week; two groups only, one peaking at week-ends."""
    place = RANDOM.gamma(2, 0.5, AREAS)
    week = np.ones((len(GROUPS), 168))
    week[3, 120:] = 3
    level = np.zeros(len(GROUPS))
    level[3], level[8] = 0.05, 0.2
    day = 1 + 0.8 * np.sin(np.arange(168) % 24 / 24 * 2 * np.pi)
    return place[:, None, None] * level[None, :, None] * week[None] * day


def drawn(rate: np.ndarray, season: np.ndarray | None = None, missing: tuple[int, ...] = ()) -> Cells:
    passed = hours()
    passed[list(missing)] = 0
    of_year = np.ones(12) if season is None else season
    found = [RANDOM.poisson(rate * passed[month] * of_year[month % 12]) for month in range(MONTHS)]
    month, area, group, slot = np.nonzero(np.array(found))
    counts = np.array(found)[month, area, group, slot]
    return Cells("neighbourhood", np.arange(AREAS), ORIGIN, passed, area, month, group, slot, counts)


RATE = planted()


def test_rates_that_incidents_were_drawn_from_are_found() -> None:
    found = fit(drawn(RATE), MONTHS, Settings()).per_hour()
    total, planted_total = found.sum(axis=(1, 2)), RATE.sum(axis=(1, 2))
    assert total == pytest.approx(planted_total, rel=0.08, abs=1)
    weekend = found[:, 3, 120:].mean() / found[:, 3, :120].mean()
    assert weekend == pytest.approx(3, rel=0.1)
    assert found[:, 0].max() < 1e-4  # of a group without incidents next to nothing is expected


def test_months_without_data_do_not_count_as_months_without_crime() -> None:
    missing = (20, 21, 22, 34)
    assert fit(drawn(RATE, missing=missing), MONTHS, Settings()).per_hour().sum() == pytest.approx(
        RATE.sum(), rel=0.05
    )


def test_the_sum_over_areas_is_the_city_whatever_is_held_back() -> None:
    cells = drawn(RATE)
    even = replace(Settings(), level_half_life=1e9, area_half_life=1e9)
    held = replace(even, place_held=500, group_held=500, tilt_held=5000)
    found = fit(cells, MONTHS, held).in_month(ORIGIN, cells.hours.sum(axis=0)).sum()
    assert found == pytest.approx(cells.incidents, rel=0.01)


def test_what_patrols_discover_never_moves_a_rate_that_patrols_are_planned_by() -> None:
    """Ten thousand drug offences at one place and hour leave the rates of all reported offences to the last digit."""
    cells = drawn(RATE)
    many = [cells.area, cells.month, cells.group, cells.slot, cells.count]
    for drugs in (10, 11, 13, 0):
        added = (np.zeros(MONTHS, int), np.arange(MONTHS), np.full(MONTHS, drugs), np.full(MONTHS, 22))
        many = [
            np.concatenate([one, more])
            for one, more in zip(many, (*added, np.full(MONTHS, 300)), strict=True)
        ]
    flooded = Cells("neighbourhood", cells.areas, ORIGIN, cells.hours, *many)
    reported = [GROUPS.index(group) for group in VICTIM_REPORTED]
    before, after = (fit(one, MONTHS, Settings()).per_hour() for one in (cells, flooded))
    assert np.array_equal(before[:, reported], after[:, reported])
    assert after[0, 10, 22] > 100 * before[0, 10, 22]
    nothing_reported = Cells(
        "neighbourhood", cells.areas, ORIGIN, cells.hours, *(one[flooded.group > 9] for one in many)
    )
    assert np.isfinite(fit(nothing_reported, MONTHS, Settings()).per_hour()).all()


def test_an_area_with_few_incidents_is_held_towards_the_mean_area() -> None:
    rate = np.zeros((AREAS, len(GROUPS), 168))
    rate[:, 8] = 0.002
    rate[0, 8] = 0
    cells = drawn(rate)
    little, much = (
        fit(cells, MONTHS, replace(Settings(), place_held=held, group_held=held)).per_hour()[0].sum()
        for held in (0.1, 500)
    )
    mean = fit(cells, MONTHS, Settings()).per_hour().sum() / AREAS
    assert little < 0.05 * mean
    assert 0.9 * mean < much < 1.1 * mean


def test_only_months_before_are_learned_from() -> None:
    cells = drawn(RATE)
    later = cells.month >= 30
    doubled = Cells(
        *(
            cells.kind,
            cells.areas,
            cells.origin,
            cells.hours,
            cells.area,
            cells.month,
            cells.group,
            cells.slot,
        ),
        np.where(later, cells.count * 9, cells.count),
    )
    settings = replace(Settings(), season_held=50)
    one, other = (fit(each, 30, settings) for each in (cells, doubled))
    assert np.array_equal(one.per_hour(), other.per_hour())
    assert np.array_equal(one.season, other.season)


def test_the_season_is_found_and_held_back() -> None:
    season = 1 + 0.3 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    cells = drawn(RATE, season=season)
    assert seasons(cells, MONTHS, 10) == pytest.approx(season / season.mean(), abs=0.06)
    assert np.ptp(seasons(cells, MONTHS, 1e6)) < 0.05
    assert seasons(cells, MONTHS, np.inf).tolist() == [1.0] * 12


def test_equal_cells_have_an_equal_digest_in_any_order() -> None:
    cells = drawn(RATE)
    turned = Cells(
        *(cells.kind, cells.areas, cells.origin, cells.hours),
        *(one[::-1] for one in (cells.area, cells.month, cells.group, cells.slot, cells.count)),
    )
    assert cells.digest == turned.digest
    turned.count = turned.count + (np.arange(len(turned.count)) == 0)
    assert cells.digest != turned.digest


@pytest.mark.django_db
def test_incidents_read_once_are_counted_by_each_kind_of_place() -> None:
    """Every cell of neighbourhoods, beats and zones against a count of the rows one by one."""
    agency = make_city(last=date(2024, 3, 31))
    beats = [Area.objects.create(agency=agency, kind="beat", name=f"{number}") for number in range(3)]
    for number, one in enumerate(Incident.objects.order_by("pk")[:900]):
        one.beat = beats[number % 3] if number % 7 else None
        one.area = None if number % 11 == 0 else one.area
        one.save()
    covered = stretches_of(agency.pk)
    found = {one.kind: one for one in read_cells(agency, covered)}
    assert set(found) == {"neighbourhood", "beat", "zone"}
    days = {day for one in covered for day in one.days}
    for kind, column in (("neighbourhood", "area"), ("beat", "beat"), ("zone", "zone")):
        by_hand: Counter[tuple[int, ...]] = Counter()
        for one in Incident.objects.filter(occurred_at__isnull=False, **{f"{column}__isnull": False}):
            if one.occurred_on in days:
                slot = one.occurred_on.weekday() * 24 + one.occurred_at.hour
                month = one.occurred_on.month - covered[0].first.month
                by_hand[getattr(one, f"{column}_id"), month, GROUPS.index(one.group), slot] += 1
        cells = found[kind]
        rows = zip(cells.areas[cells.area], cells.month, cells.group, cells.slot, cells.count, strict=True)
        assert {tuple(map(int, row[:4])): int(row[4]) for row in rows} == by_hand
