"""A plan on paper. By itself, since it writes for other connections to see, which no test beside a kept city may."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ledger.tests.factories import make_agency
from prediction.models import PatrolPlan
from prediction.tests.patrol import made_up
from securecheck.tests.browser import find_chromium


@pytest.mark.django_db(transaction=True)
def test_a_plan_of_twelve_units_and_eight_hours_is_one_sheet(page_as: Any) -> None:
    """Chromium's own print of the page, on A4."""
    find_chromium()
    agency = make_agency("India", "India")
    plan = made_up.make_plan(agency)
    body = plan.body
    visits = [
        {**body["visits"][0], "unit": 1 + number % 12, "start": 20 * (number // 12) + 3, "hour": number // 36}
        for number in range(12 * 24)
    ]
    areas = [body["areas"][0] | {"visits": 20 - place, "name": f"{101 + place}"} for place in range(14)]
    asked = {"visits": visits, "areas": areas}
    full = PatrolPlan.objects.create(
        **{
            name: getattr(plan, name)
            for name in ("agency", "kind", "day", "start", "run", "seed", "digest", "user")
        },
        hours=8,
        units=12,
        body=body | asked,
    )
    page = page_as("Analyst")
    page.goto(full.get_absolute_url())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    page.emulate_media(media="print")
    for part in ("Unit 12", "Not reasonable suspicion", "Expires"):
        assert page.get_by_text(part).first.is_visible(), part
    assert "Without enforcement" in page.locator(".print-only-block").inner_text()
