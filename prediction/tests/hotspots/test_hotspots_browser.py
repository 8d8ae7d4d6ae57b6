"""Hot spots in a real browser: hexagons and rows light each other up, under the policy, accessible, with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from prediction.hotspots.finding import look
from prediction.hotspots.subjects import SUBJECTS
from prediction.tests.hotspots.test_finding import make_agency, square, write_crimes
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/crime/hotspots/"

# A place inside the first hexagon that CSS finds, where nothing lies over it.
INSIDE = """which => {
  for (const shape of document.querySelectorAll(which)) {
    const box = shape.getBoundingClientRect();
    for (let x = box.left + 1; x < box.right; x += 2) for (let y = box.top + 1; y < box.bottom; y += 2)
      if (document.elementFromPoint(x, y) === shape) return [x, y]; } }"""


@pytest.fixture
def found() -> None:
    agency = make_agency("Atlanta", "USA")
    square(agency)
    write_crimes(agency)
    look(agency, SUBJECTS[0])


def point_at(page: Any, which: str) -> None:
    """Move the pointer onto a hexagon until it is lit: the page may still be laid out while it moves."""
    for _ in range(20):
        place = page.evaluate(INSIDE, which)
        page.mouse.move(1, 1)
        page.mouse.move(*place)
        if page.locator("path.map-lit").count():
            return
        page.wait_for_timeout(100)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_is_clean_accessible_and_fits_the_screen(page_as: Any, found: None, size: str) -> None:
    page = page_as("Analyst", size)
    page.goto(ADDRESS)
    page.wait_for_selector("figure.map[data-drawn]")
    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)


def test_hexagons_light_up_alone_or_with_their_row(page_as: Any, found: None) -> None:
    page = page_as("Analyst", reduced_motion="reduce")
    page.goto(ADDRESS)
    page.wait_for_selector("figure.map[data-drawn]")
    point_at(page, ".map-areas path:not([data-key]):not(.map-line)")
    lit = page.locator(".map-areas path.map-lit")
    assert lit.count() == 1
    assert page.locator(".leaflet-tooltip").inner_text() == lit.get_attribute("data-says")
    assert page.locator("tr.map-lit").count() == 0
    page.mouse.move(1, 1)
    assert lit.count() == 0
    row = page.locator("tr[data-map-row]").first
    row.hover()
    assert lit.get_attribute("data-key") == row.get_attribute("data-map-row")
    assert_clean(page)


def test_without_a_script_every_hexagon_is_drawn_and_says_its_count(page_as: Any, found: None) -> None:
    page = page_as("Analyst", java_script_enabled=False)
    page.goto(ADDRESS)
    hexagons = page.locator(".map-areas path:not(.map-line)")
    assert hexagons.count() > 20
    assert hexagons.first.locator("title").count() == 1
    page.locator("select[name=offences]").select_option("burglary")
    page.locator("text=Show >> nth=0").click()
    assert "offences=burglary" in page.url
