"""The pages of trust in a real browser: both sizes, no offence against the policy, no fault that axe finds."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from insights.models import Event
from insights.tests.trust import survey
from insights.tests.trust.test_drivers import DAYS, MEASURES, planted
from insights.tests.trust.test_groups import write
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def studied() -> None:
    names, share = planted()
    survey.write(share, names, MEASURES, DAYS)
    write()
    Event.objects.create(day=date(2020, 3, 23), text="First lockdown")
    call_command("study_trust", stdout=StringIO())
    call_command("train", "trust", stdout=StringIO())


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_pages_are_clean_accessible_and_fit_the_screen(page_as: Any, studied: None, size: str) -> None:
    page = page_as("Analyst", size)
    area = f"/trust/areas/{survey.area('Barnet').pk}/"
    forecast = f"/trust/forecast/?area={survey.area('Barnet').pk}"
    for address in ("/trust/", area, "/trust/groups/", "/trust/drivers/", forecast, "/trust/?measure=Height"):
        page.goto(address)
        wrong = "Height" in address
        assert_clean(page, expected="400 (Bad Request)" if wrong else "")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        if not wrong:
            assert_accessible(page)


def test_a_tile_leads_to_its_borough_with_the_question_kept(page_as: Any, studied: None) -> None:
    page = page_as("Policymaker")
    page.goto("/trust/?measure=Fair&period=2020+Q1")
    assert page.locator("figure[data-drawn]").count() == 1
    page.click(".tile a[title=Barnet]")
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "Barnet"
    assert page.locator("[name=measure]").input_value() == "Fair"
    assert page.locator("[name=period]").input_value() == "2020 Q1"
    assert "What could be done" in page.inner_text("main")
