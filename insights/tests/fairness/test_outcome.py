from __future__ import annotations

from insights.fairness.outcome import OutcomeTest, outcome_test


def _rows(*cells: tuple[str, str, int, int]) -> list[dict[str, object]]:
    return [{"place": p, "group": g, "searches": s, "hits": h} for p, g, s, h in cells]


# In each of three counties South's searches find less; most of its searches are made where everybody's find most.
COUNTIES = _rows(
    ("Ash", "North", 900, 180), ("Ash", "South", 100, 12),
    ("Birch", "North", 500, 150), ("Birch", "South", 500, 120),
    ("Cedar", "North", 100, 50), ("Cedar", "South", 900, 390),
)  # fmt: skip


def _test() -> OutcomeTest:
    return outcome_test(COUNTIES, reference="North")


def test_the_reversal_is_warned_of_as_in_the_open_policing_data() -> None:
    found = _test()
    compared = found.comparisons[0]
    assert (compared.difference.value or 0) > 0.05
    assert compared.lower == 3
    assert (compared.within_difference.value or 0) < 0
    assert len(found.warnings) == 1
    assert "disagree" in found.warnings[0]


def test_less_found_within_places_is_flagged_whatever_the_pooled_rate() -> None:
    assert _test().flagged


def test_more_found_is_no_lower_bar() -> None:
    found = outcome_test(COUNTIES, reference="South")
    assert found.comparisons[0].flagged
    assert not found.flagged


def test_places_with_fewer_than_fifty_searches_are_left_out_and_named() -> None:
    few = [*COUNTIES, *_rows(("Dogwood", "North", 49, 20), ("Dogwood", "South", 300, 10))]
    found = outcome_test(few, reference="North")
    assert found.left_out == ["Dogwood"]
    assert len(found.comparisons[0].places) == 3


def test_fewer_than_three_places_are_said() -> None:
    found = outcome_test(COUNTIES[:4], reference="North")
    assert any("2 place(s) only" in warning for warning in found.warnings)
