"""The pages of prediction in a real browser: both sizes, no offence against the policy, no fault that axe finds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prediction.jobs import ask
from prediction.models import DriftReport, JobAct
from prediction.tests.served import serve_example
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)
MEASURE = {
    "name": "psi hour",
    "kind": "psi",
    "subject": "hour",
    "value": 0.31,
    "watch": 0.1,
    "drift": 0.25,
    "chance": 0.02,
    "state": "drift",
    "told": "Hour: PSI 0.310",
    "reference": 9_000,
    "month": 800,
    "since": "2026-03",
}


@pytest.fixture
def pages() -> list[str]:
    run = serve_example()
    serve_example(kind="violation", gate="closed")
    days = {
        "month": date(2026, 3, 1),
        "reference_first": date(2025, 3, 1),
        "reference_last": date(2026, 2, 28),
    }
    DriftReport.objects.create(state="drift", measures=[MEASURE], **days)
    return [
        "/prediction/",
        "/prediction/?violation=Speeding&hour=22&agency=Riverton+Police&searched=yes",
        "/prediction/rules/",
        "/prediction/runs/",
        run.get_absolute_url(),
        "/prediction/drift/",
        "/prediction/proxy/",
    ]


@pytest.mark.parametrize(
    ("role", "size"), [("Analyst", "desktop"), ("Analyst", "phone"), ("Policymaker", "phone")]
)
def test_the_pages_are_clean_accessible_and_fit_the_screen(
    page_as: Any, pages: list[str], role: str, size: str
) -> None:
    page = page_as(role, size)
    for address in pages:
        page.goto(address)
        assert_clean(page)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        ), address
        assert_accessible(page)


def test_the_page_of_a_training_follows_it(page_as: Any) -> None:
    job = ask(JobAct.TRAIN, "outcome")
    page = page_as("Analyst", "phone")
    page.goto(job.get_absolute_url())
    page.wait_for_selector("progress")
    assert_clean(page)
    assert_accessible(page)


def test_on_a_phone_the_words_of_an_empty_wide_table_are_in_sight(page_as: Any) -> None:
    page = page_as("Policymaker", "phone")
    page.goto("/prediction/crime/record/")
    for words in ("No forecast was made yet.", "No patrol plan was made yet."):
        cell = page.get_by_text(words).bounding_box()
        assert 0 <= cell["x"] <= 390 - cell["width"], words


def test_on_a_phone_the_current_tab_is_marked_once(page_as: Any, pages: list[str]) -> None:
    page = page_as("Policymaker", "phone")
    page.goto("/prediction/")
    tab = page.locator(".tabs [aria-current]")
    borders = tab.evaluate(
        "tab => { const s = getComputedStyle(tab); return [s.borderLeftWidth, s.borderBottomWidth] }"
    )
    assert borders == ["0px", "3px"]
