"""Figures as the pages show them: written out, and as places on a strip of 100 units that is drawn as SVG."""

from __future__ import annotations

from datetime import date
from typing import Any

from insights.wording import count, percent
from prediction.stops.answer import Answer, ClassShare, Serving
from prediction.stops.groups import Group, share_for, stops_for
from prediction.stops.told import features_of, remarks, says
from prediction.stops.words import StopWords


def shown(answer: Answer, words: StopWords) -> dict[str, Any]:
    """One answer: the sentence, a row for each class, the groups most alike."""
    rows, run = answer.classes or answer.base, answer.run
    return {
        "answer": answer,
        "title": answer.kind.title,
        "after": answer.kind.name.endswith("-after"),
        "says": says(answer),
        "remarks": remarks(answer),
        "rows": [class_row(one, bool(answer.classes)) for one in rows],
        "all_stops": count(answer.all_stops),
        "until": day_in_words(run.trained_until) if run else "",
        "labels": [words.label(answer.kind.family, code) for code in run.classes] if run else [],
        "groups": [group_row(one, run, answer, words) for one in answer.groups]
        if run and answer.is_open
        else [],
    }


def day_in_words(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def class_row(one: ClassShare, predicted: bool) -> dict[str, Any]:
    """`strip`: left and width of the interval, place of the share and of the base rate, each in units of 100."""
    share, low, high = (
        (one.share, one.low, one.high) if predicted else (one.base, one.base_low, one.base_high)
    )
    return {
        "label": one.label,
        "share": percent(share),
        "span": f"{percent(low)} to {percent(high)}",
        "base": percent(one.base),
        "counted": "" if one.counted is None else count(one.counted),
        "strip": {
            "share": f"{100 * share:.2f}",
            "low": f"{100 * low:.2f}",
            "width": f"{max(100 * (high - low), 0.4):.2f}",
            "base": f"{min(100 * one.base, 99.4):.2f}",
        },
    }


def group_row(group: Group, run: Serving, answer: Answer, words: StopWords) -> dict[str, Any]:
    """A group of the table; its shares in the order of the run's classes."""
    return {
        "name": words.group(features_of(run.chain, group.known), group.codes),
        "stops": count(stops_for(group)),
        "shares": [percent(share_for(group, share)) for share in group.shares],
        "same": bool(answer.used) and group.agrees == group.depth,
    }
