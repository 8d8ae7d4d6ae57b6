"""The pages of the audit in a real browser, under the policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from insights.audit.matching import Report, types
from insights.tests.audit.made_up import FIRST, WEST, make_audit, spot
from ledger.tests.factories import make_user
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_pages_are_clean_accessible_and_fit_the_screen(page_as: Any, size: str) -> None:
    days = [
        spot(at % 14, 1 + at % 3, FIRST + timedelta(days=at * 3), label=f"{at % 14} School")
        for at in range(60)
    ]
    reports = [Report(types("Burglary"), types("Burglary"), 2), Report(types("Burglary"), types(""), 0)]
    make_audit("springfield", spots=days, matched=reports, made=90, actual=[(WEST + 0.005, 33.005)])
    make_audit("shelbyville")
    page = page_as(make_user("Analyst"), size)
    for address in ("/audit/", "/audit/springfield/"):
        page.goto(address)
        page.wait_for_selector("figure[data-drawn]")
        assert_clean(page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, address
        assert_accessible(page)
    assert page.locator("figure.map").count() == 3
    assert page.locator("figure[data-drawn]").count() >= 5  # groups, tenths, race, income, months
    page.click(".audit-groups >> text=White")
    page.wait_for_url("**/?group=white*")
