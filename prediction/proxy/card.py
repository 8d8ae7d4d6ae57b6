"""What the audit found, as metrics, tables, charts and sentences of a model card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from insights.wording import count, listed, percent
from prediction.proxy.card_within import findings_within, in_words, table_of_sets
from prediction.proxy.comparing import PLACES, RANDOM, STATES
from prediction.proxy.features import PUBLISHED, RATES_ALONE, WITH_VOLUME, WITHIN
from prediction.proxy.models import DUMMY, LOGIT
from prediction.proxy.reading import RATES, VOLUME

if TYPE_CHECKING:
    from prediction.proxy.training import Audit, Tried

SCORES = ("random_accuracy", "random_log_loss", "states_accuracy", "states_balanced", "states_log_loss")
READING = "A high figure means that police contact differs by group in this table. It does not measure crime, and it cannot be applied to a person."


def metrics_of(found: Audit) -> dict[str, Any]:
    best = found.best
    return {
        "rivals": [
            {
                "rival": one.name,
                "served": one is best,
                "random_accuracy": one.scores[RANDOM]["accuracy"].as_json(),
                "random_log_loss": one.scores[RANDOM]["log_loss"].as_json(),
                "states_accuracy": one.scores[STATES]["accuracy"].as_json(),
                "states_balanced": one.scores[STATES]["balanced"].as_json(),
                "states_log_loss": one.scores[STATES]["log_loss"].as_json(),
                "difference": one.scores[STATES]["difference"].as_json(),
            }
            for one in found.tried
        ],
        "scores": list(SCORES),
        "blocks": "states",
        "states": len(found.rates.states),
    }


def card_of(found: Audit, seed: int) -> dict[str, Any]:
    return {
        "findings": findings(found),
        "charts": [
            _chart(found, PUBLISHED, "Share of rows whose group was told, by how rows were held out"),
            _chart(found, WITHIN, "The same from columns reckoned within a district: shortcuts"),
        ],
        "tables": [table_of_sets(), _keys(found), _nulls(found), *_importance(found), _shortcuts(found)],
    }


def findings(found: Audit) -> list[str]:
    """Sentences computed from the figures."""
    told = [
        one
        for one in (
            _of_splits(found),
            _of_keys(found),
            _of_states(found),
            _of_nulls(found),
            _of_volume(found),
            _of_shortcut(found),
            _of_older(found),
        )
        if one
    ]
    return [*told, *findings_within(found), READING]


def _of_splits(found: Audit) -> str:
    top = max(found.of(PUBLISHED), key=lambda one: one.scores[RANDOM]["accuracy"].value)
    random, states = top.scores[RANDOM]["accuracy"], top.scores[STATES]["accuracy"]
    return (
        f"With random folds {top.name} tells the group of {percent(random.value)} of the rows. With whole states held out the same model tells "
        f"{in_words(states)}, where naming the commonest group tells {percent(_dummy(found).scores[STATES]['accuracy'].value)}."
    )


def _of_keys(found: Audit) -> str:
    keys = [one for one in found.keys if one.is_key and one.column in (*RATES, *VOLUME)]
    if not keys:
        return "No column is a key to the group: no value that repeats belongs to one group alone throughout."
    first = keys[0]
    names = listed([one.column for one in keys])
    return (
        f"Why: {names} {'is a key' if len(keys) == 1 else 'are keys'} to the group. {first.column} has {count(first.values)} values on {count(first.rows)} rows, and "
        f"{percent(first.pure)} of the rows whose value repeats share it with rows of their own group only. Random folds show a model the same value on both sides. "
        f"So the table holds some {count(first.values)} independent figures, not {count(first.rows)}."
    )


def _of_states(found: Audit) -> str:
    worse = sum(
        one.scores[STATES]["log_loss"].value > _dummy(found).scores[STATES]["log_loss"].value
        for one in found.of(PUBLISHED)
        if one.model != DUMMY
    )
    largest = np.bincount(found.rates.block)
    share = largest.max() / len(found.rates)
    state = found.rates.states[int(largest.argmax())]
    held = (
        f" {state} holds {percent(float(share))} of the rows, so its own turn decides most."
        if share > 0.4
        else ""
    )
    return f"With whole states held out {count(worse)} of {count(len(found.of(PUBLISHED)) - 1)} models on published columns have a higher log-loss than the dummy.{held}"


def _of_nulls(found: Audit) -> str:
    small, whole = (
        found.null(LOGIT, RATES_ALONE, unit) for unit in ("within districts", "within whole states")
    )
    if small is None or whole is None:
        return ""
    return (
        f"With states held out the logit on rates has a balanced accuracy of {small.true:.3f}. With labels drawn anew within districts it was as high in "
        f"{count(small.as_high)} of {count(len(small.drawn))} tables; with the groups renamed in whole states, which keeps one figure a state and group as the "
        f"table has it, in {count(whole.as_high)} of {count(len(whole.drawn))} (95 in 100 below {np.quantile(whole.drawn, 0.95):.3f})."
    )


def _of_volume(found: Audit) -> str:
    """What columns of volume add for each model: how many people of a group live somewhere, not how they are policed."""
    scores = {(one.model, one.columns): one.scores[STATES]["balanced"].value for one in found.tried}
    moved = [
        f"{model} from {scores[model, RATES_ALONE]:.3f} to {scores[model, WITH_VOLUME]:.3f}"
        for model, columns in scores
        if columns == RATES_ALONE
    ]
    return f"With volume columns balanced accuracy on unseen states goes: {listed(moved)}. Volume says how many people of a group live there."


def _of_shortcut(found: Audit) -> str:
    filled = next((one for one in found.shortcuts if one.filled), None)
    if filled is None:
        return ""
    missing = np.isnan(found.rates.table(RATES)[:, 1]).mean()
    return (
        f"Search rate, hit rate and threshold are missing in {percent(float(missing))} of the rows. Filling them with the mean invents most of what a model then "
        "learns from; it is shown below as the shortcut that it is, and used nowhere."
    )


def _of_older(found: Audit) -> str:
    older = found.rates.older
    if not older:
        return ""
    told = "one row" if older == 1 else f"{count(older)} rows"
    return f"Left out: {told} of districts and groups that a newer import has too. Look whether two editions of one table are in force."


def _dummy(found: Audit) -> Tried:
    return found.tried[0]


def _chart(found: Audit, columns: list[str], title: str) -> dict[str, Any]:
    shown, series = found.of(columns), []
    for split, label in ((RANDOM, "Random folds"), (STATES, "States held out")):
        some = [one.scores[split]["accuracy"] for one in shown]
        series.append(
            {
                "label": label,
                "values": [one.value for one in some],
                "low": [max(one.low, 0.0) for one in some],
                "high": [min(one.high, 1.0) for one in some],
            }
        )
    return {
        "type": "bar",
        "title": title,
        "x": [one.name for one in shown],
        "x_title": "",  # the names say it, and on a phone there is no room
        "y_title": "Share of rows",
        "y_format": "percent",
        "series": series,
        "note": "The same models and the same rows: only what was held out differs.",
    }


def _keys(found: Audit) -> dict[str, Any]:
    return {
        "title": "Columns that are a key to the group",
        "note": "Repeated: rows whose value other rows have too. Pure: of these, rows whose like are all about one group; by chance: the same with labels drawn anew.",
        "columns": [
            "Column",
            "Rows with a value",
            "Distinct values",
            "Repeated",
            "Pure",
            "Pure by chance",
            "A key",
        ],
        "rows": [
            [
                one.column,
                count(one.rows),
                count(one.values),
                percent(one.repeated),
                percent(one.pure),
                percent(one.chance),
                "yes" if one.is_key else "no",
            ]
            for one in found.keys
        ],
    }


def _nulls(found: Audit) -> dict[str, Any]:
    return {
        "title": "What a score is when there is nothing to tell",
        "note": "Balanced accuracy with labels drawn anew, beside the true labels. Within districts each row is taken for a figure of its own; within whole states all "
        "rows of a state and group stay one, as they are in the published tables. Columns that name a group follow the new names.",
        "columns": [
            "Model and columns",
            "Held out",
            "Labels drawn anew",
            "True labels",
            "Drawn, mean",
            "Drawn, 95% below",
            "Tables",
        ],
        "rows": [
            [
                f"{null.model}, {null.columns}",
                null.split.capitalize(),
                null.unit,
                f"{null.true:.3f}",
                f"{null.drawn.mean():.3f}",
                f"{np.quantile(null.drawn, 0.95):.3f}",
                count(len(null.drawn)),
            ]
            for null in found.nulls
        ],
    }


def _importance(found: Audit) -> list[dict[str, Any]]:
    return [
        {
            "title": f"What each column is worth: {name}",
            "note": "By how much balanced accuracy falls when the column is shuffled among the rows that are judged (mean of five).",
            "columns": ["Column", "Random folds", "States held out"],
            "rows": [
                [column, _signed(by_split[RANDOM][column]), _signed(by_split[STATES][column])]
                for column in by_split[RANDOM]
            ],
        }
        for name, by_split in found.importance.items()
    ]


def _shortcuts(found: Audit) -> dict[str, Any]:
    return {
        "title": "The shortcut: means in the gaps",
        "note": "Balanced accuracy. Complete rows are those of districts of which every group has every figure. Rows filled with means are no measurement.",
        "columns": ["Columns", "Rows", "Model", "Random folds", "Districts held out", "States held out"],
        "rows": [
            [
                one.columns,
                f"{count(one.rows)}, {'filled with means' if one.filled else 'complete'}",
                one.model,
                *(f"{one.balanced[split]:.3f}" for split in (RANDOM, PLACES, STATES)),
            ]
            for one in found.shortcuts
        ],
    }


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
