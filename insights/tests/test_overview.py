"""The ledger at a glance: the figures of the last whole month by hand, and nothing of what is hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.overview import cards, sparks
from insights.tests.disclosure_ledger import make_facts
from insights.trend import leading_figure
from insights.viewer import Viewer
from ledger.tests.factories import make_user

pytestmark = pytest.mark.django_db


def three_months() -> None:
    """100, 120 and 90 persons; of each month 20 searched with 12 finds, and 30, 30 and 4 arrested."""
    for month, persons, arrested in ((1, 100, 30), (2, 120, 30), (3, 90, 4)):
        last = date(2026, month, 28 if month == 2 else 31)
        common: dict[str, Any] = {"month": (2026, month), "day": last}
        make_facts(**common, searched=True, hit=True, persons=12)
        make_facts(**common, searched=True, hit=False, persons=8)
        make_facts(**common, arrested=True, persons=arrested)
        make_facts(**common, persons=persons - 20 - arrested)


def by_name(viewer: Viewer) -> dict[str, Any]:
    return {card.name: card for card in cards(viewer, Codes())}


def test_the_figures_are_those_of_the_last_whole_month() -> None:
    three_months()
    found = by_name(Viewer.system())
    assert {name: card.value for name, card in found.items()} == {
        "Persons stopped, March 2026": "90",
        "Search rate, March 2026": "22.2%",
        "Hit rate, March 2026": "60.0%",
        "Arrest rate, March 2026": "4.4%",
    }
    assert found["Arrest rate, March 2026"].between == "95% interval 1.7% to 10.9%"
    assert found["Arrest rate, March 2026"].change.startswith("down 20.6 points on Feb 2026")
    assert found["Persons stopped, March 2026"].change == "2.9 a day, down 32.3% on Feb 2026"
    assert found["Hit rate, March 2026"].change == (
        "not compared with Feb 2026: fewer than 30 persons in one of the two"
    )
    assert found["Hit rate, March 2026"].url == "/insights/explore/?measure=hit&step=month"


def test_a_policymaker_is_shown_no_small_month() -> None:
    three_months()
    found = by_name(Viewer())
    arrests = next(card for name, card in found.items() if name.startswith("Arrest rate"))
    assert (arrests.value, arrests.between) == ("not shown", "")
    assert "4.4%" not in str(arrests)


def test_an_empty_ledger_has_no_cards_and_no_lines() -> None:
    assert cards(Viewer.system(), Codes()) == []
    assert sparks(CATALOGUE, Viewer.system(), Codes()) == {}


def test_every_insight_with_a_leading_figure_of_all_persons_has_its_line() -> None:
    three_months()
    due = {one.slug for one in CATALOGUE if leading_figure(one) and not one.within}
    assert set(sparks(CATALOGUE, Viewer.system(), Codes())) == due


@pytest.mark.parametrize(
    ("role", "shown"),
    [("Policymaker", True), ("Analyst", True), ("Officer", False), ("Administrator", False)],
)
def test_the_front_page_begins_with_figures_for_those_who_read_them(role: str, shown: bool) -> None:
    three_months()
    client = Client()
    client.force_login(make_user(role))
    text = client.get("/").content.decode()
    assert ("The last whole month" in text) == shown
    if role == "Policymaker":
        assert "4.4%" not in text


def test_each_small_line_of_the_index_is_named() -> None:
    three_months()
    client = Client()
    client.force_login(make_user("Analyst"))
    page = client.get("/insights/").content.decode()
    assert page.count('<p class="spark-name"') == page.count('<svg class="spark"') > 0
    assert ">Search rate by month, Jan 2026 to Mar 2026</p>" in page
