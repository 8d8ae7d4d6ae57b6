"""Everything that a policymaker can fetch, attacked by subtraction."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial, reduce
from operator import or_
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from insights import disclosure
from insights.catalogue import CATALOGUE
from insights.columns import HIDDEN
from insights.disclosure.swaps import is_small
from insights.explore import GROUPINGS, MEASURES, STEPS
from insights.tests.conftest import kept_for_now
from insights.tests.disclosure_ledger import FIRST_YEAR, Row, persons_as_leaves, write_ledger
from insights.tests.page_attack import Box, Leaves, Notebook
from ledger.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Row]]:
    """5,000 persons in the facts; the fixture gives them as leaves of the axes, to compare with."""
    with kept_for_now(django_db_blocker):
        write_ledger(seed=7, persons=5000)
        yield persons_as_leaves()


class Truth:
    """Counts persons in boxes. A bit stands for a person, so that boxes are counted by the thousand."""

    def __init__(self, persons: list[Row]) -> None:
        self.bits: defaultdict[tuple[str, Any], int] = defaultdict(int)
        self.everybody = (1 << len(persons)) - 1
        for place, person in enumerate(persons):
            for axis, leaf in person.items():
                self.bits[axis, leaf] |= 1 << place

    def of(self, box: Box) -> int:
        inside = self.everybody
        for axis, leaves in box:
            inside &= reduce(or_, (self.bits[axis, leaf] for leaf in leaves), 0)
        return inside.bit_count()


def some_filters(dice: random.Random, persons: list[Row]) -> dict[str, str]:
    """One filter of any kind, as a reader might choose it."""
    example = dice.choice(persons)
    last = dice.randint(1, 12)
    kinds: list[dict[str, str]] = [
        {"country": example["place"][0]},
        {"agency": example["place"][0]},
        *({name: example[name]} for name in ("violation", "race", "gender", "outcome")),
        *({name: dice.choice(("yes", "no"))} for name in ("searched", "arrested", "drugs")),
        {"date_after": f"{FIRST_YEAR}-{last:02}-11"},
        {"date_before": f"{FIRST_YEAR + 1}-{last:02}-11"},
        {
            "date_after": f"{FIRST_YEAR}-{min(last, 9):02}-01",
            "date_before": f"{FIRST_YEAR}-{min(last, 9) + 3:02}-01",
        },
        {"hour_min": str(dice.choice((8, 10, 20))), "hour_max": str(dice.choice((3, 9, 17)))},
        {"age_min": dice.choice(("18", "25", "30"))},
        {"age_max": dice.choice(("24", "40", "64"))},
    ]
    return dice.choice(kinds)


def some_questions(dice: random.Random, count: int) -> list[dict[str, str]]:
    """Questions as a reader might put them together, each measure among them."""
    groups, measures = [*GROUPINGS], [*MEASURES]
    asked = []
    for number in range(count):
        one = {"measure": measures[number % len(measures)], "by": dice.choice(groups)}
        one |= {"by2": dice.choice(["", *groups]), "step": dice.choice(["", "", *STEPS])}
        if one["by"] != one["by2"] and not (
            one["measure"] in ("citation", "warning") and "outcome" in one.values()
        ):
            asked.append(one)
    return asked


def collect(client: Client, persons: list[Row], seed: int, pairs: int, questions: int = 0) -> Notebook:
    """All insights without filters, under each of random filters, and under each pair of them; under each as well some
    questions of the reader's own, the same ones throughout and others.
    """
    dice = random.Random(seed)
    leaves: Mapping[str, Leaves] = {
        axis: frozenset(person[axis] for person in persons) for axis in persons[0]
    }
    notebook = Notebook(leaves)
    wanted: list[dict[str, str]] = [{}]
    for _ in range(pairs):
        one, other = some_filters(dice, persons), some_filters(dice, persons)
        wanted += [one, other, other | one]
    same = some_questions(random.Random(seed), questions)
    for filters in wanted:
        pages: list[tuple[str, dict[str, str]]] = [(insight.slug, {}) for insight in CATALOGUE]
        pages += [("explore", one) for one in (*same, *some_questions(dice, questions))]
        for slug, asked in pages:
            found = client.get(f"/insights/{slug}/", {**filters, **asked, "format": "json"})
            assert found.status_code == 200, (slug, asked, filters, found.content)
            notebook.read(found.json())
    return notebook


@pytest.fixture
def policymaker(ledger: list[Row], django_db_blocker: Any) -> Iterator[Client]:
    with django_db_blocker.unblock():
        client, user = Client(), make_user("Policymaker", username=f"reader-{random.getrandbits(40)}")
        assert isinstance(user, User)
        client.force_login(user)
        yield client


def test_no_small_count_follows_by_subtraction_from_all_that_can_be_fetched(
    ledger: list[Row], policymaker: Client
) -> None:
    notebook, truth = collect(policymaker, ledger, seed=1, pairs=2, questions=7), Truth(ledger)
    assert sum(is_small(truth.of(box)) for box in notebook.hidden) > 200
    assert len(notebook.known) > 300
    axes = {axis for box in notebook.hidden for axis, _ in box}
    assert axes >= {"hit", "weekday", "outcome", "place", "month", "hour"}, (
        "questions of readers are attacked too"
    )
    assert not notebook.clashes
    assert not [box for box, count in notebook.known.items() if is_small(count) or count != truth.of(box)]
    worked_out = notebook.subtract()
    assert not [(sorted(box), count) for box, count in worked_out.items() if is_small(count)]
    assert all(truth.of(box) == count for box, count in worked_out.items()), "the attack reckons rightly"


def test_small_counts_follow_by_subtraction_where_only_they_are_hidden(
    ledger: list[Row], policymaker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "protect", partial(disclosure.protect, complementary=False))
    notebook, truth = collect(policymaker, ledger, seed=1, pairs=1, questions=5), Truth(ledger)
    hidden = [box for box in notebook.hidden if is_small(truth.of(box))]
    worked_out = notebook.subtract()
    assert sum(worked_out.get(box) == truth.of(box) for box in hidden) > 10


@pytest.mark.parametrize("slug", [one.slug for one in CATALOGUE if not one.vehicles])
def test_page_and_csv_hide_what_json_hides(slug: str, ledger: list[Row], policymaker: Client) -> None:
    filters = {"violation": ledger[0]["violation"], "country": "USA"}
    found = policymaker.get(f"/insights/{slug}/", {**filters, "format": "json"}).json()
    lines = (
        policymaker.get(f"/insights/{slug}/", {**filters, "format": "csv"}).getvalue().decode().splitlines()
    )
    assert len(lines) == 1 + len(found["rows"])
    assert sum(line.count(HIDDEN) for line in lines) == sum(
        value == HIDDEN for row in found["rows"] for value in row.values()
    )


@pytest.mark.parametrize("slug", [one.slug for one in CATALOGUE if not one.vehicles])
def test_the_chart_draws_no_figure_that_the_table_hides(
    slug: str, ledger: list[Row], policymaker: Client
) -> None:
    filters = {"country": "India", "gender": "Female"}
    found = policymaker.get(f"/insights/{slug}/", {**filters, "format": "json"}).json()
    page = policymaker.get(f"/insights/{slug}/", filters).content.decode()
    shown = {value for row in found["rows"] for value in row.values()} | {None, 0}
    data = re.search(r'<script id="[^"]+" type="application/json">(.+?)</script>', page)
    assert data or not found["rows"]
    for series in json.loads(data[1])["series"] if data else []:
        drawn = [value for values in series.values() if isinstance(values, list) for value in values]
        assert {value for value in drawn if not isinstance(value, str)} <= shown
