"""The part of a model card on groups of people: for whom predictions err. An audit, not for use on people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.codes import Codes
from insights.wording import count, percent
from prediction.models import ModelRun
from prediction.stops.words import StopWords
from prediction.views.cards import written

HIDDEN = "[c]"
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
            "says": _alarms_say(rows, codes.labels(name), label),
        }
        for name, rows in held.items()
    ]


def _group_row(row: Mapping[str, Any], labels: Mapping[int, str], exact: bool) -> dict[str, Any]:
    cells = {}
    for name in ("happened", "hits", "false_alarms"):
        whole, share = row[f"{name}_of"], row[name]
        part = round((share or 0) * whole)
        small = not exact and (0 < part < 10 or 0 < whole - part < 10)
        span = {"value": share, "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
        cells[name] = {"value": HIDDEN, "span": ""} if small else written(span, "percent")
    return {
        "name": labels.get(row["group"], "Unknown"),
        "stops": count(row["stops"]),
        "said": percent(row["said"]),
        "cells": list(cells.values()),
    }


def _scores_row(row: Mapping[str, Any], labels: Mapping[int, str], exact: bool) -> dict[str, Any]:
    """How right the predictions were for one group. Accuracy is a count of stops, and is hidden as small ones are."""
    scores, whole = row["scores"], row["stops"]
    cells = {
        name: written(scores[name], "percent" if name in ("ece", "accuracy") else "score")
        for name in ("log_loss", "brier", "ece", "accuracy")
    }
    right, most = (round(share * whole) for share in (scores["accuracy"]["value"], row["majority"]))
    small = [not exact and (0 < part < 10 or 0 < whole - part < 10) for part in (right, most)]
    if small[0]:
        cells["accuracy"] = {"value": HIDDEN, "span": ""}
    return {
        "name": labels.get(row["group"], "Unknown"),
        "cells": list(cells.values()),
        "majority": HIDDEN if small[1] else percent(row["majority"]),
    }


def _alarms_say(rows: Sequence[Mapping[str, Any]], labels: Mapping[int, str], label: str) -> str:
    """Between which groups false alarms differ beyond their intervals; the widest apart are named."""
    known = [row for row in rows if row["group"] and row["false_alarms"] is not None]
    if len(known) < 2:
        return ""
    low, high = (pick(known, key=lambda row: row["false_alarms"]) for pick in (min, max))
    if low["false_alarms_high"] >= high["false_alarms_low"]:
        return f"False alarms of {label} do not differ between these groups beyond their intervals."
    return (
        f"If the likeliest tenth of stops were flagged for {label}, false alarms would fall on {labels.get(high['group'], 'Unknown')} "
        f"in {percent(high['false_alarms'])} of stops without it and on {labels.get(low['group'], 'Unknown')} in "
        f"{percent(low['false_alarms'])}. Nothing is flagged; this shows whom it would hit."
    )
