"""The page of checks and the note on what is hidden: in figures and words that people read."""

from __future__ import annotations

import re

import pytest

from insights.disparity.counts import hidden_note
from insights.fairness.checks import run_checks
from ledger.tests.stops import signed_in


@pytest.mark.django_db
def test_no_figure_is_a_power_of_ten_and_all_that_is_not_computed_is_named() -> None:
    page = signed_in("Policymaker").get("/fairness/checks/").content.decode()
    results, cells = run_checks(), re.findall(r'<td class="num">([^<]*)</td>', page)
    assert min(check.tolerance for check in results.checks) < 1e-4  # such would be written as 5e−05
    assert all(re.fullmatch(r"−?[\d,]+(\.\d+)?", cell) for cell in cells)
    assert len(cells) >= 3 * len(results.checks)
    waiting = page[page.index('id="skipped"') :]
    assert sum(int(number) for number in re.findall(r"<summary>(\d+) figures? needs? ", waiting)) == len(
        results.skipped
    )
    assert not re.search(r"<h2[^>]*>[^<]*(<a|http)", page)  # addresses stand below the headings


@pytest.mark.parametrize(("hidden", "said"), [(1, "for 1 group or place."), (2, "for 2 groups and places.")])
def test_one_hidden_group_is_one(hidden: int, said: str) -> None:
    assert said in hidden_note([{}] * hidden, "group or place", "groups and places")[0]
