"""The pages of fairness in a real browser: both sizes, no offence against the policy, no fault that axe finds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from insights import tasks
from insights.models import Benchmark, FairnessRun
from insights.tests.disparity.ledger import simpson
from securecheck.tests.browser import PAPER, assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)
OPEN = ("/fairness/", "/fairness/benchmark/", "/fairness/rates/?place=post", "/fairness/checks/")
FOR_ANALYSTS = (
    "/fairness/outcome/?place=post",
    "/fairness/adjusted/?place=post",
    "/fairness/veil/",
    "/fairness/benchmarks/",
    "/fairness/benchmarks/new/",
    "/fairness/rates/?place=planet",
)


@pytest.fixture
def stops() -> None:
    simpson()
    people = {"White": 10_000, "Black": 9_000}
    Benchmark.objects.create(name="Residents", source="Census", year=2021, group="race", people=people)


def widest(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def work() -> None:
    """What the worker does with the run that waits."""
    context = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: False)
    tasks.compute_fairness.func(context, FairnessRun.objects.latest("id").pk)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize(("role", "pages"), [("Policymaker", OPEN), ("Analyst", (*OPEN[1:3], *FOR_ANALYSTS))])
def test_the_pages_are_clean_accessible_and_fit_the_screen(
    page_as: Any, stops: None, role: str, size: str, pages: tuple[str, ...]
) -> None:
    page = page_as(role, size)
    for address in pages:
        page.goto(address)
        assert_clean(page, expected="400 (Bad Request)" if "planet" in address else "")
        assert widest(page) <= 0, address
        if "planet" not in address:
            assert_accessible(page)


def test_on_paper_no_table_is_so_wide_that_all_is_shrunk(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    page.goto("/fairness/rates/?place=post")
    heads = page.locator("table", has_text="Ratio within places").locator("thead th")
    assert heads.count() >= 9
    assert page.evaluate("document.documentElement.scrollWidth") <= 1.05 * PAPER["width"]


def test_a_test_is_computed_from_its_page_and_drawn(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/fairness/adjusted/?place=post")
    page.click("text=Compute with these arguments")
    page.wait_for_selector("progress")
    assert_clean(page)
    assert_accessible(page)
    work()
    page.wait_for_selector(".headlines")
    assert "place=post" in page.url
    page.wait_for_selector("figure.chart canvas[role=img]")
    assert_accessible(page)


def test_the_scatter_of_places_is_drawn_with_a_point_for_each(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/fairness/outcome/?place=post")
    page.wait_for_selector("figure.chart canvas[role=img]")
    points = page.evaluate(
        "Object.values(Chart.instances).filter(c => c.config.type === 'scatter').map(c => c.data.datasets[0].data.length)"
    )
    assert points == [3]


def test_the_pages_work_without_scripts(page_as: Any, stops: None) -> None:
    page = page_as("Analyst", java_script_enabled=False)
    page.goto("/fairness/adjusted/?place=post")
    page.click("text=Compute with these arguments")
    work()
    page.click("text=Refresh")
    page.wait_for_selector(".test-section tbody tr")
    assert page.locator(".test-section tbody tr").count() == 1
