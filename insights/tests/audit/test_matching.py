"""Predictions against reports as a study matched them."""

from __future__ import annotations

from insights.audit.matching import Report, by_type, outcome, types


def report(fits: str, predicted: str, count: int = 1) -> Report:
    return Report(types(fits), types(predicted), count)


REPORTS = [
    report("Burglary", "Burglary|Robbery", 3),
    report("Burglary", "Robbery", 2),
    report("Gun%Assault|Robbery", "Gun", 1),
    report("", "Burglary", 9),  # a report of a kind that is never predicted
    report("Robbery", "", 0),
]


def test_hits_are_reports_with_a_fitting_type_and_all_predictions_there_count() -> None:
    found = outcome(REPORTS, made=400)
    assert (found.reports, found.hits, found.right) == (4, 2, 4)
    assert (found.recall.value, found.hit_share and found.hit_share.value) == (0.5, 0.01)


def test_without_the_number_of_predictions_there_is_no_hit_share() -> None:
    assert outcome(REPORTS).hit_share is None
    assert outcome([]).recall.value is None


def test_reports_are_told_by_type_the_most_first() -> None:
    found = by_type(REPORTS)
    assert list(found) == ["Burglary", "Assault, Gun, Robbery", "Robbery"]
    assert (found["Burglary"].reports, found["Burglary"].hits) == (2, 1)


def test_types_are_split_at_both_joins_and_lose_blanks() -> None:
    assert types(" a|b % c ||") == {"a", "b", "c"}
    assert types("") == frozenset()
