"""Maps in a browser: under the policy, without a script, side by side, on paper, in dark, and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.models import Area
from ledger.tests.import_files import SHARED, loaded
from securecheck.tests.browser import assert_accessible, assert_clean

BEATS = SHARED / "atlanta-cobra" / "APD_BEAT_Jan2020_region_Feat.json"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("securecheck.tests.map_urls")]


@pytest.fixture
def beats() -> None:
    """Atlanta's beats where the published file is at hand, else a block of squares."""
    if BEATS.exists():
        loaded(BEATS, "boundaries", options={"values": {"kind": "beat"}})
        return
    for row in range(6):
        for column in range(6):
            x, y = -84.5 + column / 20, 33.6 + row / 20
            ring = [[x, y], [x + 0.05, y], [x + 0.05, y + 0.05], [x, y + 0.05], [x, y]]
            shape = {"type": "Polygon", "coordinates": [ring]}
            Area.objects.create(kind="beat", name=f"{row + 1}{column:02}", boundary=shape)


def place_of(page: Any, which: int = 0) -> dict[str, float]:
    """Where a drawing lies on the screen."""
    return dict(page.locator(".map-frame svg[viewBox]").nth(which).bounding_box())


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_page_with_two_maps_is_clean_and_accessible(
    page_as: Any, beats: None, size: str, scheme: str
) -> None:
    page = page_as("Policymaker", size, color_scheme=scheme)
    page.goto("/maps/")
    page.wait_for_selector("figure.map[data-drawn] >> nth=1")
    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    frame, drawing = page.locator(".map-frame").first.bounding_box(), place_of(page)
    assert drawing["width"] <= frame["width"] + 1
    assert drawing["height"] <= frame["height"] + 1
    assert drawing["height"] > 0.6 * frame["height"] or drawing["width"] > 0.6 * frame["width"]
    assert_accessible(page)


def test_zooming_one_map_zooms_its_neighbour_and_whole_map_goes_back(page_as: Any, beats: None) -> None:
    page = page_as("Policymaker", reduced_motion="reduce")
    page.goto("/maps/")
    page.wait_for_selector("figure.map[data-drawn] >> nth=1")
    first = place_of(page)["width"]
    names = "document.querySelectorAll('.map-names text:not(.map-name-later)').length"
    few = page.evaluate(names)
    page.locator(".leaflet-control-zoom-in").first.click()
    assert place_of(page)["width"] == pytest.approx(2 * first, rel=0.01)
    assert place_of(page, 1)["width"] == pytest.approx(2 * first, rel=0.01)
    assert page.evaluate(names) >= few
    page.locator("[data-map-whole]").last.click()
    assert place_of(page)["width"] == pytest.approx(first, rel=0.01)
    # By keyboard: plus zooms the map that has the focus.
    page.locator(".map-frame").first.focus()
    page.keyboard.press("+")
    assert place_of(page)["width"] == pytest.approx(2 * first, rel=0.01)
    assert_clean(page)


# A place inside an area, where nothing lies over it.
INSIDE = """key => {
  const shape = document.querySelector(`.map-areas [data-key="${key}"]`), box = shape.getBoundingClientRect();
  for (let x = box.left + 1; x < box.right; x += 2) for (let y = box.top + 1; y < box.bottom; y += 2)
    if (document.elementFromPoint(x, y) === shape) return [x, y]; }"""


def point_at(page: Any, key: str) -> list[float]:
    """Move the pointer onto an area until it lights up: the page may still be laid out anew while it moves. Gives the place."""
    for _ in range(10):
        middle = page.evaluate(INSIDE, key)
        page.mouse.move(1, 1)
        page.mouse.move(*middle)
        if page.locator("tr.map-lit").count():
            break
        page.wait_for_timeout(100)
    return list(middle)


def test_an_area_tells_its_figure_lights_its_row_and_leads_to_its_page(page_as: Any, beats: None) -> None:
    page = page_as("Policymaker", reduced_motion="reduce")
    page.goto("/maps/")
    page.wait_for_selector("figure.map[data-drawn] >> nth=1")
    shape = page.locator(".map-areas path.map-3").first
    key, says = shape.get_attribute("data-key"), shape.get_attribute("data-says")
    middle = point_at(page, key)
    assert page.locator(".leaflet-tooltip").inner_text() == says
    assert page.locator("tr.map-lit").get_attribute("data-map-row") == key
    assert page.locator(".map-areas path.map-lit").count() == 2  # on both maps
    page.mouse.click(*middle)
    page.wait_for_url("**/insights/")


def test_without_a_script_the_map_is_there_and_on_paper_it_is_whole(page_as: Any, beats: None) -> None:
    page = page_as("Policymaker", java_script_enabled=False)
    page.goto("/maps/")
    plain = place_of(page)
    assert plain["width"] > 300
    assert page.locator("[data-map-whole]").first.is_visible() is False
    scripted = page_as("Policymaker", reduced_motion="reduce")
    scripted.goto("/maps/")
    scripted.wait_for_selector("figure.map[data-drawn] >> nth=1")
    scripted.locator(".leaflet-control-zoom-in").first.click()
    scripted.emulate_media(media="print")
    frame, drawing = scripted.locator(".map-frame").first.bounding_box(), place_of(scripted)
    assert drawing["width"] <= frame["width"] + 1
    assert 0 < drawing["height"] <= frame["height"] + 1
    assert abs(drawing["y"] - frame["y"]) <= 1
    assert scripted.locator(".leaflet-control-zoom").first.is_visible() is False
