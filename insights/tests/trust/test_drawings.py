"""The dot plot of trust: where its axis has marks, however far its intervals reach."""

from __future__ import annotations

import pytest

from insights.trust.drawings import dot_plot


@pytest.mark.parametrize(
    ("reach", "marks"), [(0.02, "−2 −1 0 +1 +2"), (30.0, "−3000 −2000 −1000 0 +1000 +2000 +3000")]
)
def test_an_axis_has_a_few_round_marks_and_nought(reach: float, marks: str) -> None:
    """Intervals of a study of few areas may reach far: the t of one degree of freedom is 12.7."""
    plot = dot_plot([("Trust", {"value": 0.0, "low": -reach, "high": reach})])
    assert plot is not None
    told = [words for _, words in plot.ticks]
    assert told == marks.split()
    assert plot.ticks[told.index("0")][0] == plot.nought
