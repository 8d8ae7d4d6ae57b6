"""The part of a model card on groups of people: for whom predictions err. An audit, not for use on people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.codes import Codes
from insights.wording import percent
from prediction.models import ModelRun
from prediction.stops.words import StopWords
from prediction.views.cards import is_small, share_written, stops_written, written

GROUPS = {"race": "By race", "gender": "By gender"}


def groups(run: ModelRun, codes: Codes, words: StopWords, exact: bool) -> list[dict[str, Any]]:
    """Of each way to group people: what was said and happened, hits and false alarms."""
    held = run.card.get("groups")
    if not held or run.of is None:
        return []
    label = words.label(run.of.family, int(run.card["focal"]))
    return [
        {
            "title": GROUPS.get(name, name),
            "label": label,
            "rows": [_group_row(row, codes.labels(name), exact) for row in rows],
            "scores": [_scores_row(row, codes.labels(name), exact) for row in rows if "scores" in row],
            "says": _alarms_say(rows, codes.labels(name), label, exact),
        }
        for name, rows in held.items()
    ]


def _group_row(row: Mapping[str, Any], labels: Mapping[int, str], exact: bool) -> dict[str, Any]:
    return {
        "name": labels.get(row["group"], "Unknown"),
        "stops": stops_written(row["stops"], exact),
        "said": percent(row["said"]),
        "cells": [_rate(row, name, exact) for name in ("happened", "hits", "false_alarms")],
    }


def _rate(row: Mapping[str, Any], name: str, exact: bool) -> dict[str, str]:
    """One of a group's rates with its interval."""
    rate = {"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
    return share_written(rate, row[f"{name}_of"], exact)


def _scores_row(row: Mapping[str, Any], labels: Mapping[int, str], exact: bool) -> dict[str, Any]:
    """How right the predictions were for one group. Accuracy is a count of stops, and is hidden as small ones are."""
    scores, whole = row["scores"], row["stops"]
    cells = {
        name: written(scores[name], "percent" if name == "ece" else "score")
        for name in ("log_loss", "brier", "ece")
    }
    cells["accuracy"] = share_written(scores["accuracy"], whole, exact)
    majority = {"value": row["majority"], "low": None, "high": None}
    return {
        "name": labels.get(row["group"], "Unknown"),
        "cells": list(cells.values()),
        "majority": share_written(majority, whole, exact)["value"],
    }


def _alarms_say(rows: Sequence[Mapping[str, Any]], labels: Mapping[int, str], label: str, exact: bool) -> str:
    """Between which groups false alarms differ beyond their intervals; the widest apart are named, of those whose figures
    this reader may see."""
    known = [
        row
        for row in rows
        if row["group"]
        and row["false_alarms"] is not None
        and not is_small(row["false_alarms"], row["false_alarms_of"], exact)
    ]
    if len(known) < 2:
        return ""
    low, high = (pick(known, key=lambda row: row["false_alarms"]) for pick in (min, max))
    if low["false_alarms_high"] >= high["false_alarms_low"]:
        return f"False alarms of {label} do not differ between these groups beyond their intervals."
    most, least = (_rate(row, "false_alarms", exact) for row in (high, low))
    return (
        f"If the likeliest tenth of stops were flagged for {label}, false alarms would fall on {labels.get(high['group'], 'Unknown')} "
        f"in {most['value']} of stops without it and on {labels.get(low['group'], 'Unknown')} in {least['value']}. Nothing is flagged; "
        "this shows whom it would hit."
    )
