"""Bands of survey shares, against simulation, scipy, and what the survey's owner prints."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from insights.trust import bands
from insights.trust.bands import Design


def test_half_width_is_what_is_printed_of_the_survey() -> None:
    """Public Attitude Survey: at 50 %, 400 people ±4.9 points, 12,800 people ±0.9."""
    assert round(100 * bands.half_width(0.5, 400), 1) == 4.9
    assert round(100 * bands.half_width(0.5, 12_800), 1) == 0.9


def test_the_band_solves_the_score_equation() -> None:
    for share, size in ((0.69, 400), (0.13, 400), (0.5, 12_800), (0.02, 35)):
        low, high = bands.band(share, size)
        for end in (low, high):
            assert end is not None
            assert abs(share - end) == pytest.approx(stats.norm.ppf(0.975) * (end * (1 - end) / size) ** 0.5)


def test_no_interval_where_nothing_is_known_of_the_number_asked() -> None:
    assert Design().size() is None
    assert bands.band(0.5, None) == (None, None)
    assert bands.difference(0.5, None, 0.4, 400).low is None
    assert bands.verdict(bands.against_whole(0.5, None, 0.4, 12_800)) == ""


def test_a_base_goes_before_what_is_assumed_and_the_design_effect_divides_it() -> None:
    assert Design(400).size() == 400
    assert Design(400).size(areas=32) == 12_800
    assert Design(400, 2.0).size() == 200
    assert Design(400, 2.0).size(base=100) == 50
    assert Design(None).size(base=100) == 100


def test_an_area_against_its_whole_covers_as_often_as_it_says() -> None:
    """Draw areas and the rest of the force, and count how often the interval holds the true difference."""
    random = np.random.default_rng(7)
    truth, rest, size, whole = 0.62, 0.69, 400, 12_800
    part = size / whole
    expected = (1 - part) * (truth - rest)
    held = 0
    for _ in range(4000):
        share = random.binomial(size, truth) / size
        others = random.binomial(whole - size, rest) / (whole - size)
        found = bands.against_whole(share, size, part * share + (1 - part) * others, whole)
        held += found.low <= expected <= found.high  # type: ignore[operator]
    assert held / 4000 == pytest.approx(0.95, abs=0.012)


def test_an_area_against_its_whole_is_surer_than_against_strangers() -> None:
    """Half of the whole's people are the area's own: the whole moves with it."""
    own = bands.against_whole(0.5, 200, 0.45, 400)
    strangers = bands.difference(0.5, 200, 0.45, 400)
    assert own.value == strangers.value == pytest.approx(0.05)
    assert own.high - own.low < strangers.high - strangers.low  # type: ignore[operator]


def test_an_area_that_is_all_of_its_whole_has_no_interval() -> None:
    assert bands.against_whole(0.5, 400, 0.5, 400).low is None


def test_verdicts_are_above_below_or_cannot_tell() -> None:
    assert bands.verdict(bands.against_whole(0.80, 400, 0.70, 12_800)) == "above"
    assert bands.verdict(bands.against_whole(0.60, 400, 0.70, 12_800)) == "below"
    assert bands.verdict(bands.against_whole(0.68, 400, 0.70, 12_800)) == "cannot tell"


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 31, 97, 400])
@pytest.mark.parametrize("level", [0.9, 0.975, 0.995])
def test_students_quantiles_are_those_of_scipy(freedom: int, level: float) -> None:
    assert bands.student_quantile(level, freedom) == pytest.approx(stats.t.ppf(level, freedom), rel=1e-9)


def test_the_mean_over_areas_is_scipys_one_sample_interval() -> None:
    values = [-0.08, 0.02, -0.11, -0.05, 0.0, -0.07]
    found = bands.mean_of_areas(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert bands.mean_of_areas([0.1, 0.2]).low is None
    assert bands.mean_of_areas([]).value is None
