"""The pages of the profile in a real browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from insights import tasks
from insights.models import ProfileRun
from insights.profiles import runs
from ledger.tests.factories import make_agency, make_stop, make_user
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    context = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: False)
    for run in ProfileRun.objects.all():
        tasks.compute_profile.func(context, run.pk)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_pages_are_clean_accessible_and_fit_the_screen(page_as: Any, size: str) -> None:
    york = make_agency("York")
    for age in (20, 30, 44):
        make_stop(york, age=age, vehicle=f"AB{age}")
    page = page_as(make_user("Supervisor", york), size)
    page.goto("/profile/")
    page.click("text=Profile everything anew")
    page.wait_for_selector("progress")
    assert_accessible(page)
    work()
    page.wait_for_selector("[data-progress-url]", state="detached")
    for unit in runs.units(york):  # again, so that there is a profile before
        runs.ask(unit, york)
    work()
    for address in ("/profile/", "/profile/stops/logged/", "/profile/persons/logged/"):
        page.goto(address)
        assert_clean(page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, address
        assert_accessible(page)
    assert page.locator("svg.spark rect").count() > 5
