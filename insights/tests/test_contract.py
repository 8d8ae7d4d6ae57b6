"""Cube, cube with facts, and facts alone answer every insight alike, after whatever several writers did at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from insights import cubes
from insights.tests.contract import compare
from insights.tests.test_facts_follow import rows_a_rebuild_changes
from insights.tests.writers import write_at_once

pytestmark = pytest.mark.django_db(transaction=True)
SETS = 16  # of filters a seed; each is tried on every insight and every cube that can answer


@pytest.mark.parametrize("seed", [20261126, 20261127])
def test_every_insight_is_answered_alike_from_every_relation(seed: int, tmp_path: Path) -> None:
    ledger = write_at_once(tmp_path, seed)
    print(f"seed {seed}: {len(ledger.done)} acts, {len(ledger.refused)} refused")
    tried = compare(seed, SETS)
    print(f"seed {seed}: {tried.cases} cases, read from {sorted(tried.read)}")
    assert tried.differences == []
    assert (cubes.differences(), rows_a_rebuild_changes()) == ({}, 0), f"seed {seed}"
    assert tried.cases >= 500
    assert len(tried.read) >= 10, tried.read


def test_a_minus_one_left_out_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One correction, somewhere in the middle, does not take away the version before."""
    add = cubes.add
    left_out: list[Any] = []

    def forgetful(come: Any, gone: Any = ()) -> None:
        if gone and not left_out:
            left_out.append(gone)
            gone = ()
        add(come, gone)

    monkeypatch.setattr(cubes, "add", forgetful)
    monkeypatch.setattr("insights.tests.writers.Writer.rebuild", lambda self, place: None)  # it would mend it
    write_at_once(tmp_path, 20261128)
    assert left_out
    assert compare(20261128, 1).differences != []
    assert cubes.differences() != {}
