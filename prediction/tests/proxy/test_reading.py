"""Which rows the proxy audit reads, and the trap that the published ones hold."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from ledger.models import ImportUndo
from ledger.models.figures import PublishedRate
from ledger.tests.factories import make_user
from ledger.tests.import_files import SHARED, loaded
from prediction.problems import TooLittle
from prediction.proxy import comparing
from prediction.proxy.card import _of_older
from prediction.proxy.features import FEATURES
from prediction.proxy.keys import find_keys
from prediction.proxy.reading import read
from prediction.proxy.training import Audit
from prediction.stops.rivals.base import one_thread
from prediction.tests.proxy.rates import make_rates

FOLDER = SHARED / "stanford-opp-aggregates"
published = pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout")


@pytest.mark.django_db
def test_levels_are_apart_and_undone_imports_are_not_read() -> None:
    make_rates(level="states")
    make_rates(level="cities", states=7)
    assert (len(read("states").states), len(read("cities").states)) == (8, 7)
    run = PublishedRate.objects.filter(city="Statewide").first().import_run
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"), reason="Wrong file")
    with pytest.raises(CommandError, match="import them \\(source open-policing-rates\\)"):
        call_command("train", "proxy")


@pytest.mark.django_db
def test_one_group_or_groups_of_one_state_each_are_too_little() -> None:
    make_rates(districts=9)
    PublishedRate.objects.filter(group="hispanic").delete()
    assert len(read("states").groups) == 2
    PublishedRate.objects.filter(group="black").exclude(state="S3").delete()
    with pytest.raises(TooLittle, match="At least two groups, each in two states or more"):
        read("states")
    PublishedRate.objects.filter(group="black").delete()
    with pytest.raises(TooLittle, match="of states are of white"):
        read("states")


@pytest.mark.django_db
def test_of_two_editions_the_newest_row_of_a_district_and_group_is_read() -> None:
    make_rates(seed=1)
    first = read("states")
    make_rates(seed=2, districts=2)
    both = read("states")
    assert (len(first), first.older) == (len(both), both.older - 8 * 2 * 3) == (8 * 6 * 3, 0)
    newest = PublishedRate.objects.filter(state="S0", subgeography="district 0", group="white").latest("id")
    at = [
        index
        for index in range(len(both))
        if (both.states[both.block[index]], both.groups[both.codes[index]]) == ("S0", "white")
    ]
    assert newest.stops_per_year in both.table(("stops_per_year",))[at]
    oldest = PublishedRate.objects.filter(state="S0", subgeography="district 0", group="white").earliest("id")
    assert oldest.stops_per_year not in both.table(("stops_per_year",))
    assert oldest.stops_per_year in first.table(("stops_per_year",))
    assert "Left out: 48 rows of districts and groups that a newer import has too." in _of_older(
        Audit(both, [])
    )
    assert _of_older(Audit(first, [])) == ""


@published
@pytest.mark.django_db
def test_the_trap_of_the_published_table_is_met() -> None:
    """States: 1.000 with random folds, no better than naming one group on unseen states; 63 values on 4,053 rows."""
    loaded(FOLDER / "opp-stops_state.csv", "open-policing-rates")
    rates = read("states")
    assert (len(rates), len(rates.states)) == (4_053, 21)
    table_, accuracy = FEATURES["stop rate alone"].table(rates), {}
    for split in (comparing.RANDOM, comparing.PLACES, comparing.STATES):
        folds = comparing.folds_of(split, rates.codes, rates.block, rates.place, 1)
        with one_thread():
            said = comparing.predicted("forest", table_, rates.codes, 3, folds, 1)
        accuracy[split] = float((said.argmax(axis=1) == rates.codes).mean())
    assert min(accuracy[comparing.RANDOM], accuracy[comparing.PLACES]) > 0.99
    assert accuracy[comparing.STATES] < 0.45
    [key] = find_keys({"stop_rate": rates.figures[:, 0]}, rates.codes, 1)
    assert (key.values, key.pure, key.is_key) == (63, 1.0, True)
