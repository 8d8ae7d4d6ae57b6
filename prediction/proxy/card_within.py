"""Sentences about columns that are reckoned within a district: a share of its people, and the stop rate against those of its other groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insights.wording import count, percent
from prediction.evaluation.bootstrap import Estimate
from prediction.proxy.comparing import STATES
from prediction.proxy.features import ALL_SHARES, FEATURES, OWN_SHARE, RATIO, WITHIN
from prediction.proxy.models import BOOSTING, DUMMY, LOGIT

if TYPE_CHECKING:
    from prediction.proxy.training import Audit, Null, Tried

CLOSE = 0.05  # balanced accuracy: so near a figure without groups says that groups play no part
MEANING = (
    "A share of the population gives a group away without any act of the police, so a score from it is a shortcut. No model on columns reckoned "
    "within districts is kept."
)


def findings_within(found: Audit) -> list[str]:
    told = [one for one in (_of_share(found), _of_lookup(found), _of_ratio(found)) if one]
    return [*told, MEANING] if told else []


def _of_share(found: Audit) -> str:
    own = found.of([OWN_SHARE])
    if not own:
        return ""
    best = min(own, key=lambda one: one.scores[STATES]["log_loss"].value)
    return (
        f"Which share of its district’s people the row’s group is lets {best.model} tell {in_words(best.scores[STATES]['accuracy'])} of the rows of unseen states, the dummy "
        f"{percent(_score(found, DUMMY, 'accuracy').value)}; log-loss {_beside(found, best)}. That is how many people of a group live where, not how they are policed."
    )


def _of_lookup(found: Audit) -> str:
    """Whether the score with every group's share is of the groups, or only of columns that repeat the row's own figure."""
    one, null = _tried(found, BOOSTING, ALL_SHARES), found.null(BOOSTING, ALL_SHARES, "within districts")
    if one is None or null is None:
        return ""
    begun = (
        f"With the share of every group beside it {one.model} tells {in_words(one.scores[STATES]['accuracy'])} of the rows of unseen states, log-loss {_beside(found, one)}. "
        f"The row’s own share then stands on it a second time, under the name of its group. With the groups renamed by lot in each district, the columns with them, its balanced "
        f"accuracy is {null.drawn.mean():.3f} on average of {count(len(null.drawn))} tables, with the true names {null.true:.3f}: "
    )
    return begun + _verdict(null)


def _verdict(null: Null) -> str:
    if null.true - null.drawn.mean() < CLOSE:
        return "it compares columns, and the score says nothing of the groups, not even of where they live."
    return "what lies between is what the shares say of the groups."


def _of_ratio(found: Audit) -> str:
    one, null = _tried(found, LOGIT, RATIO), found.null(LOGIT, RATIO, "within whole states")
    if one is None or null is None:
        return ""
    accuracy, difference = one.scores[STATES]["accuracy"], one.scores[STATES]["difference"]
    beyond = difference.high < 0
    first = accuracy.low > _score(found, DUMMY, "accuracy").value
    return (
        f"How a row’s stop rate lies to the mean of its district’s groups lets the logit reach a log-loss of {_beside(found, one)} on unseen states, "
        f"{'lower beyond doubt' if beyond else 'no lower beyond doubt'}, and name the right group for {in_words(accuracy)} of the rows, "
        f"{'more than' if first else 'no surer than'} the dummy’s {percent(_score(found, DUMMY, 'accuracy').value)}. With the groups renamed in whole states its balanced accuracy "
        f"({null.true:.3f}) was as high in {count(null.as_high)} of {count(len(null.drawn))} tables."
    )


def table_of_sets() -> dict[str, Any]:
    return {
        "title": "Columns reckoned within a district",
        "note": "They need all groups of a district and are compared only. People of a district are not published.",
        "columns": ["Columns", "What they are"],
        "rows": [[name, FEATURES[name].says] for name in WITHIN],
    }


def in_words(estimate: Estimate) -> str:
    return f"{percent(estimate.value)} ({percent(estimate.low)} to {percent(estimate.high)})"


def _tried(found: Audit, model: str, columns: str) -> Tried | None:
    return next((one for one in found.of([columns]) if one.model == model), None)


def _score(found: Audit, model: str, score: str) -> Estimate:
    return next(one for one in found.tried if one.model == model).scores[STATES][score]


def _beside(found: Audit, one: Tried) -> str:
    return f"{one.scores[STATES]['log_loss'].value:.2f} beside the dummy’s {_score(found, DUMMY, 'log_loss').value:.2f}"
