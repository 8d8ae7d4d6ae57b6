"""The insights in a real browser: chart, filters, both sizes, no offence against the policy, no fault that axe finds."""

from __future__ import annotations

import base64
import struct
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from ledger.tests.factories import make_agency, make_stop
from securecheck.tests.browser import assert_accessible, assert_clean, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "/insights/",
    "/insights/arrest-rate-by-age-band/",  # bars with intervals
    "/insights/yearly-stops-and-arrests/",  # lines
    "/insights/arrest-rate-by-country-and-violation/",  # a grid
    "/insights/gender-by-country/?country=India",  # a doughnut
    "/insights/violations-leading-to-search-or-arrest/?hour_min=20&hour_max=4",  # a wide table, an open “More filters”
    "/insights/explore/?measure=stops&by=weekday&by2=hour",  # a heat map
    "/insights/explore/?measure=arrest&by=violation&step=quarter",  # lines with bands
    "/insights/stops-by-hour/?country=Nowhere",  # an error at its filter
)


@pytest.fixture
def stops() -> None:
    for number in range(48):
        make_stop(
            agency=make_agency("India", "India") if number % 4 else make_agency("USA", "USA"),
            on=date(2023 + number % 3, 1 + number % 12, 5),
            at=time(number % 24),
            violation=("Speeding", "DUI")[number % 3 == 0],
            age=18 + number % 30,
            gender=1 + number % 2,
            arrested=number % 4 == 0,
            searched=number % 5 == 0,
            vehicle="AB1",
            drugs=True,
        )


def widest(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("role", ["Policymaker", "Analyst"])
def test_the_pages_are_clean_accessible_and_fit_the_screen(
    page_as: Any, stops: None, role: str, size: str
) -> None:
    page = page_as(role, size)
    for address in PAGES:
        page.goto(address)
        assert_clean(page, expected="400 (Bad Request)" if "Nowhere" in address else "")
        assert widest(page) <= 0, address
        page.reload()
        if "Nowhere" not in address:
            assert_accessible(page)


def test_each_kind_of_chart_is_drawn(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    for address in PAGES[1:5]:
        page.goto(address)
        page.wait_for_selector("figure.chart canvas[role=img]")
        assert page.evaluate("Object.values(Chart.instances).length") == 1, address


def test_filters_are_chosen_and_taken_away_by_hand(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/insights/gender-by-country/")
    page.select_option("#id_country", "USA")
    page.click("text=Apply")
    assert page.url.endswith("/insights/gender-by-country/?country=USA")
    assert page.locator("tbody tr").count() == page.locator("tbody tr", has_text="USA").count() > 0
    page.click(".active-filter a")
    assert page.url.endswith("/insights/gender-by-country/")


def test_the_page_works_without_scripts(page_as: Any, stops: None) -> None:
    page = page_as("Analyst", java_script_enabled=False)
    page.goto("/insights/arrest-rate-by-age-band/?gender=Male")
    assert page.locator("tbody tr").count() == 4
    assert page.locator(".chart-fallback").is_visible()


def test_paper_holds_the_filters_and_no_buttons(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/insights/arrest-rate-by-age-band/?gender=Male")
    page.emulate_media(media="print")
    assert page.locator(".active-filter", has_text="Gender: Male").is_visible()
    assert not page.locator(".page-actions").is_visible()
    assert not page.locator(".filters form").is_visible()
    page.goto("/insights/arrest-rate-by-age-band/")
    assert page.locator(".print-only", has_text="No filters: all stops.").is_visible()


@pytest.mark.parametrize("address", PAGES[1:5])
def test_a_chart_is_taken_along_as_a_picture_in_light_colours(
    page_as: Any, stops: None, address: str
) -> None:
    """A PNG of its own, drawn for the purpose: wider than the screen, white to its edges, with words around the chart."""
    page = page_as("Analyst", "phone", color_scheme="dark")
    page.goto(address)
    with page.expect_download() as caught:
        page.click("[data-chart-picture]")
    picture = Path(caught.value.path()).read_bytes()
    assert caught.value.suggested_filename.endswith(".png")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height > 700) == (2400, True)
    corner, inked = page.evaluate(LOOK_AT, base64.b64encode(picture).decode())
    assert corner == [255, 255, 255, 255]
    assert inked["head"] > 500
    assert inked["middle"] > 500
    assert inked["foot"] > 500
    assert_clean(page)


LOOK_AT = """async data => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const inked = (from, to) => {
    const {data} = pen.getImageData(0, image.height * from, image.width, image.height * (to - from));
    let dark = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 600) dark += 1;
    return dark;
  };
  return [[...pen.getImageData(2, 2, 1, 1).data], {head: inked(0, 0.12), middle: inked(0.3, 0.7), foot: inked(0.85, 1)}];
}"""


def test_charts_take_the_colours_of_the_page_and_of_paper(page_as: Any, stops: None) -> None:
    page = page_as("Analyst", color_scheme="light")
    page.goto("/insights/arrest-rate-by-age-band/")
    ink = "Object.values(Chart.instances)[0].options.scales.x.ticks.color"
    assert page.evaluate(ink) == "#4a5868"
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{ink} === '#b0bbc7'")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(ink) == "#4a5868"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink) == "#b0bbc7"
    assert page.evaluate("Object.values(Chart.instances).length") == 1


def test_single_keys_find_the_search_and_the_filters_and_can_be_switched_off(
    page_as: Any, stops: None
) -> None:
    page = page_as("Officer")
    page.goto("/insights/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "id_q"
    page.keyboard.type("n?/")
    assert page.input_value("#id_q") == "n?/"
    page.goto("/insights/arrest-rate-by-age-band/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "id_country"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()
    page.uncheck("#shortcuts-on")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.url.endswith("/insights/arrest-rate-by-age-band/")
    page.evaluate("document.cookie = 'single_keys=on; path=/'")
    page.reload()
    page.keyboard.press("n")
    page.wait_for_url("**/stops/new/")
