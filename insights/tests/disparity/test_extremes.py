"""Ledgers at the edge of what a fitted test can tell: none or all of a group, groups that never meet."""

from __future__ import annotations

import numpy as np
import pytest

from insights.models import StopFact
from insights.tests.disparity.ledger import add, add_searches, race
from insights.tests.disparity.test_runs import compute, light_and_dark, row_of
from ledger.tests.factories import make_agency
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


def test_a_group_of_which_nobody_was_searched_is_told_of_in_words() -> None:
    add_searches(1000, 50, 0)
    add(18, race=race("Black"))
    found = compute("/fairness/adjusted/?reference=White")
    black = row_of(found, "groups", "group", "Black")
    assert black["difference"] == pytest.approx(-0.05, abs=1e-6)
    assert (black["odds_ratio"], black["odds_ratio_high"], black["difference_high"]) == (0.0, None, None)
    assert black["flagged"] is False
    assert found["findings"] == [
        "At the same agency and hour, the rate of Black differs from that of White by −5.0 points, a difference that chance "
        "alone can make."
    ]


def test_a_reference_that_is_not_met_is_named() -> None:
    add_searches(400, 100, 20)
    found = compute("/fairness/adjusted/?reference=Asian")
    assert found["warnings"] == [
        "Nobody recorded as Asian is shown within these filters. Choose another group."
    ]
    found = signed_in("Analyst").get("/fairness/outcome/?reference=Asian&format=json").json()
    assert found["warnings"] == [
        "No such searches of persons recorded as Asian lie within these filters. Choose another group."
    ]


def test_groups_that_never_meet_are_said_not_to() -> None:
    add_searches(400, 40, 0)
    add_searches(400, 40, 0, race=race("Black"), agency=make_agency("Leeds", "United Kingdom"), hour=22)
    add(60, race=race("Asian"), agency=make_agency("Hull", "United Kingdom"), hour=3)
    found = compute("/fairness/adjusted/?reference=White")
    assert found["findings"] == [
        "Black and White are not met at places and hours that can be compared: nothing can be told of their difference."
    ]
    assert row_of(found, "groups", "group", "Black")["difference"] is None
    assert any("all stops where they were met ended alike: Asian." in note for note in found["notes"])


def test_a_group_never_stopped_in_the_dark_is_told_of_in_words() -> None:
    york = make_agency("York", "USA", time_zone="America/New_York")
    light_and_dark(york, np.random.default_rng(3), odds_in_the_dark=1.0, persons=4000)
    StopFact.objects.filter(race=race("Black")).exclude(day__month__in=(6, 7), minute__lt=1200).delete()
    found = compute("/fairness/veil/?compared=Black&reference=White")
    first = found["tables"]["variants"]["rows"][0]
    assert (first["odds_ratio"], first["odds_ratio_high"], first["coefficient"]) == (0.0, None, None)
    assert first["flagged"] is True
    assert "by dark are of Black. No odds ratio with an interval can be given" in found["findings"][0]
    assert "the share is lower in the dark, beyond chance" in found["findings"][0]
